"""Print the version, and the JSON Schemas of everything piiscan prints."""

from __future__ import annotations

import importlib.metadata
import json
import platform
from typing import Any, Final

import click

import piiscan
from piiscan import schemas
from piiscan.commands.shared import App, Output, finish, output_options, pass_app
from piiscan.errors import UsageError
from piiscan.model import Document, Section

PACKAGES: Final = ("presidio-analyzer", "sqlalchemy", "psycopg", "pymysql", "mariadb", "pydantic", "lxml")
"""What a bug report should name: they decide what is found and read."""
_ALL: Final = "*"


@click.command(
    epilog="""\b
Examples:
  piiscan version
  piiscan version --schemas                       every schema, by kind of document
  piiscan version --schemas scan > scan.schema.json
"""
)
@click.option(
    "--schemas",
    "kind",
    is_flag=False,
    flag_value=_ALL,
    metavar="[KIND]",
    help="Print the JSON Schema of a document, or of all.",
)
@output_options(redact=False)
@pass_app
def command(app: App, kind: str | None, output: Output) -> None:
    """Print the version of piiscan, of Python and of the libraries that decide what is found.

    With --schemas, print the JSON Schemas (2020-12) instead. Each stands alone; the key "document" of what piiscan prints
    names its kind.
    """
    if kind is None:
        finish(app, _document(), output)
    elif kind == _ALL:
        click.echo(json.dumps({each: schemas.bundle(each) for each in schemas.kinds()}, indent=2))
    else:
        click.echo(json.dumps(_bundle(kind), indent=2))


def _document() -> Document:
    packages = {name: version for name in PACKAGES if (version := _version(name)) is not None}
    body = {
        "version": piiscan.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": packages,
    }
    rows = (
        ("piiscan", piiscan.__version__),
        ("Python", platform.python_version()),
        ("platform", platform.platform()),
        *packages.items(),
    )
    return Document("version", "piiscan", body, (Section("Versions", ("what", "version"), rows),))


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _bundle(kind: str) -> dict[str, Any]:
    if kind not in schemas.kinds():
        raise UsageError(f"there is no document {kind!r}", hint=f"there are: {', '.join(schemas.kinds())}")
    return schemas.bundle(kind)
