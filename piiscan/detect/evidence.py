"""What a column's declaration says against a rule that its name fits: no room for such values, or a list of others."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import regex

from piiscan.detect.cells import declared_length, declared_options
from piiscan.detect.gates import gate_of

if TYPE_CHECKING:
    from piiscan.detect.engine import Engine
    from piiscan.model import Column
    from piiscan.rulepack import ColumnRule

_FEWEST: Final = 4
"""Characters below which nothing is left of a value that recognizers know by its form."""
_HALF: Final = 0.5
"""Share of an enumeration's values that must have a rule's form."""


def is_ruled_out(column: Column, rule: ColumnRule, engine: Engine) -> bool:
    """Whether the declared type cannot hold what the rule speaks of: an e-mail address in a CHAR(1), a phone in an ENUM.

    What a yes or no can say may stand there as one letter.
    """
    room = declared_length(column.sql_type)
    if room is not None and room < _shortest(rule, engine) and not (room == 1 and "boolean" in rule.kinds):
        return True
    options = declared_options(column.sql_type)
    return bool(options) and not _is_listed(rule, options, engine)


def _shortest(rule: ColumnRule, engine: Engine) -> int:
    """Characters that the shortest value has, as far as the rule's form or the recognizers tell."""
    if rule.shape:
        return gate_of(rule.shape).length
    return _FEWEST if rule.data_type in engine.recognized else 0


def _is_listed(rule: ColumnRule, options: tuple[str, ...], engine: Engine) -> bool:
    """Whether an enumeration's values could be what the rule speaks of; what recognizers find is never a list of choices."""
    if not rule.shape:
        return rule.data_type not in engine.recognized
    formed = sum(_compiled(rule.shape).fullmatch(option) is not None for option in options)
    return formed >= _HALF * len(options)


@lru_cache(maxsize=1_024)
def _compiled(shape: str) -> regex.Pattern[str]:
    return regex.compile(shape, regex.IGNORECASE)
