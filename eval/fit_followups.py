"""How often a follow-up is answered from the right passage, for several values of OTHER_READING: `python -m eval.fit_followups`.

A follow-up counts as right when its answer cites a passage that rests on a labelled fact; beside the coach's own reading stands
what a person's wording of the whole question finds.
"""

from __future__ import annotations

import os

from coach import pipeline
from coach.pipeline import Coach, load_coach
from coach.settings import Settings
from coach.types import Answer
from eval.fit_gate import facts_of
from eval.folds import rows

GRID = (0.0, 0.6, 0.8, 0.85, 0.9, 0.95, 1.0)


def is_right(coach: Coach, answer: Answer, facts: list[str]) -> bool:
    """Whether the answer cites a passage that rests on one of the facts."""
    return any(
        facts_of(passage, coach.document(passage.document_id)) & set(facts)
        for passage in (coach.passage(c.passage_id) for c in answer.citations)
    )


def main() -> None:
    """Print the shares."""
    coach = load_coach(Settings.from_mapping(os.environ), synced=True)
    labelled = rows("followups.jsonl")

    def hits(turns: str) -> int:
        return sum(
            is_right(coach, coach.converse([row[turns]] if isinstance(row[turns], str) else row[turns]), row["facts"])
            for row in labelled
        )

    print(f"a person's wording      {hits('standalone')} of {len(labelled)}")
    shipped = pipeline.OTHER_READING
    for value in GRID:
        pipeline.OTHER_READING = value
        print(f"OTHER_READING = {value:<6}  {hits('turns')} of {len(labelled)}{'  (shipped)' if value == shipped else ''}")


if __name__ == "__main__":
    main()
