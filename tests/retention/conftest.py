"""A firm whose data, rules, holds and extensions are all its own: scanned once, judged by many tests."""

from __future__ import annotations

import base64
import os
import random
import sqlite3
import subprocess
import sys
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = date(2026, 3, 1)
"""A year after no 29 February, two after one."""

CONFIG = """
[firm]
name = "Example"
capacities = ["debt_collector"]
[security]
key_file = "piiscan.key"
[detection]
ner = "off"
[retention]
defence_windows = ["our_defence"]
[rules]
packs = ["ccpa"]
extra = ["rules"]
[clients.bank]
name = "Bank"
regime = "glba"
[clients.mercy]
name = "Mercy"
role = "service_provider"
regime = "hipaa"
[sources.crm]
connector = "sql"
url = "sqlite:///crm.db"
[sources.crm.owners]
loans = { column = "client" }
[sources.crm.clocks.people]
created = "made_on"
last_use = "used_on"
[sources.crm.clocks.staff]
employment_start = "hired"
employment_end = "left_on"
[sources.crm.clocks.visits]
created = "person_id > people.made_on"
[sources.crm.clocks.loans]
created = "created_on"
"""

RULES = """
pack = "our"
[[rule]]
id = "our_people"
title = "People"
data_types = ["email"]
where = ["crm:people"]
kind = "max_keep"
trigger = "created"
period = "P3Y"
citation = "our schedule"
[[rule]]
id = "our_minimum"
title = "Calls must be provable"
data_types = ["phone"]
where = ["crm:people"]
kind = "min_keep"
trigger = "last_use"
period = "P5Y"
exception = "E8"
citation = "a law"
[[rule]]
id = "our_promise"
title = "Dates of birth for a year"
data_types = ["dob"]
where = ["crm:people"]
kind = "policy_max"
trigger = "created"
period = "P1Y"
action = "anonymize"
yields = false
citation = "our notice"
[[rule]]
id = "our_use"
title = "No second letter"
data_types = ["email"]
where = ["crm:people"]
kind = "use_limit"
trigger = "created"
period = "P2Y"
citation = "a law"
[[rule]]
id = "our_visits"
title = "Visits of people"
data_types = ["ip_address"]
where = ["crm:visits"]
kind = "max_keep"
trigger = "created"
period = "P4Y"
citation = "our schedule"
[[rule]]
id = "our_defence"
title = "Defence"
data_types = ["ip_address"]
where = ["crm:visits"]
kind = "defence_window"
trigger = "created"
period = "P6Y"
citation = "a limitation period"
[[rule]]
id = "our_staff"
title = "Staff, later of two"
data_types = ["ssn"]
where = ["crm:staff"]
kind = "max_keep"
ends = [{ trigger = "employment_start", period = "P3Y" }, { trigger = "employment_end", period = "P1Y" }]
combine = "later"
citation = "as for the I-9"
[[rule]]
id = "our_bank"
title = "Loans of banks"
data_types = ["all"]
where = ["crm:loans"]
regimes = ["glba"]
kind = "max_keep"
trigger = "created"
period = "P2Y"
citation = "for banks"
[[rule]]
id = "our_business"
title = "What is ours"
data_types = ["all"]
where = ["crm:loans"]
roles = ["business"]
regimes = ["ccpa"]
kind = "max_keep"
trigger = "created"
period = "P1Y"
citation = "for us"
"""


ODD = 0.05
"""Share of days that are missing; as many are no day, twice as many the end of a February."""


def _day(dice: random.Random, years: int) -> str | None:
    """A day, or what stands for none; leap days are likely."""
    odd = dice.random()
    if odd < ODD:
        return None
    if odd < 2 * ODD:
        return dice.choice(["9999-12-31", "1970-01-01", "2031-01-01", "1900-01-01"])
    if odd < 4 * ODD:
        return dice.choice(
            ["2024-02-29", "2020-02-29", "2023-02-28", "2023-03-01", "2025-02-28", "2025-03-01", "2022-03-01"]
        )
    return (AS_OF - timedelta(days=dice.randrange(365 * years))).isoformat()


def fill(path: Path, rows: int) -> None:
    """The firm's database, the same every time."""
    dice = random.Random(11)
    base = sqlite3.connect(path)
    base.executescript("""
        CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, phone TEXT, dob DATE, made_on DATE, used_on DATE);
        CREATE TABLE visits (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES people (id), ip_address TEXT);
        CREATE TABLE staff (ssn TEXT PRIMARY KEY, hired DATE, left_on DATE);
        CREATE TABLE loans (id INTEGER PRIMARY KEY, client TEXT, email TEXT, created_on DATE);
    """)
    for number in range(1, rows + 1):
        birth = None if number % 4 == 0 else f"19{50 + number % 40}-0{1 + number % 9}-1{number % 10}"
        base.execute(
            "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?)",
            (
                number,
                f"person{number}@mail.example",
                f"(212) 555-{number % 10_000:04}",
                birth,
                _day(dice, 8),
                _day(dice, 8),
            ),
        )
        base.execute(
            "INSERT INTO visits VALUES (?, ?, ?)", (number, dice.randrange(1, rows + 1), f"203.0.113.{number % 256}")
        )
        base.execute(
            "INSERT INTO staff VALUES (?, ?, ?)",
            (f"{100 + number // 100:03}-{10 + number % 80:02}-{1000 + number:04}", _day(dice, 8), _day(dice, 8)),
        )
        client = dice.choice(["bank", "mercy", "elsewhere", None])
        base.execute(
            "INSERT INTO loans VALUES (?, ?, ?, ?)", (number, client, f"p{number}@mail.example", _day(dice, 5))
        )
    base.commit()
    base.close()


def lay_out(folder: Path, rows: int = 400) -> Path:
    """A folder with the firm's configuration, rules, key and database."""
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "ours.toml").write_text(RULES)
    (folder / "piiscan.toml").write_text(CONFIG)
    (folder / "piiscan.key").write_text(base64.b64encode(bytes(range(32))).decode())
    (folder / "piiscan.key").chmod(0o600)
    fill(folder / "crm.db", rows)
    return folder


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The firm, scanned once; nothing of it is changed by a test but holds and extensions."""
    folder = lay_out(tmp_path_factory.mktemp("firm"))
    command = [sys.executable, "-m", "piiscan", "-q", "scan"]
    subprocess.run(command, cwd=folder, env=os.environ | {"HOME": str(folder)}, check=True)
    return folder
