"""The configuration: found, read, checked; every error names its file, line and key."""

from __future__ import annotations

from piiscan.config.loader import load
from piiscan.config.locate import locate
from piiscan.config.problems import InvalidConfigError, Problem
from piiscan.config.schema import Client, Disclosure, SourceConfig
from piiscan.config.settings import Config

__all__ = ["Client", "Config", "Disclosure", "InvalidConfigError", "Problem", "SourceConfig", "load", "locate"]
