"""What the tables ``[[promise]]`` and ``[[lag]]`` of a notice profile may contain, checked with pydantic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, ValidationError, model_validator

from piiscan.errors import RuleError
from piiscan.periods import Period
from piiscan.rulepack.files import place
from piiscan.rulepack.promises import Check, CheckKind, Lag, Mark, Promise

if TYPE_CHECKING:
    from collections.abc import Sequence

Words = Annotated[str, Field(pattern=r"\S")]

KEYS: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    kind: (frozenset(needed.split()), frozenset(allowed.split()))
    for kind, needed, allowed in (
        ("disclosed", "", "data_types other_than headings by"),
        ("found", "data_types", ""),
        ("sources_named", "", "named same headings"),
        ("purposes_named", "named", "same"),
        ("recipients_named", "named", "same headings"),
        ("legal_basis", "named", "same"),
        ("not_sold", "", "data_types"),
        ("region", "named", "same open safeguards"),
        ("retention", "", "data_types"),
        ("never_stored", "data_types", "doubtful beside columns mark"),
        ("deidentified", "", "data_types"),
        ("cookies_identify", "data_types beside", ""),
        ("no_minors", "age", "mark"),
        ("readable_passwords", "", "data_types"),
        ("unused_credentials", "after", "data_types"),
        ("world_readable", "", "data_types"),
        ("encrypted", "", ""),
        ("owners", "", ""),
        ("client_contacts", "", ""),
        ("held_in", "named", ""),
        ("exceptions_named", "", "named open"),
        ("barred", "why citation", ""),
        ("service", "command", "does"),
    )
}
"""Kind of check -> the keys it needs, and those it may have besides."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CheckTable(_Table):
    """A ``[[promise.check]]``; see `piiscan.rulepack.promises.Check`."""

    kind: CheckKind
    data_types: tuple[Words, ...] = ()
    other_than: tuple[Words, ...] = ()
    doubtful: tuple[Words, ...] = ()
    beside: tuple[Words, ...] = ()
    columns: tuple[Words, ...] = ()
    mark: Mark | None = None
    headings: tuple[Annotated[StrictInt, Field(ge=1)], ...] = ()
    by: Literal["data_type", "category"] = "data_type"
    named: tuple[Words, ...] = ()
    same: dict[Words, tuple[Words, ...]] | None = None
    open: StrictBool = False
    safeguards: StrictBool = False
    age: Annotated[StrictInt, Field(ge=1, le=120)] | None = None
    after: str | None = None
    command: str = ""
    does: str = ""
    why: str = ""
    citation: str = ""

    @model_validator(mode="after")
    def _its_own_keys(self) -> CheckTable:
        needed, allowed = KEYS[self.kind]
        given = self.model_fields_set - {"kind"}
        if lacking := sorted(needed - given):
            raise ValueError(f"a check of kind {self.kind} needs {', '.join(lacking)}")
        if foreign := sorted(given - needed - allowed):
            raise ValueError(f"a check of kind {self.kind} has no {', '.join(foreign)}")
        if self.after is not None:
            Period.parse(self.after)
        return self


class Terms(BaseModel):
    """The ``terms`` of a promise: those that `piiscan requests verify` applies are checked, others are for reading."""

    model_config = ConfigDict(frozen=True, extra="allow")

    data_points: tuple[Words, ...] = ()
    if_any: tuple[Words, ...] = ()
    least_data_points: Annotated[StrictInt, Field(ge=1, le=10)] | None = None
    most_data_points: Annotated[StrictInt, Field(ge=1, le=10)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Terms:
        if foreign := sorted(set(self.if_any) - set(self.data_points)):
            raise ValueError(f"if_any: {foreign[0]} is none of data_points")
        if self.least_data_points and self.most_data_points and self.least_data_points > self.most_data_points:
            raise ValueError("most_data_points is less than least_data_points")
        return self


class PromiseTable(_Table):
    """A ``[[promise]]``."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$")]
    text: Words
    check: Annotated[tuple[CheckTable, ...], Field(min_length=1)]
    terms: Terms = Terms()


class LagTable(_Table):
    """A ``[[lag]]``."""

    id: Words
    text: Words
    citation: Words
    promises: tuple[Words, ...] = ()


class NoticeTables(BaseModel):
    """The part of a profile that is checked here; its head and its headings are checked by `piiscan.rulepack.notices`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    promise: tuple[PromiseTable, ...] = ()
    lag: tuple[LagTable, ...] = ()


def promises_of(raw: dict[str, Any], where: str, headings: int) -> tuple[tuple[Promise, ...], tuple[Lag, ...]]:
    """The promises and lags of a profile with so many headings. Raises RuleError naming file, table and key."""
    try:
        tables = NoticeTables.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        problem = first["msg"].removeprefix("Value error, ")
        raise RuleError(f"{where}: {place(first['loc'], raw)}: {problem}") from None
    ids = [table.id for table in tables.promise]
    _refuse_wrong(where, tables, ids, headings)
    return (
        tuple(
            Promise(table.id, table.text, tuple(map(_check, table.check)), _terms(table)) for table in tables.promise
        ),
        tuple(Lag(table.id, table.text, table.citation, table.promises) for table in tables.lag),
    )


def _terms(table: PromiseTable) -> dict[str, object]:
    return table.terms.model_dump(exclude_unset=True)


def _check(table: CheckTable) -> Check:
    values = {name: getattr(table, name) for name in CheckTable.model_fields}
    return Check(**values | {"after": Period.parse(table.after) if table.after else None})


def _refuse_wrong(where: str, tables: NoticeTables, ids: Sequence[str], headings: int) -> None:
    """Raises RuleError for an id used twice, a heading or a promise that is not there."""
    if double := next((id_ for id_ in ids if ids.count(id_) > 1), None):
        raise RuleError(f"{where}: promise {double}: id: stands there twice")
    for promise in tables.promise:
        for number, check in enumerate(promise.check, 1):
            if beyond := [each for each in check.headings if each > headings]:
                raise RuleError(
                    f"{where}: promise {promise.id}: check {number}: headings: there is no heading {beyond[0]}"
                )
    for lag in tables.lag:
        if unknown := next((id_ for id_ in lag.promises if id_ not in ids), None):
            raise RuleError(f"{where}: lag {lag.id}: promises: there is no promise {unknown}")
