"""What is wrong with a configuration: every problem at once, each with its file, line and key, none with a value."""

from __future__ import annotations

import difflib
import functools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

from piiscan.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic import BaseModel, ValidationError

Place = tuple[str | int, ...]

_WORDING: Final = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "tuple_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "path_type": "must be text in quotes",
    "is_instance_of": "must be text in quotes",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "string_pattern_mismatch": "must match {pattern}",
}
"""Pydantic's kinds of error in our words (https://docs.pydantic.dev/latest/errors/validation_errors/)."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend. ``line`` counts from 1; 0 = the file as a whole."""

    file: str
    line: int
    key: str
    """As TOML would write it; empty for the file as a whole."""
    problem: str

    def __str__(self) -> str:
        return ": ".join(
            part for part in (f"{self.file}:{self.line}" if self.line else self.file, self.key, self.problem) if part
        )


class InvalidConfigError(ConfigError):
    """The configuration has these problems; the message has a line for each, in the file's order."""

    def __init__(self, problems: Iterable[Problem], *, hint: str = "") -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)), hint=hint)

    def __reduce__(self) -> tuple[object, ...]:
        return (functools.partial(InvalidConfigError, hint=self.hint), (self.problems,))


class Places:
    """The lines of one file, by key, and how a key is written."""

    def __init__(self, file: str, lines: Mapping[Place, int]) -> None:
        self.file = file
        self._lines = lines

    def problem(self, place: Place, text: str) -> Problem:
        """The problem at a key; where that key is missing, at the table it is missing from.

        A text that begins with another key of the file, as connectors write it, is about that one.
        """
        named, colon, rest = text.partition(": ")
        for known in self._lines if colon else ():
            if spell(known) == named:
                place, text = known, rest
                break
        return Problem(self.file, self.line(place), spell(place), text)

    def line(self, place: Place) -> int:
        """The line of a key or of the nearest table above it; 0 when there is none."""
        return next((self._lines[place[:end]] for end in range(len(place), 0, -1) if place[:end] in self._lines), 0)


def spell(place: Place) -> str:
    """The key as TOML writes it: ``sources.crm.clocks."public.accounts".collected``, ``scan.tolerate[0]``."""
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            key = part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else json.dumps(part, ensure_ascii=False)
            text += f".{key}" if text else key
    return text


def explain(error: ValidationError, table: type[BaseModel], places: Places) -> list[Problem]:
    """What pydantic found, in our words; nothing of what it was given."""
    found = error.errors(include_url=False, include_input=False)
    return [
        places.problem(tuple(step for step in item["loc"] if step != "[key]"), _word(item, table)) for item in found
    ]


def _word(item: Any, table: type[BaseModel]) -> str:
    kind, context = item["type"], item.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "extra_forbidden":
        known = list(_table_at(table, item["loc"][:-1]).model_fields)
        close = difflib.get_close_matches(str(item["loc"][-1]), known, n=1)
        return f"unknown key; did you mean {close[0]}?" if close else f"unknown key; known are {', '.join(known)}"
    if kind in _WORDING:
        return _WORDING[kind].format(**context)
    return (
        str(item["msg"])
        .replace("Input should be", "must be")
        .replace("String should", "must")
        .replace("Value should", "must")
    )


def _table_at(table: type[BaseModel], place: Place) -> type[BaseModel]:
    """The table of the schema that stands at a place."""
    steps = iter(step for step in place if isinstance(step, str))
    for step in steps:
        annotation = table.model_fields[step].annotation
        if get_origin(annotation) is dict:
            next(steps, None)
        table = next(_tables_in(annotation))
    return table


def _tables_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if hasattr(annotation, "model_fields"):
        yield annotation
    for argument in get_args(annotation):
        yield from _tables_in(argument)
