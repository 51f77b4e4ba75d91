"""What a firm declares that it holds, since no scan can see it: entered, counted, and ended like anything found."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from piiscan.config import InvalidConfigError, load
from piiscan.detect import settings_of

if TYPE_CHECKING:
    from pathlib import Path

Invoke = Callable[..., Any]
LAB = """
[firm]
name = "Sleep Lab"

[scan]
workers = 1

[detection]
ner = "off"

[sources.lab]
connector = "sql"
url = "sqlite:///lab.db"

[sources.share]
connector = "files"
url = "file:share"
"""
EEG = """
[[sources.lab.declared]]
tables = ["eeg*"]
columns = ["ch*"]
data_types = ["neural_data"]
reason = "the sleep study"
"""


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A database with two tables of measurements and one of people, and a share with a text and an archive."""
    with sqlite3.connect(tmp_path / "lab.db") as database:
        for table in ("eeg_1", "other"):
            database.execute(f"CREATE TABLE {table} (n INTEGER PRIMARY KEY, ch1 REAL, ch2 REAL, shade TEXT)")
            rows = [(n / 7, n / 11 if n % 2 else None, "blue") for n in range(40)]
            database.executemany(f"INSERT INTO {table} (ch1, ch2, shade) VALUES (?, ?, ?)", rows)
        database.execute("CREATE TABLE people (email TEXT)")
        database.executemany("INSERT INTO people VALUES (?)", [(f"p{n}@example.org",) for n in range(9)])
    database.close()
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "note.txt").write_text("nothing to see\n")
    with zipfile.ZipFile(tmp_path / "share" / "old.zip", "w") as archive:
        archive.writestr("inner.txt", "nothing to see\n")
    return tmp_path


def configure(folder: Path, *declared: str) -> None:
    """Writes the configuration with these declarations."""
    (folder / "piiscan.toml").write_text(LAB + "".join(declared))


def held(folder: Path, invoke: Invoke, *words: str) -> list[tuple[Any, ...]]:
    """Scans, and returns what is held then: container, column, data type, evidence, confidence, cells."""
    scan = invoke("-q", "scan", *words, cwd=folder)
    assert (scan.exit_code, scan.stderr) == (0, "")
    keys = ("container", "column", "data_type", "evidence", "confidence", "cells_seen", "cells_matched")
    holdings = invoke("inventory", "list", "--format", "json", cwd=folder).json["holdings"]
    return sorted(tuple(each[key] for key in keys) for each in holdings)


def told(folder: Path, invoke: Invoke) -> tuple[str, bool, int]:
    """Why neural data is held, and what the report says of sensitive personal information: is it held, in how many records."""
    words = ("inventory", "list", "--data-type", "neural_data", "--format", "json")
    why = invoke(*words, cwd=folder).json["holdings"][0]["why"]
    report = invoke("report", "categories", "--format", "json", cwd=folder).json
    row = next(row for row in report["categories"] if row["letter"] == "L")
    return why, row["held"], row["records_held"]


def test_a_declared_column_is_held_until_the_declaration_goes(lab: Path, invoke: Invoke) -> None:
    """The tables are unchanged: a new, a changed and a removed declaration are seen all the same."""
    people = ("people", "email", "email", ["values", "name"], 0.99, 9, 9)
    configure(lab)
    assert held(lab, invoke) == [people]

    configure(lab, EEG)
    assert held(lab, invoke) == [
        ("eeg_1", "ch1", "neural_data", ["declared"], 1.0, 40, 0),
        ("eeg_1", "ch2", "neural_data", ["declared"], 1.0, 20, 0),
        people,
    ]

    configure(lab, EEG.replace("ch*", "ch2"))
    assert held(lab, invoke) == [("eeg_1", "ch2", "neural_data", ["declared"], 1.0, 20, 0), people]
    assert told(lab, invoke) == ("declared in the configuration: the sleep study", True, 20)

    configure(lab, EEG, "until = 2020-01-01\n")
    assert held(lab, invoke) == [people]


def test_a_container_as_a_whole_and_what_is_found_as_well(lab: Path, invoke: Invoke) -> None:
    """All rows of a table, a file, an archive once and not by its members; what is found too is one holding, and certain."""
    whole = '[[sources.{}.declared]]\ntables = ["{}"]\ndata_types = ["{}"]\nreason = "we know"\n'
    found = EEG.replace("eeg*", "people").replace("ch*", "*").replace("neural_data", "email")
    configure(lab, whole.format("lab", "other", "deidentified"), whole.format("share", "*", "usage_aggregate"), found)

    assert held(lab, invoke) == [
        ("note.txt", None, "usage_aggregate", ["declared"], 1.0, 1, 0),
        ("old.zip", None, "usage_aggregate", ["declared"], 1.0, 0, 0),
        ("other", None, "deidentified", ["declared"], 1.0, 40, 0),
        ("people", "email", "email", ["values", "name", "declared"], 1.0, 9, 9),
    ]


def test_a_declaration_of_an_unknown_data_type_is_refused(tmp_path: Path) -> None:
    """With file, line and key; and without a reason it is none."""
    configure(tmp_path, EEG.replace("neural_data", "neurons"))
    with pytest.raises(InvalidConfigError) as unknown:
        settings_of(load(tmp_path / "piiscan.toml"))
    configure(tmp_path, EEG.replace('reason = "the sleep study"', ""))
    with pytest.raises(InvalidConfigError) as mute:
        load(tmp_path / "piiscan.toml")

    line = (tmp_path / "piiscan.toml").read_text().split("\n").index('data_types = ["neural_data"]') + 1
    assert f"piiscan.toml:{line}: sources.lab.declared" in str(unknown.value)
    assert "reason" in str(mute.value)
