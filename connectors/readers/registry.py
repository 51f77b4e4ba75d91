"""The way in: sniffs what a file is, finds the module that reads it, and turns every failure into a `Skip`."""

from __future__ import annotations

import errno
import importlib
import os
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Final, cast

from piiscan.connectors import readers
from piiscan.connectors.readers import sniff
from piiscan.errors import SourceError
from piiscan.model import Batch, Skip, SkipCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piiscan.connectors.readers.port import File, Reader

_CODES: Final = {
    errno.EACCES: SkipCode.NO_PERMISSION,
    errno.EPERM: SkipCode.NO_PERMISSION,
    errno.ENOENT: SkipCode.VANISHED,
    errno.ESTALE: SkipCode.VANISHED,
    errno.ENOTCONN: SkipCode.UNREACHABLE,
    errno.EHOSTDOWN: SkipCode.UNREACHABLE,
    errno.EHOSTUNREACH: SkipCode.UNREACHABLE,
    errno.ETIMEDOUT: SkipCode.UNREACHABLE,
    errno.ENODEV: SkipCode.UNREACHABLE,
}


@cache
def known() -> dict[str, Reader]:
    """Every reader by the types it reads."""
    found: dict[str, Reader] = {}
    for info in pkgutil.iter_modules(readers.__path__, f"{readers.__name__}."):
        module = importlib.import_module(info.name)
        for kind in getattr(module, "TYPES", ()):
            found[kind] = cast("Reader", module)
    return found


def read(file: File) -> Iterator[Batch | Skip]:
    """The file's batches; whatever goes wrong is the last thing yielded, as a Skip. Raises nothing because of the file."""
    try:
        kind = sniff.kind_of(file)
        file.type, file.label, file.encoding = kind.type, kind.label, kind.encoding
        reader = known().get(kind.type, known()["closed"])
        _refuse_too_large(file, reader)
        yield from reader.read(file)
    except SourceError as error:
        yield file.skip(error.code, error.message)
    except OSError as error:
        yield failed(file, error)
    except Exception as error:  # noqa: BLE001 - one broken file must not end the run, and its message may hold values
        yield file.skip(SkipCode.ERROR, f"{file.label or 'file'}: reading it failed ({type(error).__name__})")


def _refuse_too_large(file: File, reader: Reader) -> None:
    """Raises SourceError for what is read whole and too large for that; a recording of any length counts."""
    size = file.container.size_bytes or 0
    if size > file.settings.max_bytes and not file.depth and not getattr(reader, "READS_HEAD_ONLY", False):
        raise SourceError(SkipCode.TOO_LARGE, f"{file.label} larger than max_file_size: it was not read")


def failed(file: File, error: OSError) -> Skip:
    """An error of the operating system as a Skip: its code decides, its own words stay behind (they name paths)."""
    return file.skip(code_of(error), reason_of(error))


def code_of(error: OSError) -> SkipCode:
    """The skip code an operating system's error speaks for."""
    return _CODES.get(error.errno or 0, SkipCode.UNREADABLE)


def reason_of(error: OSError) -> str:
    """An operating system's error in words, without the name it happened to."""
    return os.strerror(error.errno).lower() if error.errno else f"cannot be read ({type(error).__name__})"
