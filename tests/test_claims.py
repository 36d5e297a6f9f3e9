import json

import pytest
from conftest import STARTER_CORPUS

from coach.entailment import KINDS
from eval.claims import claims, part, reported
from eval.kills import labelled


@pytest.fixture(scope="module")
def found():
    return claims(STARTER_CORPUS)


def test_both_kinds_are_about_as_many_and_every_operator_is_there(found):
    supported = sum(p.supported for p in found) / len(found)
    assert 0.35 < supported < 0.65
    assert {p.kind for p in found if not p.supported} == set(KINDS[1:])
    assert not {p.kind for p in found if p.supported} & set(KINDS[1:])


def test_the_pairs_are_the_same_each_time(found):
    assert claims(STARTER_CORPUS) == found


def test_all_pairs_of_one_text_are_kept_or_none(found):
    by_text = {}
    for p in found:
        if p.made == "hand":
            by_text.setdefault(p.evidence, set()).add(p.kept)
    assert {len(kept) for kept in by_text.values()} == {1}
    assert 0.1 < sum(True in kept for kept in by_text.values()) / len(by_text) < 0.25


def test_nothing_held_out_is_fitted_on(found):
    held_out = {c.evidence[0] for c in labelled()}
    assert not held_out & {p.evidence[0] for p in found if p.made == "hand"}


def test_of_third_party_rows_half_is_only_reported(tmp_path):
    rows = [
        {"context": f"Text number {n}.", "claim": "c", "label": ("supported", "unsupported")[n % 2], "source": "s"}
        for n in range(60)
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    fitted = [p for p in claims(STARTER_CORPUS, path) if p.made == "s"]
    assert len(fitted) + len(reported(path)) == 60
    assert {part(p.evidence[0]) for p in fitted} == {0, 1, 2}
    assert {p.kept for p in fitted if part(p.evidence[0]) == 2} == {True}
    assert {p.kind for p in fitted} == {"supported", ""}
