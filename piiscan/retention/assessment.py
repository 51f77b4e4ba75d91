"""The whole inventory against the rules of retention: every container's rows judged where they lie."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from piiscan.clocks import clocks_of
from piiscan.errors import SourceError, UsageError
from piiscan.inventory import opened
from piiscan.model import Container, Skip, SkipCode
from piiscan.ports import Judge
from piiscan.retention.candidates import candidates, likeliest
from piiscan.retention.court import Assessment, Court, Tally, enter
from piiscan.retention.covering import covering_of
from piiscan.retention.erasure import erasure_questions
from piiscan.retention.files import file_days, judge_file
from piiscan.retention.holder import Holder, holder_of
from piiscan.retention.justified import justifies
from piiscan.retention.profiles import read_profiles
from piiscan.retention.questions import Question, questions
from piiscan.retention.recordings import Recordings
from piiscan.retention.terms import Terms
from piiscan.retention.verdicts import unruled
from piiscan.sources import connector_for, read_plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from piiscan.config import Config
    from piiscan.inventory import Against, AgesRecord, HoldingRecord, Inventory, Justification, SealedScope
    from piiscan.model import Clock
    from piiscan.model.judging import JudgedRows
    from piiscan.ports import Connector
    from piiscan.retention.erasure import Subject
    from piiscan.rulepack.retention import RetentionRules

BY_HAND: Final = "holds rows of the person among others: files are not emptied in part, so cut them out by hand"


def assess(
    config: Config,
    inventory: Inventory,
    rules: RetentionRules,
    *,
    as_of: date,
    sources: Sequence[str] = (),
    rule: str | None = None,
    subject: Subject | None = None,
) -> Assessment:
    """What is held beyond its time on a day, and why the rest may stay; reads counts and days from the sources, no values.

    With ``subject`` the same of a person's rows by the person's request alone: "overdue" are those that go. ``sources`` and
    ``rule`` narrow what is asked, not what excuses. Raises UsageError for an unknown source or rule, and when
    holds are sealed and the firm's key is not at hand.
    """
    known = rules.rules
    if rule is not None and rule not in known:
        raise UsageError(f"unknown rule {rule!r}", hint="piiscan rules list --kind retention shows them")
    chosen = [name for name in config.sources if not sources or name in sources]
    if unknown := sorted(set(sources) - set(chosen)):
        raise UsageError(f"unknown source {unknown[0]!r}", hint=f"{config.path} knows: {', '.join(config.sources)}")
    active = tuple(rules.active(as_of))
    windows = tuple(known[id_] for id_ in config.retention.defence_windows if id_ in known)
    justifications = tuple(_opened(config, inventory, rules, as_of, "request" if subject else "schedule"))
    tally = Tally()
    for name in chosen:
        court = Court(
            config,
            inventory,
            active,
            windows,
            justifications,
            as_of,
            config.source(name),
            _by_container(inventory.holdings(source=name, min_confidence=config.detection.min_confidence)),
            _by_container([each for each in inventory.ages() if each.source == name]),
            subject,
        )
        _judge_source(court, tally, rule)
    return Assessment(as_of, tuple(tally.verdicts), tuple(tally.use_limits), tuple(tally.due), tuple(tally.skips))


def _opened(
    config: Config, inventory: Inventory, rules: RetentionRules, as_of: date, against: Against
) -> Iterator[tuple[Justification, SealedScope | None]]:
    """The holds in force, and what else speaks ``against`` it, with what is sealed in them. Raises UsageError without the key.

    A hold counts from the day it is known, whatever day is asked about: what must stay today is not taken by a plan of yesterday.
    """
    key = None
    today = datetime.now(ZoneInfo(config.firm.timezone)).date()
    for each in inventory.justifications():
        held = each.kind == "hold" and each.against == "schedule" and each.covers(today)
        if held or (each.against == against and justifies(each, rules.grounds, rules.rules, as_of)):
            key = key or (config.key() if each.scope.sealed else None)
            if each.scope.sealed and key is None:
                hint = "name it in [security] key_file: without it nobody knows which rows must stay"
                raise UsageError(f"{each.id} is sealed, and there is no key", hint=hint)
            yield each, opened(each.scope, key) if key else None


def _by_container(records: Sequence[HoldingRecord | AgesRecord]) -> dict[str, list]:  # type: ignore[type-arg]
    found: defaultdict[str, list[HoldingRecord | AgesRecord]] = defaultdict(list)
    for record in records:
        found[record.container].append(record)
    return found


def _judge_source(court: Court, tally: Tally, rule: str | None) -> None:
    """Every container of a source that holds something; a failing one is a skip, and the next is judged."""
    if not court.places:
        return
    try:
        with closing(connector_for(court.config, court.source, read_plan(court.config))) as connector:
            listed = list(connector.containers())
            tally.skips += [item for item in listed if isinstance(item, Skip)]
            containers = {item.path: item for item in listed if isinstance(item, Container)}
            guessed = _guessed(court, connector, containers, tally)
            for path in court.places:
                if path not in containers:
                    tally.skips.append(_missing(court, path, tally.skips))
                    continue
                if containers[path].kind == "view":  # its rows lie in tables, and are judged there
                    continue
                try:
                    clocks = guessed.get(path, {}) | _configured(court, containers[path])
                    _judge_container(court, connector, containers[path], clocks, containers, tally, rule)
                except SourceError as error:
                    tally.skips.append(error.skip(court.source.name, container=path))
    except SourceError as error:
        tally.skips.append(error.skip(court.source.name))


def _configured(court: Court, container: Container) -> dict[str, Clock]:
    return {clock.event: clock for clock in clocks_of(court.source, container)}


def _guessed(
    court: Court, connector: Connector, containers: Mapping[str, Container], tally: Tally
) -> dict[str, dict[str, Clock]]:
    """By table and event the likeliest column, where the firm lets guesses date rows; they are marked as inferred."""
    wanted = court.config.sources[court.source.name].infer_clocks
    if not (court.config.retention.infer_clocks if wanted is None else wanted):
        return {}
    profiles, skips = read_profiles(connector, court.source, containers.values(), court.as_of)
    tally.skips += skips
    held = (containers[path] for path in court.holdings if path in containers and containers[path].kind == "table")
    return {
        each.path: {
            event: candidate.clock for event, candidate in likeliest(candidates(each, containers, profiles)).items()
        }
        for each in held
    }


def _missing(court: Court, path: str, skips: Sequence[Skip]) -> Skip:
    known = next((skip for skip in skips if skip.container == path), None)
    if known is not None:
        return known
    reason = "it is in the inventory and no longer listed: scan again"
    return Skip(court.source.name, path, SkipCode.VANISHED, reason)


def _judge_container(
    court: Court,
    connector: Connector,
    container: Container,
    clocks: Mapping[str, Clock],
    siblings: Mapping[str, Container],
    tally: Tally,
    rule: str | None,
) -> None:
    """Adds a container's verdicts and what is due of it. Raises SourceError."""
    held = court.holdings.get(container.path, ())
    if court.subject is not None and container.kind == "file":
        raise SourceError(SkipCode.ERROR, BY_HAND)
    holder = holder_of(court.config, court.source, container, held, court.inventory.packs.data_types)
    if container.kind == "file":
        dated = file_days(
            container, clocks_of(court.source, container), court.ages.get(container.path, ()), court.as_of
        )
        clocks = {event: clock for event, (clock, _) in dated.items()}
    else:
        dated = {}
    asked = _asked(court, holder, Terms(clocks, court.as_of), siblings)
    wanted = [each for each in asked if rule in (None, each.rule.id)]
    if not asked:
        rows = 1 if container.kind == "file" else held[0].rows_total
        tally.verdicts += [] if rule else [unruled(container, holder.columns, rows)]
        return
    if not wanted:
        return
    judgments = [each.judgment for each in wanted]
    if container.kind == "file":
        judged: Sequence[JudgedRows] = [judge_file(judgments, {event: day for event, (_, day) in dated.items()})]
    elif isinstance(connector, Judge):
        judged = connector.judge(container, judgments, holder.owner_column, court.as_of)
    else:
        raise SourceError(SkipCode.UNSUPPORTED, f"connector {court.source.connector!r} cannot date rows where they lie")
    notes: tuple[str, ...] = ()
    if container.columns and court.subject is None:
        notes = tuple(_recordings(court, connector).notes(container, siblings, court.as_of))
    if court.subject is not None and (gone := _gone(court.subject, container, judged)):
        tally.skips.append(gone)
    enter(court, tally, holder, wanted, judged, rule, notes)


def _gone(subject: Subject, container: Container, judged: Sequence[JudgedRows]) -> Skip | None:
    """What to say where rows are not there any more, or are another person's by now."""
    located = len(subject.rows[container.source, container.path].keys)
    found = sum(each.rows for each in judged if any(standing.status for standing in each.standings))
    if found >= located:
        return None
    again = "plan" if subject.request is None else "locate"
    reason = f"{located - found:,} of {located:,} rows are gone, or are not the person's any more: {again} again"
    return Skip(container.source, container.path, SkipCode.VANISHED, reason)


def _asked(court: Court, holder: Holder, terms: Terms, siblings: Mapping[str, Container]) -> list[Question]:
    everything = [record for records in court.holdings.values() for record in records]
    covering = covering_of(court.justifications, holder, everything, tuple(siblings.values()))
    if court.subject is not None:
        return erasure_questions(holder, court.rules, court.windows, terms, covering, court.subject)
    return questions(holder, court.rules, court.windows, terms, covering)


def _recordings(court: Court, connector: Connector) -> Recordings:
    held: dict[str, dict[str, set[str]]] = {}
    for path, records in court.holdings.items():
        kinds = held.setdefault(path, {})
        for record in records:
            kinds.setdefault(record.data_type, set()).update({record.column} if record.column else ())
    configured = {
        path: {clock.event: clock for clock in clocks_of(court.source, Container(court.source.name, path, "table"))}
        for path in court.holdings
    }
    return Recordings(connector, held, configured)
