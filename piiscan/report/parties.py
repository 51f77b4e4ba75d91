"""Whose data it is: the firm's own, or a client's, with the role it is held in and whom to write to (law.md 3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from piiscan.errors import UsageError
from piiscan.model import Section
from piiscan.report.counts import UNKNOWN_CLIENT
from piiscan.report.scan_report import PLACES_SHOWN, first_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from piiscan.config import Config
    from piiscan.report.places import Located, Places

_ROLES: Final = {"business": "a business", "service_provider": "a service provider"}


@dataclass(frozen=True, slots=True)
class Party:
    """The firm (``id`` None), a client of the configuration, or (``"?"``) clients that it does not name."""

    id: str | None
    name: str
    contact: str | None
    role: str | None
    """What the firm is for this party: ``business`` or ``service_provider``; None = unknown, or now one, now the other."""
    regime: str | None
    """The law that the client's table names."""

    @property
    def held_as(self) -> str | None:
        """The role in words."""
        return _ROLES.get(self.role or "")

    def body(self) -> dict[str, object]:
        """As JSON."""
        return {
            "client": self.id,
            "name": self.name,
            "contact": self.contact,
            "role": self.role,
            "regime": self.regime,
        }


def party(config: Config, client: str | None) -> Party:
    """The firm for None, else the client of that id; one that the configuration does not know is called so."""
    if client is None:
        return Party(None, config.firm.name or "the firm", None, config.firm.role, None)
    known = config.clients.get(client)
    if known is None:
        name = "clients that the configuration does not name" if client == UNKNOWN_CLIENT else client
        return Party(client, name, None, None, None)
    return Party(client, known.name, known.contact, known.role or config.firm.role, known.regime)


def asked_party(config: Config, owner: str | None) -> Party | None:
    """The client that ``--owner`` asks for; None without one. Raises UsageError for a client the configuration does not know."""
    if owner is None:
        return None
    if owner not in config.clients:
        raise UsageError(
            f"unknown client {owner!r}",
            hint=f"known: {', '.join(sorted(config.clients)) or 'none: add [clients.<id>]'}",
        )
    return party(config, owner)


def party_section(whom: Party) -> Section:
    """The client a report is restricted to: its name, whom to write to, what the firm is for it."""
    note = "" if whom.contact else f"Nobody to write to is known: name a contact in [clients.{whom.id}]."
    row = (whom.name, whom.contact, whom.held_as, whom.regime and whom.regime.upper())
    return Section("Held for", ("client", "contact", "held as", "law"), (row,), note=note)


def anyones_sections(found: Sequence[Located], places: Places) -> Iterator[Section]:
    """What is attributed to no client, in a report of one; nothing where there is none."""
    spoken = tuple(dict.fromkeys(places.spoken(item) for item in found))
    shown = tuple((name,) for name in spoken[:PLACES_SHOWN])
    notes = (
        "Personal information was found in these, and [sources.NAME.owners] says not, or not of all rows, whose it is.",
        first_of(len(shown), len(spoken)),
    )
    if shown:
        title = "Attributed to no client: may hold this client's data too"
        yield Section(title, ("place",), shown, note="\n".join(filter(None, notes)))
