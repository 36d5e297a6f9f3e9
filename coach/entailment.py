"""How probable is it that evidence says what a claim says, and where it goes wrong if not: a small model that reads both together.

A cross-encoder: the default encoder's weights with low-rank changes (`coach.adapter`), four kinds of token in the place of two, and a layer that
tells KINDS apart. `python -m eval.fit_entailment` fits it on labelled claims and writes entailment.safetensors; the first use exports it to ONNX
with 8-bit weights (about 15 s, needs torch), later ones need onnxruntime only.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from coach.adapter import layers, merge
from coach.encoder import DEFAULT_SHA256, Matrix, default_tokenizer, load_plain
from coach.export import GRAPH, export, exported, session, sha256

_log = logging.getLogger(__name__)

ADAPTER = Path(__file__).with_name("entailment.safetensors")
# The first is no mistake; the others say what is wrong with a claim.
KINDS = (
    "supported", "role", "item", "number", "unit", "actor", "negation", "modality", "quantifier", "invented", "condition", "citation",
)  # fmt: skip
LONGEST = 192  # tokens of claim and evidence together; the longer one is cut
EXPORT_VERSION = 1  # a new number makes an exported model be exported anew


def token_types(ids: Sequence[int], segments: Sequence[int], special: Sequence[int]) -> list[int]:
    """Of each token: 0 in the claim, 1 in the evidence, and 2 more where the other text does not hold it."""
    held = [{i for i, s in zip(ids, segments, strict=True) if s == side} for side in (0, 1)]
    return [s + 2 * (not extra and i not in held[1 - s]) for i, s, extra in zip(ids, segments, special, strict=True)]


class Entailment:
    """The exported model: onnxruntime and tokenizers only. Safe to share between threads."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        from tokenizers import Tokenizer

        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(LONGEST, strategy="longest_first")
        self._tokenizer.no_padding()
        self._session = session(folder / GRAPH, threads)

    def probabilities(self, claim: str, evidence: str) -> Matrix:
        """Of a claim and its evidence the probabilities of KINDS, shape (len(KINDS),), float32.

        One pair a run: the 8-bit arithmetic is scaled by all texts of a run, so that neighbours would matter.
        """
        read = self._tokenizer.encode(claim, evidence)
        feeds = {
            "input_ids": read.ids,
            "attention_mask": read.attention_mask,
            "token_type_ids": token_types(read.ids, read.type_ids, read.special_tokens_mask),
        }
        found = self._session.run(None, {name: np.array([ids], dtype=np.int64) for name, ids in feeds.items()})[0]
        return np.asarray(found[0], dtype=np.float32)


def load_entailment(cache: Path, threads: int = 1) -> Entailment:
    """The fitted model. The first call exports it into `cache`. Raises EncoderError."""
    digest = hashlib.sha256(f"{EXPORT_VERSION}+{DEFAULT_SHA256}+{sha256(ADAPTER)}".encode()).hexdigest()
    folder = cache / "entailment" / digest[:12]
    if not exported(folder, digest):
        _log.warning("Preparing the grounding check in %s; this is done once.", folder)
        export(folder, "entailment", digest, _write_onnx)
    return Entailment(folder, threads)


def cross_encoder(adapter: Path | None = ADAPTER) -> Any:  # noqa: ANN401 - torch is not typed here
    """The model under torch, (input_ids, attention_mask, token_type_ids) -> logits of KINDS; without an adapter as it is before the fit."""
    import torch
    from safetensors.torch import load_file

    whole = load_plain()
    transformer = whole[0].model
    transformer.set_attn_implementation("eager")  # exports, and is the fastest on a CPU with half precision
    if adapter:
        merge(whole, adapter)
    hidden = transformer.config.hidden_size
    types = torch.nn.Embedding(4, hidden)
    head = torch.nn.Linear(2 * hidden, len(KINDS))
    with torch.no_grad():
        types.weight.copy_(transformer.embeddings.token_type_embeddings.weight[[0, 1, 0, 1]])
        torch.nn.init.normal_(head.weight, std=0.02)
        head.bias.zero_()
    transformer.embeddings.token_type_embeddings = types

    class CrossEncoder(torch.nn.Module):  # type: ignore[misc] # torch is not typed here
        """Transformer and head; the pooled text is its first token beside the mean of all."""

        def __init__(self) -> None:
            super().__init__()
            self.transformer, self.types, self.head = transformer, types, head

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:  # noqa: ANN401
            read = self.transformer(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
            states, mask = read.last_hidden_state.float(), attention_mask.unsqueeze(-1).float()
            return self.head(torch.cat([states[:, 0], (states * mask).sum(1) / mask.sum(1)], 1))

    model = CrossEncoder()
    if adapter:
        fitted = load_file(adapter)
        with torch.no_grad():
            types.weight.copy_(fitted["types"].float())
            head.weight.copy_(fitted["head.weight"].float())
            head.bias.copy_(fitted["head.bias"].float())
    return model.eval()


def linear_layers(model: Any) -> dict[str, Any]:  # noqa: ANN401
    """The layers that the fit may change, by their names in the adapter."""
    return layers(model.transformer)


def _write_onnx(draft: Path) -> None:
    import warnings

    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    names = ("input_ids", "attention_mask", "token_type_ids")
    model = cross_encoder()
    (draft / "tokenizer.json").write_text(default_tokenizer(), encoding="utf-8")

    class Graph(torch.nn.Module):  # type: ignore[misc]
        """The model with its softmax."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *inputs: Any) -> Any:  # noqa: ANN401
            return torch.softmax(self.model(*inputs), dim=1)

    whole = draft / "whole.onnx"
    sample = (torch.ones(2, 8, dtype=torch.int64),) * 3
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Graph().eval(),
            sample,
            str(whole),
            input_names=list(names),
            output_names=["probabilities"],
            dynamic_axes={**{n: {0: "batch", 1: "length"} for n in names}, "probabilities": {0: "batch"}},
            dynamo=False,
        )
        logging.disable(logging.WARNING)  # advice for another kind of quantization
        try:
            # Seven bits of eight: processors without 8-bit dot products would overflow with all eight, and disagree with those that have them.
            quantize_dynamic(whole, draft / GRAPH, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
        finally:
            logging.disable(logging.NOTSET)
    whole.unlink()
