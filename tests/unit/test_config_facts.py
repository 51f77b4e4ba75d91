"""Facts of law are said per source, table, data type and client; the nearer saying wins."""

from __future__ import annotations

from datetime import date

import pytest

from piiscan.config import load
from piiscan.config.facts import Facts, disclosures_for, facts_for, owner_of
from piiscan.model import DataType

TOML = """
[firm]
role = "business"
[clients.mercy]
name = "Mercy"
role = "service_provider"
regime = "hipaa"
[clients.acme]
name = "Acme"
[[disclosures]]
to = "agencies"
data_types = ["group:financial", "person_name"]
kind = "business_purpose"
first = 2025-03-01
last = 2025-06-30
[[disclosures]]
to = "brokers"
data_types = ["category:G"]
kind = "sold"
first = 2026-01-01
[sources.crm]
connector = "sql"
url = "sqlite:///x.db"
collected_from = ["creditor"]
purposes = ["debt collection"]
legal_basis = "contract"
retention = "P7Y"
regime = "glba"
region = "US"
[[sources.crm.facts]]
tables = ["public.locate_*"]
data_types = ["category:G"]
collected_from = ["process servers"]
[[sources.crm.facts]]
tables = ["public.*"]
data_types = ["ssn"]
retention = "as long as the account is open"
deidentified = true
[[sources.crm.facts]]
data_types = ["gps"]
collected_from = []
role = "service_provider"
[sources.crm.owners]
"public.*" = { client = "acme" }
"public.mercy_*" = { client = "mercy" }
"public.accounts" = { column = "client_id" }
"""

NAME = DataType("person_name", "Name", "identifiers", ("A", "B"), "no")
SSN = DataType("ssn", "SSN", "government_ids", ("A", "B", "L"), "always")
GEO = DataType("precise_location", "Place", "location", ("G", "L"), "always")
GPS = DataType("gps", "GPS", "location", ("G", "L"), "always")
DEFAULTS = Facts(("creditor",), ("debt collection",), "contract", "business", "glba", "P7Y", "US")


@pytest.fixture
def config(tmp_path):
    """A firm with two clients and facts that overlap."""
    (tmp_path / "piiscan.toml").write_text(TOML)
    return load(tmp_path / "piiscan.toml")


def test_a_source_says_what_its_tables_do_not(config):
    """Without anything nearer the source's defaults hold."""
    assert facts_for(config, "crm", "other.people", NAME) == DEFAULTS


def test_a_fact_reaches_its_tables_and_data_types_only(config):
    """Both selectors must meet; what a fact does not say stays."""
    assert facts_for(config, "crm", "other.locate_hits", GEO).collected_from == ("creditor",)
    assert facts_for(config, "crm", "public.locate_hits", NAME).collected_from == ("creditor",)
    found = facts_for(config, "crm", "public.locate_hits", GEO)
    assert (found.collected_from, found.purposes, found.retention) == (
        ("process servers",),
        ("debt collection",),
        "P7Y",
    )
    found = facts_for(config, "crm", "public.people", SSN)
    assert (found.retention, found.deidentified) == ("as long as the account is open", True)


def test_the_later_fact_wins_and_may_take_back(config):
    """An empty list says: from nobody."""
    found = facts_for(config, "crm", "public.locate_hits", GPS)
    assert (found.collected_from, found.role) == ((), "service_provider")


def test_a_client_decides_role_and_regime(config):
    """Of all rows of its tables, or of the rows the caller says are its; what it does not say stays."""
    whole = facts_for(config, "crm", "public.mercy_visits", NAME)
    assert (whole.client, whole.role, whole.regime) == ("mercy", "service_provider", "hipaa")
    rows = facts_for(config, "crm", "other.people", NAME, client="mercy")
    assert (rows.client, rows.role, rows.regime) == ("mercy", "service_provider", "hipaa")
    acme = facts_for(config, "crm", "other.people", NAME, client="acme")
    assert (acme.client, acme.role, acme.regime) == ("acme", "business", "glba")


def test_an_owner_is_the_last_glob_that_matches(config):
    """A column of owners is nobody in particular."""
    assert [owner_of(config, "crm", f"public.{name}") for name in ("people", "mercy_visits", "accounts")] == [
        "acme",
        "mercy",
        None,
    ]
    assert owner_of(config, "crm", "other.people") is None


def test_a_source_that_is_gone_has_the_firms_role_only(config):
    """The inventory may know sources the file no longer names."""
    assert facts_for(config, "gone", "public.people", NAME) == Facts()
    assert owner_of(config, "gone", "public.people") is None


@pytest.mark.parametrize(
    ("first", "last", "data_type", "expected"),
    [
        (date(2025, 6, 30), date(2026, 6, 29), NAME, ["agencies"]),
        (date(2025, 7, 1), date(2026, 6, 30), NAME, []),
        (date(2024, 3, 1), date(2025, 3, 1), NAME, ["agencies"]),
        (date(2024, 2, 1), date(2025, 2, 28), NAME, []),
        (date(2030, 1, 1), date(2030, 12, 31), GEO, ["brokers"]),
        (date(2025, 1, 1), date(2025, 12, 31), GEO, []),
        (date(2025, 1, 1), date(2026, 12, 31), SSN, []),
        (date(2025, 1, 1), date(2025, 12, 31), DataType("x", "X", "financial", (), "no"), ["agencies"]),
    ],
)
def test_a_disclosure_counts_on_any_day_of_the_window(config, first, last, data_type, expected):
    """First and last day belong to both; one without an end goes on."""
    assert [each.to for each in disclosures_for(config, data_type, (first, last))] == expected
