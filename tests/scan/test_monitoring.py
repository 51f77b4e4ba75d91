"""What monitoring is told: metrics in a file, a ping to an address from a file."""

from __future__ import annotations

import stat
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback and the paths it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302 if self.path == "/away" else 200)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}", asked
        listening.shutdown()


def test_metrics_name_no_table_and_no_file(firm: Path, invoke: Callable[..., Any]) -> None:
    """Counts by source, status and letter; mode 0600; no timestamp in it."""
    assert invoke("scan", "--metrics-file", "piiscan.prom", cwd=firm).exit_code == 0

    text = (firm / "piiscan.prom").read_text()
    assert stat.S_IMODE((firm / "piiscan.prom").stat().st_mode) == 0o600
    assert "piiscan_scan_exit_code 0\n" in text
    assert 'piiscan_containers{source="crm",status="scanned"} 12\n' in text
    assert 'piiscan_containers{source="share",status="scanned"} 40\n' in text
    assert 'piiscan_holdings{category="A"} 44\n' in text
    assert all(len(line.split(" ")) == 2 for line in text.splitlines() if not line.startswith("#"))
    assert "note" not in text.replace("notes", "")
    assert "t00" not in text


def test_the_ping_carries_the_exit_code_and_nothing_else(
    firm: Path, invoke: Callable[..., Any], server: tuple[str, list[str]]
) -> None:
    """A good run calls the address as it is; another one has its code behind it; redirections are not followed."""
    url, asked = server
    (firm / "url").write_text(f"{url}/abc\n")
    assert invoke("-q", "scan", "--ping-url-file", "url", cwd=firm).exit_code == 0
    assert invoke("-q", "scan", "--fail-on", "any", "--ping-url-file", "url", cwd=firm).exit_code == 3
    (firm / "url").write_text(f"{url}/away")
    moved = invoke("-q", "scan", "--ping-url-file", "url", cwd=firm)

    assert asked == ["/abc", "/abc/3", "/away"]
    assert (moved.exit_code, "warning: the monitoring ping failed" in moved.stderr) == (0, True)


def test_a_failing_ping_is_a_warning_and_a_missing_address_is_wrong_usage(
    firm: Path, invoke: Callable[..., Any]
) -> None:
    """The address is a secret: it stands in no message."""
    (firm / "url").write_text("http://127.0.0.1:1/s3cret-path")
    result = invoke("scan", "--ping-url-file", "url", cwd=firm)
    assert (result.exit_code, "s3cret" in result.stderr) == (0, False)
    assert "warning: the monitoring ping failed" in result.stderr

    (firm / "url").write_text("file:///etc/passwd")
    assert invoke("scan", "--ping-url-file", "url", cwd=firm).exit_code == 2
    assert invoke("scan", "--ping-url-file", "absent", cwd=firm).exit_code == 2
