"""Hundreds of thousands of due rows are planned, carried out and proved without holding them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = 120_000
MORE = 14 << 20
"""Bytes that so many rows may need more than a thousand do; as Python objects their keys alone would take twice that."""

CONFIG = """
[security]
key_file = "piiscan.key"
[detection]
ner = "off"
[deletion]
max_rows = 10000000
max_percent = 100.0
chunk_rows = 10000
[rules]
packs = ["ccpa"]
extra = ["rules"]
[sources.crm]
connector = "sql"
url = "sqlite:///crm.db"
[sources.crm.write]
url = "sqlite:///crm.db"
[sources.crm.clocks.visits]
created = "made"
[[sources.crm.declared]]
tables = ["visits"]
columns = ["email"]
data_types = ["email"]
reason = "known to hold it"
"""
RULES = """
pack = "our"
[[rule]]
id = "our_visits"
title = "Visits"
data_types = ["email"]
kind = "max_keep"
trigger = "created"
period = "P3Y"
citation = "our schedule"
"""
SCRIPT = """
import json, resource, sys
from piiscan.__main__ import main
try:
    main()
finally:
    print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024), file=sys.stderr)
"""


def peak(firm: Any, *args: str) -> int:
    """The most memory a command had at once, in bytes."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, "-q", *args], cwd=firm.folder, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return int(done.stderr.splitlines()[-1])


def visits(number: int) -> str:
    """So many rows, all of them due."""
    return f"""
        CREATE TABLE visits (id TEXT PRIMARY KEY NOT NULL, email TEXT, made TEXT) WITHOUT ROWID;
        WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {number})
        INSERT INTO visits SELECT printf('visit-%0120d', i), 'a@example.com', '2019-01-01' FROM n;
    """


@pytest.mark.slow
def test_memory_does_not_grow_with_the_rows(make_firm: Callable[..., Any], tmp_path: Path) -> None:
    """Planning, carrying out, proving: very many rows need little more than a thousand."""
    peaks: list[list[int]] = []
    for name, number in (("few", 1_000), ("many", ROWS)):
        firm = make_firm(tmp_path / name, config=CONFIG, rules=RULES, tables=visits(number))
        firm.scan()
        planned = peak(firm, "delete", "plan", "--author", "Ann", "-o", "plan")
        plan = json.loads((firm.folder / "plan" / "plan.json").read_text())
        firm.sign()
        applied = peak(firm, "delete", "apply", "plan", "--execute", "--confirm", plan["plan_id"])
        proved = peak(firm, "delete", "verify", "plan")
        peaks.append([planned, applied, proved])
        assert [step["rows"] for step in plan["steps"]] == [number]
        assert firm.rows("SELECT count(*) FROM visits") == [(0,)]

    assert [many - few < MORE for few, many in zip(*peaks, strict=True)] == [True, True, True], peaks
