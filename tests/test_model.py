import itertools
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from coach.errors import ModelError
from coach.model import CHARACTERS, LONGEST, MOST_FAILURES, REST, TRIES, Breaker, Budget, Guarded, Transient
from coach.types import Prompt

ASKED = Prompt("Be a coach.", "Who is the boss?")
BUSY = Transient("The provider is busy.")
REFUSED = ModelError("The provider refuses.")


class Told:
    """A source that plays its scripts in turn, the last one again and again.

    An item is a piece, a failure, None for the end, or a number of seconds of silence.
    """

    def __init__(self, *scripts):
        self.scripts = scripts
        self.prompts = []
        self.cancelled = 0

    def __call__(self, prompt, put):
        script = self.scripts[min(len(self.prompts), len(self.scripts) - 1)]
        self.prompts.append(prompt)
        left = threading.Event()

        def play():
            for item in script:
                if isinstance(item, float):
                    if left.wait(item):
                        return
                else:
                    put(item)

        def cancel():
            self.cancelled += 1
            left.set()
            thread.join(10)
            assert not thread.is_alive()

        thread = threading.Thread(target=play)
        thread.start()
        return cancel


def guarded(source, tmp_path, timeout=5.0, tokens=1000, breaker=None, budget=None) -> Guarded:
    return Guarded(source, timeout, tokens, breaker or Breaker(), budget or Budget(tmp_path / "tokens.json", 0))


def heard(model, prompt=ASKED) -> tuple[list[str], str]:
    """The pieces that came, and the failure that ended them."""
    pieces: list[str] = []
    try:
        pieces.extend(filter(None, model(prompt)))
    except ModelError as error:
        return pieces, str(error)
    return pieces, ""


# One reply


def test_pieces_come_in_order_and_the_work_is_ended(tmp_path):
    source = Told(["A ", 0.02, "VP", " leads.", None])
    assert heard(guarded(source, tmp_path)) == (["A ", "VP", " leads."], "")
    assert (source.prompts, source.cancelled) == ([ASKED], 1)


def test_a_piece_is_handed_on_before_the_next_one_has_come(tmp_path):
    source = Told(["first", 60.0, "second", None])
    with closing(guarded(source, tmp_path, timeout=60.0)(ASKED)) as pieces:
        assert next(pieces) == "first"


def test_threads_that_share_a_model_each_hear_their_own_reply(tmp_path):
    def echo(prompt, put):
        def play():
            for word in prompt.user.split():
                put(word)
                time.sleep(0.002)
            put(None)

        thread = threading.Thread(target=play)
        thread.start()
        return thread.join

    model = guarded(echo, tmp_path)
    asked = [[f"{n}-{m}" for m in range(10)] for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda words: heard(model, Prompt("", " ".join(words)))[0], asked)) == asked


@pytest.mark.parametrize("before", [[], ["A VP "]], ids=["first piece", "between pieces"])
def test_silence_is_ended_and_not_tried_again(tmp_path, before, caplog):
    source = Told([*before, 60.0])
    started = time.monotonic()
    pieces, failure = heard(guarded(source, tmp_path, timeout=0.3))
    assert 0.3 <= time.monotonic() - started < 5
    assert pieces == before
    assert failure == "The chat model has said nothing for 0.3 seconds; COACH_MODEL_TIMEOUT sets how long to wait."
    assert (len(source.prompts), source.cancelled) == (1, 1)
    assert caplog.messages == [failure]


def test_each_piece_may_take_the_time_out(tmp_path):
    assert heard(guarded(Told(["a", 0.25, "b", 0.25, "c", 0.25, "d", None]), tmp_path, timeout=0.6)) == (list("abcd"), "")


def test_a_reply_that_drips_for_ever_is_ended(tmp_path):
    source = Told(itertools.cycle(["a", 0.02]))
    started = time.monotonic()
    pieces, failure = heard(guarded(source, tmp_path, timeout=0.1, tokens=10**6))
    assert LONGEST * 0.1 <= time.monotonic() - started < 5
    assert len(pieces) > 5
    assert failure == "The chat model has not come to an end in 0.6 seconds; COACH_MODEL_TIMEOUT sets how long to wait."
    assert source.cancelled == 1


@pytest.mark.parametrize("piece", ["abcde", "abcdefghijkl"])
def test_the_token_limit_ends_a_reply_to_the_character(tmp_path, piece):
    source = Told(itertools.cycle([piece, 0.001]))
    pieces, failure = heard(guarded(source, tmp_path, tokens=2))
    assert ("".join(pieces), failure) == ((piece * 2)[: 2 * CHARACTERS], "")
    assert source.cancelled == 1


def test_half_a_character_is_replaced(tmp_path):
    assert heard(guarded(Told(["so\ud83d", "\ude00 \U0001f600", None]), tmp_path)) == (["so?", "? \U0001f600"], "")


def test_closing_a_reply_ends_the_work(tmp_path):
    source = Told(["a", 60.0])
    pieces = guarded(source, tmp_path)(ASKED)
    next(pieces)
    assert source.cancelled == 0
    pieces.close()
    assert source.cancelled == 1


def test_nothing_is_asked_before_somebody_listens(tmp_path):
    source = Told(["a", None])
    guarded(source, tmp_path)(ASKED).close()
    assert source.prompts == []


# Tries


def test_a_failure_that_passes_is_tried_again(tmp_path):
    source = Told([BUSY], [BUSY], ["a", None])
    assert heard(guarded(source, tmp_path)) == (["a"], "")
    assert (source.prompts, source.cancelled) == ([ASKED] * 3, 3)


def test_a_failure_that_does_not_pass_is_tried_a_few_times_only(tmp_path):
    source = Told([BUSY])
    assert heard(guarded(source, tmp_path)) == ([], str(BUSY))
    assert len(source.prompts) == source.cancelled == TRIES


def test_nothing_is_tried_again_once_a_piece_has_come(tmp_path):
    source = Told(["a", BUSY], ["b", None])
    assert heard(guarded(source, tmp_path)) == (["a"], str(BUSY))
    assert len(source.prompts) == source.cancelled == 1


def test_other_failures_are_not_tried_again(tmp_path):
    source = Told([REFUSED], ["a", None])
    assert heard(guarded(source, tmp_path)) == ([], str(REFUSED))
    assert len(source.prompts) == source.cancelled == 1


def test_nothing_is_tried_again_when_the_time_out_would_pass_meanwhile(tmp_path):
    asked = []

    def busy(prompt, put):
        asked.append(prompt)
        put(BUSY)
        return lambda: None

    assert heard(guarded(busy, tmp_path, timeout=0.2)) == ([], str(BUSY))
    assert asked == [ASKED]


def test_all_tries_together_wait_for_one_time_out(tmp_path):
    source = Told([1.2, BUSY], [60.0])
    started = time.monotonic()
    assert heard(guarded(source, tmp_path, timeout=2.0))[1].startswith("The chat model has said nothing for 2 seconds")
    assert 2 <= time.monotonic() - started < 3
    assert len(source.prompts) == 2


# The breaker


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def opened(clock, tmp_path, *later) -> tuple[Guarded, Told]:
    """A model that has just failed too often, and then does something else."""
    source = Told(*[[REFUSED]] * MOST_FAILURES, *later)
    model = guarded(source, tmp_path, breaker=Breaker(clock))
    for _ in range(MOST_FAILURES):
        assert heard(model) == ([], str(REFUSED))
    return model, source


LEFT_ALONE = "The chat model has failed several times in a row and is left alone for a moment; answers are composed meanwhile."


def test_a_model_that_fails_again_and_again_is_left_alone(clock, tmp_path):
    model, source = opened(clock, tmp_path, ["a", None])
    clock.now += REST - 1
    assert heard(model) == heard(model) == ([], LEFT_ALONE)
    assert len(source.prompts) == MOST_FAILURES


def test_after_a_rest_a_good_reply_brings_the_model_back(clock, tmp_path):
    model, source = opened(clock, tmp_path, ["a", None], [REFUSED], ["b", None])
    clock.now += REST
    assert heard(model) == (["a"], "")
    assert heard(model) == ([], str(REFUSED))  # one failure is none too many
    assert heard(model) == (["b"], "")
    assert len(source.prompts) == MOST_FAILURES + 3


def test_after_a_rest_one_failure_is_enough_for_the_next_rest(clock, tmp_path):
    model, _ = opened(clock, tmp_path, [REFUSED], ["a", None])
    clock.now += REST
    assert heard(model) == ([], str(REFUSED))
    clock.now += REST - 1
    assert heard(model) == ([], LEFT_ALONE)
    clock.now += 1
    assert heard(model) == (["a"], "")


def test_after_a_rest_one_request_tries_the_model_while_the_others_leave_it_alone(clock, tmp_path):
    model, _ = opened(clock, tmp_path, ["a", 60.0])
    clock.now += REST
    with closing(model(ASKED)) as pieces:
        assert next(pieces) == "a"
        assert heard(model) == ([], LEFT_ALONE)


def test_of_many_threads_one_tries_a_model_after_its_rest(clock):
    breaker = Breaker(clock)
    for _ in range(MOST_FAILURES):
        breaker.note(failed=True)
    clock.now += REST
    together = threading.Barrier(8)

    def passes(_):
        together.wait(10)
        try:
            breaker.check()
        except ModelError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(passes, range(8))) == 1


def test_a_reply_that_is_closed_before_its_end_was_a_good_one(clock, tmp_path):
    model, _ = opened(clock, tmp_path, ["a", 60.0], [REFUSED], [REFUSED], ["b", None])
    clock.now += REST
    with closing(model(ASKED)) as pieces:
        next(pieces)
    assert heard(model)[1] == heard(model)[1] == str(REFUSED)
    assert heard(model) == (["b"], "")


def test_failures_count_only_in_a_row(clock, tmp_path):
    source = Told([REFUSED], [REFUSED], ["a", None], [REFUSED], [REFUSED], ["b", None])
    model = guarded(source, tmp_path, breaker=Breaker(clock))
    assert [heard(model)[0] for _ in range(6)] == [[], [], ["a"], [], [], ["b"]]


# The day's budget

DAILY = 100


@pytest.fixture
def days():
    """Today, as a list whose last item counts."""
    return ["2025-03-01"]


@pytest.fixture
def budget(tmp_path, days):
    """Makes a budget as a start of the program does."""
    return lambda: Budget(tmp_path / "cache" / "tokens.json", DAILY, lambda: days[-1])


def spent(tmp_path) -> dict:
    return json.loads((tmp_path / "cache" / "tokens.json").read_text())


SPENT = "The chat model's budget of 100 tokens for today is spent; answers are composed until midnight UTC."


def test_what_is_read_and_written_is_counted(tmp_path, budget):
    heard(guarded(Told(["12345678", None]), tmp_path, budget=budget()), Prompt("1234", "1234"))
    assert spent(tmp_path) == {"day": "2025-03-01", "tokens": 2 + 2}


def test_what_came_of_a_reply_is_counted_when_it_fails_or_is_closed(tmp_path, budget):
    heard(guarded(Told(["12345678", REFUSED]), tmp_path, budget=budget()), Prompt("1234", ""))
    with closing(guarded(Told(["1234", 60.0]), tmp_path, budget=budget())(Prompt("1234", ""))) as pieces:
        next(pieces)
    assert spent(tmp_path)["tokens"] == 1 + 2 + 1 + 1


def test_a_spent_budget_holds_after_a_restart_and_until_the_next_day(tmp_path, budget, days):
    source = Told(["x" * CHARACTERS * DAILY, None], ["a", None])
    assert heard(guarded(source, tmp_path, budget=budget()))[1] == ""
    assert heard(guarded(source, tmp_path, budget=budget())) == ([], SPENT)
    before = spent(tmp_path)
    assert heard(guarded(source, tmp_path, budget=budget())) == ([], SPENT)
    assert spent(tmp_path) == before  # what is not asked costs nothing
    assert len(source.prompts) == 1
    days.append("2025-03-02")
    assert heard(guarded(source, tmp_path, budget=budget())) == (["a"], "")
    assert spent(tmp_path)["day"] == "2025-03-02"
    assert spent(tmp_path)["tokens"] < 20


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1]", b"7", b'{"day": "2025-03-01"}', b'{"day": "2025-03-01", "tokens": "x"}', b"\xff\xfe", b'{"day": "2025-03-01", "tokens": Infinity}'],
)  # fmt: skip
def test_an_unreadable_count_is_named_and_starts_anew(tmp_path, budget, caplog, content):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "tokens.json").write_bytes(content)
    assert heard(guarded(Told(["12345678", None]), tmp_path, budget=budget()), Prompt("1234", "")) == (["12345678"], "")
    assert spent(tmp_path)["tokens"] == 3
    assert [str(tmp_path / "cache" / "tokens.json") in m and "starts anew" in m for m in caplog.messages] == [True]


def test_a_count_that_cannot_be_written_costs_nothing(tmp_path, budget):
    (tmp_path / "cache").touch()
    source = Told(["a", None])
    pieces, failure = heard(guarded(source, tmp_path, budget=budget()))
    assert (pieces, source.prompts) == ([], [])
    assert str(tmp_path / "cache" / "tokens.json") in failure
    assert "set COACH_CACHE to a writable folder" in failure


def test_a_count_that_can_no_longer_be_written_spoils_no_reply(tmp_path, budget, caplog):
    model = guarded(Told(["a", 0.05, "b", None]), tmp_path, budget=budget())
    pieces = model(ASKED)
    assert next(pieces) == "a"
    (tmp_path / "cache").rename(tmp_path / "moved")
    (tmp_path / "cache").touch()
    assert list(pieces) == ["b"]
    assert "cannot be written" in caplog.text


def test_without_a_limit_nothing_is_counted(tmp_path):
    assert heard(guarded(Told(["a", None]), tmp_path))[0] == ["a"]
    assert list(tmp_path.iterdir()) == []


def test_threads_and_programs_count_together(tmp_path, days):
    budgets = [Budget(tmp_path / "cache" / "tokens.json", 10**6, lambda: days[-1]) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: budgets[n % 4].spend(CHARACTERS), range(100)))
    assert spent(tmp_path)["tokens"] == 100


def test_today_is_that_of_utc(tmp_path):
    Budget(tmp_path / "tokens.json", DAILY).spend(1)
    earlier, later = (time.strftime("%Y-%m-%d", time.gmtime(time.time() + seconds)) for seconds in (-60, 60))
    assert json.loads((tmp_path / "tokens.json").read_text())["day"] in (earlier, later)


def test_signs_of_work_are_no_silence_and_no_pieces():
    def reading(_, put):
        def work():
            for _ in range(8):
                time.sleep(0.1)
                put("")
            put("A VP leads.")
            put(None)

        thread = threading.Thread(target=work)
        thread.start()
        return thread.join

    model = Guarded(reading, timeout=0.4, tokens=100, breaker=Breaker(), budget=Budget(Path("unused"), 0))
    assert list(filter(None, model(ASKED))) == ["A VP leads."]
