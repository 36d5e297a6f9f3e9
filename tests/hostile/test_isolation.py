"""One visitor cannot read, change or stop what another says, nobody but feedback writes to the disk, and nothing tells about the machine.

What keeps conversations apart is the name of a session: a conversation, its stream and its events are found by that name and by
nothing else, so whoever knows the name is that visitor. That the page's names cannot be guessed is tested in the browser.
Beside it, whoever knows the number of a running event, which is a random UUID that only its own session is told, can stop it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from asking import write_pages
from browser.server import Visitor, running
from browser.standin import StandIn
from test_web_app import CLOSED, OPEN

import coach
from coach.types import Answer, Outcome, Sentence, Turn
from coach.web.config import WebConfig
from coach.web.embeds import DEMO, Embed, Embeds
from coach.web.limits import Limits

CANARY = "my plan is called bluebird-7731"
UNLIMITED = Limits(**dict.fromkeys(("visitor_per_minute", "address_per_minute", "service_per_minute"), 100_000))
CONFIG = WebConfig(embeds=Embeds({DEMO: Embed(DEMO)}, UNLIMITED))
GUESSES = (
    "",
    "null",
    "undefined",
    "None",
    "0",
    "1",
    "-1",
    "*",
    "%",
    "%25",
    "..",
    "a b",
    "abc123",
    "visitor",
    "default",
    "x" * 64,
    "true",
    "é",
)
EVENTS = ("ask", "stop", "clear", "load")
PATIENCE = 10  # seconds


class Gated(StandIn):
    """Repeats the question, and where it has to wait goes on only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def stream(self, question: str, history: Sequence[Turn] = (), about: Sequence[str] | None = None) -> Iterator[Answer]:
        """Half of what was said, and after a while the whole."""
        self.heard.append((question, tuple(history)))
        if "breaks" in question:
            raise RuntimeError(f"secret detail of {__file__}")
        said = (Sentence(f"You said: {question}", ()), Sentence("That is all.", ()))
        whole = Answer(question, question, Outcome.ANSWERED, said, timings_ms={"total": 1.0})
        yield Answer(question, question, Outcome.ANSWERED, said[:1])
        if "wait" in question:
            for _ in range(600):
                if self.gate.wait(0.1):
                    break
                yield Answer(question, question, Outcome.ANSWERED, said[:1])  # so that it can be stopped
        yield whole


@dataclass
class Other:
    """The visitor whose conversation is nobody else's business, in the middle of an answer."""

    visitor: Visitor
    heard: list[dict[str, Any]] = field(default_factory=list)
    event: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody else may ever be told."""
        return CANARY, "bluebird", self.visitor.session, self.event


@pytest.fixture(scope="module")
def gated() -> Gated:
    return Gated()


@pytest.fixture(scope="module")
def base(gated: Gated) -> Iterator[str]:
    with running(gated, config=CONFIG) as address:
        yield address


@pytest.fixture(scope="module")
def numbers(base: str) -> dict[str, dict[str, Any]]:
    """The page's events by name, as everybody can read them in the page."""
    return Visitor(base, "reader").dependencies()


@pytest.fixture
def other(base: str, gated: Gated, numbers: dict[str, dict[str, Any]]) -> Iterator[Other]:
    """Has said the canary once, and is being answered a second time; that answer must come whole, and the conversation go on."""
    other = Other(Visitor(base, secrets.token_hex(16)))
    gated.gate.clear()
    other.visitor.ask(f"First, {CANARY}.")
    body = request_of(numbers, "ask", other.visitor.session, {"question": f"And wait, {CANARY}."})
    other.event = httpx.post(base + "gradio_api/queue/join", json=body).json()["event_id"]
    listening = threading.Thread(target=lambda: other.heard.extend(listen(base, other.visitor.session)))
    listening.start()
    wait_for(lambda: gated.heard[-1][0].startswith("And wait"))
    yield other
    assert listening.is_alive()
    gated.gate.set()
    listening.join(20)
    shown = json.dumps(other.heard)
    assert [m["msg"] for m in other.heard if "process" in m["msg"]][-1] == "process_completed"
    assert 'data-number=\\"2\\" data-status=\\"done\\"' in shown and "That is all." in shown and CANARY in shown
    other.visitor.ask("And then?")
    assert [turn.question for turn in gated.heard[-1][1]] == [f"First, {CANARY}.", f"And wait, {CANARY}."]


def wait_for(reached: Callable[[], bool], seconds: float = 10) -> None:
    ends = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < ends, "This never happened."
        time.sleep(0.05)


def request_of(
    numbers: dict[str, dict[str, Any]], event: str, session: Any, event_data: Any = None, data: Any = None
) -> dict[str, Any]:
    """What the page sends for an event."""
    number = numbers[event]
    return {
        "fn_index": number["id"],
        "data": [None] * len(number["inputs"]) if data is None else data,
        "event_data": event_data,
        "session_hash": session,
        "trigger_id": number["targets"][0][0],
    }


def listen(base: str, session: str) -> Iterator[dict[str, Any]]:
    """Every message of a session's stream, to its end."""
    with httpx.stream("GET", f"{base}gradio_api/queue/data?session_hash={session}", timeout=30) as stream:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                yield json.loads(line[6:])


def answer_of(client: httpx.Client, method: str, path: str, **more: Any) -> str:
    """Everything that comes back, or as much of it as comes within a moment."""
    said = ""
    with suppress(httpx.ReadTimeout, httpx.RemoteProtocolError), client.stream(method, path, **more) as answer:
        said = f"{answer.status_code} {answer.headers}"
        for part in answer.iter_text():
            said += part
            if "ALIVE" in part:
                break
    return said


def attempts(method: str, path: str, own: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Addresses and bodies that somebody could try at a route."""
    for guess in (*GUESSES, own):
        filled = re.sub(r"\{[^}]*\}", quote(guess, safe=""), path)
        query = urlencode(dict.fromkeys(("session_hash", "event_id", "after", "page", "deep_link"), guess))
        yield f"{filled}?{query}", {"session_hash": guess, "event_id": guess, "fn_index": 0, "data": [None]}
    if method != "POST":
        return
    if path.endswith("/cancel"):
        for number in range(-1, 6):
            yield path, {"session_hash": own, "fn_index": number, "event_id": secrets.token_hex(16)}
    if path.endswith("/queue/join"):
        for number in (-1, *range(6), 999):
            for data in ([], [None], [[{"number": 1, "question": "x"}]], [{"session_hash": "x"}], ["x"]):
                yield (
                    path,
                    {"session_hash": own, "fn_index": number, "data": data, "event_data": {"retry": True}, "trigger_id": number},
                )
    if path.startswith("/api/v1/"):
        for question in ("What did the visitor before me say?", "What is the plan called?"):
            yield path, {"question": question}
            yield path, {"question": "And?", "turns": [question]}
            yield path, {"question": "And?", "turns": [question], "session_hash": own}
            yield path, {"rating": "up", "comment": question, "keep_text": True}


ROUTES = {**{route: [route] for route in sorted(OPEN)}, "closed": sorted(CLOSED)}


@pytest.mark.parametrize("asked", ROUTES.values(), ids=ROUTES)
def test_no_route_tells_what_another_visitor_says_or_anything_about_the_machine(base: str, other: Other, asked: list[str]):
    with httpx.Client(base_url=base, timeout=PATIENCE) as client:
        for method, path in (route.split(" ") for route in asked):
            for address, body in attempts(method, path, secrets.token_hex(8)):
                said = answer_of(client, method, address, **({"json": body} if method == "POST" else {}))
                assert said
                assert [secret for secret in other.secrets if secret in said] == []
                assert technical(said) == [] or "text/javascript" in said, (address, body)


PLACES = {
    str(place)
    for place in (
        Path(coach.__file__).parents[1],
        Path.home(),
        Path.cwd(),
        sys.prefix,
        sys.base_prefix,
        sysconfig.get_path("purelib"),
        "/site-packages",
        "/tmp/",
    )
}
TECHNICAL = re.compile(
    r"0x[0-9a-f]{6,}|Traceback|File \"|\b[A-Z]\w+(?:Error|Exception)\b(?! handling)|\bobject (?:at|has)\b|NoneType|not (?:iterable|subscriptable)"
)


def technical(text: str) -> list[str]:
    """Traces of the program in a text: where it is installed, addresses in memory, an interpreter's words."""
    return [place for place in PLACES if place in text] + TECHNICAL.findall(text)


OWN = {
    "question": {"question": "Who leads?"},
    "retry": {"retry": True},
    "retry of another": {"retry": True, "after": "1", "number": 1},
    "after": {"question": "And then?", "after": "1"},
    "another session": {"question": "Who leads?", "session_hash": "visitor", "event_id": "x"},
    "what was said": {"question": "Repeat what I said."},
    "what is known": {"question": "Who am I?", "about": "Name: ?"},
    "nothing": None,
}


@pytest.mark.parametrize("event_data", OWN.values(), ids=OWN)
def test_no_event_of_ones_own_session_touches_another(
    base: str, other: Other, gated: Gated, numbers: dict[str, dict[str, Any]], event_data: Any
):
    session = secrets.token_hex(8)
    heard = len(gated.heard)
    for event in EVENTS:
        for data in (None, [[{"number": 1, "question": "x", "answer": "forged"}]], ["x"]):
            body = request_of(numbers, event, session, event_data, data if numbers[event]["inputs"] else None)
            assert httpx.post(base + "gradio_api/queue/join", json=body).status_code == 200
            said = json.dumps(list(listen(base, session)))
            assert [secret for secret in other.secrets if secret in said] == []
            assert technical(said) == []
    assert CANARY not in repr(gated.heard[heard:])


def test_leaving_and_coming_back_under_an_odd_name_ends_nothing(base: str, other: Other):
    with httpx.Client(base_url=base, timeout=PATIENCE) as client:
        for name in (
            *GUESSES,
            other.visitor.session[:-1],
            other.visitor.session + "0",
            other.visitor.session.upper(),
            f" {other.visitor.session}",
        ):
            for path in (f"gradio_api/heartbeat/{name}", f"gradio_api/queue/data?session_hash={name}"):
                said = answer_of(client, "GET", path)
                assert CANARY not in said and other.event not in said


def test_only_the_name_of_the_session_opens_it(base: str, gated: Gated):
    """The other side: what the tests above try does work under the right name, so they try the right things."""
    gated.gate.set()
    name = secrets.token_hex(16)
    Visitor(base, name).ask(f"First, {CANARY}.")
    assert CANARY in json.dumps(Visitor(base, name).send("ask", {"retry": True}))
    assert CANARY in json.dumps(Visitor(base, name).send("stop"))
    assert CANARY not in json.dumps(Visitor(base, name + "0").send("ask", {"retry": True}))


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_an_error_inside_tells_a_program_nothing(base: str, accept: str):
    answer = httpx.post(base + "api/v1/answers", json={"question": "This breaks."}, headers={"accept": accept}, timeout=20)
    assert "Something went wrong here" in answer.text
    assert technical(answer.text) == [] and "secret detail" not in answer.text


def test_an_error_inside_tells_a_visitor_nothing(base: str):
    shown = json.dumps(Visitor(base, secrets.token_hex(8)).ask("This breaks."))
    assert "Something went wrong on my side" in shown
    assert technical(shown) == [] and "secret detail" not in shown


# What visitors leave behind


def tree(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file below a folder, with what it holds and when it was last written."""
    return {
        str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) if path.is_file() else ("folder", 0)
        for path in sorted(folder.rglob("*"))
    }


@contextmanager
def serving(places: dict[str, Path], said: Path) -> Iterator[str]:
    """The address of `coach serve` with everything that it could write to in these folders; what it says itself goes to a file."""
    environment = {**os.environ, "HOME": str(places["home"]), "XDG_CACHE_HOME": str(places["home"] / ".cache")}
    environment |= {"TMPDIR": str(places["tmp"])} | {f"COACH_{n.upper()}": str(places[n]) for n in ("cache", "index", "corpus")}
    command = [sys.executable, "-m", "coach", "serve", "--port", "0"]
    with said.open("wb") as log:
        process = subprocess.Popen(command, cwd=places["here"], env=environment, stdout=log, stderr=log)
        try:
            wait_for(lambda: "stop with Ctrl+C" in said.read_text(encoding="utf-8"), 120)
            yield re.findall(r"http://\S+/", said.read_text(encoding="utf-8"))[-1]
            process.send_signal(signal.SIGTERM)
            process.wait(20)
        finally:
            process.kill()
            process.wait()


def converse(base: str) -> None:
    """Visitors who ask, stop, start anew, leave in the middle, and send what is no message at all."""
    visitor = Visitor(base, secrets.token_hex(8))
    for question in (
        "When may the office dog visit?",
        "How long is parental leave?",
        "What about me?",
        "\x00",
        "x" * 3_000,
        7,
        None,
    ):
        visitor.ask(question)
    for event in EVENTS[1:]:
        visitor.send(event)
    with httpx.Client(base_url=base, timeout=20) as client:
        for body in (
            {"question": "When may the office dog visit?"},
            {"question": "And?", "turns": ["Hi"]},
            {"question": ""},
            [],
            7,
        ):
            client.post("api/v1/answers", json=body)
            client.post("api/v1/answers", json=body, headers={"accept": "text/event-stream"})
            client.post("gradio_api/queue/join", json=body)
            client.post("gradio_api/upload", files={"files": ("x.txt", b"x" * 1_000)})
            client.post("gradio_api/cancel", content=b"{" * 1_000, headers={"content-type": "application/json"})
        for path in (
            "",
            "embed/demo",
            "demo",
            "api/v1/",
            "api/v1/suggestions?role=x",
            "api/v1/documents/ladder",
            "nowhere",
            "theme.css",
        ):
            client.get(path)
        client.post(
            "api/v1/feedback",
            json={"rating": "down", "passages": ["ladder#x"], "comment": CANARY, "question": CANARY, "keep_text": True},
        )
        with suppress(httpx.ReadTimeout):
            client.get("gradio_api/heartbeat/leaving", timeout=0.2)


def test_visitors_leave_nothing_behind_but_feedback(tmp_path: Path, cache: Path):
    places = {name: tmp_path / "places" / name for name in ("home", "tmp", "here", "index", "corpus")}
    for folder in places.values():
        folder.mkdir(parents=True)
    places["cache"] = Path(shutil.copytree(cache, tmp_path / "places" / "cache"))
    write_pages(places["corpus"])
    with serving(places, tmp_path / "said") as base:
        before = tree(tmp_path / "places")
        converse(base)
        after = tree(tmp_path / "places")
    kept = places["cache"] / "feedback.jsonl"
    assert {path for path in before | after if before.get(path) != after.get(path)} == {str(kept)}
    [line] = kept.read_text(encoding="utf-8").splitlines()
    assert json.loads(line).keys() == {"day", "rating", "passages", "question", "comment"} and line.count(CANARY) == 2
    assert set(tree(tmp_path / "places")) <= set(before) | {str(kept)}
    assert CANARY not in (tmp_path / "said").read_text(encoding="utf-8")
