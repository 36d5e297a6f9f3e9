import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from counting import VOCABULARY, CountingEncoder

from coach.border import MIN_EXAMPLES, Border, drawn, fit_border
from coach.corpus import read_corpus
from coach.errors import IndexUnusable
from coach.index import (
    POINTER,
    IndexDamaged,
    IndexMissing,
    generation_path,
    manifest_digest,
    open_generation,
    open_index,
    read_pointer,
    terms,
    words,
)
from coach.sync import sync

THREE = {
    "a.txt": "The roadmap, the roadmap and the metrics.",
    "b.txt": "The metrics.",
    "c.txt": "The board. The customer of the board.",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def root(tmp_path, counting_encoder):
    """The index of three one-line pages."""
    sync(write(tmp_path / "three", THREE), tmp_path / "index", counting_encoder)
    return tmp_path / "index"


@pytest.fixture
def index(root, counting_encoder):
    index = open_index(root, counting_encoder)
    yield index
    index.close()


def unit(**counts: float) -> np.ndarray:
    vector = np.array([counts.get(word, 0) for word in VOCABULARY] + [0], dtype=np.float32)
    return vector / np.linalg.norm(vector)


# What it holds


def test_passages_and_documents_come_back_as_they_were_read(small_corpus, tmp_path, counting_encoder):
    sync(small_corpus, tmp_path / "index", counting_encoder)
    index = open_index(tmp_path / "index", counting_encoder)
    corpus = read_corpus(small_corpus)
    assert index.passages == corpus.passages
    assert tuple(index.documents.values()) == corpus.documents
    assert index.number == {p.id: n for n, p in enumerate(corpus.passages)}
    for passage in index.passages:
        text = index.documents[passage.document_id].text
        for n, (start, end) in enumerate(passage.sentences):
            assert text[passage.start + start : passage.start + end] == passage.quote(n)
    index.close()


def test_text_of_every_script_comes_back_exactly(tmp_path, counting_encoder):
    text = "Zürich \U0001f680 \u2028 \x85 「製品」 \x0b \ud7ff ends here.\nAnd\tso on."
    sync(write(tmp_path / "odd", {"odd \U0001f680.txt": text}), tmp_path / "index", counting_encoder)
    index = open_index(tmp_path / "index", counting_encoder)
    assert index.documents["odd \U0001f680"].text == text
    assert index.passages == read_corpus(tmp_path / "odd").passages
    index.close()


def test_vectors_are_those_of_the_texts(index):
    # A passage's text is its title and its words; a question is the title when there is no heading.
    assert np.allclose(index.passage_vectors([0, 1]), [unit(roadmap=2, metrics=1), unit(metrics=1)])
    assert np.allclose(index.sentence_vectors(2), [unit(board=1), unit(customer=1, board=1)], atol=1e-3)
    assert [len(index.question_vectors(n)) for n in range(3)] == [1, 1, 1]
    assert np.allclose(index.question_vectors(0), [[0] * 10 + [1]], atol=1e-3)


def test_the_nearest_sentence_and_question_can_be_worked_out(index):
    numbers = np.array([2, 0, 1])
    expected = [1 / math.sqrt(2), 0, 0]
    assert np.allclose(index.best_sentence(numbers, unit(customer=1)), expected, atol=1e-3)
    assert np.allclose(index.best_sentence(np.array([0]), unit(roadmap=1)), [2 / math.sqrt(5)], atol=1e-3)
    assert np.allclose(index.best_question(numbers, unit(customer=1)), [0, 0, 0])


# Search


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param({"roadmap": 1}, [0], id="0 has two of three"),
        pytest.param({"metrics": 1}, [1, 0], id="1 has only it, 0 one of three"),
        pytest.param({"roadmap": 3, "metrics": 2}, [0, 1], id="both, 0 nearly alike"),
        pytest.param({"board": 2, "customer": 1}, [2], id="exactly 2"),
    ],
)
def test_dense_search_ranks_by_cosine(index, question, expected):
    assert index.dense(unit(**question)[None, :], 6)[: len(expected)] == expected


@pytest.mark.parametrize(("limit", "count"), [(1, 1), (3, 3), (6, 3), (1000, 3)])
def test_dense_search_gives_each_passage_once(index, limit, count):
    found = index.dense(unit(roadmap=1, metrics=1, board=1)[None, :], limit)
    assert len(found) == len(set(found)) <= count


def test_a_passage_is_found_by_a_question_that_it_answers(tmp_path, counting_encoder):
    pages = {
        "a.md": "## A?\n<!-- asked: metrics hiring? | customer board? -->\n\nText of a.\n",
        "b.md": "## Metrics and roadmap?\n\nText of b.\n",
    }
    sync(write(tmp_path / "pages", pages), tmp_path / "index", counting_encoder)
    index = open_index(tmp_path / "index", counting_encoder)
    assert index.dense(unit(customer=1, board=1)[None, :], 1) == [0]
    assert index.dense(unit(metrics=1, hiring=1)[None, :], 1) == [0]
    assert index.dense(unit(metrics=1, roadmap=1)[None, :], 1) == [1]
    assert np.allclose(index.question_vectors(0)[1:], [unit(metrics=1, hiring=1), unit(customer=1, board=1)], atol=1e-3)
    index.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ((), []),
        (("zebra",), []),
        (("board",), [2]),
        (("metric",), [0, 1]),
        (("roadmap", "zebra"), [0]),
        (("metric", "board"), [0, 1, 2]),
    ],
    ids=["no terms", "unknown", "one passage", "two passages", "known and unknown", "any of them"],
)
def test_lexical_search_scores_the_passages_that_hold_a_term(index, query, found):
    scores = index.lexical(query)
    assert scores.shape == (3,)
    assert [n for n, score in enumerate(scores) if score > 0] == found


def test_a_term_weighs_more_in_a_shorter_passage(index):
    scores = index.lexical(["metric"])
    assert scores[1] > scores[0] > 0


def test_rarity_is_the_share_of_the_greatest_inverse_document_frequency(index):
    assert index.rarity("zebra") == pytest.approx(1)
    assert index.rarity("board") == pytest.approx(math.log(4 / 2) / math.log(4))
    assert index.rarity("metric") == pytest.approx(math.log(4 / 3) / math.log(4))
    assert index.knows("board")
    assert not index.knows("zebra")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The PM's roadmaps, again!", ("pm", "roadmap")),
        ("go-to-market", ("go", "market")),
        ("R&D and C++", ("r&d", "c++")),
        ("", ()),
        ("who is it?", ()),
        ("don’t", ()),
        ("90 days in 2024", ("90", "day", "2024")),
        ("\U0001f680 …", ()),
    ],
)
def test_terms_are_the_stems_of_content_words(text, expected):
    assert terms(text) == expected


def test_words_keep_hyphens_and_lose_possessives():
    assert words("A VP’s go-to-market plan, the CEO's") == ["a", "vp", "go-to-market", "plan", "the", "ceo"]


def test_without_a_declined_list_nothing_is_declined(index):
    near = index.nearest_declined(unit(pm=1))
    assert (near.nearest, near.mean5, near.turn_to) == (0.0, 0.0, "")
    assert index.border is None


def test_declined_questions_are_found_with_who_can_help(tmp_path, counting_encoder):
    folder = write(tmp_path / "pages", THREE)
    (folder / "declined.yaml").write_text(
        "- {topic: pay, turn_to: a recruiter, examples: [hiring, board hiring]}\n- {topic: law, turn_to: a lawyer, examples: [report]}\n"
    )
    sync(folder, tmp_path / "index", counting_encoder)
    index = open_index(tmp_path / "index", counting_encoder)
    near = index.nearest_declined(unit(hiring=1))
    assert (near.nearest, near.turn_to) == (pytest.approx(1, abs=1e-3), "a recruiter")
    assert near.mean5 == pytest.approx((1 + 1 / math.sqrt(2) + 0) / 3, abs=1e-3)
    assert index.nearest_declined(unit(report=1)).turn_to == "a lawyer"
    index.close()


# The border


def test_the_border_tells_answered_from_declined(tmp_path, counting_encoder):
    folder = write(
        tmp_path / "pages",
        {"a.md": "## What is the roadmap of a pm?\n\nA roadmap.\n\n## What is the strategy of a vp?\n\nA strategy.\n"},
    )
    examples = [f"board {'hiring ' * n}" for n in range(MIN_EXAMPLES)]
    (folder / "declined.yaml").write_text(f"- {{topic: pay, turn_to: a recruiter, examples: {json.dumps(examples)}}}\n")
    sync(folder, tmp_path / "index", counting_encoder)
    index = open_index(tmp_path / "index", counting_encoder)
    assert index.border
    assert index.border.side(unit(roadmap=1, pm=1)) > 0
    assert index.border.side(unit(board=1, hiring=3)) < 0
    index.close()


def test_one_text_more_changes_one_place_of_those_drawn():
    texts = [f"question {n}" for n in range(400)]
    before = {texts[n] for n in drawn(texts, 100)}
    more = ["one more question", *texts]
    after = {more[n] for n in drawn(more, 100)}
    assert len(before) == len(after) == 100
    assert len(before - after) <= 1
    assert drawn(texts, 1000) == list(range(400))


def test_too_few_declined_questions_draw_no_border():
    vectors = np.eye(11, dtype=np.float32)
    assert fit_border(vectors, np.tile(vectors, (4, 1))) is None
    assert fit_border(vectors[:0], np.tile(vectors, (9, 1))) is None


def test_a_border_is_the_same_after_its_file(tmp_path):
    choice = np.random.default_rng(5)
    near, far = (choice.normal(size=(80, 11)).astype(np.float32) + shift for shift in (1, -1))
    border = fit_border(*(m / np.linalg.norm(m, axis=1, keepdims=True) for m in (near, far)))
    assert border
    border.save(tmp_path / "border.npz")
    loaded = Border.load(tmp_path / "border.npz")
    assert loaded
    assert [loaded.side(v) for v in np.eye(11, dtype=np.float32)] == pytest.approx(
        [border.side(v) for v in np.eye(11, dtype=np.float32)], abs=0.02
    )
    assert Border.load(tmp_path / "none.npz") is None


# What cannot be used


def test_without_an_index_the_remedy_is_named(tmp_path, counting_encoder):
    with pytest.raises(IndexMissing, match=r"There is no index in .*nothing; run `coach index`"):
        open_index(tmp_path / "nothing", counting_encoder)


def test_an_index_path_that_is_a_file_is_named(tmp_path, counting_encoder):
    (tmp_path / "file").touch()
    with pytest.raises(IndexUnusable, match=r"file is a file; give a folder with --index or COACH_INDEX"):
        open_index(tmp_path / "file", counting_encoder)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"generation": "000009-missing"}', b"\xff\xfe", b"\0" * 40]
)
def test_a_damaged_pointer_is_noticed_and_named(root, counting_encoder, content):
    (root / POINTER).write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"CURRENT cannot be read|000009-missing.manifest\.json is missing"):
        open_index(root, counting_encoder)


def test_a_pointer_that_is_a_folder_is_noticed_and_named(root, counting_encoder):
    (root / POINTER).unlink()
    (root / POINTER).mkdir()
    with pytest.raises(IndexDamaged, match="CURRENT cannot be read"):
        open_index(root, counting_encoder)


def test_the_index_of_another_encoder_is_refused_by_name(root):
    with pytest.raises(
        IndexUnusable, match="was built with the encoder counting, not other; run `coach index` to rebuild it"
    ) as caught:
        open_index(root, CountingEncoder(digest="other weights", name="other"))
    assert not isinstance(caught.value, IndexDamaged)


def test_an_index_of_another_schema_is_refused(root, counting_encoder):
    path = generation_path(root, read_pointer(root)["generation"]) / "manifest.json"
    manifest = {**json.loads(path.read_text()), "schema": 99}
    path.write_text(json.dumps({**manifest, "digest": manifest_digest(manifest)}))
    with pytest.raises(IndexUnusable, match=r"has schema 99, this version reads \d+; run `coach index`") as caught:
        open_index(root, counting_encoder)
    assert not isinstance(caught.value, IndexDamaged)


def files_of(root: Path) -> list[Path]:
    folder = generation_path(root, read_pointer(root)["generation"])
    return sorted(p for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize("damage", ["removed", "emptied", "shortened", "lengthened"])
def test_every_file_that_is_not_what_was_published_is_noticed_and_named(root, counting_encoder, damage):
    index = open_index(root, counting_encoder)
    index.close()
    for path in files_of(root):
        content = path.read_bytes()
        match damage:
            case "removed":
                path.unlink()
            case "emptied":
                path.write_bytes(b"")
            case "shortened":
                path.write_bytes(content[:-1])
            case "lengthened":
                path.write_bytes(content + b"\n")
        if not (path.name == "chroma.sqlite3" and damage == "lengthened") and not (
            path.name == "manifest.json" and damage == "lengthened"
        ):
            with pytest.raises(IndexDamaged) as caught:
                open_index(root, counting_encoder)
            assert path.name in str(caught.value), path
        path.write_bytes(content)
    index = open_index(root, counting_encoder)
    index.close()


@pytest.mark.parametrize("seed", range(3))
def test_a_flipped_byte_anywhere_is_noticed_or_harmless(tmp_path, small_corpus, counting_encoder, seed):
    (small_corpus / "declined.yaml").write_text(
        f"- {{topic: pay, turn_to: a recruiter, examples: {json.dumps([f'board {n} pay' for n in range(MIN_EXAMPLES)])}}}\n"
    )
    root = tmp_path / "index"
    sync(small_corpus, root, counting_encoder)
    script = Path(__file__).with_name("flipping.py")
    done = subprocess.run(
        [sys.executable, str(script), str(root), str(seed)], capture_output=True, text=True, timeout=120, env=None
    )
    assert done.returncode == 0, (done.stdout[-300:], done.stderr[-2000:])
    rows = [row for row in map(json.loads, done.stdout.splitlines()) if len(row) == 3]
    assert {POINTER, "manifest.json", "chroma.sqlite3", "documents.jsonl", "passages.npy", "border.npz", "data_level0.bin"} <= {
        row[0] for row in rows
    }
    assert len(rows) >= 150
    for name, position, outcome in rows:
        if name == POINTER:  # another generation's name, or "previous", is all that it can turn into
            assert (
                outcome == "same" or outcome.startswith("IndexDamaged: ") and ("CURRENT" in outcome or "manifest.json" in outcome)
            ), (position, outcome)
        elif name in ("chroma.sqlite3", "manifest.json"):
            assert outcome == "same" or (outcome.startswith("IndexDamaged: ") and name in outcome), (name, position, outcome)
        else:
            assert outcome.startswith("IndexDamaged: ") and name in outcome, (name, position, outcome)


def test_a_generation_that_goes_while_it_is_opened_gives_way_to_the_next(tmp_path, small_corpus):
    """As when two syncs end between reading the pointer and reading the generation."""
    root = tmp_path / "index"
    sync(small_corpus, root, CountingEncoder())
    first = generation_path(root, read_pointer(root)["generation"])

    class Overtaken(CountingEncoder):
        """An encoder whose digest is asked for when the next generation has just been published and the first removed."""

        @property
        def digest(self) -> str:
            if first.exists():
                (small_corpus / "new.txt").write_text("A new page.")
                sync(small_corpus, root, CountingEncoder())
                first.rename(root / "gone")
            return CountingEncoder().digest

        @digest.setter
        def digest(self, value: str) -> None:
            pass

    index = open_index(root, Overtaken())
    assert "new" in index.documents
    index.close()


def test_an_open_generation_is_what_it_was_whatever_is_published(root, counting_encoder, tmp_path):
    before = open_index(root, counting_encoder)
    expected = [before.dense(unit(metrics=1)[None, :], 6), before.lexical(["metric"]).tolist()]
    for text in ("The strategy.", "The team.", "The report."):
        (tmp_path / "three" / "a.txt").write_text(text)
        sync(tmp_path / "three", root, counting_encoder)
    assert [before.dense(unit(metrics=1)[None, :], 6), before.lexical(["metric"]).tolist()] == expected
    assert before.passages[0].text == THREE["a.txt"]
    before.close()


def test_one_generation_can_be_opened_by_name_and_twice_at_once(root, counting_encoder):
    name = read_pointer(root)["generation"]
    first, second = open_generation(root, name, counting_encoder), open_index(root, counting_encoder)
    assert first.name == second.name == name
    first.close()
    assert second.dense(unit(metrics=1)[None, :], 1) == [1]
    second.close()
