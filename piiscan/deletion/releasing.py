"""What else the database would do: triggers that fire, and rows that go along with those they refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piiscan.deletion.structure import firing, shapes_of
from piiscan.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from piiscan.deletion.told import Told
    from piiscan.model.erasing import Reference, Shape
    from piiscan.ports import Eraser


class Releasing:
    """The tables of one database whose rows may go along, and what speaks against it."""

    def __init__(
        self,
        source: str,
        eraser: Eraser,
        told: Told,
        held: Callable[[str], str | None],
        shapes: dict[str, Shape],
    ) -> None:
        """``held`` gives the id of a hold that reaches a container; ``shapes`` by path is added to."""
        self._source, self._eraser, self._told, self._held, self._shapes = source, eraser, told, held, shapes
        self.released: set[str] = set()
        """Paths of the tables that were found to be free to go along."""

    def is_released(self, reference: Reference) -> bool:
        """Whether rows that refer by this foreign key may go along. Raises RefusedError where they cannot."""
        released = self._told.releases_child(self._source, reference.child.path)
        if released:
            self.check(reference)
        return released

    def check(self, reference: Reference, above: tuple[str, ...] = ()) -> None:
        """Raises RefusedError where the database would not do it, or would reach further than anybody said."""
        child = reference.child.path
        if reference.on_delete == "refuse":
            what = "cannot be released: the database itself refuses to remove what it refers to"
            raise refusal(self._source, child, what, "do without --release")
        if hold := self._held(child):
            raise refusal(self._source, child, f"cannot be released: hold {hold} reaches it", "do without --release")
        if child not in self._shapes:
            self._shapes |= shapes_of(self._eraser, [reference.child])
        self.released.add(child)
        shape = self._shapes[child]
        check_triggers(self._source, shape, "delete" if reference.on_delete == "cascade" else "update", self._told)
        if reference.on_delete == "cascade" and child not in above:
            self._check_below(shape, (*above, child))

    def _check_below(self, shape: Shape, above: tuple[str, ...]) -> None:
        for further in shape.references:
            child = further.child.path
            if not self._told.releases_child(self._source, child):
                what = f"refers to rows of {shape.container.path} that would be released"
                raise refusal(self._source, child, what, f"--release {child} too, or do without --release")
            self.check(further, above)


def check_triggers(source: str, shape: Shape, event: str, told: Told) -> None:
    """Raises RefusedError for a trigger that would fire and that nobody allowed; ``event`` is delete or update."""
    path, found = shape.container.path, firing(shape, event)
    if found and not told.allows_triggers(source, path):
        hint = f"look at what it does, then --allow-triggers {path}, or leave the table out"
        raise refusal(source, path, f"has a trigger that would fire: {', '.join(found)}", hint)


def refusal(source: str, path: str, what: str, hint: str) -> RefusedError:
    """The error for what stands in the way in one table."""
    return RefusedError(f"{source}:{path} {what}", hint=f"{hint} (--without {path} leaves it out)")
