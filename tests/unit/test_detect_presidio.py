"""What Presidio ships, and what becomes of it here: all of it has a table, and a country's numbers cost others nothing."""

from __future__ import annotations

import tomllib
from collections import Counter
from importlib import resources
from typing import Any

import presidio_analyzer.predefined_recognizers as stock
import pytest
from presidio_analyzer import LocalRecognizer

from piiscan import rulepack
from piiscan.detect import Detector, DetectorSettings
from piiscan.detect.recognizers import build, runner

MODELS = {
    "GLiNERRecognizer", "HuggingFaceNerRecognizer", "MedicalNERRecognizer", "SpacyRecognizer", "StanzaRecognizer", "TransformersRecognizer",
}  # fmt: skip
"""Classes that ask a language model: `[detection] ner` is their door."""
PACKS = rulepack.load()
GOVERNMENT = [
    "ssn", "ssn_last4", "itin", "ptin", "us_driver_license", "us_state_id", "us_passport", "alien_reg_no", "visa_no",
    "military_id", "us_voter_id", "us_tribal_id", "in_aadhaar", "in_aadhaar_vid", "in_pan", "in_voter_epic",
    "in_passport", "in_driving_licence", "in_gstin", "in_din", "in_ration_card", "in_uan_epf", "in_abha", "ca_sin",
    "uk_nino", "foreign_national_id", "foreign_passport", "npi", "dea_no", "prof_license_no", "ein",
]  # fmt: skip


def tables(kind: str) -> list[dict[str, Any]]:
    """The tables of one kind in all shipped files, also those that are off."""
    folder = resources.files("piiscan.rules") / "recognizers"
    files = [tomllib.loads(f.read_text("utf-8")) for f in folder.iterdir() if f.name.endswith(".toml")]
    return [table for file in files for table in file.get(kind, [])]


def test_every_local_recognizer_of_presidio_has_a_table() -> None:
    """On or off, but looked at: a release of Presidio with a new one is noticed."""
    classes = {
        name
        for name, kind in vars(stock).items()
        if isinstance(kind, type) and issubclass(kind, LocalRecognizer) and name not in MODELS
    }

    assert classes - {table["class"] for table in tables("predefined")} == set()


def test_a_table_calls_a_finding_what_presidio_calls_it() -> None:
    """The entity is Presidio's own, so that its users know it."""
    named = {t["class"]: t["entity"] for t in tables("predefined") if hasattr(stock, t["class"])}

    assert named == {name: getattr(stock, name)().supported_entities[0] for name in named}


def test_numbers_of_one_country_are_at_work_in_no_other() -> None:
    """A table of a class in Presidio's folder of a country names that country's region alone."""
    homes = Counter(
        (getattr(stock, t["class"]).COUNTRY_CODE or "", *t.get("regions", ()))
        for t in tables("predefined")
        if t.get("enabled", True) and hasattr(stock, t["class"])
    )
    renamed = {"uk": "GB"}

    assert [home for home in homes if home[0] and home[1:] != (renamed.get(home[0], home[0].upper()),)] == []


def test_elsewhere_a_national_number_is_only_digits() -> None:
    """Numbers of South Africa, Turkey and Poland are none in the United States."""
    numbers = ["8001015009087", "10000000146", "44051401458"]

    assert Detector(DetectorSettings(ner="off")).detect(numbers) == [[], [], []]


@pytest.mark.parametrize("data_type", GOVERNMENT)
def test_a_government_number_has_ten_examples_and_ten_counter_examples(data_type: str) -> None:
    """Over all its recognizers, those of Presidio among them."""
    rules = [t for kind in ("recognizer", "predefined") for t in tables(kind) if t["data_type"] == data_type]

    assert sum(len(t.get("match", ())) for t in rules) >= 10
    assert sum(len(t.get("no_match", ())) for t in rules) >= 10


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("California driver's license D1234567", [(28, 36, 0.9)]),
        ("CA DL D1234567", [(6, 14, 0.9)]),
        ("Ohio DL RT123456", [(8, 16, 0.9)]),
        ("Ohio DL RT12345", []),
        ("Texas DL# 1234567890123", []),
        ("New Jersey driver's license S1234 56789 01234", [(28, 45, 0.9)]),
        ("Washington DL WDLABC123D45", [(14, 26, 0.9)]),
        ("I live in DL 1234567890", []),
    ],
)
def test_a_licence_has_the_form_of_its_state(text: str, found: list[tuple[int, int, float]]) -> None:
    """The label is not reported, and another state's form is not taken."""
    rule = PACKS.recognizers["driver_license_state"]

    assert runner(build(rule, ("US",))).find(text) == found


def test_there_is_a_form_for_every_state_and_the_capital() -> None:
    """Fifty states and the District of Columbia, by their names."""
    names = [p.name for p in PACKS.recognizers["driver_license_state"].patterns]

    assert len(names) == len(set(names)) == 51
    assert {"California", "District of Columbia", "Wyoming"} < set(names)
