"""`piiscan exceptions` as a user meets it; every JSON document is validated by `invoke`."""

from __future__ import annotations

import base64
import getpass
import json
import re
import shlex
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest

from piiscan import cli, schemas
from piiscan.commands.shared import App
from piiscan.errors import PiiscanError
from piiscan.inventory import Inventory, Justification, RunSettings, Scope, SealedScope
from piiscan.inventory.justifications import opened, sealed
from piiscan.model import Classification, Container, Holding, Scanned, Secret, UnitResult
from piiscan.model.judging import Test

Invoke = Callable[..., Any]
KEY = base64.b64encode(bytes(range(32))).decode()
CONFIG = """
[firm]
name = "Example Receivables"
capacities = ["debt_collector"]

[security]
key_file = "piiscan.key"

[rules]
packs = ["ccpa", "us-collections", "pci"]

[sources.crm]
connector = "sql"
url = "sqlite:///crm.db"
"""
TODAY = datetime.now(UTC).date()
LATER = str(TODAY + timedelta(days=200))
WORDS = ("--evidence", "contract 12", "--reason", "still worked", "--approver", "A. Counsel")
REQUEST = ("exceptions", "add", "--against", "request", *WORDS, "--ends", LATER)
SCHEDULE = ("exceptions", "add", "--against", "schedule", *WORDS, "--ends", LATER)
ROWS = """
rows = [{ column = "account_id", operator = "=", value = 471199 }, { column = "closed", operator = "null" }]
[subject]
email = "ann.canary@example.org"
"""


def hold_email(folder: Path) -> Inventory:
    """A store in which one table is known to hold e-mail addresses."""
    inventory = Inventory.open(f"sqlite:///{folder / 'piiscan.db'}", create=True)
    box = Container("crm", "public.accounts", "table", rows=9)
    found = Classification("email", 0.9, ("values",), (), 9, 9, "they are")
    with inventory.writer() as writer:
        writer.start(RunSettings("full", (("crm", "sql"),), "settings"))
        writer.commit(UnitResult(box, (Scanned(box, "full", 9, 9, 9, (Holding(box, "mail", found, "full"),)),)))
        writer.close_source("crm", complete_listing=True)
        writer.finish("complete")
    return inventory


def put(inventory: Inventory, **changes: Any) -> Justification:
    """One that nobody could enter today: with days that are long gone."""
    plain: dict[str, Any] = {
        "id": "", "kind": "exception", "against": "request", "basis": "E1", "rule": None, "evidence": "contract 12", "reason": "a plan runs",
        "approver": "A. Counsel", "use_lock": "", "starts": date(2025, 1, 1), "ends": date(2099, 1, 1), "scope": Scope("crm"),
        "created_at": datetime.now(UTC), "author": "j.doe",
    }  # fmt: skip
    with inventory.justifying() as writer:
        return writer.add(Justification(**plain | changes))


def call(*arguments: str) -> tuple[int, str, str]:
    """Exit code, message and hint of a command line that fails; run in this process, for there are many of them."""
    try:
        cli.cli.main([*arguments], prog_name="piiscan", obj=App(), standalone_mode=False)
    except PiiscanError as error:
        return int(error.exit_code), error.message, error.hint
    except click.ClickException as error:
        return error.exit_code, error.format_message(), "see --help"
    return 0, "", ""


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    """A folder with a configuration, a key and rows to name; nothing scanned."""
    (tmp_path / "piiscan.toml").write_text(CONFIG)
    (tmp_path / "piiscan.key").write_text(KEY)
    (tmp_path / "piiscan.key").chmod(0o600)
    (tmp_path / "rows.toml").write_text(ROWS)
    return tmp_path


def test_an_exception_is_added_listed_renewed_and_removed_and_all_of_it_stays_on_record(
    firm: Path, invoke: Invoke
) -> None:
    hold_email(firm)
    later = str(TODAY + timedelta(days=400))
    added = invoke(
        *REQUEST,
        "--basis",
        "e8",
        "--rule",
        "regf_account",
        "--source",
        "crm",
        "--use-lock",
        "audits",
        "--format",
        "json",
    )
    renewed = invoke(
        "exceptions", "renew", "x1", "--ends", later, "--reason", "sued", "--approver", "B. Counsel", "--format", "json"
    )
    removed = invoke("exceptions", "remove", "X1", "--reason", "paid", "--format", "json")
    shown, everything = (invoke("exceptions", "list", *more, "--format", "json").json for more in ((), ("--all",)))

    entry = removed.json["entry"]
    assert [added.stderr, renewed.stderr, removed.stderr] == ["", "", ""]
    assert entry == {
        "id": "X1",
        "kind": "exception",
        "against": "request",
        "basis": "E8",
        "rule": "regf_account",
        "law": ["Civ. 1798.105(d)(8)", "12 CFR 1006.100(a)"],
        "evidence": "contract 12",
        "reason": "still worked",
        "approver": "A. Counsel",
        "author": getpass.getuser(),
        "use_lock": "audits",
        "starts": str(TODAY),
        "ends": later,
        "state": "ended",
        "scope": {
            "source": "crm",
            "container": "*",
            "data_types": [],
            "rows": "all",
            "row_tests": 0,
            "subject_types": [],
        },
        "created_at": entry["created_at"],
        "renewals": [
            {
                "at": entry["renewals"][0]["at"],
                "before": LATER,
                "ends": later,
                "by": getpass.getuser(),
                "approver": "B. Counsel",
                "why": "sued",
            }
        ],
        "ended_at": entry["ended_at"],
        "ended_by": getpass.getuser(),
        "ended_why": "paid",
        "problems": [],
    }
    assert added.json["entry"]["state"] == renewed.json["entry"]["state"] == "active"
    assert (shown["entries"], everything["entries"]) == ([], [entry])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((*SCHEDULE, "--basis", "E8", "--rule", "regf_account"), 2, "E8 answers a consumer's request: it excuses nothing from the schedule"),
        ((*SCHEDULE, "--basis", "X.claim"), 2, "X.claim answers a consumer's request: it excuses nothing from the schedule"),
        ((*REQUEST, "--basis", "extension"), 2, "an extension of the schedule is no ground on which a consumer's request is refused"),
        ((*REQUEST, "--basis", "E9"), 2, "E9 is repealed: Proposition 24 struck it out of Civ. Code 1798.105(d)"),
        ((*REQUEST, "--basis", "internal lawful use"), 2, "E9 is repealed: Proposition 24 struck it out"),
        ((*REQUEST, "--basis", "1798.105(d)(9)"), 2, "E9 is repealed: Proposition 24 struck it out"),
        ((*SCHEDULE, "--basis", "E9"), 2, "E9 is repealed: Proposition 24 struck it out"),
        ((*REQUEST, "--basis", "E99"), 2, "ground 'E99' is unknown"),
        (REQUEST, 2, "--against request needs --basis"),
        ((*REQUEST, "--basis", "E8"), 2, "E8 names no rule"),
        ((*REQUEST, "--basis", "E8", "--rule", "nix"), 2, "rule 'nix' is unknown"),
        ((*REQUEST, "--basis", "E8", "--rule", "glba_dispose"), 2, "rule glba_dispose is no minimum: it is max_keep"),
        ((*REQUEST, "--basis", "E8", "--rule", "nacha"), 2, "rule nacha is disabled"),
        ((*REQUEST, "--basis", "E8", "--rule", "regf_account", "--ends", "2099-01-01"), 2, "rule regf_account is over before its end"),
        (SCHEDULE, 2, "an extension names no rule"),
        ((*SCHEDULE, "--rule", "pci_sad"), 2, "rule pci_sad yields to nothing, a written extension either"),
        ((*REQUEST, "--basis", "E1", "--approver", getpass.getuser()), 6, "enters this and cannot approve it too"),
        ((*REQUEST, "--basis", "E1", "--ends", "2020-01-01"), 2, "it would end on 2020-01-01, before it starts"),
        ((*REQUEST, "--basis", "E1", "--starts", "2019-01-01", "--ends", "2020-01-01"), 2, "expired on 2020-01-01"),
        ((*REQUEST, "--basis", "E1", "--ends", "soon"), 2, "'soon' is no day: write YYYY-MM-DD"),
        ((*REQUEST, "--basis", "E1", "--reason", " "), 2, "must say something"),
        ((*REQUEST, "--basis", "E1", "--data-type", "nix"), 2, "unknown data type 'nix'"),
        (("exceptions", "add", "--against", "request", "--basis", "E1", *WORDS), 2, "Missing option '--ends'"),
        (("exceptions", "renew", "X7", "--ends", LATER, "--reason", "r", "--approver", "A"), 2, "there is no exception 'X7'"),
        (("exceptions", "remove", "H1", "--reason", "r"), 2, "there is no exception 'H1'"),
    ],
)  # fmt: skip
def test_what_justifies_nothing_is_refused_with_the_reason_and_not_recorded(
    firm: Path, monkeypatch: pytest.MonkeyPatch, arguments: Any, code: int, said: str
) -> None:
    monkeypatch.chdir(firm)

    found, message, hint = call(*arguments)

    assert (found, bool(hint)) == (code, True)
    assert said in message
    store = firm / "piiscan.db"
    assert not store.exists() or Inventory.open(f"sqlite:///{store}").justifications() == []


def test_an_exception_is_not_renewed_to_an_earlier_day_nor_after_it_was_removed(firm: Path, invoke: Invoke) -> None:
    put(hold_email(firm), ends=date(2098, 1, 1))
    renew = ("exceptions", "renew", "X1", "--reason", "r", "--approver", "A. Counsel", "--ends")

    earlier = invoke(*renew, "2097-01-01")
    removed = invoke("exceptions", "remove", "X1", "--reason", "paid")
    later = invoke(*renew, "2099-01-01")

    assert (earlier.exit_code, removed.exit_code, later.exit_code) == (2, 0, 2)
    assert "X1 ends on 2098-01-01 already" in earlier.stderr
    assert "X1 was ended" in later.stderr


PRIVATE = SealedScope(
    ((Test(("account_id",), "=", 471199), Test(("closed",), "null")),), {"email": "ann.canary@example.org"}
)


@pytest.mark.parametrize("how", ["file", "-", "json"])
def test_rows_and_person_come_from_a_file_or_standard_input_and_are_sealed(
    firm: Path, invoke: Invoke, how: str
) -> None:
    hold_email(firm)
    text = ROWS
    if how == "json":
        tests = [{"column": "account_id", "value": 471199}, {"column": "closed", "operator": "null"}]
        text = json.dumps({"rows": [tests], "subject": {"email": "ann.canary@example.org"}})
    (firm / "rows.toml").write_text(text)

    result = invoke(*SCHEDULE, "--rule", "glba_dispose", "--rows", "-" if how == "-" else "rows.toml", input=text)
    table, listed = invoke("exceptions", "list"), invoke("exceptions", "list", "--format", "json")

    assert (result.exit_code, result.stderr) == (0, "")
    kept = Inventory.open(f"sqlite:///{firm / 'piiscan.db'}").justifications()[0].scope
    assert opened(kept, Secret(KEY)) == PRIVATE
    assert listed.json["entries"][0]["scope"] == {
        "source": "*", "container": "*", "data_types": [], "rows": "sealed", "row_tests": 2, "subject_types": ["email"],
    }  # fmt: skip
    assert "2 row tests, sealed" in " ".join(table.stdout.split()) or "2 row" in table.stdout


def test_rows_without_a_key_to_seal_them_are_refused(firm: Path, invoke: Invoke) -> None:
    (firm / "piiscan.toml").write_text(CONFIG.replace('key_file = "piiscan.key"', ""))

    result = invoke(*SCHEDULE, "--rule", "glba_dispose", "--rows", "rows.toml")

    assert result.exit_code == 2
    assert result.stderr == (
        "error: rows are sealed with the firm's key, and the configuration names none\n"
        'hint: piiscan init writes a key file; name it in piiscan.toml: [security] key_file = "piiscan.key"\n'
    )
    assert not (firm / "piiscan.db").exists()


BAD = "canary-7781"


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"rows = '{BAD}'",
        f"{BAD} = = 1",
        f'{{"{BAD}": }}',
        f'"{BAD}" = 1',
        f"subject = '{BAD}'",
        f'subject = {{ "{BAD}" = "x" }}',
        f'subject = {{ email = ["{BAD}"] }}',
        'subject = { email = "" }',
        "rows = [[]]",
        f'rows = [["{BAD}"]]',
        f'rows = [{{ column = "a", value = "{BAD}", more = 1 }}]',
        f'rows = [{{ column = "{BAD}" }}]',
        f'rows = [{{ column = "a", operator = "{BAD}", value = 1 }}]',
        f'rows = [{{ column = "a", operator = "null", value = "{BAD}" }}]',
        f'rows = [{{ column = "{BAD} > b", value = 1 }}]',
        f'rows = [{{ column = ["{BAD}"], value = 1 }}]',
        f'rows = [{{ column = "a", value = ["{BAD}"] }}]',
        'rows = [{ column = "a", value = nan }]',
        f'rows = [{{ column = "a", value = "{BAD}\\u0000" }}]',
        f'rows = [{{ column = "a", value = 1 }}, [{{ column = "{BAD}", value = 1 }}]]',
        f'rows = [{{ column = "a", value = "{BAD * 100}" }}]',
        "rows = [" + ", ".join(['{ column = "a", value = 1 }'] * 201) + "]",
    ],
)
def test_a_file_of_rows_that_makes_no_sense_is_refused_without_a_word_of_it(
    firm: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.chdir(firm)
    (firm / "bad.toml").write_text(text)

    code, message, hint = call(*SCHEDULE, "--rule", "glba_dispose", "--rows", "bad.toml")

    assert (code, message[:16]) == (2, "--rows bad.toml:")
    assert BAD not in message + hint
    assert not (firm / "piiscan.db").exists()


def test_a_file_of_rows_that_is_not_there_or_too_large_is_refused(firm: Path, invoke: Invoke) -> None:
    (firm / "large.toml").write_text("#" * (1 << 20) + "\n")
    arguments = (*SCHEDULE, "--rule", "glba_dispose", "--rows")

    assert invoke(*arguments, "nix.toml").stderr == "error: --rows nix.toml: No such file or directory\n"
    assert "larger than 1 MiB" in invoke(*arguments, "large.toml").stderr


def test_the_check_is_silent_about_what_is_in_order(firm: Path, invoke: Invoke) -> None:
    inventory = hold_email(firm)
    put(inventory)
    put(inventory, ends=date(2025, 6, 1), ended_at=None)
    with inventory.justifying() as writer:
        writer.end("X2", on=date(2025, 5, 1), by="j.doe", why="paid")

    result = invoke("exceptions", "check", "--format", "json")

    assert (result.exit_code, result.stderr) == (0, "")
    assert [(each["id"], each["problems"], each["warnings"]) for each in result.json["entries"]] == [("X1", [], [])]
    assert result.json["outcome"] == {"exit_code": 0, "reasons": []}


def test_the_check_finds_what_is_expired_lapsed_or_unjustified(firm: Path, invoke: Invoke) -> None:
    inventory = hold_email(firm)
    put(inventory, ends=date(2025, 6, 1))
    put(inventory, approver="J.Doe")
    put(inventory, basis="E8", rule="nacha")
    put(inventory, kind="hold", against="schedule", basis="law_enforcement", rule="le_hold", ends=date(2025, 3, 31))
    put(inventory, scope=Scope("crm", "nix.*"))

    results = [
        invoke("exceptions", "check", *more, "--format", "json")
        for more in ((), ("--exit-zero",), ("--as-of", "2025-02-01"))
    ]

    told = {each["id"]: (each["state"], each["problems"], each["warnings"]) for each in results[0].json["entries"]}
    assert told == {
        "X1": ("expired", ["expired on 2025-06-01"], []),
        "X2": ("active", ["who approved it also entered it"], []),
        "X3": ("active", ["rule nacha is disabled", told["X3"][1][1]], []),
        "X4": ("active", [], ["its scope reaches nothing that a scan has found"]),
        "H1": ("lapsed", ["lapsed: it was not renewed after 2025-03-31"], []),
    }
    reasons = ["expired", "lapsed", "unjustified"]
    assert [each.json["outcome"] for each in results] == [
        {"exit_code": 3, "reasons": reasons},
        {"exit_code": 0, "reasons": reasons},
        {"exit_code": 3, "reasons": ["unjustified"]},
    ]


def test_the_check_says_whose_rows_do_not_open_and_is_incomplete(firm: Path, invoke: Invoke) -> None:
    inventory = hold_email(firm)
    other = Secret(base64.b64encode(bytes(32)).decode())
    put(inventory, scope=sealed(Scope("crm"), PRIVATE, other))
    put(inventory, scope=sealed(Scope("crm"), PRIVATE, Secret(KEY)))

    wrong = invoke("exceptions", "check", "--format", "json")
    (firm / "piiscan.toml").write_text(CONFIG.replace('key_file = "piiscan.key"', ""))
    none = invoke("exceptions", "check", "--format", "json")

    assert [each.json["outcome"] for each in (wrong, none)] == [{"exit_code": 4, "reasons": ["incomplete"]}] * 2
    assert [each["warnings"] for each in wrong.json["entries"]] == [
        ["its rows are sealed, and do not open with the firm's key"],
        [],
    ]
    assert [each["warnings"] for each in none.json["entries"]] == [
        ["its rows are sealed, and the configuration names no key"]
    ] * 2


def test_a_person_that_nothing_leads_to_is_said(firm: Path, invoke: Invoke) -> None:
    hold_email(firm)

    result = invoke(*SCHEDULE, "--rule", "glba_dispose", "--rows", "-", input='subject = { ssn = "219-09-9998" }')

    assert result.exit_code == 0
    assert result.stderr == "warning: X1: no scan has found a column of ssn: nothing leads to the person\n"


def test_nothing_is_changed_while_a_run_holds_the_lock(firm: Path, invoke: Invoke) -> None:
    with hold_email(firm).writer():
        result = invoke(*REQUEST, "--basis", "E1")

    assert result.exit_code == 5
    assert Inventory.open(f"sqlite:///{firm / 'piiscan.db'}").justifications() == []


def test_names_of_places_and_words_that_may_hold_them_can_be_left_out(firm: Path, invoke: Invoke) -> None:
    put(hold_email(firm), scope=Scope("crm", "public.acc*"), reason="public.accounts is worked", use_lock="audits")

    for command in (("exceptions", "list"), ("exceptions", "check"), ("report", "exceptions")):
        _, *printed = in_every_format(firm, invoke, *command, "--redact-paths")
        assert [text for text in printed if "public" in text or "X1" not in text] == []


def test_a_store_without_any_says_so(firm: Path, invoke: Invoke) -> None:
    hold_email(firm)

    assert "0 exceptions as of" in invoke("exceptions", "list").stdout
    assert invoke("exceptions", "check").exit_code == 0


def test_the_schemas_speak_of_the_same_record() -> None:
    """Each document's schema is complete by itself; what it says of one entry is the same in all."""
    kinds = ("exceptions.list", "exceptions.change", "holds.list", "holds.change", "report.exceptions")
    entry = schemas.load("exceptions.check")["$defs"]["justification"]
    entry["required"].remove("warnings")
    del entry["properties"]["warnings"]

    assert [kind for kind in kinds if schemas.load(kind)["$defs"]["justification"] != entry] == []


def in_every_format(folder: Path, invoke: Invoke, *command: str) -> list[str]:
    """What a command says, then what it writes: as a table, and in the other formats at once."""
    files = {format_: folder / f"out.{format_}" for format_ in ("json", "csv", "md")}
    outputs = [argument for format_, file in files.items() for argument in ("-o", f"{format_}={file}")]
    result = invoke(*command, "--format", "table", *outputs)
    assert result.exit_code == 0, result.stderr
    return [result.stderr, result.stdout, *(file.read_text("utf-8") for file in files.values())]


def leaks(text: str | bytes) -> list[str]:
    """Which of the values planted stand in a text, as they are or without their separators."""
    data = text.encode() if isinstance(text, str) else text
    planted = ("ann.canary@example.org", "212-555-0187", "471199", "219-09-9998", "Zoe Canary")
    return [value for value in planted if value.encode() in data or re.sub(r"\W", "", value).encode() in data]


def test_no_value_of_a_file_of_rows_comes_out_anywhere(firm: Path, invoke: Invoke) -> None:
    """Printed, logged, in the store or beside it: every command, every format, all logs on."""
    hold_email(firm)
    (firm / "rows.toml").write_text(
        'rows = [[{ column = "account_id", value = 471199 }], [{ column = "name", operator = "~", value = "Zoe Canary" }]]\n'
        '[subject]\nemail = "ann.canary@example.org"\nphone = "212-555-0187"\nssn = "219-09-9998"\n'
    )
    assert leaks((firm / "rows.toml").read_bytes()) == [
        "ann.canary@example.org",
        "212-555-0187",
        "471199",
        "219-09-9998",
        "Zoe Canary",
    ]
    loud = ("-vv", "--debug", "--log-format", "json")
    said = [
        invoke(*loud, *SCHEDULE, "--rule", "glba_dispose", "--rows", "rows.toml"),
        invoke(*loud, "holds", "add", "--basis", "litigation", *WORDS, "--rows", "rows.toml"),
        invoke(*loud, "exceptions", "renew", "X1", "--ends", "2099-01-01", "--reason", "r", "--approver", "A"),
    ]
    for command in (("exceptions", "list"), ("exceptions", "check"), ("holds", "list"), ("report", "exceptions")):
        assert [text for text in in_every_format(firm, invoke, *loud, *command) if leaks(text)] == []
    said += [
        invoke(*loud, "exceptions", "remove", "X1", "--reason", "r"),
        invoke(*loud, "holds", "release", "H1", "--reason", "r"),
    ]

    assert [(each.exit_code, each.stderr) for each in said if each.exit_code] == []
    for broken in ("rows = [ann.canary@example.org", '{"subject": {"ssn": "219-09-9998", }', '["212-555-0187"]\nx = 1'):
        said.append(invoke(*loud, *SCHEDULE, "--rule", "glba_dispose", "--rows", "-", input=broken))
        assert said[-1].exit_code == 2
    assert [each for each in said if leaks(each.stdout + each.stderr)] == []
    written = [file for file in firm.iterdir() if file.name.startswith("piiscan.db")]
    assert written
    assert [file.name for file in written if leaks(file.read_bytes())] == []


def test_the_commands_of_the_manual_do_what_it_says(firm: Path, invoke: Invoke) -> None:
    """Every one of them, in the order of the page: all succeed, and leave what the page speaks of."""
    page = (Path(__file__).parents[2] / "docs" / "exceptions.md").read_text("utf-8")
    inventory = hold_email(firm)
    (firm / "rows.toml").write_text(re.search(r"```toml\n(rows.*?)```", page, re.DOTALL)[1])
    lines = [line for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]

    codes = {line: invoke(*shlex.split(line.removeprefix("$ piiscan "))).exit_code for line in lines}

    assert len(codes) > 12
    assert [line for line, code in codes.items() if code] == []
    assert [
        (each.id, each.basis, each.rule, len(each.renewals), bool(each.ended_at)) for each in inventory.justifications()
    ] == [
        ("X1", "E1", None, 1, False),
        ("X2", "E8", "regf_account", 0, True),
        ("X3", "extension", "glba_dispose", 0, False),
        ("H1", "litigation", "litigation_hold", 0, True),
        ("H2", "law_enforcement", "le_hold", 1, False),
        ("H3", "litigation", "litigation_hold", 0, False),
    ]
