"""CollectPro's promises: a firm that keeps them, and one that breaks each that can be broken, once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[firm]
name = "Example"
notice = "collectpro"
regions = ["IN"]
[detection]
ner = "off"
[rules]
extra = ["rules"]
[sources.crm]
connector = "sql"
url = "sqlite:///crm.db"
legal_basis = "contract"
region = "IN"
marks = ["site_visitors"]
[sources.crm.clocks."*"]
created = "made_on"
[sources.share]
connector = "files"
url = "file:share"
legal_basis = "legitimate interests"
region = "SG"
safeguard = "contractual clauses"
[sources.share.clocks."*.jpg"]
collected = "EXIF DateTimeOriginal"
[sources.share.clocks."**"]
created = "@name"
"""
RULES = """
pack = "our"
[[rule]]
id = "our_schedule"
title = "Eight years, then without a name"
data_types = ["all"]
kind = "max_keep"
trigger = "created"
period = "P8Y"
citation = "our schedule"
"""


@pytest.fixture(scope="module")
def keeping(kit: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Users with passwords and visits, and an export abroad that contractual clauses protect."""
    tables = {
        "users": kit.table(full_name="name", email="email", password="bcrypt", made_on="recent"),
        "visits": kit.table(ip_address="address", made_on="recent"),
    }
    files = {f"export-{kit.days_ago(40)}.csv": "email\na@mail.example\nb@mail.example\n"}
    return kit.make_firm(tmp_path_factory.mktemp("keeps"), CONFIG, tables, files, RULES)


@pytest.fixture(scope="module")
def breaking(kit: Any, pictures: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dates of birth, some of them children's, a television's id, no legal basis, nine years, no safeguard, anyone may read, a sale.

    And a photograph that says who took it, when, where, and with which camera.
    """
    config = (
        CONFIG.replace('safeguard = "contractual clauses"\n', "").replace('legal_basis = "legitimate interests"\n', "")
        + """
[[sources.crm.declared]]
tables = ["tv"]
columns = ["device"]
data_types = ["ctv_id"]
reason = "televisions"
[[disclosures]]
to = "a list broker"
kind = "sold"
data_types = ["email"]
first = 2025-01-01
"""
    )
    tables = {
        "users": kit.table(full_name="name", birth_date="child", made_on="recent"),
        "tv": kit.table(device="visits", made_on="recent"),
        "visits": kit.table(ip_address="address", made_on="old"),
    }
    p = pictures
    day = kit.days_ago(50)
    told = p.exif(
        [p.text(0x13B, "Ann Miller")],
        [p.text(0xA431, "082024001234"), p.text(0x9003, f"{day.replace('-', ':')} 10:20:30")],
        [
            p.text(1, "N"),
            p.degrees(2, (19, 1), (4, 1), (3396, 100)),
            p.text(3, "E"),
            p.degrees(4, (72, 1), (52, 1), (3936, 100)),
        ],
    )
    files = {
        f"export-{kit.days_ago(40)}.csv": ("email\na@mail.example\nb@mail.example\n", 0o644),
        f"upload-{day}.jpg": p.jpeg(told),
    }
    return kit.make_firm(tmp_path_factory.mktemp("breaks"), config, tables, files, RULES)


def test_a_firm_that_keeps_its_promises_breaks_none(kit: Any, keeping: Path) -> None:
    """Rights are served, not checked."""
    checked = kit.check(keeping)

    kept = ["CO1", "CO2", "CO3", "CO4", "CO6", "CO7", "CO8", "CO.sold"]
    assert (checked.exit_code, checked.stands) == (0, dict.fromkeys(kept, "kept") | {"CO5": "not_checked"})


def test_each_promise_that_is_broken_is_told_with_its_places(kit: Any, breaking: Path) -> None:
    """What users give and what is collected by itself are told apart."""
    checked = kit.check(breaking)

    broken = [id_ for id_, status in checked.stands.items() if status == "breach"]
    export, photo = f"export-{kit.days_ago(40)}.csv", f"upload-{kit.days_ago(50)}.jpg"
    assert {id_: checked.where(id_) for id_ in broken} == {
        "CO1": [("crm", "users", "birth_date", ""), ("share", photo, "-", "")],
        "CO2": [("crm", "tv", "device", "")],
        "CO3": [
            ("share", export, "email", "no legal basis"),
            *(
                ("share", photo, column, "no legal basis")
                for column in ("-", "EXIF BodySerialNumber", "EXIF GPS", "Image Artist")
            ),
        ],
        "CO4": [("crm", "visits", "-", "beyond our_schedule: Eight years, then without a name")],
        "CO6": [("share", "-", "-", "lies in SG, and nothing that safeguards it is named")],
        "CO7": [("crm", "users", "birth_date", "under 18")],
        "CO8": [("share", export, "email", "")],
        "CO.sold": [("-", "-", "-", "sold to a list broker")],
    }
    minors = next(each for each in checked.document["checks"] if each["id"] == "CO7")
    assert minors["message"] == "6 records of persons under 18: piiscan delete plan --minors plans their deletion."


def test_the_metadata_of_uploaded_pictures_are_found_and_disclosed(kit: Any, breaking: Path) -> None:
    """CO2 names them; collected on the day that the picture says. The photograph itself falls under no heading."""
    said = kit.run(breaking, "report", "categories", "--notice", "collectpro", "--format", "json").stdout
    heading = next(each for each in json.loads(said)["headings"] if each["text"].startswith("Metadata associated"))
    listed = json.loads(kit.run(breaking, "inventory", "list", "--source", "share", "--format", "json").stdout)
    found = {(each["column"], each["data_type"]) for each in listed["holdings"] if each["container"].endswith(".jpg")}

    assert (heading["held"], heading["collected"]) == (True, True)
    assert found == {
        (None, "photo"), ("EXIF GPS", "exif_gps"), ("EXIF BodySerialNumber", "file_metadata"), ("Image Artist", "file_metadata"),
    }  # fmt: skip
    assert {each["newest_at"][:10] for each in listed["holdings"] if each["column"] == "EXIF GPS"} == {kit.days_ago(50)}
