"""Running text that mentions a person: messages, notes, documents. What is found is near: somebody must read it.

Looked for are values that hardly anybody else has, and only in places where the inventory knows values of their kind to stand in
text; never a name alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Final

from piiscan.errors import SourceError
from piiscan.model import Skip, SkipCode
from piiscan.model.seeking import Search
from piiscan.requests.identity import normalise
from piiscan.requests.located import Place
from piiscan.requests.persons import Judged
from piiscan.retention.spellings import is_name, spellings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from piiscan.inventory import HoldingRecord
    from piiscan.model import Batch, Container
    from piiscan.ports import Connector, Seeker
    from piiscan.requests.located import Cells, Located
    from piiscan.requests.reading import Where

_SHARED: Final = frozenset({
    "zip", "city", "state", "country", "gender", "age", "employer", "job_title", "dob", "ssn_last4", "card_last4", "street_address",
})  # fmt: skip
"""Types that say too little in a text: many share them."""
_LEAST: Final = 6
"""Letters and digits of a value that is looked for in a text."""


class Mentions:
    """What of a person can be told in a text."""

    def __init__(self, subject: Mapping[str, str]) -> None:
        self.wanted = {
            name: tuple(map(str, spellings(name, value)))
            for name, value in subject.items()
            if not is_name(name) and name not in _SHARED and len(normalise(name, value)) >= _LEAST
        }
        """Data type -> the ways its value may be written. Private."""
        names = {name: tuple(map(str, spellings(name, value))) for name, value in subject.items() if is_name(name)}
        self._patterns = {name: _pattern(forms) for name, forms in (self.wanted | names).items()}

    def __repr__(self) -> str:
        return f"Mentions({sorted(self.wanted)})"

    def judge(self, text: str) -> Judged | None:
        """What a text says of the person; None: nothing, or the name alone."""
        found = frozenset(
            "person_name" if is_name(name) else name for name, each in self._patterns.items() if each.search(text)
        )
        return Judged(found, frozenset(), ()) if found & self.wanted.keys() else None


def text_columns(holdings: Iterable[HoldingRecord], types: Iterable[str]) -> dict[Where, set[str | None]]:
    """By container and member the columns in whose text values of these types stand; None: the text of a file."""
    wanted = set(types)
    found: dict[Where, set[str | None]] = defaultdict(set)
    for each in holdings:
        if each.data_type in wanted and (each.column is None or "text" in each.evidence):
            found[each.container, each.member].add(each.column)
    return found


def search_tables(
    seeker: Seeker, tables: Sequence[Container], holdings: Sequence[HoldingRecord], mentions: Mentions, located: Located
) -> None:
    """Adds the rows of databases whose text mentions the person and that are not known to be the person's already."""
    columns = text_columns(holdings, mentions.wanted)
    for table in tables:
        for column in sorted(filter(None, columns.get((table.path, ()), ()))):
            _guard(located, table, partial(_search_column, seeker, table, column, mentions, located))


def _search_column(seeker: Seeker, table: Container, column: str, mentions: Mentions, located: Located) -> None:
    key = tuple(each.name for each in table.columns if each.primary_key)
    place = _place(located, table, key)
    values = tuple(form for forms in mentions.wanted.values() for form in forms)
    search = Search((*key, column), {column: values}, as_written=False, within=True)
    located.unindexed.append((table.source, table.path, column))
    number = 0
    for portion in seeker.seek(table, search):
        for row in portion:
            number += 1
            judged = mentions.judge(str(row[-1]))
            where = row[:-1] or (f"text {number}",)
            if judged and where not in place.rows and all(where != each[0] for each in place.near):
                _keep(located, place, where, judged, {column: [str(row[-1])]})
                place.tell(dict(zip(search.columns, row, strict=True)), (column,))
    if number >= search.most:
        reason = f"{number:,} texts mention one of the values: not all of them were looked at"
        located.skips.append(Skip(table.source, table.path, SkipCode.LIMIT, reason))


def search_files(
    connector: Connector,
    files: Sequence[Container],
    holdings: Sequence[HoldingRecord],
    mentions: Mentions,
    located: Located,
) -> None:
    """Adds the files whose text mentions the person; each is read whole."""
    columns = text_columns(holdings, mentions.wanted)
    paths = {path for path, _ in columns}
    for file in files:
        if file.path in paths:
            _guard(located, file, partial(_read_file, connector, file, columns, mentions, located))


def _read_file(
    connector: Connector,
    file: Container,
    columns: Mapping[Where, set[str | None]],
    mentions: Mentions,
    located: Located,
) -> None:
    place, number = _place(located, file, ()), 0
    for item in connector.batches(file):
        if isinstance(item, Skip):
            located.skips += [] if item in located.skips else [item]
            continue
        for text in _texts(item, columns.get((item.container.path, item.container.member), set())):
            number += 1
            if judged := mentions.judge(text):
                _keep(located, place, (f"text {number}",), judged, {"text": [text]})


def _keep(located: Located, place: Place, key: tuple[object, ...], judged: Judged, cells: Cells) -> None:
    """A text is near until somebody has read it and found it to be about the person."""
    if located.accepts(place, key, cells):
        place.rows[key] = judged.matched
    else:
        place.near.append((key, judged, cells))


def _texts(batch: Batch, columns: Iterable[str | None]) -> Iterable[str]:
    return (str(value) for name in columns for value in batch.columns.get(name, ()) if value is not None)


def _guard(located: Located, container: Container, work: Callable[[], None]) -> None:
    try:
        work()
    except SourceError as error:
        located.skips.append(error.skip(container.source, container=container.path))


def _place(located: Located, container: Container, key: tuple[str, ...]) -> Place:
    """What is known of the container already, or a place of it that is new."""
    known = next((p for p in located.places if (p.source, p.container) == (container.source, container.path)), None)
    if known is None:
        known = Place(container.source, container.path, key)
        located.places.append(known)
    return known


def _pattern(forms: Iterable[str]) -> re.Pattern[str]:
    """Any of the ways to write a value, as a word of its own; one blank stands for any number of them."""
    words = (r"\s+".join(map(re.escape, form.split())) for form in sorted(forms, key=len, reverse=True))
    return re.compile(rf"(?<![\w@.])(?:{'|'.join(words)})(?![\w@])", re.IGNORECASE)
