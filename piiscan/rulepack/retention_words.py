"""Mistakes in files of retention rules, in plain words."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from piiscan.errors import RuleError
from piiscan.rulepack import files
from piiscan.rulepack.retention_schema import FORMS
from piiscan.rulepack.spelling import near

_Model = TypeVar("_Model", bound=BaseModel)


def check_table(model: type[_Model], raw: dict[str, Any], place: str) -> _Model:
    """The table as the model takes it. Raises RuleError naming the first key that is wrong."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        problem = error.errors()[0]
        path = _in_file(problem["loc"], raw)
        text, hint = _explain(model, problem, path)
        raise RuleError(": ".join(part for part in (place, files.place(path, raw), text) if part), hint=hint) from None


def _in_file(loc: tuple[int | str, ...], raw: Any) -> tuple[int | str, ...]:
    """Pydantic's path to a problem without the steps that are its own (members of a union); a missing key stays."""
    path: list[int | str] = []
    node = raw
    for step in loc:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            if not isinstance(node, dict) or step != loc[-1]:
                continue
        path.append(step)
    return tuple(path)


def _explain(model: type[BaseModel], problem: Any, path: tuple[int | str, ...]) -> tuple[str, str]:
    """A problem of pydantic's as a sentence about the key, and what to do."""
    kind, context = problem["type"], problem.get("ctx", {})
    keys = [step for step in path if isinstance(step, str)]
    if kind == "extra_forbidden":
        return "is no key here", near(keys[-1], _steps(model))
    if kind == "value_error":
        return str(context["error"]), ""
    if kind == "string_pattern_mismatch":
        return FORMS[context["pattern"]], ""
    wording = _WORDING.get(kind.partition("_from_")[0])
    return (wording.format(**context) if wording else str(problem["msg"])), ""


def _steps(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


_WORDING = {
    "missing": "is missing",
    "literal_error": "must be {expected}",
    "string_type": "must be text in quotes",
    "tuple_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "date_type": "must be a day such as 2026-01-01",
    "date": "must be a day such as 2026-01-01",
    "date_parsing": "must be a day such as 2026-01-01",
}
"""Pydantic's kinds of error in our words (https://docs.pydantic.dev/latest/errors/validation_errors/)."""
