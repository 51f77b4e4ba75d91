"""Finds every ``*_factory.py`` beside it: each is one source of known content that the suite of `test_contract` reads."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from piiscan import plugins
from piiscan.model import ReadPlan, Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType, SimpleNamespace

HERE = Path(__file__).parent


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"piiscan_tests_{path.parent.name}_{path.stem}", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_servers = _load(HERE.parent / "integration" / "conftest.py")
postgresql, mariadb = _servers.postgresql, _servers.mariadb

FACTORIES = {path.stem.removesuffix("_factory"): _load(path) for path in sorted(HERE.glob("*_factory.py"))}


@pytest.fixture(params=sorted(FACTORIES))
def known(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """What a factory made, with ``connect(source=None, **plan)`` added: a connector that is closed at the end."""
    made = FACTORIES[request.param].make(tmp_path, request)
    opened = []

    def connect(source: Source | None = None, **plan):
        source = source or made.source
        connector = plugins.connector(source.connector)(
            source, ReadPlan(**{"mode": "full", "connect_timeout_s": 2.0, **plan})
        )
        opened.append(connector)
        return connector

    made.connect = connect
    yield made
    for connector in opened:
        connector.close()
