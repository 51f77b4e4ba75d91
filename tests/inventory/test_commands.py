"""`piiscan runs` and `piiscan inventory` as a user meets them; every JSON document is validated by `invoke`."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from piiscan.inventory import Inventory
from piiscan.model import Skip, SkipCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Firm

    Invoke = Callable[..., Any]

CONFIG = """
[firm]
name = "Test Receivables"

[sources.crm]
connector = "sql"
url = "sqlite:///crm.db"
"""
NAMES = ("public.debtors", "public.gone", "a.zip", "b.csv", "salary.csv", "ssn_no")


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory, firm: Firm) -> Path:
    """A folder with a configuration and a store of three runs."""
    folder = tmp_path_factory.mktemp("scanned")
    (folder / "piiscan.toml").write_text(CONFIG)
    inventory = Inventory.open(f"sqlite:///{folder / 'piiscan.db'}", create=True)
    picture = Skip("share", "a.zip", SkipCode.UNSUPPORTED, "no text in a.zip/logo.png", ("logo.png",))
    debtors = firm.unit("ssn", "email", days=[firm.day(2024, 60, "mercy"), firm.day(2026, 40)])
    firm.run(inventory, debtors, firm.unit("ssn", path="public.gone"), firm.archive(["b.csv"]))
    firm.run(inventory, firm.unit("ssn", "city"), firm.archive(["b.csv"], skips=[picture]))
    sample = firm.unit("ssn", confidence=0.7, coverage="sample", matched=45, rows_seen=50)
    firm.run(
        inventory,
        sample,
        firm.archive(["b.csv"], skips=[picture]),
        firm.skip(SkipCode.NO_PERMISSION, source="share", container="salary.csv"),
        status="partial",
    )
    return folder


@pytest.fixture
def office(scanned: Path, tmp_path: Path) -> Path:
    """A copy of that folder, to do with as a test likes."""
    return shutil.copytree(scanned, tmp_path, dirs_exist_ok=True)


def printed(result: Any) -> str:
    """What it printed, apart from ids and times."""
    assert result.exit_code == 0, result.stderr
    text = re.sub(r"\b[0-9a-f]{8}\b", "(id)", result.stdout)
    return re.sub(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}", "(time)", text)


def test_inventory_list_fits_a_terminal(office: Path, invoke: Invoke) -> None:
    """Eighty columns, one line a holding, and what is not known said first."""
    result = invoke("inventory", "list", cwd=office, env={"COLUMNS": "80"})

    assert printed(result) == (
        "Inventory\n"
        "=========\n"
        "2 holdings in 2 containers.\n"
        "Not all is known: 2 not read, 1 read in part (see piiscan runs show).\n"
        "\n"
        "Holdings\n"
        "id        place                      data type  CCPA  sure  matched\n"
        "---------------------------------------------------------------------\n"
        "(id)  crm:public.debtors [ssn]   ssn        ABL   0.70  45 of 50\n"
        "(id)  share:a.zip > b.csv [ssn]  ssn        ABL   0.90  90 of 100\n"
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["ssn", "ssn"]),
        (["--source", "share"], ["ssn"]),
        (["--category", "l"], ["ssn", "ssn"]),
        (["--data-type", "street_address", "--run", "2"], ["city"]),
        (["--data-type", "category:L"], ["ssn", "ssn"]),
        (["--min-confidence", "0.8"], ["ssn"]),
        (["--run", "1"], ["email", "ssn", "ssn", "ssn"]),
        (["--run", "1", "--source", "crm", "--data-type", "ssn"], ["ssn", "ssn"]),
    ],
)
def test_inventory_list_filters(office: Path, invoke: Invoke, options: list[str], expected: list[str]) -> None:
    """Each alone and together; letters in either case."""
    result = invoke("inventory", "list", "--format", "json", *options, cwd=office)

    assert [holding["column"] for holding in result.json["holdings"]] == expected


def test_inventory_list_has_the_keys_of_the_contract(office: Path, invoke: Invoke) -> None:
    """One whole holding, literally."""
    holding = invoke("inventory", "list", "--run", "1", "--data-type", "email", "--format", "json", cwd=office).json[
        "holdings"
    ][0]

    times = [holding.pop(key) for key in ("first_seen", "last_seen")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", time) for time in times)
    assert holding == {
        "id": "7dac935be732743c",
        "source": "crm",
        "container": "public.debtors",
        "member": [],
        "container_kind": "table",
        "column": "email",
        "data_type": "email",
        "label": "Email address",
        "categories": ["A"],
        "group": "identifiers",
        "sensitive": "no",
        "confidence": 0.9,
        "evidence": ["values"],
        "recognizers": ["R"],
        "cells_seen": 100,
        "cells_matched": 90,
        "rows_total": 100,
        "coverage": "full",
        "oldest_at": None,
        "newest_at": None,
        "owners": [],
        "why": "because",
    }


def test_inventory_containers_lists_the_clean_and_the_unread(office: Path, invoke: Invoke) -> None:
    """With what the sample proves, and never "clean" for what was not read."""
    found = invoke("inventory", "containers", "--format", "json", cwd=office).json["containers"]

    assert [
        (
            "/".join([each["container"], *each["member"]]),
            each["status"],
            each["bound"] and round(each["bound"], 4),
            each["holdings"],
        )
        for each in found
    ] == [
        ("public.debtors", "scanned", 0.0582, 1),
        ("a.zip", "partial", None, 0),
        ("a.zip/b.csv", "scanned", 0.0, 1),
        ("a.zip/logo.png", "skipped", None, 0),
        ("salary.csv", "skipped", None, 0),
    ]
    table = invoke("inventory", "containers", cwd=office).stdout
    assert "5 containers, 0 of them clean as far as they were read." in table
    only = invoke(
        "inventory", "containers", "--source", "crm", "--data-type", "ssn", "--format", "json", cwd=office
    ).json["containers"]
    assert [each["container"] for each in only] == ["public.debtors"]


def test_inventory_show_says_why(office: Path, invoke: Invoke) -> None:
    """In words: the place, the letters, how sure and from what, how much was read, and the runs it stood in."""
    shown = invoke("inventory", "list", "--data-type", "ssn", "--source", "crm", "--format", "json", cwd=office).json[
        "holdings"
    ][0]

    result = invoke("inventory", "show", shown["id"][:8], cwd=office, env={"COLUMNS": "80"})

    text = printed(result)
    for words in (
        "Social Security number: crm:public.debtors [ssn]",
        "0.70, from values that match",
        "45 of 50 cells that hold anything",
        "a sample, 50 of 100 rows",
        "sensitive personal information (category L)",
        "because",
    ):
        assert words in text
    history = invoke("inventory", "show", shown["id"], "--format", "json", cwd=office).json["history"]
    assert [(each["from_run"], each["to_run"], each["strength"]) for each in history] == [
        (1, 2, "high"),
        (3, None, "medium"),
    ]


def test_inventory_show_finds_what_has_ended(office: Path, invoke: Invoke) -> None:
    """With --run; an id that is none, or not one only, is wrong usage."""
    ended = invoke("runs", "diff", "1", "2", "--format", "json", cwd=office).json["ended"][0]["holding"]["id"]

    assert invoke("inventory", "show", ended, cwd=office).exit_code == 2
    assert invoke("inventory", "show", ended, "--run", "1", cwd=office).exit_code == 0
    assert "begins the id of several holdings" in invoke("inventory", "show", "", cwd=office).stderr


def test_inventory_search_looks_at_names_only(office: Path, invoke: Invoke) -> None:
    """Containers, members, columns and data types, in either case."""

    def found(text: str) -> tuple[list[str], list[str]]:
        body = invoke("inventory", "search", text, "--format", "json", cwd=office).json
        return [each["column"] for each in body["holdings"]], [
            "/".join([each["container"], *each["member"]]) for each in body["containers"]
        ]

    assert found("SALARY") == ([], ["salary.csv"])
    assert found("b.CSV") == (["ssn"], ["a.zip/b.csv"])
    assert found("social security") == (["ssn", "ssn"], [])
    assert found("nothing like it") == ([], [])


def test_runs_list_and_show(office: Path, invoke: Invoke) -> None:
    """The last run is shown where none is named, with the body of the scan document."""
    runs = invoke("runs", "list", "--format", "json", cwd=office).json["runs"]
    last = invoke("runs", "show", "--format", "json", cwd=office).json

    assert [(run["run_id"], run["status"], run["totals"]["holdings"]) for run in runs] == [
        (1, "complete", 4),
        (2, "complete", 3),
        (3, "partial", 2),
    ]
    assert {key: last[key] for key in runs[2]} == runs[2]
    assert [(skip["container"], skip["member"], skip["code"]) for skip in last["skips"]] == [
        ("a.zip", ["logo.png"], "unsupported"), ("salary.csv", [], "no-permission"),
    ]  # fmt: skip
    assert invoke("runs", "show", "1", "--format", "json", cwd=office).json["skips"] == []
    widths = [len(line) for line in invoke("runs", "list", cwd=office, env={"COLUMNS": "80"}).stdout.splitlines()]
    assert max(widths) <= 80


def test_runs_diff_tells_what_came_went_and_changed(office: Path, invoke: Invoke) -> None:
    """The last two runs where none is named."""
    whole = invoke("runs", "diff", "1", "2", "--format", "json", cwd=office).json
    last = invoke("runs", "diff", "--format", "json", cwd=office).json

    assert [each["column"] for each in whole["new"]] == ["city"]
    assert [(each["holding"]["container"], each["holding"]["column"], each["reason"]) for each in whole["ended"]] == [
        ("public.debtors", "email", "absent"), ("public.gone", "ssn", "unlisted"),
    ]  # fmt: skip
    assert (last["from_run"], last["to_run"], last["new"], [each["holding"]["column"] for each in last["ended"]]) == (
        2,
        3,
        [],
        ["city"],
    )
    assert [(each["before"]["confidence"], each["after"]["confidence"]) for each in last["changed"]] == [(0.9, 0.7)]
    csv = invoke("runs", "diff", "1", "2", "--format", "csv", cwd=office).stdout.splitlines()
    assert [line.split(",")[0] for line in csv] == ['"change"', '"new"', '"ended"', '"ended"']


def test_runs_prune_says_before_it_does(office: Path, invoke: Invoke) -> None:
    """A dry run forgets nothing; the newest run is never forgotten."""
    before = invoke("inventory", "list", "--format", "json", cwd=office).json["holdings"]

    dry = invoke("runs", "prune", "--keep", "1", "--dry-run", "--format", "json", cwd=office).json
    assert (dry["pruned"], dry["kept"], dry["intervals"]) == ([1, 2], [3], None)
    assert len(invoke("runs", "list", "--format", "json", cwd=office).json["runs"]) == 3

    done = invoke("runs", "prune", "--before", "2999-01-01", "--format", "json", cwd=office).json
    assert (done["pruned"], done["kept"], done["intervals"] > 0) == ([1, 2], [3], True)
    assert invoke("inventory", "list", "--format", "json", cwd=office).json["holdings"] == before
    assert invoke("runs", "diff", cwd=office).exit_code == 2


@pytest.mark.parametrize(
    ("args", "code", "error"),
    [
        (["runs", "show", "99"], 2, "there is no run 99"),
        (["runs", "diff", "3", "1"], 2, "run 3 is not before run 1"),
        (["runs", "prune"], 2, "say how far: --keep N or --before DATE"),
        (["runs", "prune", "--keep", "0"], 2, "0 is not in the range"),
        (["inventory", "list", "--source", "nowhere"], 2, "the inventory knows no source 'nowhere'"),
        (["inventory", "list", "--data-type", "group:nonsense"], 2, "nonsense"),
        (["inventory", "list", "--data-type", "nonsense"], 2, "nonsense"),
        (["inventory", "list", "--run", "9"], 2, "there is no run 9"),
        (["inventory", "list", "--category", "Z"], 2, "Z"),
    ],
)
def test_wrong_usage_is_one_line(office: Path, invoke: Invoke, args: list[str], code: int, error: str) -> None:
    """Exit 2, and nothing on standard output."""
    result = invoke(*args, cwd=office)

    assert (result.exit_code, result.stdout, error in result.stderr) == (code, "", True), result.stderr


@pytest.mark.parametrize(
    "args", [["runs", "list"], ["runs", "show"], ["inventory", "list"], ["inventory", "containers"]]
)
def test_before_the_first_scan_there_is_a_hint(tmp_path: Path, invoke: Invoke, args: list[str]) -> None:
    """Exit 1, and no store is made."""
    (tmp_path / "piiscan.toml").write_text(CONFIG)

    result = invoke(*args, cwd=tmp_path)

    assert (result.exit_code, "run piiscan scan first" in result.stderr) == (1, True)
    assert not (tmp_path / "piiscan.db").exists()


def test_pruning_waits_for_no_scan(office: Path, invoke: Invoke) -> None:
    """Exit 5 while a run holds the lock."""
    with Inventory.open(f"sqlite:///{office / 'piiscan.db'}").writer():
        result = invoke("runs", "prune", "--keep", "1", cwd=office)

    assert (result.exit_code, "another run holds the store's lock" in result.stderr) == (5, True)


@pytest.mark.parametrize(
    "args",
    [
        ["inventory", "list"],
        ["inventory", "containers"],
        ["inventory", "search", "ssn"],
        ["runs", "show"],
        ["runs", "diff", "1", "2"],
    ],
)
@pytest.mark.parametrize("format_", ["table", "json", "csv"])
def test_redacted_names_are_nowhere(office: Path, invoke: Invoke, args: list[str], format_: str) -> None:
    """Neither containers nor members nor columns, nor sentences that name them."""
    result = invoke(*args, "--redact-paths", "--format", format_, cwd=office)

    assert result.exit_code == 0
    assert [name for name in (*NAMES, "because", "[ssn]") if name in result.stdout] == []
