"""The detector: texts in, places and scores out, nothing fetched, nothing kept."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from piiscan import Detector
from piiscan.detect import DetectorSettings
from piiscan.model import Batch, Container, Detection


@pytest.fixture(scope="module")
def detector() -> Detector:
    """The shipped rules."""
    return Detector()


def types(detector: Detector, text: str) -> list[str]:
    """The data types found in one text, by place."""
    return [d.data_type for d in detector.detect([text])[0]]


def test_a_fictitious_telephone_number_is_found_and_an_order_is_not(detector: Detector) -> None:
    """The contract's own example; numbers 555-01xx are kept for fiction."""
    called, ordered = detector.detect(["call Ann Lee at 212-555-0187", "order 4711"])

    assert [(d.entity, d.data_type, d.start, d.end, d.recognizer) for d in called] == [
        ("PERSON", "person_name", 5, 12, "ner_person"),
        ("PHONE_NUMBER", "phone", 16, 28, "phone"),
    ]
    assert called[1] == Detection("PHONE_NUMBER", "phone", 16, 28, 0.75, "phone")
    assert ordered == []


def test_offsets_are_code_points(detector: Detector) -> None:
    """A character outside the basic plane counts as one."""
    [found] = detector.detect(["😀 é ann.lee@example.com"])

    assert [(d.start, d.end) for d in found] == [(4, 23)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("card 2223 0031 2200 3222 exp 12/27", ["card_pan", "card_expiry"]),
        ("coupon 12345 expires 12/27", []),
        ("write to a@b.co.uk, see http://b.co.uk/x", ["email"]),
        ("SSN 219-09-9998, DOB 02/14/1980", ["ssn", "dob"]),
        ("ssn on file: 219099998", ["ssn"]),
        ("ref 219099998", []),
        ("routing 021000021 checking account 000123456789", ["aba_routing_no", "bank_account_no"]),
        ("from 203.0.113.9 by 00:1B:44:11:3A:B7", ["ip_address", "mac_address"]),
        ("dx E11.9, MBI 1EG4-TE5-MK73", ["icd10", "medicare_mbi"]),
        ("he lives at 42 W. Elm Street, CA 94110, she in CA 94110", ["street_address", "zip"]),
        ("recordings/2024/call-0187.wav", ["call_recording"]),
        ("-----BEGIN RSA PRIVATE KEY-----", ["private_key"]),
        ("invoice 100, due 2024-01-31, total 1,250.00", []),
    ],
)
def test_what_is_found_in_text(detector: Detector, text: str, expected: list[str]) -> None:
    """Written forms stand alone; bare digits need a word beside them."""
    assert types(detector, text) == expected


def test_a_word_beside_it_makes_a_weak_finding_count(detector: Detector) -> None:
    """Nine digits are anything; nine digits after "ssn" are not."""
    [weak, strong] = detector.detect(["219099998", "her ssn, she said, is 219099998"], minimum=0.0)

    assert max(d.score for d in weak if d.data_type == "ssn") == 0.05
    assert max(d.score for d in strong if d.data_type == "ssn") == 0.85


def test_of_overlapping_findings_the_surest_stays(detector: Detector) -> None:
    """An e-mail address is not a web address as well, a card number no bank account."""
    found = detector.detect(["ann.lee@example.com pays with 4111 1111 1111 1111"])[0]

    assert [(d.data_type, d.recognizer) for d in found] == [("email", "email"), ("card_pan", "card")]


def test_regions_decide_which_rules_apply() -> None:
    """An Aadhaar number is looked for where data lie in India."""
    text = "UIDAI 312345678909, filed by AAACB1234C"
    indian = Detector(DetectorSettings(regions=("IN",), phone_regions=("IN",)))

    assert types(Detector(), text) == []
    assert types(indian, text) == ["in_aadhaar", "in_pan"]


def test_settings_travel_to_workers() -> None:
    """They are pickled with every job."""
    settings = DetectorSettings(min_confidence=0.6, phone_regions=("US", "GB"))

    assert pickle.loads(pickle.dumps(settings)) == settings


def test_no_socket_is_opened_and_no_file_written(tmp_path: object) -> None:
    """Neither building a detector nor judging an e-mail address fetches a list or fills a cache."""
    code = """
import socket, os
def refuse(*_, **__): raise AssertionError("a socket was opened")
socket.socket.__init__ = refuse
socket.create_connection = socket.getaddrinfo = refuse
from piiscan import Detector
found = Detector().detect(["ann.lee@example.co.uk", "see example.org or 203.0.113.9"])
assert [d.data_type for d in found[0]] == ["email"], found
assert not list(os.scandir(os.environ["HOME"])), "something was written"
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={"HOME": str(tmp_path), "PATH": "", "TLDEXTRACT_CACHE": f"{tmp_path}/none"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_importing_the_room_loads_no_presidio() -> None:
    """The driver needs the settings only; workers load the rest."""
    code = "import piiscan.detect, sys; sys.exit('presidio_analyzer' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_table_in_an_archive_is_judged_as_outside_of_it() -> None:
    """The member's name says what its columns are about, not the archive's; endings say nothing."""
    columns = {"full_name": ["Ann Lee", "Bob Ray"], "gender": ["F", "M"]}
    found = []
    for path, member in (("people.csv", ()), ("a.zip", ("people.csv",)), ("people.csv.gz", ())):
        container = Container("share", path, "file", member)
        profile = Detector().profile(container)
        profile.add(Batch(container, columns, 2))
        found.append([(column, each.data_type, each.confidence) for column, each in profile.classify()])

    assert found[0] == found[1] == found[2]
    assert [data_type for _, data_type, _ in found[0]] == ["person_name", "gender"]
