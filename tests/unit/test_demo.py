"""The demo firm is the same every time, holds what it promises, and takes nobody's folder."""

from __future__ import annotations

import gzip
import hashlib
import sqlite3
import wave
import zipfile
from contextlib import closing
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import phonenumbers
import pytest
import tomli

from piiscan import demo
from piiscan.errors import PiiscanError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TODAY = date(2026, 6, 30)
CLEAN = ("states", "dispositions", "fee_schedule", "products")
EMPTY = ("complaints", "legal_referrals")


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built demo firm."""
    return demo.build(tmp_path_factory.mktemp("demo") / "firm", today=TODAY).parent


def digests(folder: Path) -> dict[str, str]:
    """The sha256 of every file by its relative path, but for the key: no two firms have the same."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "piiscan.key")
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def contents(folder: Path) -> Iterator[str]:
    """Everything the firm holds as text: the database, the files, the archive's members."""
    with closing(sqlite3.connect(folder / "firm.db")) as database:
        yield "\n".join(database.iterdump())
    for path in sorted((folder / "share").rglob("*")):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                yield from (archive.read(name).decode() for name in archive.namelist())
        elif path.suffix == ".gz":
            yield gzip.decompress(path.read_bytes()).decode()
        elif path.is_file():
            yield path.read_bytes().decode("latin-1")


def select(firm: Path, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query on the firm's database."""
    with closing(sqlite3.connect(firm / "firm.db")) as database:
        return database.execute(query).fetchall()


def days(firm: Path, table: str, column: str) -> list[date]:
    """The days a column holds, oldest first, nulls left out."""
    query = f"SELECT substr({column}, 1, 10) FROM {table} WHERE {column} IS NOT NULL ORDER BY 1"
    return [date.fromisoformat(day) for (day,) in select(firm, query)]


def test_two_builds_of_one_day_are_the_same_bytes(firm: Path, tmp_path: Path) -> None:
    """Database, share and configuration do not depend on when or where they are built; the key is each firm's own."""
    again = demo.build(tmp_path / "again", today=TODAY).parent
    assert digests(again) == digests(firm)
    assert (again / "piiscan.key").read_text() != (firm / "piiscan.key").read_text()
    assert (again / "piiscan.key").stat().st_mode & 0o777 == 0o600


def test_another_seed_is_another_firm(firm: Path, tmp_path: Path) -> None:
    """The seed decides the people."""
    other = demo.build(tmp_path / "other", today=TODAY, seed=2).parent
    assert digests(other)["firm.db"] != digests(firm)["firm.db"]


def test_a_later_day_moves_the_dates_and_nothing_else(firm: Path, tmp_path: Path) -> None:
    """The same payments, a year later."""
    later = demo.build(tmp_path / "later", today=TODAY + timedelta(days=365)).parent
    moved = [day - timedelta(days=365) for day in days(later, "payments", "paid_at")]
    assert moved == days(firm, "payments", "paid_at")


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2026, 6, 30), date(2027, 1, 1)])
def test_every_day_builds_a_firm_with_data_in_the_window_and_before_it(tmp_path: Path, today: date) -> None:
    """Collected in the last twelve months, held but older, and undated: all three are there on any day."""
    firm = demo.build(tmp_path / "firm", today=today).parent
    start = today - timedelta(days=365)
    placed, schools = days(firm, "accounts", "placed_at"), days(firm, "education", "reported_on")
    assert placed[0] < start < placed[-1] < today
    assert schools[-1] < start
    columns = [name for _, name, *_ in select(firm, "PRAGMA table_info(demographics)")]
    assert columns == ["debtor_id", "gender", "race", "ethnicity", "marital_status", "veteran_status", "dependents"]


def test_every_canary_is_planted(firm: Path) -> None:
    """A canary that stands nowhere could never sing."""
    texts = list(contents(firm))
    assert [canary for canary in demo.CANARIES if not any(canary in text for text in texts)] == []


def test_names_of_files_and_tables_hold_no_canary(firm: Path) -> None:
    """Names are metadata, which reports show."""
    names = "\n".join(
        [
            *digests(firm),
            *(name for (name,) in select(firm, "SELECT sql FROM sqlite_master") if name),
        ]
    )
    assert [canary for canary in demo.CANARIES if canary in names] == []


def test_phone_numbers_are_valid_and_kept_for_fiction(firm: Path) -> None:
    """A recognizer that validates must find them; nobody may answer them."""
    numbers = [number for row in select(firm, "SELECT home_phone, cell_phone FROM debtors") for number in row]
    assert [number for number in numbers if not phonenumbers.is_valid_number(phonenumbers.parse(number, "US"))] == []
    assert {number[6:12] for number in numbers} == {"555-01"}


def test_the_database_is_consistent_and_has_clean_and_empty_tables(firm: Path) -> None:
    """Foreign keys hold; some tables have nothing to find and some have no rows."""
    counts = {table: select(firm, f"SELECT count(*) FROM {table}")[0][0] for table in (*CLEAN, *EMPTY)}
    assert select(firm, "PRAGMA foreign_key_check") == []
    assert counts == {
        "states": 5,
        "dispositions": 6,
        "fee_schedule": 3,
        "products": 4,
        "complaints": 0,
        "legal_referrals": 0,
    }


def test_nobody_logs_in_before_registering(firm: Path) -> None:
    """A last login dates no password: the day of the registration does, and the configuration says so."""
    query = "SELECT count(*) FROM portal_users WHERE registered_on <= substr(last_login, 1, 10)"
    clocks = tomli.loads((firm / "piiscan.toml").read_text("utf-8"))["sources"]["crm"]["clocks"]
    assert select(firm, query) == select(firm, "SELECT count(*) FROM portal_users")
    assert clocks["portal_users"] == {"collected": "registered_on", "last_login": "last_login"}


def test_recordings_are_sounds_of_recorded_calls(firm: Path) -> None:
    """Every file under recordings is named by a call and can be played."""
    named = {path for (path,) in select(firm, "SELECT recording_path FROM calls")}
    for path in sorted((firm / "share" / "recordings").rglob("*.wav")):
        with wave.open(str(path)) as sound:
            assert sound.getnframes() == 400
        assert path.relative_to(firm / "share").as_posix() in named


def test_a_folder_that_is_not_a_demo_is_refused_and_left_alone(tmp_path: Path) -> None:
    """Whatever a user named by mistake stays as it was."""
    (tmp_path / "firm.db").write_text("mine")
    with pytest.raises(RefusedError, match="not empty and not a demo"):
        demo.build(tmp_path, today=TODAY)
    assert digests(tmp_path) == {"firm.db": hashlib.sha256(b"mine").hexdigest()}


def test_a_rebuild_replaces_the_demo_and_keeps_other_files(tmp_path: Path) -> None:
    """A report saved in the folder survives; the inventory of the old firm does not."""
    demo.build(tmp_path / "firm", today=TODAY)
    before = digests(tmp_path / "firm")
    (tmp_path / "firm" / "report.csv").write_text("mine")
    (tmp_path / "firm" / "piiscan.db").write_text("old")
    (tmp_path / "firm" / "share" / "added.txt").write_text("old")
    demo.build(tmp_path / "firm", today=TODAY)
    assert digests(tmp_path / "firm") == before | {"report.csv": hashlib.sha256(b"mine").hexdigest()}


def test_a_share_that_is_a_link_is_unlinked_not_followed(tmp_path: Path) -> None:
    """A rebuild deletes nothing outside the folder."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "keep.txt").write_text("keep")
    firm = demo.build(tmp_path / "firm", today=TODAY).parent
    (firm / "share").rename(tmp_path / "moved")
    (firm / "share").symlink_to(outside)
    demo.build(firm, today=TODAY)
    assert (outside / "keep.txt").read_text() == "keep"
    assert not (firm / "share").is_symlink()


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    """A file stands where a parent folder should be."""
    (tmp_path / "file").write_text("")
    with pytest.raises(PiiscanError, match=r"cannot write the demo to .*/file/firm: Not a directory"):
        demo.build(tmp_path / "file" / "firm", today=TODAY)
