"""A model as an ONNX graph in the cache: written once with torch, verified by checksums, from then on served by onnxruntime alone."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from coach.errors import EncoderError

GRAPH = "model.onnx"
DESCRIPTION = "export.json"


def sha256(path: Path) -> str:
    """The digest of a file; 0.1 s for a graph of 90 MB."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def exported(folder: Path, digest: str) -> bool:
    """Whether a folder holds a finished, undamaged export of the model with this digest."""
    try:
        described = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        whole = all(sha256(folder / file) == known for file, known in described["files"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    return whole and bool(described["digest"] == digest)


def export(folder: Path, name: str, digest: str, write: Callable[[Path], None]) -> None:
    """Publish by one rename what `write` puts into a draft folder, with its checksums. Raises EncoderError, and what `write` raises."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".export-", dir=folder.parent))
    except OSError as error:
        raise EncoderError(
            f"Cannot write the model {name} to {folder.parent} ({error.strerror}); set COACH_CACHE to a writable folder."
        ) from error
    try:
        write(draft)
        files = {p.name: sha256(p) for p in draft.iterdir()}
        described = {"name": name, "digest": digest, "files": files}
        (draft / DESCRIPTION).write_text(json.dumps(described), encoding="utf-8")
        if exported(folder, digest):  # another process was faster
            return
        shutil.rmtree(folder, ignore_errors=True)
        try:
            os.rename(draft, folder)
        except OSError:  # another process was faster by a hair
            if not exported(folder, digest):
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def session(graph: Path, threads: int) -> Any:  # noqa: ANN401 - onnxruntime is not typed
    """An inference session for a graph. Raises EncoderError."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Spinning threads made a query 20 to 50 times slower on a 2-core machine with other load.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise EncoderError(f"The exported model in {graph.parent} is damaged; delete that folder and start again.") from error
