"""``${NAME}`` in the configuration: replaced by the environment's value, never by nothing."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Any, Final

Place = tuple[str | int, ...]

_VARIABLE: Final = re.compile(r"\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)\})?")


class VariableError(Exception):
    """A variable is not set, or ``${`` begins none; the message names it and holds no value."""


def expand(text: str) -> str:
    """The text with every ``${NAME}`` replaced; ``$${`` stands for ``${`` itself. Raises VariableError."""
    return _VARIABLE.sub(_value, text)


def _value(match: re.Match[str]) -> str:
    if match[0] == "$${":
        return "${"
    if match[1] is None:
        raise VariableError("${ begins no variable: write ${NAME}, or $${ for the characters themselves")
    if match[1] not in os.environ:
        raise VariableError(f"the variable {match[1]} is not set")
    return os.environ[match[1]]


@dataclass
class Expansion:
    """A configuration with its variables replaced, except in passwords: those are looked up when they are needed."""

    raw: dict[Place, str] = field(default_factory=dict)
    """What stood in the file where a variable was replaced."""
    errors: dict[Place, str] = field(default_factory=dict)

    def of(self, value: Any, place: Place = ()) -> Any:
        """The value with variables replaced in every string below it; what fails is kept as it is and listed."""
        if isinstance(value, dict):
            return {key: self.of(item, (*place, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self.of(item, (*place, index)) for index, item in enumerate(value)]
        if not isinstance(value, str) or "${" not in value or place[-1] == "password":
            return value
        self.raw[place] = value
        try:
            return expand(value)
        except VariableError as error:
            self.errors[place] = str(error)
            return value
