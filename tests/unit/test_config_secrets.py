"""A password is had from where it may come from, refused where it may not stand, and shown nowhere."""

from __future__ import annotations

import logging
import traceback

import pytest

from piiscan.config import load
from piiscan.errors import ConfigError, ExitCode

CANARY = "c4nary-P@ss"
SOURCE = '[sources.crm]\nconnector = "sql"\nurl = "postgresql://scanner@db/crm"\n'

REFUSED = {
    "after the user": "url = 'postgresql://u:c4nary-P@ss@h/db'",
    "percent-encoded after the user": "url = 'postgresql://u:c4nary-P%40ss@h/db'",
    "with a slash in it": "url = 'postgresql://u:c4/nary@h/db'",
    "without a user": "url = 'mysql+pymysql://:c4nary@h/db'",
    "as a parameter": "url = 'postgresql://u@h/db?sslmode=require&password=c4nary'",
    "as a parameter in capitals": "url = 'mssql+pyodbc://h/db?driver=x&Pwd=c4nary'",
    "in an ODBC string": "url = 'mssql+pyodbc:///?odbc_connect=DRIVER%3D%7Bx%7D%3BUID%3Du%3BPWD%3Dc4nary'",
    "in a plain ODBC string": "url = 'mssql+pyodbc:///?odbc_connect=DRIVER={x};UID=u;PWD=c4nary'",
    "in a doubly encoded ODBC string": "url = 'mssql+pyodbc:///?odbc_connect=UID%253Du%253BPWD%253Dc4nary'",
    "as a token": "url = 's3://bucket?access_token=c4nary'",
    "by a variable": "url = 'postgresql://u:${PIISCAN_CANARY}@h/db'",
    "in another key": "url = 'x'\npasswd = 'c4nary'",
    "in a key with a prefix": "url = 'x'\ndb_password = 'c4nary'",
    "in a key below": "url = 'x'\nconnect_args = { auth = [{ secret_key = 'c4nary' }] }",
    "in an address below": "url = 'x'\nproxy = 'http://u:c4nary@proxy'",
}
ALLOWED = [
    "postgresql://u@h:5432/db",
    "sqlite:///a:b@c.db",
    "file:///srv/a:b@c",
    "smb://user@h/share",
    "postgresql://h/db?passfile=/x&sslmode=require",
]


@pytest.mark.parametrize("line", REFUSED.values(), ids=REFUSED)
def test_a_password_where_none_belongs_is_refused_and_not_repeated(tmp_path, monkeypatch, line):
    """The complaint names key and way out; neither it nor its traceback shows the password."""
    monkeypatch.setenv("PIISCAN_CANARY", CANARY)
    file = tmp_path / "piiscan.toml"
    file.write_text(f"[sources.crm]\nconnector = 'sql'\n{line}\n")
    with pytest.raises(ConfigError) as caught:
        load(file)
    told = "".join(traceback.format_exception(caught.value))
    assert "password_file, password_command or password" in str(caught.value)
    assert "sources.crm" in str(caught.value)
    assert "c4nary" not in told


@pytest.mark.parametrize("url", ALLOWED)
def test_an_address_without_a_password_is_taken(tmp_path, url):
    """A port, a colon in a path and a file of passwords are no password."""
    file = tmp_path / "piiscan.toml"
    file.write_text(f"[sources.crm]\nconnector = 'sql'\nurl = '{url}'\n")
    assert load(file).sources["crm"].url.endswith(url.removeprefix("sqlite:///"))


ACCEPTED = {
    "in the file": f"password = '{CANARY}'",
    "by a variable": "password = '${PIISCAN_CANARY}'",
    "by a file": "password_file = 'crm.password'",
    "by a command": "password_command = ['cat', 'crm.password']",
    "by a command with a variable": "password_command = ['printf', '%s\\n', '${PIISCAN_CANARY}']",
}


@pytest.mark.parametrize("line", ACCEPTED.values(), ids=ACCEPTED)
@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_password_is_had_and_nothing_shows_it(tmp_path, monkeypatch, caplog, line, ending):
    """Its line break is gone, and no repr, dump or log of the configuration has it."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("PIISCAN_CANARY", CANARY)
    (tmp_path / "crm.password").write_bytes((CANARY + ending).encode())
    (tmp_path / "crm.password").chmod(0o600)
    (tmp_path / "piiscan.toml").write_text(f"{SOURCE}{line}\n[store]\nurl = 'postgresql://u@h/store'\n{line}\n")
    config = load(tmp_path / "piiscan.toml")
    source = config.source("crm")
    url, secret = config.store_location()
    assert source.secret is not None
    assert (source.secret.reveal(), url, secret) == (CANARY, "postgresql://u@h/store", source.secret)
    crm = config.sources["crm"]
    shown = [
        repr(config),
        str(config),
        repr(crm),
        f"{crm}",
        repr(source),
        repr(secret),
        repr(config.accounts()),
        caplog.text,
    ]
    assert not [text for text in shown if "c4nary" in text]
    if "command" not in line:
        assert "c4nary" not in config.model_dump_json()


FAILING = {
    "a variable that is not set": (
        "password = '${PIISCAN_NOPE}'",
        "4: sources.crm.password: the variable PIISCAN_NOPE is not set",
    ),
    "an empty variable": ("password = '${PIISCAN_EMPTY}'", "4: sources.crm.password: the password is empty"),
    "no such file": (
        "password_file = 'gone'",
        "4: sources.crm.password_file: {folder}/gone: No such file or directory",
    ),
    "a folder": ("password_file = '.'", "4: sources.crm.password_file: {folder}: Is a directory"),
    "an empty file": ("password_file = 'empty'", "4: sources.crm.password_file: {folder}/empty: the password is empty"),
    "a large file": (
        "password_file = 'large'",
        "4: sources.crm.password_file: {folder}/large: more than 65536 bytes is no password",
    ),
    "a binary file": (
        "password_file = 'binary'",
        "4: sources.crm.password_file: {folder}/binary: what it holds is not UTF-8",
    ),
    "no such program": (
        "password_command = ['./gone', 'c4nary']",
        "4: sources.crm.password_command: ./gone: No such file or directory",
    ),
    "a program that fails": (
        "password_command = ['sh', '-c', 'echo c4nary; echo c4nary >&2; exit 3']",
        "4: sources.crm.password_command: sh: exit code 3",
    ),
    "a program that is killed": (
        "password_command = ['sh', '-c', 'kill -9 $$']",
        "4: sources.crm.password_command: sh: ended by signal 9",
    ),
    "a program that says nothing": (
        "password_command = ['true']",
        "4: sources.crm.password_command: true: the password is empty",
    ),
}


@pytest.mark.parametrize(("line", "expected"), FAILING.values(), ids=FAILING)
def test_a_password_that_cannot_be_had_is_a_wrong_configuration(tmp_path, monkeypatch, capfd, line, expected):
    """The line and the file or program are named, nothing of what they hold, and only when it is needed."""
    monkeypatch.setenv("PIISCAN_EMPTY", "")
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "large").write_text("c4nary" * 20_000)
    (tmp_path / "binary").write_bytes(b"c4nary\xff")
    for name in ("empty", "large", "binary"):
        (tmp_path / name).chmod(0o600)
    file = tmp_path / "piiscan.toml"
    file.write_text(f"{SOURCE}{line}\n")
    config = load(file)
    with pytest.raises(ConfigError) as caught:
        config.source("crm")
    assert str(caught.value) == f"{file}:{expected.format(folder=tmp_path)}"
    assert caught.value.hint
    assert caught.value.exit_code == ExitCode.USAGE
    assert "c4nary" not in "".join(traceback.format_exception(caught.value)) + "".join(capfd.readouterr())


def test_a_command_that_hangs_is_given_up(tmp_path, monkeypatch):
    """After the time limit the program is ended and named."""
    monkeypatch.setattr("piiscan.config.secrets.COMMAND_TIMEOUT_S", 0.2)
    (tmp_path / "piiscan.toml").write_text(f"{SOURCE}password_command = ['sleep', '60']\n")
    with pytest.raises(ConfigError, match=r"sources.crm.password_command: sleep: no answer within 0 seconds"):
        load(tmp_path / "piiscan.toml").source("crm")


def test_a_password_file_that_others_may_read_is_warned_of(tmp_path, caplog):
    """It is used all the same: the hint says how to close it."""
    (tmp_path / "open").write_text(CANARY)
    (tmp_path / "open").chmod(0o644)
    (tmp_path / "piiscan.toml").write_text(f"{SOURCE}password_file = 'open'\n")
    assert load(tmp_path / "piiscan.toml").source("crm").secret is not None
    assert [record.getMessage() for record in caplog.records] == [f"{tmp_path}/open may be read by others"]
