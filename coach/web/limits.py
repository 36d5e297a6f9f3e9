"""How much may be asked, by whom: sliding windows per visitor, address, embed and service, and answers at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from time import time

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

BUSY_SECONDS = 5
"""After how long somebody is asked to come back when every place is taken."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What everybody may ask of one server; the numbers suit a careers page on one small machine."""

    visitor_per_minute: int = 20
    visitor_per_day: int = 400
    address_per_minute: int = 120
    """An office or a university may stand behind one address."""
    address_per_day: int = 4_000
    events_per_minute: int = 600
    """Of one address: whatever its pages send beside questions, such as being opened."""
    service_per_minute: int = 600
    service_per_day: int = 50_000
    answers_at_once: int = 16
    visitor_at_once: int = 2
    address_at_once: int = 8
    body_bytes: int = 65_536
    body_seconds: int = 10
    """Within which a request must have arrived whole."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the page that a visitor has open, the network address, and the embed it stands in."""

    visitor: str = ""
    address: str = ""
    embed: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """A kind no: what to say, and after how many seconds it is worth trying again."""

    text: str
    seconds: int
    busy: bool = False


class Limiter:
    """Counts in memory, for one server; safe to share between threads."""

    def __init__(self, limits: Limits, embeds: dict[str, tuple[int, int]] | None = None) -> None:
        self.limits = limits
        self._embeds = embeds or {}
        self._windows = MovingWindowRateLimiter(MemoryStorage())
        self._lock = threading.Lock()
        self._open: Counter[tuple[str, str]] = Counter()

    def ask(self, caller: Caller) -> Wait | None:
        """Counts one question, or says how long to wait; a refused one is not counted."""
        items = self._items(caller)
        with self._lock:
            for item, kind, name in items:
                if not self._windows.test(item, kind, name):
                    reset = self._windows.get_window_stats(item, kind, name).reset_time
                    return _wait(kind, max(1, ceil(reset - time())))
            for item, kind, name in items:
                self._windows.hit(item, kind, name)
        return None

    def event(self, caller: Caller) -> Wait | None:
        """Counts something that a page sends and that is no question, or says how long to wait."""
        item = RateLimitItemPerMinute(self.limits.events_per_minute)
        with self._lock:
            if self._windows.hit(item, "event", caller.address):
                return None
            reset = self._windows.get_window_stats(item, "event", caller.address).reset_time
        return _wait("address", max(1, ceil(reset - time())))

    @contextmanager
    def answering(self, caller: Caller) -> Iterator[Wait | None]:
        """A place among the answers that are written at once; a Wait where none is free."""
        places = self._places(caller)
        with self._lock:
            free = all(self._open[kind, name] < most for kind, name, most in places)
            if free:
                self._open.update((kind, name) for kind, name, _ in places)
        try:
            yield None if free else _busy()
        finally:
            if free:
                with self._lock:
                    self._open.subtract((kind, name) for kind, name, _ in places)
                    self._open += Counter()  # drops what is zero

    def _items(self, caller: Caller) -> list[tuple[RateLimitItem, str, str]]:
        """From the widest to the narrowest, so that a name somebody invents is only kept where the wider ones let it through."""
        most = self.limits
        rates = [("service", "", most.service_per_minute, most.service_per_day)]
        if caller.embed in self._embeds:
            rates.append(("embed", caller.embed, *self._embeds[caller.embed]))
        rates.append(("address", caller.address, most.address_per_minute, most.address_per_day))
        if caller.visitor:
            rates.append(("visitor", caller.visitor, most.visitor_per_minute, most.visitor_per_day))
        return [
            (item, kind, name)
            for kind, name, minute, day in rates
            for item in (RateLimitItemPerMinute(minute), RateLimitItemPerDay(day))
        ]

    def _places(self, caller: Caller) -> list[tuple[str, str, int]]:
        places = [("service", "", self.limits.answers_at_once), ("address", caller.address, self.limits.address_at_once)]
        return [*places, ("visitor", caller.visitor, self.limits.visitor_at_once)] if caller.visitor else places


def _wait(kind: str, seconds: int) -> Wait:
    again = f"Please try again in {_span(seconds)}; what you typed stays in the box."
    if kind == "visitor":
        return Wait(f"You have asked a lot in a short time, and I would like to keep up. {again}", seconds)
    if kind == "address":
        return Wait(f"Many questions have come from your network in a short time. {again}", seconds)
    return Wait(f"Many people are asking me at the moment. {again}", seconds)


def _busy() -> Wait:
    return Wait(
        f"I am busy with other answers. Please try again in {BUSY_SECONDS} seconds; what you typed stays in the box.",
        BUSY_SECONDS,
        busy=True,
    )


def _span(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} second{'s' * (seconds != 1)}"
    minutes = ceil(seconds / 60)
    return f"{minutes} minutes" if minutes < 90 else f"{ceil(minutes / 60)} hours"
