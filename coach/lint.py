"""Rules for a corpus that is written to be quoted; each finding names file and line. Knows nothing of the index."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from coach.corpus import Corpus, asked_in, front_matter, parse_yaml, plain, read_corpus, read_registry
from coach.quotable import why_not
from coach.types import Document, Passage

KINDS = ("role", "comparison", "ladder", "transition", "metrics", "market")
ROLES = ("apm", "pm", "senior-pm", "principal-pm", "gpm", "director", "head", "vp", "cpo")
DIMENSIONS = (
    "overview", "reporting", "vision", "people", "skills", "roadmap", "metrics", "shared", "ladder", "titles", "ic-track", "change", "delegation",
    "hiring", "strategy", "finance", "communication", "stakeholders", "failure", "first-90-days", "timeline", "promotion", "mentors", "move",
    "company-size", "interviews", "fit", "plan", "market", "pay",
)  # fmt: skip
REQUIRED = ("id", "title", "kind", "roles", "dimensions", "facts", "sources", "reviewed")
MIN_WORDS, MAX_WORDS = 40, 180
MAX_SENTENCE_WORDS = 45
MAX_SHARED = 0.5  # share of a passage's five-word runs that may stand in one other passage

_DANGLING_START = re.compile(
    r"(This|That|These|Those|They|It|He|She|Such|Both|Here|There|However|But|And|So|Also|Instead|Then|Or|Yet|Still|Therefore|Meanwhile|Otherwise|"
    r"Either|Its|Their|His|Her|Another|Others?|Likewise|Similarly|Conversely|Besides|Moreover|Furthermore|Thus|Hence|Again|Next|Finally|"
    r"Nevertheless|Nonetheless|Neither)\b(?!['’]s\b)"
)
_DANGLING_WORDS = re.compile(
    r"\b(the former|the latter|as (?:mentioned|noted|described|said)(?: above| before| earlier)?|(?:see|listed|described|mentioned) (?:above|below)|"
    r"the same (?:source|author|guide|study|page|article|post)|that (?:view|source|study|author|guide)|these (?:two|three|four) (?:points|steps|views))\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(19|20)\d\d\b|undated")
_FIGURE = re.compile(r"(?<![\w-])[$£€]?\d[\d,.]*(?:\s?%)?(?![\w-])")
_FACTS = re.compile(r"<!--\s*facts:(.*?)-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def lint(folder: Path) -> list[Finding]:
    """Every finding in the corpus, in reading order. Raises CorpusError when nothing can be read."""
    corpus = read_corpus(folder)
    sources, facts = read_registry(folder)
    found = [
        Finding(s.path, _line_of(s.reason), s.reason.split(": ", 1)[-1])
        for s in corpus.skipped
        if not s.path.lower().endswith("readme.md")
    ]
    listed = folder / "sources.yaml"
    if listed.is_file():
        found += _registry_findings(listed)
    passages: dict[str, list[Passage]] = {}
    for passage in corpus.passages:
        passages.setdefault(passage.document_id, []).append(passage)
    for document in corpus.documents:
        found += _schema(document, set(sources), facts)
        for passage in passages[document.id]:
            found += _passage(document, passage)
    found += _duplicates(corpus)
    return sorted(found, key=lambda f: (f.path, f.line))


def _line_of(reason: str) -> int:
    found = re.search(r":(\d+):", reason)
    return int(found[1]) if found else 1


def _registry_findings(path: Path) -> Iterator[Finding]:
    text = path.read_text(encoding="utf-8")
    for key, entry in (parse_yaml(text) or {}).items():
        line = next((n for n, row in enumerate(text.splitlines(), 1) if row.startswith(f"{key}:")), 1)
        for field in ("title", "holder", "year"):
            if not str(entry.get(field) or "").strip():
                yield Finding(path.name, line, f"source {key} has no {field}.")


def _schema(document: Document, sources: set[str], facts: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    meta = front_matter(document.text, document.path)

    def at(key: str, message: str) -> Finding:
        line = next((n for n, row in enumerate(document.text.splitlines(), 1) if row.startswith(f"{key}:")), 1)
        return Finding(document.path, line, message)

    for key in REQUIRED:
        if not meta.get(key):
            yield at(key, f"front matter: `{key}` is missing.")
    if meta.get("id") and str(meta["id"]) != Path(document.path).stem:
        yield at("id", f"front matter: id {meta['id']!r} differs from the file's name.")
    if meta.get("kind") and meta["kind"] not in KINDS:
        yield at("kind", f"front matter: kind {meta['kind']!r} is not one of {', '.join(KINDS)}.")
    for key, known in (("roles", ROLES), ("dimensions", DIMENSIONS)):
        for value in _as_list(meta.get(key)):
            if value not in known:
                yield at(key, f"front matter: {key} has the unknown value {value!r}.")
    if meta.get("reviewed") and not isinstance(meta["reviewed"], date):
        yield at("reviewed", "front matter: `reviewed` is not a date (YYYY-MM-DD).")
    yield from _sources(document, meta, sources, at)
    yield from _facts(document, meta, facts, at)


def _as_list(value: Any) -> list[Any]:  # noqa: ANN401 - YAML gives anything
    return value if isinstance(value, list) else [] if value is None else [value]


def _sources(document: Document, meta: Mapping[str, Any], known: set[str], at: Any) -> Iterator[Finding]:  # noqa: ANN401
    for entry, source in zip(_as_list(meta.get("sources")), document.sources, strict=True):
        if isinstance(entry, str) and entry not in known:
            yield at("sources", f"source {entry!r} is not in sources.yaml.")
        elif not isinstance(entry, str):
            for field in ("holder", "year"):
                if not getattr(source, field):
                    yield at("sources", f"source {source.title!r} has no {field}.")


def _facts(document: Document, meta: Mapping[str, Any], known: Mapping[str, tuple[str, ...]], at: Any) -> Iterator[Finding]:  # noqa: ANN401
    listed = [str(f) for f in _as_list(meta.get("facts"))]
    used: set[str] = set()
    for found in _FACTS.finditer(document.text):
        line = document.text[: found.start()].count("\n") + 1
        for fact in filter(None, re.split(r"[,\s]+", found[1])):
            used.add(fact)
            if fact not in known:
                yield Finding(document.path, line, f"unknown fact id {fact}.")
            elif fact not in listed:
                yield Finding(document.path, line, f"fact {fact} is not listed in the front matter.")
            elif missing := [k for k in known[fact] if k not in map(str, _as_list(meta.get("sources")))]:
                yield Finding(document.path, line, f"fact {fact} comes from {', '.join(missing)}, which `sources` does not list.")
    for fact in listed:
        if fact not in known:
            yield at("facts", f"unknown fact id {fact}.")
        elif fact not in used:
            yield at("facts", f"fact {fact} is listed but no section names it.")
    yield from _bare_sections(document)


def _bare_sections(document: Document) -> Iterator[Finding]:
    lines = document.text.splitlines()
    for n, row in enumerate(lines, 1):
        if row.startswith("## ") and not any(_FACTS.search(r) for r in lines[n : n + 3]):
            yield Finding(document.path, n, f"the section {row[3:]!r} names no facts (<!-- facts: ... -->).")


def _passage(document: Document, passage: Passage) -> Iterator[Finding]:
    def line(offset: int) -> int:
        return document.text[: passage.start + offset].count("\n") + 1

    size = sum(len(passage.quote(n).split()) for n in range(len(passage.sentences)))
    if not passage.heading or passage.heading == passage.title:
        yield Finding(document.path, line(0), "text without a heading of its own.")
    if reason := why_not(passage.heading):
        yield Finding(document.path, line(0), f"the heading {passage.heading!r} {reason}.")
    if size < MIN_WORDS:
        yield Finding(document.path, line(0), f"passage {passage.id} has {size} words; at least {MIN_WORDS} are needed.")
    if re.search(r"-\d+$", passage.id) and size >= MIN_WORDS and "#" in passage.id and _was_split(document, passage):
        yield Finding(document.path, line(0), f"the section {passage.heading!r} is longer than {MAX_WORDS} words.")
    section = document.text[document.text.rfind("\n## ", 0, passage.start) + 1 : passage.end]
    for wording, numbers in asked_in(section).items():
        if not _was_split(document, passage) and max(numbers, default=0) >= len(passage.sentences):
            yield Finding(document.path, line(0), f"{wording!r} names sentence {max(numbers) + 1} of {len(passage.sentences)}.")
    for n, (start, _) in enumerate(passage.sentences):
        text = plain(passage.quote(n))
        for message in _sentence(text, passage.kind):
            yield Finding(document.path, line(start), f"{message}: {text[:70]!r}")


def _was_split(document: Document, passage: Passage) -> bool:
    before = document.text[: passage.start].rstrip()
    return bool(before) and not before.endswith("-->") and not before.splitlines()[-1].startswith("#")


def _sentence(text: str, kind: str) -> Iterator[str]:
    if found := _DANGLING_START.match(text):
        yield f"a sentence that cannot stand alone begins with {found[0]!r}"
    if found := _DANGLING_WORDS.search(text):
        yield f"a dangling reference {found[0]!r}"
    if not re.search(r"[.!?]['\")]?$", text):
        yield "not a whole sentence"
    elif text.endswith("?"):
        yield "a question inside a passage"
    if len(text.split()) > MAX_SENTENCE_WORDS:
        yield f"longer than {MAX_SENTENCE_WORDS} words"
    if reason := why_not(text):
        yield f"never quoted, since it {reason}"
    if kind == "market" and _FIGURE.search(_YEAR.sub("", text)) and not _YEAR.search(text):
        yield "a figure without its date"


def _duplicates(corpus: Corpus) -> Iterator[Finding]:
    headings: dict[str, Passage] = {}
    sentences: dict[str, tuple[Passage, int]] = {}
    runs: dict[tuple[str, ...], list[int]] = {}
    documents = {d.id: d for d in corpus.documents}

    def finding(passage: Passage, message: str, offset: int = 0) -> Finding:
        document = documents[passage.document_id]
        return Finding(document.path, document.text[: passage.start + offset].count("\n") + 1, message)

    for number, passage in enumerate(corpus.passages):
        if passage.heading and not _was_split(documents[passage.document_id], passage):
            first = headings.setdefault(passage.heading.lower(), passage)
            if first is not passage:
                yield finding(passage, f"the heading {passage.heading!r} stands in {first.id} too.")
        for n, (start, _) in enumerate(passage.sentences):
            text = plain(passage.quote(n))
            first, place = sentences.setdefault(text, (passage, n))
            if (first.id, place) != (passage.id, n):
                yield finding(passage, f"duplicate sentence, it stands in {first.id} too: {text[:60]!r}", start)
        tokens = re.findall(r"\w+", passage.text.lower())
        own = {tuple(tokens[i : i + 5]) for i in range(len(tokens) - 4)}
        shared = Counter(other for run in own for other in runs.get(run, ()))
        for other, count in shared.most_common(1):
            if count / max(1, len(own)) > MAX_SHARED:
                yield finding(
                    passage, f"duplicate passage: {count} of its {len(own)} five-word runs stand in {corpus.passages[other].id}."
                )
        for run in own:
            runs.setdefault(run, []).append(number)
