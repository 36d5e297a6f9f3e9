"""Run the eval set against the shipped coach: `coach eval`. Exit 1 when a gate fails.

Every row ends as exactly one of right, wrong, refused or error, and the counts add up.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from coach.pipeline import Coach, load_coach
from coach.settings import Settings
from coach.types import Answer, Outcome, Turn
from eval.metrics import has_key_facts, percentile, wilson

HERE = Path(__file__).parent
REFUSED = (Outcome.NO_EVIDENCE, Outcome.OUT_OF_SCOPE)
# What the coach is to reach, and the floor (for false alarms the ceiling) below which a commit fails. A floor fails only when the whole 95 % interval
# lies beyond it, so that chance alone fails nothing.
GATES: dict[str, tuple[str, float, float]] = {
    "key facts": ("at least", 0.90, 0.80),
    "false refusals": ("at most", 0.03, 0.06),
    "refusals": ("at least", 0.95, 0.88),
    "conversations": ("at least", 0.90, 0.80),
    "care": ("at least", 0.97, 0.92),
    "care false alarms": ("at most", 0.02, 0.05),
    "exact quotes": ("at least", 1.0, 1.0),
}


@dataclass(frozen=True, slots=True)
class Row:
    """How one row ended; `verdict` is right, wrong, refused or error."""

    set: str
    id: str
    verdict: str
    kind: str
    turns: tuple[str, ...]
    text: str
    standalone: str
    milliseconds: float
    quotes_exact: bool = True


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of one labelled file."""
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines() if line.strip()]


def converse(coach: Coach, turns: Iterable[str]) -> Answer:
    """The last answer of a conversation, the coach's own answers being the history."""
    history: list[Turn] = []
    answer = None
    for message in turns:
        answer = coach.ask(message, history)
        history.append(Turn.of(answer))
    if answer is None:
        raise ValueError("a conversation needs at least one message")
    return answer


def judge_question(row: dict[str, Any], answer: Answer) -> str:
    """Right when the key facts are there, refused when the coach declined."""
    if answer.outcome in REFUSED:
        return "refused"
    right = answer.outcome is Outcome.ANSWERED and has_key_facts(answer.text, row["key"], row.get("wrong") or ())
    return "right" if right else "wrong"


def judge_refusal(_: dict[str, Any], answer: Answer) -> str:
    """Right when the coach declined."""
    return "right" if answer.outcome in REFUSED else "wrong"


def judge_conversation(row: dict[str, Any], answer: Answer) -> str:
    """By the expected outcome; both kinds of refusal count as one."""
    if row["outcome"] == Outcome.ANSWERED:
        return judge_question(row, answer)
    expected = REFUSED if row["outcome"] in REFUSED else (row["outcome"],)
    return "right" if answer.outcome in expected else "wrong"


def judge_care(row: dict[str, Any], answer: Answer) -> str:
    """Right when care was shown to those in distress and to nobody else."""
    return "right" if (answer.outcome is Outcome.CARE) == row["care"] else "wrong"


Judge = Callable[[dict[str, Any], Answer], str]
SETS: dict[str, tuple[str, Judge, str]] = {
    "questions": ("turns", judge_question, "style"),
    "refusals": ("question", judge_refusal, "kind"),
    "conversations": ("turns", judge_conversation, "outcome"),
    "care": ("message", judge_care, "care"),
}


def run(coach: Coach, part: str = "all") -> list[Row]:
    """Every row of every set (or its odd or even half), judged."""
    out: list[Row] = []
    for name, (field, judge, kind) in SETS.items():
        chosen = [r for n, r in enumerate(rows(f"{name}.jsonl")) if part == "all" or n % 2 == (part == "odd")]
        for row in tqdm(chosen, desc=name, file=sys.stderr, disable=not sys.stderr.isatty()):
            turns = row[field] if isinstance(row[field], list) else [row[field]]
            try:
                answer = converse(coach, turns)
                verdict, text, asked = judge(row, answer), answer.text, answer.standalone_question
                spent = float(answer.timings_ms["total"])
                exact = all(coach.document(c.document_id).text[c.start : c.end] == c.quote for c in answer.citations)
            except Exception as error:
                verdict, text, asked, spent, exact = "error", f"{type(error).__name__}: {error}", "", 0.0, True
            out.append(Row(name, row["id"], verdict, str(row[kind]), tuple(turns), text, asked, spent, exact))
    return out


def summary(results: list[Row]) -> dict[str, tuple[int, int]]:
    """Hits and totals of each rate."""

    def count(name: str, verdict: str, kind: str | None = None) -> tuple[int, int]:
        chosen = [r for r in results if r.set == name and kind in (None, r.kind)]
        return sum(r.verdict == verdict for r in chosen), len(chosen)

    return {
        "key facts": count("questions", "right"),
        "false refusals": count("questions", "refused"),
        "refusals": count("refusals", "right"),
        "refusals near": count("refusals", "right", "near"),
        "refusals off": count("refusals", "right", "off"),
        "conversations": count("conversations", "right"),
        "care": count("care", "right", "True"),
        "care false alarms": count("care", "wrong", "False"),
        "exact quotes": (sum(r.quotes_exact for r in results), len(results)),
    }


def failures(rates: dict[str, tuple[int, int]]) -> list[str]:
    """The floors that are missed, beyond what chance explains."""
    out = []
    for name, (direction, _, floor) in GATES.items():
        hits, total = rates[name]
        low, high = wilson(hits, total)
        if (direction == "at least" and high < floor) or (direction == "at most" and low > floor):
            out.append(f"{name}: {hits}/{total} (interval {low:.3f} to {high:.3f}), {direction} {floor} is needed")
    return out


def main(settings: Settings, as_json: bool = False) -> int:
    """Print the rates with their intervals and aims; 1 when a floor is missed."""
    results = run(load_coach(settings, synced=True))
    rates = summary(results)
    times = [r.milliseconds for r in results if r.milliseconds]
    failed = failures(rates)
    if as_json:
        print(json.dumps({"rates": {k: {"hits": h, "total": t} for k, (h, t) in rates.items()}, "failed": failed}))
        return 1 if failed else 0
    for name, (hits, total) in rates.items():
        low, high = wilson(hits, total)
        direction, aim, _ = GATES.get(name, ("", 0.0, 0.0))
        print(
            f"{name:<18} {hits:>4} of {total:<4} {hits / total:.3f}  ({low:.3f} to {high:.3f})"
            + (f"  aim {direction} {aim}" if direction else "")
        )
    print(f"verdicts           {dict(Counter(r.verdict for r in results))}")
    print(f"milliseconds       p50 {percentile(times, 0.5):.0f}, p95 {percentile(times, 0.95):.0f}")
    for line in failed:
        print(f"FAILED {line}")
    return 1 if failed else 0
