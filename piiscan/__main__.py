"""``python -m piiscan``, and where the command begins: Ctrl-C is quiet from here on."""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Runs `piiscan.cli.main`, which says what it exits with; 130 when Ctrl-C came while that was still being imported."""
    try:
        from piiscan.cli import main as run  # noqa: PLC0415 - what takes time must be within the try
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
