"""What the proof of a model's sentences lets pass, for several bounds: `python -m eval.fit_words [FILE]`.

The rows are sentences written as ordinary chat models write them, one in four with a slip of theirs, each labelled by hand: fit/words.jsonl, which
the bounds were chosen on, or words_last.jsonl, which was first looked at when they stood.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from coach import proof
from coach.grounding import Checker
from coach.proof import prove
from coach.reply import tidy
from coach.settings import Settings
from eval.folds import FIT
from eval.metrics import wilson
from eval.quiet import start_quietly
from eval.rows import read_rows

BOUNDS = ((0.33, 0.33), (0.5, 0.9), (0.6, 0.9), (0.7, 0.8), (0.7, 0.9), (0.8, 0.9), (0.9, 0.9))


def main(path: Path) -> None:
    """Print, for each pair of bounds, the faithful sentences that are kept and the others that pass."""
    checker = Checker.load(Settings.from_mapping(os.environ).cache)
    rows = read_rows(path)
    shipped = (proof.LEAST, proof.TOGETHER)
    for bounds in BOUNDS:
        proof.LEAST, proof.TOGETHER = bounds
        passed: dict[bool, list[str]] = {True: [], False: []}
        total = {True: 0, False: 0}
        for row in rows:
            for sentence in row["sentences"]:
                text, cited = tidy(sentence["text"])
                if text.endswith("?"):
                    continue
                total[sentence["faithful"]] += 1
                if prove(checker, text, row["statements"], cited).support.supported:
                    passed[sentence["faithful"]].append(f"{text} ({sentence.get('why', '')})")
        kept, false = ((len(passed[kind]), total[kind], wilson(len(passed[kind]), total[kind])) for kind in (True, False))
        print(
            f"bounds {bounds}: faithful kept {kept[0]} of {kept[1]} ({kept[2][0]:.2f} to {kept[2][1]:.2f}), "
            f"others passed {false[0]} of {false[1]} ({false[2][0]:.3f} to {false[2][1]:.3f}){'  (shipped)' if bounds == shipped else ''}"
        )
        if bounds == shipped:
            print("\n".join(f"    {text}" for text in passed[False]))


if __name__ == "__main__":
    start_quietly("eval.fit_words")
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FIT / "words.jsonl")
