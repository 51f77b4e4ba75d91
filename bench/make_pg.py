"""Fills a PostgreSQL table with N rows of plausible personal and clean data, on the server: ``make_pg.py N [URL] [SCHEMA.TABLE]``."""

from __future__ import annotations

import sys
import time

import psycopg
from psycopg import sql

COLUMNS = """
    g::bigint AS id,
    (ARRAY['Ann','Bob','Carla','David','Elena','Frank','Grace','Hugo','Irene','James','Karen','Luis','Maria','Noah','Olga','Peter'])[1 + g % 16]
        || ' ' || (ARRAY['Lee','Smith','Garcia','Miller','Nguyen','Kowalski','Brown','Silva','Okafor','Meyer','Rossi','Tanaka','Young'])[1 + g % 13] AS full_name,
    'user' || g || '@' || (ARRAY['example.com','example.org','example.net'])[1 + g % 3] AS email,
    lpad((g * 7 % 665 + 1)::text, 3, '0') || '-' || lpad((g * 13 % 99 + 1)::text, 2, '0') || '-' || lpad((g * 31 % 9999 + 1)::text, 4, '0') AS ssn,
    '(' || (ARRAY['212','310','415','617','702','818'])[1 + g % 6] || ') ' || lpad((g * 17 % 799 + 200)::text, 3, '0') || '-' || lpad((g * 37 % 10000)::text, 4, '0') AS phone,
    (1 + g % 9999) || ' ' || (ARRAY['Oak','Main','Cedar','Lake','Hill','Park'])[1 + g % 6] || ' ' || (ARRAY['St','Ave','Rd','Blvd'])[1 + g % 4] AS street,
    lpad((g * 97 % 99950 + 1)::text, 5, '0') AS zip,
    date '1940-01-01' + (g * 11 % 24000)::int AS dob,
    ('10.' || g % 256 || '.' || g / 256 % 256 || '.' || g / 65536 % 256) AS last_ip,
    round((g * 7919 % 1000000) / 100.0, 2) AS balance,
    (ARRAY['open','paid','disputed','closed'])[1 + g % 4] AS status,
    timestamptz '2022-01-01 00:00+00' + (g * 53 % 1800) * interval '1 day' AS created_at
"""


def fill(rows: int, url: str, name: str) -> float:
    """Seconds it took to make the table anew: 12 columns, primary key ``id``, analysed."""
    schema, bare = name.split(".")
    table = sql.Identifier(schema, bare)
    started = time.perf_counter()
    with psycopg.connect(url) as connection:
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table))
        query = sql.SQL("CREATE TABLE {} AS SELECT " + COLUMNS + " FROM generate_series(1, {}::bigint) AS g")
        connection.execute(query.format(table, sql.Literal(rows)))
        connection.execute(sql.SQL("ALTER TABLE {} ADD PRIMARY KEY (id)").format(table))
        connection.execute(sql.SQL("ANALYZE {}").format(table))
    return time.perf_counter() - started


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    url = sys.argv[2] if len(sys.argv) > 2 else "postgresql://postgres@127.0.0.1/postgres"
    name = sys.argv[3] if len(sys.argv) > 3 else "piiscan_bench.people"
    seconds = fill(int(sys.argv[1]), url, name)
    print(f"{name}: {int(sys.argv[1]):,} rows in {seconds:.1f} s")
