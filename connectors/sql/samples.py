"""Samples over the whole key space: the same data give the same rows, and never just the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from piiscan.connectors.sql.server import BUCKETS, Expression, Server

if TYPE_CHECKING:
    from piiscan.connectors.sql.layout import Key, Layout

PROBES: Final = 200
"""Probes of one statement: SQLite takes at most 500 branches of a UNION."""
ARRAY_PROBES: Final = 5_000
"""Probes of one array."""
ROUNDS: Final = 12
"""Refinements of the strata; each divides those that hold keys, so gaps of any size are left behind."""
ENOUGH: Final = 0.9
"""Share of the wanted keys with which a sample is content."""
IN_LIST: Final = 1_000
"""Keys of one IN list: Oracle takes no more."""

Stratum = tuple[int, int]
Lookup = Callable[[Sequence[int]], Sequence[int | None]]


def count_up_to(connection: sa.Connection, layout: Layout, limit: int) -> int:
    """The table's rows, counted no further than ``limit``."""
    some = layout.select(sa.literal(1).label("one")).limit(limit).subquery("piiscan_some")
    return int(connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0)


def count_all(connection: sa.Connection, layout: Layout) -> int:
    """The table's rows."""
    return int(connection.scalar(layout.select(sa.func.count())) or 0)


def key_statements(
    connection: sa.Connection, server: Server, layout: Layout, wanted: int, rows_at_once: int
) -> Iterator[sa.Select[Any]]:
    """Statements that read ``wanted`` rows spread evenly over the values of an integer key."""
    assert layout.key is not None
    (key,) = layout.key.parts
    first, last = connection.execute(layout.select(sa.func.min(key), sa.func.max(key))).one()
    if first is None:
        return
    keys = spread_keys(int(first), int(last), wanted, prober(connection, server, layout))
    chunk = min(rows_at_once, IN_LIST)
    for start in range(0, len(keys), chunk):
        some: sa.BindParameter[int] = sa.bindparam(
            "keys", keys[start : start + chunk], expanding=True, literal_execute=True
        )
        yield layout.values().where(key.in_(some)).order_by(key)


def spread_keys(first: int, last: int, wanted: int, look_up: Lookup) -> list[int]:
    """About ``wanted`` existing keys, never more, ascending: the lowest of each stratum between ``first`` and ``last``.

    ``look_up`` gives for each probe the lowest key not below it. Strata without a key are dropped and the others divided further,
    until there are keys enough or nothing is left to divide: so clusters are found however wide the gaps between them.
    """
    strata: list[Stratum] = [(first, last + 1)]
    for _ in range(ROUNDS):
        parts = _divide(strata, wanted)
        if len(parts) == len(strata):
            break
        found = look_up([low for low, _ in parts])
        strata = [(key, high) for (_, high), key in zip(parts, found, strict=True) if key is not None and key < high]
        if len(strata) >= ENOUGH * wanted:
            break
    keys = [low for low, _ in strata]
    return keys if len(keys) <= wanted else [keys[number * len(keys) // wanted] for number in range(wanted)]


def _divide(strata: Sequence[Stratum], wanted: int) -> list[Stratum]:
    """The strata cut into about ``wanted`` parts of about equal width, so that no cluster weighs more than another."""
    total = sum(high - low for low, high in strata)
    parts: list[Stratum] = []
    for low, high in strata:
        width = high - low
        number = min(width, -(-wanted * width // total))
        edges = [low + width * step // number for step in range(number + 1)]
        parts.extend(pairwise(edges))
    return parts


def prober(connection: sa.Connection, server: Server, layout: Layout) -> Lookup:
    """A look-up that asks many probes in one statement, each one step down the key's index."""
    assert layout.key is not None
    (key,) = layout.key.parts
    statement = array_statement(layout, key) if server.takes_arrays else union_statement(layout, key, PROBES)
    at_once = ARRAY_PROBES if server.takes_arrays else PROBES

    def look_up(probes: Sequence[int]) -> list[int | None]:
        found: list[int | None] = []
        for start in range(0, len(probes), at_once):
            some = [*probes[start : start + at_once]]
            padded = some + [some[-1]] * (at_once - len(some))
            asked = (
                {"probes": some}
                if server.takes_arrays
                else {f"p{number}": probe for number, probe in enumerate(padded)}
            )
            keys: dict[int, Any] = dict(connection.execute(statement, asked).tuples().all())
            found.extend(None if keys.get(number) is None else int(keys[number]) for number in range(len(some)))
        return found

    return look_up


def union_statement(layout: Layout, key: Expression, probes: int) -> sa.CompoundSelect[Any]:
    """For each probe ``:p0``... its number and the lowest key not below it.

    Simple branches, for a subquery correlated with a list of probes makes MariaDB walk the index from its start (10 s for 1,000).
    """
    branches = []
    for number in range(probes):
        probe = sa.bindparam(f"p{number}", type_=sa.BigInteger())
        nearest = layout.select(key.label("k")).where(key >= probe).order_by(key).limit(1).subquery(f"q{number}")
        branches.append(sa.select(sa.literal_column(str(number)).label("n"), nearest.c.k))
    return sa.union_all(*branches)


def array_statement(layout: Layout, key: Expression) -> sa.Select[Any]:
    """The same for an array ``:probes``: PostgreSQL plans the subquery once, where a UNION costs it 13 ms for 200 branches."""
    given = sa.bindparam("probes", type_=sa.ARRAY(sa.BigInteger()))
    probes = sa.func.unnest(given).table_valued("probe", with_ordinality="n").render_derived(name="piiscan_probes")
    nearest = layout.select(key).where(key >= probes.c.probe).order_by(key).limit(1).correlate(probes).scalar_subquery()
    return sa.select(probes.c.n - 1, nearest.label("k"))


def hash_statement(server: Server, layout: Layout, key: Key, wanted: int, total: int) -> sa.Select[Any]:
    """One pass that keeps the rows whose hashed key falls under the wanted share."""
    return layout.values().where(server.bucket(key.parts) < round(BUCKETS * wanted / total)).order_by(*key.parts)
