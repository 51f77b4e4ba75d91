"""The sources of a plan: opened to read, or under the account that may write."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from piiscan.errors import RefusedError, UsageError
from piiscan.ports import Eraser
from piiscan.sources import connector_for, read_plan

if TYPE_CHECKING:
    from piiscan.config import Config
    from piiscan.ports import Connector


def check_account(config: Config, source: str) -> None:
    """Raises UsageError when the configuration names no account that may write to a source, or its password cannot be had."""
    entry = config.sources.get(source)
    if entry is None:
        raise UsageError(f"the plan is about source {source!r}, which {config.path} does not name", hint="add it again")
    if entry.write is None:
        raise UsageError(
            f"source {source} has no account that may write",
            hint=f"name one in [sources.{source}.write]: url, and password_file or password_command",
        )
    config.secret(("sources", source, "write"))


def writing(config: Config, source: str) -> Connector:
    """A source's connector under its account that may write. Raises UsageError."""
    check_account(config, source)
    account = config.sources[source].write
    assert account is not None, "just checked"
    reached = replace(
        config.source_without_secret(source), url=account.url, secret=config.secret(("sources", source, "write"))
    )
    return connector_for(config, reached, replace(read_plan(config), write=True))


def reading(config: Config, source: str) -> Connector:
    """A source's connector under its account that may only read. Raises UsageError."""
    return connector_for(config, config.source(source), read_plan(config))


def eraser_of(connector: Connector, source: str) -> Eraser:
    """The connector as one that can remove. Raises RefusedError."""
    if not isinstance(connector, Eraser):
        raise RefusedError(
            f"{source}: connector {connector.kind!r} cannot remove anything", hint="plan for other sources"
        )
    return connector
