"""XML parsers that resolve no entity, load nothing and reach nowhere: the only ones the readers use."""

from __future__ import annotations

from typing import Any, Final

_SAFE: Final[dict[str, Any]] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
    "encoding": "utf-8",
}


def listening(target: object) -> Any:
    """A parser to feed UTF-8 bytes to, which calls ``target`` and builds no tree."""
    from lxml import etree  # noqa: PLC0415 - heavy

    return etree.XMLParser(target=target, **_SAFE)  # type: ignore[arg-type]  # the stubs know no partial target


def opened(text: str, *, lenient: bool, complete: bool = False) -> list[tuple[str, str]]:
    """The starts and ends of elements in a document's beginning: ``("start", tag)``...

    Raises SyntaxError unless lenient, and for an end that is missing when the text should be ``complete``.
    """
    from lxml import etree  # noqa: PLC0415 - heavy

    parser: Any = etree.XMLPullParser(events=("start", "end"), recover=lenient, **_SAFE)
    parser.feed(text.encode("utf-8", "replace"))
    if complete:
        parser.close()
    return [(event, local(element.tag)) for event, element in parser.read_events()]


def local(name: object) -> str:
    """A name without its namespace."""
    return str(name).rsplit("}", 1)[-1]
