"""How well the grounding check tells true claims from false ones: the labelled claims, and edits by rule of sentences that it has not seen.

`python -m eval.kills FILE` prints it for any file of labelled claims, as for claims_last.jsonl, which was first looked at when the check was finished.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from coach.grounding import Checker, split
from coach.settings import Settings
from eval.claims import Claim, is_kept
from eval.folds import rows
from eval.metrics import share, wilson
from eval.mutations import CONTROLS, MUTATIONS
from eval.rows import read_rows

LABELLED = Path(__file__).with_name("claims.jsonl")
EACH = 60  # edits of each operator that are tried


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim and what the check says of it."""

    claim: Claim
    said: bool
    score: float
    reasons: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether a false claim is caught, or a true one passes."""
        return self.said is self.claim.supported


def labelled(path: Path = LABELLED) -> Iterator[Claim]:
    """The claims written by hand."""
    for row in read_rows(path):
        for claim in row["claims"]:
            yield Claim(claim["claim"], tuple(row["evidence"]), claim["supported"], claim["kind"])


def unseen_texts() -> list[list[str]]:
    """The sentences of the evidence texts by hand that are kept from the model's fit; the same whatever the corpus."""
    kept = [row["evidence"] for row in rows("claims.jsonl") if is_kept(row["evidence"])]
    found = [[s for text in evidence for s in split(text)] for evidence in kept]
    return [sentences for sentences in found if sentences]


def edited(texts: Sequence[Sequence[str]], each: int = EACH, seed: int = 0) -> Iterator[Claim]:
    """True sentences of texts word for word and in harmless edits, false edits of them, and true ones laid beside another text."""
    dice = random.Random(seed)
    pool = [sentence for sentences in texts for sentence in sentences]
    places = [(n, sentence) for n, sentences in enumerate(texts) for sentence in sentences]
    for edits, supported in ((MUTATIONS, False), (CONTROLS, True)):
        for kind, edit in edits.items():
            found = 0
            for n, sentence in dice.sample(places, len(places)):
                changed = edit(sentence, dice, pool)
                if changed and changed != sentence:
                    yield Claim(changed, (" ".join(texts[n]),), supported, kind, "rule")
                    found += 1
                if found == each:
                    break
    for n, sentence in dice.sample(places, min(each, len(places))):
        yield Claim(sentence, (" ".join(texts[n]),), True, "verbatim", "rule")
        elsewhere = dice.randrange(len(texts))
        if sentence not in texts[elsewhere]:
            yield Claim(sentence, (" ".join(texts[elsewhere]),), False, "citation", "rule")


def check_all(checker: Checker, claims: Sequence[Claim], quiet: bool = False) -> tuple[Checked, ...]:
    """What the check says of each claim."""
    out = []
    for claim in tqdm(claims, desc="Claims", unit="claim", disable=quiet):
        support = checker.check(claim.text, claim.evidence)
        out.append(Checked(claim, support.supported, support.score, support.reasons))
    return tuple(out)


def main(path: Path) -> None:
    """The share that is judged right of each kind of a file's claims, with its interval."""
    settings = Settings.from_mapping(os.environ)
    kinds: dict[str, list[bool]] = {}
    for c in check_all(Checker.load(settings.cache, settings.threads), list(labelled(path)), quiet=not sys.stderr.isatty()):
        kinds.setdefault("true ones passed" if c.claim.supported else c.claim.kind, []).append(c.right)
    for kind, right in sorted(kinds.items()):
        low, high = wilson(sum(right), len(right))
        print(f"{kind:<18} {sum(right):>4} of {len(right):<4} {share(right):.3f}  ({low:.3f} to {high:.3f})")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else LABELLED)
