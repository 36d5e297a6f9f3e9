"""The programming interface says what the command line says, tells errors as problems, and does what its description promises."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from browser.server import running
from browser.standin import TEXT, StandIn
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR
from starlette.testclient import TestClient

from coach.shapes import MAX_EARLIER, MAX_QUESTION
from coach.types import Answer, Turn
from coach.web.app import create_app
from coach.web.config import WebConfig
from coach.web.embeds import Embed, Embeds
from coach.web.limits import Limits
from coach.wire import answer_json

MANY = 1_000_000
LIMITS = Limits(MANY, MANY, MANY, MANY, MANY, MANY)
OPERATIONS = [("/answers", "POST"), ("/documents/{document_id}", "GET"), ("/feedback", "POST"), ("/suggestions", "GET")]
ANSWERS = "/api/v1/answers"
OURS, THEIRS = "https://coach.example", "https://jobs.example"
STREAMED = {"accept": "text/event-stream"}
PREFLIGHT = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}


class Counting(StandIn):
    """Takes its time over each sentence and counts them."""

    steps = 0

    def stream(self, question: str, history: Sequence[Turn] = (), about: Sequence[str] | None = None) -> Iterator[Answer]:
        with closing(super().stream(question, history)) as stream:  # type: ignore[type-var]
            for step in stream:
                self.steps += 1
                yield step


class Broken(StandIn):
    """Fails at everything."""

    def recall(self, messages: Iterable[str]) -> list[Turn]:
        raise RuntimeError("secret detail")

    def document(self, document_id: str) -> Any:
        raise RuntimeError("secret detail")


@pytest.fixture(scope="module")
def feedback(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feedback") / "deep" / "feedback.jsonl"


@pytest.fixture(scope="module")
def standin() -> StandIn:
    return StandIn()


@pytest.fixture(scope="module")
def app(standin: StandIn, feedback: Path) -> FastAPI:
    named = {"jobs": Embed("jobs", suggestions=("How do I apply?",)), "bare": Embed("bare")}
    return create_app(standin, WebConfig(Embeds(named, LIMITS), feedback=feedback))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=OURS) as client:
        yield client


@pytest.fixture(scope="module")
def guarded() -> Iterator[TestClient]:
    config = WebConfig(Embeds(limits=LIMITS), api_origins=(THEIRS,), api_token="sesame café")
    with TestClient(create_app(StandIn(), config), base_url=OURS) as client:
        yield client


def bearer(token: str) -> dict[str, bytes]:
    return {"authorization": f"Bearer {token}".encode()}


TOKEN = bearer("sesame café")


def events(text: str) -> list[tuple[str, Any]]:
    """Name and data of each server-sent event."""
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def is_problem(answer: httpx.Response, status: int) -> bool:
    """Whether a response is a problem of RFC 9457 that says what to do and nothing technical."""
    told = answer.json()
    return (
        answer.status_code == told["status"] == status
        and answer.headers["content-type"] == "application/problem+json"
        and (told["type"], bool(told["title"]), bool(told["detail"])) == ("about:blank", True, True)
        and not any(word in answer.text for word in ("Traceback", "secret detail", "site-packages", "Error:"))
    )


# ---- answers


@pytest.mark.parametrize(
    "question",
    ["Who leads?", "Compare a PM and a VP", "How do I grow?", "What is my salary?", "Will the weather hold?", "hopeless", "hi", "[" * 99],
    ids=lambda question: question[:12],
)  # fmt: skip
def test_answer_is_what_the_command_line_prints(client: TestClient, standin: StandIn, question: str):
    answer = client.post(ANSWERS, json={"question": question})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == answer_json(standin.ask(question))


def test_follow_up_is_asked_after_the_earlier_messages(client: TestClient, standin: StandIn):
    turns = ["Who leads?", "How do I grow?"]
    answer = client.post(ANSWERS, json={"question": "And a PM?", "turns": turns})
    assert answer.json() == answer_json(standin.ask("And a PM?"))
    assert standin.heard[-2] == ("And a PM?", tuple(standin.recall(turns)))


def test_quotes_stand_in_their_documents_where_the_answer_says(client: TestClient):
    citations = client.post(ANSWERS, json={"question": "Compare a PM and a VP"}).json()["citations"]
    assert len(citations) == 4
    for citation in citations:
        text = client.get(f"/api/v1/documents/{citation['document_id']}").json()["text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_streamed_answer_is_each_sentence_with_its_proof_and_then_the_whole(client: TestClient, standin: StandIn):
    answer = client.post(ANSWERS, json={"question": "Who leads?"}, headers=STREAMED)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    whole = answer_json(standin.ask("Who leads?"))
    proved = [
        ("sentence", s | {"proof": [c for c in whole["citations"] if c["number"] in s["citations"]]}) for s in whole["sentences"]
    ]
    assert len(proved) == 3 and all(s["proof"] for _, s in proved)
    assert events(answer.text) == [*proved, ("answer", whole)]


def test_streamed_refusal_is_one_answer(client: TestClient, standin: StandIn):
    answer = client.post(ANSWERS, json={"question": "What is my salary?"}, headers=STREAMED)
    assert events(answer.text) == [("answer", answer_json(standin.ask("What is my salary?")))]


def test_stream_of_a_coach_that_breaks_ends_with_an_error(client: TestClient):
    answer = client.post(ANSWERS, json={"question": "This breaks"}, headers=STREAMED)
    assert [name for name, _ in events(answer.text)] == ["sentence", "error"]
    assert events(answer.text)[-1][1]["status"] == 500
    assert "secret detail" not in answer.text


def test_coach_that_breaks_is_a_problem_without_details():
    with TestClient(create_app(Broken()), base_url=OURS, raise_server_exceptions=False) as client:
        assert is_problem(client.post(ANSWERS, json={"question": "Who leads?"}), 500)
        assert is_problem(client.get("/api/v1/documents/vp"), 500)
        streamed = client.post(ANSWERS, json={"question": "Who leads?"}, headers=STREAMED)
        assert [name for name, _ in events(streamed.text)] == ["error"]


def test_reader_who_leaves_ends_the_work_and_gives_the_place_back():
    coach = Counting(pause=1.0)
    with running(coach, config=WebConfig(Embeds(limits=Limits(answers_at_once=1)))) as base:
        with httpx.stream("POST", base + ANSWERS[1:], json={"question": "Compare a PM and a VP"}, headers=STREAMED) as answer:
            first = next(answer.iter_lines())
            busy = httpx.post(base + ANSWERS[1:], json={"question": "hi"})
            told = httpx.post(base + ANSWERS[1:], json={"question": "hi"}, headers=STREAMED)
        assert first == "event: sentence"
        assert is_problem(busy, 503) and busy.headers["retry-after"] == "5"
        [(name, data)] = events(told.text)
        assert (name, data["status"]) == ("error", 503)
        deadline = time.monotonic() + 10
        while not coach.closed and time.monotonic() < deadline:
            time.sleep(0.02)
        assert coach.closed == 1
        assert coach.steps < 4
        assert httpx.post(base + ANSWERS[1:], json={"question": "hi"}).status_code == 200


def test_too_many_questions_are_told_when_to_come_back():
    with TestClient(create_app(StandIn(), WebConfig(Embeds(limits=Limits(address_per_minute=1))))) as client:
        assert client.post(ANSWERS, json={"question": "hi"}).status_code == 200
        refused = client.post(ANSWERS, json={"question": "hi"})
        assert is_problem(refused, 429)
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert refused.json()["retry_after"] == int(refused.headers["retry-after"])


# ---- suggestions and documents


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"embed": "jobs"}, ["How do I apply?"]),
        ({"embed": "jobs", "role": "vp-of-product"}, ["How do I apply?"]),
        ({"role": "vp-of-product"}, ["Who does a VP of Product lead?"]),
        ({"embed": "bare", "role": "vp-of-product"}, ["Who does a VP of Product lead?"]),
        ({}, list(StandIn().examples)),
        ({"embed": "nobody", "role": "astronaut"}, list(StandIn().examples)),
    ],
    ids=["embed", "embed-before-role", "role", "embed-without-its-own", "default", "unknown"],
)
def test_suggestions_are_the_embeds_else_the_roles_else_the_coachs(
    client: TestClient, query: dict[str, str], expected: list[str]
):
    assert client.get("/api/v1/suggestions", params=query).json() == {"suggestions": expected}


def test_document_is_whole(client: TestClient):
    found = client.get("/api/v1/documents/vp").json()
    assert (found["id"], found["title"], found["kind"]) == ("vp", "What a VP of Product does", "role")
    assert found["text"] == TEXT
    assert [source["url"] for source in found["sources"]] == ["https://example.org/vp-of-product", ""]


# ---- feedback


def test_feedback_keeps_no_words_unless_the_person_chose_it(client: TestClient, feedback: Path):
    said = {"rating": "up", "passages": ["vp#leads", "my secret"], "question": "my secret", "comment": "my secret"}
    assert client.post("/api/v1/feedback", json=said).status_code == 204
    assert client.post("/api/v1/feedback", json=said | {"keep_text": True, "rating": "down"}).status_code == 204
    quiet, loud = (json.loads(line) for line in feedback.read_text(encoding="utf-8").splitlines()[-2:])
    assert quiet.keys() == {"day", "rating", "passages"}
    assert (quiet["rating"], quiet["passages"]) == ("up", ["vp#leads"])
    assert loud == quiet | {"rating": "down", "question": "my secret", "comment": "my secret"}


def test_only_feedback_is_ever_written(tmp_path: Path):
    kept = tmp_path / "kept" / "feedback.jsonl"
    with TestClient(create_app(StandIn(), WebConfig(feedback=kept))) as client:
        client.post(ANSWERS, json={"question": "my secret"})
        client.post(ANSWERS, json={"question": "my secret", "turns": ["my secret"]}, headers=STREAMED)
        client.get("/api/v1/suggestions", params={"role": "my secret"})
        assert list(tmp_path.iterdir()) == []
        client.post("/api/v1/feedback", json={"rating": "up"})
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [kept]


def test_feedback_of_a_server_that_keeps_none_is_taken_and_forgotten():
    with TestClient(create_app(StandIn())) as client:
        assert client.post("/api/v1/feedback", json={"rating": "up"}).status_code == 204


def test_feedback_that_fits_no_more_is_refused_quietly(tmp_path: Path):
    full = tmp_path / "feedback.jsonl"
    full.write_bytes(b"x" * 10_000_000)
    with TestClient(create_app(StandIn(), WebConfig(feedback=full))) as client:
        assert client.post("/api/v1/feedback", json={"rating": "up"}).status_code == 204
    assert full.stat().st_size == 10_000_000


def test_feedback_that_cannot_be_written_is_a_problem(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    with TestClient(create_app(StandIn(), WebConfig(feedback=tmp_path))) as client:
        assert is_problem(client.post("/api/v1/feedback", json={"rating": "up"}), 503)
    assert "COACH_FEEDBACK" in caplog.text


# ---- problems


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "words"),
    [
        ("GET", "/api/v1/documents/nobody", None, 404, "no document"),
        ("GET", "/api/v1/nowhere", None, 404, "nothing at this address"),
        ("POST", "/api/v1/suggestions", {}, 404, "nothing at this address"),
        ("GET", "/api/v1/suggestions?embed=" + "x" * 41, None, 422, "query.embed"),
        ("GET", "/api/v1/suggestions?" + "a&" * 60, None, 400, "50 fields"),
        ("GET", "/api/v1/documents/" + "%C3%A9" * 200, None, 414, "too long"),
        ("GET", "/assets/.", None, 404, "nothing at this address"),
        ("POST", ANSWERS, {}, 422, "body.question"),
        ("POST", ANSWERS, {"question": " \n"}, 422, "body.question"),
        ("POST", ANSWERS, {"question": "x" * (MAX_QUESTION + 1)}, 422, f"{MAX_QUESTION}"),
        ("POST", ANSWERS, {"question": "x", "turns": ["x"] * (MAX_EARLIER + 1)}, 422, f"{MAX_EARLIER}"),
        ("POST", ANSWERS, {"question": "x", "history": []}, 422, "body.history"),
        ("POST", ANSWERS, {"question": "x" * 70_000}, 413, "65,536 bytes"),
        ("POST", "/api/v1/feedback", {"rating": "sideways"}, 422, "body.rating"),
        ("POST", "/api/v1/feedback", {"rating": "up", "keep_text": "yes"}, 422, "body.keep_text"),
    ],
    ids=[
        "document", "address", "method", "long-query", "many-fields", "long-path", "asset", "no-question", "blank", "long",
        "turns", "extra", "large", "rating", "keep-text",
    ],
)  # fmt: skip
def test_every_error_is_a_problem(client: TestClient, method: str, path: str, sent: Any, status: int, words: str):
    answer = client.request(method, path, json=sent)
    assert is_problem(answer, status)
    assert words in answer.json()["detail"]


def test_error_of_gradios_own_is_a_problem_too(client: TestClient):
    assert is_problem(client.post("/gradio_api/queue/join", json={"session_hash": "a"}), 422)
    refused = client.head("/theme.css")
    assert (refused.status_code, refused.headers["content-type"]) == (405, "application/problem+json")


# ---- who may call


@pytest.mark.parametrize("origin", [THEIRS, "null", "http://coach.example", "https://coach.example.evil.example"])
def test_pages_of_other_origins_may_not_call(client: TestClient, origin: str):
    for answer in (
        client.post(ANSWERS, json={"question": "hi"}, headers={"origin": origin}),
        client.get("/api/v1/suggestions", headers={"origin": origin}),
        client.get("/api/v1/documents/vp", headers={"origin": origin}),
        client.post("/api/v1/feedback", json={"rating": "up"}, headers={"origin": origin}),
    ):
        assert is_problem(answer, 403)
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("headers", [{}, {"origin": OURS}], ids=["program", "own-page"])
def test_programs_and_own_pages_may_call(client: TestClient, headers: dict[str, str]):
    assert client.post(ANSWERS, json={"question": "hi"}, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{}, bearer("wrong"), bearer(""), {"authorization": "sesame café".encode()}, {"authorization": "Basic c2VzYW1l"}, {"origin": OURS}],
    ids=["none", "wrong", "empty", "no-scheme", "basic", "own-page"],
)  # fmt: skip
def test_token_is_asked_for_where_one_is_set(guarded: TestClient, headers: dict[str, Any]):
    for answer in (
        guarded.post(ANSWERS, json={"question": "hi"}, headers=headers),
        guarded.get("/api/v1/suggestions", headers=headers),
        guarded.get("/api/v1/documents/vp", headers=headers),
        *([] if headers == {"origin": OURS} else [guarded.post("/api/v1/feedback", json={"rating": "up"}, headers=headers)]),
    ):
        assert is_problem(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"


def test_the_coachs_own_page_gives_feedback_without_the_token(guarded: TestClient):
    assert guarded.post("/api/v1/feedback", json={"rating": "up"}, headers={"origin": OURS}).status_code == 204


def test_listed_origin_with_the_token_may_call_and_read_even_refusals(guarded: TestClient):
    headers: dict[str, Any] = {"origin": THEIRS, **TOKEN}
    answered = guarded.post(ANSWERS, json={"question": "hi"}, headers=headers)
    assert answered.status_code == 200
    large = guarded.post(ANSWERS, json={"question": "x" * 70_000}, headers=headers)
    assert is_problem(large, 413)
    tokenless = guarded.post(ANSWERS, json={"question": "hi"}, headers={"origin": THEIRS})
    assert is_problem(tokenless, 401)
    for answer in (answered, large, tokenless):
        assert answer.headers["access-control-allow-origin"] == THEIRS
        assert "access-control-allow-credentials" not in answer.headers


def test_origin_that_is_not_listed_may_not_call_even_with_the_token(guarded: TestClient):
    assert is_problem(guarded.get("/api/v1/suggestions", headers={"origin": "https://evil.example", **TOKEN}), 403)  # type: ignore[dict-item]


def test_listing_without_a_token_opens_nothing():
    with TestClient(create_app(StandIn(), WebConfig(api_origins=(THEIRS,))), base_url=OURS) as client:
        assert is_problem(client.get("/api/v1/suggestions", headers={"origin": THEIRS}), 403)


def test_browsers_are_let_ask_first_only_where_origins_are_listed(client: TestClient, guarded: TestClient):
    assert client.options(ANSWERS, headers={"origin": THEIRS, **PREFLIGHT}).status_code == 404
    allowed = guarded.options(ANSWERS, headers={"origin": THEIRS, **PREFLIGHT})
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, THEIRS)
    assert {"authorization", "content-type"} <= set(allowed.headers["access-control-allow-headers"].lower().split(", "))
    for path, origin in ((ANSWERS, "https://evil.example"), ("/gradio_api/queue/join", THEIRS), ("/", THEIRS)):
        refused = guarded.options(path, headers={"origin": origin, **PREFLIGHT})
        assert refused.is_client_error
        assert "access-control-allow-origin" not in refused.headers


@pytest.mark.parametrize("path", ["", "openapi.json", "suggestions", "documents/vp", "documents/nobody"])
def test_every_response_carries_the_security_headers(client: TestClient, path: str):
    headers = client.get(f"/api/v1/{path}").headers
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin")
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["cross-origin-resource-policy"] == "same-origin"


# ---- the description and what it promises


def test_description_is_valid_openapi(client: TestClient):
    spec = client.get("/api/v1/openapi.json").json()
    assert spec["openapi"].startswith("3.1")
    assert list(OPENAPI_31_VALIDATOR.iter_errors(spec)) == []
    assert sorted((path, method.upper()) for path, ends in spec["paths"].items() for method in ends) == OPERATIONS


def test_page_describes_every_operation_and_its_answers(client: TestClient):
    page = client.get("/api/v1/").text
    for path, ends in client.get("/api/v1/openapi.json").json()["paths"].items():
        for method, operation in ends.items():
            assert f"<h2><code>{method.upper()} /api/v1{path}</code></h2>" in page
            assert operation["description"].partition("`")[0] in page
            assert f"Answers: {', '.join(operation['responses'])}." in page


def test_description_stays_open_and_says_that_a_token_is_needed(client: TestClient, guarded: TestClient):
    assert "Authorization: Bearer" in guarded.get("/api/v1/").text
    assert guarded.get("/api/v1/openapi.json").json()["paths"]["/answers"]["post"]["security"] == [{"HTTPBearer": []}]
    assert "Authorization: Bearer" not in client.get("/api/v1/").text


@pytest.fixture(scope="module")
def described(standin: StandIn) -> Iterator[Any]:
    with running(standin, config=WebConfig(Embeds(limits=LIMITS))) as base:
        schema = schemathesis.openapi.from_url(base + "api/v1/openapi.json")
        schema.config.update(base_url=base + "api/v1")
        yield schema


PROMISES = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.positive_data_acceptance,
    checks.negative_data_rejection,
]


@pytest.mark.parametrize(
    ("path", "method", "mode"),
    [
        (path, method, mode)
        for path, method in OPERATIONS
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        if mode is GenerationMode.POSITIVE or "{" not in path  # any text may be a document's id
    ],
    ids=lambda value: getattr(value, "value", value),
)
def test_every_response_is_as_described(described: Any, path: str, method: str, mode: GenerationMode):
    @settings(max_examples=20, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(described[path][method].as_strategy(generation_mode=mode))
    def keeps_its_promises(case: schemathesis.Case) -> None:
        response = case.call_and_validate(checks=PROMISES)
        assert response.status_code < 500

    keeps_its_promises()
