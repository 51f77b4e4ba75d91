"""Exceptions and holds as documents show them: what each is, on which law, how far and until when; never a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from piiscan.report.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from piiscan.inventory import Justification, Scope
    from piiscan.model import Cell
    from piiscan.report.places import Places
    from piiscan.rulepack.retention import RetentionRules

_HOLD_GROUNDS: Final = {"litigation": "X.claim", "law_enforcement": "X.inq", "agency": "X.inq"}
"""What a hold that names no rule stands on: Civ. Code 1798.145(a)(1)."""
_HOLDS: Final = {
    "litigation": "litigation",
    "law_enforcement": "law enforcement",
    "agency": "inquiry of an agency",
    "other": "other",
}
TITLES: Final = ("id", "basis", "law", "reason", "evidence", "approved by", "from", "until", "scope", "state")
FLAT_TITLES: Final = (
    "id", "kind", "against", "basis", "rule", "law", "reason", "evidence", "approver", "author", "use_lock", "starts", "ends", "source",
    "container", "data_types", "row_tests", "subject_types", "state", "renewals", "ended_at", "ended_why", "problems",
)  # fmt: skip


def state_of(justification: Justification, as_of: date) -> str:
    """``not_yet``, ``active``, ``expired`` (of a hold: ``lapsed``) or ``ended``."""
    state = justification.state(as_of)
    return "lapsed" if state == "expired" and justification.kind == "hold" else state


def law_of(justification: Justification, rules: RetentionRules) -> tuple[str, ...]:
    """The citations of its ground and of its rule, as far as the rule packs know them."""
    ground = rules.grounds.get(_HOLD_GROUNDS.get(justification.basis, justification.basis))
    rule = rules.rules.get(justification.rule or "")
    citations = [ground.citation] if ground is not None and (justification.kind == "exception" or rule is None) else []
    if rule is not None:
        citations.append(rule.citation)
    return tuple(filter(None, citations))


def body(
    justification: Justification, rules: RetentionRules, as_of: date, places: Places, problems: Sequence[str] = ()
) -> dict[str, object]:
    """One of them as JSON; words that people wrote may carry names, so that redacting takes them out."""

    def words(text: str) -> str | None:
        return None if places.redact else text

    scope = justification.scope
    return {
        "id": justification.id,
        "kind": justification.kind,
        "against": justification.against,
        "basis": justification.basis,
        "rule": justification.rule,
        "law": law_of(justification, rules),
        "evidence": words(justification.evidence),
        "reason": words(justification.reason),
        "approver": justification.approver,
        "author": justification.author,
        "use_lock": words(justification.use_lock),
        "starts": justification.starts,
        "ends": justification.ends,
        "state": state_of(justification, as_of),
        "scope": {
            "source": scope.source,
            "container": _container(scope, places),
            "data_types": scope.data_types,
            "rows": "all" if scope.sealed is None else "sealed",
            "row_tests": scope.row_tests,
            "subject_types": scope.subject_types,
        },
        "created_at": justification.created_at,
        "renewals": [
            {
                "at": each.at,
                "before": each.before,
                "ends": each.ends,
                "by": each.by,
                "approver": each.approver,
                "why": words(each.why),
            }
            for each in justification.renewals
        ],
        "ended_at": justification.ended_at,
        "ended_by": justification.ended_by,
        "ended_why": words(justification.ended_why),
        "problems": list(problems),
    }


def row(justification: Justification, rules: RetentionRules, as_of: date, places: Places) -> tuple[Cell, ...]:
    """One of them under `TITLES`."""
    return (
        justification.id,
        basis_words(justification),
        law_of(justification, rules),
        None if places.redact else justification.reason,
        None if places.redact else justification.evidence,
        justification.approver,
        str(justification.starts),
        until_words(justification),
        scope_words(justification.scope, places),
        state_of(justification, as_of).replace("_", " "),
    )


def flat_row(told: dict[str, Any]) -> tuple[Cell, ...]:
    """What `body` made under `FLAT_TITLES`."""
    plain = told | told["scope"] | {"renewals": len(told["renewals"])}
    return tuple(_cell(plain[title]) for title in FLAT_TITLES)


def basis_words(justification: Justification) -> str:
    """Its basis and the rule it stands on."""
    basis = (
        _HOLDS.get(justification.basis, justification.basis) if justification.kind == "hold" else justification.basis
    )
    return f"{basis}: {justification.rule}" if justification.rule else basis


def until_words(justification: Justification) -> str:
    """Its end, and how often it was renewed."""
    if justification.ended_on is not None:
        return f"ended on {justification.ended_on}"
    end = "its release" if justification.ends is None else str(justification.ends)
    times = len(justification.renewals)
    return f"{end} (renewed {number_of(times, 'time')})" if times else end


def scope_words(scope: Scope, places: Places) -> str:
    """Where it applies: ``crm:public.*; group:financial; 3 row tests, sealed; a person by email, sealed``."""
    parts = [
        "everything" if (scope.source, scope.container) == ("*", "*") else f"{scope.source}:{_container(scope, places)}"
    ]
    if scope.data_types:
        parts.append(", ".join(scope.data_types))
    if scope.row_tests:
        parts.append(f"{number_of(scope.row_tests, 'row test')}, sealed")
    if scope.subject_types:
        parts.append(f"a person by {', '.join(scope.subject_types)}, sealed")
    return "; ".join(parts)


def _container(scope: Scope, places: Places) -> str:
    return scope.container if scope.container == "*" else places.globs(scope.source, [scope.container])[0]


def _cell(value: Any) -> Cell:
    if isinstance(value, list):
        return tuple(value)
    return value if value is None or isinstance(value, str | int | tuple) else f"{value}"
