"""The 12-month computation of law.md 2.2, figure by figure, over a real inventory."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from piiscan import rulepack
from piiscan.errors import UsageError
from piiscan.model import Clock, Skip, SkipCode

FIGURES = (
    "collected",
    "held",
    "undated",
    "records_collected",
    "records_held",
    "records_undated",
    "records_estimated",
    "last_collected_at",
)


def figures(row: dict[str, Any]) -> tuple[Any, ...]:
    """The counts of a row."""
    return tuple(row[name] for name in FIGURES)


def test_collected_held_and_undated_are_three_different_things(firm: Any, make_table: Any) -> None:
    """Rows dated on the window's edges, a day before it, long ago, and not at all."""
    days = [("2025-11-20", 5), ("2025-11-21", 7), ("2026-11-21", 11), ("2019-01-01", 13), (None, 17)]
    firm.scan(make_table("people", 53, ("email", "email"), ages=days))

    assert figures(firm.rows()["A"]) == (True, True, True, 18, 53, 17, False, "2026-11-21")


def test_the_report_has_twelve_rows_with_the_statutes_own_labels(firm: Any) -> None:
    """Also when nothing was scanned."""
    document = firm.categories()

    assert [(row["letter"], row["label"]) for row in document.body["categories"]] == [
        ("A", "Identifiers"),
        ("B", "Personal information described in Civil Code 1798.80(e) (customer records)"),
        ("C", "Characteristics of protected classifications under California or federal law"),
        ("D", "Commercial information"),
        ("E", "Biometric information"),
        ("F", "Internet or other electronic network activity information"),
        ("G", "Geolocation data"),
        ("H", "Audio, electronic, visual, thermal, olfactory, or similar information"),
        ("I", "Professional or employment-related information"),
        ("J", "Education information"),
        ("K", "Inferences drawn to create a profile"),
        ("L", "Sensitive personal information"),
    ]
    assert document.lead[1] == "Nothing has been scanned yet: this report proves nothing."
    assert document.reasons == ("incomplete",)


def test_what_was_collected_before_the_window_is_held_but_not_collected(firm: Any, make_table: Any) -> None:
    """It belongs into the retention notice, not into the list of the last twelve months."""
    firm.scan(make_table("schools", 4, ("gpa", "gpa"), ages=[("2024-05-05", 4)]))

    assert figures(firm.rows()["J"]) == (False, True, False, 0, 4, 0, False, "2024-05-05")


def test_without_a_date_of_collection_everything_is_undated(firm: Any, make_table: Any) -> None:
    """No clock, or only the file's own time, which is no date of collection."""
    by_file_time = Clock("created", ("mtime",), "file")
    firm.scan(
        make_table("plain", 6, ("email", "email")),
        make_table("dump", 5, ("gpa", "gpa"), ages=[("2026-05-05", 5)], clock=by_file_time),
    )

    rows = firm.rows()

    assert figures(rows["A"]) == (False, True, True, 0, 6, 6, False, None)
    assert figures(rows["J"]) == (False, True, True, 0, 5, 5, False, None)


def test_an_inferred_clock_dates_rows_and_other_events_do_not(firm: Any, make_table: Any) -> None:
    """A date of payment is no date of collection."""
    firm.scan(
        make_table(
            "logs", 3, ("ip", "ip_address"), ages=[("2026-05-05", 3)], clock=Clock("created", ("ts",), "inferred")
        ),
        make_table(
            "payments",
            3,
            ("line", "purchase"),
            ages=[("2026-05-05", 3)],
            clock=Clock("payment_processed", ("paid_at",)),
        ),
    )

    rows = firm.rows()

    assert figures(rows["F"]) == (True, True, False, 3, 3, 0, False, "2026-05-05")
    assert figures(rows["D"]) == (False, True, True, 0, 3, 3, False, None)


def test_a_row_counts_once_for_a_category_however_many_of_its_columns_hold_it(firm: Any, make_table: Any) -> None:
    """Name, e-mail and number of one person in one row are one record; letters overlap and all are printed."""
    firm.scan(
        make_table(
            "people",
            10,
            ("name", "person_name"),
            ("ssn", "ssn", {"cells_seen": 8, "cells_matched": 8}),
            ages=[("2026-05-05", 10)],
        ),
        make_table("more", 2, ("mail", "email"), ages=[("2020-05-05", 2)]),
    )

    rows = firm.rows()

    assert figures(rows["A"]) == (True, True, False, 10, 12, 0, False, "2026-05-05")
    assert rows["A"]["data_types"] == ["email", "person_name", "ssn"]
    assert figures(rows["B"]) == (True, True, False, 10, 10, 0, False, "2026-05-05")
    assert figures(rows["L"]) == (True, True, False, 8, 8, 0, False, "2026-05-05")


def test_a_view_counts_only_where_no_table_holds_the_category(firm: Any, make_table: Any) -> None:
    """Its rows lie in the tables; its places are listed all the same."""
    firm.scan(
        make_table("people", 10, ("mail", "email")),
        make_table("v_people", 10, ("mail", "email"), ("grade", "gpa"), kind="view"),
    )

    rows = firm.rows()

    assert (rows["A"]["records_held"], rows["J"]["records_held"]) == (10, 10)
    assert [place["container"] for place in rows["A"]["found_in"]] == ["people", "v_people"]


def test_a_sample_is_scaled_up_and_said_to_be_an_estimate(firm: Any, make_table: Any) -> None:
    """By its matches where only values speak, by its filled cells where the column is named after the data."""
    rare = {"evidence": ("values",), "cells_seen": 100, "cells_matched": 1}
    sparse = {"evidence": ("name",), "cells_seen": 50, "cells_matched": 0}
    firm.scan(
        make_table(
            "notes",
            3000,
            ("body", "email", rare),
            ("grade", "gpa", sparse),
            seen=100,
            coverage="sample",
            ages=[("2026-05-05", 1500), (None, 1500)],
        )
    )

    rows = firm.rows()

    assert figures(rows["A"]) == (True, True, True, 15, 30, 15, True, "2026-05-05")
    assert figures(rows["J"]) == (True, True, True, 750, 1500, 750, True, "2026-05-05")


def test_a_rare_finding_never_rounds_to_nothing(firm: Any, make_table: Any) -> None:
    """One row of a thousand is dated in the window: whether it is the one is unknown, so the category was collected."""
    rare = {"evidence": ("values",), "cells_seen": 1000, "cells_matched": 1}
    firm.scan(make_table("notes", 1000, ("body", "email", rare), ages=[("2026-05-05", 1), ("2020-05-05", 999)]))

    assert figures(firm.rows()["A"]) == (True, True, False, 1, 1, 0, True, "2026-05-05")


def test_a_file_of_text_or_sound_is_one_record(firm: Any, make_file: Any) -> None:
    """However often a name stands in it."""
    firm.settings["sources"]["share"] = {"connector": "files", "url": "file:share"}
    firm.scan(
        make_file("a.txt", "email", "person_name"),
        make_file("b.wav", "call_recording", evidence="metadata"),
        sources=("share",),
    )

    rows = firm.rows()

    assert (rows["A"]["records_held"], rows["H"]["records_held"]) == (1, 1)
    assert rows["H"]["found_in"] == [{"source": "share", "container": "b.wav", "member": (), "column": None}]


def test_an_empty_table_holds_nothing(firm: Any, make_table: Any) -> None:
    """A column called ssn without a row is no personal information."""
    firm.scan(make_table("empty", 0, ("ssn", "ssn", {"evidence": ("name",)})))

    assert figures(firm.rows()["A"]) == (False, False, False, 0, 0, 0, False, None)


def test_sources_of_data_follow_the_facts_of_each_data_type(firm: Any, make_table: Any) -> None:
    """Geolocation comes from process servers although the database is the creditors'."""
    firm.settings["sources"]["crm"] |= {
        "collected_from": ["creditor"],
        "purposes": ["debt collection"],
        "retention": "P7Y",
        "facts": [{"data_types": ["category:G"], "collected_from": ["process servers"], "retention": "until served"}],
    }
    firm.scan(make_table("visits", 2, ("name", "person_name"), ("at", "lat_long")))

    rows = firm.rows()

    assert (rows["A"]["collected_from"], rows["A"]["purposes"], rows["A"]["retention"]) == (
        ("creditor",),
        ("debt collection",),
        "P7Y",
    )
    assert (rows["G"]["collected_from"], rows["G"]["purposes"], rows["G"]["retention"]) == (
        ("process servers",),
        ("debt collection",),
        "until served",
    )
    assert (rows["E"]["collected_from"], rows["E"]["purposes"], rows["E"]["retention"]) == ((), (), None)


def test_recipients_come_from_dated_disclosures_and_never_from_what_was_collected(firm: Any, make_table: Any) -> None:
    """Only those that overlap the window; a group reaches what is held, an id or a category also what is not."""
    firm.settings["disclosures"] = [
        {
            "to": "bureaus",
            "data_types": ["group:financial"],
            "kind": "business_purpose",
            "first": date(2025, 1, 1),
            "last": date(2025, 11, 21),
        },
        {"to": "printers", "data_types": ["person_name"], "kind": "business_purpose", "first": date(2026, 11, 21)},
        {
            "to": "too early",
            "data_types": ["person_name"],
            "kind": "business_purpose",
            "first": date(2024, 1, 1),
            "last": date(2025, 11, 20),
        },
        {"to": "too late", "data_types": ["person_name"], "kind": "sold", "first": date(2026, 11, 22)},
        {"to": "advertisers", "data_types": ["category:F"], "kind": "shared", "first": date(2026, 1, 1)},
    ]
    firm.scan(make_table("debts", 2, ("amount", "debt_balance"), ages=[("2019-01-01", 2)]))

    rows = firm.rows()

    assert {
        letter: (row["disclosed_to"], row["sold_or_shared"])
        for letter, row in rows.items()
        if row["disclosed_to"] or row["sold_or_shared"]
    } == {
        "A": (("printers",), ()),
        "B": (("bureaus", "printers"), ()),
        "D": (("bureaus",), ()),
        "F": ((), ("advertisers",)),
    }


def test_rows_of_several_clients_go_to_their_own_lists(firm: Any, make_table: Any) -> None:
    """A business client's rows are the firm's own list, a service-provider client's are apart, an unknown client's are noted."""
    firm.settings["clients"] = {
        "gym": {"name": "A Gym"},
        "mercy": {"name": "Mercy Hospital", "role": "service_provider"},
        "lender": {"name": "A Lender", "regime": "glba"},
    }
    ages = [
        ("2026-05-05", 10, "gym"),
        ("2026-06-06", 20, "mercy"),
        (None, 30, "mercy"),
        ("2019-01-01", 40, "lender"),
        (None, 50, "?"),
    ]
    firm.scan(make_table("accounts", 150, ("name", "person_name"), ages=ages))

    body = firm.categories().body

    assert figures(body["categories"][0]) == (True, True, True, 10, 60, 50, False, "2026-05-05")
    assert [
        (each["client"], each["name"], [(row["letter"], *figures(row)) for row in each["categories"]])
        for each in body["service_provider"]
    ] == [
        (
            "mercy",
            "Mercy Hospital",
            [
                ("A", True, True, True, 20, 50, 30, False, "2026-06-06"),
                ("B", True, True, True, 20, 50, 30, False, "2026-06-06"),
            ],
        )
    ]
    assert [
        (each["regime"], each["client"], each["records_held"], each["data_types"]) for each in body["outside_ccpa"]
    ] == [("glba", "lender", 40, ["person_name"])]
    assert body["records_of_unknown_clients"] == 50


def test_a_table_of_one_client_goes_to_that_client(firm: Any, make_table: Any) -> None:
    """Without an owner column, by the configuration; a hospital's data held as service provider are outside the CCPA too."""
    firm.settings["clients"] = {"mercy": {"name": "Mercy Hospital", "role": "service_provider", "regime": "hipaa"}}
    firm.settings["sources"]["crm"]["owners"] = {"mercy_*": {"client": "mercy"}}
    firm.scan(make_table("mercy_patients", 3, ("code", "icd10")))

    body = firm.categories().body

    assert not any(row["held"] for row in body["categories"])
    assert [
        (each["client"], each["regimes"], [row["letter"] for row in each["categories"]])
        for each in body["service_provider"]
    ] == [("mercy", ("hipaa",), ["B", "C", "L"])]
    assert [(each["regime"], each["client"], each["letters"]) for each in body["outside_ccpa"]] == [
        ("hipaa", "mercy", ("B", "C", "L"))
    ]


def test_a_mere_hint_of_another_law_leaves_nothing_out(firm: Any, make_table: Any) -> None:
    """Why the firm holds a bank account's number decides, not what it is."""
    firm.scan(make_table("accounts", 3, ("no", "bank_account_no")))

    body = firm.categories().body

    assert (body["categories"][1]["held"], body["outside_ccpa"], body["data_types"][0]["regime_hint"]) == (
        True,
        [],
        "glba",
    )


def test_one_client_can_be_reported_alone(firm: Any, make_table: Any) -> None:
    """The owner option keeps that client's records only, and refuses an unknown one."""
    firm.settings["clients"] = {"gym": {"name": "A Gym"}, "shop": {"name": "A Shop"}}
    firm.scan(
        make_table(
            "accounts", 30, ("name", "person_name"), ages=[("2026-05-05", 10, "gym"), ("2026-06-06", 20, "shop")]
        )
    )

    assert figures(firm.rows(owner="gym")["A"]) == (True, True, False, 10, 10, 0, False, "2026-05-05")
    with pytest.raises(UsageError, match="unknown client 'nobody'") as caught:
        firm.categories(owner="nobody")
    assert caught.value.hint == "known: gym, shop"


def test_data_types_of_no_category_stand_apart(firm: Any, make_file: Any) -> None:
    """Aggregates are no personal information; they are shown, not counted."""
    firm.scan(make_file("stats.json", "usage_aggregate", source="crm"))

    body = firm.categories().body

    assert not any(row["held"] for row in body["categories"])
    assert [each["data_type"] for each in body["without_category"]] == ["usage_aggregate"]


def test_conditionally_sensitive_data_are_told_apart_from_sensitive_data(firm: Any, make_table: Any) -> None:
    """Coordinates are in L only once the firm confirms that they are precise."""
    firm.scan(make_table("visits", 2, ("at", "lat_long"), ("no", "ssn")))

    body = firm.categories().body

    assert body["categories"][11]["data_types"] == ["ssn"]
    assert [(each["data_type"], each["ref"]) for each in body["conditional"]] == [("lat_long", "ae.1C")]


def test_a_deidentified_source_with_personal_information_is_flagged(firm: Any, make_table: Any) -> None:
    """It is counted all the same: a declaration does not deidentify."""
    firm.settings["sources"]["crm"]["deidentified"] = True
    firm.scan(make_table("people", 2, ("mail", "email")))

    body = firm.categories().body

    assert body["deidentified_sources"] == [{"source": "crm", "data_types": ("email",)}]
    assert body["categories"][0]["held"] is True


def test_the_headings_of_a_notice_are_decided_by_data_types(firm: Any, make_table: Any) -> None:
    """Retail information and commercial information are both letter D, yet only one was found."""
    firm.scan(make_table("cars", 2, ("vin", "vin"), ("mail", "email"), ages=[("2026-05-05", 2)]))

    body = firm.categories(notice=rulepack.notice("amsi")).body

    assert [(each["text"][:28], each["data_types"], each["collected"]) for each in body["headings"]] == [
        ("health insurance information", [], False),
        ("personal identifying informa", [], False),
        ("characteristics such as age,", [], False),
        ("retail information", [], False),
        ("audio, electronic, or simila", [], False),
        ("Commercial information, incl", ["vin"], True),
        ("professional and employment ", [], False),
        ("Inferences drawn from other ", [], False),
    ]
    assert [
        (each["text"], each["data_types"], each["letters"], each["records_held"]) for each in body["not_covered"]
    ] == [("Email address", ["email"], ("A",), 2)]


def test_the_coverage_block_counts_what_was_and_what_was_not_read(firm: Any, make_table: Any, make_file: Any) -> None:
    """Skipped files, a sampled table, a source that was never read."""
    firm.settings["sources"] |= {
        "share": {"connector": "files", "url": "file:share"},
        "new": {"connector": "sql", "url": "sqlite:///new.db"},
    }
    firm.scan(
        make_table("big", 5000, seen=1000, coverage="sample"),
        make_table("small", 5),
        make_file("a.txt"),
        Skip("share", "b.doc", SkipCode.UNSUPPORTED, "Word 97 is not read yet"),
        Skip("share", "c.zip", SkipCode.ENCRYPTED, "it is encrypted"),
        sources=("crm", "share"),
        status="partial",
    )

    document = firm.categories()

    assert document.body["coverage"] == {
        "sources": 3,
        "containers": 5,
        "scanned": 3,
        "partial": 0,
        "skipped": 2,
        "sampled": 1,
        "codes": {"encrypted": 1, "unsupported": 1},
        "bound": pytest.approx(0.00299125, rel=1e-5),
        "sources_never_read": ("new",),
        "sources_not_reached": (),
        "sources_not_configured": (),
        "run": {"run_id": 1, "status": "partial", "mode": "sample", "finished_at": firm.inventory.run(1).finished_at},
    }
    assert document.reasons == ("incomplete",)


def test_each_source_is_shown_by_its_own_latest_run(firm: Any, make_table: Any) -> None:
    """A run over one source must not hide what another source's last run could not read."""
    firm.settings["sources"]["old"] = {"connector": "sql", "url": "sqlite:///old.db"}
    firm.scan(Skip("old", None, SkipCode.UNREACHABLE, "the server does not answer"), sources=("old",), status="failed")
    firm.scan(make_table("people", 2, ("mail", "email")), sources=("crm",))

    document = firm.categories()

    assert document.body["coverage"]["sources_not_reached"] == ("old",)
    assert document.body["coverage"]["codes"] == {"unreachable": 1}
    assert document.reasons == ("incomplete",)


def test_redacted_places_keep_their_ids_and_lose_their_names(firm: Any, make_table: Any) -> None:
    """Not a name of a table or column is left in any part of the document."""
    firm.scan(
        make_table("secret_table", 2, ("secret_column", "email")),
        Skip("crm", "secret_other", SkipCode.NO_PERMISSION, "no rights on secret_other"),
    )

    first, second = firm.categories(redact=True), firm.categories(redact=True, as_of=date(2026, 11, 22))

    assert "secret" not in repr(first)
    assert first.body["categories"][0]["found_in"] == second.body["categories"][0]["found_in"]
    assert first.body["categories"][0]["found_in"] == [
        {"source": "crm", "container": "c-bcf3d7e0", "member": (), "column": "f-31e52f53"}
    ]


def test_what_could_not_be_read_again_is_still_held(firm: Any, make_table: Any) -> None:
    """A table that is locked tonight, or breaks off after the first rows, holds what the last whole reading showed."""
    ages = [("2026-05-05", 30), (None, 10)]
    firm.scan(make_table("locked", 40, ("mail", "email"), ages=ages), make_table("broken", 40, ("grade", "gpa")))
    firm.scan(
        Skip("crm", "locked", SkipCode.TIMEOUT, "locked"),
        make_table("broken", 40, seen=0, coverage="partial"),
        status="partial",
    )

    rows = firm.rows()

    assert figures(rows["A"]) == (True, True, True, 30, 40, 10, False, "2026-05-05")
    assert figures(rows["J"])[:6] == (False, True, True, 0, 40, 40)


def test_the_clock_behind_each_date_is_named(firm: Any, make_table: Any) -> None:
    """Whether the firm configured it or piiscan inferred it: counsel must be able to object."""
    inferred = Clock("created", ("created_at",), "inferred")
    path = Clock("collected", ("account_id", "accounts.placed_at"))
    firm.scan(
        make_table("a", 1, ("mail", "email"), ages=[("2026-05-05", 1)], clock=inferred),
        make_table("b", 1, ("mail", "email"), ("name", "person_name"), ages=[("2026-05-05", 1)], clock=path),
        make_table("c", 1, ("mail", "email")),
    )

    assert firm.categories().body["dated_by"] == [
        {
            "source": "crm",
            "container": "a",
            "member": (),
            "event": "created",
            "column": "created_at",
            "basis": "inferred",
        },
        {
            "source": "crm",
            "container": "b",
            "member": (),
            "event": "collected",
            "column": "account_id > accounts.placed_at",
            "basis": "configured",
        },
    ]


def test_rows_that_could_not_be_counted_by_client_are_named(firm: Any, make_table: Any) -> None:
    """An owner column without a clock: everything counts as the firm's own, and the report says so."""
    firm.settings["sources"]["crm"]["owners"] = {"accounts": {"column": "client_id"}}
    firm.scan(make_table("accounts", 3, ("mail", "email")), make_table("other", 3, ("mail", "email")))

    assert firm.categories().body["not_split_by_client"] == [{"source": "crm", "container": "accounts", "member": ()}]


def test_a_service_provider_without_named_clients_has_an_empty_own_list_that_says_so(
    firm: Any, make_table: Any
) -> None:
    """The role of the firm itself: everything is held for others, and "not found" would be untrue."""
    firm.settings["firm"]["role"] = "service_provider"
    firm.scan(make_table("matters", 2, ("mail", "email")))

    document = firm.categories(notice=rulepack.notice("actionstep"))

    assert (document.body["categories"][0]["held"], document.body["categories"][0]["held_apart"]) == (False, True)
    assert [
        (each["client"], each["name"], [row["letter"] for row in each["categories"]])
        for each in document.body["service_provider"]
    ] == [(None, None, ["A"])]
    assert (
        document.body["headings"][0]["held"],
        document.body["headings"][0]["held_apart"],
        document.body["headings"][0]["data_types"],
    ) == (False, True, ["email"])
    assert "Held only outside the CCPA or as a service provider (annexes): A." in document.lead


def test_a_law_confirmed_for_a_table_takes_it_out_without_any_client(firm: Any, make_table: Any) -> None:
    """By a fact of the source."""
    firm.settings["sources"]["crm"]["facts"] = [
        {"tables": ["loans"], "regime": "glba"},
        {"tables": ["shop"], "regime": "ccpa"},
    ]
    firm.scan(make_table("loans", 2, ("no", "bank_account_no")), make_table("shop", 3, ("no", "bank_account_no")))

    body = firm.categories().body

    assert [(each["regime"], each["client"], each["records_held"]) for each in body["outside_ccpa"]] == [
        ("glba", None, 2)
    ]
    assert body["categories"][1]["records_held"] == 3
