"""Names, places and the like in running text: our own small network, or a spaCy model of the firm's choice."""

from __future__ import annotations

from piiscan.detect.ner.entities import EntityFinder, finder, is_prose

__all__ = ["EntityFinder", "finder", "is_prose"]
