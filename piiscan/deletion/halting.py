"""Ending in good order: a signal, or time that is up, stops an apply after the chunk that is running."""

from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from types import FrameType

_CAUGHT: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Halt:
    """Whether to stop, asked between two chunks. A context manager; at its end the signal it kept takes its course.

    A second signal does not wait for the chunk: the source's transaction is rolled back.
    """

    def __init__(self, max_duration_s: float | None = None) -> None:
        self._until = None if max_duration_s is None else time.monotonic() + max_duration_s
        self._number: int | None = None
        self._before: dict[int, signal.Handlers] = {}

    @property
    def why(self) -> str | None:
        """``interrupted``, ``terminated``, ``out of time``; None = go on."""
        if self._number is not None:
            return "interrupted" if self._number == signal.SIGINT else "terminated"
        return "out of time" if self._until is not None and time.monotonic() >= self._until else None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in _CAUGHT:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._note)  # type: ignore[assignment]  # a handler of ours
        return self

    def _note(self, number: int, _: FrameType | None) -> None:
        if self._number is not None:
            self._restore()
            signal.raise_signal(number)
        self._number = number

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    def __exit__(self, kind: object, *_: object) -> None:
        """Puts the handlers back; a signal that was kept is raised now, unless an error says what happened."""
        self._restore()
        if self._number is not None and kind is None:
            signal.raise_signal(self._number)
