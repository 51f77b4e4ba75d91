"""Whose a row is: families, twins, changed names, shared telephones, partial numbers, accents."""

from __future__ import annotations

import pytest

from piiscan.requests.persons import Person

ANN = {"person_name": "Ann Maria Lee", "phone": "(212) 555-0187", "dob": "1981-03-04", "street_address": "1 Elm St."}


@pytest.mark.parametrize(
    ("given", "cells", "verdict"),
    [
        (ANN, {"person_name": ["ANN MARIA LEE"], "phone": ["+1 212.555.0187"]}, "same"),
        (ANN, {"person_name": ["Lee, Ann M."], "dob": ["03/04/1981"]}, "same"),
        (ANN, {"person_name": ["Lee", "Ann"], "dob": ["1981-03-04"]}, "same"),
        (ANN, {"person_name": ["Ann Maria Lee"]}, "near"),  # never on a name alone
        (ANN, {"person_name": ["Bob Lee"], "phone": ["2125550187"], "street_address": ["1 ELM ST"]}, "near"),  # a spouse
        (ANN, {"person_name": ["Eve Lee"], "dob": ["1981-03-04"], "street_address": ["1 Elm St"]}, "near"),  # a twin
        (ANN, {"person_name": ["Ann Lee"], "dob": ["2011-03-04"], "street_address": ["1 Elm St"]}, "near"),  # a daughter
        (ANN, {"person_name": ["Eve Poe"], "dob": ["1981-03-04"]}, "other"),  # thousands share a day
        (ANN, {"phone": ["212-555-0187"]}, "near"),  # a shared telephone, no name
        (ANN, {"phone": ["212-555-0187"], "street_address": ["1 Elm St"]}, "near"),  # a household
        (ANN, {"phone": ["212-555-0188"], "person_name": ["Bob Poe"]}, "other"),
        ({"person_name": "Ann Lee", "email": "A@x.org"}, {"email": ["a@X.org"]}, "same"),
        ({"person_name": "Ann Lee", "email": "a@x.org"}, {"email": ["a@x.org"], "person_name": ["Ann Poe"]}, "near"),  # married
        ({"person_name": "Ann Poe", "alias": "Ann Lee", "email": "a@x.org"}, {"email": ["a@x.org"], "person_name": ["Ann Lee"]}, "same"),
        ({"person_name": "José Núñez", "dob": "1970-12-31"}, {"person_name": ["JOSE NUNEZ"], "dob": ["1970-12-31"]}, "same"),
        ({"person_name": "Ann Lee", "ssn_last4": "1120"}, {"person_name": ["Ann Lee"], "ssn": ["078-05-1120"]}, "same"),
        ({"person_name": "Ann Lee", "ssn_last4": "1120"}, {"person_name": ["Ann Lee"], "ssn": ["078-05-9999"]}, "other"),
        ({"person_name": "Ann Lee", "ssn_last4": "1120"}, {"ssn_last4": ["1120"]}, "near"),
        ({"phone": "2125550187", "dob": "1981-03-04"}, {"phone": ["2125550187"], "dob": ["1981-03-04"]}, "near"),
    ],
)  # fmt: skip
def test_a_row_is_the_persons_only_if_nothing_decisive_differs(
    given: dict[str, str], cells: dict[str, list[str]], verdict: str
) -> None:
    assert Person(given).judge(cells).verdict == verdict


def test_what_tells_two_persons_of_one_name_apart_is_remembered() -> None:
    judged = Person({"person_name": "John Lee", "street_address": "1 Elm St"}).judge(
        {"person_name": ["John Lee"], "street_address": ["1 Elm St"], "dob": ["1950-01-01"]}
    )

    assert (judged.verdict, judged.apart) == ("same", (("dob", frozenset({"19500101"})),))
    assert "19500101" not in repr(judged) + repr(Person(ANN))
