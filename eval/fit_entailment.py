"""Fit the model that reads a claim and its evidence together and write coach/entailment.safetensors: `python -m eval.fit_entailment [FILE]`.

Low-rank changes to the linear layers of the default encoder, four kinds of token and the last layer are learnt from `eval.claim_pairs`, each pair
as a choice among KINDS, of which the first is "supported". FILE holds third-party rows. More than an hour on 2 cores.
The weights in the repository are those of four shorter runs of this recipe one after another, 154 minutes in all, while the labelled claims grew: three of
rank 32 at a rate of 1.5e-3, the last as below, with some more edits by rule. One run of it gives others.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from tqdm import tqdm

from coach.encoder import default_tokenizer
from coach.entailment import ADAPTER, KINDS, LONGEST, cross_encoder, linear_layers, token_types
from coach.grounding import laid_beside, split
from coach.settings import Settings
from eval.claims import Claim, claims
from eval.fit_encoder import low_rank_changes

RANK = 64
RATE = 6e-4  # of learning: rises over the first WARM_UP steps, then falls to nothing; at 1.5e-3 this rank diverged
WARM_UP = 60
EPOCHS = 4
BATCH = 32
CHUNK = 16  # batches whose pairs are sorted by length together
LARGEST = 1.0  # norm of a step's gradient
SMALLEST = 1e-6  # probability that a mistake keeps


def batches(found: Sequence[Claim], dice: random.Random) -> Iterator[list[Claim]]:
    """Batches without end, each of pairs of like length; every pair once before any comes again."""
    waiting: list[Claim] = []
    while True:
        while len(waiting) < BATCH * CHUNK:
            waiting += dice.sample(found, len(found))
        chunk = sorted(waiting[: BATCH * CHUNK], key=lambda p: len(p.text) + sum(map(len, p.evidence)))
        waiting = waiting[BATCH * CHUNK :]
        yield from dice.sample([chunk[n : n + BATCH] for n in range(0, len(chunk), BATCH)], CHUNK)


def read(tokenizer: Any, batch: Sequence[Claim]) -> dict[str, Any]:  # noqa: ANN401
    """The model's inputs, padded."""
    texts = [(p.text, " ".join(laid_beside(p.text, [s for text in p.evidence for s in split(text)]))) for p in batch]
    found = tokenizer.encode_batch(texts)
    return {
        "input_ids": torch.tensor([e.ids for e in found]),
        "attention_mask": torch.tensor([e.attention_mask for e in found]),
        "token_type_ids": torch.tensor([token_types(e.ids, e.type_ids, e.special_tokens_mask) for e in found]),
    }


def loss_of(logits: Any, batch: Sequence[Claim]) -> Any:  # noqa: ANN401
    """Weighted negative log-likelihood: of supported or not, and by half of what is wrong where that is known."""
    likely = torch.log_softmax(logits, 1)
    supported = likely[:, 0]
    unsupported = torch.log1p(-torch.exp(supported).clamp(max=1 - SMALLEST))
    binary = torch.where(torch.tensor([p.supported for p in batch]), supported, unsupported)
    kinds = torch.tensor([KINDS.index(p.kind) if p.kind in KINDS else 0 for p in batch])
    named = likely.gather(1, kinds.unsqueeze(1)).squeeze(1)
    weights = torch.tensor([p.weight for p in batch])
    return -(weights * torch.where(kinds > 0, (binary + named) / 2, binary)).sum() / weights.sum()


def main(also: Path | None) -> None:
    """Fit, show the loss, write the adapter."""
    from tokenizers import Tokenizer

    dice = random.Random(0)
    torch.manual_seed(0)
    torch.set_num_threads(os.cpu_count() or 1)
    found = [p for p in claims(Settings.from_mapping(os.environ).corpus, also) if not p.kept]
    tokenizer = Tokenizer.from_str(default_tokenizer())
    tokenizer.enable_truncation(LONGEST, strategy="longest_first")
    tokenizer.enable_padding()
    model = cross_encoder(None)
    changes = low_rank_changes(model.transformer, linear_layers(model), RANK)
    model.types.weight.requires_grad_(True)
    learnt = [*(p for c in changes.values() for p in (c.A, c.B)), *model.head.parameters(), model.types.weight]
    optimizer = torch.optim.AdamW(learnt, lr=RATE, weight_decay=0.01)
    steps = int(EPOCHS * len(found) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: min(1.0, (n + 1) / WARM_UP) * (1 - n / steps))
    losses: list[float] = []
    for _, batch in zip(bar := tqdm(range(steps), file=sys.stderr), batches(found, dice), strict=False):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(**read(tokenizer, batch))
        loss = loss_of(logits.float(), batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learnt, LARGEST)
        optimizer.step()
        schedule.step()
        losses.append(float(loss.detach()))
        bar.set_postfix(loss=f"{np.mean(losses[-50:]):.3f}")
    tensors = {f"{name}.{part}": getattr(c, part) for name, c in changes.items() for part in "AB"}
    tensors |= {"types": model.types.weight, "head.weight": model.head.weight, "head.bias": model.head.bias}
    save_file({name: tensor.detach().half().contiguous() for name, tensor in tensors.items()}, ADAPTER)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
