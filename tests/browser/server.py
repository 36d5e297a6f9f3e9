"""A real server around any coach, on a free port of this machine, and a way to talk to it as the page does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn

from coach.web.app import create_app, open_socket, server_config
from coach.web.config import WebConfig


@contextmanager
def running(coach: Any, port: int = 0, config: WebConfig | None = None) -> Iterator[str]:
    """The address of a server that answers as this coach; it is gone, connections and all, afterwards."""
    listener = open_socket("127.0.0.1", port)
    config = config or WebConfig()
    server = uvicorn.Server(server_config(create_app(coach, config), config, "critical", 1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            raise AssertionError("The server did not start within 30 seconds.")
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@dataclass
class Visitor:
    """Speaks Gradio's queue protocol under a session name of its own choosing, as a browser or an attacker can."""

    base: str
    session: str

    def dependencies(self) -> dict[str, dict[str, Any]]:
        """The page's events by name."""
        page = httpx.get(self.base).text
        start = page.index("window.gradio_config = ") + len("window.gradio_config = ")
        config, _ = json.JSONDecoder().raw_decode(page[start:])
        return {name: dep for dep in config["dependencies"] for _, name in dep["targets"] if dep["backend_fn"]}

    def send(self, event: str, event_data: Any = None, data: Any = None) -> list[dict[str, Any]]:
        """Fires an event and returns every message that comes back for it."""
        dependency = self.dependencies()[event]
        body = {
            "fn_index": dependency["id"],
            "data": [None] * len(dependency["inputs"]) if data is None else data,
            "event_data": event_data,
            "session_hash": self.session,
            "trigger_id": dependency["targets"][0][0],
        }
        joined = httpx.post(self.base + "gradio_api/queue/join", json=body)
        joined.raise_for_status()
        messages = []
        url = f"{self.base}gradio_api/queue/data?session_hash={self.session}"
        with httpx.stream("GET", url, timeout=20) as stream:
            for line in stream.iter_lines():
                if line.startswith("data: "):
                    messages.append(json.loads(line[6:]))
                    if messages[-1]["msg"] in ("process_completed", "close_stream", "unexpected_error"):
                        break
        return messages

    def ask(self, question: Any, **more: Any) -> list[dict[str, Any]]:
        """Asks a question."""
        return self.send("ask", {"question": question, **more})
