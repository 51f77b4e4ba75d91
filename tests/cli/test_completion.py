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


def test_its_help_shows_an_example_a_line(invoke):
    """As they are to be typed."""
    shown = invoke("completion", "--help").stdout
    assert "\n    piiscan completion zsh > ~/.zfunc/_piiscan\n" in shown
    assert "\\b" not in shown


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
