"""A chat model that may be asked without harm: time-outs, retries, a circuit breaker and budgets around any provider.

Here a model is a prompt in and pieces of text out; `coach.providers` knows the libraries behind it.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from filelock import FileLock

from coach.errors import ModelError
from coach.types import Prompt

TRIES = 3  # of one request, while nothing of its reply has come
FIRST_PAUSE = 0.25  # seconds before the second try, doubled before each later one
MOST_FAILURES = 3  # in a row, after which a model is left alone for REST seconds
REST = 30.0
BREATH = 0.5  # seconds of silence after which an empty piece lets whoever listens leave
LONGEST = 6  # times the time-out; a reply that drips for longer is ended
CHARACTERS = 4  # of English in a token, as the providers' own rules of thumb have it

_log = logging.getLogger(__name__)


class Transient(ModelError):
    """A failure that may be gone a moment later: no connection, too many requests, a fault of the server."""


Put = Callable[[str | ModelError | None], None]
"""Takes a piece of a reply, its failure, or None for its end; an empty piece says that somebody is at work. May be called from any thread."""


class Source(Protocol):
    """A provider: starts a reply and returns at once; calling what it returns ends the work."""

    def __call__(self, prompt: Prompt, put: Put) -> Callable[[], object]:
        """Start one reply."""


class Breaker:
    """Leaves a model alone for a while after it has failed several times in a row, so that nobody waits for it in vain."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._until = 0.0

    def check(self) -> None:
        """Raises ModelError while the model is left alone; afterwards one request at a time may try it."""
        with self._lock:
            if self._clock() < self._until:
                raise ModelError(
                    "The chat model has failed several times in a row and is left alone for a moment; answers are composed meanwhile."
                )
            if self._failures >= MOST_FAILURES:
                self._until = self._clock() + REST  # for all others, until this request has ended well

    def note(self, *, failed: bool) -> None:
        """How a request ended."""
        with self._lock:
            self._failures = self._failures + 1 if failed else 0
            self._until = self._clock() + REST if self._failures >= MOST_FAILURES else 0.0


class Budget:
    """Tokens that a model may read and write in a day (UTC), counted in a small file, so that a restart gives no new ones."""

    def __init__(self, path: Path, daily: int, today: Callable[[], str] = lambda: datetime.now(UTC).date().isoformat()) -> None:
        self._path = path
        self._daily = daily
        self._today = today

    def check(self, characters: int) -> None:
        """Count what is given to read. Raises ModelError when today's tokens are spent, or cannot be counted."""
        try:
            spent = self._count(characters)
        except OSError as error:
            raise ModelError(
                f"The count of the chat model's tokens in {self._path} cannot be written ({error.strerror}); set COACH_CACHE to a writable folder."
            ) from error
        if self._daily and spent >= self._daily:
            raise ModelError(
                f"The chat model's budget of {self._daily:,} tokens for today is spent; answers are composed until midnight UTC."
            )

    def spend(self, characters: int) -> None:
        """Count what was written."""
        try:
            self._count(characters, beyond=True)
        except OSError as error:  # the next request will say so
            _log.warning("The count of the chat model's tokens in %s cannot be written (%s).", self._path, error.strerror)

    def _count(self, characters: int, *, beyond: bool = False) -> int:
        """The tokens spent before; counts these too unless there are none left and it may not go `beyond`."""
        if not self._daily:
            return 0
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._path.with_suffix(".lock")):
            spent = self._spent()
            if spent < self._daily or beyond:
                draft = self._path.with_suffix(".draft")
                draft.write_text(
                    json.dumps({"day": self._today(), "tokens": spent + -(-characters // CHARACTERS)}), encoding="utf-8"
                )
                draft.replace(self._path)
        return spent

    def _spent(self) -> int:
        try:
            row = json.loads(self._path.read_text(encoding="utf-8"))
            return int(row["tokens"]) if row["day"] == self._today() else 0
        except FileNotFoundError:
            return 0
        except (OSError, ValueError, TypeError, KeyError, OverflowError):
            _log.warning("The count of the chat model's tokens in %s cannot be read; it starts anew.", self._path)
            return 0


class Guarded:
    """A provider as a chat model that never hangs, never runs on and never fails but by ModelError. Safe to share between threads."""

    def __init__(self, source: Source, timeout: float, tokens: int, breaker: Breaker, budget: Budget) -> None:
        self._source = source
        self._timeout = timeout
        self._tokens = tokens
        self._breaker = breaker
        self._budget = budget

    def __call__(self, prompt: Prompt) -> Generator[str]:
        """The reply in pieces. Raises ModelError."""
        self._breaker.check()
        self._budget.check(len(prompt.system) + len(prompt.user))
        left = self._tokens * CHARACTERS
        failed = False
        try:
            with closing(self._started(prompt)) as pieces:
                for piece in pieces:
                    left -= len(piece)
                    yield piece[:left] if left < 0 else piece
                    if left <= 0:
                        break
        except ModelError as error:
            failed = True
            _log.warning("%s", error)
            raise
        finally:  # also of a reply that is closed before its end: what came of it was good
            self._breaker.note(failed=failed)
            self._budget.spend(self._tokens * CHARACTERS - max(left, 0))

    def _started(self, prompt: Prompt) -> Generator[str]:
        """The reply, asked for again while nothing of it has come, the failure may pass and there is time."""
        begins = time.monotonic() + self._timeout
        for attempt in range(1, TRIES + 1):
            pause = FIRST_PAUSE * 2 ** (attempt - 1)
            begun = False
            try:
                with closing(self._listened(prompt, begins)) as pieces:
                    for piece in pieces:
                        begun = begun or bool(piece)
                        yield piece
                return
            except Transient:
                if begun or attempt == TRIES or time.monotonic() + pause >= begins:
                    raise
            time.sleep(pause)

    def _listened(self, prompt: Prompt, begins: float) -> Generator[str]:
        """One reply, its first sign of life awaited until `begins` and each later one for the time-out; closing this ends the provider's work."""
        pieces: queue.SimpleQueue[str | ModelError | None] = queue.SimpleQueue()
        ends = time.monotonic() + LONGEST * self._timeout
        until = begins
        cancel = self._begin(prompt, pieces.put)
        try:
            while True:
                try:
                    piece = pieces.get(timeout=max(0.0, min(until - time.monotonic(), BREATH)))
                except queue.Empty:
                    if time.monotonic() < until:
                        yield ""
                        continue
                    said = "has not come to an end in" if until == ends else "has said nothing for"
                    seconds = (LONGEST if until == ends else 1) * self._timeout
                    raise ModelError(
                        f"The chat model {said} {seconds:g} seconds; COACH_MODEL_TIMEOUT sets how long to wait."
                    ) from None
                if piece is None:
                    return
                if isinstance(piece, ModelError):
                    raise piece
                yield piece.encode(errors="replace").decode()  # half a character cannot be sent or written by anybody
                until = min(time.monotonic() + self._timeout, ends)
        finally:
            cancel()

    def _begin(self, prompt: Prompt, put: Put) -> Callable[[], object]:
        try:
            return self._source(prompt, put)
        except Exception as error:  # no thread to be had, a closed loop: the answer must not fail with it
            raise ModelError(f"The chat model cannot be asked ({type(error).__name__}).") from error
