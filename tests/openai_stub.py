"""A server on a loopback port that speaks OpenAI's streaming chat completions, well or as badly as a script says."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOOK = 0.02  # seconds between two looks whether the client is still there


@dataclass
class Asked:
    """One request as it came, and how the client left."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    gone: threading.Event = field(default_factory=threading.Event)
    """Set when the client closes the connection before its reply has ended."""


class _Gone(Exception):
    """The client, or the whole server, has gone."""


class Line(BaseHTTPRequestHandler):
    """One connection; a behaviour writes its reply with the methods below."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Stub
    asked: Asked

    def handle(self) -> None:
        with self.server.connected(self.connection), suppress(ConnectionError, _Gone):
            super().handle()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked = Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        behave = self.server.next_behaviour(self.asked)
        try:
            behave(self)
        except ConnectionError:
            self.asked.gone.set()
            raise

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""

    def open(self) -> None:
        """The head of a stream."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def put(self, line: str) -> None:
        """One event."""
        data = f"data: {line}\n\n".encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def piece(self, text: str) -> None:
        """One event with a piece of a reply."""
        self.put(_chunk({"content": text}))

    def end(self) -> None:
        """The last events of a stream that ends well."""
        self.put(_chunk({}, "stop"))
        self.put("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def cut(self) -> None:
        """End the connection at once."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def wait(self, seconds: float = float("inf")) -> None:
        """Do nothing for a while, but notice when the client goes."""
        ends = time.monotonic() + seconds
        watch = select.poll()
        watch.register(self.connection, select.POLLIN)
        while (left := ends - time.monotonic()) > 0:
            if self.server.stopping.is_set():
                raise _Gone
            # Not select: it fails in a process with more than 1,024 open files.
            if watch.poll(1000 * min(LOOK, left)) and not self.connection.recv(1, socket.MSG_PEEK):
                raise ConnectionResetError


Behaviour = Callable[[Line], None]


def _chunk(delta: dict[str, str], finish: str | None = None) -> str:
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "stub",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }
    )


def says(*pieces: str, pause: float = 0.0) -> Behaviour:
    """A whole reply in these pieces."""

    def behave(line: Line) -> None:
        line.open()
        line.put(_chunk({"role": "assistant", "content": ""}))
        for number, text in enumerate(pieces):
            line.wait(pause if number else 0)
            line.piece(text)
        line.end()

    return behave


def refuses(status: int) -> Behaviour:
    """An error that repeats the key, as some providers' do."""

    def behave(line: Line) -> None:
        said = f"Incorrect API key provided: {line.asked.headers.get('authorization')}"
        body = json.dumps({"error": {"message": said, "type": "some_error", "param": None, "code": "some_code"}}).encode()
        line.send_response(status)
        line.send_header("Content-Type", "application/json")
        line.send_header("Content-Length", str(len(body)))
        line.end_headers()
        line.wfile.write(body)

    return behave


def hangs(*pieces: str) -> Behaviour:
    """Silence, after these pieces."""

    def behave(line: Line) -> None:
        if pieces:
            line.open()
        for text in pieces:
            line.piece(text)
        line.wait()

    return behave


def cuts(*pieces: str) -> Behaviour:
    """The connection ends in the middle of a reply, or before it when there are no pieces."""

    def behave(line: Line) -> None:
        if pieces:
            line.open()
        for text in pieces:
            line.piece(text)
        line.cut()

    return behave


def sends(*events: str) -> Behaviour:
    """A stream of these events, whatever they hold, that ends without the mark of its end."""

    def behave(line: Line) -> None:
        line.open()
        for event in events:
            line.put(event)
        line.wfile.write(b"0\r\n\r\n")

    return behave


def babbles(text: str = "word ", pause: float = 0.01) -> Behaviour:
    """The same piece for ever."""

    def behave(line: Line) -> None:
        line.open()
        while True:
            line.piece(text)
            line.wait(pause)

    return behave


class Stub(ThreadingHTTPServer):
    """The server. Each request gets the next behaviour of the script, the last one again and again."""

    daemon_threads = False
    block_on_close = True

    def __init__(self, script: Sequence[Behaviour]) -> None:
        super().__init__(("127.0.0.1", 0), Line)
        self.script = script
        self.asked: list[Asked] = []
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()

    @property
    def url(self) -> str:
        """What COACH_MODEL_URL takes."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    def next_behaviour(self, asked: Asked) -> Behaviour:
        """Note a request; what answers it."""
        with self._lock:
            self.asked.append(asked)
            if asked.path != "/v1/chat/completions":
                return refuses(404)
            return self.script[min(len(self.asked), len(self.script)) - 1]

    @contextmanager
    def connected(self, connection: socket.socket) -> Iterator[None]:
        """Holds a connection among those that end with the server."""
        with self._lock:
            self._connections.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._connections.discard(connection)

    def stop(self) -> None:
        """End every connection and wait for all threads."""
        self.shutdown()
        self.stopping.set()
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


@contextmanager
def serving(*script: Behaviour) -> Iterator[Stub]:
    """A running server."""
    server = Stub(script)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="openai-stub")
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()
