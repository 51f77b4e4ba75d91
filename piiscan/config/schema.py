"""The tables of ``piiscan.toml``: what may stand in them, and their defaults."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, model_validator

from piiscan.config.values import (
    ClockPath,
    Count,
    Day,
    Digests,
    Expressions,
    File,
    Length,
    LogPeriod,
    Password,
    RetentionPeriod,
    Selectors,
    Share,
    Size,
    SomeSelectors,
    SomeTexts,
    Text,
    Texts,
    TimeZone,
    Url,
    refuse_secrets,
)
from piiscan.model import Clock, SkipCode

Role = Literal["business", "service_provider"]
Regime = Literal["glba", "hipaa", "fcra", "dppa", "ccpa"]


class Table(BaseModel):
    """A table whose every key is known."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True, validate_default=True
    )

    def __repr__(self) -> str:
        """The kind of table alone: a value may have come from a variable that holds a secret."""
        return f"{type(self).__name__}(...)"

    __str__ = __repr__


class Account(Table):
    """An address and the password that goes with it, from one place at most."""

    url: Url
    password: Password | None = None
    password_file: File | None = None
    password_command: SomeTexts | None = None

    @model_validator(mode="after")
    def _one_password(self) -> Self:
        given = [name for name in ("password", "password_file", "password_command") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"has {' and '.join(given)}: keep one")
        return self


class Firm(Table):
    """Who answers for the data."""

    name: str = ""
    notice: Text | None = None
    role: Role = "business"
    capacities: Texts = ()
    regions: Texts = ("US",)
    timezone: TimeZone = "UTC"


class Store(Account):
    """Where the inventory is kept."""

    url: Url = "sqlite:///piiscan.db"


class Security(Table):
    """The key that seals, and who may approve."""

    key_file: File | None = None
    key_command: SomeTexts | None = None
    approvers: dict[str, Annotated[str, Field(pattern=r"^ed25519:.")]] = {}

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if self.key_file is not None and self.key_command is not None:
            raise ValueError("has key_file and key_command: keep one")
        return self


class Scan(Table):
    """How sources are read."""

    mode: Literal["sample", "full"] = "sample"
    sample_rows: Count = 10_000
    batch_rows: Count = 1_000
    workers: Annotated[StrictInt, Field(ge=0)] = 0
    max_duration: Length | None = None
    statement_timeout: Length = timedelta(minutes=5)
    lock_timeout: Length = timedelta(seconds=5)
    connect_timeout: Length = timedelta(seconds=10)
    unit_timeout: Length = timedelta(hours=1)
    tolerate: tuple[SkipCode, ...] = (SkipCode.UNSUPPORTED,)


class Detection(Table):
    """What counts as found."""

    min_confidence: Share = 0.5
    thresholds: dict[str, Share] = {}
    phone_regions: tuple[Annotated[str, Field(pattern="^[A-Z]{2}$")], ...] = ("US",)
    ner: Annotated[str, Field(pattern="^(builtin|off|spacy:.+)$")] = "builtin"
    ner_characters: Annotated[int, Field(ge=0)] = 100_000


class SourceDetection(Table):
    """What counts as found in one source; what it does not say is said under ``[detection]``."""

    min_confidence: Share | None = None
    thresholds: dict[str, Share] = {}


class Ignore(Table):
    """What is left out, why, and until when: findings that every key named here fits."""

    id: Text | None = None
    reason: Text
    until: Day
    values_hashed: Digests = ()
    patterns: Expressions = ()
    columns: Texts = ()
    paths: Texts = ()
    data_types: Selectors = ()

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not any(self.targets().values()):
            raise ValueError("must name values_hashed, patterns, columns or paths")
        return self

    def targets(self) -> dict[str, tuple[str, ...]]:
        """What it names, by key; ``data_types`` only narrow that down."""
        return {key: getattr(self, key) for key in ("values_hashed", "patterns", "columns", "paths")}


class Rules(Table):
    """Which rule packs apply."""

    packs: SomeTexts = ("ccpa",)
    extra: tuple[File, ...] = ()
    sensitive_when: Texts = ()


class Retention(Table):
    """How rules of retention are applied."""

    infer_clocks: StrictBool = False
    """Whether a column that only its name and values make likely may date an event; what it dates is marked."""
    defence_windows: Texts = ()
    """Ids of the defence windows that the firm's written policy chooses to keep data for (law.md section 5, 6)."""


class Deletion(Table):
    """What no deletion plan may exceed without being told, and how one is carried out."""

    max_rows: Count = 100_000
    """Rows of one container in one plan."""
    max_percent: Annotated[float, Field(gt=0, le=100)] = 25.0
    """Share of a container's rows in one plan, in percent; for files, of the source's files."""
    chunk_rows: Annotated[StrictInt, Field(ge=1, le=10_000)] = 1_000
    """Rows of one transaction."""
    valid_for: Length = timedelta(days=30)
    """How long after its date a plan may still be applied."""


class Requests(Table):
    """How consumers' requests are counted, verified and remembered."""

    holidays: Annotated[str, Field(pattern=r"^(none|[A-Z]{2}(-[A-Z0-9]{1,3})?)$")] = "US"
    """The region whose public holidays are no business days."""
    friday_after_thanksgiving: StrictBool = False
    """Whether that day is no business day either."""
    keep_log: LogPeriod = "P24M"
    """How long after its answer a request stays in the log (11 CCR 7101(a): 24 months at least)."""
    verify_with: Texts = ()
    """Data types that must all match; none: two or three of those given (11 CCR 7062)."""
    letters: File | None = None
    """A folder of the firm's own letters; what it lacks is taken from those shipped."""
    time_limit: Length = timedelta(seconds=30)
    """Most time of one query by columns without an index."""


class Client(Table):
    """On whose behalf data is held."""

    name: Text
    contact: Text | None = None
    role: Role | None = None
    regime: Regime | None = None


class Disclosure(Table):
    """What was given to whom, and from when to when (both days included; without ``last`` it goes on)."""

    to: Text
    data_types: SomeSelectors
    kind: Literal["business_purpose", "sold", "shared"]
    first: Day
    last: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last is not None and self.last < self.first:
            raise ValueError("last must not be before first")
        return self


class FactKeys(Table):
    """What the law asks about data and no scan can see. None = not said here."""

    collected_from: Texts | None = None
    purposes: Texts | None = None
    legal_basis: Text | None = None
    role: Role | None = None
    regime: Regime | None = None
    retention: RetentionPeriod | None = None
    region: Text | None = None
    deidentified: StrictBool | None = None
    marks: tuple[Literal["site_visitors", "billing"], ...] | None = None
    """Data of those who visit the firm's site, or who pay for its service: some promises of a notice speak of these alone."""
    safeguard: Text | None = None
    """What protects data that lies outside the notice's regions, such as contractual clauses."""


class Fact(FactKeys):
    """What differs for some tables or data types of a source; neither named = for all of it."""

    tables: Texts = ()
    data_types: Selectors = ()


class Declared(Table):
    """What some tables or columns of a source hold although nothing in them shows it; neither named = all of it."""

    tables: Texts = ()
    columns: Texts = ()
    data_types: SomeSelectors
    reason: Text
    until: Day | None = None


class Owner(Table):
    """Whose data a row is: a column with a client's id, or one client."""

    column: Text | None = None
    client: Text | None = None

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.column is None) == (self.client is None):
            raise ValueError("must have either column or client")
        return self


class SourceConfig(FactKeys, Account):
    """A database or a share. Keys not named here are the connector's own (`model_extra`)."""

    model_config = ConfigDict(extra="allow")

    connector: Text
    include: Texts = ()
    exclude: Texts = ()
    max_file_size: Size | None = None
    facts: tuple[Fact, ...] = ()
    declared: tuple[Declared, ...] = ()
    owners: dict[str, Owner] = {}
    clocks: dict[str, dict[str, ClockPath]] = {}
    write: Account | None = None
    detection: SourceDetection = SourceDetection()
    infer_clocks: StrictBool | None = None
    """What ``[retention] infer_clocks`` is for this source; None = as there."""
    ignore: tuple[Ignore, ...] = ()

    @model_validator(mode="after")
    def _no_secret_options(self) -> Self:
        refuse_secrets(self.model_extra or {})
        return self

    def clocks_by_container(self) -> dict[str, tuple[Clock, ...]]:
        """The clocks of each container path, by event."""
        return {
            path: tuple(Clock(event, steps) for event, steps in sorted(events.items()))
            for path, events in self.clocks.items()
        }
