"""`piiscan demo` shows the whole job, and nothing planted in its firm ever comes out of any command."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click
import pytest

from piiscan import cli, demo, plugins
from piiscan.model import LETTERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Run = Callable[..., Any]
Shown = tuple["Path", Any]
AS_OF = "2026-06-30"
NEEDS = {
    "scan": ["scan", "--all"],  # first: a second run is there to be compared
    "check": ["check"],
    "completion": ["completion", "bash"],
    "config show": ["config", "show"],
    "config validate": ["config", "validate"],
    "demo": ["demo", "--dir", "firm", "--as-of", AS_OF],  # as it was made
    "init": ["init", "new"],
    "exceptions check": ["exceptions", "check"],
    "exceptions list": ["exceptions", "list"],
    "holds list": ["holds", "list"],
    "inventory containers": ["inventory", "containers"],
    "inventory list": ["inventory", "list"],
    "inventory search": ["inventory", "search", "ssn"],
    "inventory show": ["inventory", "show", "ID"],
    "plugins": ["plugins"],
    "report categories": ["report", "categories", "--as-of", AS_OF, "--notice", "action-professionals"],
    "report coverage": ["report", "coverage"],
    "report disclosures": ["report", "disclosures", "--as-of", AS_OF],
    "report exceptions": ["report", "exceptions"],
    "report exposure": ["report", "exposure", "crm"],
    "report retention": ["report", "retention"],
    "retention check": ["retention", "check", "--exit-zero"],
    "rules hash": ["-c", "new/piiscan.toml", "rules", "hash"],  # the key that init made
    "rules import": ["rules", "import", "ours.yaml"],
    "rules list": ["rules", "list"],
    "rules show": ["rules", "show", "ssn"],
    "rules test": ["rules", "test"],
    "rules try": ["rules", "try"],
    "runs diff": ["runs", "diff", "1", "2"],
    "runs list": ["runs", "list"],
    "runs prune": ["runs", "prune", "--keep", "2"],
    "runs show": ["runs", "show"],
    "version": ["version"],
}
"""How each command is called on the demo firm: a new command belongs into this list."""
ELSEWHERE = {
    "tests/cli": ("exceptions add", "exceptions remove", "exceptions renew", "holds add", "holds release", "holds renew"),
    "tests/deletion": (
        "delete apply", "delete approve", "delete keygen", "delete plan", "delete show", "delete verify", "report evidence",
    ),
    "tests/notices": ("notice check", "notice draft", "notice import", "notice list", "notice show"),
    "tests/requests": (
        "requests answer", "requests close", "requests confirm", "requests deny", "requests extend", "requests import drop", "requests list",
        "requests locate", "requests open", "requests prune", "requests recheck", "requests show", "requests verify",
    ),
}  # fmt: skip
"""Commands that need more than the demo firm: where values of their own are planted and looked for."""
WITHOUT_FORMAT = {"init", "completion", "rules import"}
YAML = "recognizers:\n- {name: own, supported_language: en, supported_entity: US_SSN, deny_list: [x]}\n"
TYPED = "\n".join(demo.CANARIES)
"""What stands on standard input of every command: `rules try` reads it."""


@pytest.fixture(scope="module")
def run(commands: Any) -> Run:
    """Runs a command in a folder, with a folder for temporary files beside it."""

    def run(folder: Path, *args: str) -> Any:
        scratch = folder.parent / "scratch"
        scratch.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PIISCAN_")}
        return commands.run(*args, cwd=folder, env=kept | {"TMPDIR": str(scratch)}, input=TYPED)

    return run


def leaves(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[str]:
    """The words of every command that is no group."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))
        else:
            yield " ".join((*path, name))


def test_the_demo_exits_well_and_reports_every_category(shown: Shown) -> None:
    """All twelve letters are held; what is not read is listed and tolerated."""
    _, done = shown
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    assert "".join(row["letter"] for row in document["categories"] if row["held"]) == LETTERS
    assert document["coverage"]["skipped"] == 2


def test_the_demo_holds_something_under_every_heading_of_its_notice(
    shown: Shown,
) -> None:
    """The nine categories of the notice, in its own words and order."""
    headings = json.loads(shown[1].stdout)["headings"]
    assert [heading["text"] for heading in headings if not heading["held"]] == []
    assert len(headings) == 9


def test_collected_held_and_undated_are_three_things(shown: Shown) -> None:
    """Commercial information came in this year, schools long ago, voiceprints nobody knows when."""
    rows = {row["letter"]: row for row in json.loads(shown[1].stdout)["categories"]}
    assert (rows["D"]["collected"], rows["D"]["held"]) == (True, True)
    assert (rows["E"]["collected"], rows["E"]["undated"]) == (False, True)
    assert (rows["J"]["collected"], rows["J"]["held"], rows["J"]["undated"]) == (False, True, False)


def test_sources_are_told_by_table_not_by_database(shown: Shown) -> None:
    """Places come from process servers, visits from the portal."""
    rows = {row["letter"]: row for row in json.loads(shown[1].stdout)["categories"]}
    assert rows["G"]["collected_from"] == ["process servers"]
    assert rows["F"]["collected_from"] == ["payment portal"]


def test_a_hospitals_data_is_apart(shown: Shown) -> None:
    """What is held as a service provider is not the firm's own list."""
    document = json.loads(shown[1].stdout)
    assert [entry["client"] for entry in document["service_provider"]] == ["mercy"]
    assert [entry["regime"] for entry in document["outside_ccpa"]] == ["hipaa"]


def test_the_card_that_should_not_be_there_is_found(shown: Shown, run: Run) -> None:
    """One note and one letter hold a card number, against the notice."""
    folder, _ = shown
    listed = json.loads(run(folder, "inventory", "list", "--data-type", "card_pan", "--format", "json").stdout)[
        "holdings"
    ]
    assert sorted((each["source"], each["container"].split("/")[0]) for each in listed) == [
        ("crm", "notes"),
        ("share", "letters"),
    ]


def test_clean_tables_and_files_are_clean(shown: Shown, run: Run) -> None:
    """Reference data and an office's opening hours hold nothing personal."""
    folder, _ = shown
    clean = {"clients", "dispositions", "fee_schedule", "products", "policies/fees.csv", "policies/opening-hours.txt"}
    listed = json.loads(run(folder, "inventory", "list", "--format", "json").stdout)["holdings"]
    assert sorted({each["container"] for each in listed} & clean) == []


def test_columns_are_called_what_a_lawyer_would_call_them(shown: Shown, run: Run) -> None:
    """A relative's name, a member's number, the name of an employee; a plan's name is nobody's number."""
    folder, _ = shown
    listed = json.loads(run(folder, "inventory", "list", "--format", "json").stdout)["holdings"]
    found = {(each["container"].split("/")[0], each["column"], each["data_type"]) for each in listed}
    assert {
        ("employment", "employed_since", "employment_dates"),
        ("exports", "employee", "person_name"),
        ("exports", "student", "person_name"),
        ("letters", None, "card_expiry"),
        ("notes", "note", "card_expiry"),
        ("placements", "member_id", "health_plan_member_id"),
        ("portal", "user", "username"),
        ("skip-trace", "name", "person_name"),
        ("skiptrace_hits", "relative_name", "relative_associate"),
    } <= found
    assert [entry for entry in found if entry[:2] == ("medical_accounts", "health_plan")] == []


def test_every_command_is_called_below() -> None:
    """Whoever adds a command adds it to the hunt for canaries."""
    hunted = [name for names in ELSEWHERE.values() for name in names]
    assert sorted(leaves(cli.cli)) == sorted([*NEEDS, *hunted])


@pytest.mark.slow
def test_no_canary_appears_in_any_output_of_any_command(shown: Shown, run: Run) -> None:
    """Neither on standard output nor on standard error nor in a file of any format, with all switched on that talks."""
    folder, first = shown
    (folder / "ours.yaml").write_text(YAML)
    # All text was read when the demo was made: now names are looked for in the first text of each file and column.
    with (folder / "piiscan.toml").open("a") as file:
        file.write("\n[detection]\nner_characters = 1\n")
    listed = json.loads(run(folder, "inventory", "list", "--format", "json").stdout)["holdings"]
    files = [f"{name}.out" for name in plugins.renderers()]
    every_format = [word for file in files for word in ("-o", f"{file.removesuffix('.out')}={file}")]
    said = {"demo": first.stdout + first.stderr + "".join((folder.parent / file).read_text() for file in files)}
    for name, words in NEEDS.items():
        if name in said:
            continue
        args = [listed[0]["id"] if word == "ID" else word for word in words]
        written = [] if name in WITHOUT_FORMAT else ["--format", "table", *every_format]
        done = run(folder, "--debug", "-vv", "--progress", "on", *args, *written)
        assert done.exit_code == 0, (name, done.stderr)
        said[name] = done.stdout + done.stderr + "".join((folder / file).read_text() for file in files if written)
    assert [(name, canary) for name, text in said.items() for canary in demo.CANARIES if canary in text] == []


@pytest.mark.slow
def test_no_canary_is_kept_in_the_store_or_in_a_temporary_file(
    shown: Shown,
) -> None:
    """The inventory holds counts and places; nothing else is left behind."""
    folder, _ = shown
    left = [*folder.glob("piiscan.db*"), *(path for path in (folder.parent / "scratch").rglob("*") if path.is_file())]
    found = [(path.name, canary) for path in left for canary in demo.CANARIES if canary.encode() in path.read_bytes()]
    assert left
    assert found == []


def test_a_folder_that_is_not_a_demo_is_refused(tmp_path: Path, run: Run) -> None:
    """Exit code 6, one line that says what, one that says what to do."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    done = run(tmp_path, "demo", "--dir", "mine")
    assert (done.exit_code, done.stdout) == (6, "")
    assert (
        done.stderr
        == "error: mine is not empty and not a demo of piiscan\nhint: name an empty or a new folder with --dir\n"
    )
