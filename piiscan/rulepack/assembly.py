"""Rule files read, checked and joined into one `RulePacks`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import regex
from pydantic import ValidationError

from piiscan.errors import RuleError
from piiscan.model import LETTERS, DataType
from piiscan.rulepack import ColumnRule, Entity, Pattern, Predefined, Recognizer, RulePacks, files
from piiscan.rulepack.schema import (
    FOREIGN,
    ColumnTable,
    DataTypeTable,
    EntityTable,
    PredefinedTable,
    RecognizerTable,
    RuleFile,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SHIPPED = ("categories", "recognizers", "retention", "exceptions")
_DERIVED = frozenset({"@people"})
"""Lists no file writes: what a table is about by its columns."""
_T = TypeVar("_T")


class _Draft:
    """What the files read so far add up to."""

    def __init__(self) -> None:
        self.labels: dict[str, str] = {}
        self.citations: dict[str, str] = {}
        self.data_types: dict[str, DataType] = {}
        self.recognizers: dict[str, Recognizer] = {}
        self.predefined: dict[str, Predefined] = {}
        self.entities: dict[str, Entity] = {}
        self.columns: dict[str, ColumnRule] = {}
        self.words: dict[str, tuple[str, ...]] = {}
        self.abbreviations: dict[str, str] = {}
        self.origins: dict[tuple[str, str], str] = {}
        self.overrides: list[str] = []

    def put(
        self, kind: str, table: dict[str, _T], key: str, item: _T, origin: str, *, extra: bool, enabled: bool = True
    ) -> None:
        """Adds an item; an extra folder may replace one, anything else that does is a mistake."""
        earlier = self.origins.get((kind, key))
        if earlier is not None:
            if not extra or earlier == origin:
                raise RuleError(f"{origin}: {kind} {key}: id is already used in {earlier}")
            verb = "replaces" if enabled else "switches off"
            self.overrides.append(f"{origin}: {kind} {key} {verb} the one of {earlier}")
        self.origins[kind, key] = origin
        if enabled:
            table[key] = item
        else:
            table.pop(key, None)


@lru_cache(maxsize=8)
def assemble_shipped(packs: tuple[str, ...], sensitive_when: frozenset[str]) -> RulePacks:
    """The rules of shipped packs alone, read once in a process; see `piiscan.rulepack.load`."""
    return assemble(packs, (), sensitive_when)


def assemble(packs: tuple[str, ...], extra: tuple[Path, ...], sensitive_when: frozenset[str]) -> RulePacks:
    """The joined rules; see `piiscan.rulepack.load`."""
    draft = _Draft()
    known: set[str] = set()
    for origin, file in _shipped_files(packs, known):
        _add(draft, origin, file, sensitive_when, extra=False)
    unknown = [name for name in packs if name not in known]
    if unknown:
        raise RuleError(
            f"unknown rule pack {unknown[0]!r}", hint=f"[rules] packs: shipped are {', '.join(sorted(known))}"
        )
    for folder in extra:
        for origin, file in _extra_files(folder):
            _check_expressions(origin, file)
            _add(draft, origin, file, sensitive_when, extra=True)
    _check_references(draft, sensitive_when)
    return _finish(draft, packs)


def _shipped_files(packs: tuple[str, ...], known: set[str]) -> Iterator[tuple[str, RuleFile]]:
    """The files of the named packs; the names of all packs that exist are put into ``known``."""
    for folder in _SHIPPED:
        for origin, raw in files.shipped(folder):
            known.add(str(raw.get("pack")))
            if raw.get("pack") in packs and folder in {"categories", "recognizers"}:
                yield origin, validate(raw, origin)


def _extra_files(folder: Path) -> Iterator[tuple[str, RuleFile]]:
    for origin, raw in files.own(folder):
        yield origin, validate(raw, origin)


def validate(raw: dict[str, Any], origin: str) -> RuleFile:
    """The tables of detection in a file, those of other rooms left out. Raises RuleError."""
    ours = {key: value for key, value in raw.items() if key not in FOREIGN}
    try:
        return RuleFile.model_validate(ours)
    except ValidationError as error:
        problem = error.errors()[0]
        raise RuleError(f"{origin}: {files.place(problem['loc'], raw)}: {problem['msg']}") from None


def _add(draft: _Draft, origin: str, file: RuleFile, sensitive_when: frozenset[str], *, extra: bool) -> None:
    for category in file.category:
        draft.put("category", draft.labels, category.letter, category.label, origin, extra=extra)
        draft.citations[category.letter] = category.cite
    for table in file.data_type:
        draft.put("data_type", draft.data_types, table.id, data_type(table, sensitive_when), origin, extra=extra)
    for own in file.recognizer:
        draft.put(
            "recognizer", draft.recognizers, own.id, _recognizer(own, origin), origin, extra=extra, enabled=own.enabled
        )
    for stock in file.predefined:
        draft.put(
            "predefined",
            draft.predefined,
            stock.id,
            _predefined(stock, origin),
            origin,
            extra=extra,
            enabled=stock.enabled,
        )
    for named in file.entity:
        draft.put(
            "entity", draft.entities, named.id, _entity(named, origin), origin, extra=extra, enabled=named.enabled
        )
    for column in file.column:
        draft.put(
            "column", draft.columns, column.id, _column(column, origin), origin, extra=extra, enabled=column.enabled
        )
    for words in file.words:
        draft.put("words", draft.words, words.name, words.words, origin, extra=extra)
    for abbreviation in file.abbreviation:
        for short in abbreviation.short:
            draft.put("abbreviation", draft.abbreviations, short, abbreviation.word, origin, extra=extra)


def data_type(table: DataTypeTable, sensitive_when: frozenset[str]) -> DataType:
    """The data type of a table, with letter L where it is sensitive."""
    letters = {letter for letter in table.letters if letter in LETTERS}
    confirmed = table.sensitive == "conditional" and table.id in sensitive_when
    if letters and (table.sensitive in {"always", "policy"} or confirmed):
        letters.add("L")
    return DataType(
        id=table.id,
        label=table.label,
        group=table.group,
        categories=tuple(sorted(letters)),
        sensitive=table.sensitive,
        sensitive_ref=table.sensitive_ref,
        note=table.note,
        never_disclose=table.never_disclose,
        regime_hint=table.regime_hint,
        declared=table.declared,
    )


def _shared(table: RecognizerTable | PredefinedTable | EntityTable, origin: str) -> dict[str, Any]:
    names = ("id", "data_type", "entity", "regions", "context", "context_score", "chance", "rare", "match", "no_match")
    return {name: getattr(table, name) for name in names} | {"origin": origin}


def _recognizer(table: RecognizerTable, origin: str) -> Recognizer:
    patterns = tuple(Pattern(p.name, p.regex, p.score) for p in table.patterns)
    return Recognizer(**_shared(table, origin), patterns=patterns, validator=table.validator)


def _predefined(table: PredefinedTable, origin: str) -> Predefined:
    return Predefined(**_shared(table, origin), recognizer=table.recognizer, scale=table.scale)


def _entity(table: EntityTable, origin: str) -> Entity:
    return Entity(**_shared(table, origin), labels=table.labels, least=table.least, shape=table.shape, held=table.held)


def _column(table: ColumnTable, origin: str) -> ColumnRule:
    names = [field.name for field in fields(ColumnRule) if field.name != "origin"]
    return ColumnRule(**{name: getattr(table, name) for name in names}, origin=origin)


def _check_expressions(origin: str, file: RuleFile) -> None:
    """Raises RuleError for an expression that does not compile. Tests do this for the shipped files: it takes seconds."""
    for recognizer in file.recognizer:
        for pattern in recognizer.patterns:
            _compile(pattern.regex, f"{origin}: recognizer {recognizer.id}: pattern {pattern.name}: regex")
    for entity in file.entity:
        _compile(entity.shape, f"{origin}: entity {entity.id}: shape")
    for column in file.column:
        _compile(column.shape, f"{origin}: column {column.id}: shape")


def _compile(expression: str, place: str) -> None:
    try:
        regex.compile(expression)
    except regex.error as error:
        raise RuleError(f"{place}: {error}") from None


def _check_references(draft: _Draft, sensitive_when: frozenset[str]) -> None:
    """Raises RuleError for a rule that names a data type or word list nobody defines."""
    types = draft.data_types
    finders = [*draft.recognizers.values(), *draft.predefined.values(), *draft.entities.values()]
    for finder in finders:
        _check_type(finder.data_type, types, f"{finder.origin}: {finder.id}: data_type")
    for rule in draft.columns.values():
        place = f"{rule.origin}: column {rule.id}"
        _check_type(rule.data_type, types, f"{place}: data_type")
        for other in rule.confirmed_by:
            _check_type(other, types, f"{place}: confirmed_by")
        phrases = (*rule.names, *rule.not_names, *rule.tables, *rule.not_tables)
        for word in (word for phrase in phrases for word in phrase.split() if word.startswith("@")):
            if word[1:] not in draft.words and word not in _DERIVED:
                raise RuleError(f"{place}: there is no word list {word}")
    for name in sorted(sensitive_when):
        if name not in types or types[name].sensitive != "conditional":
            raise RuleError(f"[rules] sensitive_when: {name!r} is no data type of conditional sensitivity")


def _check_type(name: str, types: dict[str, DataType], place: str) -> None:
    if name not in types:
        raise RuleError(f"{place}: {name!r} is defined nowhere", hint="data types are listed by piiscan rules list")


def _finish(draft: _Draft, packs: tuple[str, ...]) -> RulePacks:
    tables = (
        draft.labels,
        draft.data_types,
        draft.recognizers,
        draft.predefined,
        draft.entities,
        draft.columns,
        draft.words,
        draft.abbreviations,
    )
    plain = [{key: _plain(value) for key, value in table.items()} for table in tables]
    canonical = json.dumps(plain, sort_keys=True, ensure_ascii=True, default=_plain).encode()
    return RulePacks(
        names=packs,
        labels=draft.labels,
        citations=draft.citations,
        data_types=draft.data_types,
        recognizers=draft.recognizers,
        predefined=draft.predefined,
        entities=draft.entities,
        columns=draft.columns,
        words=draft.words,
        abbreviations=draft.abbreviations,
        overrides=tuple(draft.overrides),
        fingerprint=hashlib.sha256(canonical).hexdigest(),
    )


def _plain(value: Any) -> Any:
    """A value as JSON, without the path it comes from: the same rules elsewhere are the same rules."""
    if hasattr(value, "__dataclass_fields__"):
        return {
            key: getattr(value, key) for key in value.__dataclass_fields__ if key not in {"origin", "match", "no_match"}
        }
    return value
