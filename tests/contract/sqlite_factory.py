"""A SQLite file of known content; a view on a dropped table is what cannot be read."""

from __future__ import annotations

import sqlite3
from types import SimpleNamespace

from piiscan.model import Secret, Source

CANARY = "canary-078-05-1120"
ODD = "odd \"na'me`; 100% ?:x ünï"


def make(folder, request):
    path = folder / "known.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, email TEXT)")
        database.executemany(
            "INSERT INTO people VALUES (?, ?, ?)", [(n, f"name {n}", CANARY if n == 7 else None) for n in range(30)]
        )
        database.execute("CREATE TABLE big (id INTEGER PRIMARY KEY, note TEXT)")
        database.executemany("INSERT INTO big VALUES (?, ?)", [(n * n, f"note {n}") for n in range(300)])
        database.execute("CREATE TABLE empty (id INTEGER, name TEXT)")
        odd = ODD.replace('"', '""')
        database.execute(f'CREATE TABLE "{odd}" ("a%b" TEXT, "{odd}" TEXT)')
        database.execute(f'INSERT INTO "{odd}" VALUES (?, ?)', ("x", "y"))
        database.execute("CREATE TABLE gone (id INTEGER)")
        database.execute("CREATE VIEW broken AS SELECT id FROM gone")
        database.execute("CREATE VIEW names AS SELECT name FROM people")
        database.execute("DROP TABLE gone")
    database.close()
    return SimpleNamespace(
        source=Source("known", "sql", f"sqlite:///{path}"),
        rows={"big": 300, "empty": 0, "names": 30, ODD: 1, "people": 30},
        unreadable={"broken"},
        empty="empty",
        big="big",
        hostile={ODD},
        canary=CANARY,
        unreachable=Source("known", "sql", f"sqlite:///{folder}/missing.db", secret=Secret(CANARY)),
    )
