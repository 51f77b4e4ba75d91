"""What a piiscan.toml tells the detector: thresholds, the ignore list, and every mistake in them by file and line."""

from __future__ import annotations

import base64
from datetime import date
from typing import TYPE_CHECKING

import pytest

from piiscan.config import InvalidConfigError, load
from piiscan.detect import expired, settings_of
from piiscan.detect.allow import Hasher
from piiscan.detect.settings import Bar
from piiscan.model import Secret

if TYPE_CHECKING:
    from pathlib import Path

    from piiscan.config import Config

KEY = base64.b64encode(bytes(range(32))).decode()
TODAY = date(2026, 6, 30)
SOURCE = '[sources.crm]\nconnector = "sql"\nurl = "sqlite:///crm.db"\n'


def configured(folder: Path, text: str) -> Config:
    """The configuration with this text, and a key file beside it."""
    key = folder / "piiscan.key"
    key.write_text(KEY + "\n")
    key.chmod(0o600)
    (folder / "piiscan.toml").write_text(text)
    return load(folder / "piiscan.toml")


def test_thresholds_add_up_from_the_general_to_the_source(tmp_path: Path) -> None:
    """A source's own number replaces the general one; what it does not say it takes over."""
    config = configured(
        tmp_path,
        "[detection]\nmin_confidence = 0.6\nthresholds = { phone = 0.8, person_name = 0.9 }\n"
        f"{SOURCE}[sources.crm.detection]\nthresholds = {{ phone = 0.7 }}\n"
        f"{SOURCE.replace('crm', 'hr')}[sources.hr.detection]\nmin_confidence = 0.4\n"
        f"{SOURCE.replace('crm', 'web')}",
    )
    settings = settings_of(config, TODAY)

    assert settings.bar("web") == Bar(0.6, {"phone": 0.8, "person_name": 0.9})
    assert settings.bar("crm") == Bar(0.6, {"phone": 0.7, "person_name": 0.9})
    assert settings.bar("hr") == Bar(0.4, {"phone": 0.8, "person_name": 0.9})


IGNORE = '[[ignore]]\nreason = "x"\nuntil = 2026-06-30\n'
MISTAKES = {
    "no reason": ("[[ignore]]\nuntil = 2026-06-30\npaths = ['a']\n", "1: ignore[0].reason: is missing"),
    "no end": ("[[ignore]]\nreason = 'x'\npaths = ['a']\n", "1: ignore[0].until: is missing"),
    "an end in quotes": (
        "[[ignore]]\nreason = 'x'\nuntil = '2026-06-30'\npaths = ['a']\n",
        "3: ignore[0].until: must be a date such as 2026-10-31, without quotes",
    ),
    "nothing to ignore": (
        IGNORE + "data_types = ['ssn']\n",
        "1: ignore[0]: must name values_hashed, patterns, columns or paths",
    ),
    "no expression": (
        IGNORE + "patterns = ['a', '(b']\n",
        "4: ignore[0].patterns[1]: is no regular expression: missing ) at position 2",
    ),
    "no digest": (
        IGNORE + "values_hashed = ['078-05-1120']\n",
        "4: ignore[0].values_hashed[0]: must be what piiscan rules hash prints: hmac-sha256:KEY:DIGEST",
    ),
    "no data type": (
        IGNORE + "paths = ['a']\ndata_types = ['sssn']\n",
        "5: ignore[0].data_types[0]: unknown data type 'sssn'",
    ),
    "no source": (
        IGNORE + "columns = ['crmm:a.b']\n",
        "4: ignore[0].columns[0]: there is no source 'crmm' that it could reach",
    ),
    "another source": (
        SOURCE + "[[sources.crm.ignore]]\nreason='x'\nuntil=2026-06-30\npaths = ['hr:a']\n",
        "7: sources.crm.ignore[0].paths[0]: there is no source 'hr' that it could reach",
    ),
    "a threshold for no data type": (
        SOURCE + "[sources.crm.detection]\nthresholds = { fone = 0.5 }\n",
        "5: sources.crm.detection.thresholds.fone: unknown data type 'fone'",
    ),
    "a threshold above one": (
        "[detection.thresholds]\nphone = 1.5\n",
        "2: detection.thresholds.phone: must be at most 1.0",
    ),
    "two keys": (
        "[security]\nkey_file='a'\nkey_command=['b']\n",
        "1: security: has key_file and key_command: keep one",
    ),
    "digests without a key": (
        IGNORE + f"values_hashed = ['hmac-sha256:00000000:{'0' * 64}']\n",
        "4: ignore[0].values_hashed: needs the firm's key: name it as [security] key_file",
    ),
    "digests of another key": (
        f"[security]\nkey_file = 'piiscan.key'\n{IGNORE}values_hashed = ['hmac-sha256:00000000:{'0' * 64}']\n",
        "6: ignore[0].values_hashed[0]: was made with another key than the firm's",
    ),
    "a key that is none": (
        f"[security]\nkey_file = 'piiscan.toml'\n{IGNORE}values_hashed = ['hmac-sha256:00000000:{'0' * 64}']\n",
        "2: security.key_file: holds no key: 32 random bytes in base64",
    ),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_names_file_line_and_key_and_no_value(tmp_path: Path, text: str, expected: str) -> None:
    """What would leave out too much, or nothing at all, is told before a scan."""
    with pytest.raises(InvalidConfigError) as caught:
        settings_of(configured(tmp_path, text), TODAY)

    assert str(caught.value) == f"{tmp_path / 'piiscan.toml'}:{expected}"


def test_an_entry_holds_through_its_last_day_and_is_told_of_afterwards(tmp_path: Path) -> None:
    """On 30 June it holds, on 1 July it is over."""
    config = configured(tmp_path, f"{IGNORE}id = 'ours'\npaths = ['a']\n")

    assert [each.id for each in settings_of(config, date(2026, 6, 30)).ignore] == ["ours"]
    assert settings_of(config, date(2026, 7, 1)).ignore == ()
    assert expired(config, date(2026, 6, 30)) == []
    [(entry, problem)] = expired(config, date(2026, 7, 1))
    assert (entry.id, str(problem)) == (
        "ours",
        f"{tmp_path / 'piiscan.toml'}:3: ignore[0].until: ours ended on 2026-06-30: it leaves nothing out",
    )


def test_the_key_is_read_only_where_digests_need_it(tmp_path: Path) -> None:
    """A scan without them does not touch it; one with them carries it to the workers."""
    without = configured(tmp_path, "[security]\nkey_file = 'nowhere.key'\n")
    digest = Hasher(Secret(KEY)).digest("212-555-0187")
    text = f"[security]\nkey_file = 'piiscan.key'\n{IGNORE}values_hashed = ['{digest}']\n"

    assert settings_of(without, TODAY).key is None
    assert settings_of(configured(tmp_path, text), TODAY).key == Secret(KEY)
