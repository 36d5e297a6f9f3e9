from dataclasses import replace

import pytest

from coach.grounding import Checker
from coach.types import Outcome
from eval.cases import Case
from eval.judging import Verdict, judge

BOSS = ("Who does a VP of Product report to?",)


@pytest.fixture(scope="module")
def checker(cache):
    return Checker.load(cache)


class Altered:
    """The coach, with its answers altered: what a fault in it would look like."""

    def __init__(self, coach, alter):
        self._coach, self._alter = coach, alter

    def __getattr__(self, name):
        return getattr(self._coach, name)

    def converse(self, messages):
        return self._alter(self._coach.converse(messages))


@pytest.mark.parametrize(
    ("case", "verdict", "why"),
    [
        (Case("q", "1", BOSS, key=(("CEO", "chief"),)), Verdict.ANSWERED_SUPPORTED, ""),
        (Case("q", "2", BOSS, key=(("the mayor",),)), Verdict.ANSWERED_UNSUPPORTED, "lacks the mayor"),
        (Case("q", "3", BOSS, wrong=("CEO",)), Verdict.ANSWERED_UNSUPPORTED, "says CEO"),
        (Case("q", "4", BOSS, "refused"), Verdict.ANSWERED_UNSUPPORTED, "answered, where refused is expected"),
        (Case("q", "5", ("Which wine goes with trout?",), "refused"), Verdict.REFUSED_RIGHT, ""),
        (Case("q", "6", ("Which wine goes with trout?",)), Verdict.REFUSED_WRONG, "the coach gave out_of_scope"),
        (Case("q", "7", ("I want to kill myself.",), "care"), Verdict.REFUSED_RIGHT, ""),
        (Case("q", "8", ("I want to kill myself.",), "calm"), Verdict.REFUSED_WRONG, "the coach gave care"),
        (Case("q", "9", ("Hello!",), "greeting"), Verdict.REFUSED_RIGHT, ""),
        (Case("q", "10", BOSS, "calm"), Verdict.ANSWERED_SUPPORTED, ""),
        (Case("q", "11", ()), Verdict.ERROR, "ValueError: a conversation needs at least one message"),
    ],
)
def test_a_case_ends_as_one_verdict_with_a_reason(coach, checker, case, verdict, why):
    result = judge(coach, checker, case)
    assert (result.verdict, result.why) == (verdict, why)
    assert result.verdict.right is (why == "")


def test_what_was_found_and_proved_is_kept(coach, checker):
    result = judge(coach, checker, Case("q", "1", BOSS, standalone="Who is a VP of Product's boss?"))
    assert result.ranked[0].startswith(("reporting-lines#", "role-vp#"))
    assert len(result.ranked) == 10
    assert all(p.exact and p.supported and p.needed == (True,) for p in result.proofs)
    assert result.same_question is True
    assert len(result.on_role) == 5
    assert 0.2 < result.gate_score <= 1
    assert result.milliseconds > 0


def roles_swapped(answer):
    def swap(text):
        return text.replace("VP of Product", "\0").replace("PM", "VP of Product").replace("\0", "PM")

    return replace(answer, sentences=tuple(replace(s, text=swap(s.text)) for s in answer.sentences))


def citations_shuffled(answer):
    quotes = [c.quote for c in answer.citations]
    return replace(
        answer, citations=tuple(replace(c, quote=q) for c, q in zip(answer.citations, quotes[1:] + quotes[:1], strict=True))
    )


def citations_dropped(answer):
    return replace(answer, sentences=tuple(replace(s, citations=()) for s in answer.sentences))


@pytest.mark.parametrize("alter", [roles_swapped, citations_shuffled, citations_dropped])
def test_an_answer_without_proof_is_not_supported_whatever_the_coach_says(coach, checker, alter):
    case = Case("q", "1", ("What is the difference between a PM and a VP of Product?",))
    sound = judge(coach, checker, case)
    assert sound.answer.outcome is Outcome.ANSWERED
    assert len(sound.proofs) > 1
    result = judge(Altered(coach, alter), checker, case)
    assert result.verdict is Verdict.ANSWERED_UNSUPPORTED
    assert "not proved: " in result.why
