"""From the scan to the proof on three databases, against a reckoning in plain Python that shares nothing with the engine."""

from __future__ import annotations

import base64
import json
import os
import random
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 3, 1)
ROWS = 900
SPELLINGS = ("%m/%d/%Y", "%m/%d/%Y %H:%M")

CONFIG = """
[firm]
name = "Example"
[security]
key_file = "piiscan.key"
approvers = {{ bob = "{approver}" }}
[detection]
ner = "off"
[deletion]
max_percent = 100.0
chunk_rows = 50
valid_for = "P3650D"
[rules]
packs = ["ccpa"]
extra = ["rules"]
[sources.db]
connector = "sql"
url = "{url}"
{password}
[[sources.db.declared]]
tables = ["*accounts"]
columns = ["email", "phone"]
data_types = ["email", "phone"]
reason = "known"
[[sources.db.declared]]
tables = ["*payments"]
columns = ["code"]
data_types = ["card_cvv"]
reason = "known"
[[sources.db.declared]]
tables = ["*remarks"]
columns = ["words"]
data_types = ["email_body"]
reason = "known"
[sources.db.clocks."*accounts"]
created = "made"
last_use = "used"
[sources.db.clocks."*payments"]
payment_processed = "paid"
[sources.db.clocks."*remarks"]
payment_processed = "payment > payments.paid"
[sources.db.write]
url = "{write_url}"
{write_password}
"""

RULES = """
pack = "ours"
[[rule]]
id = "accounts_go"
title = "Accounts"
data_types = ["email"]
where = ["db:*accounts"]
kind = "max_keep"
trigger = "created"
period = "P3Y"
citation = "ours"
[[rule]]
id = "phones_stay"
title = "Telephone numbers"
data_types = ["phone"]
where = ["db:*accounts"]
kind = "min_keep"
trigger = "last_use"
period = "P5Y"
exception = "E8"
citation = "a law"
[[rule]]
id = "codes_go"
title = "Codes"
data_types = ["card_cvv"]
where = ["db:*payments"]
kind = "max_keep"
trigger = "payment_processed"
period = "P0D"
action = "anonymize"
yields = false
citation = "PCI"
[[rule]]
id = "payments_go"
title = "Payments"
data_types = ["card_cvv"]
where = ["db:*payments"]
kind = "policy_max"
trigger = "payment_processed"
period = "P2Y"
citation = "ours"
[[rule]]
id = "remarks_go"
title = "Remarks"
data_types = ["email_body"]
where = ["db:*remarks"]
kind = "max_keep"
trigger = "payment_processed"
period = "P18M"
citation = "ours"
"""


class World:
    """The rows, kept in Python, and what must become of them."""

    def __init__(self) -> None:
        dice = random.Random(5)
        self.accounts = {(number % 7, number): (self._day(dice), self._day(dice)) for number in range(1, ROWS + 1)}
        keys = list(self.accounts)
        self.payments = {
            number: (
                dice.choice(keys[: ROWS // 2]),
                self._day(dice),
                None if number % 3 == 0 else f"{number % 1000:03}",
            )
            for number in range(1, ROWS + 1)
        }
        self.remarks = {number: dice.randrange(1, ROWS + 1) for number in range(1, ROWS // 3)}

    @staticmethod
    def _day(dice: random.Random) -> date | None:
        if dice.random() < 0.06:
            return None
        if dice.random() < 0.1:
            return dice.choice(
                [date(2024, 2, 29), date(2023, 2, 28), date(2023, 3, 1), date(2021, 3, 1), date(2020, 2, 29)]
            )
        return DAY - timedelta(days=dice.randrange(8 * 365))

    def account(self, key: tuple[int, int]) -> str:
        made, used = self.accounts[key]
        if made is None:
            return "undated"
        if not later(made, 36):
            return "within"
        if used is None:
            return "undated"
        return "overdue" if later(used, 60) else "exempt"

    def payment(self, number: int, months: int) -> str:
        paid = self.payments[number][1]
        return "undated" if paid is None else "overdue" if later(paid, months) else "within"

    def remark(self, number: int) -> str:
        return self.payment(self.remarks[number], 18)

    def left(self) -> tuple[set[tuple[int, int]], dict[int, str | None], set[int]]:
        """Accounts, payments with their codes, and remarks that are there at the end."""
        remarks = {number for number in self.remarks if self.remark(number) != "overdue"}
        spoken_of = {self.remarks[number] for number in remarks}
        payments = {
            number: None if self.payment(number, 0) == "overdue" else code
            for number, (_, _, code) in self.payments.items()
            if self.payment(number, 24) != "overdue" or number in spoken_of
        }
        paid_for = {self.payments[number][0] for number in payments}
        accounts = {key for key in self.accounts if self.account(key) != "overdue" or key in paid_for}
        return accounts, payments, remarks


def later(day: date, months: int) -> bool:
    """Whether so many months after a day lie before DAY; a day that does not exist is the first of the next month."""
    years, month = divmod(day.month - 1 + months, 12)
    try:
        end = date(day.year + years, month + 1, day.day)
    except ValueError:
        end = date(day.year + years + (month == 11), (month + 1) % 12 + 1, 1)
    return end < DAY


def fill(base: Any, world: World) -> None:
    """The three tables; days as a date, as a timestamp and as American text."""
    stamp = "TIMESTAMP" if base.kind == "postgresql" else "DATETIME"
    base.run(
        f"CREATE TABLE accounts (client INTEGER NOT NULL, no INTEGER NOT NULL, email VARCHAR(60), phone VARCHAR(30), made DATE,"
        f" used {stamp}, PRIMARY KEY (client, no))",
        "CREATE TABLE payments (id INTEGER PRIMARY KEY, client INTEGER, no INTEGER, code VARCHAR(4), paid VARCHAR(30),"
        " FOREIGN KEY (client, no) REFERENCES accounts (client, no))",
        "CREATE TABLE remarks (id INTEGER PRIMARY KEY, payment INTEGER REFERENCES payments (id) ON DELETE CASCADE, words TEXT"
        + (", FOREIGN KEY (payment) REFERENCES payments (id) ON DELETE CASCADE)" if base.kind == "mariadb" else ")"),
    )

    def text(value: object) -> str:
        return "NULL" if value is None else f"'{value}'"

    accounts = [
        f"({client}, {no}, 'a{no}@mail.example', '212-555-{no:04}', {text(made)}, {text(used and f'{used} 10:00:00')})"
        for (client, no), (made, used) in world.accounts.items()
    ]
    payments = [
        f"({number}, {client}, {no}, {text(code)}, {text(paid and paid.strftime(SPELLINGS[number % 2]))})"
        for number, ((client, no), paid, code) in world.payments.items()
    ]
    remarks = [f"({number}, {payment}, 'thanks')" for number, payment in world.remarks.items()]
    for table, rows in (("accounts", accounts), ("payments", payments), ("remarks", remarks)):
        base.run(f"INSERT INTO {table} VALUES {', '.join(rows)}")


def run(folder: Path, *args: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "piiscan", *args],
        cwd=folder, capture_output=True, encoding="utf-8", check=False, env=os.environ | {"HOME": str(folder)},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def lay_out(base: Any, folder: Path) -> None:
    """The configuration, with passwords in files, and an approver's key."""
    (folder / "rules").mkdir()
    (folder / "rules" / "ours.toml").write_text(RULES)
    (folder / "piiscan.key").write_text(base64.b64encode(bytes(range(32))).decode())
    (folder / "piiscan.key").chmod(0o600)
    words = {}
    for name, source in (("password", base.reading), ("write_password", base.writing)):
        words[name] = ""
        if source.secret is not None:
            (folder / name).write_text(source.secret.reveal())
            (folder / name).chmod(0o600)
            words[name] = f'password_file = "{name}"'
    include = f"include = {json.dumps(list(base.reading.include))}" if base.reading.include else ""
    (folder / "piiscan.toml").write_text("[firm]\n")
    _, out, _ = run(folder, "delete", "keygen", "--out", "bob.key", "--as", "bob", "--format", "json")
    public = next(word for word in json.dumps(json.loads(out)).split('"') if word.startswith("ed25519:"))
    text = CONFIG.format(url=base.reading.url, write_url=base.writing.url, approver=public, **words)
    (folder / "piiscan.toml").write_text(text.replace('connector = "sql"', f'connector = "sql"\n{include}', 1))


def test_verdicts_plan_and_deletion_are_those_of_a_reckoning_row_by_row(base: Any, tmp_path: Path) -> None:
    """Composite keys, children and grandchildren, a cascade, three ways to write days, a minimum, a code that is emptied."""
    world = World()
    fill(base, world)
    lay_out(base, tmp_path)
    day = ("--as-of", DAY.isoformat())

    assert run(tmp_path, "-q", "scan") == (0, "", "")
    code, out, err = run(tmp_path, "retention", "check", *day, "--format", "json")
    assert (code, err) == (3, "")
    found = {
        verdict["rule"]: {key[5:]: verdict[key] for key in verdict if key.startswith("rows_") and key != "rows_due_in"}
        for verdict in json.loads(out)["verdicts"]
    }
    with_code = [number for number, (_, _, text) in world.payments.items() if text is not None]
    assert found == {
        "accounts_go": counts(map(world.account, world.accounts)),
        "codes_go": counts(world.payment(number, 0) for number in with_code),
        "payments_go": counts(world.payment(number, 24) for number in world.payments),
        "remarks_go": counts(map(world.remark, world.remarks)),
    }

    assert run(tmp_path, "delete", "plan", *day, "--author", "ann", "-o", "plan")[0] == 0
    assert run(tmp_path, "delete", "approve", "plan", "--key", "bob.key", "--as", "bob")[0] == 0
    plan = json.loads((tmp_path / "plan" / "plan.json").read_text())
    code, out, err = run(tmp_path, "delete", "apply", "plan", "--execute", "--confirm", plan["plan_id"])
    assert code == 0, (out, err)
    assert run(tmp_path, "delete", "verify", "plan")[0] == 0

    accounts, payments, remarks = world.left()
    assert set(base.rows("SELECT client, no FROM accounts")) == accounts
    assert dict(base.rows("SELECT id, code FROM payments WHERE code IS NOT NULL")) == {
        number: text for number, text in payments.items() if text is not None
    }
    assert {number for (number,) in base.rows("SELECT id FROM payments")} == set(payments)
    assert {number for (number,) in base.rows("SELECT id FROM remarks")} == remarks
    assert 0 < len(accounts) < len(world.accounts)
    assert 0 < len(payments) < len(world.payments)


def counts(statuses: Any) -> dict[str, int]:
    """The six counts of a verdict."""
    tally = Counter(statuses)
    return {
        "total": tally.total(),
        **{name: tally[name] for name in ("within", "overdue", "exempt", "on_hold", "undated")},
    }
