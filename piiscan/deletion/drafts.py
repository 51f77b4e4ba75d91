"""The steps of one database in their order, before a row is counted: keys, foreign keys, triggers, cycles."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from piiscan.deletion.judgments import paths
from piiscan.deletion.keys import prove_unique
from piiscan.deletion.linking import linked
from piiscan.deletion.order import Cycle, Edge, arrange
from piiscan.deletion.plan import RuleNote, Step
from piiscan.deletion.releasing import Releasing, check_triggers, refusal
from piiscan.deletion.structure import breakable, check_changes, firing, note_of, shapes_of
from piiscan.deletion.targets import everything
from piiscan.errors import RefusedError, UsageError
from piiscan.model import Skip, SkipCode
from piiscan.model.judging import Change, Judgment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from piiscan.deletion.plan import ShapeNote
    from piiscan.deletion.told import Told
    from piiscan.model.erasing import Reference, Shape
    from piiscan.ports import Eraser
    from piiscan.retention import Due


class Draft:
    """The plan of one database as its structure allows it. Raises RefusedError for what stands in the way, SourceError."""

    def __init__(
        self,
        source: str,
        due: Sequence[Due],
        eraser: Eraser,
        told: Told,
        as_of: date,
        held: Callable[[str], str | None],
    ) -> None:
        """``held`` gives the id of a hold that reaches a container, if one does."""
        self._source, self._eraser, self._told, self._as_of, self._held = source, eraser, told, as_of, held
        self._due: dict[str, list[Due]] = defaultdict(list)
        for each in sorted(due, key=lambda each: (each.container.path, each.rule.id, each.judgment.id)):
            self._due[each.container.path].append(each)
        self._shapes: dict[str, Shape] = {}
        self._keys: dict[str, tuple[str, ...]] = {}
        self._releasing = Releasing(source, eraser, told, held, self._shapes)

    @property
    def shapes(self) -> tuple[ShapeNote, ...]:
        """The shapes of all tables that are touched, in alphabetical order."""
        return tuple(note_of(self._shapes[path]) for path in sorted(self._shapes))

    @property
    def released(self) -> list[tuple[str, str]]:
        """Source and path of the tables that are released, in alphabetical order."""
        return [(self._source, path) for path in sorted(self._releasing.released)]

    @property
    def notes(self) -> list[str]:
        """What the database says of its tables that a plan must tell, each once with the tables it is true of."""
        places: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self._due):
            for note in self._shapes[path].notes:
                places[note].append(path)
        return [f"{self._source} ({', '.join(paths)}): {note}" for note, paths in places.items()]

    def steps(self, first: int) -> list[Step]:
        """The steps in order, the first of them numbered ``first``."""
        containers = [due[0].container for _, due in sorted(self._due.items())]
        for container in containers:
            if container.kind == "view":
                raise refusal(self._source, container.path, "is a view: its rows lie in tables", "plan for those")
        self._shapes |= shapes_of(self._eraser, containers)
        for path in sorted(self._due):
            if why := self._shapes[path].refusal:
                raise refusal(self._source, path, f"cannot be emptied: {why}", "look at how it is made")
            self._keys[path] = self._key(path)
            self._check(path)
        broken = [each for each in self._references() if self._told.breaks_at(self._source, each)]
        order = self._arranged(broken)
        emptying = list(self._emptying(broken))
        plain = [step for path in order for step in self._plain(path)]
        steps = [replace(step, order=first + place) for place, step in enumerate((*emptying, *plain))]
        return linked(steps, self._shapes, broken, self._releasing)

    # ---------------------------------------------------------------- keys, columns, triggers

    def _key(self, path: str) -> tuple[str, ...]:
        """The columns that tell rows apart: those named for it, else the table's own key."""
        shape, named = self._shapes[path], self._told.key_of(self._source, path)
        if not named:
            if shape.key:
                return shape.key
            raise refusal(
                self._source,
                path,
                "has no primary or unique key, so its rows cannot be told apart",
                "name columns that do with --key TABLE=COLUMN,COLUMN, or leave it out",
            )
        unknown = [column for column in named if column not in {each.name for each in shape.columns}]
        if unknown:
            raise UsageError(f"--key {path}: there is no column {unknown[0]}", hint="write --key TABLE=COLUMN,COLUMN")
        if not prove_unique(self._eraser.keys(everything(shape.container, named, self._as_of))):
            raise refusal(
                self._source,
                path,
                f"{', '.join(named)} does not tell its rows apart: two are alike, or one is empty",
                "name other columns",
            )
        return named

    def _check(self, path: str) -> None:
        """Raises RefusedError for columns that cannot be anonymized as a rule says, and for triggers nobody allowed."""
        shape = self._shapes[path]
        for due in self._due[path]:
            check_changes(f"{self._source}:{path}", shape, self._keys[path], due.judgment.changes)
            check_triggers(self._source, shape, "update" if due.judgment.changes else "delete", self._told)

    # ---------------------------------------------------------------- order

    def _deleting(self, path: str) -> bool:
        return any(not due.judgment.changes for due in self._due.get(path, ()))

    def _references(self) -> Iterator[Reference]:
        """The foreign keys that lead to tables of the plan."""
        for path in sorted(self._due):
            yield from self._shapes[path].references

    def _arranged(self, broken: Sequence[Reference]) -> list[str]:
        edges = []
        for each in self._references():
            hard = self._deleting(each.child.path) and self._deleting(each.parent)
            if each.child.path in self._due and each not in broken and each.child.path != each.parent:
                edges.append(Edge(each.child.path, each.parent, hard))
        order = arrange(self._due, edges)
        if not isinstance(order, Cycle):
            return order
        ways = [
            f"--break {each.child.path}.{each.columns[0]}" for each in breakable(self._references(), order.containers)
        ]
        hint = (
            f"{' or '.join(ways)} empties that column in the due rows first; "
            if ways
            else "none of its foreign keys may be null; "
        )
        raise RefusedError(
            f"{self._source}: foreign keys lead in a circle: {order}", hint=f"{hint}--without TABLE leaves a table out"
        )

    def _emptying(self, broken: Sequence[Reference]) -> Iterator[Step]:
        """A step for each rule that deletes rows of a table whose foreign key is broken: the due rows lose it."""
        for reference in sorted(broken, key=lambda each: (each.child.path, each.columns)):
            path, column = reference.child.path, reference.columns[0]
            if not self._deleting(path) or not self._deleting(reference.parent):
                raise UsageError(
                    f"--break {path}.{column}: no rows on both sides of it are deleted", hint="leave it out"
                )
            if not reference.nullable:
                raise RefusedError(
                    f"--break {path}.{column}: it may not be null", hint="break another foreign key of the circle"
                )
            self._check_break(path, reference)
            changes = tuple(Change(each, "null") for each in reference.columns)
            for due in self._due[path]:
                if not due.judgment.changes:
                    yield replace(
                        self._step(due),
                        action="anonymize",
                        breaks=True,
                        judgment=replace(_bare(due), changes=changes),
                        triggers=firing(self._shapes[path], "update"),
                        exempt=(),
                        on_hold=0,
                    )

    def _check_break(self, path: str, reference: Reference) -> None:
        """Raises RefusedError where the emptied column is needed to date the rows, or a trigger would fire."""
        check_triggers(self._source, self._shapes[path], "update", self._told)
        table = path.rpartition(".")[2]
        emptied = {f"{name}.{column}" for name in (path, table) for column in reference.columns}
        for due in (each for found in self._due.values() for each in found):
            own = due.container.path == path
            for way in paths(due.judgment):
                if (own and way[0] in reference.columns) or not emptied.isdisjoint(way[1:]):
                    raise RefusedError(
                        f"--break {path}.{reference.columns[0]}: rows of {due.container.path} are dated through it",
                        hint="break another foreign key of the circle",
                    )

    # ---------------------------------------------------------------- steps

    def _plain(self, path: str) -> Iterator[Step]:
        """Of one table first what is anonymized, what takes most away first, then what is deleted, in the order of the rules."""
        for due in sorted(self._due[path], key=lambda each: _strength(each.judgment)):
            yield self._step(due)

    def _step(self, due: Due) -> Step:
        path, rule = due.container.path, due.rule
        shape, anonymizes = self._shapes[path], bool(due.judgment.changes)
        named = self._told.key_of(self._source, path)
        return Step(
            order=0,
            container=shape.container,
            action="anonymize" if anonymizes else "delete",
            rule=RuleNote(rule.id, rule.title, rule.kind, rule.citation, rule.yields),
            judgment=_bare(due),
            key=self._keys[path],
            owner_column=due.owner_column,
            key_proved=bool(named) and named != shape.key,
            triggers=firing(shape, "update" if anonymizes else "delete"),
            exempt=due.rows_exempt,
            on_hold=due.rows_on_hold,
        )


def possible(source: str, due: Sequence[Due]) -> tuple[list[Due], list[Skip]]:
    """What can be planned, and why the rest cannot: a rule that anonymizes must know which columns."""
    kept: list[Due] = []
    skips: list[Skip] = []
    for each in due:
        if each.rule.action == "delete" or each.judgment.changes:
            kept.append(each)
        else:
            reason = f"rule {each.rule.id} anonymizes, and no column is known to hold it"
            skips.append(Skip(source, each.container.path, SkipCode.UNSUPPORTED, reason))
    return kept, skips


def _strength(judgment: Judgment) -> int:
    """The less, the more its changes take away; what is deleted comes last."""
    ways = ("null", "constant", "prefix", "year")
    return min((ways.index(change.to) for change in judgment.changes), default=len(ways))


def _bare(due: Due) -> Judgment:
    """The judgment without what only looks ahead."""
    return replace(due.judgment, horizons=())
