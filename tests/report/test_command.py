"""``piiscan report`` as a user runs it."""

from __future__ import annotations

import csv
import json
import re
import stat
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[firm]
name = "Example Receivables"
timezone = "America/Los_Angeles"
[store]
url = "sqlite:///store.db"
[clients.gym]
name = "A Gym"
[sources.crm]
connector = "sql"
url = "sqlite:///crm.db"
"""


@pytest.fixture
def folder(tmp_path: Path, firm: Any, make_table: Any) -> Path:
    """A folder with a configuration and an inventory of two tables."""
    (tmp_path / "piiscan.toml").write_text(CONFIG)
    firm.scan(
        make_table("accounts", 3, ("mail", "email"), ages=[("2026-03-05", 2, "gym"), (None, 1, "?")]),
        make_table("plain_codes", 2),
    )
    return tmp_path


def test_the_category_report_is_printed_as_tables_and_opens_with_its_coverage(invoke: Any, folder: Path) -> None:
    """The default format; 80 columns."""
    result = invoke("report", "categories", "--as-of", "2026-11-01", env={"COLUMNS": "80"})

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[:6] == [
        "Example Receivables: categories of personal information (CCPA)",
        "==============================================================",
        "Categories of Civil Code section 1798.140(v)(1): what was collected from",
        "2025-11-01 to 2026-11-01 (12 months, both days included), and what is held.",
        "Read: 2 of 2 tables and files in 1 source (0 of them by sample), 0 in part, 0",
        "not at all. Latest run: 1, complete, finished on 2026-11-21 02:13 UTC.",
    ]
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_the_json_names_window_owner_and_headings(invoke: Any, folder: Path) -> None:
    """`invoke` validates it against the schema."""
    options = ("--as-of", "2026-02-28", "--months", "24", "--owner", "gym", "--notice", "amsi", "--format", "json")
    document = invoke("report", "categories", *options).json

    assert (document["window"], document["owner"], document["notice"]["id"]) == (
        {"from": "2024-02-28", "to": "2026-02-28"},
        "gym",
        "amsi",
    )
    assert (document["categories"][0]["held"], document["categories"][0]["collected"], len(document["headings"])) == (
        True,
        False,
        8,
    )


def test_several_files_are_written_for_their_owner_alone(invoke: Any, folder: Path) -> None:
    """And standard output stays empty."""
    result = invoke("report", "categories", "-o", "json=r.json", "-o", "csv=r.csv", "-o", "md=r.md")

    assert (result.exit_code, result.stdout) == (0, "")
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.glob("r.*")} == {
        "r.json": 0o600,
        "r.csv": 0o600,
        "r.md": 0o600,
    }
    assert json.loads((folder / "r.json").read_text())["document"] == "report.categories"
    assert [row["letter"] for row in csv.DictReader((folder / "r.csv").read_text().splitlines())] == list(
        "ABCDEFGHIJKL"
    )


@pytest.mark.parametrize("format_", ["table", "json", "csv", "md"])
@pytest.mark.parametrize("name", ["categories", "coverage"])
def test_redacted_reports_name_no_table_or_column(invoke: Any, folder: Path, name: str, format_: str) -> None:
    """In no format."""
    result = invoke("report", name, "--redact-paths", "--format", format_)

    assert result.exit_code == 0
    assert [name for name in ("accounts", "plain_codes", "mail") if name in re.sub("[Ee]mail", "", result.stdout)] == []
    assert re.search(r"\bc-[0-9a-f]{8}\b", result.stdout)


def test_the_coverage_report_speaks_of_the_day_in_the_firms_time_zone(invoke: Any, folder: Path) -> None:
    """A given day is taken as it is."""
    assert invoke("report", "coverage", "--as-of", "2026-11-01", "--format", "json").json["as_of"] == "2026-11-01"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--notice", "nobody"), "error: no notice profile 'nobody'"),
        (("--owner", "nobody"), "error: unknown client 'nobody'"),
        (("--as-of", "yesterday"), "--as-of"),
        (("--as-of", "9999-12-31"), "error: --as-of 9999-12-31 is in the future"),
        (("--months", "0"), "--months"),
        (("--format", "pigeon"), "error: unknown format 'pigeon'"),
    ],
)
def test_wrong_usage_is_exit_2_with_one_clear_line(
    invoke: Any, folder: Path, options: tuple[str, ...], message: str
) -> None:
    """Nothing on standard output."""
    result = invoke("report", "categories", *options)

    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_without_a_scan_there_is_nothing_to_report(invoke: Any, tmp_path: Path) -> None:
    """The hint says what to do; no empty store is left behind."""
    (tmp_path / "piiscan.toml").write_text(CONFIG.replace("store.db", "none.db"))

    result = invoke("report", "categories")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "piiscan scan" in result.stderr
    assert not (tmp_path / "none.db").exists()
