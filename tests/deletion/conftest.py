"""A firm with tables that refer to each other, due rows and rows that must stay: scanned once, copied for each test."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import event
from sqlalchemy.engine import Engine

from piiscan import config, rulepack, schemas
from piiscan.deletion import (
    APPROVAL,
    Halt,
    Limits,
    PlanFolder,
    PlanRequest,
    Told,
    evidence,
    json_text,
    read_private_key,
    sign,
)
from piiscan.deletion.applying import Outcome, apply
from piiscan.deletion.planning import make_plan
from piiscan.deletion.preflight import Order, authorised
from piiscan.deletion.verifying import Proof, verify
from piiscan.inventory import Inventory
from piiscan.progress import Meter
from piiscan.retention import assess
from piiscan.rulepack.retention import RetentionRules, load_retention

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from piiscan.config import Config
    from piiscan.rulepack import RulePacks

DAY = date(2026, 3, 1)
CANARY = "zq-canary-7319"
"""Part of every value that is personal."""

CONFIG = """
[firm]
name = "Example"
capacities = ["debt_collector"]
[security]
key_file = "piiscan.key"
[detection]
ner = "off"
[deletion]
max_percent = 90.0
chunk_rows = 7
valid_for = "P3650D"
[rules]
packs = ["ccpa"]
extra = ["rules"]
[sources.crm]
connector = "sql"
url = "sqlite:///crm.db"
[sources.crm.write]
url = "sqlite:///crm.db"
[sources.crm.clocks.accounts]
last_collection_activity = "last_activity_at"
[sources.crm.clocks.payments]
last_collection_activity = "account_id > accounts.last_activity_at"
[sources.crm.clocks.letters]
created = "sent_on"
[sources.crm.clocks.people]
created = "made_on"
[[sources.crm.declared]]
tables = ["accounts", "payments", "letters"]
columns = ["email"]
data_types = ["email"]
reason = "known to hold it"
[[sources.crm.declared]]
tables = ["people"]
columns = ["dob"]
data_types = ["dob"]
reason = "known to hold it"
"""

RULES = """
pack = "our"
[[rule]]
id = "our_accounts"
title = "Accounts"
data_types = ["email"]
where = ["crm:accounts", "crm:payments"]
kind = "max_keep"
trigger = "last_collection_activity"
period = "P3Y"
citation = "our schedule"
[[rule]]
id = "our_letters"
title = "Letters"
data_types = ["email"]
where = ["crm:letters"]
kind = "max_keep"
trigger = "created"
period = "P2Y"
citation = "our schedule"
[[rule]]
id = "our_births"
title = "Dates of birth"
data_types = ["dob"]
where = ["crm:people"]
kind = "policy_max"
trigger = "created"
period = "P1Y"
action = "anonymize"
anonymize = { dob = "year" }
citation = "our notice"
"""

TABLES = """
CREATE TABLE accounts (id INTEGER PRIMARY KEY, email TEXT NOT NULL, last_activity_at TEXT);
CREATE TABLE payments (id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts (id), email TEXT);
CREATE TABLE letters (account_id INTEGER NOT NULL, number INTEGER NOT NULL, email TEXT, sent_on TEXT,
                      PRIMARY KEY (account_id, number)) WITHOUT ROWID;
CREATE TABLE people (name TEXT PRIMARY KEY NOT NULL, dob TEXT, made_on TEXT);
"""


_RULES: dict[str, tuple[RulePacks, RetentionRules]] = {}


@dataclass(frozen=True)
class Result:
    """How a command ended and what it said."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output as the document it must be, validated."""
        document: dict[str, Any] = json.loads(self.stdout)
        Draft202012Validator(schemas.bundle(document["document"])).validate(document)
        return document

    @property
    def refusal(self) -> tuple[int, str, str]:
        """The code, what was refused, and the hint: one line each."""
        assert self.stdout == ""
        what, hint = self.stderr.splitlines()
        assert (what[:7], hint[:6]) == ("error: ", "hint: ")
        return self.exit_code, what[7:], hint[6:]


@dataclass(frozen=True)
class Firm:
    """A folder with a configuration, a database and an inventory."""

    folder: Path

    def run(self, *args: str | Path, **settings: Any) -> Result:
        """A command in the firm's folder."""
        done = subprocess.run(
            [sys.executable, "-m", "piiscan", *map(str, args)],
            cwd=self.folder,
            capture_output=True,
            encoding="utf-8",
            check=False,
            env=os.environ | {"HOME": str(self.folder), "COLUMNS": "120", "NO_COLOR": "1"},
            **settings,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def plan(self, *args: str | Path, to: str = "plan") -> Result:
        """``delete plan`` as of the fixed day, by Ann."""
        return self.run(
            "delete", "plan", "--as-of", DAY.isoformat(), "--author", "Ann", "-o", to, "--format", "json", *args
        )

    def approve(self, of: str = "plan") -> Result:
        """Bo, who is listed, signs."""
        return self.run("delete", "approve", of, "--key", "bo.pem")

    def apply(self, *args: str | Path, of: str = "plan") -> Result:
        """``delete apply --execute`` with the plan's own id."""
        identity = json.loads((self.folder / of / "plan.json").read_text())["plan_id"]
        return self.run("delete", "apply", of, "--execute", "--confirm", identity, "--format", "json", *args)

    def verify(self, *args: str | Path, of: str = "plan") -> Result:
        """``delete verify``."""
        return self.run("delete", "verify", of, "--format", "json", *args)

    def ready(self) -> dict[str, Any]:
        """A plan, made and approved in this process."""
        made = self.make()
        self.sign()
        return made

    def make(self, rule: str | None = None, *, to: str = "plan", **told: Any) -> dict[str, Any]:
        """A plan as of the fixed day by Ann, made in this process; ``told`` as `Told`, and the limits. Raises PiiscanError."""
        config, inventory, rules = self.loaded()
        limits = Limits(told.pop("max_rows", 100_000), told.pop("max_percent", 100.0))
        request = PlanRequest(DAY, told.pop("author", "Ann"), limits, told.pop("chunk_rows", 7), Told(**told), (), rule)
        found = assess(config, inventory, rules, as_of=DAY, rule=rule)
        key = config.key()
        assert key is not None
        return make_plan(config, inventory, found, rules, request, key, self.folder / to, Meter())

    def sign(self, of: str = "plan") -> None:
        """Bo's approval, made in this process."""
        config, place = self.loaded()[0], PlanFolder(self.folder / of)
        key = read_private_key(self.folder / "bo.pem")
        place.write(APPROVAL, json_text(sign(place, place.document(), key, config.security.approvers, None)))

    def carry_out(self, of: str = "plan", *, max_duration_s: float | None = None, today: date = DAY) -> Outcome:
        """An apply in this process. Raises PiiscanError."""
        config, inventory, rules = self.loaded()
        key, order = config.key(), self.order(of, today)
        assert key is not None
        with Halt(max_duration_s) as halt:
            return apply(
                config,
                inventory,
                rules,
                key,
                order,
                confirm=order.plan_id,
                by="op",
                today=today,
                halt=halt,
                meter=Meter(),
            )

    def order(self, of: str = "plan", today: date = DAY) -> Order:
        """The plan, authorised. Raises PiiscanError."""
        config, _, rules = self.loaded()
        key = config.key()
        assert key is not None
        return authorised(config, PlanFolder(self.folder / of), key, rules, today)

    def dies(self, kill_at: int) -> bool:
        """Whether an apply in a process of its own died at that point, as by kill -9."""
        child = os.fork()
        if not child:
            try:
                with self.ticking(kill_at):
                    self.carry_out()
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL

    @contextmanager
    def ticking(self, kill_at: int | None = None) -> Iterator[list[int]]:
        """Counts statements, commits, and halves of every record of evidence; at ``kill_at`` the process dies."""
        seen = [0]

        def tick(*_: Any) -> None:
            seen[0] += 1
            if seen[0] == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

        def halves(fd: int, line: bytes) -> None:
            tick()
            os.write(fd, line[: len(line) // 2])
            tick()
            os.write(fd, line[len(line) // 2 :])
            tick()

        real, evidence._write_all = evidence._write_all, halves
        event.listen(Engine, "after_cursor_execute", tick)
        event.listen(Engine, "commit", tick)
        try:
            yield seen
        finally:
            evidence._write_all = real
            event.remove(Engine, "after_cursor_execute", tick)
            event.remove(Engine, "commit", tick)

    def prove(self, of: str = "plan") -> Proof:
        """A verification in this process."""
        config = self.loaded()[0]
        key = config.key()
        assert key is not None
        return verify(config, PlanFolder(self.folder / of), key, Meter())

    def loaded(self) -> tuple[Config, Inventory, RetentionRules]:
        """Configuration, inventory and rules."""
        found = config.load(self.folder / "piiscan.toml")
        url, secret = found.store_location()
        text = (self.folder / "rules" / "our.toml").read_text()
        if text not in _RULES:  # slow to load, and the same for every copy of a firm
            chosen = (found.rules.packs, found.rules.extra)
            _RULES[text] = rulepack.load(*chosen), load_retention(*chosen)
        packs, retention = _RULES[text]
        return found, Inventory.open(url, secret=secret, packs=packs), retention

    def sql(self, *statements: str) -> None:
        """Changes the database as its owner."""
        with sqlite3.connect(self.folder / "crm.db") as base:
            for statement in statements:
                base.executescript(statement)
        base.close()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds."""
        base = sqlite3.connect(self.folder / "crm.db")
        found = base.execute(query).fetchall()
        base.close()
        return found

    def dump(self) -> list[str]:
        """The whole database, as text."""
        base = sqlite3.connect(self.folder / "crm.db")
        found = list(base.iterdump())
        base.close()
        return found

    def scan(self) -> None:
        """Brings the inventory up to date."""
        done = self.run("-q", "scan")
        assert (done.exit_code, done.stderr) == (0, "")

    def copy(self, folder: Path) -> Firm:
        """The same firm elsewhere."""
        shutil.copytree(self.folder, folder)
        return Firm(folder)


def fill(base: sqlite3.Connection) -> None:
    """Accounts 1 to 60: of three, one is due with its payments, one is due and has a payment that is not dated, one is not due."""
    days = ["2020-05-01", "2020-06-01", "2025-06-01"]
    accounts = [(n, f"{CANARY}-{n}@example.com", days[n % 3]) for n in range(1, 61)]
    base.executemany("INSERT INTO accounts VALUES (?, ?, ?)", accounts)
    payments = [(n, 1 + n % 60, f"{CANARY}-p{n}@example.com") for n in range(1, 121)]
    base.executemany("INSERT INTO payments VALUES (?, ?, ?)", payments)
    letters = [(1 + n % 60, n, f"{CANARY}-l{n}@example.com", days[n % 3]) for n in range(1, 41)]
    base.executemany("INSERT INTO letters VALUES (?, ?, ?, ?)", letters)
    people = [(f"{CANARY} {n}", f"19{50 + n % 40}-07-0{1 + n % 9}", days[n % 3]) for n in range(1, 21)]
    base.executemany("INSERT INTO people VALUES (?, ?, ?)", people)


def build_firm(folder: Path, *, config: str = CONFIG, rules: str = RULES, tables: str = TABLES) -> Firm:
    """A firm, not yet scanned."""
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "our.toml").write_text(rules)
    (folder / "piiscan.key").write_text(base64.b64encode(bytes(range(32))).decode() + "\n")
    (folder / "piiscan.key").chmod(0o600)
    with sqlite3.connect(folder / "crm.db") as base:
        base.executescript(tables)
    base.close()
    (folder / "piiscan.toml").write_text(config)
    firm = Firm(folder)
    line = firm.run("delete", "keygen", "--out", "bo.pem", "--as", "Bo", "--format", "json").json["line"]
    (folder / "piiscan.toml").write_text(config.replace("[security]\n", f"[security]\napprovers = {{ {line} }}\n"))
    return firm


@pytest.fixture(scope="session")
def make_firm() -> Callable[..., Firm]:
    """``make_firm(folder, config=, rules=, tables=)``: a firm, not yet scanned."""
    return build_firm


@pytest.fixture(scope="session")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Firm:
    """The firm as all tests find it; nobody changes this one."""
    firm = build_firm(tmp_path_factory.mktemp("firm") / "firm")
    with sqlite3.connect(firm.folder / "crm.db") as base:
        fill(base)
    base.close()
    firm.scan()
    return firm


@pytest.fixture
def firm(scanned: Firm, tmp_path: Path) -> Firm:
    """A firm of the test's own."""
    return scanned.copy(tmp_path / "firm")
