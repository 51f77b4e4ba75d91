"""Profiles proposed from texts: passages of our own, with the phrases by which the five notices are recognised."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from piiscan import rulepack
from piiscan.notices.importing import read_notice
from piiscan.notices.profile_text import profile_text

if TYPE_CHECKING:
    from pathlib import Path

PACKS = rulepack.load()
COLLECTOR = """Privacy of Example Ltd.
(1) We typically collect the following categories of personal information for debt collection purposes only:
   (a) health insurance information, from creditors;
   (b) identifying information, like name, address and account number;
   (c) internet activity. If you pay by credit card, that card information is not permanently stored in any way;
   (d) hats and shoes;
(2) We do not sell any personal information to third parties.
(3) What we have falls within an exception. We will match 2-3 data points to verify you.
(4) An agent needs a power of attorney or written authorization.
(5) We will never telephone at night.
Last updated on 01/07/2022.
"""
RECEIVABLES = """We have collected the following categories of personal information:
  1. characteristics such as age;
  2. recordings;
  3. Inferences drawn from other information.
Visitors under the age of 18 should not use this site. Information is stored and processed in the United States.
We only retain information for as long as necessary. Calls made by us are recorded.
Agents send a notarized power of attorney. Last Updated: Sept. 20, 2021
"""
PROCESSOR = """The following categories of personal information have been collected:
- Personal identifiers such as name, signature and telephone number.
- Internet or other network activity.
We will not collect additional categories without notice.
We answer within forty-five (45) days. Answers cover just the twelve (12) month period preceding it.
In our role as a Service Provider, we will provide the contact of the business. We will not charge a fee.
"""
PLATFORM = """- Data We Collect
- Credentials: login username, password.
- IP address and geolocation data.
- Metadata associated with files you upload.
- How We Use Your Data
- We rely on one or more of the following legal bases.
- If we transfer your data outside India, it is safeguarded. We delete or anonymize data.
- Access to personal data is limited to those who need it. Children under [18 years] may not register.
"""
HOST = """A service which stores information as provided or entered by its users.
It is in a database, or electronic file system. You delete login credentials that are no longer needed.
A cookie does not identify You. We use non-identifying and aggregated figures.
Staff do not have access to your password. All data transferred is encrypted. We do not store your credit card number.
"""


def kinds(text: str) -> list[str]:
    """The kinds of checks that a text's proposal has, a command for a service."""
    checks = [each["check"][0] for each in read_notice(text, "x", "X").promises]
    return [check.get("command") or check["kind"] for check in checks]


def test_a_collectors_text_becomes_headings_promises_and_lags() -> None:
    """And what is not recognised is told: an item of the list, and a sentence that promises."""
    proposal = read_notice(COLLECTOR, "ours", "Ours")

    assert [(each["text"], each["letters"]) for each in proposal.headings] == [
        ("health insurance information, from creditors", ["B"]),
        ("identifying information, like name, address and account number", ["A", "B"]),
        (
            "internet activity. If you pay by credit card, that card information is not permanently stored in any way",
            ["B", "F"],
        ),
    ]
    assert proposal.headings[2]["claims"] == "never_stored"
    assert kinds(COLLECTOR) == [
        "disclosed", "purposes_named", "never_stored", "not_sold", "exceptions_named", "requests verify N", "requests open",
    ]  # fmt: skip
    assert [each.text for each in proposal.unrecognised] == ["hats and shoes", "We will never telephone at night"]
    assert proposal.last_updated == date(2022, 1, 7)
    assert [each["id"] for each in proposal.lags] == ["P3", "P4", "P4.limit"]


@pytest.mark.parametrize(
    ("text", "headings", "expected"),
    [
        (RECEIVABLES, 3, ["disclosed", "no_minors", "region", "retention", "found", "barred"]),
        (PROCESSOR, 2, ["disclosed", "requests list --overdue", "requests answer N -o DIR", "client_contacts", "requests open"]),
        (PLATFORM, 3, ["disclosed", "legal_basis", "region", "retention", "world_readable", "no_minors"]),
        (
            HOST,
            1,
            [
                "disclosed", "held_in", "unused_credentials", "cookies_identify", "deidentified", "readable_passwords", "encrypted",
                "never_stored",
            ],
        ),
    ],
)  # fmt: skip
def test_the_phrases_of_the_other_notices_are_recognised(text: str, headings: int, expected: list[str]) -> None:
    """One check of each kind, in the order of the text."""
    found = kinds(text)

    assert len(read_notice(text, "x", "X").headings) == headings
    assert [kind for kind in dict.fromkeys(found) if kind in expected] == expected


@pytest.mark.parametrize("text", [COLLECTOR, RECEIVABLES, PROCESSOR, PLATFORM, HOST, ""])
def test_a_proposal_is_a_profile_that_loads(text: str, tmp_path: Path) -> None:
    """With the same promises; a text without any heading is none, and says so."""
    path = tmp_path / "ours.toml"
    proposal = read_notice(text, "ours", 'Our "notice"')
    path.write_text(profile_text(proposal), encoding="utf-8")

    if not proposal.headings:
        assert not proposal.promises
        return
    loaded = rulepack.notice(str(path))
    assert (loaded.title, [each.id for each in loaded.promises]) == (
        'Our "notice"',
        [each["id"] for each in proposal.promises],
    )
    for heading in loaded.headings:
        rulepack.select(heading.data_types, PACKS.data_types)


def test_the_command_reads_standard_input_and_writes_the_profile(invoke: Any, tmp_path: Path) -> None:
    """Without any configuration."""
    done = invoke("notice", "import", "-", "--profile", tmp_path / "ours.toml", "--format", "json", input=COLLECTOR)

    assert done.exit_code == 0
    body = json.loads(done.stdout)
    assert body["profile"] == (tmp_path / "ours.toml").read_text("utf-8")
    assert body["not_recognised"] == ["hats and shoes", "We will never telephone at night"]
