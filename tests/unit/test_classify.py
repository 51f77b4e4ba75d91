"""The judgement over columns: names, values and types, joined without flooding and without averaging away."""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from piiscan import Detector
from piiscan.detect import profile as profile_module
from piiscan.model import Batch, Classification, Column, Container

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.fixture(scope="module")
def detector() -> Detector:
    """The shipped rules."""
    return Detector()


def judge(detector: Detector, name: str, values: Sequence[object] = (), **about: Any) -> list[str]:
    """The data types a column is taken for, best first."""
    return [c.data_type for c in detector.classify(name, values, **about)]


def table(detector: Detector, path: str, **columns: Sequence[object]) -> dict[str | None, list[str]]:
    """The data types of every column of a small table."""
    container = Container("s", path, "table", columns=tuple(Column(name) for name in columns))
    profile = detector.profile(container)
    profile.add(
        Batch(container, {name: list(values) for name, values in columns.items()}, len(next(iter(columns.values()))))
    )
    found: dict[str | None, list[str]] = {}
    for column, classification in profile.classify():
        found.setdefault(column, []).append(classification.data_type)
    return found


def test_name_and_values_together_are_surer_than_either(detector: Detector) -> None:
    """And the why says both, without a value in it."""
    [found] = detector.classify("ssn_no", ["078-05-1120", "219-09-9998"], table="debtors", sql_type="VARCHAR(11)")

    assert found == Classification(
        data_type="ssn", confidence=0.99, evidence=("values", "name"), recognizers=("ssn_written",), cells_seen=2, cells_matched=2,
        why="the column's name says Social Security number, and 2 of 2 different values (95 % interval 34-100 %) are recognised as such",
    )  # fmt: skip


def test_an_empty_column_is_judged_by_its_name(detector: Detector) -> None:
    """Surely enough to be reported where the name is plain."""
    [found] = detector.classify("birth_dt", [], sql_type="DATE")

    assert (found.data_type, found.evidence, found.cells_seen) == ("dob", ("name",), 0)
    assert found.why == "by name alone: the column's name says Date of birth; the table is empty"
    assert 0.5 <= found.confidence < 0.9
    assert judge(detector, "notes", []) == []


def test_values_speak_where_the_name_says_nothing(detector: Detector) -> None:
    """A column called c7."""
    [found] = detector.classify("c7", ["ann.lee@example.com", "bob@example.org", None])

    assert (found.data_type, found.evidence, found.cells_seen, found.cells_matched) == ("email", ("values",), 2, 2)


def test_one_card_number_in_ten_thousand_notes_is_reported(detector: Detector) -> None:
    """It is not divided by the size of the sample."""
    values = ["left a message"] * 9_999 + ["card 4111 1111 1111 1111 given"]

    [found] = detector.classify("note", values, table="accounts")

    assert (found.data_type, found.evidence, found.cells_matched, found.cells_seen) == (
        "card_pan",
        ("text",),
        1,
        10_000,
    )
    assert found.confidence >= 0.9
    assert found.why == "1 of 10,000 cells contains it, found by card"


@pytest.mark.parametrize(
    ("note", "data_type"),
    [("her SSN is 219-09-9998", "ssn"), ("DOB: 03/14/1985, called back", "dob"), ("write to ann@example.com", "email")],
)
def test_one_note_of_ten_thousand_is_reported_whatever_it_holds(detector: Detector, note: str, data_type: str) -> None:
    """A number of the government, a date of birth, an address."""
    found = detector.classify("note", ["left a message"] * 9_999 + [note], table="accounts")

    assert [(c.data_type, c.cells_matched, c.why.split(" it,")[0]) for c in found] == [
        (data_type, 1, "1 of 10,000 cells contains")
    ]


def test_what_is_repeated_does_not_outvote_what_is_not(detector: Detector) -> None:
    """One placeholder in most rows of a column of e-mail addresses; one address in a column of words."""
    mixed = ["unknown"] * 900 + [f"ann{n}@example.com" for n in range(99)]
    [found] = detector.classify("c7", mixed)

    assert (found.data_type, found.evidence, found.cells_matched) == ("email", ("values",), 99)
    assert found.why.startswith("99 of 100 different values (95 % interval 95-100 %) are one")
    words = ["paid", "open", "closed"] * 300 + ["ann@example.com"] * 90
    [stray] = detector.classify("c7", words)
    assert (stray.data_type, stray.why.split(",")[0]) == ("email", "90 of 990 cells contain it")


def test_given_names_and_surnames_are_known_without_a_name_of_the_column(detector: Detector) -> None:
    """As firsts, as lasts, in full; not those of places, and not where the name says what is called after people."""
    firsts = ["Mary", "John", "Linda", "Robert", "Susan", "James", "Karen", "David", "Nancy", "Paul"]
    lasts = ["Smith", "Johnson", "Garcia", "Brown", "Miller", "Davis", "Wilson", "Moore", "Taylor", "Lee"]
    towns = [
        "Reno",
        "Boise",
        "Omaha",
        "Tulsa",
        "Austin",
        "Laredo",
        "Tempe",
        "Chico",
        "Ogden",
        "Provo",
        "Macon",
        "Akron",
    ]

    assert judge(detector, "c1", firsts) == ["person_name"]
    assert judge(detector, "c2", [last.upper() for last in lasts]) == ["person_name"]
    [full] = detector.classify("c3", [f"{last}, {first}" for first, last in zip(firsts, lasts, strict=True)])
    assert full.why == (
        "10 of 10 different values (95 % interval 72-100 %) are made of given names and surnames of the census"
    )
    assert judge(detector, "c4", towns) == []
    assert judge(detector, "county", lasts) == []
    assert judge(detector, "c5", firsts[:5]) == []


def test_a_type_that_has_no_room_refutes_the_name(detector: Detector) -> None:
    """A telephone number of one letter, a password of yes or no; a gender may be one of a few."""
    assert judge(detector, "phone", sql_type="CHAR(1)") == []
    assert judge(detector, "email", sql_type="varchar(2)") == []
    assert judge(detector, "modify_phones", sql_type="enum('0','1')", table="users") == []
    assert judge(detector, "force_password", sql_type="ENUM('Y','N')", table="users") == []
    assert judge(detector, "phone", sql_type="enum('cell','home','work')", table="users") == []
    assert judge(detector, "gender", sql_type="enum('male','female')", table="users") == ["gender"]
    assert judge(detector, "phone", sql_type="VARCHAR(20)") == ["phone"]


def test_a_foreign_key_says_whose_a_row_is_and_what_a_code_means(detector: Detector) -> None:
    """An amount of somebody; a key to the list of religions."""
    columns = (
        Column("holder_ref", "INTEGER", references="crm.customers.id"),
        Column("rel", "INTEGER", references="religions.id"),
        Column("kind", "INTEGER", references="kinds.id"),
    )
    profile = detector.profile(Container("s", "t", "table", columns=columns))

    assert [(name, c.data_type, c.why) for name, c in profile.classify()] == [
        ("rel", "religion", "a foreign key points from it to a table of Religion")
    ]
    assert detector.names.surroundings("t", ["x"], ["crm.customers.id"]).beside == {"@person"}


def test_numbers_that_pass_a_checksum_by_chance_are_no_cards(detector: Detector) -> None:
    """Of any sixteen digits that begin with 4, one in ten passes."""
    assert judge(detector, "ref", [str(4_000_000_000_000_000 + i * 7) for i in range(3_000)]) == []


def test_a_whole_column_that_passes_a_checksum_is_no_chance(detector: Detector) -> None:
    """Bare NPIs under a name that says nothing."""
    npis = [
        "1234567893",
        "1003000126",
        "1003000134",
        "1003000142",
        "1003000407",
        "1003000423",
        "1003000480",
        "1003000522",
    ]

    [found] = detector.classify("c7", npis * 3)

    assert (found.data_type, found.evidence) == ("npi", ("values",))
    assert judge(detector, "c7", npis[:3]) == []


def test_bare_nine_digits_need_a_name(detector: Detector) -> None:
    """The most frequent false alarm of scanners."""
    values = [219_099_998 + 7 * i for i in range(50)]

    assert judge(detector, "id", values, sql_type="INTEGER") == []
    assert judge(detector, "order_no", values, table="t") == []
    assert judge(detector, "soc_sec_num", values) == ["ssn"]


def test_a_name_whose_values_refute_it_is_not_believed(detector: Detector) -> None:
    """A gender of products, a phone that is no number, a latitude beyond the pole."""
    assert judge(detector, "home_phone", ["yes", "no", "no"]) == []
    assert judge(detector, "latitude", [4000.5, 4100.25], table="debtors") == []
    assert judge(detector, "credit_card", ["Visa", "Amex"]) == []


def test_a_hashed_column_stays_personal(detector: Detector) -> None:
    """Pseudonymised data are personal information (Civ. Code 1798.140(aa))."""
    assert judge(detector, "ssn_hash", ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]) == ["ssn"]


def test_a_mixed_column_shows_both(detector: Detector) -> None:
    """Half e-mail addresses, half telephone numbers."""
    assert judge(detector, "contact_info", ["a@example.com", "212-555-0187"] * 5) == ["email", "phone"]


def test_the_surest_whole_value_type_stands_alone(detector: Detector) -> None:
    """No flood: an e-mail column is no URL, no username, no name."""
    assert judge(detector, "login", ["ann@example.com", "bob@example.org"], table="users") == ["username"]
    assert judge(detector, "email", ["ann@example.com", "bob@example.org"]) == ["email"]


def test_the_same_name_means_different_things_in_different_tables(detector: Detector) -> None:
    """A name of a customer, of a product, of a genre; a title of an employee and of a film."""
    assert table(detector, "customers", name=["Ann Lee"]) == {"name": ["person_name"]}
    assert table(detector, "products", name=["Blue chair"]) == {}
    assert table(detector, "music.genre", name=["Jazz"]) == {}
    assert table(detector, "employees", title=["Clerk"]) == {"title": ["job_title"]}
    assert table(detector, "films", title=["Alien"]) == {}


def test_names_of_organisations_are_no_names_of_persons(detector: Detector) -> None:
    """A table of clients that are firms; where some are persons the claim stays, less sure."""
    firms = [
        "Mercy General Hospital",
        "Northbay Outfitters",
        "First National Bank",
        "Acme, Inc.",
        "Lakeside Dental Group",
    ]
    people = ["Ann Lee", "Robert Banks", "Maria Church-Day", "J. Price", "Bo Wells"]

    assert table(detector, "clients", client_name=firms) == {}
    assert table(detector, "clients", name=firms) == {}
    assert table(detector, "clients", client_name=people) == {"client_name": ["person_name"]}
    [sure] = detector.classify("client_name", people, table="clients")
    [doubtful] = detector.classify("client_name", people[:2] + firms[:3], table="clients")
    assert (doubtful.data_type, doubtful.confidence, doubtful.evidence) == ("person_name", 0.8, ("name",))
    assert sure.confidence > doubtful.confidence


def test_a_column_called_by_a_role_holds_names_only_if_they_look_it(detector: Detector) -> None:
    """Employees by name, by number, by department."""
    assert judge(detector, "employee", ["Ann Lee", "Lee, Robert", "Dr. María Núñez"]) == ["person_name"]
    assert judge(detector, "student", ["ANN LEE", "BOB RAY"], table="school-records") == ["person_name"]
    assert judge(detector, "employee", ["full time", "contractor"]) == []
    assert judge(detector, "customer", ["Acme Inc", "Mercy Hospital"]) == []
    assert judge(detector, "employee", ["E-1001", "E-1002"]) == []
    assert judge(detector, "student", []) == []


def test_a_relatives_name_says_who_belongs_to_whom(detector: Detector) -> None:
    """It is a name as well, but one that was inferred from (letters A and K)."""
    assert judge(detector, "relative_name", ["Ann Lee", "Bob Ray"], table="skiptrace_hits") == ["relative_associate"]
    assert detector.packs.data_types["relative_associate"].categories == ("A", "K")


def test_the_name_of_a_health_plan_is_no_member_number(detector: Detector) -> None:
    """A number is one, beside a diagnosis in a file that says nothing about health."""
    plans, members = ["Golden Poppy Health", "Bay Laurel PPO 500"], ["HBL123456789", "KDM987654321"]

    assert table(detector, "medical_accounts", health_plan=plans, member_id=members) == {
        "member_id": ["health_plan_member_id"]
    }
    assert table(detector, "medical_accounts", health_plan=members) == {"health_plan": ["health_plan_member_id"]}
    assert table(detector, "2026-05-25", member_id=members, icd10=["E11.9", "I10"]) == {
        "icd10": ["icd10"],
        "member_id": ["health_plan_member_id"],
    }
    assert table(detector, "2026-05-25", member_id=members, shelf=["A1", "B2"]) == {}


def test_a_user_in_a_log_is_a_user_name(detector: Detector) -> None:
    """Beside what logs hold; a number of a user is none."""
    assert table(detector, "events", user=["annlee17", "bobray"], session_id=["0f" * 16, "1e" * 16])["user"] == [
        "username"
    ]
    assert "user" not in table(detector, "events", user=[17, 18], session_id=["0f" * 16, "1e" * 16])
    assert table(detector, "t", user=["annlee17", "bobray"]) == {}


def test_since_when_somebody_is_employed_is_a_date_of_employment(detector: Detector) -> None:
    """However it is put."""
    assert judge(detector, "employed_since", [date(2019, 4, 1)]) == ["employment_dates"]


def test_neighbours_lend_a_column_meaning(detector: Detector) -> None:
    """A city beside a street; an amount beside an employee's number in a table of salaries."""
    assert table(detector, "t1", addr_line_1=["1 Elm"], city=["Reno"]) == {
        "addr_line_1": ["street_address"],
        "city": ["street_address"],
    }
    assert table(detector, "dept_emp", emp_no=[10001], from_date=[date(1999, 1, 1)]) == {
        "from_date": ["employment_dates"]
    }


def test_the_rule_that_reads_more_of_the_name_speaks(detector: Detector) -> None:
    """A student-loan number is a loan number as well; a work e-mail is an e-mail; a prior address holds a ZIP code."""
    assert judge(detector, "student_loan_no", ["SL-10001", "SL-10002"]) == ["student_loan"]
    assert judge(detector, "work_email", ["ann@example.com"]) == ["work_contact"]
    assert judge(detector, "prior_address", ["42 W. Elm Street, Reno, NV 89501"]) == ["address_history"]


def test_a_few_values_that_look_like_something_else_do_not_flood(detector: Detector) -> None:
    """Account numbers written like telephone numbers, among account numbers that are not."""
    accounts = [f"AC-{n}" for n in range(190)] + ["415-555-2671"] * 10

    assert judge(detector, "account_no", accounts, table="accounts") == ["creditor_account_no"]


def test_system_columns_and_lookups_are_clean(detector: Detector) -> None:
    """Keys, timestamps of the system, codes and switches."""
    assert table(detector, "orders", order_id=[1, 2], last_update=[date(2024, 1, 1)] * 2, modified_by=[3, 4]) == {}
    assert table(detector, "phone_types", id=[1], phone_type=["cell"]) == {}
    assert table(detector, "users", is_email_verified=[True], email_count=[3], email_type=["work"]) == {}
    assert table(detector, "email_templates", subject=["Hi"], body=["Hello there"]) == {}


def test_a_photograph_counts_by_its_table(detector: Detector) -> None:
    """The picture of a person, not of a category of goods."""
    jpeg = b"\xff\xd8\xff\xe0\x00\x10JFIF"

    assert table(detector, "staff", picture=[jpeg]) == {"picture": ["photo"]}
    assert table(detector, "categories", picture=[jpeg]) == {}


def test_json_is_looked_into(detector: Detector) -> None:
    """However deep a value lies."""
    value = {"form": {"ssn": "219-09-9998", "items": [{"mail": "a@example.com"}]}}

    assert judge(detector, "payload", [value] * 3, sql_type="jsonb") == ["email", "ssn"]


def test_running_text_and_the_nature_of_a_file_are_reported_without_a_column(detector: Detector) -> None:
    """A recording is one whatever it says."""
    container = Container("s", "rec/a.txt", "file")
    profile = detector.profile(container)
    profile.add(Batch(container, {None: ["call 212-555-0187", "nothing here"]}, 2, metadata_types=("call_recording",)))

    assert profile.classify() == [
        (None, Classification("call_recording", 0.9, ("metadata",), (), 1, 1, "the file is one by its nature")),
        (
            None,
            Classification(
                "phone", 0.75, ("text",), ("phone",), 2, 1, "1 of 2 pieces of text contains it, found by phone"
            ),
        ),
    ]


def test_no_value_reaches_the_result(detector: Detector) -> None:
    """Neither the why nor the representation of a profile shows one."""
    canary = "219-09-9998"
    container = Container("s", "debtors", "table", columns=(Column("ssn"),))
    profile = detector.profile(container)
    profile.add(Batch(container, {"ssn": [canary] * 3}, 3))

    assert canary not in repr(profile.classify()) + repr(vars(profile))


def rows(count: int) -> list[tuple[object, ...]]:
    """Rows of mixed columns, many values repeated."""
    chance = random.Random(7)
    return [
        (
            f"user{chance.randrange(900)}@example.com", chance.choice(["M", "F"]), chance.choice([None, 1, 1.0, True, "1"]),
            chance.choice(["paid", "call 212-555-0187", "ssn 219-09-9998"]), chance.randrange(10**9),
        )
        for _ in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("remembered", [20_000, 3])
def test_neither_order_nor_batches_change_the_result(
    detector: Detector, monkeypatch: pytest.MonkeyPatch, remembered: int
) -> None:
    """Not even when there are more values than are remembered."""
    monkeypatch.setattr(profile_module, "_REMEMBERED", remembered)
    monkeypatch.setattr(profile_module, "_FEWEST", 1)
    names = ("mail", "sex", "odd", "note", "n")
    container = Container("s", "people", "table", columns=tuple(Column(name) for name in names))
    data = rows(2_000)
    results = []
    for size, shuffled in ((1_000, data), (77, data[::-1]), (500, random.Random(1).sample(data, len(data)))):
        profile = detector.profile(container)
        for start in range(0, len(shuffled), size):
            part = shuffled[start : start + size]
            profile.add(Batch(container, {name: [row[i] for row in part] for i, name in enumerate(names)}, len(part)))
        results.append((profile.rows, profile.cells, profile.classify()))

    assert results[0] == results[1] == results[2]
    assert results[0][:2] == (2_000, 10_000)


def test_each_different_value_passes_the_detector_once(detector: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million rows of ten values cost ten looks; numbers and dates that cannot be anything cost none."""
    seen: list[str] = []
    door = detector.candidates
    monkeypatch.setattr(detector, "candidates", lambda texts, *rest: seen.extend(texts) or door(texts, *rest))
    container = Container("s", "t", "table", columns=(Column("a"), Column("b"), Column("c")))
    profile = detector.profile(container)

    for _ in range(3):
        profile.add(Batch(container, {"a": ["x y", "z w"] * 50, "b": [1.5] * 100, "c": ["2024-01-31"] * 100}, 100))

    assert sorted(seen) == ["x y", "z w"]
