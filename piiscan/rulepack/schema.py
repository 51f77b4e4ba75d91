"""What a rule file may contain, checked with pydantic: one model for each kind of table."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]*$")]
Letter = Literal["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "none", "any"]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Kind = Literal["text", "integer", "decimal", "date", "boolean", "binary", "json", "network", "place"]


class _Table(BaseModel):
    """A TOML table: unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CategoryTable(_Table):
    """A statutory category and its label, printed unchanged."""

    letter: Annotated[str, Field(pattern="^[A-L]$")]
    label: str
    cite: str


class DataTypeTable(_Table):
    """A data type and where the law puts it."""

    id: Id
    label: str
    group: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    letters: tuple[Letter, ...] = Field(min_length=1)
    sensitive: Literal["always", "conditional", "policy", "no"]
    sensitive_ref: str = ""
    note: str = ""
    never_disclose: bool = False
    regime_hint: str = ""
    declared: str = ""
    """Why neither value nor text nor name shows it: a person declares where it is held."""


class PatternTable(_Table):
    """One expression of a recognizer; ``score`` is what a match that its validator accepts is worth."""

    name: str
    regex: str
    score: Annotated[float, Field(gt=0.0, le=1.0)]


class _Detector(_Table):
    """What our recognizers and Presidio's have in common."""

    id: Id
    data_type: Id
    regions: tuple[Annotated[str, Field(pattern="^[A-Z]{2}$")], ...] = ()
    """Used only where one of these is among the firm's regions; empty: everywhere."""
    context: tuple[str, ...] = ()
    """Words that, close to a weak match, raise it to ``context_score``."""
    context_score: Share = 0.75
    chance: Share = 0.0
    """Share of arbitrary values of this form that pass its checksum: 0.1 for one check digit, 0 for no coincidence."""
    rare: bool = True
    """Whether a few matches among other cells of a column are worth reporting."""
    enabled: bool = True
    match: tuple[str, ...] = ()
    no_match: tuple[str, ...] = ()


class RecognizerTable(_Detector):
    """A recognizer made of expressions."""

    entity: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
    validator: str = ""
    patterns: tuple[PatternTable, ...] = Field(min_length=1, alias="pattern")


class PredefinedTable(_Detector):
    """A recognizer that Presidio ships, and what its finding means here."""

    recognizer: str = Field(alias="class")
    entity: str
    scale: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    """Factor on its scores: below 1 where it fires too often to stand alone."""


class EntityTable(_Detector):
    """What a finding of the named-entity recognizer means here (``[detection] ner``)."""

    entity: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
    labels: tuple[str, ...] = Field(min_length=1)
    """What models call it."""
    least: Share = 0.5
    """Probability below which a finding is not believed."""
    shape: str = ""
    """Expression that the whole name matches, capitals and all; of several tables for a label the first that fits decides."""
    held: bool = True
    """Whether finding it in a source makes it held: a city in a letter is no geolocation."""


class ColumnTable(_Table):
    """How a column that holds a data type is named, and what its values look like."""

    id: Id
    data_type: Id
    names: tuple[str, ...] = Field(min_length=1)
    """Phrases; ``@word`` is any word of a list, ``*`` any name."""
    not_names: tuple[str, ...] = ()
    exact: bool = False
    """The phrase is the whole name, but for words of the table's own name."""
    tables: tuple[str, ...] = ()
    """Only in tables about one of these (``@list`` or a phrase)."""
    not_tables: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    """Only columns of these kinds (by declared type, else by their values)."""
    shape: str = ""
    """Expression that whole values match, ignoring case."""
    low: float | None = None
    high: float | None = None
    """Bounds of numeric values."""
    confirmed_by: tuple[Id, ...] = ()
    """Data types whose recognizers, firing on the values, confirm this rule."""
    needs_values: bool = False
    """The name alone says too little: values must confirm it."""
    confidence: Annotated[float, Field(gt=0.0, le=1.0)] = 0.75
    enabled: bool = True
    match: tuple[str, ...] = ()
    """``table.column`` or ``column``."""
    no_match: tuple[str, ...] = ()


class WordsTable(_Table):
    """A list of words for column rules, named ``@name`` there."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    words: tuple[str, ...] = Field(min_length=1)


class AbbreviationTable(_Table):
    """Words that names shorten: the full word and its short forms."""

    word: str
    short: tuple[str, ...] = Field(min_length=1)


class RuleFile(_Table):
    """One file. Tables of other rooms (retention, exceptions, notices) may stand beside ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pack: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    title: str = ""
    status: str = ""
    category: tuple[CategoryTable, ...] = ()
    data_type: tuple[DataTypeTable, ...] = ()
    recognizer: tuple[RecognizerTable, ...] = ()
    predefined: tuple[PredefinedTable, ...] = ()
    entity: tuple[EntityTable, ...] = ()
    column: tuple[ColumnTable, ...] = ()
    words: tuple[WordsTable, ...] = ()
    abbreviation: tuple[AbbreviationTable, ...] = ()


FOREIGN = frozenset({"rule", "duty", "exception", "event", "capacity", "heading", "id", "checks", "check"})
"""Top-level keys that belong to other rooms: skipped here, checked there."""
