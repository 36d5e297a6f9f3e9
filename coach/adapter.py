"""The default encoder's adapter (LoRA, Hu et al. 2021): low-rank changes to its weights, learnt from how people ask.

`python -m eval.fit_encoder` fits it on the corpus's wordings and writes adapter.safetensors: for each linear layer, by its name below the
encoder, a matrix A (rank, inputs) and a matrix B (outputs, rank). The layer's weight becomes weight + B A.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

ADAPTER = Path(__file__).with_name("adapter.safetensors")


def layers(model: Any) -> dict[str, Any]:  # noqa: ANN401 - torch is not typed here
    """The linear layers of a sentence-transformers model's transformer, by their names in the adapter."""
    from torch.nn import Linear

    found = {name.partition("encoder.")[2]: layer for name, layer in model.named_modules() if isinstance(layer, Linear)}
    found.pop("", None)
    return found


def merge(model: Any, path: Path = ADAPTER) -> None:  # noqa: ANN401
    """Add the adapter to the model's weights. Raises KeyError when a layer is missing."""
    import torch
    from safetensors.torch import load_file

    adapter, by_name = load_file(path), layers(model)
    with torch.no_grad():
        for name in {key.removesuffix(".A") for key in adapter if key.endswith(".A")}:
            by_name[name].weight += adapter[f"{name}.B"].float() @ adapter[f"{name}.A"].float()
