import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from coach.entailment import KINDS
from coach.grounding import WEIGHTS, Checker, Laid, laid_beside, lay, split
from coach.slips import features
from coach.types import Support

SOURCE = (
    "A VP of Product owns the strategic roadmap and presents it to the board every quarter. "
    "A PM writes user stories, requirements and wireframes. "
    "A PM usually has no direct reports. "
    "A director may approve up to 3 promotions in 12 months."
)


@pytest.fixture(scope="module")
def checker(cache):
    return Checker.load(cache)


@pytest.mark.parametrize(
    "claim",
    [
        "A VP of Product owns the strategic roadmap and presents it to the board every quarter.",
        "a  PM writes user stories, **requirements** and wireframes.",
        "A PM writes user stories.",
        "User stories, requirements and wireframes are written by the PM.",
        "The board sees the strategic roadmap from the VP of Product each quarter.",
        "Product managers usually do not have direct reports.",
    ],
    ids=["verbatim", "verbatim but for marks", "shortened", "turned round", "reworded", "reworded negation"],
)
def test_what_the_source_says_passes(checker, claim):
    support = checker.check(claim, [SOURCE])
    assert support.supported, support


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("A PM owns the strategic roadmap and presents it to the board every quarter.", ""),
        ("A GPM writes user stories, requirements and wireframes.", 'the source does not speak of "'),
        ("A PM writes user stories, press releases and wireframes.", ""),
        ("A director may approve up to 5 promotions in 12 months.", "the number 5 is not in the source"),
        ("A director may approve up to 3 promotions in 12 weeks.", 'the unit of 12 is "week"; in the source it is "month"'),
        ("A PM usually has direct reports.", 'the source says "no"'),
        ("A director must approve up to 3 promotions in 12 months.", 'says "must"; the source says "may"'),
        ("A VP of Product owns the strategic roadmap and sells it to customers in Japan.", ""),
        ("Salaries of nurses rose sharply in Norway.", ""),
    ],
    ids=["role", "another role", "item", "number", "unit", "negation", "modality", "invented", "another subject"],
)
def test_what_the_source_does_not_say_is_caught_with_a_reason(checker, claim, reason):
    support = checker.check(claim, [SOURCE])
    assert not support.supported, support
    assert 0 <= support.score < 1
    assert any(r.startswith(reason) for r in support.reasons), support.reasons


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Churn must stay < 5%.", "Churn must stay > 5%."),
        ("Growth was -5% last year.", "Growth was 5% last year."),
        ("Müller leads the PM group.", "Möller leads the PM group."),
        ("The bonus is 500.", "The bonus is 50."),
    ],
)
def test_one_sign_is_enough_not_to_be_word_for_word(claim, evidence):
    assert isinstance(lay(claim, [evidence]), Laid)


def test_word_for_word_leaves_case_marks_and_the_full_stop_aside():
    assert lay("a PM **plans**", ["Some text. A pm plans. More text."]) == Support(True, 1.0)


def test_a_sentence_that_is_too_long_to_be_read_is_not_supported():
    long = "A PM plans and " * 60 + "flies to the moon."
    found = lay(long, [long.replace("moon", "sun")])
    assert found == Support(False, 0.0, ("a sentence of more than 100 words is too long to check",))


def test_what_is_laid_beside_is_the_same_whatever_the_hash_seed():
    script = (
        "from coach.grounding import laid_beside\n"
        "s = [f'The {a} {b} of the {c} plans' for a in 'red blue green'.split() for b in 'team unit group'.split() for c in 'bank shop firm'.split()] * 3\n"
        "print(laid_beside('The blue unit of the shop and the red group of the firm plans', s))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(said) == 1


def test_two_passages_can_support_one_sentence_together(checker):
    first, second = "A VP of Product sets the vision.", "A PM sets the priorities of one product."
    claim = "A VP of Product sets the vision and a PM the priorities of one product."
    assert checker.check(claim, [first, second]).supported
    assert not checker.check("A VP of Product sets the vision and sells to banks.", [first, second]).supported


@pytest.mark.parametrize(
    ("claim", "evidence", "reason"),
    [
        ("A PM writes stories.", [], "there is nothing in the evidence"),
        ("A PM writes stories.", ["", "  "], "there is nothing in the evidence"),
        ("", [SOURCE], "there is no sentence"),
        ("  ", ["  "], "there is no sentence"),
        ("?!", [SOURCE], "there is no sentence"),
    ],
)
def test_nothing_supports_nothing(checker, claim, evidence, reason):
    support = checker.check(claim, evidence)
    assert (support.supported, support.score, support.reasons) == (False, 0.0, (reason,))


def test_a_claim_is_checked_sentence_by_sentence(checker):
    good, bad = "A PM usually has no direct reports.", "A PM usually has 12 direct reports."
    assert [(s.text, s.supported) for s in checker.verify(f"{good} {bad}", [SOURCE])] == [(good, True), (bad, False)]
    assert checker.verify("", [SOURCE]) == ()


def test_each_of_several_sentences_counts_by_half_for_itself_and_by_half_for_the_whole(checker):
    claim = "A VP decides where the product goes. The PM must write each story."
    whole = checker.check(claim, [SOURCE]).score
    for sentence in checker.verify(claim, [SOURCE]):
        own = checker.check(sentence.text, [SOURCE]).score
        assert min(own, whole) < sentence.score < max(own, whole)
        odds = [math.log(p / (1 - p)) for p in (own, whole, sentence.score)]
        assert odds[2] == pytest.approx((odds[0] + odds[1]) / 2, abs=0.01)


def test_the_same_check_gives_the_same_score(checker, cache):
    claim = "The board sees the strategic roadmap from the VP of Product each quarter."
    assert checker.check(claim, [SOURCE]) == Checker.load(cache).check(claim, [SOURCE])


def test_no_text_is_too_long_or_too_odd(checker):
    for text in ("word " * 3000, "\U0001f680" * 50, "a" * 5000, "\x00\ud800 half", "1" * 400):
        support = checker.check(text, [SOURCE, text[::-1]])
        assert 0 <= support.score <= 1


def test_nothing_is_loaded_for_what_stands_there_word_for_word():
    def never():
        raise AssertionError("loaded")

    assert Checker(never, {}, 0.5).check("A PM plans.", ["A PM plans."]).supported
    with pytest.raises(AssertionError):
        Checker(never, {}, 0.5).check("A PM dreams.", ["A PM plans."])


def test_a_short_evidence_is_laid_beside_whole_and_in_order():
    sentences = split(SOURCE)
    assert laid_beside("A PM has direct reports.", sentences) == sentences


def test_of_a_long_evidence_the_sentences_that_share_the_claims_words_are_laid_beside():
    filler = [f"Sentence number {n} speaks of the weather in the valley and of little else all day long." for n in range(20)]
    told = ["A VP of Product hires directors.", "Directors of product plan quarters."]
    sources = [*filler[:10], told[0], *filler[10:], told[1]]
    beside = laid_beside("Who hires directors and plans quarters?", sources)
    assert [s for s in beside if s in told] == told
    assert sum(len(s.split()) for s in beside) <= 60 + 20


def test_the_weights_are_a_text_that_a_person_can_review():
    data = json.loads(Path(WEIGHTS).read_text(encoding="utf-8"))
    assert data["fitted_by"] == "python -m eval.fit_grounding"
    assert 0 < data["threshold"] < 1
    assert data["weights"]["model"] > 0
    against = {
        name: w
        for name, w in data["weights"].items()
        if name not in ("model", "model_copy", "verbatim", "intercept", "copy", "unread")
    }
    assert all(w <= 0 for w in against.values())
    laid = lay("A PM plans.", [SOURCE])
    assert isinstance(laid, Laid)
    assert set(data["weights"]) == {*features(laid.claim, laid.near, laid.sources)[0], "model", "model_copy", "intercept"}
    assert KINDS[0] == "supported"
