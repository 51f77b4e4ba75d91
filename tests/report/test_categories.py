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


def test_a_rare_finding_is_held_but_a_thousandth_of_it_is_not_collected(firm: Any, make_table: Any) -> None:
    """One row of a thousand is dated in the window; that it is the one with the finding is not likely, nor ruled out."""
    rare = {"evidence": ("values",), "cells_seen": 1000, "cells_matched": 1}
    firm.scan(make_table("notes", 1000, ("body", "email", rare), ages=[("2026-05-05", 1), ("2020-05-05", 999)]))

    assert figures(firm.rows()["A"]) == (False, True, False, 0, 1, 0, True, "2026-05-05")
    assert firm.categories().sections[1].rows[0] == ("A", "Identifiers", "no", "~0", "0", "1", "2026-05-05")


def test_the_dates_of_a_column_are_those_of_the_rows_in_which_it_is_filled(firm: Any, make_table: Any) -> None:
    """Numbers of 2020 in a table that goes on: held, not collected, and last collected in 2020."""
    ages = [("2026-05-05", 900, None, {"ssn": 0, "mail": 900}), ("2020-05-05", 100, None, {"ssn": 40, "mail": 100})]
    seen = {"evidence": ("name",), "cells_seen": 40, "cells_matched": 40}
    firm.scan(make_table("people", 1000, ("ssn", "ssn", seen), ("mail", "email"), ages=ages))

    rows = firm.rows()

    assert figures(rows["L"]) == (False, True, False, 0, 40, 0, False, "2020-05-05")
    assert figures(rows["A"]) == (True, True, False, 900, 1000, 0, False, "2026-05-05")
    assert (rows["L"]["collected_by_estimate"], rows["A"]["collected_by_estimate"]) == (False, False)


def test_filled_cells_are_counted_client_by_client(firm: Any, make_table: Any) -> None:
    """A client whose rows are all empty in the column holds none of it."""
    firm.settings["clients"] = {"gym": {"name": "A Gym"}, "shop": {"name": "A Shop"}}
    ages = [("2026-05-05", 10, "gym", {"ssn": 4}), (None, 5, "gym", {"ssn": 1}), ("2026-05-05", 10, "shop", {"ssn": 0})]
    firm.scan(make_table("t", 25, ("ssn", "ssn", {"cells_seen": 5, "cells_matched": 5}), ages=ages))

    assert figures(firm.rows(owner="gym")["L"]) == (True, True, True, 4, 5, 1, False, "2026-05-05")
    assert figures(firm.rows(owner="shop")["L"])[:5] == (False, False, False, 0, 0)


def test_a_finding_in_some_cells_is_shared_out_over_the_filled_rows_and_only_likely_collected(
    firm: Any, make_table: Any
) -> None:
    """Ten of a hundred notes hold an address; which ones is not known, unless there are more than the old ones."""
    some = {"evidence": ("values",), "cells_seen": 100, "cells_matched": 10}
    many = {"evidence": ("values",), "cells_seen": 100, "cells_matched": 60}
    ages = [("2026-05-05", 850, None, {"body": 50, "more": 50}), ("2020-05-05", 50, None, {"body": 50, "more": 50})]
    firm.scan(make_table("notes", 900, ("body", "email", some), ("more", "gpa", many), ages=ages))

    rows, table = firm.rows(), firm.categories().sections[1].rows

    assert figures(rows["A"]) == (True, True, False, 5, 10, 0, True, "2026-05-05")
    assert (rows["A"]["collected_by_estimate"], rows["J"]["collected_by_estimate"]) == (True, False)
    assert [(row[2], row[3], row[4], row[5]) for row in (table[0], table[9])] == [
        ("likely", "~5", "0", "10"),
        ("yes", "~30", "0", "60"),
    ]
    assert "Likely collected in the window (by estimate): A." in firm.categories().lead


def test_a_column_without_a_filled_cell_is_neither_held_nor_collected(firm: Any, make_table: Any) -> None:
    """Its name is all there is of it: listed, whether all rows were read, a sample, or there are none."""
    named = {"evidence": ("name",), "cells_seen": 0, "cells_matched": 0}
    firm.scan(
        make_table("full", 50, ("ssn", "ssn", named), ages=[("2026-05-05", 50)]),
        make_table("sampled", 50000, ("face", "face_template", named), seen=1000, coverage="sample"),
        make_table("empty", 0, ("gpa", "gpa", named)),
    )

    document = firm.categories()

    assert not any(row["held"] or row["collected"] or row["undated"] for row in document.body["categories"])
    assert [(*each.values(),) for each in document.body["empty_columns"]] == [
        ("crm", "empty", (), "gpa", "gpa", 0, 0),
        ("crm", "full", (), "ssn", "ssn", 50, 50),
        ("crm", "sampled", (), "face", "face_template", 1000, 50000),
    ]
    assert "Columns so named, empty in what was read" in [section.title for section in document.sections]


def test_where_not_a_row_was_read_a_column_named_after_the_data_is_not_called_empty(firm: Any, make_table: Any) -> None:
    """Nothing is known of its cells: all rows count, as an estimate."""
    named = {"evidence": ("name",), "cells_seen": 0, "cells_matched": 0}
    firm.scan(make_table("shut", 50, ("ssn", "ssn", named), seen=0, coverage="partial"))

    body = firm.categories().body

    assert figures(body["categories"][11])[:7] == (False, True, True, 0, 50, 50, True)
    assert body["empty_columns"] == []


def test_several_columns_of_one_table_count_at_least_the_rows_of_the_fullest(firm: Any, make_table: Any) -> None:
    """Twenty rows with a phone and thirty with an address are thirty rows or more; old and new ones are different rows."""
    ages = [("2026-05-05", 60, None, {"phone": 20, "mail": 0}), ("2020-05-05", 40, None, {"phone": 0, "mail": 30})]
    firm.scan(
        make_table(
            "people",
            100,
            ("phone", "phone", {"cells_seen": 20, "cells_matched": 20}),
            ("mail", "email", {"cells_seen": 30, "cells_matched": 30}),
            ages=ages,
        )
    )

    row, table = firm.rows()["A"], firm.categories().sections[1].rows[0]

    assert (row["records_collected"], row["records_held"], row["records_at_least"]) == (20, 50, True)
    assert table[2:6] == ("yes", "≥20", "0", "≥50")
    assert firm.rows()["B"]["records_at_least"] is False


def test_a_column_known_by_its_values_alone_stays_an_estimate_until_every_row_was_read(
    firm: Any, make_table: Any
) -> None:
    """That all cells of a sample match does not prove the rest, though all filled cells were counted."""
    seen = {"evidence": ("values",), "cells_seen": 100, "cells_matched": 100}
    ages = [("2026-05-05", 900, None, {"c": 800}), ("2020-05-05", 100, None, {"c": 100})]
    firm.scan(
        make_table("sampled", 1000, ("c", "email", seen), seen=100, coverage="sample", ages=ages),
        make_table("whole", 100, ("c", "gpa", seen), ages=[("2026-05-05", 100, None, {"c": 100})]),
    )

    table = firm.categories().sections[1].rows

    assert [row[2:6] for row in (table[0], table[9])] == [("yes", "~800", "0", "~900"), ("yes", "100", "0", "100")]


def test_only_figures_that_are_estimates_are_marked(firm: Any, make_table: Any) -> None:
    """A sample scales the number held; no row of the table is dated in the window, or undated, and that is counted."""
    rare = {"evidence": ("values",), "cells_seen": 100, "cells_matched": 10}
    firm.scan(make_table("t", 1000, ("body", "email", rare), seen=100, coverage="sample", ages=[("2020-05-05", 1000)]))

    assert firm.categories().sections[1].rows[0][2:6] == ("no", "0", "0", "~100")


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
        "sources_not_up_to_date": (),
        "sources_read_with_other_rules": (),
        "last_read": {
            "crm": firm.inventory.run(1).finished_at,
            "new": None,
            "share": firm.inventory.run(1).finished_at,
        },
        "left_out": [],
        "complete": False,
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


def test_a_report_of_one_client_says_what_may_be_his_too_and_nothing_of_disclosures(firm: Any, make_table: Any) -> None:
    """What the configuration attributes to nobody may be anybody's; disclosures are the firm's as a whole."""
    firm.settings["clients"] = {"gym": {"name": "A Gym"}, "shop": {"name": "A Shop"}}
    firm.settings["sources"]["crm"]["owners"] = {"gym_*": {"client": "gym"}, "shop_*": {"client": "shop"}}
    firm.settings["disclosures"] = [
        {"to": "bureaus", "data_types": ["email"], "kind": "business_purpose", "first": date(2026, 1, 1)}
    ]
    firm.scan(
        make_table("gym_people", 2, ("mail", "email")),
        make_table("shop_people", 2, ("grade", "gpa")),
        make_table("letters", 2, ("grade", "gpa")),
        make_table("clean", 2),
    )

    document = firm.categories(owner="gym")

    assert document.body["attributed_to_no_client"] == [{"source": "crm", "container": "letters", "member": ()}]
    assert [section.rows for section in document.sections if section.title.startswith("Attributed to no")] == [
        (("crm:letters",),)
    ]
    assert "Not attributed to this client in what was read: B, C, D, E, F, G, H, I, J, K, L." in document.lead
    assert "not found" not in repr(document.sections)
    assert document.body["disclosures"] == []
    assert {(row["disclosed_to"], row["sold_or_shared"]) for row in document.body["categories"]} == {(None, None)}
    assert firm.categories().body["attributed_to_no_client"] == []


def test_to_whom_a_clients_data_went_is_unknown(firm: Any, make_table: Any) -> None:
    """The firm's disclosures are its own; an empty list would say that there were none."""
    firm.settings["firm"]["role"] = "service_provider"
    firm.scan(make_table("matters", 2, ("mail", "email")))

    rows = firm.categories().body["service_provider"][0]["categories"]

    assert [(row["disclosed_to"], row["sold_or_shared"]) for row in rows] == [(None, None)]


def test_breach_claims_are_not_said_to_remain_for_medical_information(firm: Any, make_table: Any) -> None:
    """Civ. Code 1798.145(c) carves out no 1798.150, as (d), (e) and (f) do."""
    firm.settings["sources"]["crm"]["facts"] = [
        {"tables": ["a"], "regime": "hipaa"},
        {"tables": ["b"], "regime": "glba"},
    ]
    firm.scan(make_table("a", 2, ("code", "icd10")), make_table("b", 2, ("no", "bank_account_no")))

    why = {each["regime"]: each["why"] for each in firm.categories().body["outside_ccpa"]}

    assert why["hipaa"] == (
        "medical information under CMIA, or protected health information of a covered entity or business associate under HIPAA: "
        "Civ. Code 1798.145(c)(1), 1798.146"
    )
    assert why["glba"].endswith("claims after a breach (1798.150) remain")


def test_a_heading_that_denies_or_names_everything_covers_nothing(firm: Any, make_table: Any) -> None:
    """Card numbers that are "not stored" are found, and no heading tells of them."""
    firm.scan(make_table("payments", 2, ("card", "card_pan"), ("pw", "password"), ("mail", "email")))

    document = firm.categories(notice=rulepack.notice("actionstep"))

    assert [(each["data_types"], each["claims"], each["catch_all"]) for each in document.body["headings"]] == [
        (["card_pan", "email", "password"], None, True),
        (["password"], None, False),
        ([], "deidentified", False),
        (["card_pan"], "never_stored", False),
        ([], "deidentified", False),
    ]
    assert [each["data_types"] for each in document.body["not_covered"]] == [["card_pan"], ["email"]]
    section = next(each for each in document.sections if each.title.startswith("In the words"))
    assert section.rows[3][0] == "credit card details [the notice says that this is not stored: no disclosure]"


def test_a_heading_may_deny_something_of_some_of_its_data_only(firm: Any, make_table: Any) -> None:
    """The visit to the payment portal is disclosed, the stored card is not."""
    firm.scan(make_table("payments", 2, ("card", "card_pan"), ("visit", "portal_visit")))

    document = firm.categories(notice=rulepack.notice("action-professionals"))

    heading = document.body["headings"][4]
    assert (heading["data_types"], heading["claims"], heading["denied"]) == (
        ["card_pan", "portal_visit"],
        "never_stored",
        ["card_pan"],
    )
    assert [each["data_types"] for each in document.body["not_covered"]] == [["card_pan"]]
    section = next(each for each in document.sections if each.title.startswith("In the words"))
    assert section.rows[4][0].endswith(
        "not permanently stored in any way [the notice says of Card number (PAN) that this is not stored: no disclosure]"
    )


def test_what_may_make_data_sensitive_is_named_where_it_lies_in_the_same_table(firm: Any, make_table: Any) -> None:
    """A card number beside its verification code; not one in another table."""
    firm.scan(
        make_table("payments", 2, ("card", "card_pan"), ("cvv", "card_cvv")), make_table("x", 2, ("pin", "card_pin"))
    )

    document = firm.categories()

    assert [(each["data_type"], each["beside"]) for each in document.body["conditional"]] == [
        (
            "card_pan",
            [{"source": "crm", "container": "payments", "member": (), "column": "cvv", "data_type": "card_cvv"}],
        )
    ]
    assert "; found beside it: crm:payments [cvv]" in repr(document.sections)


def test_views_that_are_not_counted_are_named(firm: Any, make_table: Any) -> None:
    """With the reason."""
    firm.scan(make_table("people", 10, ("mail", "email")), make_table("v_people", 10, ("mail", "email"), kind="view"))

    note = firm.categories().sections[-1].note

    assert "not counted where tables of the same source hold the data: crm:v_people." in note


def test_data_types_that_todays_rules_do_not_know_are_named(firm: Any, make_table: Any) -> None:
    """Found by rules that the firm no longer has."""
    firm.scan(make_table("people", 10, ("shoe", "shoe_size")))

    assert firm.categories().body["unknown_to_the_rules"] == ("shoe_size",)


def test_the_flat_table_stands_alone(firm: Any, make_table: Any) -> None:
    """A row says what it means, of which days, and whether there may be more, without the rest of the report."""
    firm.settings["sources"]["new"] = {"connector": "sql", "url": "sqlite:///new.db"}
    some = {"evidence": ("values",), "cells_seen": 4, "cells_matched": 2}
    firm.scan(make_table("notes", 4, ("body", "email", some), ages=[("2026-05-05", 2), ("2020-05-05", 2)]))

    flat = firm.categories().flat

    assert flat.columns[18:] == (
        "status",
        "records_at_least",
        "window_from",
        "window_to",
        "coverage_complete",
        "sources_never_read",
    )
    assert [row[18:] for row in flat.rows[:2]] == [
        ("likely", False, "2025-11-21", "2026-11-21", False, ("new",)),
        ("not found", False, "2025-11-21", "2026-11-21", False, ("new",)),
    ]
