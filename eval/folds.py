"""Labelled questions, each searched in an index that does not hold it: the corpus's wordings and declined examples hold most of eval/fit."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from tqdm import tqdm

from coach.encoder import Encoder
from coach.index import Index, open_index, words
from coach.retrieval import Found, Retriever
from coach.settings import Settings
from coach.sync import sync
from eval.rows import read_rows

FIT = Path(__file__).parent / "fit"
FOLDS = 10
_ASKED = re.compile(r"(<!--\s*asked:)(.*?)(-->)", re.DOTALL)
_ANSWERS = re.compile(r"\s*\[[\d, ]+\]\s*$")


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of one labelled file."""
    return read_rows(FIT / name)


def key(question: str) -> str:
    """What two spellings of one question share."""
    return " ".join(words(question))


def searched(
    settings: Settings, encoder: Encoder, labelled: Sequence[dict[str, Any]]
) -> Iterator[tuple[int, dict[str, Any], Found, Index]]:
    """The fold, the row, its evidence, and the index of the corpus without the fold's questions; the index is open until the next fold."""
    sync(settings.corpus, settings.index, encoder)
    for fold in tqdm(range(FOLDS), desc="Folds", unit="index"):
        held_out = labelled[fold::FOLDS]
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "index"
            shutil.copytree(settings.index, root)  # its vectors are used again
            corpus = without(settings.corpus, Path(folder) / "corpus", {key(row["question"]) for row in held_out})
            sync(corpus, root, encoder)
            retriever = Retriever(open_index(root, encoder), encoder)
            for row in held_out:
                yield fold, row, retriever.search(row["question"]), retriever.index
            retriever.index.close()


def without(corpus: Path, target: Path, left_out: set[str] | None) -> Path:
    """A copy of the corpus without these wordings and declined examples; None leaves out all, and the declined list itself."""
    shutil.copytree(corpus, target)

    def kept(match: re.Match[str]) -> str:
        wordings = [w for w in match[2].split("|") if left_out is not None and key(_ANSWERS.sub("", w)) not in left_out]
        return f"{match[1]}{'|'.join(wordings)}{match[3]}" if wordings else ""

    for page in target.glob("*.md"):
        page.write_text(_ASKED.sub(kept, page.read_text(encoding="utf-8")), encoding="utf-8")
    declined = target / "declined.yaml"
    if left_out is None:
        declined.unlink(missing_ok=True)
    elif declined.is_file():
        topics = yaml.safe_load(declined.read_text(encoding="utf-8"))
        for topic in topics:
            topic["examples"] = [e for e in topic["examples"] if key(e) not in left_out]
        declined.write_text(yaml.safe_dump([t for t in topics if t["examples"]], allow_unicode=True), encoding="utf-8")
    return target
