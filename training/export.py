"""The trained network as the file that piiscan ships: matrices as bytes with a scale for each row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from encoder import HEADS, LAYERS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from encoder import Encoder


def export(network: Encoder, pieces: Sequence[str], labels: Sequence[str], path: Path) -> None:
    """Writes the network and its vocabulary, nothing else: no text, no name of anybody it was trained on."""
    arrays: dict[str, Any] = {
        "about": _bytes(json.dumps({"labels": list(labels), "heads": HEADS, "layers": LAYERS})),
        "vocabulary": _bytes("\n".join(pieces)),
    }
    for name, tensor in network.state_dict().items():
        values = tensor.detach().float().numpy()
        target = name.replace("layer.", "layer")
        if values.ndim == 1:
            arrays[target] = values
        else:
            scale = np.abs(values).max(axis=1, keepdims=True) / 127
            scale[scale == 0] = 1
            target = target.removesuffix(".weight")
            arrays[target], arrays[f"{target}.scale"] = np.rint(values / scale).astype(np.int8), scale
    np.savez_compressed(path, **arrays)


def _bytes(text: str) -> Any:
    return np.frombuffer(text.encode(), np.uint8)
