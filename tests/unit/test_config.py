"""A configuration is read as the contract shows it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from importlib import resources
from pathlib import Path

import pytest

from piiscan.config import load, locate
from piiscan.config.units import parse_duration, parse_size
from piiscan.errors import ConfigError, UsageError
from piiscan.model import Clock, SkipCode, Source

ROOT = Path(__file__).parents[2]

CONTRACT = """
[firm]
name = "Example Receivables"
notice = "amsi"
role = "business"
capacities = ["debt_collector", "employer"]
regions = ["US"]
timezone = "America/Los_Angeles"
[store]
url = "sqlite:///piiscan.db"
[security]
key_file = "piiscan.key"
approvers = { "j.doe" = "ed25519:BASE64" }
[scan]
mode = "sample"
sample_rows = 10000
workers = 0
max_duration = "PT6H"
tolerate = ["unsupported"]
[detection]
min_confidence = 0.5
phone_regions = ["US"]
ner = "builtin"
[rules]
packs = ["ccpa", "us-collections"]
extra = ["./our-rules"]
[clients.mercy]
name = "Mercy Hospital"
contact = "privacy@mercy.example"
role = "service_provider"
regime = "hipaa"
[[disclosures]]
to = "credit reporting agencies"
data_types = ["group:financial", "person_name"]
kind = "business_purpose"
first = 2025-03-01
last = 2026-10-31
[sources.crm]
connector = "sql"
url = "postgresql+psycopg://scanner@db.example/crm"
password_file = "crm.password"
include = ["public.*"]
exclude = ["public.audit_*"]
collected_from = ["creditor", "consumer"]
purposes = ["debt collection"]
legal_basis = "contract"
region = "US"
deidentified = false
[[sources.crm.facts]]
tables = ["public.locate_hits"]
data_types = ["category:G"]
collected_from = ["process servers"]
[sources.crm.owners]
"public.accounts" = { column = "client_id" }
"public.mercy_*" = { client = "mercy" }
[sources.crm.clocks."public.accounts"]
last_collection_activity = "last_activity_at"
collected = "placed_at"
[sources.crm.clocks."public.payments"]
last_collection_activity = "account_id > accounts.last_activity_at"
[sources.crm.write]
url = "postgresql+psycopg://eraser@db.example/crm"
password_file = "/run/credentials/piiscan.service/crm-eraser"
[sources.share]
connector = "files"
url = "file:share"
max_file_size = "1GiB"
depth = 3
"""


@pytest.fixture
def contract(tmp_path):
    """The contract's example, with a password file that is there."""
    (tmp_path / "crm.password").write_text("s3cret\n")
    (tmp_path / "crm.password").chmod(0o600)
    (tmp_path / "piiscan.toml").write_text(CONTRACT)
    return load(tmp_path / "piiscan.toml")


def test_a_source_reaches_its_connector_with_everything_it_needs(contract):
    """Password, globs, clocks and owner columns; facts of law stay behind."""
    source = contract.source("crm")
    assert source.secret is not None
    assert source.secret.reveal() == "s3cret"
    assert source == Source(
        name="crm",
        connector="sql",
        url="postgresql+psycopg://scanner@db.example/crm",
        secret=source.secret,
        include=("public.*",),
        exclude=("public.audit_*",),
        clocks={
            "public.accounts": (
                Clock("collected", ("placed_at",)),
                Clock("last_collection_activity", ("last_activity_at",)),
            ),
            "public.payments": (Clock("last_collection_activity", ("account_id", "accounts.last_activity_at")),),
        },
        owner_columns={"public.accounts": "client_id"},
    )


def test_relative_addresses_count_from_the_file_and_further_keys_are_the_connectors(contract, tmp_path):
    """``file:share`` and ``sqlite:///x.db`` mean the same wherever the command is run."""
    share = Source(
        name="share", connector="files", url=f"file://{tmp_path}/share", max_file_bytes=2**30, options={"depth": 3}
    )
    assert contract.source("share") == share
    assert contract.store_location() == (f"sqlite:///{tmp_path}/piiscan.db", None)
    assert contract.rules.extra == (tmp_path / "our-rules",)
    assert contract.security.key_file == tmp_path / "piiscan.key"


def test_values_have_the_types_the_rooms_work_with(contract, tmp_path):
    """Durations, dates and codes are no texts any more."""
    assert contract.path == tmp_path / "piiscan.toml"
    assert contract.scan.max_duration == timedelta(hours=6)
    assert contract.scan.statement_timeout == timedelta(minutes=5)
    assert contract.scan.tolerate == (SkipCode.UNSUPPORTED,)
    assert (contract.disclosures[0].first, contract.disclosures[0].last) == (date(2025, 3, 1), date(2026, 10, 31))


def test_an_unknown_source_is_told_with_the_known_ones(contract):
    """A misspelt name on the command line costs one look."""
    with pytest.raises(UsageError) as caught:
        contract.source("cmr")
    assert (caught.value.message, caught.value.hint) == ("unknown source 'cmr'", f"{contract.path} knows: crm, share")


def test_the_smallest_configuration_is_an_empty_file(tmp_path):
    """Every key has a default."""
    (tmp_path / "piiscan.toml").write_text("")
    config = load(tmp_path / "piiscan.toml")
    assert config.sources == {}
    assert config.rules.packs == ("ccpa",)
    assert config.store_location() == (f"sqlite:///{tmp_path}/piiscan.db", None)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///x.db", "sqlite:///{folder}/x.db"),
        ("sqlite+pysqlite:///a/x.db?timeout=3", "sqlite+pysqlite:///{folder}/a/x.db?timeout=3"),
        ("sqlite:////srv/x.db", "sqlite:////srv/x.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("file:share", "file://{folder}/share"),
        ("file:../my share%20", "file://{folder}/../my share%20"),
        ("file:///srv/share", "file:///srv/share"),
        ("postgresql://h/db", "postgresql://h/db"),
    ],
)
def test_only_relative_addresses_are_anchored(tmp_path, url, expected):
    """An absolute address, a server's and SQLite's own words stay as they are."""
    (tmp_path / "piiscan.toml").write_text(f"[sources.x]\nconnector = 'x'\nurl = '{url}'\n")
    assert load(tmp_path / "piiscan.toml").sources["x"].url == expected.format(folder=tmp_path)


def test_a_variable_is_replaced_wherever_a_text_stands(tmp_path, monkeypatch):
    """``${NAME}`` is looked up; ``$${`` stands for itself."""
    monkeypatch.setenv("PIISCAN_TEST", "crm")
    text = "[firm]\nname = 'a ${PIISCAN_TEST} $${b} $c'\n[sources.x]\nconnector='sql'\nurl='postgresql://u@h/${PIISCAN_TEST}'\ninclude=['${PIISCAN_TEST}.*']\n"
    (tmp_path / "piiscan.toml").write_text(text)
    config = load(tmp_path / "piiscan.toml")
    assert config.firm.name == "a crm ${b} $c"
    assert config.sources["x"].url == "postgresql://u@h/crm"
    assert config.sources["x"].include == ("crm.*",)


def test_the_example_at_the_top_is_a_working_one():
    """It loads as it is and needs no credential."""
    config = load(ROOT / "piiscan.toml")
    assert [config.source(name).url for name in config.sources] == [
        f"sqlite:///{ROOT}/demo/firm.db",
        f"file://{ROOT}/demo/share",
    ]
    assert config.rules.packs == ("ccpa", "us-collections", "pci")


def test_every_commented_line_of_the_template_is_right(tmp_path, monkeypatch):
    """With the # taken away it loads: the comments name no key that does not exist."""
    text = resources.files("piiscan.config").joinpath("template.toml").read_text("utf-8")
    active = re.sub(r'(?m)^# (?=(\[|[a-z_]+ = |"))', "", text)
    (tmp_path / "piiscan.toml").write_text(active)
    config = load(tmp_path / "piiscan.toml")
    assert list(config.sources) == ["crm", "share"]
    assert list(config.clients) == ["mercy"]
    assert config.scan.unit_timeout == timedelta(hours=1)
    assert config.detection.ner == "builtin"


def test_the_nearest_configuration_is_found(tmp_path, monkeypatch):
    """The named one, the variable's, this folder's, the user's, the system's: in that order."""
    system, user, here = tmp_path / "etc", tmp_path / "user", tmp_path / "here"
    for folder in (system / "piiscan", user / "piiscan", here):
        folder.mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(system))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(user))
    monkeypatch.delenv("PIISCAN_CONFIG", raising=False)
    monkeypatch.chdir(here)
    found = [locate()]
    for folder in (system / "piiscan", user / "piiscan", here):
        (folder / "piiscan.toml").touch()
        found.append(locate())
    (tmp_path / "named.toml").touch()
    monkeypatch.setenv("PIISCAN_CONFIG", str(tmp_path / "named.toml"))
    found += [locate(), locate(here / "piiscan.toml")]
    assert found == [
        None,
        system / "piiscan" / "piiscan.toml",
        user / "piiscan" / "piiscan.toml",
        Path("piiscan.toml"),
        tmp_path / "named.toml",
        here / "piiscan.toml",
    ]


def test_a_named_file_that_is_not_there_is_no_reason_to_take_another(tmp_path, monkeypatch):
    """Neither for -c nor for the variable."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "piiscan.toml").touch()
    with pytest.raises(ConfigError, match=r"^gone\.toml: there is no such file$"):
        load("gone.toml")
    monkeypatch.setenv("PIISCAN_CONFIG", "gone.toml")
    with pytest.raises(ConfigError, match=r"^gone\.toml: there is no such file \(\$PIISCAN_CONFIG\)$"):
        load()


def test_lengths_and_sizes_are_read():
    """ISO 8601 and the two families of units."""
    assert parse_duration("P1W2DT3H4M5S") == timedelta(weeks=1, days=2, hours=3, minutes=4, seconds=5)
    assert [parse_size(text) for text in ("7", "2kB", "1.5 MiB", "1GiB", "3T")] == [
        7,
        2000,
        1_572_864,
        2**30,
        3 * 10**12,
    ]
    for text in ("", "P", "PT", "PT1", "1H", "-PT1H", "P9999999999D"):
        with pytest.raises(ValueError, match=r"must be an ISO 8601 duration|is too long"):
            parse_duration(text)
