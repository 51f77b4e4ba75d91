"""Keys of JSON objects: which are names of fields, and which are values, such as the names of persons an object is keyed by.

A column's name is stored and printed, so in doubt a key is a value. Words alone cannot tell ``zebedee`` from ``vorname``:
what stands beside a key, and whether it comes again, is asked too, one stretch of the document at a time.
"""

from __future__ import annotations

from collections import Counter
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from piiscan.connectors.readers import flatten
from piiscan.connectors.readers.naming import MAX_COLUMNS, Form, form
from piiscan.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

STRETCH_EVENTS: Final = 8_192
STRETCH_CHARS: Final = 1 << 20
"""What is looked at before its keys are judged: so many events, or so much text."""
_FEW_OBJECTS: Final = 5
"""Objects of one place, and keys among theirs that never come again, from which those keys are values."""
_MANY_KEYS: Final = 30
"""Keys no vocabulary knows in a single object from which they are values."""
_MANY_ALIKE: Final = 8
"""Objects alike below keys in snake or camel case from which those keys are values."""


class _Place:
    """What one stretch of a document shows of the objects at one place."""

    __slots__ = ("elements", "inner", "objects", "path", "seen")

    def __init__(self, path: str = "") -> None:
        self.path = path
        self.objects = 0
        self.seen: dict[str, int] = {}
        self.inner: dict[str, _Place] = {}
        self.elements: _Place | None = None

    def key(self, key: str) -> _Place:
        """The place below a key, which is counted."""
        self.seen[key] = self.seen.get(key, 0) + 1
        place = self.inner.get(key)
        if place is None:
            place = self.inner[key] = _Place()
        return place

    def array(self) -> _Place:
        """The place of an array's elements."""
        if self.elements is None:
            self.elements = _Place()
        return self.elements

    def shape(self) -> frozenset[str]:
        """The keys of the objects here, in arrays too, with what is surely a value as ``{}``; empty if there are none."""
        keys = [*self.seen, *(self.elements.seen if self.elements else ())]
        return frozenset(key if form(key) else "{}" for key in keys)


class _Pending:
    """Places by path, to be taken outermost first: what leads to a place is shorter than its path."""

    def __init__(self) -> None:
        self._places: dict[str, list[_Place]] = {}
        self._paths: list[tuple[int, str]] = []

    def put(self, path: str, place: _Place) -> None:
        """Adds a place to those of its path."""
        if path not in self._places:
            self._places[path] = []
            heappush(self._paths, (len(path), path))
        self._places[path].append(place)

    def take(self) -> tuple[str, list[_Place]]:
        """The shortest path and all its places."""
        _, path = heappop(self._paths)
        return path, self._places.pop(path)

    def __bool__(self) -> bool:
        return bool(self._places)


class Keys(flatten.Columns):
    """The names columns have in one JSON document, or in the lines of one: learnt from a stretch before it becomes rows."""

    def __init__(self) -> None:
        super().__init__()
        self._root = _Place()
        self._open: list[_Place] = []
        self._roots = [self._root]
        self._maps: set[str] = set()
        self._met: set[str] = set()

    def of(self, parent: str, key: str) -> tuple[str, bool]:
        """The column of a key below its parent's, and whether the key itself must be read as a value (of ``parent{}``)."""
        name = f"{parent}.{key}" if parent else key
        return (name, False) if name in self._known else (f"{parent}{{}}", True)

    def learn(self, events: Iterable[flatten.Event]) -> None:
        """Judges the keys of a stretch, which must not end with a key. What was a name stays one."""
        root, frames = self._root, self._open
        current = frames[-1] if frames else root
        for event, value in events:
            if event == "map_key":
                current = frames[-1].key(str(value))
                continue
            if event == "start_map":
                current.objects += 1
                frames.append(current)
            elif event == "start_array":
                frames.append(current if current is root else current.array())
            elif event in {"end_map", "end_array"}:
                frames.pop()
            current = frames[-1] if frames else root
        self._settle()

    def _settle(self) -> None:
        """Gives every place its path and every field its name, outermost first; keeps the places that are still open."""
        pending = _Pending()
        for place in self._roots:
            pending.put(place.path, place)
        while pending:
            path, places = pending.take()
            names = self._names(path, places)
            for place in places:
                place.path = path
                if place.elements is not None:
                    pending.put(f"{path}[]", place.elements)
                for key, inner in place.inner.items():
                    pending.put((f"{path}.{key}" if path else key) if key in names else f"{path}{{}}", inner)
        fresh = {place.path: _Place(place.path) for place in (self._root, *self._open)}
        self._root, self._open, self._roots = fresh[""], [fresh[p.path] for p in self._open], list(fresh.values())

    def _names(self, path: str, places: Sequence[_Place]) -> set[str]:
        """The keys at a path that are names of fields."""
        seen: Counter[str] = Counter()
        shapes: dict[str, frozenset[str]] = {}
        for place in places:
            seen.update(place.seen)
            for key, inner in place.inner.items():
                shapes[key] = shapes.get(key, frozenset()) | inner.shape()
        if not seen:
            return set()
        known = {key for key in seen if (f"{path}.{key}" if path else key) in self._known}
        forms = {key: form(key) for key in seen}
        values = _values(forms, seen, shapes, sum(place.objects for place in places))
        if values:
            self._maps.add(path)
        names = known
        for key, count in seen.items():
            sure = forms[key] is Form.FIELD
            late = path in self._met and count == 1
            unfit = forms[key] is Form.VALUE or key in values or (not sure and (late or path in self._maps))
            if not unfit and len(self._known) < MAX_COLUMNS:
                self._known.add(f"{path}.{key}" if path else key)
                names.add(key)
        self._met.add(path)
        return names


def _values(
    forms: Mapping[str, Form], seen: Mapping[str, int], shapes: Mapping[str, frozenset[str]], objects: int
) -> set[str]:
    """The keys that what stands beside them shows to be values; any of them makes the place a map.

    Objects alike below several keys no vocabulary knows are entries; so are keys that never come again, when they are many.
    """
    values: set[str] = set()
    unsure = [key for key in seen if Form.VALUE < forms[key] < Form.FIELD]
    strange = [key for key in seen if shapes.get(key) and forms[key] <= Form.DOUBTFUL]
    holders = [key for key in seen if shapes.get(key) and forms[key] < Form.FIELD]
    for keys, enough in ((strange, 2), (holders, _MANY_ALIKE)):
        if len(keys) >= enough and _alike([shapes[key] for key in keys]):
            values.update(keys)
    fields = [key for key in seen if shapes.get(key) and forms[key] is Form.FIELD]
    if len(fields) < len(values) and _alike([shapes[key] for key in (*values, *fields)]):
        values.update(fields)
    once = [key for key in unsure if seen[key] == 1]
    words = [key for key in unsure if forms[key] is Form.DOUBTFUL]
    if objects >= _FEW_OBJECTS and len(once) >= _FEW_OBJECTS and 2 * len(once) > len(seen):
        values.update(unsure)
    if objects <= 1 and len(words) >= _MANY_KEYS and 2 * len(words) > len(seen):
        values.update(words)
    if 2 * sum(forms[key] is Form.VALUE for key in seen) >= len(seen):
        values.update(unsure)
    return values


def _alike(shapes: Sequence[frozenset[str]]) -> bool:
    """Whether objects share their keys: on average at least half of all that any of them has."""
    union = frozenset[str]().union(*shapes)
    return 2 * sum(map(len, shapes)) >= len(shapes) * len(union)


def learnt(events: Iterable[flatten.Event], keys: Keys) -> Iterator[flatten.Event]:
    """The events again, each after the keys of its stretch were learnt. Raises what they raise, after the events before it."""
    source = iter(events)
    more = True
    while more:
        stretch, more, failure = _stretch(source)
        keys.learn(stretch)
        yield from stretch
        if failure is not None:
            raise failure


def _stretch(source: Iterator[flatten.Event]) -> tuple[list[flatten.Event], bool, SourceError | None]:
    """The next events, whether more may follow, and what ended them early; never ends with a key unless they do."""
    stretch: list[flatten.Event] = []
    chars = 0
    try:
        for event in source:
            stretch.append(event)
            chars += len(event[1]) if isinstance(event[1], str) else 0
            if (len(stretch) >= STRETCH_EVENTS or chars >= STRETCH_CHARS) and event[0] != "map_key":
                return stretch, True, None
    except SourceError as failure:
        return stretch, False, failure
    return stretch, False, None
