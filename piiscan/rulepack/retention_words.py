"""Mistakes in files of retention rules, in plain words."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from piiscan.errors import RuleError
from piiscan.rulepack import files
from piiscan.rulepack.spelling import near

_Model = TypeVar("_Model", bound=BaseModel)


def check_table(model: type[_Model], raw: dict[str, Any], place: str) -> _Model:
    """The table as the model takes it. Raises RuleError naming the first key that is wrong."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        problem = error.errors()[0]
        path = tuple(
            step for step in problem["loc"] if not isinstance(step, str) or step in _steps(model) or step in str(raw)
        )
        key = files.place(path, raw)
        text, hint = _explain(model, problem, str(path[-1]) if path else "")
        raise RuleError(f"{place}: {key}: {text}" if key else f"{place}: {text}", hint=hint) from None


def _steps(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def _explain(model: type[BaseModel], problem: Any, key: str) -> tuple[str, str]:
    """A problem of pydantic's as a sentence about the key, and what to do."""
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "missing":
        return "is missing", ""
    if kind == "extra_forbidden":
        return "is no key here", near(key, _steps(model))
    if kind == "literal_error":
        return f"must be {context['expected']}", ""
    if kind == "value_error":
        return str(context["error"]), ""
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(key, "must not be empty" if context["pattern"] == r"\S" else "is malformed"), ""
    return str(problem["msg"])[:1].lower() + str(problem["msg"])[1:], ""


_PATTERNS = {
    "id": "must be a name in small letters, such as our_recordings",
    "status": "must be C, S or G, or two of them such as C / G",
    "trigger": "must be an event, in small letters and underscores, such as call_date",
}
