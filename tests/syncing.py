"""Syncs in processes of their own, to be killed, raced and read from: python syncing.py INDEX OLD NEW, then one JSON order a line.

Python and Chroma start once; every order forks children of that process, so that a hundred kills take seconds.
"""

from __future__ import annotations

import itertools
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

from counting import CountingEncoder

from coach.errors import IndexUnusable
from coach.index import Index, open_index
from coach.sync import sync

UNUSABLE = 3  # exit status of a sync that said why it could not go on
WARM = ("bm25s", "chromadb", "chromadb.api.client", "chromadb.api.rust", "sentencex", "Stemmer", "yaml", "sqlite3")


def version_of(index: Index) -> str:
    """Which version an index holds; an AssertionError when it holds parts of both, or not all of one."""
    texts = [p.text for p in index.passages]
    version = "old" if "old" in texts[0] else "new"
    other = "new" if version == "old" else "old"
    assert len(texts) == 21, len(texts)
    assert all(version in t and other not in t for t in texts), texts
    assert all(index.documents[p.document_id].text[p.start : p.end] == p.text for p in index.passages)
    assert f"only-{version}" in index.documents
    for vector in CountingEncoder().encode(["roadmap", "strategy", "board"]):
        assert index.dense(vector[None, :], 100)
    return version


def keep_syncing(root: Path, folders: list[Path], times: int | None = None) -> None:
    """The versions in turn, so many times or until killed."""
    for folder in itertools.islice(itertools.cycle(folders), times):
        sync(folder, root, CountingEncoder())


def sync_on_a_full_disk(root: Path, folder: Path, largest_file: int) -> None:
    """One sync for which the system writes no file beyond so many bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    try:
        sync(folder, root, CountingEncoder())
    except IndexUnusable:
        os._exit(UNUSABLE)


def keep_reading(root: Path, until: float) -> None:
    """Open the index afresh again and again; every time it must hold one version whole."""
    while time.monotonic() < until:
        index = open_index(root, CountingEncoder())
        version_of(index)
        index.close()


def forked(work: Callable[[], None]) -> int:
    """The process id of a child that does the work and exits 0, or 1 after an exception."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(code)


def obey(order: dict[str, Any], root: Path, folders: list[Path]) -> list[int]:
    """Carry out one order; how each child ended (a negative number is the signal that killed it)."""
    if "kill_after" in order:
        pids = [forked(lambda: keep_syncing(root, folders))]
        time.sleep(order["kill_after"])
        os.kill(pids[0], signal.SIGKILL)
    elif "syncs" in order:
        pids = [forked(lambda: keep_syncing(root, folders, order["syncs"]))]
    elif "largest_file" in order:
        pids = [forked(lambda: sync_on_a_full_disk(root, folders[0], order["largest_file"]))]
    elif "race" in order:
        pids = [forked(lambda turn=folders[:: 1 - 2 * (n % 2)]: keep_syncing(root, turn, 3)) for n in range(order["race"])]  # type: ignore[misc]
    else:
        until = time.monotonic() + order["read_for"]
        pids = [forked(lambda: keep_syncing(root, folders, 8)), forked(lambda: keep_reading(root, until))]
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]


@contextmanager
def syncing(root: Path, old: Path, new: Path) -> Iterator[Callable[..., list[int]]]:
    """A running process of this file; call it with an order."""
    command = [sys.executable, str(Path(__file__)), str(root), str(old), str(new)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True, env=environment) as process:
        assert process.stdin
        assert process.stdout

        def order(**what: Any) -> list[int]:
            print(json.dumps(what), file=process.stdin, flush=True)
            codes: list[int] = json.loads(process.stdout.readline())  # type: ignore[union-attr]
            return codes

        yield order
        process.stdin.close()
        assert process.wait(30) == 0


def main() -> None:
    for module in WARM:
        __import__(module)
    root, *folders = map(Path, sys.argv[1:])
    for line in sys.stdin:
        codes = obey(json.loads(line), root, folders)
        sys.stdout.write(json.dumps(codes) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
