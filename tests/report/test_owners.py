"""Reports of one client: its rows alone, whom to write to, and what may be its and nobody says."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from piiscan import plugins, schemas
from piiscan.model import Document, Skip, SkipCode
from piiscan.report import coverage

if TYPE_CHECKING:
    from pathlib import Path

CLIENTS = {
    "mercy": {"name": "Mercy Hospital", "contact": "privacy@mercy.example", "role": "service_provider"},
    "gym": {"name": "A Gym"},
}
MERCY = {
    "client": "mercy",
    "name": "Mercy Hospital",
    "contact": "privacy@mercy.example",
    "role": "service_provider",
    "regime": None,
}


def report(firm: Any, owner: str | None) -> Document:
    """The coverage report of a fixed day, true to its schema."""
    document = coverage(firm.inventory, firm.config, firm.packs, as_of=date(2026, 11, 21), owner=owner)

    out = io.StringIO()
    plugins.renderer("json")().render(document, out, width=80, color=False)
    Draft202012Validator(schemas.bundle("report.coverage")).validate(json.loads(out.getvalue()))
    return document


def test_the_coverage_of_one_client_is_that_of_what_may_hold_its_rows(
    firm: Any, make_table: Any, make_file: Any
) -> None:
    """Counted rows of others alone are not its; rows that nobody counted may be; so may a source that was not read."""
    firm.settings |= {
        "clients": CLIENTS,
        "sources": {
            "crm": {
                "connector": "sql",
                "url": "sqlite:///crm.db",
                "owners": {"t_*": {"column": "client"}, "mercy_*": {"client": "mercy"}, "gym_*": {"client": "gym"}},
            },
            "share": {"connector": "files", "url": "file:share", "owners": {"mercy/*": {"client": "mercy"}}},
            "ours": {"connector": "sql", "url": "sqlite:///ours.db"},
        },
    }
    firm.scan(
        make_table("gym_members", 3, ("mail", "email")),
        make_table("mercy_visits", 3, ("mail", "email")),
        make_table("t_gym", 3, ("mail", "email"), ages=[("2026-03-05", 3, "gym")]),
        make_table("t_mixed", 3, ("mail", "email"), ages=[("2026-03-05", 2, "mercy"), (None, 1, "?")]),
        make_table("t_uncounted", 3, ("mail", "email")),
        make_table("notes", 3, ("mail", "email")),
        make_table("codes", 3),
        make_file("mercy/a.txt", "email"),
        make_file("other/b.txt", "email"),
        Skip("share", "mercy/c.doc", SkipCode.UNSUPPORTED, "not read yet"),
        Skip("share", "other/d.doc", SkipCode.UNSUPPORTED, "not read yet"),
        sources=("crm", "share"),
    )

    body = report(firm, "mercy").body

    assert (body["owner"], body["held_for"]) == ("mercy", MERCY)
    assert [(each["name"], each["containers"], each["skipped"]) for each in body["sources"]] == [
        ("crm", 3, 0),
        ("share", 2, 1),
    ]
    assert [skip["container"] for skip in body["skips"]] == ["mercy/c.doc"]
    assert [each["container"] for each in body["attributed_to_no_client"]] == [
        "notes",
        "t_mixed",
        "t_uncounted",
        "other/b.txt",
    ]
    assert report(firm, None).body["held_for"] is None


def test_a_report_of_categories_opens_with_the_client_its_role_and_its_contact(firm: Any, make_table: Any) -> None:
    """Who has no contact is said to have none."""
    firm.settings["clients"] = CLIENTS
    firm.scan(make_table("t", 5, ("mail", "email"), ages=[("2026-05-05", 3, "mercy"), ("2026-05-05", 2, "gym")]))

    mercy, gym = (firm.categories(owner=name) for name in ("mercy", "gym"))

    assert (mercy.body["held_for"], mercy.body["service_provider"][0]["contact"]) == (MERCY, "privacy@mercy.example")
    assert (mercy.sections[0].title, mercy.sections[0].rows) == (
        "Held for",
        (("Mercy Hospital", "privacy@mercy.example", "a service provider", None),),
    )
    assert (gym.sections[0].rows, gym.sections[0].note) == (
        (("A Gym", None, "a business", None),),
        "Nobody to write to is known: name a contact in [clients.gym].",
    )


@pytest.mark.parametrize(
    "words", [("coverage",), ("retention",), ("disclosures",), ("exposure", "crm")], ids=lambda words: words[0]
)
def test_a_client_the_configuration_does_not_know_is_wrong_usage(
    invoke: Any, tmp_path: Path, firm: Any, make_table: Any, words: tuple[str, ...]
) -> None:
    """Exit code 2, nothing on standard output, and the names that are known."""
    config = '[store]\nurl = "sqlite:///store.db"\n[clients.gym]\nname = "A Gym"\n'
    (tmp_path / "piiscan.toml").write_text(f'{config}[sources.crm]\nconnector = "sql"\nurl = "sqlite:///crm.db"\n')
    firm.scan(make_table("t", 3, ("mail", "email")))

    result = invoke("report", *words, "--owner", "nobody")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "error: unknown client 'nobody'\nhint: known: gym\n"


@pytest.mark.parametrize("words", [("disclosures",), ("exposure", "crm:acc*")], ids=lambda words: words[0])
def test_a_redacted_report_names_no_table_and_no_column(
    invoke: Any, tmp_path: Path, firm: Any, make_table: Any, words: tuple[str, ...]
) -> None:
    """In no format, not even the glob that was asked for."""
    (tmp_path / "piiscan.toml").write_text(
        '[store]\nurl = "sqlite:///store.db"\n[sources.crm]\nconnector = "sql"\nurl = "sqlite:///crm.db"\nregion = "IN"\n'
    )
    firm.scan(make_table("accounts_x", 3, ("mail_x", "email")))

    results = [invoke("report", *words, "--redact-paths", "--format", each) for each in ("table", "json", "csv", "md")]

    assert [each.exit_code for each in results] == [0, 0, 0, 0]
    assert [name for name in ("accounts_x", "mail_x", "acc*") for each in results if name in each.stdout] == []
