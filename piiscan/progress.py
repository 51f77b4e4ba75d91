"""Progress on standard error: containers, rows, bytes, rate and time left of every source."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console as RichConsole
    from rich.progress import TaskID

LINE_EVERY_S: Final = 10.0
"""How often a source gets a line where there is no terminal to draw on."""
_KIB: Final = 1024
_MINUTE_S: Final = 60


class Step(Protocol):
    """So much more of a source was done."""

    @property
    def containers(self) -> int:
        """Containers read."""

    @property
    def rows(self) -> int:
        """Rows read."""

    @property
    def bytes(self) -> int:
        """Bytes read."""


@dataclass(slots=True)
class Count:
    """Where one source stands."""

    began: float
    found: int = 0
    listed: bool = False
    """Whether ``found`` is final."""
    containers: int = 0
    rows: int = 0
    bytes: int = 0
    elapsed_s: float = 0.0

    @property
    def total(self) -> int | None:
        """How many containers there are; None while the listing still runs."""
        return self.found if self.listed else None

    @property
    def rate(self) -> float:
        """Rows a second since the source began."""
        return self.rows / self.elapsed_s if self.elapsed_s > 0 else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds left if the containers to come are like those done; None when nobody can know."""
        if not self.total or not self.containers:
            return None
        return self.elapsed_s / self.containers * max(self.total - self.containers, 0)

    def __str__(self) -> str:
        parts = [
            f"{self.containers:,}/{self.found:,}{'' if self.listed else '+'} containers",
            f"{self.rows:,} rows",
            size_text(self.bytes),
            f"{self.rate:,.0f} rows/s",
        ]
        return ", ".join(parts) + (f", {time_text(self.left_s)} left" if self.left_s else "")


def size_text(size_bytes: float) -> str:
    """``1.5 MiB``."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size_bytes < _KIB:
            return f"{size_bytes:.0f} B" if unit == "B" else f"{size_bytes:.1f} {unit}"
        size_bytes /= _KIB
    return f"{size_bytes:.1f} TiB"


def time_text(seconds: float) -> str:
    """``2:05`` or ``1:02:05``."""
    minutes, second = divmod(round(seconds), _MINUTE_S)
    hours, minute = divmod(minutes, _MINUTE_S)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


class Meter:
    """What a scan tells how far it is; this one shows nothing. A context manager."""

    def __init__(self) -> None:
        self._counts: dict[str, Count] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was drawn, nothing is cleared."""

    def start(self, source: str) -> None:
        """A source's listing begins."""
        self._counts[source] = Count(time.monotonic())
        self._update(source)

    def found(self, source: str) -> None:
        """One more container was listed."""
        self._counts[source].found += 1
        self._update(source)

    def listed(self, source: str) -> None:
        """The listing is over: the number of containers is known."""
        self._counts[source].listed = True
        self._update(source)

    def add(self, source: str, done: Step) -> None:
        """So much more of a source was done."""
        count = self._counts[source]
        count.containers += done.containers
        count.rows += done.rows
        count.bytes += done.bytes
        self._update(source)

    def _update(self, source: str) -> None:
        count = self._counts[source]
        count.elapsed_s = time.monotonic() - count.began
        self._show(source, count)

    def _show(self, source: str, count: Count) -> None:
        """Draws nothing: nobody asked."""


class Lines(Meter):
    """A line a source every ten seconds, and one when it is done: for logs."""

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__()
        self._say = say
        self._said: dict[str, float] = {}

    def _show(self, source: str, count: Count) -> None:
        done = count.total is not None and count.containers >= count.total
        if done or count.elapsed_s - self._said.get(source, 0.0) >= LINE_EVERY_S:
            self._said[source] = count.elapsed_s
            self._say(f"{source}: {count}")


class Live(Meter):
    """A row a source, redrawn in place: for terminals."""

    def __init__(self, console: RichConsole) -> None:
        from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415  # 0.1 s that only a terminal needs

        super().__init__()
        name, numbers = TextColumn("{task.description}", markup=False), TextColumn("{task.fields[count]}", markup=False)
        self._bars = Progress(name, BarColumn(bar_width=20), numbers, console=console, transient=True)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Clears the rows: the summary follows."""
        self._bars.stop()

    def _show(self, source: str, count: Count) -> None:
        if source not in self._tasks:
            self._tasks[source] = self._bars.add_task(source, total=None, count="")
        self._bars.update(self._tasks[source], completed=count.containers, total=count.total, count=str(count))
