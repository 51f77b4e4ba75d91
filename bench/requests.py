"""What it costs to answer one consumer out of twenty tables of ten million rows, and what the same costs who reads them all.

    python bench/requests.py [--url postgresql+psycopg://postgres@127.0.0.1/postgres] [--rows 10000000]

Makes ten tables of persons and ten of what refers to them, each with an index on the e-mail address or the foreign key, in a schema of
their own, and drops them afterwards. The inventory comes from a scan of samples. Each command is run as a process of its own. The client
that reads them all streams every row of the ten tables of persons as text and looks for the address: what ``pg_dump | grep`` does.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa

SCHEMA = "piiscan_requests"
TABLES = 10
PERSONS = """
CREATE TABLE {0}.persons_{1} AS SELECT g::bigint AS id, 'Ann Person' || g AS full_name, 'ann' || g || '.{1}@example.com' AS email,
    '(212) ' || lpad((g % 799 + 200)::text, 3, '0') || '-' || lpad((g % 10000)::text, 4, '0') AS phone, date '1950-01-01' + (g % 15000)::int AS dob
FROM generate_series(1, {2}) AS g
"""
EVENTS = """
CREATE TABLE {0}.events_{1} AS SELECT g::bigint AS id, g::bigint AS person_id, date '2020-01-01' + (g % 2000)::int AS created_on,
    '(212) ' || lpad((g % 799 + 200)::text, 3, '0') || '-' || lpad((g % 10000)::text, 4, '0') AS phone
FROM generate_series(1, {2}) AS g
"""
KEYS = (
    "ALTER TABLE {0}.persons_{1} ADD PRIMARY KEY (id)",
    "CREATE INDEX ON {0}.persons_{1} (email)",
    "ALTER TABLE {0}.events_{1} ADD PRIMARY KEY (id), ADD FOREIGN KEY (person_id) REFERENCES {0}.persons_{1} (id)",
    "CREATE INDEX ON {0}.events_{1} (person_id)",
    "ANALYZE {0}.persons_{1}",
    "ANALYZE {0}.events_{1}",
)
CONFIG = """
[security]
key_file = "piiscan.key"
[detection]
ner = "off"
[scan]
sample_rows = 1000
[sources.crm]
connector = "sql"
url = "{0}"
include = ["{1}.*"]
"""
PERSON = {"person_name": "Ann Person4711", "email": "ann4711.3@example.com", "dob": "1962-11-25"}


def main() -> None:
    """Makes the tables, answers, prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--url", default="postgresql+psycopg://postgres@127.0.0.1/postgres")
    parser.add_argument("--rows", type=int, default=10_000_000)
    arguments = parser.parse_args()
    engine = sa.create_engine(arguments.url, hide_parameters=True)
    drop = f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(drop)
            connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
            for number in range(TABLES):
                for statement in (PERSONS, EVENTS, *KEYS):
                    connection.exec_driver_sql(
                        statement.format(SCHEMA, number, arguments.rows // (2 * TABLES)).replace("%", "%%")
                    )
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), arguments.url, engine)
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(drop)


def measure(folder: Path, url: str, engine: sa.Engine) -> None:
    """A line for each command, then the client that reads all rows. Raises SystemExit where a command fails."""
    (folder / "piiscan.toml").write_text(CONFIG.format(url, SCHEMA))
    (folder / "piiscan.key").write_text(base64.b64encode(os.urandom(32)).decode())
    (folder / "piiscan.key").chmod(0o600)
    for name, kind in (("know", "know_specific"), ("delete", "delete")):
        (folder / f"{name}.json").write_text(
            json.dumps({"kind": kind, "channel": "mail", "declared": True, "subject": PERSON})
        )
    run(folder, "scan")
    run(folder, "requests", "open", "--from", "know.json")
    run(folder, "requests", "open", "--from", "delete.json")
    print("| what | s | times the reading of all rows |\n|---|---|---|")
    everything = read_all(engine)
    for words in (
        ("requests", "verify", "1"), ("requests", "locate", "1"), ("requests", "answer", "1", "-o", "answer"), ("requests", "verify", "2"),
        ("requests", "locate", "2"), ("delete", "plan", "--request", "2", "-o", "plan"),
    ):  # fmt: skip
        seconds = run(folder, *words)
        print(f"| `piiscan {' '.join(words)}` | {seconds:.2f} | 1/{everything / seconds:.0f} |", flush=True)
    print(f"| a client that reads all rows of the persons' tables | {everything:.2f} | 1 |")


def run(folder: Path, *words: str) -> float:
    """Seconds it took."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "piiscan", "-q", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{words}: {done.stderr}")
    return time.perf_counter() - started


def read_all(engine: sa.Engine) -> float:
    """Seconds to stream every row as text and look for the address in it."""
    started, found = time.perf_counter(), 0
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        for number in range(TABLES):
            with cursor.copy(f"COPY {SCHEMA}.persons_{number} TO STDOUT") as rows:
                found += sum(PERSON["email"].encode() in bytes(row) for row in rows)
    if found != 1:
        raise SystemExit(f"the address stands in {found} rows")
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
