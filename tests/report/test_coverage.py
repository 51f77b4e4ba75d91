"""What was not read never looks clean."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from piiscan.model import Document, Skip, SkipCode
from piiscan.report import coverage, scan_document


def report(firm: Any) -> Document:
    """The coverage report as of a fixed day."""
    return coverage(firm.inventory, firm.config, firm.packs, as_of=date(2026, 11, 21))


def test_only_what_was_read_without_a_finding_is_clean(firm: Any, make_table: Any) -> None:
    """Not a table with a finding, not one read in part, not one that was skipped."""
    firm.scan(
        make_table("clean", 5),
        make_table("found", 5, ("mail", "email")),
        make_table("half", 5, coverage="partial"),
        make_table("sampled", 5000, seen=1000, coverage="sample"),
        Skip("crm", "shut", SkipCode.NO_PERMISSION, "no rights"),
    )

    body = report(firm).body

    assert [(each["container"], each["bound"] and round(each["bound"], 6)) for each in body["clean"]] == [
        ("clean", 0.0),
        ("sampled", 0.002991),
    ]
    assert [each["container"] for each in body["sampled"]] == ["sampled"]
    assert body["skips"] == [
        {"source": "crm", "container": "shut", "member": (), "code": "no-permission", "reason": "no rights"}
    ]
    assert {name: body["coverage"][name] for name in ("containers", "scanned", "partial", "skipped", "sampled")} == {
        "containers": 5,
        "scanned": 3,
        "partial": 1,
        "skipped": 1,
        "sampled": 1,
    }


def test_an_archive_with_an_unread_member_is_read_in_part(firm: Any, make_table: Any, make_file: Any) -> None:
    """The archive and its members are one unit."""
    firm.settings["sources"] = {"share": {"connector": "files", "url": "file:share"}}
    archive = make_file("a.zip")
    member = make_file("a.zip", "email", member=("b.txt",))
    skip = Skip("share", "a.zip", SkipCode.ENCRYPTED, "it is encrypted", ("c.txt",))
    partial = make_table("a.zip", 1, source="share", kind="file", coverage="partial").scanned
    firm.scan(type(archive)(archive.container, partial + member.scanned, (skip,)), sources=("share",), status="partial")

    body = report(firm).body

    assert body["sources"] == [
        {
            "name": "share",
            "status": "read",
            "last_read": datetime(2026, 11, 21, 2, 13, tzinfo=UTC),
            "containers": 1,
            "scanned": 0,
            "partial": 1,
            "skipped": 0,
            "sampled": 0,
            "codes": {"encrypted": 1},
        }
    ]


def test_coverage_counts_are_those_of_the_category_report_and_of_the_scan(firm: Any, make_table: Any) -> None:
    """Three documents, one truth."""
    run = firm.scan(
        make_table("a", 5), make_table("b", 5, coverage="partial"), Skip("crm", "c", SkipCode.TIMEOUT, "too slow")
    )

    block = report(firm).body["coverage"]

    assert block == firm.categories().body["coverage"]
    totals = scan_document(run, firm.inventory.skips(run.run_id)).body["totals"]
    assert {name: totals[name] for name in ("containers", "scanned", "partial", "skipped")} == {
        name: block[name] for name in ("containers", "scanned", "partial", "skipped")
    }


def test_places_not_read_are_cut_for_human_eyes_only_and_say_so(firm: Any) -> None:
    """The first twenty of one code are shown, all of them are in the body."""
    run = firm.scan(*(Skip("crm", f"t{number:02}", SkipCode.TIMEOUT, "too slow") for number in range(23)))

    document = scan_document(run, firm.inventory.skips(run.run_id))

    section = next(each for each in document.sections if each.title == "Not read: timeout (23)")
    assert (len(section.rows), section.note, len(document.body["skips"])) == (
        20,
        "first 20 of 23; --format json has all",
        23,
    )


def test_a_source_the_configuration_forgot_is_named(firm: Any, make_table: Any) -> None:
    """Its holdings are still shown, as last read."""
    firm.scan(make_table("a", 5, ("mail", "email")))
    firm.settings["sources"] = {}

    body = firm.categories().body

    assert body["coverage"]["sources_not_configured"] == ("crm",)
    assert body["categories"][0]["held"] is True


@pytest.mark.parametrize(
    ("status", "how"), [("interrupted", "was interrupted"), ("running", "is still running, or was killed,")]
)
def test_a_run_that_was_broken_off_or_goes_on_never_looks_complete(
    firm: Any, make_table: Any, status: str, how: str
) -> None:
    """One source was read to its end, one was not, one never began; no number pretends to be all there is."""
    firm.settings["sources"] |= {
        "b": {"connector": "sql", "url": "sqlite:///b.db"},
        "c": {"connector": "sql", "url": "sqlite:///c.db"},
    }
    firm.scan(
        make_table("t", 5), make_table("t", 5, source="b"), sources=("crm", "b", "c"), cut=("b", "c"), status=status
    )

    document = report(firm)

    assert document.body["coverage"]["sources_not_reached"] == ("b", "c")
    assert document.body["coverage"]["complete"] is False
    assert [(each["name"], each["status"], each["last_read"] is None) for each in document.body["sources"]] == [
        ("b", "not_reached", True),
        ("c", "never_read", True),
        ("crm", "read", status == "running"),
    ]
    assert [row[-1] for row in document.sections[0].rows] == [
        ("run not finished",),
        ("never read", "run not finished"),
        (),
    ]
    assert document.lead[0].startswith("Read so far: 2 tables and files in 3 sources (0 of them by sample), ")
    assert (
        document.lead[1]
        == f"Run 1 {how} and has not read these sources to the end: b, c. What is shown of them may be older."
    )
    assert not any(" of 2 " in line for line in document.lead)
    assert document.reasons == ("incomplete",)


def test_an_archive_is_clean_only_if_all_its_members_are(firm: Any, make_table: Any, make_file: Any) -> None:
    """So is a folder in it; a clean member of another one still is."""
    firm.settings["sources"] = {"share": {"connector": "files", "url": "file:share"}}
    found = make_file("a.zip", "email", member=("in", "b.txt")).scanned
    clean = [
        make_file("a.zip", member=way).scanned for way in ((), ("in",), ("in", "c.txt"), ("out",), ("out", "d.txt"))
    ]
    unread = Skip("share", "z.zip", SkipCode.UNSUPPORTED, "Word 97 is not read yet", ("old.doc",))
    firm.scan(
        replace(make_file("a.zip"), scanned=(*found, *(part for parts in clean for part in parts))),
        replace(make_file("z.zip"), skips=(unread,)),
        make_file("c.txt"),
        sources=("share",),
    )

    assert [(each["container"], each["member"]) for each in report(firm).body["clean"]] == [
        ("a.zip", ("in", "c.txt")),
        ("a.zip", ("out",)),
        ("a.zip", ("out", "d.txt")),
        ("c.txt", ()),
    ]


def test_what_the_configuration_leaves_out_is_named_and_may_hold_more(firm: Any, make_table: Any) -> None:
    """In the lead, below the table, in JSON; by ids in a redacted report."""
    firm.settings["sources"]["crm"] |= {"include": ["public.*"], "exclude": ["public.audit_*", "public.hr"]}
    firm.scan(make_table("public.t", 5))

    document = report(firm)
    redacted = coverage(firm.inventory, firm.config, firm.packs, as_of=date(2026, 11, 21), redact=True)

    assert document.body["coverage"]["left_out"] == [
        {"source": "crm", "include": ("public.*",), "exclude": ("public.audit_*", "public.hr")}
    ]
    assert document.sections[0].note == (
        "Left out of crm by the configuration: only public.* is read; public.audit_*, public.hr is not read."
    )
    assert document.lead[1:] == (
        "Sources of which the configuration leaves out a part (see Coverage): crm.",
        "What was not read, or by sample only, may hold more than this report shows.",
    )
    assert (document.body["coverage"]["complete"], document.reasons) == (False, ())
    assert "public" not in repr(redacted)


def test_a_sample_may_hold_more_and_a_full_reading_has_no_bound(firm: Any, make_table: Any) -> None:
    """The caveat comes with the first sampled table."""
    firm.scan(make_table("whole", 5), day="2026-11-21")
    before = report(firm)
    firm.scan(make_table("whole", 5), make_table("big", 5000, seen=1000, coverage="sample"))
    after = report(firm)

    caveat = "What was not read, or by sample only, may hold more than this report shows."
    assert (before.body["coverage"]["complete"], after.body["coverage"]["complete"]) == (True, False)
    assert (caveat in before.lead, caveat in after.lead) == (False, True)
    assert [row for section in after.sections if section.title.startswith("Read without") for row in section.rows] == [
        ("crm:big", 1000, "0.30%"),
        ("crm:whole", 5, None),
    ]


@pytest.mark.parametrize(("day", "stale"), [("2026-11-19", ("crm",)), ("2026-11-21", ())])
def test_a_report_that_goes_beyond_the_last_reading_says_so(
    firm: Any, make_table: Any, day: str, stale: tuple[str, ...]
) -> None:
    """Nobody looked at what came since."""
    firm.scan(make_table("t", 5), day=day)

    document = report(firm)

    said = "This report goes up to 2026-11-21, but these sources were last read before: crm (2026-11-19). What came since is missing."
    assert (document.body["coverage"]["sources_not_up_to_date"], said in document.lead) == (stale, bool(stale))
    assert document.reasons == (("incomplete",) if stale else ())
    assert document.sections[0].rows[0][6] == f"{day} 02:13"


def test_the_last_reading_is_the_last_that_reached_the_source(firm: Any, make_table: Any) -> None:
    """A night in which the server did not answer does not count, nor does one that was broken off."""
    firm.scan(make_table("t", 5), day="2026-11-17")
    firm.scan(Skip("crm", None, SkipCode.UNREACHABLE, "no answer"), status="failed", day="2026-11-18")
    firm.scan(make_table("t", 5), status="interrupted", cut=("crm",), day="2026-11-19")

    assert report(firm).body["sources"][0]["last_read"] == datetime(2026, 11, 17, 2, 13, tzinfo=UTC)


def test_rules_that_changed_since_the_last_reading_are_told(firm: Any, make_table: Any) -> None:
    """What only today's rules know was not looked for."""
    firm.scan(make_table("t", 5), rules=firm.packs.fingerprint)
    before = report(firm)
    firm.scan(make_table("t", 5), rules="0" * 64)
    after = report(firm)

    said = "The rules have changed since these sources were read; what is new in them was not looked for: crm."
    assert [
        (document.body["coverage"]["sources_read_with_other_rules"], said in document.lead, document.reasons)
        for document in (before, after)
    ] == [((), False, ()), (("crm",), True, ("incomplete",))]


def test_a_firm_without_a_name_has_a_title_all_the_same(firm: Any) -> None:
    """No title begins with a colon."""
    firm.settings["firm"] = {}

    assert [report(firm).title, firm.categories().title] == [
        "Inventory: what was read and what was not",
        "Inventory: categories of personal information (CCPA)",
    ]
