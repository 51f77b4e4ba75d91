"""The register of requests as a user meets it: opened, counted, extended, refused, closed, forgotten."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from piiscan.inventory import Inventory

if TYPE_CHECKING:
    from pathlib import Path

TODAY = datetime.now(UTC).astimezone(ZoneInfo("America/Los_Angeles")).date()
ANN: dict[str, str] = {
    "person_name": "Ann Canary-Lee", "email": "ann.canary@example.org", "phone": "(212) 555-0187", "dob": "1981-03-04", "ssn": "078-05-1120",
}  # fmt: skip
CANARIES = ("canary", "5550187", "555-0187", "1981", "078-05", "Powers", "+1 415", "wants it all")


def request(kind: str = "know_specific", days: int = 0, **more: Any) -> str:
    """A request as a web form sends it; received so many days ago."""
    plain = {"kind": kind, "received": str(TODAY - timedelta(days=days)), "channel": "web_form", "subject": ANN}
    return json.dumps(plain | more)


def put(call: Any, *arguments: str, **options: Any) -> dict[str, Any]:
    """The entry after a request was opened."""
    said = call("open", "--from", "-", *arguments, "--format", "json", stdin=request(**options))
    return said.json["entry"]


def test_a_request_is_recorded_with_its_deadlines_and_without_who_asks(firm: Path, call: Any) -> None:
    text = request(
        agent={"name": "Max Powers", "contact": "+1 415 555 0100", "authority": "power_of_attorney", "notarized": True},
        fee={"amount": "25 USD", "reason": "the ninth request this week"},
        notes="wants it all",
        minor=True,
    )
    said = call("open", "--from", "-", "--format", "json", stdin=text)

    entry = said.json["entry"]
    assert said.code == 0
    assert (entry["id"], entry["state"], entry["next"], entry["sealed"]) == (1, "open", "confirm", True)
    assert entry["data_types"] == ["dob", "email", "person_name", "phone", "ssn"]
    assert entry["deadlines"]["answer"] == str(TODAY + timedelta(days=45))
    assert entry["deadlines"]["extended"] == str(TODAY + timedelta(days=90))
    assert [flag.partition(":")[0] for flag in entry["flags"]] == [
        "a notarized paper was given",
        "a minor, and nobody asks as the parent or guardian",
        "no declaration under penalty of perjury",
        "a fee",
    ]
    shown = [call(*words).out for words in (("list",), ("show", "1"), ("show", "1", "--format", "json"))]
    everything = "".join([said.out, said.error, *shown]) + (firm / "piiscan.db").read_bytes().decode("latin-1")
    assert [word for word in CANARIES if word.lower() in everything.lower()] == []


def test_the_third_request_to_know_in_twelve_months_is_refused_with_the_reason(firm: Path, call: Any) -> None:
    put(call, kind="know_categories", days=300)
    call("close", "1", "--response", "complied")
    spelled = ANN | {"person_name": "LEE CANARY, ann", "phone": "+1 212.555.0187"}
    put(call, days=10, subject={"person_name": "ann  canary lee", "email": "ANN.canary@example.org"})
    put(call, kind="delete", days=5)
    third = call(
        "open",
        "--from",
        "-",
        "--format",
        "json",
        stdin=request(days=1, subject=spelled | {"person_name": "Ann Canary Lee"}),
    )
    other = put(call, days=1, subject=ANN | {"person_name": "Bob Canary Lee"})

    entry = third.json["entry"]
    assert (third.code, third.json["outcome"]["reasons"]) == (6, ["refused"])
    assert (entry["state"], entry["ground"], entry["citation"], entry["sealed"]) == (
        "denied", "frequency", "Civ. 1798.130(b)", False,
    )  # fmt: skip
    assert entry["log"][0]["said"] == "requests 1 and 2 of the same person were received in the 12 months before"
    assert other["state"] == "open"


@pytest.mark.parametrize(("days", "code"), [(364, 6), (366, 0)])
def test_a_request_twelve_months_old_counts_no_more(firm: Path, call: Any, days: int, code: int) -> None:
    for age in (days, 30):
        put(call, days=age)

    assert call("open", "--from", "-", stdin=request()).code == code


def test_twins_with_one_telephone_are_counted_apart_and_a_name_alone_counts_nobody(firm: Path, call: Any) -> None:
    shared = {"phone": "212-555-0100", "dob": "2001-01-01", "street_address": "1 Elm St"}
    for name in ("Ann Lee", "Ann Lee", "Eve Lee", "Eve Lee"):
        put(call, subject=shared | {"person_name": name})
    twin = call("open", "--from", "-", stdin=request(subject=shared | {"person_name": "Zoe Lee"}))
    namesake = call("open", "--from", "-", stdin=request(subject={"person_name": "Ann Lee"}))
    again = call("open", "--from", "-", stdin=request(subject=shared | {"person_name": "ann lee"}))

    assert [twin.code, namesake.code, again.code] == [0, 0, 6]


def test_an_extension_is_taken_once_and_inside_the_first_45_days(firm: Path, call: Any) -> None:
    for days in (45, 46):
        put(call, days=days)
    put(call, kind="opt_out")
    taken = call("extend", "1", "--reason", "three systems to search", "--format", "json")
    again, late, never = (call("extend", number, "--reason", "more") for number in ("1", "2", "3"))

    entry = taken.json["entry"]
    assert (entry["next"], entry["extended_on"], entry["late"]) == ("confirm", str(TODAY), ["confirm"])
    assert entry["log"][-1]["said"] == "three systems to search"
    assert [again.code, late.code, never.code] == [2, 6, 2]
    assert late.error.startswith("an extension had to be told by ")
    assert "knows no extension" in never.error


def test_what_is_late_is_listed_first(firm: Path, call: Any) -> None:
    for kind, days in (("delete", 1), ("delete", 50), ("opt_out", 40), ("delete", 60)):
        put(call, kind=kind, days=days)
    call("close", "4", "--response", "complied")
    call("confirm", "2")

    late = call("list", "--overdue", "--format", "json").json["entries"]
    everything = call("list", "--all", "--format", "json").json["entries"]

    assert [(each["id"], each["next"], each["overdue"]) for each in late] == [(3, "answer", True), (2, "answer", True)]
    assert [(each["id"], each["state"]) for each in everything] == [
        (3, "open"),
        (2, "open"),
        (1, "open"),
        (4, "closed"),
    ]
    assert everything[3]["late"] == ["confirm", "answer"]
    assert call("list").out.startswith("Consumers' requests")


@pytest.mark.parametrize(
    ("kind", "ground", "said"),
    [
        ("delete", "e8", (0, "E8", "Civ. 1798.105(d)(8)")),
        ("delete", "X.glba", (0, "X.glba", "Civ. 1798.145(e)")),
        ("know_specific", "E8", (2, "'E8' does not answer a request know_specific under ccpa")),
        ("delete", "E9", (2, "E9 is repealed: Proposition 24 struck it out of Civ. Code 1798.105(d)")),
        ("opt_out", "unverified", (2, "'unverified' does not answer a request opt_out under ccpa")),
        ("delete", "because", (2, "'because' is no ground")),
        ("delete", "unverified", (0, "unverified", "11 CCR 7022(a), 7024(a), (b)")),
    ],
)
def test_a_refusal_has_a_ground_that_answers_this_kind(
    firm: Path, call: Any, kind: str, ground: str, said: tuple[Any, ...]
) -> None:
    put(call, kind=kind)
    done = call("deny", "1", "--ground", ground, "--reason", "as counsel says", "--format", "json")

    if done.code:
        assert (done.code, done.error[: len(said[1])]) == said
        return
    entry = done.json["entry"]
    assert (done.code, entry["ground"], entry["citation"]) == said
    assert (entry["state"], entry["sealed"], entry["closed_on"]) == ("denied", False, str(TODAY))


def test_grounds_of_the_gdpr_answer_its_requests_only(firm: Path, call: Any) -> None:
    put(call, kind="erase", regime="gdpr")
    wrong = call("deny", "1", "--ground", "E8", "--reason", "law")
    right = call("deny", "1", "--ground", "art17.3.e", "--reason", "a suit is pending", "--format", "json")

    assert (wrong.code, right.json["entry"]["citation"]) == (2, "GDPR Art. 17(3)(e)")


def test_a_service_provider_sends_the_person_on_with_the_clients_contact(firm: Path, call: Any) -> None:
    put(call, kind="delete")
    words = ("deny", "1", "--ground", "service_provider", "--reason", "held for a client")
    refused = [call(*words, *more).code for more in ((), ("--client", "mute"), ("--client", "nobody"))]
    done = call(*words, "--client", "mercy")

    assert refused == [2, 2, 2]
    assert "Held on behalf of Mercy Hospital, privacy@mercy.example: the person asks there." in done.out
    assert call("show", "1", "--format", "json").json["entry"]["client"] == "mercy"


def test_closing_removes_who_asked_and_keeps_the_log_and_the_hash(firm: Path, call: Any) -> None:
    put(call, kind="delete")
    inventory = Inventory.open(f"sqlite:///{firm / 'piiscan.db'}")
    before = inventory.requests()[0].sealed
    closed = call("close", "1", "--response", "partly", "--ground", "E8", "--note", "Reg F", "--format", "json")
    after = inventory.requests()[0]

    assert before is not None
    assert (after.sealed, after.state, after.response, after.ground) == (None, "closed", "partly", "E8")
    assert [each["what"] for each in closed.json["entry"]["log"]] == ["opened", "closed"]
    assert [each.data_type for each in inventory.identities()[1]] == ["dob", "email", "person_name", "phone", "ssn"]
    assert before not in (firm / "piiscan.db").read_bytes().decode("latin-1")
    assert call("close", "1", "--response", "complied").code == 2


def test_the_log_is_kept_for_24_months_at_least(firm: Path, call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, age in (("delete", 800), ("know_specific", 800), ("delete", 700), ("delete", 900)):
        put(call, kind=kind, days=age)
    inventory = Inventory.open(f"sqlite:///{firm / 'piiscan.db'}")
    for number, age in ((1, 740), (2, 740), (3, 700)):
        with inventory.requesting() as writer:
            day = TODAY - timedelta(days=age)
            writer.record(
                number, "closed", day, "me", "", state="closed", closed_on=day, response="complied", sealed=None
            )
    early = call("prune", "--keep", "P12M")
    asked = call("prune", "--dry-run", "--format", "json").json
    done = call("prune", "--format", "json").json

    assert (early.code, early.error.partition(" |")[0]) == (6, "the log of requests is kept for 24 months at least")
    assert (asked["pruned"], asked["dry_run"], done["pruned"], done["kept"]) == ([1, 2], True, [1, 2], [3, 4])
    assert [each.id for each in inventory.requests()] == [3, 4]
    assert sorted(inventory.identities()) == [1, 3, 4]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "neither TOML nor JSON"),
        ("kind = 'delete' canary", "neither TOML nor JSON"),
        ('{"canary": 1}', "1 unknown keys: it may have agent, channel, declared"),
        ('{"kind": "canary", "channel": "web_form", "subject": {"email": "a"}}', "kind (under ccpa) is one of correct"),
        ('{"kind": "erase", "channel": "web_form", "subject": {"email": "a"}}', "kind (under ccpa) is one of correct"),
        ('{"kind": "delete", "channel": "canary", "subject": {"email": "a"}}', "channel is one of web_form"),
        ('{"kind": "delete", "channel": "mail", "subject": {"canary": "a"}}', "a key of [subject] is no data type"),
        ('{"kind": "delete", "channel": "mail"}', "[subject] is empty"),
        ('{"kind": "delete", "channel": "mail", "subject": {"email": ["canary"]}}', "a value of [subject] is a text"),
        ('{"kind": "delete", "channel": "mail", "received": "canary", "subject": {"email": "a"}}', "received is a day"),
        (
            '{"kind": "delete", "channel": "mail", "received": "2999-01-01", "subject": {"email": "a"}}',
            "received is a day to",
        ),
        (
            '{"kind": "delete", "channel": "mail", "fee": {"amount": "canary"}, "subject": {"email": "a"}}',
            "[fee] has amount",
        ),
        (
            '{"kind": "delete", "channel": "mail", "agent": {"authority": "canary"}, "subject": {"email": "a"}}',
            "agent.authority",
        ),
    ],
)
def test_a_wrong_file_is_refused_without_a_word_of_it(firm: Path, call: Any, text: str, said: str) -> None:
    done = call("open", "--from", "-", stdin=text)

    assert (done.code, done.error[: len(said) + 23]) == (2, f"--from standard input: {said}")
    assert "canary" not in done.out + done.error


def test_without_a_key_nothing_is_recorded(firm: Path, call: Any) -> None:
    text = (firm / "piiscan.toml").read_text()
    (firm / "piiscan.toml").write_text(text.replace('key_file = "piiscan.key"', ""))

    done = call("open", "--from", "-", stdin=request())

    assert (done.code, (firm / "piiscan.db").exists()) == (2, False)
