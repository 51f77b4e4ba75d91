"""What scanners, mail programs and hurried writers do to a text, with the labels kept in place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from text_grammar import Piece

if TYPE_CHECKING:
    import random

WIDTH: Final = 72  # of a line of plain-text mail

# Per cent of texts that get each kind of noise, unless the genre says otherwise.
SHARES: Final = {
    "lower": 4,
    "upper": 4,
    "names": 3,
    "typo": 8,
    "spaces": 4,
    "stops": 4,
    "wrap": 6,
    "quote": 2,
    "html": 3,
    "ocr": 1,
}


def disturb(pieces: list[Piece], options: dict[str, int], rng: random.Random) -> tuple[str, list[tuple[int, int, str]]]:
    """The text of the pieces and its labelled spans, after whatever noise the dice give it."""
    shares = SHARES | options
    wanted = {kind for kind, share in shares.items() if rng.random() * 100 < share}
    if "upper" in wanted:
        pieces = [Piece(piece.text.upper(), piece.label) for piece in pieces]
    elif "lower" in wanted:
        pieces = [Piece(piece.text.lower(), piece.label) for piece in pieces]
    elif "names" in wanted:
        pieces = [Piece(piece.text.lower(), piece.label) if piece.label == "PERSON" else piece for piece in pieces]
    plain = [kind for kind in ("typo", "spaces", "stops", "html", "ocr") if kind in wanted]
    for kind in plain:
        pieces = [piece if piece.label else Piece(_spoil(piece.text, kind, rng)) for piece in pieces]
    text, spans = _join(pieces)
    if "wrap" in wanted:
        text = _wrap(text)
    if "quote" in wanted and not any("\n" in text[start:end] for start, end, label in spans if label == "ADDRESS"):
        text, spans = _quote(text, spans)
    return text, spans


def _spoil(text: str, kind: str, rng: random.Random) -> str:
    """Unlabelled text with one kind of small fault."""
    if kind == "typo":
        return re.sub(
            r"\b[a-z]{5,}\b", lambda match: _mistype(match[0], rng) if rng.random() < 0.12 else match[0], text
        )
    if kind == "spaces":
        return re.sub(r"(?<=\S) (?=\S)", lambda _: "  " if rng.random() < 0.2 else " ", text)
    if kind == "stops":
        return re.sub(r"(?<=\w)[.,;](?=\s+\w)", "", text)  # never between two labelled stretches
    if kind == "ocr":
        return re.sub(
            r"[loi](?=[a-z])",
            lambda match: {"l": "1", "o": "0", "i": "l"}[match[0]] if rng.random() < 0.08 else match[0],
            text,
        )
    marked = text.replace("&", "&amp;").replace("\n\n", "</p>\n<p>")
    return re.sub(r"(?<![>\n])\n", "<br>\n", marked)


def _mistype(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    return rng.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
        )
    )


def _join(pieces: list[Piece]) -> tuple[str, list[tuple[int, int, str]]]:
    """The text without white space around it, and the spans of its labelled pieces without white space around them."""
    text = "".join(piece.text for piece in pieces)
    lead, spans, at = len(text) - len(text.lstrip()), [], 0
    for piece in pieces:
        if piece.label and (bare := piece.text.strip()):
            start = at + piece.text.index(bare) - lead
            spans.append((start, start + len(bare), piece.label))
        at += len(piece.text)
    return text.strip(), spans


def _wrap(text: str) -> str:
    """The text with line ends in place of spaces, so that lines fit a mail; a name may be split, no position moves."""
    signs, begun, space = list(text), 0, -1
    for at, sign in enumerate(signs):
        if sign == "\n":
            begun, space = at + 1, -1
        elif sign == " ":
            space = at
        if at - begun >= WIDTH and space > begun:
            signs[space] = "\n"
            begun, space = space + 1, -1
    return "".join(signs)


def _quote(text: str, spans: list[tuple[int, int, str]]) -> tuple[str, list[tuple[int, int, str]]]:
    """The text as a reply quotes it; a name over a line end is cut in two spans."""
    cut = [
        (part.start() + start, part.end() + start, label)
        for start, end, label in spans
        for part in re.finditer(r"[^\n]+", text[start:end])
    ]
    ends = [match.start() for match in re.finditer("\n", text)]

    def move(at: int) -> int:
        return at + 2 * (1 + sum(end < at for end in ends))

    return "> " + text.replace("\n", "\n> "), [(move(start), move(end), label) for start, end, label in cut]
