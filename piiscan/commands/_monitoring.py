"""What a monitoring system is told of a scan: a Prometheus text file, and a ping. No name of a table or file is in either."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING, Final
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

from piiscan.errors import PiiscanError, UsageError
from piiscan.model import LETTERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from piiscan.inventory import HoldingRecord, RunRecord

_PING_TIMEOUT_S: Final = 10.0
_COUNTS: Final = ("scanned", "partial", "unchanged", "skipped")


def metrics(run: RunRecord, holdings: Sequence[HoldingRecord], exit_code: int) -> str:
    """The run in Prometheus' text format, for its node exporter's textfile collector; labels are sources, statuses, letters.

    Without timestamps: the collector refuses files that carry them.
    """
    return "".join(f"{line}\n" for line in _lines(run, holdings, exit_code))


def _lines(run: RunRecord, holdings: Sequence[HoldingRecord], exit_code: int) -> Iterator[str]:
    yield from _gauge("piiscan_scan_exit_code", "The exit code of the last scan.", [("", exit_code)])
    ended = run.finished_at or run.started_at
    yield from _gauge(
        "piiscan_scan_finished_seconds", "When the last scan ended, in Unix time.", [("", int(ended.timestamp()))]
    )
    counts = [
        (f'{{source="{source.name}",status="{status}"}}', getattr(source, status))
        for source in run.sources
        for status in _COUNTS
    ]
    yield from _gauge("piiscan_containers", "Tables and files of the last scan, by how they were read.", counts)
    letters = [
        (f'{{category="{letter}"}}', sum(letter in holding.categories for holding in holdings)) for letter in LETTERS
    ]
    yield from _gauge("piiscan_holdings", "Lines of the inventory, by category of Civ. Code 1798.140(v).", letters)


def _gauge(name: str, text: str, samples: Sequence[tuple[str, int]]) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} gauge"
    yield from (f"{name}{labels} {value}" for labels, value in samples)


def read_ping_url(path: Path) -> str:
    """The address in a file (it is a secret of its own). Raises UsageError when there is none."""
    try:
        url = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--ping-url-file {path}: cannot be read ({type(error).__name__})") from None
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        raise UsageError(f"--ping-url-file {path}: holds no http or https address")
    return url


class _NoRedirect(HTTPRedirectHandler):
    """Another server is not told."""

    def redirect_request(self, *_: object) -> None:
        """Refuses."""


def ping(url: str, exit_code: int) -> None:
    """Calls the address, with ``/`` and the exit code behind it unless that is 0; sends nothing else.

    Raises PiiscanError when nobody answers, without the address: it is a secret.
    """
    target = url if exit_code == 0 else f"{url.rstrip('/')}/{exit_code}"
    try:
        build_opener(_NoRedirect).open(target, timeout=_PING_TIMEOUT_S).close()
    except (URLError, OSError, http.client.HTTPException, ValueError) as error:
        raise PiiscanError(f"the monitoring ping failed ({type(error).__name__})") from None
