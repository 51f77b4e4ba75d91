"""List the connectors and report formats there are."""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING

import click

from piiscan.commands.shared import App, Output, finish, output_options, pass_app
from piiscan.model import Document, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@click.command(
    epilog="""\b
Examples:
  piiscan plugins
  piiscan plugins --format json | jq -r '.connectors[].kind'
"""
)
@output_options(redact=False)
@pass_app
def command(app: App, output: Output) -> None:
    """List the connectors, the report formats and the optional extras, and whether these are installed.

    Another distribution adds its own by the entry points piiscan.connectors and piiscan.reports.
    """
    finish(app, _document(), output)


def _document() -> Document:
    from piiscan import plugins

    connectors = [(kind, found.title, _distribution(found)) for kind, found in plugins.connectors().items()]
    formats = [(name, found.title, _distribution(found)) for name, found in plugins.renderers().items()]
    extras = list(_extras())
    body: Mapping[str, object] = {
        "connectors": [{"kind": kind, "title": title, "package": package} for kind, title, package in connectors],
        "formats": [{"format": name, "title": title, "package": package} for name, title, package in formats],
        "extras": [{"name": name, "requires": list(needs), "installed": there} for name, needs, there in extras],
    }
    sections = (
        Section("Connectors", ("kind", "what it reads", "package"), tuple(connectors)),
        Section("Formats", ("format", "what it writes", "package"), tuple(formats)),
        Section(
            "Extras",
            ("extra", "needs", "installed"),
            tuple(extras),
            note="install one with: pip install 'piiscan-inventory[NAME]'",
        ),
    )
    return Document("plugins", "Plug-ins", body, sections)


def _distribution(found: type) -> str:
    """The top-level package a plug-in comes from."""
    return found.__module__.partition(".")[0]


def _extras() -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Every extra of this distribution, what it needs beyond the core, and whether all of that is installed."""
    from packaging.requirements import Requirement

    meta = importlib.metadata.metadata("piiscan-inventory")
    needs = [Requirement(text) for text in importlib.metadata.requires("piiscan-inventory") or ()]
    for extra in sorted(meta.get_all("Provides-Extra") or ()):
        own = [
            need.name
            for need in needs
            if need.marker and not need.marker.evaluate({"extra": ""}) and need.marker.evaluate({"extra": extra})
        ]
        yield extra, tuple(own), all(_installed(name) for name in own)


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
