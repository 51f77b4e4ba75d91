"""A PostgreSQL schema of known content; a table without a grant and a failing view are what cannot be read."""

from __future__ import annotations

from types import SimpleNamespace

from piiscan.model import Secret, Source

CANARY = "canary-078-05-1120"
ODD = "odd \"na'me`; 100% ?:x ünï"


def make(folder, request):
    place = request.getfixturevalue("postgresql")
    odd = ODD.replace('"', '""')
    place.run(
        "CREATE TABLE people (id int PRIMARY KEY, name text, email text)",
        f"INSERT INTO people SELECT n, 'name ' || n, CASE WHEN n = 7 THEN '{CANARY}' END FROM generate_series(0, 29) n",
        "CREATE TABLE big (id int PRIMARY KEY, note text)",
        "INSERT INTO big SELECT n * n, 'note ' || n FROM generate_series(0, 299) n",
        "CREATE TABLE empty (id int, name text)",
        f'CREATE TABLE "{odd}" ("a%b" text, "{odd}" text)',
        f"INSERT INTO \"{odd}\" VALUES ('x', 'y')",
        "CREATE TABLE denied AS SELECT * FROM people",
        f"REVOKE ALL ON denied FROM {place.role}",
        f"CREATE VIEW failing AS SELECT ('{CANARY}' || id)::int AS number FROM people",
    )
    return SimpleNamespace(
        source=place.source(),
        rows={place.prefix + name: rows for name, rows in {"big": 300, "empty": 0, ODD: 1, "people": 30}.items()},
        unreadable={place.prefix + "denied", place.prefix + "failing"},
        empty=place.prefix + "empty",
        big=place.prefix + "big",
        hostile={place.prefix + ODD},
        canary=CANARY,
        unreachable=Source("known", "sql", "postgresql://nobody@127.0.0.1:1/nothing", secret=Secret(CANARY)),
    )
