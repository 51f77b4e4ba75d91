"""What texts and columns hold: Presidio's recognizers, column names and declared types, joined into one judgement."""

from __future__ import annotations

from piiscan.detect.detector import Detector, settings_of
from piiscan.detect.profile import ContainerProfile
from piiscan.detect.settings import DetectorSettings

__all__ = ["ContainerProfile", "Detector", "DetectorSettings", "settings_of"]
