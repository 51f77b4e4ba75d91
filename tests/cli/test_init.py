"""``init`` writes a configuration that loads, and a key that nobody else may read."""

from __future__ import annotations

import base64


def test_init_writes_a_configuration_and_a_key(invoke, tmp_path):
    """Both are private; the configuration is valid as it is."""
    result = invoke("init")
    key = tmp_path / "piiscan.key"
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines() == [
        "wrote piiscan.toml: name your sources in it, then run piiscan check",
        "wrote piiscan.key: keep a copy in a safe place",
    ]
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()} == {
        "piiscan.toml": "0o600",
        "piiscan.key": "0o600",
    }
    assert len(base64.b64decode(key.read_text(), validate=False)) == 32
    assert key.read_text().endswith("=\n")
    assert invoke("config", "validate").exit_code == 0


def test_init_overwrites_nothing_unasked(invoke, tmp_path):
    """Neither the file nor the key; --force replaces the file only."""
    invoke("init")
    key = (tmp_path / "piiscan.key").read_text()
    (tmp_path / "piiscan.toml").write_text("mine")
    result = invoke("init")
    assert (result.exit_code, result.stderr) == (
        2,
        "error: piiscan.toml exists already\nhint: --force replaces piiscan.toml and keeps piiscan.key\n",
    )
    assert (tmp_path / "piiscan.toml").read_text() == "mine"
    result = invoke("init", "--force")
    assert result.exit_code == 0
    assert "kept piiscan.key" in result.stderr
    assert (tmp_path / "piiscan.toml").read_text() != "mine"
    assert (tmp_path / "piiscan.key").read_text() == key


def test_init_makes_the_folder_and_no_two_keys_are_alike(invoke, tmp_path):
    """Another folder, another key."""
    assert invoke("init", "a/b").exit_code == 0
    assert invoke("init", "c").exit_code == 0
    assert (tmp_path / "a/b/piiscan.key").read_text() != (tmp_path / "c/piiscan.key").read_text()


def test_init_says_where_it_may_not_write(invoke, tmp_path):
    """A file in the way is named with the system's reason."""
    (tmp_path / "x").touch()
    result = invoke("init", "x/y")
    assert (result.exit_code, result.stderr) == (
        1,
        "error: x/y: Not a directory\nhint: name a folder you may write to\n",
    )
