"""The listing: every table and view a source has, with columns, keys and the server's own estimates."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine.reflection import ObjectKind, ObjectScope

from piiscan.connectors.sql.faults import explain
from piiscan.connectors.sql.server import Facts, Server, unknown_types
from piiscan.model import Column, Container, ForeignKey, Skip, SkipCode, Source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from piiscan.errors import SourceError


@dataclass(slots=True)
class Shape:
    """What the Inspector says of one table: columns, primary key, foreign keys; or why it could not."""

    columns: Sequence[Any] = ()
    key: Sequence[str] = ()
    references: Sequence[Any] = ()
    is_view: bool = False
    failure: SourceError | None = None


@dataclass(slots=True)
class Survey:
    """One schema: its tables and views that are wanted, and what must be said beside them."""

    shapes: dict[str, Shape]
    facts: dict[str, Facts]
    skips: tuple[Skip, ...]


def list_containers(connection: sa.Connection, server: Server, source: Source) -> Iterator[Container | Skip]:
    """Everything include and exclude let through, sorted by schema and name; what may be hidden comes as a Skip.

    Raises SourceError when nothing at all can be listed.
    """
    fingerprint = server.fingerprint()
    schemas = server.schemas(sa.inspect(connection))
    for schema in schemas:
        try:
            found = _survey(connection, server, source, schema)
        except sa.exc.SQLAlchemyError as error:
            if len(schemas) == 1:
                raise explain(error, server) from None
            connection.rollback()
            skip = explain(error, server, path_of(schema, "*")).skip(source.name)
            yield Skip(skip.source, skip.container, skip.code, skip.reason, hides=True)
            continue
        yield from found.skips
        for name, shape in sorted(found.shapes.items()):
            facts = found.facts.get(name, Facts())
            yield _entry(server, source.name, (schema, name), shape, facts, connection.dialect, fingerprint)


def _survey(connection: sa.Connection, server: Server, source: Source, schema: str | None) -> Survey:
    """What is wanted of a schema. Raises sqlalchemy's errors."""
    known = server.facts(connection, schema)
    wanted = {name: fact for name, fact in (known or {}).items() if is_wanted(path_of(schema, name), source)}
    facts = {name: fact for name, fact in wanted.items() if fact.root is None}
    skips = [
        Skip(source.name, path_of(schema, name), SkipCode.ERROR, _elsewhere(fact.root))
        for name, fact in sorted(wanted.items())
        if fact.root and not _is_included(path_of(*fact.root), source) and not _is_excluded(path_of(*fact.root), source)
    ]
    if known and not wanted:
        return Survey({}, {}, ())
    if hidden := server.hides(connection, schema):
        skips.insert(0, Skip(source.name, path_of(schema, "*"), SkipCode.NO_PERMISSION, hidden, hides=True))
    shapes = _reflect(connection, server, schema, None if known is None else facts)
    return Survey(
        {name: shape for name, shape in shapes.items() if is_wanted(path_of(schema, name), source)}, facts, tuple(skips)
    )


def _elsewhere(root: tuple[str, str]) -> str:
    return f"a partition is read with its table {path_of(*root)}: include that"


def path_of(schema: str | None, name: str) -> str:
    """``schema.table``, printable; a name with a dot of its own is quoted so that no two tables share a path."""
    parts = [name] if schema is None else [f'"{part}"' if "." in part else part for part in (schema, name)]
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in ".".join(parts))


def is_wanted(path: str, source: Source) -> bool:
    """Whether a path matches an include glob (none: all do) and no exclude glob; ``*`` crosses dots, case counts."""
    return _is_included(path, source) and not _is_excluded(path, source)


def _is_included(path: str, source: Source) -> bool:
    return not source.include or any(fnmatchcase(path, glob) for glob in source.include)


def _is_excluded(path: str, source: Source) -> bool:
    return any(fnmatchcase(path, glob) for glob in source.exclude)


def _reflect(
    connection: sa.Connection, server: Server, schema: str | None, facts: dict[str, Facts] | None
) -> dict[str, Shape]:
    """The tables named by ``facts``, or all of a schema: in bulk, or one by one where one of them breaks the bulk."""
    if facts is not None and not facts:
        return {}
    with unknown_types():
        try:
            shapes = {
                **_reflect_kind(connection, schema, ObjectKind.TABLE, facts),
                **_reflect_kind(connection, schema, ObjectKind.ANY_VIEW, facts),
            }
        except sa.exc.SQLAlchemyError:
            connection.rollback()
            shapes = {}
        names = shapes.keys() | _names(connection, schema) if facts is None else facts.keys()
        for name in names - shapes.keys():
            shapes[name] = _reflect_one(connection, server, schema, name)
    return {name: shapes[name] for name in sorted(names)}


def _reflect_kind(
    connection: sa.Connection, schema: str | None, kind: ObjectKind, facts: Collection[str] | None
) -> dict[str, Shape]:
    inspector = sa.inspect(connection)
    names = None if facts is None else sorted(facts)
    columns = inspector.get_multi_columns(schema, names, kind=kind, scope=ObjectScope.DEFAULT)
    is_view = kind is not ObjectKind.TABLE
    keys: dict[Any, Any] = {} if is_view else inspector.get_multi_pk_constraint(schema, names, kind=kind)
    references: dict[Any, Any] = {} if is_view else inspector.get_multi_foreign_keys(schema, names, kind=kind)
    return {
        name: Shape(
            found,
            keys.get((owner, name), {}).get("constrained_columns", ()),
            references.get((owner, name), ()),
            is_view,
        )
        for (owner, name), found in columns.items()
    }


def _reflect_one(connection: sa.Connection, server: Server, schema: str | None, name: str) -> Shape:
    inspector = sa.inspect(connection)
    try:
        return Shape(
            inspector.get_columns(name, schema),
            inspector.get_pk_constraint(name, schema).get("constrained_columns", ()),
            inspector.get_foreign_keys(name, schema),
        )
    except sa.exc.SQLAlchemyError as error:
        connection.rollback()
        return Shape(failure=explain(error, server, path_of(schema, name)))


def _names(connection: sa.Connection, schema: str | None) -> set[str]:
    inspector = sa.inspect(connection)
    return {*inspector.get_table_names(schema), *inspector.get_view_names(schema)}


def _entry(
    server: Server,
    source: str,
    named: tuple[str | None, str],
    shape: Shape,
    facts: Facts,
    dialect: sa.Dialect,
    fingerprint: str | None,
) -> Container | Skip:
    path = path_of(*named)
    if shape.failure:
        return shape.failure.skip(source)
    if not facts.readable:
        return Skip(
            source, path, SkipCode.NO_PERMISSION, f"the account may not read it ({server.name}: no SELECT right)"
        )
    return Container(
        source=source,
        path=path,
        kind="view" if shape.is_view or facts.is_view else "table",
        locator=(named[0] or "", named[1], facts.hint),
        rows=facts.rows,
        rows_exact=facts.rows_exact,
        size_bytes=facts.size_bytes,
        fingerprint=fingerprint,
        columns=_columns(server, shape, named[0], dialect),
        foreign_keys=_foreign_keys(server, shape, named[0]),
        notes=facts.notes,
    )


def _columns(server: Server, shape: Shape, schema: str | None, dialect: sa.Dialect) -> tuple[Column, ...]:
    references: dict[str, str] = {}
    for found in shape.references:
        place = (
            [found["referred_table"]]
            if found["referred_schema"] in {None, schema}
            else [found["referred_schema"], found["referred_table"]]
        )
        pairs = zip(found["constrained_columns"], found["referred_columns"], strict=False)
        references |= {own: ".".join(map(server.spell, [*place, other])) for own, other in pairs}
    return tuple(
        Column(
            name=server.spell(column["name"]),
            sql_type=_type_name(column["type"], dialect),
            primary_key=column["name"] in shape.key,
            nullable=bool(column.get("nullable", True)),
            references=references.get(column["name"]),
        )
        for column in shape.columns
    )


def _foreign_keys(server: Server, shape: Shape, schema: str | None) -> tuple[ForeignKey, ...]:
    found = []
    for each in shape.references:
        owner = each["referred_schema"] or schema
        parent = path_of(owner and server.spell(owner), server.spell(each["referred_table"]))
        own, others = (tuple(map(server.spell, each[side])) for side in ("constrained_columns", "referred_columns"))
        if own and len(own) == len(others):
            found.append(ForeignKey(own, parent, others))
    return tuple(sorted(found, key=lambda each: (each.columns, each.parent, each.parent_columns)))


def _type_name(kind: Any, dialect: sa.Dialect) -> str | None:
    try:
        return str(kind.compile(dialect=dialect))
    except sa.exc.SQLAlchemyError:
        return None
