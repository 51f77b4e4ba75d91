"""What personal information a firm holds, where, since when, and whether it still may.

`Detector` finds personal information in texts and columns; `Inventory` reads what scans have found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from piiscan.detect import Detector
    from piiscan.inventory import Inventory
    from piiscan.model import Classification, Detection

__all__ = ["Classification", "Detection", "Detector", "Inventory", "__version__"]
__version__ = "0.1.0"

_ROOMS = {
    "Detector": "piiscan.detect",
    "Inventory": "piiscan.inventory",
    "Detection": "piiscan.model",
    "Classification": "piiscan.model",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when first used: `piiscan --help` must not wait for Presidio."""
    if name in _ROOMS:
        import importlib  # noqa: PLC0415 - only when a public name is asked for

        return getattr(importlib.import_module(_ROOMS[name]), name)
    raise AttributeError(f"module 'piiscan' has no attribute {name!r}")
