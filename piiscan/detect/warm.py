"""Imported by the server that workers are forked from: what takes seconds is done there once, for all of them.

Reading the gates off seven hundred expressions is most of a detector's start; they are remembered by expression.
"""

from __future__ import annotations

from contextlib import suppress

from piiscan.detect import Detector, DetectorSettings

with suppress(Exception):  # a worker that is not warm is slow, no more: what is wrong is said where it is needed
    Detector(DetectorSettings(ner="off"))
