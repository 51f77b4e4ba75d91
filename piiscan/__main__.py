"""``python -m piiscan``: the same as the command."""

from __future__ import annotations

from piiscan.cli import main

if __name__ == "__main__":
    main()
