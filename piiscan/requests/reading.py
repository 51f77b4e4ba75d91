"""What the inventory knows to hold some data types, read row by row: for comparing with hashes, and for files, which cannot be asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import closing
from typing import TYPE_CHECKING

from piiscan.errors import SourceError
from piiscan.model import Container, Skip, SkipCode
from piiscan.sources import connector_for, read_plan

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from piiscan.config import Config
    from piiscan.inventory import HoldingRecord, Inventory
    from piiscan.model import Batch

Where = tuple[str, tuple[str, ...]]
"""A container's path, and the member of it."""
Columns = dict[str, tuple[str, ...]]
"""Data type -> the columns that hold it, sorted."""
GONE = "it is in the inventory, and gone"


def held_columns(holdings: Iterable[HoldingRecord], data_types: Collection[str] | None = None) -> dict[Where, Columns]:
    """Where one source's columns hold these types, or any type.

    A column of running text holds a value among other words: its cells are nothing to compare.
    """
    found: dict[Where, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for held in holdings:
        if (
            held.column is not None
            and "text" not in held.evidence
            and (data_types is None or held.data_type in data_types)
        ):
            found[held.container, held.member][held.data_type].append(held.column)
    return {
        place: {name: tuple(sorted(columns)) for name, columns in by_type.items()} for place, by_type in found.items()
    }


def never_read(inventory: Inventory, source: str) -> list[Skip]:
    """What of a source no scan has read, so that nothing is known of whom it speaks: a line for each reason.

    What was read once is known from then, though the last scan could not read it again.
    """
    runs = [run for run in inventory.runs() if source in {each.name for each in run.sources}]
    if not runs:
        return [Skip(source, None, SkipCode.ERROR, "it was never scanned: nothing is known of what it holds")]
    known = inventory.containers(source=source)
    never = {(each.container, each.member) for each in known if each.scanned_at is None}
    skips = [each for each in inventory.skips(runs[-1].run_id) if each.source == source]
    told = Counter(each.code for each in skips if each.hides or (each.container, each.member) in never)
    told.update(each.code for each in skips if each.container is None and not known)
    return [
        Skip(source, None, code, f"{number:,} places of it no scan could read: nothing is known of what they hold")
        for code, number in sorted(told.items())
    ]


def count_texts(holdings: Iterable[HoldingRecord], data_types: Collection[str]) -> int:
    """How many places hold these types in running text, and are not looked at."""
    return sum(each.data_type in data_types and (each.column is None or "text" in each.evidence) for each in holdings)


def read(config: Config, source: str, places: Collection[Where]) -> Iterator[Container | Batch | Skip]:
    """Every row of these places: a Container when its reading begins, then batches of it or of its members, in full.

    What could not be read, or is gone, comes as a Skip; raises nothing for the source's faults.
    """
    wanted = {path for path, _ in places}
    try:
        with closing(connector_for(config, config.source(source), read_plan(config, "full"))) as connector:
            for item in connector.containers():
                if isinstance(item, Skip):
                    if item.hides or item.container in wanted:
                        wanted.discard(item.container or "")
                        yield item
                elif item.path in wanted:
                    wanted.discard(item.path)
                    yield item
                    try:
                        yield from _chosen(connector.batches(item), places)
                    except SourceError as error:
                        yield error.skip(source, container=item.path)
    except SourceError as error:
        yield error.skip(source)
        return
    yield from (Skip(source, path, SkipCode.VANISHED, GONE) for path in sorted(wanted))


def _chosen(items: Iterable[Batch | Skip], places: Collection[Where]) -> Iterator[Batch | Skip]:
    """All skips, and the batches of these places."""
    for item in items:
        if isinstance(item, Skip) or (item.container.path, item.container.member) in places:
            yield item


def cells(batch: Batch, columns: Mapping[str, Sequence[str]]) -> Iterator[dict[str, list[str]]]:
    """The values of each row by the data type of their columns, empty ones left out."""
    known = {name: [batch.columns[each] for each in held if each in batch.columns] for name, held in columns.items()}
    for number in range(batch.rows):
        yield {
            name: [str(values[number]) for values in several if values[number] is not None]
            for name, several in known.items()
        }
