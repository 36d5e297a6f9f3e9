"""Recordings of a chat model's replies, so that a run with it can be repeated without it."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from coach.errors import ModelError, SettingsError
from coach.types import ChatModel, Prompt


def key_of(prompt: Prompt) -> str:
    """What a recording knows a prompt by."""
    return hashlib.sha256(f"{prompt.system}\0{prompt.user}".encode()).hexdigest()[:16]


class Recorder:
    """A chat model that writes each reply of another one to a file, one JSON object a line, for `replay:FILE`. Raises SettingsError if it cannot."""

    def __init__(self, model: ChatModel, path: Path) -> None:
        self._model = model
        self._path = path
        self._lock = threading.Lock()
        try:
            path.touch()
            begun = path.stat().st_size > 0
        except OSError as error:
            raise SettingsError(f"The recording {path} cannot be written ({error.strerror}).") from error
        if begun:
            raise SettingsError(f"The recording {path} holds replies already; remove it or name another file.")

    def __call__(self, prompt: Prompt) -> Generator[str]:
        """The reply in pieces; what was read of it is recorded also when it is closed before its end."""
        said: list[str] = []
        failed = ""
        try:
            with closing(self._model(prompt)) as pieces:
                for piece in pieces:
                    said.append(piece)
                    yield piece
        except ModelError as error:
            failed = str(error)
            raise
        finally:
            row = json.dumps({"key": key_of(prompt), "reply": "".join(said), "failed": failed}, ensure_ascii=False)
            with self._lock, self._path.open("a", encoding="utf-8") as file:
                file.write(row + "\n")


def replayed(path: Path) -> ChatModel:
    """A chat model that says what a recording holds, as often as it is asked. Raises SettingsError when that cannot be read."""
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
        replies = {row["key"]: (row["reply"], row["failed"]) for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"The recording {path} cannot be read ({error}); make one with `coach eval --record`.") from error

    def reply(prompt: Prompt) -> Generator[str]:
        missing = f"The recording {path.name} does not hold this prompt; make it anew with `coach eval --record`."
        said, failed = replies.get(key_of(prompt), ("", missing))
        yield from re.findall(r"\s*\S+|\s+", said)
        if failed:
            raise ModelError(failed)

    return reply
