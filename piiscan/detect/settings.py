"""What a detector is told: small, picklable, the same in every worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """Everything a worker needs to build the same detector as the driver."""

    packs: tuple[str, ...] = ("ccpa",)
    extra: tuple[Path, ...] = ()
    """Folders of further rules."""
    min_confidence: float = 0.5
    """Detections and classifications below it are not returned (0-1)."""
    phone_regions: tuple[str, ...] = ("US",)
    """ISO 3166 regions whose national numbers are recognised."""
    regions: tuple[str, ...] = ("US",)
    """Where data may lie: rules of other regions are left out."""
    ner: str = "builtin"
    sensitive_when: tuple[str, ...] = ()
    """Data types whose conditional sensitivity the firm confirms."""
