import itertools
import os
import random
import shutil
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from counting import CountingEncoder, write_version
from syncing import UNUSABLE, syncing, version_of

from coach.care import Care
from coach.errors import CorpusError, IndexUnusable
from coach.gate import Gate
from coach.grounding import Checker
from coach.index import POINTER, IndexDamaged, generation_path, open_index, read_pointer
from coach.pipeline import Coach
from coach.sync import GRACE_SECONDS, SyncReport, rollback, sync


@pytest.fixture
def folder(small_corpus):
    """The corpus that is synced; `root` is its index."""
    return small_corpus


@pytest.fixture
def root(tmp_path):
    return tmp_path / "index"


def counts(report: SyncReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.removed, report.unchanged


def texts_in(root: Path) -> list[str]:
    index = open_index(root, CountingEncoder())
    index.close()
    return [p.text for p in index.passages]


def current(root: Path) -> Path:
    return generation_path(root, read_pointer(root)["generation"])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


# What is counted and what is embedded


def test_the_first_sync_adds_every_page(folder, root, counting_encoder):
    report = sync(folder, root, counting_encoder)
    assert counts(report) == (5, 0, 0, 0)
    assert report.passages == 7
    assert report.embedded == len(counting_encoder.seen) == len(set(counting_encoder.seen))
    assert report.generation == read_pointer(root)["generation"]
    assert report.skipped == ()


def test_a_sync_without_a_change_does_nothing(folder, root, counting_encoder):
    first = sync(folder, root, counting_encoder)
    counting_encoder.seen.clear()
    again = sync(folder, root, counting_encoder)
    assert counts(again) == (0, 0, 0, 5)
    assert (again.embedded, counting_encoder.seen) == (0, [])
    assert again.generation == first.generation


def change_page(folder: Path) -> None:
    page = folder / "plain.txt"
    page.write_text(page.read_text().replace("first", "last"))


CHANGES = [
    (
        "a page added",
        lambda f: (f / "new.txt").write_text("A new page on hiring."),
        (1, 0, 0, 5),
        {"new", "new\nA new page on hiring.", "A new page on hiring."},
    ),
    (
        "a page changed",
        change_page,
        (0, 1, 0, 4),
        {"plain\nA mentor of a product manager listens last.", "A mentor of a product manager listens last."},
    ),
    ("a page removed", lambda f: (f / "plain.txt").unlink(), (0, 0, 1, 4), set()),
    (
        "a page renamed",
        lambda f: (f / "plain.txt").rename(f / "mentor.txt"),
        (1, 0, 1, 4),
        {"mentor", "mentor\nA mentor of a product manager listens first."},
    ),
    ("a page moved", lambda f: (f / "plain.txt").rename(f / "notes" / "plain.txt"), (0, 1, 0, 4), set()),
    (
        "other front matter",
        lambda f: (f / "vp.md").write_text((f / "vp.md").read_text().replace("roles: [vp]", "roles: [vp, cpo]")),
        (0, 1, 0, 4),
        set(),
    ),
    (
        "another line end",
        lambda f: (f / "plain.txt").write_bytes(b"\xef\xbb\xbfA mentor of a product manager listens first.\r\n"),
        (0, 0, 0, 5),
        set(),
    ),
    ("only the time", lambda f: os.utime(f / "plain.txt", (0, 0)), (0, 0, 0, 5), set()),
    (
        "a question added",
        lambda f: (f / "pm.md").write_text((f / "pm.md").read_text().replace("| Whose", "| Top of a team? | Whose")),
        (0, 1, 0, 4),
        {"Top of a team?"},
    ),
    (
        "a declined question added",
        lambda f: (f / "declined.yaml").write_text("- {topic: law, examples: [The strategy of the board]}"),
        (0, 0, 0, 5),
        {"The strategy of the board"},
    ),
    ("a page that cannot be read", lambda f: (f / "bad.md").write_bytes(b"\0"), (0, 0, 0, 5), set()),
]


@pytest.mark.parametrize(("change", "counted", "embedded"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_only_what_changed_is_counted_and_embedded(folder, root, counting_encoder, change, counted, embedded):
    sync(folder, root, counting_encoder)
    counting_encoder.seen.clear()
    change(folder)
    report = sync(folder, root, counting_encoder)
    assert counts(report) == counted
    assert set(counting_encoder.seen) == embedded
    assert report.embedded == len(counting_encoder.seen)


def test_a_sync_by_parts_gives_the_index_of_a_sync_at_once(folder, root, tmp_path, counting_encoder):
    hidden = folder / "vp.md"
    page = hidden.read_text()
    hidden.unlink()
    sync(folder, root, counting_encoder)
    hidden.write_text(page)
    change_page(folder)
    sync(folder, root, counting_encoder)
    sync(folder, tmp_path / "at-once", CountingEncoder())
    for name in (
        "documents.jsonl",
        "passages.jsonl",
        "passages.npy",
        "sentences.npy",
        "questions.npy",
        "words.json",
        "terms.json",
        "texts.json",
    ):
        assert (current(root) / name).read_bytes() == (current(tmp_path / "at-once") / name).read_bytes(), name


def test_a_changed_source_changes_the_pages_that_cite_it(folder, root, counting_encoder):
    (folder / "sources.yaml").write_text("A: {title: One, holder: Ana, year: 2020}\n")
    (folder / "cited.md").write_text("---\nsources: [A]\n---\nA cited page.\n")
    sync(folder, root, counting_encoder)
    (folder / "sources.yaml").write_text("A: {title: One, holder: Ana, year: 2021}\n")
    report = sync(folder, root, counting_encoder)
    assert (counts(report), report.embedded) == ((0, 1, 0, 5), 0)


def test_progress_counts_the_texts_that_are_embedded(folder, root, counting_encoder):
    calls: list[tuple[int, int]] = []
    report = sync(folder, root, counting_encoder, lambda done, total: calls.append((done, total)))
    assert calls[-1] == (report.embedded, report.embedded)
    assert calls == sorted(calls)


def test_a_forced_sync_builds_anew_and_embeds_nothing_twice(folder, root, counting_encoder):
    first = sync(folder, root, counting_encoder)
    report = sync(folder, root, counting_encoder, force=True)
    assert report.generation != first.generation
    assert report.embedded == 0


def test_skipped_files_are_reported_with_their_reasons(folder, root, counting_encoder):
    (folder / "broken.md").write_text("---\nid: [\n---\nText.\n")
    report = sync(folder, root, counting_encoder)
    assert [(s.path, s.reason[:12]) for s in report.skipped] == [("broken.md", "broken.md:3:")]


def test_a_corpus_without_text_leaves_the_index_as_it_is(folder, root, counting_encoder, tmp_path):
    first = sync(folder, root, counting_encoder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError, match="No text was found"):
        sync(tmp_path / "empty", root, counting_encoder)
    assert read_pointer(root)["generation"] == first.generation


# Nothing stale


def test_a_removed_page_is_gone_from_every_file_of_the_new_generation(folder, root, counting_encoder):
    (folder / "secret.txt").write_text("Zanzibar is the code name.")
    sync(folder, root, counting_encoder)
    assert any(b"anzibar" in p.read_bytes() for p in current(root).rglob("*") if p.is_file())
    (folder / "secret.txt").unlink()
    sync(folder, root, counting_encoder)
    assert not [p for p in current(root).rglob("*") if p.is_file() and b"anzibar" in p.read_bytes().lower()]
    index = open_index(root, counting_encoder)
    assert "secret" not in index.documents
    assert not index.knows("zanzibar")
    assert len(index.dense(counting_encoder.encode(["board"]), 100)) <= 7
    index.close()


def test_generations_go_when_nobody_can_be_reading_them(folder, root, counting_encoder):
    names = []
    for text in ("One.", "Two.", "Three.", "Four."):
        (folder / "plain.txt").write_text(text)
        names.append(sync(folder, root, counting_encoder).generation)
    for path in (root / "generations").iterdir():
        os.utime(path, (time.time() - 2 * GRACE_SECONDS,) * 2)
    (folder / "plain.txt").write_text("Five.")
    names.append(sync(folder, root, counting_encoder).generation)
    assert sorted(p.name for p in (root / "generations").iterdir()) == names[-2:]
    assert names == sorted(set(names))


def test_what_a_killed_sync_left_is_cleared(folder, root, counting_encoder):
    sync(folder, root, counting_encoder)
    (root / "generations" / ".draft-0123").mkdir()
    (root / "generations" / ".draft-0123" / "passages.npy").write_bytes(b"half")
    (root / f".{POINTER}").write_text("{")
    (folder / "plain.txt").write_text("Two.")
    sync(folder, root, counting_encoder)
    assert sorted(p.name for p in root.iterdir()) == [POINTER, "generations", "index.lock"]
    assert not list((root / "generations").glob(".*"))


# Back


def test_rollback_publishes_the_generation_before_and_again_the_one_after(folder, root, counting_encoder):
    first = sync(folder, root, counting_encoder)
    before = texts_in(root)
    change_page(folder)
    second = sync(folder, root, counting_encoder)
    after = texts_in(root)
    assert before != after
    assert rollback(root) == first.generation
    assert texts_in(root) == before
    assert rollback(root) == second.generation
    assert texts_in(root) == after


def test_a_sync_after_a_rollback_brings_the_corpus_back(folder, root, counting_encoder):
    sync(folder, root, counting_encoder)
    change_page(folder)
    sync(folder, root, counting_encoder)
    after = texts_in(root)
    rollback(root)
    report = sync(folder, root, counting_encoder)
    assert counts(report) == (0, 1, 0, 4)
    assert texts_in(root) == after


def test_without_a_generation_before_there_is_no_way_back(folder, root, counting_encoder):
    sync(folder, root, counting_encoder)
    with pytest.raises(IndexUnusable, match="There is no previous generation"):
        rollback(root)
    assert texts_in(root)


def test_without_an_index_there_is_no_way_back(root):
    with pytest.raises(IndexUnusable, match="There is no index"):
        rollback(root)


@pytest.mark.parametrize("name", ["passages.jsonl", "chroma.sqlite3", "manifest.json"])
def test_a_damaged_generation_is_not_gone_back_to(folder, root, counting_encoder, name):
    first = sync(folder, root, counting_encoder)
    change_page(folder)
    second = sync(folder, root, counting_encoder)
    flip(next(generation_path(root, first.generation).rglob(name)))
    with pytest.raises(IndexDamaged, match=name):
        rollback(root)
    assert read_pointer(root)["generation"] == second.generation


# Damage


@pytest.mark.parametrize(
    "name", ["documents.jsonl", "passages.npy", "chroma.sqlite3", "data_level0.bin", "manifest.json", "texts.json"]
)
def test_the_next_sync_heals_a_damaged_generation(folder, root, counting_encoder, name):
    first = sync(folder, root, counting_encoder)
    change_page(folder)
    sync(folder, root, counting_encoder)
    expected = texts_in(root)
    counting_encoder.seen.clear()
    path = next(current(root).rglob(name))
    path.write_bytes(path.read_bytes()[:-7] + b"damaged")
    with pytest.raises(IndexDamaged, match=name):
        open_index(root, counting_encoder)
    report = sync(folder, root, counting_encoder)
    assert texts_in(root) == expected
    assert report.embedded == len(counting_encoder.seen) <= 2  # the rest comes from sound vectors
    assert rollback(root) == first.generation  # the damaged one is none to go back to


@pytest.mark.parametrize("content", ["", "{", '{"generation": "000042-gone"}', '{"generation": "", "previous": ""}'])
def test_the_next_sync_heals_a_damaged_pointer(folder, root, counting_encoder, content):
    sync(folder, root, counting_encoder)
    expected = texts_in(root)
    (root / POINTER).write_text(content)
    with pytest.raises(IndexDamaged):
        open_index(root, counting_encoder)
    assert counts(sync(folder, root, counting_encoder)) == (5, 0, 0, 0)
    assert texts_in(root) == expected


# Encoders


def test_another_encoder_embeds_everything_anew(folder, root, counting_encoder):
    first = sync(folder, root, counting_encoder)
    other = CountingEncoder(digest="other weights", name="other")
    with pytest.raises(IndexUnusable, match="built with the encoder counting, not other; run `coach index`"):
        open_index(root, other)
    report = sync(folder, root, other)
    assert counts(report) == (5, 0, 0, 0)
    assert report.embedded == first.embedded == len(other.seen)
    open_index(root, other).close()
    with pytest.raises(IndexUnusable, match="built with the encoder other, not counting"):
        open_index(root, counting_encoder)


def test_an_encoder_that_fails_leaves_the_index_as_it_is(folder, root, counting_encoder):
    class Failing(CountingEncoder):
        """Breaks on the second call."""

        def encode(self, texts):
            raise RuntimeError("out of order")

    first = sync(folder, root, counting_encoder)
    change_page(folder)
    with pytest.raises(RuntimeError, match="out of order"):
        sync(folder, root, Failing())
    assert read_pointer(root)["generation"] == first.generation
    assert not list((root / "generations").glob(".draft-*"))


# Folders


def path_below_a_file(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file" / "index"


def path_that_is_a_file(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file"


def folder_that_nobody_may_write(folder: Path) -> Path:
    return Path("/proc/self/index")


def folder_without_a_place_for_the_lock(folder: Path) -> Path:
    (folder / "index" / "index.lock").mkdir(parents=True)
    return folder / "index"


def folder_without_a_place_for_generations(folder: Path) -> Path:
    (folder / "index").mkdir()
    (folder / "index" / "generations").touch()
    return folder / "index"


def folder_without_a_place_for_the_pointer(folder: Path) -> Path:
    (folder / "index" / POINTER / "inside").mkdir(parents=True)
    return folder / "index"


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (path_below_a_file, r"file.index is a file; give a folder with --index or COACH_INDEX|file.index.* cannot be written"),
        (path_that_is_a_file, "file is a file; give a folder with --index or COACH_INDEX"),
        pytest.param(
            folder_that_nobody_may_write,
            "cannot be written.*--index",
            marks=pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc"),
        ),
        (folder_without_a_place_for_the_lock, "cannot be written.*--index"),
        (folder_without_a_place_for_generations, "--index"),
        (folder_without_a_place_for_the_pointer, "cannot be written.*--index"),
    ],
)
def test_a_folder_that_cannot_be_written_is_named_with_the_remedy(folder, tmp_path, counting_encoder, place, message):
    with pytest.raises(IndexUnusable, match=message):
        sync(folder, place(tmp_path), counting_encoder)


# Kills, races and readers


@pytest.fixture
def versions(tmp_path, root):
    """Two versions of a corpus, the old one in the index."""
    old, new = write_version(tmp_path / "old", "old"), write_version(tmp_path / "new", "new")
    sync(old, root, CountingEncoder())
    return {"old": old, "new": new}


def held(root: Path) -> str:
    index = open_index(root, CountingEncoder())
    version = version_of(index)
    index.close()
    return version


@pytest.mark.parametrize("part", range(4))
def test_a_killed_sync_leaves_the_old_or_the_new_index_whole(root, versions, part):
    choice = random.Random(part)
    found = []
    with syncing(root, versions["old"], versions["new"]) as order:
        started = time.monotonic()
        assert order(syncs=4) == [0]
        length = (time.monotonic() - started) / 4  # of one sync, on this machine and now
        for _ in range(25):
            assert order(kill_after=choice.uniform(0, 2.5 * length)) == [-signal.SIGKILL]
            found.append(held(root))
            other = "new" if found[-1] == "old" else "old"
            sync(versions[other], root, CountingEncoder())
            assert held(root) == other
    assert set(found) == {"old", "new"}


def test_a_disk_that_is_full_at_any_point_leaves_the_old_index(root, versions):
    """The system refuses files of more than so many bytes; the sync says so and the index stays."""
    with syncing(root, versions["new"], versions["old"]) as order:
        for size in (0, 10, 100, 300, 1000, 3000, 10_000, 30_000, 100_000):
            assert order(largest_file=size) == [UNUSABLE], size
            assert held(root) == "old"
        assert order(largest_file=10_000_000) == [0]
        assert held(root) == "new"


def test_syncs_at_once_wait_for_each_other(root, versions):
    with syncing(root, versions["old"], versions["new"]) as order:
        for count in (2, 3, 2, 4):
            assert order(race=count) == [0] * count
            version = held(root)
            report = sync(versions[version], root, CountingEncoder())
            assert counts(report) == (0, 0, 0, 6)


def test_syncs_of_several_threads_wait_for_each_other(root, versions):
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda n: sync(versions["old" if n % 2 else "new"], root, CountingEncoder()), range(8)))
    assert read_pointer(root)["generation"] in {report.generation for report in done}
    assert held(root) in ("old", "new")


def test_whoever_opens_the_index_during_syncs_finds_one_version_whole(root, versions):
    with syncing(root, versions["old"], versions["new"]) as order:
        assert order(read_for=4) == [0, 0]


def test_every_answer_during_syncs_comes_from_one_version(root, versions):
    coach = Coach(root, CountingEncoder(), Gate.load(), Care.load(), Checker.load(root))
    questions = [
        f"Who owns {topic} number {n}?" for topic, n in itertools.product(("roadmap", "strategy", "metrics", "hiring"), range(3))
    ]
    seen: set[str] = set()
    answered: list[str] = []
    stop = threading.Event()

    def ask(number: int) -> None:
        for question in itertools.cycle(questions[number:] + questions[:number]):
            if stop.is_set():
                return
            evidence = coach.search(question, 20)
            said = [e.passage.text for e in evidence]
            assert said
            answer = coach.ask(question)
            quoted = [c.quote for c in answer.citations]
            for part in (said, quoted):
                versions_in = {version for version in ("old", "new") if any(version in text for text in part)}
                assert len(versions_in) == bool(part), part
                seen.update(versions_in)
            answered.extend(quoted)

    with syncing(root, versions["old"], versions["new"]) as order, ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask, number) for number in range(3)]
        try:
            assert order(syncs=12) == [0]
        finally:
            stop.set()
        for future in asking:
            future.result()
    coach.close()
    assert seen == {"old", "new"}
    assert answered


def test_an_index_can_be_copied_and_moved(folder, root, tmp_path, counting_encoder):
    sync(folder, root, counting_encoder)
    expected = texts_in(root)
    shutil.copytree(root, tmp_path / "copy")
    root.rename(tmp_path / "moved")
    assert texts_in(tmp_path / "copy") == texts_in(tmp_path / "moved") == expected
