"""The manual says what piiscan does: every command, option, key and code is in it, and its examples are real."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from pydantic import BaseModel

from piiscan import cli, config, plugins, rulepack
from piiscan.errors import ExitCode
from piiscan.model import SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
AS_OF = "2026-06-30"
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")


def load_update() -> ModuleType:
    """docs/update.py as a module."""
    spec = importlib.util.spec_from_file_location("docs_update", ROOT / "docs" / "update.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def blocks(language: str) -> Iterator[tuple[str, str, str]]:
    """Every fenced block of a language: where it is, the rest of its info string, its text."""
    for page in PAGES:
        text = page.read_text("utf-8")
        for match in FENCE.finditer(text):
            name, _, rest = match[1].partition(" ")
            if name == language:
                yield f"{page.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}", rest, match[2]


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below a group with the words that call it, groups included."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


COMMANDS = list(commands(cli.cli))
MANUAL = (ROOT / "docs" / "commands.md").read_text("utf-8")


def section(words: tuple[str, ...]) -> str:
    """The manual's section about a command, up to the next heading."""
    match = re.search(rf"^#+ piiscan {' '.join(words)}$\n(.*?)(?=^#|\Z)", MANUAL, re.MULTILINE | re.DOTALL)
    return match[1] if match else ""


def parse(words: list[str]) -> None:
    """Lets click parse a command line without running it. Raises click.UsageError."""
    command: click.Command = cli.cli
    context = cli.cli.make_context("piiscan", list(words))
    while isinstance(command, click.Group):
        rest = [*context._protected_args, *context.args]
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None
        command, context = found, found.make_context(name, rest, parent=context)


def keys(model: type[BaseModel]) -> Iterator[str]:
    """Every key a table of the configuration may hold."""
    for name, field in model.model_fields.items():
        yield field.alias or name


def models() -> list[type[BaseModel]]:
    """The tables of the configuration."""
    from piiscan.config import schema

    return [
        each
        for each in vars(schema).values()
        if isinstance(each, type) and issubclass(each, BaseModel) and each is not BaseModel
    ]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(("words", "command"), COMMANDS, ids=[" ".join(words) for words, _ in COMMANDS])
def test_every_command_has_help_and_a_section_with_every_option(words: tuple[str, ...], command: click.Command) -> None:
    """What a user may type is explained, on the terminal and in the manual."""
    text, shared = section(words), section(words[:-1])
    options = [
        option
        for each in command.params
        if isinstance(each, click.Option)
        for option in each.opts
        if option.startswith("--")
    ]
    undocumented = [option for option in options if f"`{option}" not in text + shared and option not in ALWAYS]
    unexplained = [
        each.name for each in command.params if isinstance(each, click.Option) and not each.help and not each.hidden
    ]
    assert command.help
    assert text.strip()
    assert (undocumented, unexplained) == ([], [])


ALWAYS = {option for each in cli.cli.params for option in each.opts} | {
    "--help",
    "--format",
    "--output",
    "--redact-paths",
}


def test_the_manual_explains_the_options_all_commands_share() -> None:
    """Global options, and those of every command that prints data, are explained once."""
    assert [option for option in sorted(ALWAYS) if option.startswith("--") and f"`{option}" not in MANUAL] == []


def test_every_toml_block_is_toml() -> None:
    """Nobody copies an example that does not load."""
    seen = [where for where, _, text in blocks("toml") if tomllib.loads(text) is not None]
    assert len(seen) > 10


@pytest.mark.parametrize(
    ("where", "text"), [(where, text) for where, kind, text in blocks("toml") if kind == "piiscan.toml"]
)
def test_every_configuration_example_is_valid(where: str, text: str, tmp_path: Path) -> None:
    """An example of the manual may be used as it is."""
    (tmp_path / "piiscan.toml").write_text(text)
    loaded = config.load(tmp_path / "piiscan.toml")
    assert [
        source.connector for source in loaded.sources.values() if source.connector not in plugins.connectors()
    ] == []


@pytest.mark.parametrize("text", [text for _, kind, text in blocks("toml") if kind == "rule pack"])
def test_every_rule_example_loads_and_keeps_its_own_examples(text: str, tmp_path: Path) -> None:
    """A pack as the manual shows it is found by its folder."""
    (tmp_path / "pack.toml").write_text(text)
    packs = rulepack.load(extra=[tmp_path])
    assert {each["id"] for each in tomllib.loads(text)["data_type"]} <= set(packs.data_types)


@pytest.mark.parametrize("text", [text for _, kind, text in blocks("toml") if kind == "notice"])
def test_every_notice_example_loads(text: str, tmp_path: Path) -> None:
    """A notice as the manual shows it can be named by its path."""
    (tmp_path / "ours.toml").write_text(text)
    assert [heading.text for heading in rulepack.notice("./ours.toml", tmp_path).headings] == [
        each["text"] for each in tomllib.loads(text)["heading"]
    ]


CALLS = [
    (where, line.removeprefix("$ "))
    for language in ("console", "sh", "crontab")
    for where, _, text in blocks(language)
    for line in text.splitlines()
    if "piiscan " in line and (language != "console" or line.startswith("$ "))
]


@pytest.mark.parametrize(("where", "line"), CALLS, ids=[f"{where} {line}" for where, line in CALLS])
def test_every_command_line_of_the_manual_parses(where: str, line: str) -> None:
    """No example names an option that does not exist."""
    del where  # names the test
    for part in re.split(r"\s[|;]\s|&&", line):
        match = re.search(r"(?:^|\s|/)piiscan (.*)", part.split("#")[0])
        if match and "install" not in part:
            parse(shlex.split(match[1].split(" > ")[0]))


@pytest.fixture(scope="module")
def firm(shown: tuple[Path, object]) -> Path:
    """The folder of a scanned demo firm, as docs/update.py builds it."""
    assert load_update().TODAY == AS_OF
    return shown[0]


@pytest.mark.slow
def test_the_examples_print_what_the_manual_says(firm: Path) -> None:
    """Every example marked as run on the demo firm is what it prints today; `python docs/update.py` writes it anew."""
    assert [page.name for page, _ in load_update().stale(firm)] == []


@pytest.mark.slow
def test_the_python_examples_run(firm: Path) -> None:
    """Whoever pastes them gets findings, not an error."""
    script = "\n".join(text for _, _, text in blocks("python"))
    done = subprocess.run([sys.executable, "-c", script], cwd=firm, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("person_name 5 12 1.0 ner_person\nphone 16 28 0.75 phone\nssn 0.99 ")
    assert "debtors ssn ssn" in done.stdout


def test_every_key_of_the_configuration_is_explained() -> None:
    """A key nobody explains is a key nobody uses."""
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    told = (
        set(re.findall(r"`([a-z_]+)`", text))
        | set(re.findall(r"^#+ \[+([a-z]+)", text, re.MULTILINE))
        | {"facts", "owners", "clocks", "sources"}
    )
    assert sorted({key for model in models() for key in keys(model)} - told) == []


def test_every_skip_code_and_exit_code_is_explained() -> None:
    """Codes are for looking up."""
    skips, codes = (ROOT / "docs" / "skips.md").read_text("utf-8"), (ROOT / "docs" / "exit-codes.md").read_text("utf-8")
    assert [code for code in SkipCode if f"| `{code}` |" not in skips] == []
    assert [code for code in ExitCode if f"| {code.value} |" not in codes] == []


def test_every_document_and_format_is_named() -> None:
    """Whoever reads JSON finds its document in the manual."""
    text = (ROOT / "docs" / "interfaces.md").read_text("utf-8")
    schemas = [
        file.name.removesuffix(".json")
        for file in resources.files("piiscan.schemas").iterdir()
        if file.name.endswith(".json")
    ]
    assert sorted(name for name in schemas if name != "head" and f"`{name}`" not in text) == []
    assert [name for name in plugins.renderers() if f"`{name}`" not in text] == []


def test_every_json_example_is_json() -> None:
    """Examples of output can be read by a program."""
    assert [where for where, _, text in blocks("json") if not json.loads(text)] == []


def test_every_link_leads_somewhere() -> None:
    """Pages and headings that are named exist."""
    broken = []
    for page in PAGES:
        for target, anchor in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
            other = (page.parent / target).resolve() if target else page
            if not other.exists() or (anchor and anchor not in anchors(other)):
                broken.append(f"{page.name}: {target}#{anchor}")
    assert broken == []


def test_every_page_is_in_the_table_of_contents() -> None:
    """docs/README.md names every page beside it."""
    contents = (ROOT / "docs" / "README.md").read_text("utf-8")
    assert [
        page.name
        for page in sorted((ROOT / "docs").glob("*.md"))
        if page.name != "README.md" and f"({page.name})" not in contents
    ] == []
