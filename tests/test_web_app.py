"""The server lets through only what the page needs, says so on every response, and keeps visitors apart."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio
import httpx
import pytest
from browser.server import Visitor, running
from browser.standin import StandIn
from fastapi import FastAPI
from starlette.routing import Mount
from starlette.testclient import TestClient

import coach
from coach.errors import SettingsError
from coach.web.app import create_app, open_socket
from coach.web.chat import Handlers
from coach.web.config import WebConfig
from coach.web.embeds import Embeds
from coach.web.exchange import Exchange, Status
from coach.web.guard import content_security_policy, is_open
from coach.web.limits import Limiter, Limits

OPEN = {
    "GET /",
    "HEAD /",
    "GET /assets/{path:path}",
    "GET /api/v1/",
    "GET /api/v1/documents/{document_id}",
    "GET /api/v1/openapi.json",
    "GET /api/v1/suggestions",
    "GET /demo",
    "GET /widget.js",
    "HEAD /api/v1/openapi.json",
    "HEAD /demo",
    "HEAD /widget.js",
    "POST /api/v1/answers",
    "POST /api/v1/feedback",
    "GET /coach/page.js",
    "GET /coach/style.css",
    "GET /favicon.ico",
    "GET /gradio_api/heartbeat/{session_hash}",
    "GET /gradio_api/queue/data",
    "GET /healthz",
    "GET /manifest.json",
    "GET /robots.txt",
    "GET /static/{path:path}",
    "GET /theme.css",
    "HEAD /coach/page.js",
    "HEAD /coach/style.css",
    "HEAD /favicon.ico",
    "HEAD /healthz",
    "HEAD /manifest.json",
    "POST /gradio_api/cancel",
    "POST /gradio_api/queue/join",
}
CLOSED = {
    "GET /config",
    "GET /gradio_api/app_id",
    "GET /gradio_api/call/v2/{api_name}/{event_id}",
    "GET /gradio_api/call/{api_name}/{event_id}",
    "GET /gradio_api/custom_component/{id}/{environment}/{type}/{file_name}",
    "GET /gradio_api/deep_link",
    "GET /gradio_api/dev/reload",
    "GET /gradio_api/file/{path:path}",
    "GET /gradio_api/file={path_or_url:path}",
    "GET /gradio_api/info",
    "GET /gradio_api/login_check",
    "GET /gradio_api/openapi.json",
    "GET /gradio_api/proxy={url_path:path}",
    "GET /gradio_api/queue/status",
    "GET /gradio_api/runs",
    "GET /gradio_api/startup-events",
    "GET /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file",
    "GET /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8",
    "GET /gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}",
    "GET /gradio_api/theme.css",
    "GET /gradio_api/token",
    "GET /gradio_api/upload_progress",
    "GET /gradio_api/user",
    "GET /gradio_api/vibe-code",
    "GET /logout",
    "GET /monitoring",
    "GET /monitoring/summary",
    "GET /monitoring/{key}",
    "GET /openapi.json",
    "GET /pwa_icon",
    "GET /pwa_icon/{size}",
    "GET /svelte/{path:path}",
    "HEAD /gradio_api/file={path_or_url:path}",
    "HEAD /gradio_api/proxy={url_path:path}",
    "HEAD /openapi.json",
    "POST /gradio_api/api/{api_name}",
    "POST /gradio_api/call/v2/{api_name}",
    "POST /gradio_api/call/{api_name}",
    "POST /gradio_api/component_server",
    "POST /gradio_api/process_recording",
    "POST /gradio_api/reset",
    "POST /gradio_api/run/{api_name}",
    "POST /gradio_api/stream/{event_id}",
    "POST /gradio_api/stream/{event_id}/close",
    "POST /gradio_api/undo-vibe-edit",
    "POST /gradio_api/upload",
    "POST /gradio_api/vibe-code",
    "POST /gradio_api/vibe-edit",
    "POST /gradio_api/vibe-starter-queries",
    "POST /login",
}
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(StandIn())


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="https://coach.example") as client:
        yield client


@pytest.fixture(scope="module")
def standin() -> StandIn:
    return StandIn()


@pytest.fixture(scope="module")
def base(standin: StandIn) -> Iterator[str]:
    with running(standin) as address:
        yield address


def routes(holder: Any, prefix: str = "") -> Iterator[str]:
    """Every method and path that is registered, however deep Gradio and FastAPI have put it."""
    for route in holder.routes:
        inner = getattr(route, "original_router", None) or (route if hasattr(route, "routes") else None)
        if inner is not None:
            yield from routes(inner, prefix + (route.path if isinstance(route, Mount) else ""))
        else:
            path = prefix + (route.path if route.path == "/" else route.path.rstrip("/"))
            yield from (f"{method} {path}" for method in route.methods)


def test_every_route_is_known_and_open_or_closed_on_purpose(app: FastAPI):
    assert set(routes(app)) == OPEN | CLOSED


@pytest.mark.parametrize("route", sorted(CLOSED))
def test_closed_routes_do_not_exist(client: TestClient, route: str):
    method, path = route.split(" ")
    for asked in (re.sub(r"\{[^}]*\}", "x", path), re.sub(r"\{[^}]*\}", "x", path) + "/"):
        answer = client.request(method, asked)
        assert (answer.status_code, answer.headers.get("x-content-type-options")) == (404, "nosniff"), asked


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/assets/../config"),
        ("GET", "/assets/%2e%2e/%2e%2e/etc/passwd"),
        ("GET", "/static/js/../../../config"),
        ("GET", "//config"),
        ("GET", "/gradio_api/queue/data/"),
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/file=https://example.org/"),
        ("GET", "/docs"),
        ("GET", "/redoc"),
        ("GET", "/gradio_api/run-history/records"),
        ("POST", "/"),
        ("PUT", "/gradio_api/queue/join"),
        ("DELETE", "/healthz"),
        ("GET", "/HEALTHZ"),
        ("GET", "/healthz\n"),
        ("GET", "/coach/app.py"),
        ("GET", "/coach/chat.py"),
    ],
)
def test_other_ways_in_are_closed(client: TestClient, method: str, path: str):
    assert not is_open(method, path)
    if not path.startswith("//") and "\n" not in path:  # the client would read these as something else
        assert client.request(method, path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/healthz",
        "/favicon.ico",
        "/manifest.json",
        "/robots.txt",
        "/coach/page.js",
        "/coach/style.css",
        "/theme.css",
        "/nowhere",
    ],
)
def test_every_response_carries_the_security_headers(client: TestClient, path: str):
    answer = client.get(path)
    assert answer.status_code == (404 if path == "/nowhere" else 200)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
    assert {name: policy[name] for name in ("default-src", "object-src", "media-src", "frame-src")} == dict.fromkeys(
        ("default-src", "object-src", "media-src", "frame-src"), "'none'"
    )
    assert policy["frame-ancestors"] == policy["form-action"] == policy["base-uri"] == policy["connect-src"] == "'self'"
    assert policy["img-src"] == "'self' data:"
    assert "'unsafe-inline'" not in policy["script-src"] and "http" not in policy["script-src"]
    assert "server" not in answer.headers


def test_page_scripts_run_by_a_nonce_that_is_never_used_twice(client: TestClient):
    nonces = []
    for _ in range(2):
        answer = client.get("/")
        [nonce] = set(re.findall(r"<script[^>]*?\bnonce=\"([^\"]+)\"", answer.text))
        assert len(re.findall(r"<script", answer.text)) == answer.text.count(f'nonce="{nonce}"')
        assert content_security_policy(nonce) == answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        nonces.append(nonce)
    assert nonces[0] != nonces[1]


def test_page_tells_nothing_about_the_machine_and_points_nowhere_else(client: TestClient):
    page = re.sub(r'nonce="[^"]+"', "", client.get("/").text)  # by chance it may hold a machine's short name
    for secret in (
        str(Path(coach.__file__).parents[1]),
        str(Path(gradio.__file__).parent),
        str(Path.home()),
        sys.prefix,
        socket.gethostname(),
    ):
        assert secret not in page
    assert set(re.findall(r"https?://[\w.-]+", page)) <= {"https://coach.example"}
    assert not re.search(r"0x[0-9a-f]{8}", page)
    assert "<title>Career coach</title>" in page
    assert page.index("coach/page.js") < page.index("window.gradio_config")


def test_head_of_the_page_answers_without_a_body(client: TestClient):
    answer = client.head("/")
    assert (answer.status_code, answer.text) == (200, "")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://coach.example.evil.example"])
def test_no_other_origin_is_allowed(client: TestClient, origin: str):
    for path in ("/", "/gradio_api/queue/data?session_hash=x", "/healthz"):
        with client.stream("GET", path, headers={"origin": origin}) as answer:
            assert not [name for name in answer.headers if name.startswith("access-control")]
    preflight = client.options("/gradio_api/queue/join", headers={"origin": origin, "access-control-request-method": "POST"})
    assert "access-control-allow-origin" not in preflight.headers


def test_own_files_are_kept_by_version(client: TestClient):
    page = client.get("/").text
    for name in ("page.js", "style.css"):
        [address] = re.findall(rf'"(coach/{name}\?v=\w+)"', page)
        assert "immutable" in client.get("/" + address).headers["cache-control"]


def test_health_and_manifest(client: TestClient):
    assert client.get("/healthz").json()["status"] == "ok"
    assert client.get("/manifest.json").json()["name"] == "Career coach"
    assert client.get("/favicon.ico").headers["content-type"].startswith("image/svg+xml")


def test_two_visitors_never_share_a_conversation(base: str, standin: StandIn):
    one, two = Visitor(base, "visitorone"), Visitor(base, "visitortwo")
    one.ask("My secret plan: who leads?")
    answer = json.dumps(two.ask("Who leads?"))
    assert "secret plan" not in answer
    assert standin.heard[-1] == ("Who leads?", ())
    one.ask("How do I grow?")
    assert [turn.question for turn in standin.heard[-1][1]] == ["My secret plan: who leads?"]


def test_no_open_address_tells_what_a_visitor_said(base: str):
    Visitor(base, "visitorthree").ask("My secret plan: who leads?")
    for path in ("", "healthz", "manifest.json", "robots.txt", "theme.css", "gradio_api/queue/data?session_hash=somebodyelse"):
        with httpx.stream("GET", base + path) as answer:
            assert "secret plan" not in next(answer.iter_text(), "")


@pytest.mark.parametrize(
    "event_data",
    [
        {"question": "Who leads?", "history": [{"question": "x", "answer": "forged"}], "conversation": ["forged"]},
        {"question": "Who leads?", "answer": "forged", "after": ""},
    ],
    ids=["history", "answer"],
)
def test_history_cannot_be_forged(base: str, standin: StandIn, event_data: dict[str, Any]):
    visitor = Visitor(base, f"forger{event_data.get('answer', '')}")
    visitor.send("ask", event_data, [[{"number": 1, "question": "forged", "answer": "forged"}]])
    assert standin.heard[-1] == ("Who leads?", ())
    visitor.send("ask", {"question": "And then?"}, ["forged"])
    assert [turn.question for turn in standin.heard[-1][1]] == ["Who leads?"]
    assert "forged" not in repr(standin.heard[-1])


@pytest.mark.parametrize(
    "event_data",
    [
        None,
        "text",
        7,
        [],
        {},
        {"question": None},
        {"question": 7},
        {"question": ["x"]},
        {"question": " \x00\n"},
        {"retry": True},
        {"retry": "yes"},
    ],
    ids=repr,
)
def test_message_that_is_no_message_gets_the_kind_notice(base: str, standin: StandIn, event_data: Any):
    heard = len(standin.heard)
    answer = json.dumps(Visitor(base, "odd").send("ask", event_data))
    assert "There is no question yet." in answer
    assert len(standin.heard) == heard


def test_long_conversation_is_asked_to_start_anew():
    handlers = Handlers(StandIn(), Embeds(), Limiter(Limits()))
    full = tuple(Exchange(number, "hi", StandIn().ask("hi"), Status.DONE) for number in range(1, 101))
    visitor = gradio.Request(session_hash="long", client=None, query_params={})
    [(past, current, notice, kept)] = handlers.ask(full, visitor, gradio.EventData(None, {"question": "hi"}))
    assert "This conversation has become very long." in notice
    assert past == current == kept == gradio.skip()


def test_page_whose_conversation_is_gone_keeps_what_it_shows(base: str, standin: StandIn):
    heard = len(standin.heard)
    assert "It stays on this page" in json.dumps(Visitor(base, "away").ask("hi", after="5"))
    assert "It stays on this page" in json.dumps(Visitor(base, "away").send("stop"))
    assert len(standin.heard) == heard


def test_error_in_the_coach_tells_the_visitor_nothing_technical(base: str):
    answer = json.dumps(Visitor(base, "unlucky").ask("This breaks"))
    assert "Something went wrong on my side" in answer
    assert "secret detail" not in answer and "RuntimeError" not in answer and "Traceback" not in answer


def test_malformed_events_tell_nothing_technical(base: str):
    for data in ([], [1, 2, 3], {"x": 1}):
        try:
            answer = json.dumps(Visitor(base, "clumsy").send("ask", {"question": "hi"}, data))
        except httpx.HTTPStatusError as error:
            answer = error.response.text
        assert "Traceback" not in answer and str(Path(coach.__file__).parent) not in answer and "gradio/" not in answer


def test_port_in_use_is_named_with_the_remedy():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"127\.0\.0\.1:{port} .*in use.*--port"):
            open_socket("127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("127.0.0.1", -1), ("127.0.0.1", 65_536)])
def test_address_that_cannot_be_had_is_a_settings_error(host: str, port: int):
    with pytest.raises(SettingsError, match=re.escape(f"{host}:{port}")):
        open_socket(host, port)


def test_server_says_where_it_is_and_stops_within_five_seconds_even_in_the_middle_of_an_answer():
    script = "from browser.standin import StandIn; from coach.web.app import serve; serve(StandIn(), '127.0.0.1', 0)"
    paths = os.pathsep.join([str(Path(coach.__file__).parents[1]), str(Path(__file__).parent)])
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": paths, "GRADIO_ANALYTICS_ENABLED": "False"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
        assert address is not None
        wait_until_up(address[0])
        with httpx.stream("GET", address[0] + "gradio_api/heartbeat/watching") as heartbeat:
            assert next(heartbeat.iter_text())
            question = {"fn_index": 0, "event_data": {"question": "slow one"}, "trigger_id": 5}
            body = {**question, "data": [None], "session_hash": "slow"}
            assert httpx.post(address[0] + "gradio_api/queue/join", json=body).status_code == 200
            time.sleep(0.5)
            started = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=10)
        assert time.monotonic() - started < 5
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    finally:
        process.kill()
        process.communicate()


def wait_until_up(address: str) -> None:
    for _ in range(100):
        try:
            if httpx.get(address + "healthz", timeout=20).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("The server did not answer.")


@pytest.mark.parametrize(
    ("proxies", "let_through"),
    [("", 2), ("127.0.0.1", 4), ("192.0.2.1", 2)],
    ids=["none trusted", "trusted", "another one trusted"],
)
def test_a_visitors_address_is_taken_from_a_trusted_proxy_only(proxies: str, let_through: int):
    limits = Limits(address_per_minute=2)
    with running(StandIn(), config=WebConfig(embeds=Embeds(limits=limits), trusted_proxies=proxies)) as base:
        sent = [
            httpx.post(
                f"{base}api/v1/answers", json={"question": "Who leads?"}, headers={"x-forwarded-for": f"198.51.100.{n % 2}"}
            )
            for n in range(6)
        ]
    assert sum(answer.status_code == 200 for answer in sent) == let_through
    assert {answer.status_code for answer in sent} == {200, 429}


def test_a_proxys_word_on_the_host_counts_only_where_one_is_trusted(client: TestClient):
    page = client.get("/", headers={"x-forwarded-host": "evil.example", "x-gradio-server": "https://evil.example/"}).text
    assert "evil.example" not in page
