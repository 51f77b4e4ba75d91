"""The network while it is trained: the same as `piiscan.detect.ner.network`, in PyTorch, begun from all-MiniLM-L6-v2.

Of its six layers the first four are kept; its vectors of pieces are squeezed from 384 numbers to 192, and pieces in other
than Latin script are left out. What is new: how a word is written (the vocabulary knows no capitals), what stands before
it, and the labels.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from piiscan.detect.ner.pieces import GAPS, LONGEST, SHAPES

if TYPE_CHECKING:
    from pathlib import Path

WIDTH, HEADS, FORWARD, SQUEEZED, LAYERS = 384, 12, 1536, 192, 4
_DROPPED = 0.1
_SPECIAL = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
_LATIN = re.compile("(##)?[\\x21-\\x7e]+|(##)?[a-z0-9\\u00df-\\u024f]+|[\\u2010-\\u203a\\u20ac\\u00a1-\\u00bf]")


def vocabulary(folder: Path) -> dict[str, int]:
    """The pieces that are kept, with their row in the original's table."""
    pieces = (folder / "vocab.txt").read_text("utf-8").splitlines()
    return {
        p: i for i, p in enumerate(pieces) if p in _SPECIAL or (_LATIN.fullmatch(p) and not p.startswith("[unused"))
    }


class Layer(nn.Module):
    """One encoder layer, normalised after each step as BERT's are."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.wide = nn.Linear(WIDTH, FORWARD)
        self.narrow = nn.Linear(FORWARD, WIDTH)
        self.last_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = nn.Dropout(_DROPPED)

    def forward(self, state: Tensor, there: Tensor) -> Tensor:
        """State (rows, pieces, width) to state; ``there`` (rows, 1, 1, pieces) is false for padding."""
        rows, size, _ = state.shape
        query, key, value = self.qkv(state).view(rows, size, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=there)
        state = self.norm(state + self.drop(self.out(seen.transpose(1, 2).reshape(rows, size, WIDTH))))
        wide = functional.gelu(self.wide(state), approximate="tanh")
        return self.last_norm(state + self.drop(self.narrow(wide)))


class Encoder(nn.Module):
    """Pieces, shapes and gaps to scores of labels."""

    def __init__(self, pieces: int, labels: int) -> None:
        super().__init__()
        self.piece = nn.Embedding(pieces, SQUEEZED)
        self.widen = nn.Linear(SQUEEZED, WIDTH, bias=False)
        self.place = nn.Embedding(LONGEST, WIDTH)
        self.shape = nn.Embedding(SHAPES, WIDTH)
        self.gap = nn.Embedding(GAPS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layer = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.label = nn.Linear(WIDTH, labels)
        self.drop = nn.Dropout(_DROPPED)
        for fresh in (self.shape, self.gap):
            nn.init.normal_(fresh.weight, 0, 0.02)

    def forward(self, pieces: Tensor, shapes: Tensor, gaps: Tensor, there: Tensor) -> Tensor:
        """All (rows, pieces); the scores are (rows, pieces, labels)."""
        state = self.widen(self.piece(pieces)) + self.place.weight[: pieces.shape[1]]
        state = self.drop(self.norm(state + self.shape(shapes) + self.gap(gaps)))
        for layer in self.layer:
            state = layer(state, there[:, None, None, :])
        scores: Tensor = self.label(state)
        return scores

    def begin_from(self, folder: Path, kept: list[int]) -> None:
        """Takes over the weights of all-MiniLM-L6-v2; the rows ``kept`` of its pieces, by their main components."""
        stored = {name: tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()}
        table = stored["embeddings.word_embeddings.weight"][kept]
        mean = table.mean(0)
        left, strength, right = torch.linalg.svd(table - mean, full_matrices=False)
        self.piece.weight.data = left[:, :SQUEEZED] * strength[:SQUEEZED]
        self.widen.weight.data = right[:SQUEEZED].T.contiguous()
        everywhere = mean + stored["embeddings.token_type_embeddings.weight"][0]
        self.place.weight.data = stored["embeddings.position_embeddings.weight"][:LONGEST] + everywhere
        _take(self.norm, stored, "embeddings.LayerNorm")
        for index, layer in enumerate(self.layer):
            name = f"encoder.layer.{index}."
            asked = [f"{name}attention.self.{part}" for part in ("query", "key", "value")]
            layer.qkv.weight.data = torch.cat([stored[f"{part}.weight"] for part in asked])
            layer.qkv.bias.data = torch.cat([stored[f"{part}.bias"] for part in asked])
            _take(layer.out, stored, f"{name}attention.output.dense")
            _take(layer.norm, stored, f"{name}attention.output.LayerNorm")
            _take(layer.wide, stored, f"{name}intermediate.dense")
            _take(layer.narrow, stored, f"{name}output.dense")
            _take(layer.last_norm, stored, f"{name}output.LayerNorm")


def _take(module: nn.Module, stored: dict[str, Tensor], name: str) -> None:
    module.weight.data = stored[f"{name}.weight"]
    module.bias.data = stored[f"{name}.bias"]
