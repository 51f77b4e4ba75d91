"""Business prose with labelled names, organisations, places, titles, addresses and conditions, made up to train the small tagger.

    python training/texts.py --count 20000 --seed 7 > FILE

prints one JSON object a line: ``{"text": ..., "spans": [[start, end, label], ...]}``, positions in code points. The templates are
our own; names come from Faker (MIT), from syllables, and, where the package ``names`` is installed, from the United States Census.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from text_grammar import Grammar
from text_noise import disturb

if TYPE_CHECKING:
    from collections.abc import Iterator

LABELS: Final = ("PERSON", "ORG", "PLACE", "TITLE", "ADDRESS", "CONDITION")
LONGEST: Final = 150  # words


@dataclass(frozen=True)
class Text:
    """A text, its labelled stretches ``(start, end, label)`` in order, and the genre it belongs to."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    genre: str = ""


def generate(count: int, seed: int) -> Iterator[Text]:
    """``count`` labelled texts, the same for a seed (and the same Faker): genres by weight, templates of a genre alike."""
    rng, grammar = random.Random(seed), Grammar()
    # A genre of many templates is shown more often, so that none wears out; the square root keeps the small ones alive.
    weights = [genre.options.get("weight", 100) * len(genre.templates) ** 0.5 for genre in grammar.genres]
    while count > 0:
        genre = rng.choices(grammar.genres, weights)[0]
        text, spans = disturb(grammar.write(rng.choice(genre.templates), rng), genre.options, rng)
        if len(text.split()) <= LONGEST:
            yield Text(text, tuple(spans), genre.name)
            count -= 1


def main() -> None:
    """Prints texts as JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    for text in generate(arguments.count, arguments.seed):
        sys.stdout.write(json.dumps({"text": text.text, "spans": text.spans}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
