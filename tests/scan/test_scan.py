"""`piiscan scan` as an admin meets it: what it prints, its exit codes, and what it does with bad input."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

Invoke = Callable[..., Any]


def configure(folder: Path, old: str, new: str) -> None:
    """Changes the firm's configuration."""
    path = folder / "piiscan.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_quiet_scan_says_nothing(firm: Path, invoke: Invoke) -> None:
    """With -q and all well there is no output at all, and the store belongs to its owner only."""
    result = invoke("-q", "scan", cwd=firm)

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert stat.S_IMODE((firm / "piiscan.db").stat().st_mode) == 0o600


def test_scan_prints_on_stdout_only_when_asked(firm: Path, invoke: Invoke) -> None:
    """Without --format stdout is empty; with it there is one document with the contract's totals."""
    assert invoke("scan", cwd=firm).stdout == ""

    document = invoke("scan", "--format", "json", "--all", cwd=firm).json

    assert document["status"] == "complete"
    assert document["totals"]["containers"] == 52
    assert document["totals"]["scanned"] == 52
    assert document["totals"]["skipped"] == 0
    assert document["skips"] == []
    assert [source["name"] for source in document["sources"]] == ["crm", "share"]


def test_the_second_scan_leaves_unchanged_files_alone(
    firm: Path, invoke: Invoke, canonical: Callable[[Path], str]
) -> None:
    """Unchanged files (a SQLite database is one) are counted as such; the inventory is byte for byte the same."""
    invoke("scan", cwd=firm)
    first = canonical(firm)

    totals = invoke("scan", "--format", "json", cwd=firm).json["totals"]

    assert (totals["unchanged"], totals["scanned"]) == (52, 0)
    assert canonical(firm) == first


def test_two_workers_and_one_agree(firm: Path, invoke: Invoke, canonical: Callable[[Path], str]) -> None:
    """Neither the number of workers nor an interpreter's seed of hashes shows in the inventory."""
    invoke("scan", "--workers", "1", cwd=firm)
    one = canonical(firm)
    invoke("scan", "--workers", "3", "--all", cwd=firm, fresh=True)

    assert canonical(firm) == one


def test_an_unreachable_source_makes_the_run_incomplete(firm: Path, invoke: Invoke) -> None:
    """Exit 4 and one line; the other source is read, and the missing database is not created."""
    configure(firm, "sqlite:///crm.db", "sqlite:///absent.db")

    result = invoke("scan", "--format", "json", cwd=firm)

    assert result.exit_code == 4
    assert result.json["outcome"] == {"exit_code": 4, "reasons": ["incomplete"]}
    assert result.json["status"] == "partial"
    assert [(skip["source"], skip["container"], skip["code"]) for skip in result.json["skips"]] == [
        ("crm", None, "unreachable")
    ]
    assert not (firm / "absent.db").exists()
    assert result.json["totals"]["scanned"] == 40


def test_a_source_that_fails_keeps_its_holdings(firm: Path, invoke: Invoke) -> None:
    """A database that is away tonight has not lost its data: its holdings stay."""
    invoke("scan", cwd=firm)
    before = invoke("inventory", "list", "--source", "crm", "--format", "json", cwd=firm).json["holdings"]
    (firm / "crm.db").rename(firm / "away.db")

    assert invoke("scan", cwd=firm).exit_code == 4

    after = invoke("inventory", "list", "--source", "crm", "--format", "json", cwd=firm).json["holdings"]
    assert [holding["id"] for holding in after] == [holding["id"] for holding in before] != []


def test_a_deleted_file_ends_its_holdings(firm: Path, invoke: Invoke) -> None:
    """What is gone from a complete listing is gone from the inventory."""
    invoke("scan", cwd=firm)
    (firm / "share" / "note01.txt").unlink()
    invoke("scan", cwd=firm)

    found = invoke("inventory", "list", "--source", "share", "--format", "json", cwd=firm).json["holdings"]

    assert len(found) == 19
    assert "note01.txt" not in {holding["container"] for holding in found}


def test_tolerated_skips_leave_the_exit_code_alone(firm: Path, invoke: Invoke) -> None:
    """An unsupported format is listed and counted, but tolerated by default; with tolerate = [] it is exit 4."""
    (firm / "share" / "letter.pdf").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n")
    result = invoke("scan", "--format", "json", cwd=firm)

    assert result.exit_code == 0
    assert [(skip["container"], skip["code"]) for skip in result.json["skips"]] == [("letter.pdf", "unsupported")]

    configure(firm, "workers = 2", "workers = 2\ntolerate = []")
    assert invoke("scan", cwd=firm).exit_code == 4


def test_fail_on_is_exit_3_and_incomplete_wins(firm: Path, invoke: Invoke) -> None:
    """--fail-on exits 3, --exit-zero turns it off, and an incomplete run is 4 with both reasons."""
    result = invoke("scan", "--fail-on", "sensitive", "--fail-on", "any", "--format", "json", cwd=firm)
    assert (result.exit_code, result.json["outcome"]["reasons"]) == (3, ["sensitive", "any"])
    assert invoke("scan", "--fail-on", "any", "--exit-zero", cwd=firm).exit_code == 0
    assert invoke("scan", "--fail-on", "new", cwd=firm).exit_code == 0

    configure(firm, "sqlite:///crm.db", "sqlite:///absent.db")
    result = invoke("scan", "--fail-on", "any", "--format", "json", cwd=firm)
    assert (result.exit_code, result.json["outcome"]["reasons"]) == (4, ["incomplete", "any"])


def test_undisclosed_needs_a_notice_and_looks_at_data_types(firm: Path, invoke: Invoke) -> None:
    """A type that no heading of the notice names is exit 3; without a notice the command is wrong, before any scan."""
    assert invoke("scan", "--fail-on", "undisclosed", cwd=firm).exit_code == 2
    assert not (firm / "piiscan.db").exists()

    configure(firm, "[store]", 'notice = "constant-processing"\n[store]')
    assert invoke("scan", "--fail-on", "undisclosed", cwd=firm).exit_code == 0

    (firm / "share" / "people.csv").write_text("full_name,religion\nAnn Lee,Quaker\nBob Ray,Hindu\n")
    assert invoke("scan", "--fail-on", "undisclosed", cwd=firm).exit_code == 3


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('connector = "sql"', 'connector = "telepathy"', "unknown connector 'telepathy'"),
        ("workers = 2", "workers = -1", "scan.workers"),
        ("[scan]", "[scna]", "scna"),
        ("[firm]", "[firm", "piiscan.toml:2"),
        ('url = "sqlite:///crm.db"', 'url = "sqlite:///${CRM_FILE_THAT_IS_NOT_SET}"', "CRM_FILE_THAT_IS_NOT_SET"),
        ('url = "sqlite:///piiscan.db"', 'url = "nonsense"', "store"),
    ],
)
def test_a_wrong_configuration_is_exit_2(firm: Path, invoke: Invoke, old: str, new: str, says: str) -> None:
    """Each names what is wrong and nothing is scanned."""
    configure(firm, old, new)

    result = invoke("scan", cwd=firm)

    assert result.exit_code == 2, result.stderr
    assert says in result.stderr
    assert "Traceback" not in result.stderr
    assert not (firm / "piiscan.db").exists()


def test_no_configuration_and_no_such_source_are_exit_2(
    firm: Path, invoke: Invoke, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Both say what to do."""
    empty = tmp_path_factory.mktemp("empty")

    nothing = invoke("scan", cwd=empty)
    unknown = invoke("scan", "erp", cwd=firm)

    assert (nothing.exit_code, unknown.exit_code) == (2, 2)
    assert "hint: " in nothing.stderr
    assert "erp" in unknown.stderr


def test_a_second_scan_is_locked_out(firm: Path, invoke: Invoke) -> None:
    """While a run holds the store, another exits 5."""
    from piiscan.inventory import Inventory

    invoke("-q", "scan", cwd=firm)
    store = Inventory.open(f"sqlite:///{firm / 'piiscan.db'}")
    with store.writer():
        result = invoke("scan", cwd=firm)

    assert result.exit_code == 5
    assert "error: " in result.stderr


def test_a_full_disk_under_the_store_is_one_line(firm: Path, invoke: Invoke, environment: dict[str, str]) -> None:
    """When the store can grow no further the scan says so and exits 1; with room again it is resumed."""
    import subprocess
    import sys

    limited = "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, 120_000)); "
    code = limited + "sys.argv = ['piiscan', 'scan']; from piiscan.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=firm, env=environment, capture_output=True, text=True, timeout=120
    )

    assert done.returncode == 1, done.stderr
    assert "error: " in done.stderr
    assert "Traceback" not in done.stderr
    assert invoke("scan", cwd=firm).exit_code == 0


def test_names_cannot_move_the_cursor(firm: Path, invoke: Invoke) -> None:
    """Control characters in table, column and file names come out as escapes, in every format."""
    with sqlite3.connect(firm / "crm.db") as database:
        database.execute('CREATE TABLE "evil\x1b[2J\n|name" ("e%mail \'quoted\'" TEXT)')
        database.execute("INSERT INTO \"evil\x1b[2J\n|name\" VALUES ('ann@example.org')")
    database.close()
    (firm / "share" / "bad\x1b]0;title\x07.txt").write_text("ann@example.org")
    (firm / "share" / os.fsdecode(b"latin-\xe9.txt")).write_text("bob@example.org")

    assert invoke("scan", cwd=firm).exit_code == 0
    for format_ in ("table", "json", "csv", "md"):
        listed = invoke("inventory", "list", "--format", format_, cwd=firm)
        assert listed.exit_code == 0, listed.stderr
        assert not {"\x1b", "\x07"} & set(listed.stdout)
    names = {
        holding["container"] for holding in invoke("inventory", "list", "--format", "json", cwd=firm).json["holdings"]
    }
    assert any("latin-" in name for name in names)
    assert any("evil" in name for name in names)


def test_no_time_left_is_said(firm: Path, invoke: Invoke) -> None:
    """--max-duration begins nothing new after it: what was not read is a skip `limit`, exit 4, and the next run reads it."""
    result = invoke(
        "scan", "--max-duration", "PT1S", "--format", "json", cwd=firm, fresh=True
    )  # its workers start late

    assert result.exit_code == 4
    assert result.json["status"] == "partial"
    assert {skip["code"] for skip in result.json["skips"]} == {"limit"}
    assert result.json["totals"]["scanned"] < 52
    rest = invoke("scan", "--format", "json", cwd=firm).json
    assert (rest["run_id"], rest["totals"]["scanned"]) == (result.json["run_id"], 52)


def test_a_share_that_is_not_mounted_has_not_lost_its_files(firm: Path, invoke: Invoke) -> None:
    """An empty folder where files were is exit 4 and ends nothing, unless --all says that it is meant."""
    invoke("scan", cwd=firm)
    (firm / "share").rename(firm / "elsewhere")
    (firm / "share").mkdir()

    result = invoke("scan", "--format", "json", cwd=firm)

    assert result.exit_code == 4
    assert [(skip["source"], skip["code"]) for skip in result.json["skips"]] == [("share", "vanished")]
    held = invoke("inventory", "list", "--source", "share", "--format", "json", cwd=firm).json["holdings"]
    assert len(held) == 20
    assert invoke("scan", "--all", cwd=firm).exit_code == 0
    assert invoke("inventory", "list", "--source", "share", "--format", "json", cwd=firm).json["holdings"] == []


def test_an_include_that_matches_nothing_is_said(firm: Path, invoke: Invoke) -> None:
    """A typing error in include must not look like a clean source; no source at all is a wrong configuration."""
    configure(firm, 'url = "file:share"', 'url = "file:share"\ninclude = ["leters/**"]')
    result = invoke("scan", "share", "--format", "json", cwd=firm)
    assert (result.exit_code, [skip["code"] for skip in result.json["skips"]]) == (4, ["vanished"])

    (firm / "piiscan.toml").write_text('[firm]\nname = "x"\n')
    assert invoke("scan", cwd=firm).exit_code == 2
