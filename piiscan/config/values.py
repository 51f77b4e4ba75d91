"""The values of ``piiscan.toml``: each checked as it is read; a complaint never repeats one."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StrictInt, ValidationInfo

from piiscan.config.locate import anchor
from piiscan.config.secrets import HINT, refuse_password
from piiscan.config.units import is_period, parse_duration, parse_size
from piiscan.model import Secret
from piiscan.periods import Period

_LOG_MONTHS: Final = 24
_LOG_DAYS: Final = 731
_SELECTOR: Final = re.compile(r"category:[A-L]|(group:)?[a-z0-9][a-z0-9_]*")
_DIGEST: Final = re.compile(r"hmac-sha256:[0-9a-f]{8}:[0-9a-f]{64}")
_SECRET_KEY: Final = re.compile(
    r"(.*_)?(pass(word|wd|phrase)?|pwd|secret|token|credentials?)|((.*_)?(access|account|api|private|secret|shared|encryption)_?key)",
    re.IGNORECASE,
)


def _duration(value: object) -> timedelta:
    return value if isinstance(value, timedelta) else parse_duration(str(value))


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("must be a date such as 2026-10-31, without quotes")


def _secret(value: object) -> object:
    return Secret(value) if isinstance(value, str) else value


def _path(value: Path, info: ValidationInfo) -> Path:
    """A path counts from the folder of the configuration file, which the loader gives as context."""
    return Path(info.context["folder"]) / value if info.context else value


def _url(value: str, info: ValidationInfo) -> str:
    """``sqlite:///x.db`` and ``file:share`` count from the same folder."""
    refuse_password(value)
    return anchor(value, Path(info.context["folder"])) if info.context else value


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, LookupError):
        raise ValueError("is no time zone of the IANA database, such as America/Los_Angeles") from None
    return value


def _selector(value: str) -> str:
    if not _SELECTOR.fullmatch(value):
        raise ValueError("must be a data type's id, group:<group> or category:<letter A-L>")
    return value


def _retention(value: str) -> str:
    if re.match(r"P[\dT]", value) and not is_period(value):
        raise ValueError("must be an ISO 8601 period such as P3Y, or words")
    return value


def _log_period(value: str) -> str:
    """The period. Raises ValueError for one that 11 CCR 7101(a) does not allow."""
    period = Period.parse(value)
    if period.months < _LOG_MONTHS and period.days < _LOG_DAYS:
        raise ValueError("must be 24 months (P24M) or more: 11 CCR 7101(a)")
    return value


def _clock(value: object) -> tuple[str, ...]:
    steps = tuple(step.strip() for step in value.split(">")) if isinstance(value, str) else ()
    if not steps or not all(steps) or any("." not in step for step in steps[1:]):
        raise ValueError('must be a column, or a path along foreign keys such as "account_id > accounts.closed_at"')
    return steps


def _expression(value: str) -> str:
    import regex  # noqa: PLC0415 - for those few who write one

    try:
        regex.compile(value)
    except regex.error as error:
        raise ValueError(f"is no regular expression: {error}") from None
    return value


def _digest(value: str) -> str:
    if not _DIGEST.fullmatch(value):
        raise ValueError("must be what piiscan rules hash prints: hmac-sha256:KEY:DIGEST")
    return value


def _some(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values:
        raise ValueError("must not be empty")
    return values


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value


Text = Annotated[str, AfterValidator(_not_blank)]
Texts = tuple[Text, ...]
Url = Annotated[str, AfterValidator(_not_blank), AfterValidator(_url)]
File = Annotated[Path, AfterValidator(_path)]
SomeTexts = Annotated[Texts, AfterValidator(_some)]
Selectors = tuple[Annotated[str, AfterValidator(_selector)], ...]
SomeSelectors = Annotated[Selectors, AfterValidator(_some)]
Length = Annotated[timedelta, BeforeValidator(_duration)]
Day = Annotated[date, BeforeValidator(_day)]
Size = Annotated[int, BeforeValidator(lambda value: parse_size(str(value)))]
LogPeriod = Annotated[Text, AfterValidator(_log_period)]
RetentionPeriod = Annotated[Text, AfterValidator(_retention)]
Password = Annotated[Secret, BeforeValidator(_secret), PlainSerializer(lambda _: "***", return_type=str)]
ClockPath = Annotated[tuple[str, ...], BeforeValidator(_clock), PlainSerializer(" > ".join, return_type=str)]
Expressions = tuple[Annotated[Text, AfterValidator(_expression)], ...]
Digests = tuple[Annotated[str, AfterValidator(_digest)], ...]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
Count = Annotated[StrictInt, Field(ge=1)]


def refuse_secrets(options: object, key: str = "") -> None:
    """Nothing, if no key at any depth is one of a secret and no address holds a password. Raises ValueError naming the key."""
    if _SECRET_KEY.fullmatch(key):
        raise ValueError(f"{key} looks like a secret; {HINT}")
    if isinstance(options, dict):
        for name, item in options.items():
            refuse_secrets(item, name)
    elif isinstance(options, list):
        for item in options:
            refuse_secrets(item)
    elif isinstance(options, str):
        refuse_password(options)
