"""Shells complete commands, their options, and the global ones."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("shell", "mark"),
    [("bash", "complete -o"), ("zsh", "#compdef piiscan"), ("fish", "complete --no-files --command piiscan")],
)
def test_a_script_is_printed_for_each_shell(invoke, shell, mark):
    """It asks piiscan itself by the variable that ``main`` answers to."""
    result = invoke("completion", shell)
    assert (result.exit_code, result.stderr) == (0, "")
    assert mark in result.stdout
    assert f"_PIISCAN_COMPLETE={shell}_complete" in result.stdout


@pytest.mark.parametrize(
    ("words", "position", "expected"),
    [
        ("piiscan ver", "1", "plain,version"),
        ("piiscan config sh", "2", "plain,show"),
        ("piiscan completion z", "2", "plain,zsh"),
    ],
)
def test_words_are_completed(invoke, words, position, expected):
    """Commands, commands of groups, and choices."""
    result = invoke(env={"_PIISCAN_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": position})
    assert result.stdout.splitlines() == [expected]
