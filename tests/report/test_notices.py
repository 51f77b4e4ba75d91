"""The shipped notice profiles against the rule packs and the texts they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from piiscan import rulepack
from piiscan.errors import RuleError

if TYPE_CHECKING:
    from pathlib import Path

PACKS = rulepack.load()


UNDISCLOSED = {
    *(
        "crypto_wallet",
        "crypto_seed",
        "ctv_id",
        "social_handle",
        "social_profile_url",
        "wifi_bssid",
        "cell_tower",
        "photo",
        "video",
    ),
    *(
        "voiceprint",
        "fingerprint_template",
        "face_template",
        "iris_retina",
        "keystroke_gait",
        "dna",
        "neural_data",
        "minor_flag",
    ),
    *(
        "sexual_orientation",
        "sex_life",
        "citizenship",
        "immigration_status",
        "religion",
        "philosophical_belief",
        "political_affiliation",
    ),
    *(
        "union_membership",
        "pregnancy",
        "criminal_record",
        "license_plate",
        "emergency_contact",
        "consent_record",
        "suppression_flag",
    ),
}
"""Data types that none of the five texts names (law.md 1.6)."""


def covered(name: str) -> set[str]:
    """The data types that any heading of a notice stands for."""
    return set().union(
        *(rulepack.select(heading.data_types, PACKS.data_types) for heading in rulepack.notice(name).headings)
    )


@pytest.mark.parametrize(
    ("name", "headings"),
    [("action-professionals", 9), ("amsi", 8), ("constant-processing", 3), ("collectpro", 10), ("actionstep", 5)],
)
def test_a_profile_has_every_heading_of_its_notice_and_knows_its_data_types(name: str, headings: int) -> None:
    """A selector that names nothing would raise."""
    notice = rulepack.notice(name)

    assert (notice.id, len(notice.headings)) == (name, headings)
    assert covered(name) <= set(PACKS.data_types)


def test_the_profiles_cover_exactly_what_the_texts_name_between_them() -> None:
    """Actionstep's "information as provided or entered by users" covers all that has a category: the data are its clients'."""
    texts = covered("action-professionals") | covered("amsi") | covered("constant-processing") | covered("collectpro")

    assert set(PACKS.data_types) - texts == UNDISCLOSED | {"usage_aggregate", "deidentified", "customer_content"}
    assert set(PACKS.data_types) - covered("actionstep") == set()


def test_the_headings_of_action_professionals_are_the_notices_own_words_in_its_order() -> None:
    """Item (1), (a) to (i)."""
    assert [heading.text for heading in rulepack.notice("action-professionals").headings] == [
        "health insurance information",
        "personal identifying information, like name, address and account number, as well as other identifying information",
        "characteristics such as age, gender, etc.",
        "retail information",
        (
            "internet activity regarding online payments, which we collect if the consumer visits our website or payment portal. If you make a payment "
            "using a credit or debit card over the phone, or by using our online payment portal, we will collect credit or debit card information to "
            "process that payment; that credit card information is not permanently stored in any way"
        ),
        "geolocation data, which we obtain from process servers",
        "recordings, which are made when the consumer has a telephone conversation with us",
        "professional and employment related information",
        "educational information",
    ]


def test_profiles_say_what_their_headings_deny_or_leave_open() -> None:
    """Card numbers "not stored", cookies that "do not identify You", and "information as provided by users"."""
    headings = [*rulepack.notice("action-professionals").headings, *rulepack.notice("actionstep").headings]

    assert [
        (heading.text.split()[-1], heading.claims, len(heading.data_types) - len(heading.denied), heading.catch_all)
        for heading in headings
        if heading.claims or heading.catch_all
    ] == [
        ("way", "never_stored", 1, False),
        ("users", None, 13, True),
        ("volumes", "deidentified", 0, False),
        ("details", "never_stored", 0, False),
        ("computer", "deidentified", 0, False),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('claims = "never"', "heading 1: claims: must be one of never_stored, deidentified"),
        ('denied = ["card_pan"]', "heading 1: denied: must be some of its data_types, with claims"),
        ('claims = "never_stored"\ndenied = ["ssn"]', "heading 1: denied: must be some of its data_types, with claims"),
    ],
)
def test_a_claim_that_makes_no_sense_is_refused(tmp_path: Path, line: str, message: str) -> None:
    """The message names heading and key."""
    path = tmp_path / "ours.toml"
    path.write_text(f'[[heading]]\ntext = "cards"\ndata_types = ["card_pan"]\n{line}\n')

    with pytest.raises(RuleError, match=message):
        rulepack.notice(str(path))
