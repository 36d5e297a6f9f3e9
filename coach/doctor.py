"""Checks of the set-up, each with what to do when it fails."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

from coach.corpus import read_corpus
from coach.encoder import load_encoder
from coach.errors import CoachError, ModelError, SettingsError
from coach.grounding import Checker
from coach.index import open_index
from coach.providers import load_model
from coach.settings import Settings
from coach.types import Prompt

Check = tuple[str, bool, str]
"""Name, whether it is good, and what was found or what to do."""


def checks(settings: Settings) -> Iterator[Check]:
    """Corpus, encoder, grounding check, index, model and port, in the order in which they are needed."""
    try:
        corpus = read_corpus(settings.corpus)
        yield "corpus", True, f"{len(corpus.documents)} documents, {len(corpus.passages)} passages in {settings.corpus}"
        for skipped in corpus.skipped:
            yield "corpus", skipped.path.lower().endswith("readme.md"), f"skipped {skipped.reason}"
    except CoachError as error:
        yield "corpus", False, str(error)
    try:
        encoder = load_encoder(settings.encoder, settings.cache, settings.threads)
    except CoachError as error:
        yield "encoder", False, str(error)
        return
    yield "encoder", True, f"{encoder.name}, weights {encoder.digest[:12]}..., served by {type(encoder).__name__}"
    try:
        support = Checker.load(settings.cache, settings.threads).check("A PM plans with care.", ["A PM plans."])
        yield "grounding check", True, f"runs, and gives {support.score:.2f} to a sentence that says more than its source"
    except CoachError as error:
        yield "grounding check", False, str(error)
    try:
        index = open_index(settings.index, encoder)
        yield "index", True, f"generation {index.name} in {settings.index}, {len(index.passages)} passages, every checksum right"
        index.close()
    except CoachError as error:
        yield "index", False, str(error)
    yield "model", *_model(settings)
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", 7860)) == 0
    yield "port", not taken, "7860 is free" if not taken else "7860 is in use; start with `coach serve --port N`"


def _model(settings: Settings) -> tuple[bool, str]:
    """Whether the chat model answers, and how soon."""
    try:
        model = load_model(settings)
        if model is None:
            return True, "answers are composed without a chat model"
        started = time.perf_counter()
        reply = "".join(model(Prompt("Answer in one word.", "What is the capital of France?")))
    except SettingsError as error:
        return False, str(error)
    except ModelError as error:
        return False, f"{error} Until it answers, answers are composed."
    if not reply.strip():
        return False, f"{settings.model} answers nothing; answers are composed."
    return True, f"{settings.model} answers in {time.perf_counter() - started:.1f} s"
