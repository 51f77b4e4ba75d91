"""The documents of the inventory commands."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from piiscan.model import Cell, Document, Section
from piiscan.report import Places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from piiscan.inventory import ContainerRecord, HoldingRecord, Interval

SHORT: Final = 8
"""Digits of an id that tables show: enough for `inventory show`."""
_HOLDING_COLUMNS: Final = (
    "id", "source", "container", "member", "container_kind", "column", "data_type", "label", "categories", "group", "sensitive",
    "confidence", "evidence", "recognizers", "cells_seen", "cells_matched", "rows_total", "coverage", "first_seen", "last_seen",
    "oldest_at", "newest_at", "owners", "why",
)  # fmt: skip
_CONTAINER_COLUMNS: Final = (
    "source", "container", "member", "container_kind", "status", "coverage", "rows_total", "rows_seen", "bound", "scanned_at",
    "holdings", "size_bytes", "columns", "notes",
)  # fmt: skip
_EVIDENCE: Final = {
    "values": "values that match",
    "name": "the column's name",
    "metadata": "what kind of file it is",
    "text": "passages of running text",
    "declared": "a declaration in the configuration",
}
_SENSITIVE: Final = {
    "always": "sensitive personal information (category L)",
    "conditional": "sensitive under conditions that [rules] sensitive_when confirms",
    "policy": "treated as sensitive though the statute does not name it",
    "no": "not sensitive by law",
}


def holdings(
    found: Sequence[HoldingRecord], containers: Sequence[ContainerRecord], filters: Mapping[str, Any], *, redact: bool
) -> Document:
    """The document of ``inventory list``."""
    places = Places(redact=redact)
    return Document(
        kind="inventory.list",
        title="Inventory",
        body={"filters": dict(filters), "holdings": [holding_body(record, places) for record in found]},
        lead=(
            f"{_count(len(found), 'holding')} in {_count(len({_place(record) for record in found}), 'container')}.",
            *unread(containers),
        ),
        sections=(holding_table(found, places),),
        flat=_holding_flat(found, places),
    )


def containers(found: Sequence[ContainerRecord], filters: Mapping[str, Any], *, redact: bool) -> Document:
    """The document of ``inventory containers``."""
    places = Places(redact=redact)
    holding = {(record.source, record.container) for record in found if record.holdings}
    clean = sum(record.bound is not None and not record.holdings and not _is_shell(record, holding) for record in found)
    return Document(
        kind="inventory.containers",
        title="Containers",
        body={"filters": dict(filters), "containers": [_container_body(record, places) for record in found]},
        lead=(f"{_count(len(found), 'container')}, {clean:,} of them clean as far as they were read.", *unread(found)),
        sections=(_container_table(found, places),),
        flat=_container_flat(found, places),
    )


def found(
    text: str,
    held: Sequence[HoldingRecord],
    boxes: Sequence[ContainerRecord],
    filters: Mapping[str, Any],
    *,
    redact: bool,
) -> Document:
    """The document of ``inventory search``."""
    places = Places(redact=redact)
    body = {
        "text": text,
        "filters": dict(filters),
        "holdings": [holding_body(record, places) for record in held],
        "containers": [_container_body(record, places) for record in boxes],
    }
    sections = [holding_table(held, places)] if held else []
    sections += [_container_table(boxes, places)] if boxes else []
    lead = f"{_count(len(held), 'holding')} and {_count(len(boxes), 'container')} are named so."
    return Document("inventory.search", f"Search: {text}", body, tuple(sections), (lead,), _holding_flat(held, places))


def explained(
    record: HoldingRecord, container: ContainerRecord, history: Sequence[Interval], *, redact: bool
) -> Document:
    """The document of ``inventory show``."""
    places = Places(redact=redact)
    facts = Section("", ("what", "how it stands"), tuple(_facts(record, container, places)))
    spans: tuple[tuple[Cell, ...], ...] = tuple(
        (
            str(each.from_run),
            "now" if each.to_run is None else str(each.to_run),
            each.strength,
            " and ".join(each.evidence),
            _ending(each),
        )
        for each in history
    )
    body = {
        "holding": holding_body(record, places),
        "container": _container_body(container, places),
        "history": [each.body() for each in history],
    }
    title = f"{record.label}: {places.spoken(record, record.column)}"
    return Document(
        "inventory.show",
        title,
        body,
        (facts, Section("Runs", ("from run", "to run", "confidence", "evidence", "then"), spans)),
    )


def unread(found: Sequence[ContainerRecord]) -> tuple[str, ...]:
    """The sentence that must stand above any list: what was not read cannot be called clean."""
    by_status = Counter(record.status for record in found)
    skipped, partial = by_status["skipped"], by_status["partial"]
    if not skipped + partial:
        return ()
    return (f"Not all is known: {skipped:,} not read, {partial:,} read in part (see piiscan runs show).",)


def _facts(record: HoldingRecord, container: ContainerRecord, places: Places) -> list[tuple[Cell, ...]]:
    kinds = ", ".join(_EVIDENCE[kind] for kind in record.evidence)
    rows: list[tuple[Cell, ...]] = [
        ("id", record.id),
        ("place", f"{record.container_kind} {places.spoken(record, record.column)}"),
        ("data type", f"{record.data_type} ({record.group})" if record.group else record.data_type),
        ("categories", _letters(record) or "none of the CCPA's"),
        ("sensitive", _SENSITIVE[record.sensitive]),
        ("confidence", f"{record.confidence:.2f}, from {kinds}"),
        ("found by", record.recognizers),
        ("matched", f"{record.cells_matched:,} of {record.cells_seen:,} cells that hold anything"),
        ("read", _reading(container)),
        ("first seen", f"{record.first_seen:%Y-%m-%d %H:%M} UTC"),
        ("last seen", f"{record.last_seen:%Y-%m-%d %H:%M} UTC"),
        ("rows dated", f"{record.oldest_at} to {record.newest_at}" if record.oldest_at else "no collection date known"),
        ("owners", record.owners),
    ]
    return rows if places.redact else [*rows, ("why", record.why)]


def _reading(container: ContainerRecord) -> str:
    """How much of a container was read and what follows, in words."""
    total = f"{container.rows_total:,}" if container.rows_total is not None else "an unknown number of"
    rows = f"{container.rows_seen:,} of {total} rows"
    if container.status == "skipped":
        return f"not read in the last run; before, {rows}" if container.scanned_at else "never read"
    if container.bound is None:
        return f"{rows}, in part: the rest is not known"
    return f"all rows ({container.rows_seen:,})" if container.coverage == "full" else f"a sample, {rows}"


def _ending(interval: Interval) -> str:
    reasons = {
        "absent": "read without it",
        "unlisted": "container gone",
        None: "stands" if interval.to_run is None else "changed",
    }
    return reasons[interval.ended]


def holding_table(found: Sequence[HoldingRecord], places: Places) -> Section:
    """Holdings as a table that fits 80 columns."""
    rows = tuple(
        (
            record.id[:SHORT],
            places.spoken(record, record.column),
            record.data_type,
            _letters(record),
            f"{record.confidence:.2f}",
            f"{record.cells_matched:,} of {record.cells_seen:,}",
        )
        for record in found
    )
    return Section("Holdings", ("id", "place", "data type", "CCPA", "sure", "matched"), rows)


def _container_table(found: Sequence[ContainerRecord], places: Places) -> Section:
    rows = tuple(
        (
            places.spoken(record),
            record.status,
            record.rows_total,
            record.rows_seen,
            _share(record.bound),
            record.holdings,
        )
        for record in found
    )
    return Section("Containers", ("place", "status", "rows", "read", "could hide", "holdings"), rows)


def _share(bound: float | None) -> str:
    return "unknown" if bound is None else "0 %" if bound == 0 else f"{bound * 100:.2g} %"


def _holding_flat(found: Sequence[HoldingRecord], places: Places) -> Section:
    bodies = [holding_body(record, places) for record in found]
    return _flat("Holdings", bodies, _HOLDING_COLUMNS)


def _container_flat(found: Sequence[ContainerRecord], places: Places) -> Section:
    return _flat("Containers", [_container_body(record, places) for record in found], _CONTAINER_COLUMNS)


def _flat(title: str, bodies: Sequence[Mapping[str, Any]], columns: tuple[str, ...]) -> Section:
    rows = tuple(tuple(_cell(body[column]) for column in columns) for body in bodies)
    return Section(title, columns, rows)


def _cell(value: Any) -> Cell:
    """A body's value as a table's cell: dates and times as ISO 8601."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    return value.isoformat() if isinstance(value, date) else value


def holding_body(record: HoldingRecord, places: Places) -> dict[str, Any]:
    """The contract's keys of a holding; redacted, also without the sentence that names its column."""
    body = record.body() | places.of(record) | {"column": places.column(record, record.column)}
    return body | {"why": None} if places.redact else body


def _container_body(record: ContainerRecord, places: Places) -> dict[str, Any]:
    return record.body() | places.of(record)


def _is_shell(record: ContainerRecord, holding: set[tuple[str, str]]) -> bool:
    """Whether it holds nothing itself, but something in it does."""
    return not record.member and (record.source, record.container) in holding


def _letters(record: HoldingRecord) -> str:
    return "".join(record.categories)


def _place(record: HoldingRecord | ContainerRecord) -> tuple[object, ...]:
    return (record.source, record.container, record.member)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
