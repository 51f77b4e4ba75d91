"""The configuration as a whole, and what the other rooms ask of it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import AfterValidator, Field, PrivateAttr

from piiscan.config.problems import InvalidConfigError, Places
from piiscan.config.schema import (
    Account,
    Client,
    Deletion,
    Detection,
    Disclosure,
    Firm,
    Ignore,
    Requests,
    Retention,
    Rules,
    Scan,
    Security,
    SourceConfig,
    Store,
    Table,
)
from piiscan.config.secrets import SecretError, check_key, expand_password, read_password, run_password_command
from piiscan.errors import UsageError
from piiscan.model import Secret, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from piiscan.config.problems import Place


T = TypeVar("T")


def _name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", value):
        raise ValueError("a source's name is made of letters, digits, _, . and -")
    return value


Name = Annotated[str, AfterValidator(_name)]


class Config(Table):
    """``piiscan.toml``, checked; addresses and paths in it are absolute. Holds no password that nobody asked for."""

    firm: Firm = Firm()
    store: Store = Store()
    security: Security = Security()
    scan: Scan = Scan()
    detection: Detection = Detection()
    rules: Rules = Rules()
    retention: Retention = Retention()
    deletion: Deletion = Deletion()
    requests: Requests = Requests()
    clients: dict[str, Client] = Field(default_factory=dict)
    disclosures: tuple[Disclosure, ...] = ()
    ignore: tuple[Ignore, ...] = ()
    sources: dict[Name, SourceConfig] = Field(default_factory=dict)

    _path: Path = PrivateAttr(default=Path("piiscan.toml"))
    _places: Places = PrivateAttr(default_factory=lambda: Places("piiscan.toml", {}))
    _raw: Mapping[Place, str] = PrivateAttr(default_factory=dict)

    @property
    def path(self) -> Path:
        """The file, as an absolute path."""
        return self._path

    @property
    def places(self) -> Places:
        """The lines of its keys."""
        return self._places

    @property
    def raw(self) -> Mapping[Place, str]:
        """What stands in the file where a variable was replaced."""
        return self._raw

    def remember(self, path: Path, places: Places, raw: Mapping[Place, str]) -> Config:
        """This configuration, knowing the file it came from."""
        self._path, self._places, self._raw = path, places, raw
        return self

    def source(self, name: str) -> Source:
        """One source with its password. Raises UsageError for an unknown name, and when the password cannot be had."""
        return replace(self.source_without_secret(name), secret=self.secret(("sources", name)))

    def source_without_secret(self, name: str) -> Source:
        """One source as its connector needs it, but for the password. Raises UsageError for an unknown name."""
        if name not in self.sources:
            raise UsageError(
                f"unknown source {name!r}", hint=f"{self.path} knows: {', '.join(sorted(self.sources)) or 'none'}"
            )
        entry = self.sources[name]
        return Source(
            name=name,
            connector=entry.connector,
            url=entry.url,
            include=entry.include,
            exclude=entry.exclude,
            clocks=entry.clocks_by_container(),
            owner_columns={glob: owner.column for glob, owner in entry.owners.items() if owner.column is not None},
            max_file_bytes=entry.max_file_size,
            options=dict(entry.model_extra or {}),
        )

    def checked(self, place: Place, build: Callable[[], T]) -> T:
        """What ``build`` makes of the table or key at a place. Raises ConfigError: its UsageError, with file, line and key."""
        try:
            return build()
        except UsageError as error:
            raise InvalidConfigError([self.places.problem(place, error.message)], hint=error.hint) from None

    def store_location(self) -> tuple[str, Secret | None]:
        """The store's url and its password. Raises UsageError when the password cannot be had."""
        return self.store.url, self.secret(("store",))

    def key(self) -> Secret | None:
        """The firm's key, 32 bytes in base64; None when the configuration names none. Raises ConfigError."""
        security = self.security
        try:
            if security.key_file is not None:
                place: Place = ("security", "key_file")
                return check_key(read_password(security.key_file))
            if security.key_command is not None:
                place = ("security", "key_command")
                return check_key(run_password_command(security.key_command, self.path.parent))
        except SecretError as error:
            problem, hint = error.args
            raise InvalidConfigError([self.places.problem(place, problem)], hint=hint) from None
        return None

    def accounts(self) -> dict[Place, Account]:
        """Every table with an address and a password: the store, the sources, and what writes to them."""
        found: dict[Place, Account] = {("store",): self.store}
        for name, entry in self.sources.items():
            found["sources", name] = entry
            if entry.write is not None:
                found["sources", name, "write"] = entry.write
        return found

    def secret(self, place: Place) -> Secret | None:
        """The password of the account at a place, from wherever it says; None when it says nothing. Raises ConfigError."""
        account = self.accounts()[place]
        try:
            if account.password_file is not None:
                place = (*place, "password_file")
                return read_password(account.password_file)
            if account.password_command is not None:
                place = (*place, "password_command")
                return run_password_command(account.password_command, self.path.parent)
            if account.password is not None:
                place = (*place, "password")
                return expand_password(account.password)
        except SecretError as error:
            problem, hint = error.args
            raise InvalidConfigError([self.places.problem(place, problem)], hint=hint) from None
        return None
