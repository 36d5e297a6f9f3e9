"""Files -> documents -> passages -> sentences; knows nothing of vectors or questions.

Offsets count characters of the file after UTF-8 decoding and newline translation, front matter included, so
`document.text[start:end] == quote` can be checked with any editor.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coach.errors import CorpusError
from coach.types import Declined, Document, Passage, Source, Span
from coach.vocabulary import roles_about

SUFFIXES = (".md", ".txt")
COMPANIONS = ("sources.yaml", "facts.tsv", "declined.yaml", "calibration.json")  # beside the pages, read for what they are
MAX_FILE_BYTES = 20_000_000
MAX_PASSAGE_WORDS = 180  # MiniLM reads 256 word pieces; longer sections are split between paragraphs or sentences

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"^[A-Za-z_][\w-]*[ \t]*:", re.MULTILINE)
_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*)")
_CLOSING = re.compile(r"(?:^|[ \t])#+\Z")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ASKED = re.compile(r"<!--\s*asked:(.*?)-->", re.DOTALL)
_ANSWERS = re.compile(r"\s*\[(\d+(?:\s*,\s*\d+)*)\]$")
_FACTS = re.compile(r"<!--\s*facts:(.*?)-->", re.DOTALL)
_BULLET = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was left out, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that was read from a folder."""

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    skipped: tuple[Skipped, ...]
    declined: tuple[Declined, ...] = ()


def read_corpus(folder: Path) -> Corpus:
    """Every readable file below `folder`. A bad file is skipped with its reason; raises CorpusError when nothing is left."""
    if not folder.is_dir():
        raise CorpusError(f"The corpus folder {folder} does not exist; give another with --corpus or COACH_CORPUS.")
    documents: dict[str, Document] = {}
    passages: list[Passage] = []
    skipped: list[Skipped] = []
    registry = read_registry(folder)
    for path in _files(folder, skipped):
        name = path.relative_to(folder).as_posix()
        try:
            document, facts = _read(path, name, registry)
            if document.id in documents:
                raise CorpusError(
                    f"{name}:1: the id {document.id!r} is already taken by {documents[document.id].path}; rename one."
                )
            found = split(document, facts)
            if not found:
                raise CorpusError(f"{name}:1: there is no text in it.")
        except CorpusError as error:
            skipped.append(Skipped(name, str(error)))
            continue
        documents[document.id] = document
        passages.extend(found)
    if not documents:
        reasons = " ".join(s.reason for s in skipped[:3])
        raise CorpusError(f"No text was found in {folder}; put .md or .txt files there. {reasons}".strip())
    return Corpus(tuple(documents.values()), tuple(passages), tuple(skipped), read_declined(folder))


def _files(folder: Path, skipped: list[Skipped]) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if any(part.startswith(".") for part in name.parts) or path.is_dir():
            continue
        if path.suffix.lower() not in SUFFIXES:
            if name.as_posix() not in COMPANIONS:
                skipped.append(Skipped(name.as_posix(), f"{name}: only {' and '.join(SUFFIXES)} files are read."))
        elif path.name.lower() == "readme.md":
            skipped.append(Skipped(name.as_posix(), f"{name}: a README describes the folder and is not part of the corpus."))
        elif not path.is_file():
            skipped.append(Skipped(name.as_posix(), f"{name}: not a regular file."))
        else:
            yield path


Registry = tuple[Mapping[str, Source], Mapping[str, tuple[str, ...]]]
"""Sources by key, and the source keys of each fact."""


def read_registry(folder: Path) -> Registry:
    """The optional sources.yaml and facts.tsv of a corpus. Raises CorpusError when one cannot be read."""
    sources: dict[str, Source] = {}
    facts: dict[str, tuple[str, ...]] = {}
    listed, table = folder / "sources.yaml", folder / "facts.tsv"
    try:
        if listed.is_file():
            text = listed.read_text(encoding="utf-8")
            rows = _yaml(text, "sources.yaml", 0)
            sources = {str(key): _source(value, f"sources.yaml:{line_of(text, key)}") for key, value in rows.items()}
        if table.is_file():
            for line in table.read_text(encoding="utf-8").splitlines()[1:]:
                fact, keys, *_ = [*line.split("\t"), ""]
                facts[fact] = tuple(key for key in keys.split() if key != "-")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"sources.yaml or facts.tsv in {folder} cannot be read ({error}).") from error
    return sources, facts


def read_declined(folder: Path) -> tuple[Declined, ...]:
    """The optional declined.yaml of a corpus: topics that it does not answer. Raises CorpusError when it cannot be read."""
    path = folder / "declined.yaml"
    if not path.is_file():
        return ()
    import yaml

    try:
        rows = parse_yaml(path.read_text(encoding="utf-8")) or []
        return tuple(
            Declined(str(row["topic"]), str(row.get("turn_to") or ""), tuple(" ".join(str(e).split()) for e in row["examples"]))
            for row in rows
        )
    except (OSError, ValueError, RecursionError, yaml.YAMLError, TypeError, KeyError, AttributeError) as error:
        reason = " ".join(str(error).split())
        raise CorpusError(f"declined.yaml in {folder} must be a list of topic, turn_to and examples ({reason}).") from error


def _read(path: Path, name: str, registry: Registry) -> tuple[Document, Mapping[str, tuple[Source, ...]]]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise CorpusError(f"{name}: larger than {MAX_FILE_BYTES // 1_000_000} MB; split the file.")
        raw = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{name}: cannot be read ({error.strerror}).") from error
    if b"\0" in raw:
        raise CorpusError(f"{name}: binary data, not text.")
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise CorpusError(f"{name}:{line}: not UTF-8 text; save the file as UTF-8.") from error
    meta = front_matter(text, name)
    heading = next(
        (found for line in text[_body_start(text) :].splitlines() if line.startswith("# ") and (found := _heading(line))), ""
    )
    title = str(meta.get("title") or heading or path.stem.replace("-", " ").replace("_", " "))

    def entries(key: str) -> list[Any]:
        return _list(meta, key, f"{name}:{line_of(text, key)}")

    listed = [_named_source(entry, registry[0], f"{name}:{line_of(text, 'sources')}") for entry in entries("sources")]
    document = Document(
        id=str(meta.get("id") or path.stem),
        title=plain(title).strip() or path.name,
        kind=str(meta.get("kind") or ""),
        roles=tuple(str(r) for r in entries("roles")),
        dimensions=tuple(str(d) for d in entries("dimensions")),
        sources=tuple(listed),
        text=text,
        path=name,
    )
    sources, facts = registry
    by_fact = {fact: tuple(sources[k] for k in keys if k in sources) for fact, keys in facts.items()}
    return document, by_fact


def front_matter(text: str, name: str) -> Mapping[str, Any]:
    """The YAML between the dashes at a file's top, {} when there is none. Raises CorpusError with the line."""
    if found := _front(text):
        return _yaml(found[1], name, 1)
    if re.match(r"---[ \t]*\n[A-Za-z_]+:", text):
        raise CorpusError(f"{name}:1: the front matter is not closed; end it with a line of three dashes.")
    return {}


def _front(text: str) -> re.Match[str] | None:
    """The block between dashes at a file's top; without a key in it a page merely begins with a rule."""
    found = _FRONT_MATTER.match(text)
    return found if found and (_KEY.search(found[1]) or not found[1].strip()) else None


def line_of(text: str, key: object) -> int:
    """The line, from 1, on which a top-level key of YAML stands; 1 when it is not found."""
    return next((n for n, row in enumerate(text.splitlines(), 1) if row.startswith(f"{key}:")), 1)


def parse_yaml(text: str) -> Any:  # noqa: ANN401 - whatever the text holds
    """Plain YAML, by libyaml where it is there: ten times as fast. Raises yaml.YAMLError and, for a date of no calendar, ValueError."""
    import yaml

    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _yaml(text: str, name: str, offset: int) -> Mapping[str, Any]:
    import yaml

    try:
        data = parse_yaml(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a date that no calendar has
        mark = getattr(error, "problem_mark", None)
        line = (mark.line if mark else 0) + 1 + offset
        raise CorpusError(f"{name}:{line}: the YAML cannot be read ({getattr(error, 'problem', error)}).") from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise CorpusError(f"{name}:{1 + offset}: expected `key: value` lines, found {type(data).__name__}.")
    return data


def _list(meta: Mapping[str, Any], key: str, where: str) -> list[Any]:
    value = meta.get(key)
    if value is None:
        return []
    if isinstance(value, (str, int, float)):
        return [value]
    if not isinstance(value, list):
        raise CorpusError(f"{where}: `{key}` must be a list.")
    return value


def _named_source(entry: Any, known: Mapping[str, Source], where: str) -> Source:  # noqa: ANN401 - YAML gives anything
    if isinstance(entry, str):
        return known.get(entry) or Source(title=entry, holder="", year="")
    return _source(entry, where)


def _source(entry: Any, where: str) -> Source:  # noqa: ANN401
    if not isinstance(entry, dict) or not entry.get("title"):
        raise CorpusError(f"{where}: a source needs at least a `title`.")
    url = str(entry.get("url") or "")
    return Source(
        title=str(entry["title"]),
        holder=str(entry.get("holder") or ""),
        year=str(entry.get("year") or ""),
        url=url if url.startswith(("https://", "http://")) else "",
    )


def _body_start(text: str) -> int:
    found = _front(text)
    return found.end() if found else 0


def _heading(line: str) -> str:
    """The text of a Markdown heading without its marks, "" for any other line."""
    found = _HEADING.match(line)
    return _CLOSING.sub("", found[2].rstrip()).rstrip() if found else ""


def slug(text: str) -> str:
    """A readable, stable part of a passage id."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")[:80] or "text"


def plain(text: str) -> str:
    """Markdown inline marks removed: the words as a reader sees them."""
    # Limits and classes that exclude their own end keep odd text from taking quadratic time.
    text = re.sub(r"!?\[([^\[\]]*)\]\([^()\n]{0,2000}\)", r"\1", text)
    text = re.sub(r"(\*\*|__|`)(.+?)\1", r"\2", text)
    text = re.sub(r"(?<!\w)[*_](\S(?:.{0,200}?\S)?)[*_](?!\w)", r"\1", text)
    if text.lstrip().startswith("|"):
        text = ": ".join(cell.strip() for cell in text.strip().strip("|").split("|") if cell.strip())
    return re.sub(r"\s+", " ", text).strip()


def split(document: Document, facts: Mapping[str, tuple[Source, ...]] | None = None) -> list[Passage]:
    """The document's passages in order: one per heading, parts of at most MAX_PASSAGE_WORDS words."""
    passages: list[Passage] = []
    taken: set[str] = set()
    counts: dict[str, int] = {}
    visible = _visible(document.text)
    for heading, start, end in _sections(visible, markdown=document.path.lower().endswith(".md")):
        sources = _section_sources(document, document.text[start:end], facts or {})
        asked = asked_in(document.text[start:end])
        asked.pop(plain(heading) or document.title, None)
        before = 0
        for part in _parts(visible, start, end):
            first, last = part[0][0], part[-1][1]
            held = range(before, before := before + len(part))
            base = f"{document.id}#{slug(heading or document.title)}"
            passage_id = base
            while passage_id in taken:
                counts[base] = counts.get(base, 1) + 1
                passage_id = f"{base}-{counts[base]}"
            taken.add(passage_id)
            passages.append(
                Passage(
                    id=passage_id,
                    document_id=document.id,
                    title=document.title,
                    heading=plain(heading),
                    text=document.text[first:last],
                    start=first,
                    end=last,
                    kind=document.kind,
                    roles=document.roles,
                    dimensions=document.dimensions,
                    sources=sources,
                    sentences=tuple((a - first, b - first) for a, b in part),
                    asked=tuple(asked),
                    answers=tuple(tuple(n - held.start for n in numbers if n in held) for numbers in asked.values()),
                    about=roles_about(plain(heading), [document.text[a:b] for a, b in part]),
                )
            )
    return passages


def asked_in(section: str) -> dict[str, tuple[int, ...]]:
    """The wordings of a section's `asked` comment, each with the numbers (from 0) of the sentences that answer it."""
    said = _ASKED.search(section)
    asked: dict[str, tuple[int, ...]] = {}
    for part in said[1].split("|") if said else ():
        wording = " ".join(part.split())
        named = _ANSWERS.search(wording)
        if wording := _ANSWERS.sub("", wording):
            asked[wording] = tuple(int(n) - 1 for n in named[1].split(",")) if named else ()
    return asked


def _section_sources(document: Document, section: str, facts: Mapping[str, tuple[Source, ...]]) -> tuple[Source, ...]:
    """The sources of the facts that the section names, else those of the whole document."""
    named = _FACTS.search(section)
    found = [source for fact in re.split(r"[,\s]+", named[1]) for source in facts.get(fact, ())] if named else []
    return tuple(dict.fromkeys(found)) or document.sources


def _sections(text: str, markdown: bool) -> Iterator[tuple[str, int, int]]:
    """Heading, start and end of the text below each heading."""
    position = _body_start(text)
    heading, start, fenced = "", position, False
    for line in text[position:].splitlines(keepends=True):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        if markdown and not fenced and (found := _heading(line)):
            yield heading, start, position
            heading, start = found, position + len(line)
        position += len(line)
    yield heading, start, len(text)


def _visible(text: str) -> str:
    """The text with every HTML comment below the front matter blanked out, character for character."""
    body = _body_start(text)
    return text[:body] + _COMMENT.sub(lambda m: "\n" + " " * (len(m[0]) - 2) + "\n", text[body:])


def _parts(text: str, start: int, end: int) -> Iterator[list[Span]]:
    """The sentences of a section, in groups of at most MAX_PASSAGE_WORDS words."""
    part: list[Span] = []
    words = 0
    for sentence in sentences(text, start, end):
        for span, size in _cut(text, sentence):
            if part and words + size > MAX_PASSAGE_WORDS:
                yield part
                part, words = [], 0
            part.append(span)
            words += size
    if part:
        yield part


def _cut(text: str, span: Span) -> Iterator[tuple[Span, int]]:
    """A sentence and its number of words; one that is longer than a passage (a list without marks, a log) in several pieces."""
    words = [m.span() for m in re.finditer(r"\S+", text[span[0] : span[1]])]
    for at in range(0, len(words), MAX_PASSAGE_WORDS):
        piece = words[at : at + MAX_PASSAGE_WORDS]
        yield (span[0] + piece[0][0], span[0] + piece[-1][1]), len(piece)


def sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """Spans of the sentences in `text[start:end]`; list items and table rows are sentences, rules are not."""
    for block_start, block_end in _blocks(text, start, end):
        yield from _block_sentences(text, block_start, block_end)


def _blocks(text: str, start: int, end: int) -> Iterator[Span]:
    """Paragraphs, list items and table rows."""
    block: Span | None = None
    position = start
    for line in text[start:end].splitlines(keepends=True):
        content = line.strip()
        first = position + (len(line) - len(line.lstrip()))
        last = position + len(line.rstrip())
        bullet = _BULLET.match(line)
        silent = content.startswith(("```", "~~~")) or not any(c.isalnum() for c in content)  # a fence, a rule, nothing
        if block and (silent or bullet or content.startswith("|")):
            yield block
            block = None
        if not silent:
            first = position + bullet.end() if bullet else first
            block = (block[0], last) if block else (first, last)
            if content.startswith("|"):
                yield block
                block = None
        position += len(line)
    if block:
        yield block


def _block_sentences(text: str, start: int, end: int) -> Iterator[Span]:
    from sentencex import get_sentence_boundaries

    if text[start] == "|":
        yield start, end
        return
    block = text[start:end].replace("\n", " ")
    spans: list[Span] = []
    for boundary in get_sentence_boundaries("en", block):
        first, last = boundary["start_index"], boundary["end_index"]
        # A piece that begins in lower case continues the one before it ("... of Aha! in 2020"), and so does one without a word.
        if spans and (block[first:last].lstrip()[:1].islower() or not any(c.isalnum() for c in block[first:last])):
            first = spans.pop()[0]
        spans.append((first, last))
    for first, last in spans:
        piece = block[first:last]
        if piece.strip():
            yield start + first + len(piece) - len(piece.lstrip()), start + last - (len(piece) - len(piece.rstrip()))
