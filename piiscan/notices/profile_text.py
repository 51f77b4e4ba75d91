"""A proposed profile as the TOML of `rules/notices`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from piiscan.notices.importing import Proposal


def profile_text(proposal: Proposal) -> str:
    """The file, ready to be read and corrected by a person; `piiscan.rulepack.notice` loads it."""
    return "".join(f"{line}\n" for line in _lines(proposal))


def _lines(proposal: Proposal) -> Iterator[str]:
    yield "# Proposed by piiscan notice import: read it beside the notice, and correct it."
    yield f"id = {_value(proposal.id)}"
    yield f"title = {_value(proposal.title)}"
    if proposal.last_updated is not None:
        yield f"last_updated = {proposal.last_updated.isoformat()}"
    for heading in proposal.headings:
        yield from _table("heading", heading)
    for promise in proposal.promises:
        yield from _table("promise", {key: value for key, value in promise.items() if key != "check"})
        for check in promise["check"]:
            yield from _table("promise.check", check)
    for lag in proposal.lags:
        yield from _table("lag", lag)


def _table(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", f"[[{name}]]")
    yield from (f"{key} = {_value(value)}" for key, value in table.items())


def _value(value: Any) -> str:
    """As TOML: its basic strings take JSON's escapes."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_value(key)} = {_value(each)}' for key, each in value.items())} }}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
