"""Windows, places and the words of a refusal."""

from __future__ import annotations

import threading

import pytest

from coach.web.limits import BUSY_SECONDS, Caller, Limiter, Limits

WIDE = {"visitor_per_minute": 1000, "visitor_per_day": 1000, "address_per_minute": 1000, "address_per_day": 1000, "service_per_minute": 1000, "service_per_day": 1000}  # fmt: skip


def asked(limiter: Limiter, caller: Caller, times: int) -> int:
    """How many of so many questions are let through."""
    return sum(limiter.ask(caller) is None for _ in range(times))


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("visitor_per_minute", "You have asked a lot"),
        ("visitor_per_day", "You have asked a lot"),
        ("address_per_minute", "from your network"),
        ("address_per_day", "from your network"),
        ("service_per_minute", "Many people"),
        ("service_per_day", "Many people"),
    ],
)
def test_each_window_holds_and_says_kindly_how_long_to_wait(limit: str, words: str):
    limiter = Limiter(Limits(**{**WIDE, limit: 5}))
    caller = Caller("v", "office", "careers")
    assert asked(limiter, caller, 8) == 5
    refused = limiter.ask(caller)
    assert refused and words in refused.text and "stays in the box" in refused.text
    assert (50 <= refused.seconds <= 61) if "minute" in limit else (86_000 <= refused.seconds <= 86_401)
    assert not refused.busy


def test_a_refused_question_uses_up_nobody_elses():
    limiter = Limiter(Limits(**{**WIDE, "visitor_per_minute": 3, "address_per_minute": 6}))
    assert asked(limiter, Caller("rude", "office"), 50) == 3
    assert asked(limiter, Caller("polite", "office"), 3) == 3
    assert asked(limiter, Caller("third", "office"), 1) == 0
    assert asked(limiter, Caller("rude", "home"), 1) == 0, "a visitor is the same one from another address"
    assert asked(limiter, Caller("other", "home"), 1) == 1


def test_an_embed_has_its_own_window_and_an_unknown_one_none():
    limiter = Limiter(Limits(**WIDE), {"careers": (4, 1000)})
    assert asked(limiter, Caller("a", "1", "careers"), 6) == 4
    assert asked(limiter, Caller("a", "1", "made up"), 6) == 6
    assert asked(limiter, Caller("a", "1"), 6) == 6


def test_names_that_somebody_invents_are_not_kept_once_the_address_is_refused():
    limiter = Limiter(Limits(**{**WIDE, "address_per_minute": 10}))
    for number in range(500):
        limiter.ask(Caller(f"made up {number}", "office"))
    kept = sum("made up" in str(key) for key in limiter._windows.storage.events)  # type: ignore[attr-defined]
    assert kept <= 2 * 10


def test_places_are_taken_and_given_back():
    limiter = Limiter(Limits(answers_at_once=3, visitor_at_once=1, address_at_once=2))
    one, two, three, far = Caller("1", "a"), Caller("2", "a"), Caller("3", "a"), Caller("4", "b")
    with limiter.answering(one) as first, limiter.answering(one) as again, limiter.answering(two) as second:
        assert (first, second) == (None, None)
        assert again and again.busy and again.seconds == BUSY_SECONDS and "busy" in again.text
        with (
            limiter.answering(three) as crowded,
            limiter.answering(far) as elsewhere,
            limiter.answering(Caller("5", "c")) as full,
        ):
            assert crowded and full and elsewhere is None
    with limiter.answering(one) as after, limiter.answering(three) as beside:
        assert (after, beside) == (None, None)
    assert not limiter._open


def test_a_place_is_given_back_when_the_answer_breaks():
    limiter = Limiter(Limits(answers_at_once=1))
    with pytest.raises(ValueError, match="broken"), limiter.answering(Caller("1", "a")):
        raise ValueError("broken")
    with limiter.answering(Caller("1", "a")) as free:
        assert free is None


def test_many_threads_get_exactly_what_there_is():
    limiter = Limiter(Limits(**{**WIDE, "service_per_minute": 100}))
    let_through: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: let_through.append(asked(limiter, Caller(f"v{n}", f"a{n}"), 40))) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(let_through) == 100


def test_what_is_no_question_has_a_window_of_its_own():
    limiter = Limiter(Limits(**WIDE, events_per_minute=3))
    caller = Caller("v", "office")
    assert [limiter.event(caller) is None for _ in range(5)] == [True, True, True, False, False]
    refused = limiter.event(caller)
    assert refused and "from your network" in refused.text and 50 <= refused.seconds <= 61
    assert limiter.event(Caller("v", "home")) is None and limiter.ask(caller) is None
