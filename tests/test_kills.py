import json
from collections import Counter

import pytest

from coach.types import Support
from eval.kills import EACH, LABELLED, check_all, edited, labelled, main, unseen_texts
from eval.mutations import CONTROLS, MUTATIONS


class Trusting:
    """A check that a person can work out: it believes everything."""

    def check(self, sentence, evidence):
        return Support(True, 1.0)


def test_the_labelled_claims_are_of_every_kind():
    claims = list(labelled())
    kinds = Counter(c.kind for c in claims if not c.supported)
    assert set(kinds) >= {
        "role",
        "item",
        "number",
        "unit",
        "actor",
        "negation",
        "modality",
        "quantifier",
        "invented",
        "condition",
    }
    assert min(kinds.values()) >= 20
    assert sum(c.supported for c in claims) >= 60
    assert len(claims) == sum(len(json.loads(line)["claims"]) for line in LABELLED.read_text().splitlines())


def test_edits_are_the_same_each_time_and_of_every_operator():
    claims = list(edited(unseen_texts()))
    assert claims == list(edited(unseen_texts()))
    assert claims != list(edited(unseen_texts(), seed=1))
    kinds = Counter((c.kind, c.supported) for c in claims)
    assert {kind for kind, supported in kinds if not supported} == {*MUTATIONS, "citation"}
    assert {kind for kind, supported in kinds if supported} == {*CONTROLS, "verbatim"}
    assert max(kinds.values()) <= EACH
    assert min(kinds.values()) >= EACH // 2


def test_a_check_that_believes_everything_catches_nothing():
    found = check_all(Trusting(), list(edited(unseen_texts(), each=3)), quiet=True)
    assert {c.right for c in found if not c.claim.supported} == {False}
    assert {c.right for c in found if c.claim.supported} == {True}


@pytest.mark.parametrize("made", ["hand", "rule"])
def test_a_claim_and_its_evidence_are_whole_texts(made):
    claims = list(labelled()) if made == "hand" else list(edited(unseen_texts(), each=5))
    assert {c.made for c in claims} == {made}
    assert all(c.text.strip() and c.evidence and all(e.strip() for e in c.evidence) for c in claims)


def test_a_file_of_claims_is_judged_by_kind(tmp_path, capsys):
    claims = [
        {"claim": "A PM plans.", "supported": True, "kind": "verbatim"},
        {"claim": "A PM plans 7 trips.", "supported": False, "kind": "number"},
    ]
    (tmp_path / "own.jsonl").write_text(json.dumps({"id": "1", "evidence": ["A PM plans."], "claims": claims}) + "\n")
    main(tmp_path / "own.jsonl")
    assert [line.split()[:4] for line in capsys.readouterr().out.splitlines()] == [
        ["number", "1", "of", "1"],
        ["true", "ones", "passed", "1"],
    ]
