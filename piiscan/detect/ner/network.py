"""The network: a small transformer encoder (Vaswani et al. 2017; Devlin et al. 2019) run with numpy alone.

What its numbers were trained on says MODEL_CARD.md in the repository's `training` folder.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from piiscan.detect.ner.pieces import INSIDE, size_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import IO

    from piiscan.detect.ner.pieces import Word

    Array = np.ndarray[Any, np.dtype[np.float32]]

FILE: Final = "model.npz"
_LITTLE: Final = 1e-12
_NEVER: Final = np.float32(-1e9)
_TANH: Final = (0.7978845608028654, 0.044715)
"""Of GELU's usual approximation (Hendrycks and Gimpel 2016): the square root of 2/pi, and the cube's share."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """One encoder layer's weights, each ready to be multiplied from the right."""

    qkv: tuple[Array, Array]
    out: tuple[Array, Array]
    norm: tuple[Array, Array]
    wide: tuple[Array, Array]
    narrow: tuple[Array, Array]
    last_norm: tuple[Array, Array]


class Network:
    """Scores of every label for every word. Deterministic but for the last bits, which depend on the processor."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        about = json.loads(bytes(arrays["about"]).decode())
        self.labels: tuple[str, ...] = tuple(about["labels"])
        self.vocabulary = {piece: i for i, piece in enumerate(bytes(arrays["vocabulary"]).decode().split("\n"))}
        self._heads: int = about["heads"]
        self._pieces = (arrays["piece"], arrays["piece.scale"])
        self._widen = _weights(arrays, "widen")
        self._places = _weights(arrays, "place").T
        self._shapes = _weights(arrays, "shape").T
        self._gaps = _weights(arrays, "gap").T
        self._norm = _pair(arrays, "norm")
        self._layers = [_layer(arrays, f"layer{i}.") for i in range(about["layers"])]
        self._labels = _linear(arrays, "label")

    @classmethod
    def shipped(cls) -> Network:
        """The network that comes with the package."""
        with (resources.files("piiscan.detect.ner") / FILE).open("rb") as file:
            return cls.read(file)

    @classmethod
    def read(cls, file: IO[bytes]) -> Network:
        """A network from an `.npz` file, as `training/export.py` writes it. Raises ValueError, KeyError if it is none."""
        with np.load(file, allow_pickle=False) as arrays:
            return cls(dict(arrays))

    def scores(self, windows: Sequence[Sequence[Word]]) -> list[Array]:
        """For each window an array (words, labels) of logarithms of probabilities, read off each word's first piece."""
        longest = max(map(size_of, windows))
        shape = (len(windows), longest)
        pieces, shapes, gaps = np.zeros(shape, np.intp), np.full(shape, 6), np.full(shape, INSIDE)
        there = np.zeros(shape, np.bool_)
        firsts = []
        for row, window in enumerate(windows):
            flat = [(piece, w.shape, INSIDE if i else w.gap) for w in window for i, piece in enumerate(w.pieces)]
            size = len(flat)
            pieces[row, :size], shapes[row, :size], gaps[row, :size] = zip(*flat, strict=True)
            there[row, :size] = True
            firsts.append(np.cumsum([0, *(len(w.pieces) for w in window[:-1])]))
        read = self._encode(pieces, shapes, gaps, there)
        return [_log_softmax(read[row, first] @ self._labels[0] + self._labels[1]) for row, first in enumerate(firsts)]

    def _encode(self, pieces: Any, shapes: Any, gaps: Any, there: Any) -> Array:
        table, scale = self._pieces
        state = _times(table[pieces].astype(np.float32) * scale[pieces], self._widen)
        state += self._places[: pieces.shape[1]] + self._shapes[shapes] + self._gaps[gaps]
        state = _normal(state, self._norm)
        barred = np.where(there, np.float32(0), _NEVER)[:, None, None, :]
        for layer in self._layers:
            state = self._through(layer, state, barred)
        return state

    def _through(self, layer: _Layer, state: Array, barred: Array) -> Array:
        """One layer: every piece looks at all others of its window, then at itself."""
        rows, size, width = state.shape
        asked = _linearly(state, layer.qkv).reshape(rows, size, 3, self._heads, -1).transpose(2, 0, 3, 1, 4)
        query, key, value = asked
        weight = query @ key.transpose(0, 1, 3, 2)
        weight *= np.float32(1 / np.sqrt(width / self._heads))
        weight += barred
        weight -= weight.max(axis=-1, keepdims=True)
        np.exp(weight, out=weight)
        weight /= weight.sum(axis=-1, keepdims=True)
        seen = (weight @ value).transpose(0, 2, 1, 3).reshape(rows, size, width)
        state = _normal(_linearly(seen, layer.out) + state, layer.norm)
        wide = _gelu(_linearly(state, layer.wide))
        return _normal(_linearly(wide, layer.narrow) + state, layer.last_norm)


def _layer(arrays: Mapping[str, Any], name: str) -> _Layer:
    return _Layer(
        qkv=_linear(arrays, f"{name}qkv"),
        out=_linear(arrays, f"{name}out"),
        norm=_pair(arrays, f"{name}norm"),
        wide=_linear(arrays, f"{name}wide"),
        narrow=_linear(arrays, f"{name}narrow"),
        last_norm=_pair(arrays, f"{name}last_norm"),
    )


def _weights(arrays: Mapping[str, Any], name: str) -> Array:
    """A matrix kept as bytes with a scale for each row, transposed to be multiplied from the right."""
    matrix: Array = np.ascontiguousarray((arrays[name].astype(np.float32) * arrays[f"{name}.scale"]).T)
    return matrix


def _linear(arrays: Mapping[str, Any], name: str) -> tuple[Array, Array]:
    return _weights(arrays, name), arrays[f"{name}.bias"]


def _pair(arrays: Mapping[str, Any], name: str) -> tuple[Array, Array]:
    return arrays[f"{name}.weight"], arrays[f"{name}.bias"]


def _times(state: Array, matrix: Array) -> Array:
    """Every piece times one matrix, in one product: numpy would make one of each window, most of them too small to be fast."""
    flat: Array = state.reshape(-1, state.shape[-1]) @ matrix
    return flat.reshape(*state.shape[:-1], -1)


def _linearly(state: Array, weights: tuple[Array, Array]) -> Array:
    result = _times(state, weights[0])
    result += weights[1]
    return result


def _normal(state: Array, norm: tuple[Array, Array]) -> Array:
    """Layer normalisation (Ba et al. 2016)."""
    state = state - state.mean(axis=-1, keepdims=True)
    spread = np.sqrt((state * state).mean(axis=-1, keepdims=True) + np.float32(_LITTLE))
    state /= spread
    state *= norm[0]
    state += norm[1]
    return state


def _gelu(state: Array) -> Array:
    inner = state * state
    inner *= np.float32(_TANH[1])
    inner += np.float32(1)
    inner *= state
    inner *= np.float32(_TANH[0])
    np.tanh(inner, out=inner)
    inner += np.float32(1)
    inner *= state
    inner *= np.float32(0.5)
    return inner


def _log_softmax(scores: Array) -> Array:
    shifted = scores - scores.max(axis=-1, keepdims=True)
    result: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result
