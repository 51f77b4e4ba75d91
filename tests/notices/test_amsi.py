"""AMSI's promises: a firm that keeps them, and one that breaks each that can be broken, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[firm]
name = "Example"
notice = "amsi"
capacities = ["debt_collector"]
[detection]
ner = "off"
[rules]
extra = ["rules"]
[sources.crm]
connector = "sql"
url = "sqlite:///crm.db"
collected_from = ["client"]
region = "US"
[sources.crm.clocks.debtors]
created = "placed_at"
[sources.portal]
connector = "sql"
url = "sqlite:///portal.db"
collected_from = ["consumer"]
region = "US-CA"
marks = ["site_visitors"]
[sources.portal.clocks.visitors]
created = "made_on"
[sources.share]
connector = "files"
url = "file:share"
collected_from = ["consumer"]
region = "US"
[sources.share.clocks."rec/**"]
created = "@name"
"""
RULES = """
pack = "our"
[[rule]]
id = "our_schedule"
title = "Eight years"
data_types = ["all"]
kind = "max_keep"
trigger = "created"
period = "P8Y"
citation = "our schedule"
"""


@pytest.fixture(scope="module")
def keeping(kit: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Debtors, adult visitors of the site, a recorded call; all of them dated."""
    tables = {
        "debtors": kit.table(full_name="name", ssn="ssn", dob="adult", placed_at="recent"),
        "portal.visitors": kit.table(full_name="name", dob="adult", made_on="recent"),
    }
    files = {f"rec/call-{kit.days_ago(40)}.wav": kit.WAV}
    return kit.make_firm(tmp_path_factory.mktemp("keeps"), CONFIG, tables, files, RULES)


@pytest.fixture(scope="module")
def breaking(kit: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An email address, a data broker, rows of nine years, a source abroad, children among visitors and among debtors, a sale."""
    more = """
[[sources.crm.facts]]
tables = ["contacts"]
collected_from = ["data brokers"]
[[disclosures]]
to = "a list broker"
kind = "shared"
data_types = ["person_name"]
first = 2025-01-01
"""
    tables = {
        "debtors": kit.table(full_name="name", birth_date="child", placed_at="old"),
        "contacts": kit.table(email="email"),
        "portal.visitors": kit.table(full_name="name", birth_date="child", made_on="recent"),
    }
    config = CONFIG.replace('region = "US-CA"', 'region = "PH"') + more
    made = kit.make_firm(tmp_path_factory.mktemp("breaks"), config, tables, {"a.txt": "nothing\n"}, RULES)
    kit.expire(made)
    return made


def test_a_firm_that_keeps_its_promises_breaks_none(kit: Any, keeping: Path) -> None:
    """A notary for agents is barred, whatever the notice says."""
    checked = kit.check(keeping)

    assert (checked.exit_code, checked.stands) == (
        0,
        {
            "AM1": "kept",
            "AM2": "kept",
            "AM3": "kept",
            "AM4": "kept",
            "AM5": "kept",
            "AM6": "kept",
            "AM7": "not_checked",
            "AM8": "not_applicable",
            "AM9": "not_applicable",
            "AM.sold": "kept",
        },
    )


def test_each_promise_that_is_broken_is_told_with_its_places(kit: Any, breaking: Path) -> None:
    """Children among debtors are for a person to judge: the notice speaks of visitors."""
    checked = kit.check(breaking)

    broken = [id_ for id_, status in checked.stands.items() if status == "breach"]
    assert {id_: checked.where(id_) for id_ in broken} == {
        "AM1": [("crm", "contacts", "email", "")],
        "AM2": [("crm", "contacts", "email", "from data brokers")],
        "AM4": [("crm", "debtors", "-", "beyond our_schedule: Eight years")],
        "AM5": [("portal", "-", "-", "lies in PH")],
        "AM6": [("portal", "visitors", "birth_date", "under 18")],
        "AM9": [("-", "-", "-", "X1, E1; expired on 2024-06-30")],
        "AM.sold": [("-", "-", "-", "shared to a list broker")],
    }
    by_id = {each["id"]: each for each in checked.document["checks"]}
    assert [each["records"] for each in by_id["AM6"]["where"]] == [6]
    assert [(each["container"], each["records"]) for each in by_id["AM6"]["doubtful"]] == [("debtors", 6)]
    assert (checked.stands["AM3"], by_id["AM4"]["where"][0]["records"]) == ("unknown", kit.ROWS)


def test_the_lags_of_the_notice_are_told_with_the_law(kit: Any, keeping: Path) -> None:
    """Those of law.md 3.5, the calendar's first."""
    lags = kit.check(keeping).document["lags"]

    assert [lag["id"] for lag in lags] == ["P2", "P3", "P4", "P5", "P6", "P9", "P10", "P11", "exceptions"]
    assert lags[3] == {
        "id": "P5",
        "message": "asks agents for a notarized power of attorney",
        "citation": "11 CCR 7060(e), 7063(b)",
        "promises": ["AM8"],
    }
