"""What was not read never looks clean."""

from __future__ import annotations

from datetime import date
from typing import Any

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
