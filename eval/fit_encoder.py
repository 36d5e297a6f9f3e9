"""Fit the default encoder's adapter and write coach/adapter.safetensors: `python -m eval.fit_encoder` (about 20 minutes on 2 cores).

Contrastive learning over the corpus's own wordings: a wording shall lie near the sentence that answers it and near other wordings of the
same passage, and far from the other passages of its batch and from declined questions that sound like them. Only low-rank changes to the
linear layers are learnt. The questions of eval/fit are left out, so that whatever is fitted on them afterwards meets the encoder as a visitor does.
"""

from __future__ import annotations

import math
import os
import random
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from tqdm import trange

from coach.adapter import ADAPTER, layers
from coach.corpus import Corpus, plain, read_corpus
from coach.encoder import Matrix, load_plain
from coach.settings import Settings
from coach.vocabulary import name_roles
from eval.folds import key, rows

RANK = 8
RATE = 1e-3  # of learning: rises over the first WARM_UP steps, then falls to nothing
WARM_UP = 20
EPOCHS = 2
BATCH = 64  # passages, each with one wording
DECLINED = 32  # declined questions beside them
LOOK_ALIKES = 12  # the declined questions nearest to a wording, of which one is drawn
SHARPNESS = 20.0  # of the softmax over cosines
SENTENCE, ALIKE = (
    0.35,
    0.5,
)  # how often a wording's partner is its sentence, or a wording of the same sentence; else any of the passage
LONGEST = 96  # pieces of a text that are read


class LowRank(torch.nn.Module):  # type: ignore[misc] # torch is not typed here
    """A linear layer with a change of low rank beside it, which begins as nothing."""

    def __init__(self, layer: Any, rank: int) -> None:  # noqa: ANN401
        super().__init__()
        self.layer = layer
        self.A = torch.nn.Parameter(torch.randn(rank, layer.in_features) / math.sqrt(layer.in_features))
        self.B = torch.nn.Parameter(torch.zeros(layer.out_features, rank))

    def forward(self, inputs: Any) -> Any:  # noqa: ANN401
        """The layer's outputs and the change."""
        return self.layer(inputs) + (inputs @ self.A.T) @ self.B.T


@dataclass(frozen=True, slots=True)
class Wording:
    """One way of asking, and the number of the sentence that answers it first (-1 where the corpus does not say)."""

    text: str
    sentence: int


def wordings(corpus: Corpus, left_out: set[str]) -> list[list[Wording]]:
    """The wordings of each passage, its heading last."""
    found = []
    for passage in corpus.passages:
        asked = zip(passage.asked, passage.answers, strict=True)
        own = [Wording(name_roles(q), numbers[0] if numbers else -1) for q, numbers in asked if key(q) not in left_out]
        found.append([*own, Wording(name_roles(passage.heading), 0)])
    return found


def embed(model: Any, texts: list[str]) -> Any:  # noqa: ANN401
    """Unit vectors as a tensor, shape (len(texts), dimension), with their gradients."""
    pieces = model.tokenizer(texts, padding=True, truncation=True, max_length=LONGEST, return_tensors="pt")
    return torch.nn.functional.normalize(model(dict(pieces))["sentence_embedding"], dim=1)


def vectors(model: Any, texts: list[str]) -> Matrix:  # noqa: ANN401
    """Unit vectors, shape (len(texts), dimension)."""
    return np.asarray(model.encode(texts, normalize_embeddings=True, show_progress_bar=False), dtype=np.float32)


def partner(dice: random.Random, own: list[Wording], wording: Wording, sentences: list[str]) -> str:
    """A text that shall lie near a wording."""
    draw = dice.random()
    others = [w for w in own if w is not wording]
    alike = [w for w in others if wording.sentence in (-1, w.sentence)]
    if not alike or (wording.sentence >= 0 and draw < SENTENCE):
        return sentences[max(wording.sentence, 0)]
    return dice.choice(alike if draw < SENTENCE + ALIKE else others).text


def low_rank_changes(model: Any, by_name: Mapping[str, Any], rank: int) -> dict[str, LowRank]:  # noqa: ANN401
    """Freeze a model and put a change beside each of these layers of it; the changes by the layers' names."""
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    paths = {id(module): path for path, module in model.named_modules()}
    changes = {name: LowRank(layer, rank) for name, layer in by_name.items()}
    for change in changes.values():
        parent, _, name = paths[id(change.layer)].rpartition(".")
        setattr(model.get_submodule(parent), name, change)
    return changes


def main() -> None:
    """Fit, print the loss now and then, write the adapter."""
    dice = random.Random(0)
    torch.manual_seed(0)
    model = load_plain()
    changes = low_rank_changes(model, layers(model), RANK)
    corpus = read_corpus(Settings.from_mapping(os.environ).corpus)
    left_out = {key(row["question"]) for file in ("answerable.jsonl", "refusals.jsonl") for row in rows(file)}
    groups = wordings(corpus, left_out)
    sentences = [[plain(p.quote(n)) for n in range(len(p.sentences))] for p in corpus.passages]
    declined = [name_roles(e) for d in corpus.declined for e in d.examples if key(e) not in left_out]
    far = vectors(model, declined)
    look_alikes = [np.argsort(-(vectors(model, [w.text for w in g]) @ far.T), axis=1)[:, :LOOK_ALIKES].tolist() for g in groups]

    items = [(passage, n) for passage, group in enumerate(groups) for n in range(len(group))]
    steps = int(EPOCHS * len(items) / BATCH)
    optimizer = torch.optim.AdamW([p for c in changes.values() for p in (c.A, c.B)], lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: min(1.0, (n + 1) / WARM_UP) * (1 - n / steps))
    waiting: list[tuple[int, int]] = []
    losses: list[float] = []
    for _ in (bar := trange(steps, file=sys.stderr)):
        batch: dict[int, int] = {}  # a passage once, or its own wordings would push one another away
        while len(batch) < BATCH:
            if not waiting:
                waiting = dice.sample(items, len(items))
            passage, n = waiting.pop()
            batch.setdefault(passage, n)
        anchors = [groups[p][n].text for p, n in batch.items()]
        near = [partner(dice, groups[p], groups[p][n], sentences[p]) for p, n in batch.items()]
        away = [declined[dice.choice(look_alikes[p][n])] for p, n in dice.sample(list(batch.items()), DECLINED)]
        found = embed(model, anchors + near + away)
        loss = torch.nn.functional.cross_entropy(SHARPNESS * found[:BATCH] @ found[BATCH:].T, torch.arange(BATCH))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(float(loss))
        bar.set_postfix(loss=f"{np.mean(losses[-20:]):.3f}")
    tensors = {f"{name}.{part}": getattr(c, part).detach().half().contiguous() for name, c in changes.items() for part in "AB"}
    save_file(tensors, ADAPTER)


if __name__ == "__main__":
    main()
