import json
import random
from pathlib import Path

import pytest

from coach.vocabulary import roles_in
from eval.mutations import CONTROLS, MUTATIONS

POOL = [
    "A PM writes user stories, requirements and wireframes.",
    "Rich Mironov says that a VP of Product spends time on hiring, pricing and partners.",
    "A director of product reviews the plan every quarter, because leaders lose touch otherwise.",
]
TRUE = {
    "role": "A VP of Product owns the strategic roadmap.",
    "actor": "A PM reports to a VP of Product in most companies.",
    "number": "Tell your manager 6 months before the date.",
    "unit": "Tell your manager 6 months before the date.",
    "negation": "A PM is usually responsible for the backlog.",
    "modality": "A director may report to the CEO.",
    "quantifier": "Most PMs usually manage nobody.",
    "item": "A PM watches number of users, product demos, and conversion rates.",
    "invented": "A VP of Product owns the strategic roadmap.",
    "condition": "A head of product leads product in a small company when the founder has no time left for it.",
}
DATA = Path(__file__).parent.parent / "eval"


def edits(edit, text):
    """What ten random sources make of a text."""
    return [edit(text, random.Random(seed), POOL) for seed in range(10)]


@pytest.mark.parametrize("operator", MUTATIONS)
def test_a_mutation_changes_a_sentence_that_it_fits(operator):
    edited = [e for e in edits(MUTATIONS[operator], TRUE[operator]) if e]
    assert edited
    assert all(e != TRUE[operator] for e in edited)


def test_each_operator_changes_its_own_thing():
    assert all(roles_in(e) != ("vp",) for e in edits(MUTATIONS["role"], TRUE["role"]))
    assert "A VP of Product reports to a PM in most companies." in edits(MUTATIONS["actor"], TRUE["actor"])
    assert all("6" not in e and "months before the date" in e for e in edits(MUTATIONS["number"], TRUE["number"]) if e)
    assert all("6 " in e and "month" not in e for e in edits(MUTATIONS["unit"], TRUE["unit"]))
    assert "A PM is not usually responsible for the backlog." in edits(MUTATIONS["negation"], TRUE["negation"])
    assert edits(MUTATIONS["modality"], TRUE["modality"])[0] == "A director will report to the CEO."
    assert edits(MUTATIONS["condition"], TRUE["condition"])[0] == "A head of product leads product in a small company."
    assert all(e.startswith(TRUE["invented"].rstrip(".")) for e in edits(MUTATIONS["invented"], TRUE["invented"]))


def test_a_sentence_without_a_hold_is_left_alone():
    assert edits(MUTATIONS["number"], "A PM writes stories.") == [None] * 10
    assert edits(MUTATIONS["condition"], "A PM writes stories.") == [None] * 10


@pytest.mark.parametrize(
    ("control", "text", "edited"),
    [
        ("undated", "Dean Peters (2026) names 3 red flags.", "Dean Peters names 3 red flags."),
        ("order", "Most plans fail early, says Dean Peters (2026).", None),
        ("order", "Directors lose touch with customers over time, says Dean Peters.", "According to Dean Peters, directors lose touch with customers over time."),
        ("order", "When churn rises in each cohort, a VP of Product repairs retention first.", "A VP of Product repairs retention first when churn rises in each cohort."),
    ],
    ids=["undated", "too short", "source to the front", "clause to the end"],
)  # fmt: skip
def test_a_control_keeps_the_meaning(control, text, edited):
    assert CONTROLS[control](text, random.Random(0), POOL) == edited


def test_an_edit_is_repeated_by_its_seed():
    for edit in (*MUTATIONS.values(), *CONTROLS.values()):
        for text in POOL:
            assert edit(text, random.Random(7), POOL) == edit(text, random.Random(7), POOL)


@pytest.mark.parametrize("name", ["claims.jsonl", "fit/claims.jsonl"])
def test_labelled_claims_are_whole(name):
    rows = [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]
    assert len({r["id"] for r in rows}) == len(rows)
    for row in rows:
        assert row["evidence"]
        assert all(text.strip() for text in row["evidence"])
        assert row["claims"]
        assert all(c["claim"].strip() and c["kind"] for c in row["claims"])


def test_held_out_claims_share_no_evidence_with_those_to_fit_on():
    held_out, fitted = ({t for line in (DATA / name).read_text(encoding="utf-8").splitlines() for t in json.loads(line)["evidence"]} for name in ("claims.jsonl", "fit/claims.jsonl"))  # fmt: skip
    assert held_out.isdisjoint(fitted)
