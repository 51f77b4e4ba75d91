"""What a configuration says about retention, held against the rules it loads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan.errors import RuleError
from piiscan.rulepack.spelling import near

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.config import Config, Problem
    from piiscan.config.problems import Place
    from piiscan.rulepack.retention import RetentionRules


def problems(config: Config) -> Iterator[Problem]:
    """Faults in files of retention rules, and defence windows that are none."""
    try:
        law = _law(config)
    except RuleError as error:
        text = f"{error.message}; {error.hint}" if error.hint else error.message
        yield config.places.problem(("rules",), text)
        return
    windows = {rule.id for rule in law.rules.values() if rule.kind == "defence_window"}
    for index, name in enumerate(config.retention.defence_windows):
        if name not in windows:
            told = near(name, windows) or "piiscan rules list --kind defence_window shows those that are loaded"
            yield config.places.problem(("retention", "defence_windows", index), f"no defence window {name!r}; {told}")


def warnings(config: Config) -> Iterator[Problem]:
    """Capacities and events that no rule knows: what is misspelt there would apply nowhere, and nobody would see it."""
    law = _law(config)
    for place, kind, word in _words(config):
        known = law.capacities if kind == "capacity" else law.events
        if word not in known:
            told = near(word, known) or f"piiscan rules list --kind {kind} shows those there are"
            yield config.places.problem(place, f"no rule knows the {kind} {word!r}; {told}")


def notes(config: Config) -> Iterator[str]:
    """Which packs have the rules for a capacity of the firm's where no loaded rule asks for it."""
    from piiscan.rulepack.retention import load_retention, pack_names

    asked = {capacity for rule in _law(config).rules.values() for capacity in rule.capacities}
    missing = [name for name in config.firm.capacities if name not in asked]
    shipped = load_retention(pack_names()).rules.values() if missing else ()
    for name in missing:
        packs = sorted({rule.pack for rule in shipped if name in rule.capacities})
        if packs:
            yield f"the rules for the capacity {name} are in {', '.join(packs)}, which [rules] packs does not name"


def _law(config: Config) -> RetentionRules:
    from piiscan.rulepack.retention import load_retention

    return load_retention(config.rules.packs, config.rules.extra)


def _words(config: Config) -> Iterator[tuple[Place, str, str]]:
    """Every capacity and every clock's event of the file, with its place."""
    for index, capacity in enumerate(config.firm.capacities):
        if not capacity.startswith("notice:"):
            yield ("firm", "capacities", index), "capacity", capacity
    for name, source in config.sources.items():
        for path, events in source.clocks.items():
            for event in events:
                yield ("sources", name, "clocks", path, event), "event", event
