"""What every connector must do, whatever it reaches.

To put a connector under this suite add ``tests/contract/<name>_factory.py`` with one function::

    def make(folder: Path, request: pytest.FixtureRequest) -> SimpleNamespace

which makes a source of known content in ``folder`` (or on a server, by ``request.getfixturevalue("postgresql")``) and returns

- ``source``: the `piiscan.model.Source` to read it;
- ``rows``: {container path: its rows} of everything that can be read; members count with their container;
- ``unreadable``: {paths} that must come as a Skip, at the listing or at reading (a path is its Skip's ``container``);
- ``empty``: the path of a container without rows; ``big``: one with more than 60 rows;
- ``hostile``: {paths} whose names hold quotes, spaces, percent signs, unicode;
- ``canary``: a text planted in a value of a readable container, and wherever an error message might quote it;
- ``unreachable``: a Source of the same kind that cannot be reached, with the canary as its secret.
"""

from __future__ import annotations

import dataclasses
import pickle
from datetime import date

import pytest

from piiscan.errors import ConfigError, SourceError
from piiscan.model import Batch, Clock, Container, Skip
from piiscan.model.erasing import Target
from piiscan.model.judging import Cover, Ended, Judgment, Term, Test
from piiscan.ports import Connector, Eraser, Judge

AS_OF = date(2026, 6, 30)
NEVER = Test(("no_such_column",), "=", "x")


def _containers(connector):
    return [found for found in connector.containers() if isinstance(found, Container)]


def _read(connector, container):
    return list(connector.batches(container))


def _escaped(path):
    return "".join(f"[{char}]" if char in "[*?" else char for char in path)


class TestConnectorContract:
    """One source of known content after the other."""

    def test_it_is_a_connector_and_opens_nothing_when_made(self, known):
        """The port's methods are there; a source that cannot be reached can still be constructed."""
        assert isinstance(known.connect(), Connector)
        known.connect(known.unreachable)

    def test_the_listing_is_complete_and_its_order_stable(self, known):
        """Two listings are equal and hold each readable container once."""
        first, second = list(known.connect().containers()), list(known.connect().containers())

        assert first == second
        paths = [found.path for found in first if isinstance(found, Container) and not found.member]
        assert len(paths) == len(set(paths))
        assert set(known.rows) <= set(paths) <= set(known.rows) | known.unreadable

    def test_batches_add_up_to_the_rows_and_the_last_knows_the_total(self, known):
        """Every row of every container is delivered once, all columns of a batch being equally long."""
        connector = known.connect(batch_rows=7)
        seen = {}
        for container in _containers(connector):
            batches = [found for found in _read(connector, container) if isinstance(found, Batch)]
            for batch in batches:
                assert batch.container.path == container.path
                assert {len(values) for name, values in batch.columns.items() if name is not None} <= {batch.rows}
            if batches:
                seen[container.path] = sum(batch.rows for batch in batches)
                if not batches[-1].container.member and batches[-1].container.rows_exact:
                    assert batches[-1].container.rows == seen[container.path]

        assert seen == known.rows

    def test_what_cannot_be_read_is_a_skip_and_the_rest_goes_on(self, known):
        """Each unreadable container has its Skip; nothing readable has one for itself."""
        connector = known.connect()
        listed = list(connector.containers())
        skips = [found for found in listed if isinstance(found, Skip)]
        for container in listed:
            if isinstance(container, Container):
                skips += [found for found in connector.batches(container) if isinstance(found, Skip)]

        assert {skip.container for skip in skips} == known.unreadable
        assert all(skip.reason and "\n" not in skip.reason and skip.source == known.source.name for skip in skips)

    def test_a_container_without_rows_gives_one_batch_of_none(self, known):
        """Clean and empty differ from unread."""
        connector = known.connect()
        (container,) = [found for found in _containers(connector) if found.path == known.empty]

        (batch,) = _read(connector, container)

        assert isinstance(batch, Batch)
        assert batch.rows == 0

    def test_include_lists_only_what_its_globs_match(self, known):
        """A path with its special characters escaped selects itself."""
        source = dataclasses.replace(known.source, include=(_escaped(known.big),))

        assert {found.path for found in _containers(known.connect(source))} == {known.big}

    def test_exclude_wins_over_include(self, known):
        """The excluded path is gone, all others stay."""
        source = dataclasses.replace(known.source, exclude=(_escaped(known.big),))
        paths = {found.path for found in _containers(known.connect(source))}

        assert known.big not in paths
        assert set(known.rows) - {known.big} <= paths

    def test_hostile_names_are_listed_and_read(self, known):
        """Quotes, blanks, percent signs and letters beyond ASCII survive; every path is printable."""
        connector = known.connect()
        found = {container.path: container for container in _containers(connector)}

        assert known.hostile <= set(found)
        assert all(path.isprintable() and path.encode() for path in found)
        for path in known.hostile:
            assert (
                sum(batch.rows for batch in _read(connector, found[path]) if isinstance(batch, Batch))
                == known.rows[path]
            )

    def test_a_sample_is_the_same_twice_and_bounded(self, known):
        """Equal values in equal order from two connectors; about as many rows as asked for."""

        def sample():
            connector = known.connect(mode="sample", sample_rows=40, batch_rows=16)
            (container,) = [found for found in _containers(connector) if found.path == known.big]
            return [
                (batch.rows, dict(batch.columns)) for batch in _read(connector, container) if isinstance(batch, Batch)
            ]

        first = sample()

        assert first == sample()
        assert 0 < sum(rows for rows, _ in first) <= known.rows[known.big]

    def test_a_container_from_another_process_can_be_read(self, known):
        """Source and Container survive pickling; a worker's own connector finds the container again."""
        source = pickle.loads(pickle.dumps(known.source))
        (container,) = [found for found in _containers(known.connect()) if found.path == known.big]

        batches = _read(known.connect(source), pickle.loads(pickle.dumps(container)))

        assert sum(batch.rows for batch in batches if isinstance(batch, Batch)) == known.rows[known.big]

    def test_no_repr_skip_or_check_shows_a_value(self, known):
        """The canary is in the data that is read, and in nothing that describes it."""
        connector = known.connect()
        shown, values = [repr(connector), repr(connector.check())], []
        for container in connector.containers():
            shown.append(repr(container))
            if isinstance(container, Container):
                for found in connector.batches(container):
                    shown.append(repr(found))
                    if isinstance(found, Batch):
                        values.extend(str(value) for column in found.columns.values() for value in column)

        assert any(known.canary in value for value in values)
        assert not [text for text in shown if known.canary in text]

    def test_check_says_that_a_source_is_reachable(self, known):
        """The first line is about reaching it, and none failed."""
        lines = known.connect().check()

        assert lines[0].status == "ok"
        assert "failed" not in {line.status for line in lines}

    def test_check_never_raises_on_an_unreachable_source(self, known):
        """It comes as a failed line instead."""
        lines = known.connect(known.unreachable).check()

        assert "failed" in {line.status for line in lines}
        assert known.canary not in repr(lines)

    def test_listing_an_unreachable_source_raises_a_source_error(self, known):
        """With a hint, and without the secret."""
        with pytest.raises(SourceError) as caught:
            list(known.connect(known.unreachable).containers())

        assert known.canary not in f"{caught.value!r} {caught.value} {caught.value.hint} {caught.value.__cause__!r}"
        assert caught.value.hint

    def test_an_option_it_does_not_know_is_refused(self, known):
        """A misspelt key must not be ignored."""
        source = dataclasses.replace(known.source, options={"colour": "green"})

        with pytest.raises(ConfigError, match="colour"):
            known.connect(source)

    def test_ages_refuse_a_column_that_is_not_there(self, known):
        """A connector that counts ages says so; one that cannot answers None."""
        connector = known.connect()
        (container,) = [found for found in _containers(connector) if found.path == known.big]
        try:
            ages = connector.ages(container, Clock("collected", ("no_such_column",)), None)
        except SourceError as error:
            refused = error.message
        else:
            refused = None if ages is None else "counted"

        assert refused is None or "no_such_column" in refused

    def test_judged_rows_add_up_to_all_rows(self, known):
        """A connector that judges speaks of every row once: by what nothing dates it is undated, and none is overdue."""
        connector = known.connect()
        judgments = [Judgment("a", Term((Ended(None, AS_OF),)))]
        found = {}
        for container in _containers(connector) if isinstance(connector, Judge) else ():
            if container.path in known.rows:
                judged = connector.judge(container, judgments, None, AS_OF)
                assert {each.standings[0].status for each in judged} <= {"undated"}
                found[container.path] = sum(each.rows for each in judged)

        assert found == (known.rows if isinstance(connector, Judge) else {})

    def test_judging_refuses_a_column_that_is_not_there(self, known):
        """Of a clock, of a test, of an owner: else rows would be judged by nothing."""
        connector = known.connect()
        (container,) = [found for found in _containers(connector) if found.path == known.big]
        clock = Clock("created", ("no_such_column",))
        asked = [
            ([Judgment("a", Term((Ended(clock, AS_OF),)))], None),
            ([Judgment("a", Term(fixed=True), holds=(Cover("h", ((NEVER,),)),))], None),
            ([], "no_such_column"),
        ]
        for judgments, owner in asked if isinstance(connector, Judge) else ():
            with pytest.raises(SourceError, match="no_such_column"):
                connector.judge(container, judgments, owner, AS_OF)

    def test_a_connector_that_can_remove_tells_shapes_in_the_order_asked(self, known):
        """Each container once, with the same fingerprint twice; whatever says so says no value."""
        connector = known.connect()
        containers = [found for found in _containers(connector) if found.path in known.rows]
        if not isinstance(connector, Eraser):
            return

        first, second = connector.shapes(containers), known.connect().shapes(containers)

        assert [shape.container for shape in first] == containers
        assert list(first) == list(second)
        assert known.canary not in repr(first)

    def test_a_connector_that_can_remove_removes_nothing_unless_it_was_opened_for_writing(self, known):
        """A SourceError with a hint; the witness hears nothing."""
        connector, told = known.connect(), []
        (container,) = [found for found in _containers(connector) if found.path == known.big]
        if not isinstance(connector, Eraser):
            return
        (shape,) = connector.shapes([container])
        target = Target(container, Judgment("all", Term(fixed=True)), "delete", date(2026, 1, 1), shape.key)

        with pytest.raises(SourceError) as caught:
            connector.erase(target, [(known.canary,) * len(shape.key)], told.append)

        assert caught.value.hint
        assert known.canary not in f"{caught.value!r} {caught.value}"
        assert told == []

    def test_keys_that_name_nothing_leave_nothing_to_do(self, known):
        """`remaining` speaks of what is there; a key is a value, and may be anything."""
        connector = known.connect()
        (container,) = [found for found in _containers(connector) if found.path == known.big]
        if not isinstance(connector, Eraser):
            return
        (shape,) = connector.shapes([container])
        target = Target(container, Judgment("all", Term(fixed=True)), "delete", date(2026, 1, 1), shape.key)
        nothing = ["no such", "thing"] if container.kind == "file" else [-7]

        assert list(connector.remaining(target, [tuple(nothing)])) == []

    def test_close_may_be_called_twice(self, known):
        """After use as before it."""
        connector = known.connect()
        connector.close()
        assert _containers(connector)
        connector.close()
        connector.close()
