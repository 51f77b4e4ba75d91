"""What texts and columns hold: Presidio's recognizers, column names and declared types, joined into one judgement."""

from __future__ import annotations

from piiscan.detect.configured import expired, settings_of
from piiscan.detect.detector import Detector
from piiscan.detect.profile import ContainerProfile
from piiscan.detect.settings import DetectorSettings

__all__ = ["ContainerProfile", "Detector", "DetectorSettings", "expired", "settings_of"]
