"""What the search for a person says of places: found, hardly searched, or not searched; by names or by ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from piiscan.report.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from piiscan.commands.shared import App
    from piiscan.model import Skip
    from piiscan.requests.located import Located


def unread(app: App, skips: Iterable[Skip], *, redact: bool) -> list[dict[str, Any]]:
    """What could not be asked and is not tolerated, by the contract's keys of a skip."""
    places, tolerated = Places(redact=redact), app.config().scan.tolerate
    return [
        {
            "source": skip.source, "container": places.container(skip.source, skip.container), "code": str(skip.code),
            "reason": places.reason(str(skip.code), skip.reason),
        }
        for skip in skips
        if skip.code not in tolerated
    ]  # fmt: skip


def limits(located: Located, unread: list[dict[str, Any]], *, redact: bool) -> dict[str, Any]:
    """What JSON says of what was not, or hardly, searched."""
    return {
        "several": located.several,
        "unindexed": [
            dict(zip(("source", "container", "column"), each, strict=True)) for each in _slow(located, redact=redact)
        ],
        "texts": located.texts,
        "skips": unread,
    }


def warnings(app: App, located: Located, unread: list[dict[str, Any]], *, redact: bool) -> list[str]:
    """The same in sentences."""
    limit = app.config().requests.time_limit.total_seconds()
    columns: dict[str, list[str]] = {}
    for source, box, column in _slow(located, redact=redact):
        columns.setdefault(source, []).append(f"{box}.{column}")
    said = [
        f"No index helps to search {source}: {', '.join(found)}: all rows of those were read, for {limit:,.0f} s each at most."
        for source, found in columns.items()
    ]
    if located.texts:
        said.append(f"{located.texts:,} places hold such values in running text: not searched.")
    return said + [f"Not asked: {each['source']} {each['container'] or ''}: {each['reason']}" for each in unread]


def _slow(located: Located, *, redact: bool) -> list[tuple[str, str | None, str | None]]:
    """Source, container and column of what no index helps to search."""
    places = Places(redact=redact)
    return [
        (source, places.container(source, box), places.named(source, box, column))
        for source, box, column in sorted(set(located.unindexed))
    ]
