"""Keys come typed as the database has them, and find exactly their row when they are bound again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from piiscan.errors import SourceError
from piiscan.model.erasing import Chunk

pytestmark = [pytest.mark.postgresql, pytest.mark.mariadb]

UUIDS = ("00000000-0000-4000-8000-000000000001", "ffffffff-ffff-4fff-bfff-fffffffffffe")
MOMENTS = ("2010-03-04 05:06:07.000008", "2010-03-04 05:06:07.000009")

NOCASE = "CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"

POSTGRESQL = {
    "smallint": (["-3", "7"], [-3, 7]),
    "bigint": (["9223372036854775806", "9223372036854775807"], [2**63 - 2, 2**63 - 1]),
    "numeric(30, 4)": (["1.1000", "12345678901234567890.1234"], [Decimal("1.1"), Decimal("12345678901234567890.1234")]),
    "text": (["'a'", "'it''s 100% ?:x'", "'ä ünï'"], ["a", "it's 100% ?:x", "ä ünï"]),
    "char(5)": (["'ab'", "'abc'"], ["ab   ", "abc  "]),
    "text COLLATE nocase": (["'Ann'", "'bob'"], ["Ann", "bob"]),
    "bytea": ([r"'\x00ff'", r"'\x27'"], [b"\x00\xff", b"'"]),
    "boolean": (["false", "true"], [False, True]),
    "date": (["'0001-01-01'", "'2010-02-28'"], [date(1, 1, 1), date(2010, 2, 28)]),
    "timestamp": ([f"'{each}'" for each in MOMENTS], [datetime.fromisoformat(each) for each in MOMENTS]),
    "timestamptz": (
        ["'2010-03-04 05:06:07+02'", "'2010-03-04 05:06:07+01'"],
        [datetime(2010, 3, 4, 3, 6, 7, tzinfo=UTC), datetime(2010, 3, 4, 4, 6, 7, tzinfo=UTC)],
    ),
    "uuid": ([f"'{each}'" for each in UUIDS], [UUID(each) for each in UUIDS]),
    "inet": (["'10.0.0.1'", "'10.0.0.0/8'"], ["10.0.0.0/8", "10.0.0.1/32"]),
    "time": (["'01:02:03.000004'", "'23:59:59'"], ["01:02:03.000004", "23:59:59"]),
    "mood": (["'sad'", "'o''k'"], ["sad", "o'k"]),
    "small": (["1", "2"], [1, 2]),
}
MARIADB = {
    "bigint unsigned": (["18446744073709551614", "18446744073709551615"], [2**64 - 2, 2**64 - 1]),
    "decimal(30, 4)": (["1.1", "12345678901234567890.1234"], [Decimal("1.1"), Decimal("12345678901234567890.1234")]),
    "varchar(20) collate utf8mb4_general_ci": (["'Ann'", "'BOB '", "'it''s 100% ?:'"], ["Ann", "BOB ", "it's 100% ?:"]),
    "varchar(20) character set latin1": (["'ä'", "'b'"], ["b", "ä"]),
    "char(5)": (["'ab'", "'abc'"], ["ab", "abc"]),
    "binary(16)": (["unhex(repeat('00', 16))", "unhex(repeat('27', 16))"], [bytes(16), b"'" * 16]),
    "varbinary(9)": (["unhex('00')", "unhex('0000')"], [b"\0", b"\0\0"]),
    "bit(9)": (["b'1'", "b'100000001'"], [1, 257]),
    "tinyint(1)": (["0", "1"], [0, 1]),
    "date": (["'1000-01-01'", "'2010-02-28'"], [date(1000, 1, 1), date(2010, 2, 28)]),
    "datetime(6)": ([f"'{each}'" for each in MOMENTS], [datetime.fromisoformat(each) for each in MOMENTS]),
    "timestamp(6)": ([f"'{each}'" for each in MOMENTS], [datetime.fromisoformat(each) for each in MOMENTS]),
    "time(3)": (["'-12:00:00.5'", "'100:00:00'"], ["-12:00:00.500", "100:00:00.000"]),
    "year": (["2010", "2011"], ["2010", "2011"]),
    "uuid": ([f"'{each}'" for each in UUIDS], list(UUIDS)),
    "inet6": (["'::1'", "'2001:db8::2'"], ["::1", "2001:db8::2"]),
    "enum('b', 'a')": (["'b'", "'a'"], ["b", "a"]),
    "set('q', 'r')": (["'q'", "'q,r'"], ["q", "q,r"]),
}
SQLITE = {
    "integer": (["-1", "9223372036854775807"], [-1, 2**63 - 1]),
    "text": (["'a'", "'007'", "'ä''%'"], ["007", "a", "ä'%"]),
    "text collate nocase": (["'Ann'", "'bob'"], ["Ann", "bob"]),
    "numeric": (["'007'", "'x'"], [7, "x"]),
    "blob": (["x'00ff'", "'text'", "7"], [7, "text", b"\x00\xff"]),
    "date": (["'2010-01-01'", "20100102", "'2010-01-01 10:00'"], [20100102, "2010-01-01", "2010-01-01 10:00"]),
    "boolean": (["0", "1"], [0, 1]),
}
CASES = [
    pytest.param(kind, sql_type, *values, id=f"{kind}-{sql_type}")
    for kind, types in (("sqlite", SQLITE), ("postgresql", POSTGRESQL), ("mariadb", MARIADB))
    for sql_type, values in types.items()
]


@pytest.mark.parametrize(("base", "sql_type", "written", "fetched"), CASES, indirect=["base"])
def test_keys_of_every_type_find_their_rows_again(base, sql_type, written, fetched):
    """By themselves, and as part of a composite key; what was not named stays."""
    if base.kind == "postgresql":
        base.run("CREATE TYPE mood AS ENUM ('sad', 'o''k')", "CREATE DOMAIN small AS int CHECK (value < 10)", NOCASE)
    rows = ", ".join(f"({each}, {number}, '2010-01-01')" for number, each in enumerate(written))
    for name, key in (("one", "k"), ("two", "n, k")):
        base.run(f"CREATE TABLE {name} (k {sql_type} NOT NULL, n int, at date, PRIMARY KEY ({key}))")
        base.run(f"INSERT INTO {name} VALUES {rows}")
    one, two = base.target("one"), base.target("two")

    keys, pairs = base.keys(one), base.keys(two)

    assert [key[0] for key in keys] == fetched
    assert [type(key[0]) for key in keys] == [type(each) for each in fetched]
    assert {pair[1] for pair in pairs} == set(fetched)
    assert (base.remaining(one, keys), base.remaining(two, pairs)) == ([*range(len(keys))], [*range(len(keys))])
    assert base.erase(one, keys[1:]).taken == tuple(range(len(keys) - 1))
    assert base.erase(two, pairs[1:]).taken == tuple(range(len(keys) - 1))
    assert (base.keys(one), base.keys(two)) == (keys[:1], pairs[:1])


@pytest.mark.parametrize(
    ("base", "sql_type"),
    [("sqlite", "real"), ("postgresql", "double precision"), ("mariadb", "float")],
    indirect=["base"],
)
def test_a_floating_point_number_is_no_key(base, sql_type):
    """It may not be equal to itself when it comes back; an exact unique key beside it is taken instead."""
    base.run(f"CREATE TABLE a (k {sql_type} PRIMARY KEY, at date)", "INSERT INTO a VALUES (0.1, '2010-01-01')")
    base.run(f"CREATE TABLE b (k {sql_type} PRIMARY KEY, n int NOT NULL UNIQUE, at date)")

    assert (base.shape("a").key, base.shape("b").key) == ((), ("n",))
    with pytest.raises(SourceError, match="the key column 'k' holds floating-point numbers"):
        base.keys(base.target("a", key=("k",)))


@pytest.mark.parametrize("base", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("value", "why"), [("0.5", "floating-point"), ("CAST(x'41ff' AS TEXT)", "no UTF-8")])
def test_sqlite_keys_that_would_not_come_back_are_refused(base, said, value, why):
    """Any column may hold anything there."""
    base.run("CREATE TABLE t (k PRIMARY KEY, at date)", f"INSERT INTO t VALUES ({value}, '2010-01-01')")

    with pytest.raises(SourceError, match=why) as caught:
        base.keys(base.target("t"))

    assert "0.5" not in said(caught.value)


@pytest.mark.parametrize("base", ["sqlite"], indirect=True)
def test_a_row_whose_sqlite_key_is_null_is_kept_back(base):
    """SQLite permits that in a primary key; no plan could name the row."""
    base.run(
        "CREATE TABLE t (k TEXT PRIMARY KEY, at date)", "INSERT INTO t VALUES (NULL, '2010-01-01'), ('a', '2010-01-01')"
    )
    target = base.target("t")

    found = base.connector().reach(target)

    assert (found.rows, found.blocked, base.keys(target)) == (1, 1, [("a",)])


@pytest.mark.parametrize("base", ["postgresql"], indirect=True)
def test_types_of_postgresql_with_odd_names_and_rules_of_their_own(base):
    """A domain that is never null stands beside the key, or is it."""
    base.run(
        'CREATE DOMAIN "odd % ""one""" AS text NOT NULL',
        "CREATE DOMAIN present AS int CHECK (value IS NOT NULL)",
        'CREATE TABLE t (k "odd % ""one""", n present, at date, PRIMARY KEY (k))',
        "INSERT INTO t VALUES ('a', 1, '2010-01-01'), ('b', 1, '2024-01-01')",
    )
    target = base.target("t")

    assert base.erase(target, [("a",), ("b",)]) == Chunk(2, taken=(0,), changed=(1,))


@pytest.mark.parametrize("base", ["postgresql", "mariadb"], indirect=True)
def test_a_key_renamed_by_case_alone_is_another_key(base):
    """A case-insensitive column would find it; what was reviewed is not there any more."""
    if base.kind == "postgresql":
        base.run(NOCASE)
    base.run(
        f"CREATE TABLE t (k varchar(9) {'COLLATE nocase' if base.kind == 'postgresql' else ''} PRIMARY KEY, at date)"
    )
    base.run("INSERT INTO t VALUES ('Ann', '2010-01-01')")
    target = base.target("t")
    keys = base.keys(target)
    base.run("UPDATE t SET k = 'ANN'")

    assert base.erase(target, keys) == Chunk(1, taken=(), gone=(0,))
    assert base.rows("SELECT k FROM t") == [("ANN",)]


def test_hostile_names_are_quoted_everywhere(base):
    """Of tables, columns, keys and references."""
    odd, column = "odd \"na'me`; 100% ?:x ünï", 'a%b "`(:x)'
    quote = "`{}`".format if base.kind == "mariadb" else '"{}"'.format
    mark = "`" if base.kind == "mariadb" else '"'
    table, key = (quote(name.replace(mark, 2 * mark)) for name in (odd, column))
    base.run(
        f"CREATE TABLE {table} ({key} varchar(20) PRIMARY KEY, at date, up varchar(20), FOREIGN KEY (up) REFERENCES {table} ({key}))",
        f"CREATE TABLE c (id int PRIMARY KEY, {key} varchar(20), FOREIGN KEY ({key}) REFERENCES {table} ({key}) ON DELETE SET NULL)",
        f"INSERT INTO {table} VALUES ('a%', '2010-01-01', NULL), ('?b', '2010-01-01', 'a%')",
        "INSERT INTO c VALUES (1, 'a%')",
    )
    target = base.target(odd)

    keys = base.keys(target)

    assert keys == [("?b",), ("a%",)]
    assert base.connector().reach(target).children == {f"{base.prefix}c({column}) null": 1}
    assert "day_of" in base.connector().statement(target)
    assert base.erase(target, keys).taken == (0, 1)
    assert (base.rows(f"SELECT * FROM {table}"), base.rows("SELECT * FROM c")) == ([], [(1, None)])
