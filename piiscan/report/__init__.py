"""The reports' contents, before a format is chosen."""

from __future__ import annotations

from piiscan.report.category_report import categories
from piiscan.report.coverage_report import coverage
from piiscan.report.disclosure_report import disclosures
from piiscan.report.exposure_report import exposure
from piiscan.report.ignored import ignored_lines
from piiscan.report.parties import asked_party
from piiscan.report.places import Places
from piiscan.report.retention_report import retention
from piiscan.report.scan_report import scan_document

__all__ = [
    "Places",
    "asked_party",
    "categories",
    "coverage",
    "disclosures",
    "exposure",
    "ignored_lines",
    "retention",
    "scan_document",
]
