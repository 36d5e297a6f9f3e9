"""How often a follow-up is answered from the right passage, for several values of OTHER_READING: `python -m eval.fit_followups`.

A follow-up counts as right when its answer cites a passage that rests on a labelled fact; beside the coach's own reading stands
what a person's wording of the whole question finds.

`python -m eval.fit_followups FILE` compares the rules alone, before any evidence, with a person's wording, in any field: rows
`{"history": [{"speaker", "text"}], "question", "rewrite", "changed"}`; `changed` says whether the person changed the question.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from coach import understanding
from coach.conversation import standalone
from coach.pipeline import Coach, load_coach
from coach.settings import Settings
from coach.types import Answer, Turn
from eval.fit_gate import facts_of
from eval.folds import rows
from eval.metrics import mean, share, token_f1
from eval.rows import read_rows

GRID = (0.0, 0.6, 0.8, 0.85, 0.9, 0.95, 1.0)


def is_right(coach: Coach, answer: Answer, facts: list[str]) -> bool:
    """Whether the answer cites a passage that rests on one of the facts."""
    return any(
        facts_of(passage, coach.document(passage.document_id)) & set(facts)
        for passage in (coach.passage(c.passage_id) for c in answer.citations)
    )


def turns_of(history: Iterable[Mapping[str, str]]) -> list[Turn]:
    """The turns that a list of what was said makes up; an answer belongs to the question before it."""
    made: list[Turn] = []
    for said in history:
        if said["speaker"] == "user":
            made.append(Turn(said["text"], ""))
        elif made:
            made[-1] = Turn(made[-1].question, said["text"])
    return made


def by_rules(labelled: Iterable[Mapping[str, Any]]) -> str:
    """How near the rules come to a person's wording, and how often they leave alone what the person left alone."""
    read = [(row, standalone(turns_of(row["history"]), row["question"]).text) for row in labelled]
    changed = [(row, text) for row, text in read if row["changed"]]
    kept = [text == row["question"] for row, text in read if not row["changed"]]
    return (
        f"token F1, question as asked  {mean([token_f1(row['question'], row['rewrite']) for row, _ in changed]):.3f} of {len(changed)}\n"
        f"token F1, by the rules       {mean([token_f1(text, row['rewrite']) for row, text in changed]):.3f}\n"
        f"left alone                   {share(kept):.2f} of {len(kept)}"
    )


def main() -> None:
    """Print the shares."""
    if len(sys.argv) > 1:
        print(by_rules(read_rows(Path(sys.argv[1]))))
        return
    coach = load_coach(Settings.from_mapping(os.environ), synced=True)
    labelled = rows("followups.jsonl")

    def hits(turns: str) -> int:
        return sum(
            is_right(coach, coach.converse([row[turns]] if isinstance(row[turns], str) else row[turns]), row["facts"])
            for row in labelled
        )

    print(f"a person's wording      {hits('standalone')} of {len(labelled)}")
    shipped = understanding.OTHER_READING
    for value in GRID:
        understanding.OTHER_READING = value
        print(f"OTHER_READING = {value:<6}  {hits('turns')} of {len(labelled)}{'  (shipped)' if value == shipped else ''}")


if __name__ == "__main__":
    main()
