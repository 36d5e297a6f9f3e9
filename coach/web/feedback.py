"""Feedback as lines of JSON in one file; nothing else that visitors do is ever written."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

MOST_BYTES = 10_000_000
"""A full file takes nothing more: nobody can fill the disk."""
_lock = threading.Lock()


def keep(path: Path, opinion: Mapping[str, Any]) -> bool:
    """Appends one opinion with the day on which it came; False when the file is full. Raises OSError."""
    line = json.dumps({"day": datetime.now(UTC).date().isoformat(), **opinion}, ensure_ascii=False) + "\n"
    with _lock:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size + len(line.encode()) > MOST_BYTES:
            return False
        with path.open("a", encoding="utf-8") as file:
            file.write(line)
    return True
