"""Every error of a configuration names its file, line and key, and no value."""

from __future__ import annotations

import pickle

import pytest

from piiscan.config import InvalidConfigError, load
from piiscan.errors import ConfigError, ExitCode, UsageError

SOURCE = '[sources.crm]\nconnector = "sql"\n'

CASES = {
    "an unknown key, with the one that was meant": (
        "[firm]\nnmae = 'x'\n",
        "2: firm.nmae: unknown key; did you mean name?",
    ),
    "an unknown table": ("[frim]\nname = 'x'\n", "1: frim: unknown key; did you mean firm?"),
    "an unknown key that resembles none": (
        "[detection]\nx = 1\n",
        "2: detection.x: unknown key; known are min_confidence, thresholds, phone_regions, ner, ner_characters",
    ),
    "a table that is none": ("firm = 3\n", "1: firm: must be a table"),
    "a text that is none": ("[firm]\n\nname = 3\n", "3: firm.name: must be text in quotes"),
    "a blank text": (SOURCE + "url = ' '\n", "3: sources.crm.url: must not be empty"),
    "a number that is none": ("[scan]\nsample_rows = '9'\n", "2: scan.sample_rows: must be a whole number"),
    "a truth value that is a number": ("[scan]\nworkers = true\n", "2: scan.workers: must be a whole number"),
    "a number that is too small": ("[scan]\nsample_rows = 0\n", "2: scan.sample_rows: must be at least 1"),
    "a share above one": ("[detection]\nmin_confidence = 1.5\n", "2: detection.min_confidence: must be at most 1.0"),
    "a list that is none": ("[firm]\nregions = 'US'\n", "2: firm.regions: must be a list"),
    "an empty list": ("[rules]\npacks = []\n", "2: rules.packs: must not be empty"),
    "a word that is not one of the choice": ("[scan]\nmode = 'all'\n", "2: scan.mode: must be 'sample' or 'full'"),
    "an element of a list": (
        "[scan]\ntolerate = [\n  'timeout',  # fine\n  'gone'\n]\n",
        "4: scan.tolerate[1]: must be 'no-permission', 'unreachable', 'unreadable', 'encrypted', 'unsupported', 'timeout', 'too-large', 'vanished', 'limit' or 'error'",
    ),
    "a duration that is none": (
        "[scan]\nmax_duration = '6h'\n",
        "2: scan.max_duration: must be an ISO 8601 duration such as PT6H or PT30M",
    ),
    "a duration without a length": (
        "[scan]\nmax_duration = 'P1M'\n",
        "2: scan.max_duration: years and months have no fixed length; write weeks, days, hours, minutes or seconds",
    ),
    "a duration of nothing": ("[scan]\nmax_duration = 'PT0S'\n", "2: scan.max_duration: must be longer than nothing"),
    "a size that is none": (
        SOURCE + "url='x'\nmax_file_size = '1 GiBi'\n",
        "4: sources.crm.max_file_size: must be a size such as 500MB or 1GiB",
    ),
    "a time zone that is none": (
        "[firm]\ntimezone = 'Mars/Olympus'\n",
        "2: firm.timezone: is no time zone of the IANA database, such as America/Los_Angeles",
    ),
    "a period that is none": (
        SOURCE + "url='x'\nretention = 'P3Q'\n",
        "4: sources.crm.retention: must be an ISO 8601 period such as P3Y, or words",
    ),
    "a missing key, at its table": ("\n" + SOURCE, "2: sources.crm.url: is missing"),
    "a source's name with a space": (
        "[sources.'my crm']\nconnector='sql'\nurl='x'\n",
        '1: sources."my crm": a source\'s name is made of letters, digits, _, . and -',
    ),
    "a selector that is none": (
        SOURCE + "url='x'\n[[sources.crm.facts]]\n[[sources.crm.facts]]\ndata_types = ['ssn', 'category:Z']\n",
        "6: sources.crm.facts[1].data_types[1]: must be a data type's id, group:<group> or category:<letter A-L>",
    ),
    "an owner that is neither": (
        SOURCE + "url='x'\nowners = { a = {} }\n",
        "4: sources.crm.owners.a: must have either column or client",
    ),
    "an owner nobody introduced": (
        SOURCE + "url='x'\n[sources.crm.owners]\n'public.*' = { client = 'mercy' }\n",
        '5: sources.crm.owners."public.*".client: there is no such client; introduce it as [clients.NAME]',
    ),
    "a clock that leads nowhere": (
        SOURCE + "url='x'\n[sources.crm.clocks.'public.pay']\ncollected = 'id > day'\n",
        '5: sources.crm.clocks."public.pay".collected: must be a column, or a path along foreign keys such as "account_id > accounts.closed_at"',
    ),
    "a date in quotes": (
        "[[disclosures]]\nto='x'\ndata_types=['ssn']\nkind='sold'\nfirst='2025-03-01'\n",
        "5: disclosures[0].first: must be a date such as 2026-10-31, without quotes",
    ),
    "a disclosure that ends before it begins": (
        "[[disclosures]]\nto='x'\ndata_types=['ssn']\nkind='sold'\nfirst=2025-03-01\nlast=2025-02-28\n",
        "1: disclosures[0]: last must not be before first",
    ),
    "two passwords": (
        SOURCE + "url='x'\npassword='y'\npassword_file='z'\n",
        "1: sources.crm: has password and password_file: keep one",
    ),
    "a variable that is not set": (
        "[firm]\nname = 'a ${PIISCAN_NOPE} b'\n",
        "2: firm.name: the variable PIISCAN_NOPE is not set",
    ),
    "a variable without an end": (
        "[firm]\nname = '${PIISCAN'\n",
        "2: firm.name: ${ begins no variable: write ${NAME}, or $${ for the characters themselves",
    ),
    "broken TOML": ("[firm]\nname = \n", "2: is not valid TOML: Invalid value"),
    "a key given twice": ("[firm]\nname = 'a'\nname = 'b'\n", "3: is not valid TOML: Cannot overwrite a value"),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_an_error_names_line_key_and_problem(tmp_path, text, expected):
    """One wrong thing gives one line, whose line number is that of the wrong thing."""
    file = tmp_path / "piiscan.toml"
    file.write_text(text)
    with pytest.raises(InvalidConfigError) as caught:
        load(file)
    assert str(caught.value) == f"{file}:{expected}"
    assert caught.value.exit_code == ExitCode.USAGE


def test_all_errors_are_told_at_once_in_the_order_of_the_file(tmp_path):
    """Structure, variables and values are complained of together."""
    file = tmp_path / "piiscan.toml"
    file.write_text("[scan]\nmode = 'all'\n[store]\nurl = 'sqlite:///${PIISCAN_NOPE}'\n[firm]\nx = 1\n")
    with pytest.raises(InvalidConfigError) as caught:
        load(file)
    assert [(problem.line, problem.key) for problem in caught.value.problems] == [
        (2, "scan.mode"),
        (4, "store.url"),
        (6, "firm.x"),
    ]


def test_text_that_is_not_utf8_names_its_line(tmp_path):
    """An editor's Latin-1 is found by its line."""
    file = tmp_path / "piiscan.toml"
    file.write_bytes(b"[firm]\nname = 'M\xfcller'\n")
    with pytest.raises(InvalidConfigError) as caught:
        load(file)
    assert str(caught.value) == f"{file}:2: is not UTF-8"


def test_a_folder_is_no_configuration(tmp_path):
    """What cannot be read is said with the system's reason."""
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert str(caught.value) == f"{tmp_path}: Is a directory"


@pytest.mark.parametrize(
    ("place", "said", "expected"),
    [
        (("sources", "a"), "has no such folder", "4: sources.a: has no such folder"),
        (("sources", "a"), "sources.a.url: not a database url", "6: sources.a.url: not a database url"),
        (("sources", "a", "connector"), "unknown connector 'x'", "5: sources.a.connector: unknown connector 'x'"),
        (("sources", "a"), "sources.b: beyond the file", "4: sources.a: sources.b: beyond the file"),
    ],
)
def test_what_another_room_complains_of_gets_its_line(tmp_path, place, said, expected):
    """A connector's complaint is told with the line of the key it is about, and its hint is kept."""
    file = tmp_path / "piiscan.toml"
    file.write_text("[firm]\nname = 'x'\n\n[sources.a]\nconnector = 'x'\nurl = 'x'\n")
    config = load(file)

    def refuse():
        raise UsageError(said, hint="mend it")

    with pytest.raises(InvalidConfigError) as caught:
        config.checked(place, refuse)
    assert (str(caught.value), caught.value.hint) == (f"{file}:{expected}", "mend it")
    assert config.checked(place, lambda: 3) == 3


def test_an_error_survives_the_way_between_processes(tmp_path):
    """Pickled and back it tells the same."""
    file = tmp_path / "piiscan.toml"
    file.write_text("[scan]\nmode = 'all'\n")
    with pytest.raises(InvalidConfigError) as caught:
        load(file)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.problems, copy.hint) == (str(caught.value), caught.value.problems, caught.value.hint)
