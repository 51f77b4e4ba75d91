"""Letters to those who ask, and instructions to those who were given the data: texts from templates, the firm's own or those shipped."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

from piiscan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from piiscan.inventory.requests import Regime, RequestKind

_PACKAGE: Final = "piiscan.rules.letters"
_ENDING: Final = ".txt.jinja"
ASKED: Final[dict[RequestKind, str]] = {
    "know_categories": "to know which categories of personal information we hold about you",
    "know_specific": "to know the specific pieces of personal information we hold about you",
    "delete": "to delete personal information",
    "correct": "to correct personal information",
    "opt_out": "not to sell or share personal information",
    "limit": "to limit the use of sensitive personal information",
    "drop": "to delete personal information, sent through the Delete Request and Opt-out Platform",
    "access": "for access to your personal data",
    "rectify": "to rectify personal data",
    "erase": "to erase personal data",
    "restrict": "to restrict the processing of personal data",
    "object": "objecting to the processing of personal data",
    "withdraw": "withdrawing a consent",
    "portability": "for your personal data in a portable form",
}
"""What a letter calls a request, after "your request"."""
TEMPLATES: Final[dict[RequestKind, str]] = {
    **dict.fromkeys(("know_categories", "know_specific", "access", "portability"), "know"),
    **dict.fromkeys(("delete", "erase"), "delete"),
    **dict.fromkeys(("correct", "rectify"), "correct"),
    **dict.fromkeys(("opt_out", "limit", "restrict", "object", "withdraw"), "stop"),
}
DENIED: Final = "denied"
INSTRUCTION: Final = "instruction"
INSTRUCTING: Final[dict[Regime, dict[str, str]]] = {
    "ccpa": {
        "delete": "Civ. Code 1798.105(c)(1), (3); 11 CCR 7022(b), (c)",
        "correct": "Civ. Code 1798.106; 11 CCR 7023",
        "stop": "Civ. Code 1798.120, 1798.121",
    },
    "gdpr": {"delete": "GDPR Art. 17(2), 19", "correct": "GDPR Art. 16, 19", "stop": "GDPR Art. 7(3), 18, 19, 21"},
    "dpdp": {
        "delete": "DPDP Act 2023 s. 8(7), 12(3)",
        "correct": "DPDP Act 2023 s. 12",
        "stop": "DPDP Act 2023 s. 6(4) to (6)",
    },
}
"""The law that an instruction names."""


def paragraphs(name: str, context: Mapping[str, object], own: Path | None = None) -> tuple[str, ...]:
    """The text of a letter, one line a paragraph; a template of that name in the firm's folder goes before the shipped one.

    Raises UsageError for a template that is broken or asks for something that is not there; no message repeats what a letter says.
    """
    import jinja2  # noqa: PLC0415 - slow to import and only needed here
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415 - as above

    file = f"{name}{_ENDING}"
    path = own / file if own is not None else None
    environment = SandboxedEnvironment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )  # text, not HTML
    where = str(path) if path is not None and path.is_file() else f"the shipped {file}"
    try:
        source = (
            path.read_text("utf-8")
            if path is not None and path.is_file()
            else (files(_PACKAGE) / file).read_text("utf-8")
        )
        text = environment.from_string(source).render(context)
    except jinja2.TemplateSyntaxError as error:
        raise UsageError(f"{where}, line {error.lineno}: {error.message}", hint="mend the template") from None
    except jinja2.TemplateError as error:
        raise UsageError(
            f"{where}: {error.message}", hint="docs/requests.md lists what a template may ask for"
        ) from None
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{where}: cannot be read", hint="it is a text in UTF-8") from None
    return tuple(filter(None, (" ".join(part.split()) for part in text.split("\n\n"))))
