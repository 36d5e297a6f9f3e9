"""The report on size and speed: its verdicts, its clock, and the corpus that it makes."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from counting import CountingEncoder, write_version

from coach.corpus import read_corpus
from eval.bench import (
    WARM_UP,
    Asking,
    Measure,
    Row,
    Sketch,
    alternate,
    as_rows,
    company,
    pool,
    row,
    section,
    table,
    write_enlarged,
)

AT_MOST = Measure("search / encoding", "ms", 1.8)
AT_LEAST = Measure("index / encoder", "texts/s", 0.9, at_least=True)


@pytest.mark.parametrize(
    ("measure", "first", "second", "ratio", "verdict"),
    [
        (AT_MOST, (7.0, 9.0, 50.0), (5.0, 5.0, 5.0), 1.8, "ok"),
        (AT_MOST, (9.1,), (5.0,), 1.82, "MISSED"),
        (AT_LEAST, (90.0,), (100.0,), 0.9, "ok"),
        (AT_LEAST, (89.0,), (100.0,), 0.89, "MISSED"),
    ],
)
def test_a_row_compares_the_medians_with_its_aim(measure, first, second, ratio, verdict):
    found = row(measure, (first, second))
    assert found.ratio == pytest.approx(ratio)
    assert found.verdict == verdict


def test_a_row_needs_values_on_both_sides():
    for pair in (((), (1.0,)), ((1.0,), ()), ((1.0,), (0.0,))):
        with pytest.raises(ValueError):
            row(AT_MOST, pair)


def test_the_table_and_the_data_say_the_same_of_measured_and_missing_rows():
    rows = [Row(AT_MOST, 9.0, 5.0, 310), (AT_LEAST, "CorpusError: no text")]
    head, first, second = table(rows).splitlines()
    assert " ".join(first.split()) == "search / encoding 9 / 5 ms 310 1.800 <= 1.8 ok"
    assert " ".join(second.split()) == "index / encoder not measured: CorpusError: no text"
    assert head.index("ratio") == first.index("1.800")
    assert [r.get("verdict") for r in as_rows(rows)] == ["ok", None]
    assert as_rows(rows)[1]["error"] == "CorpusError: no text"


def test_both_sides_take_turns_in_going_first_and_the_warm_up_does_not_count():
    calls: list[str] = []
    ticks = iter(range(1000))
    texts = [str(n) for n in range(WARM_UP + 4)]
    first, second = alternate(lambda t: calls.append(f"a{t}"), lambda t: calls.append(f"b{t}"), texts, lambda: next(ticks))
    assert first == second == [1000.0] * 4  # one tick each
    assert sorted(calls) == sorted(f"{side}{t}" for side in "ab" for t in texts)
    assert [c[0] for c in calls[:6]] == ["b", "a", "a", "b", "b", "a"]


def test_invented_names_differ():
    assert len({company(n) for n in range(8000)}) == 8000


@pytest.mark.parametrize("size", [30, 45])
def test_an_enlarged_corpus_has_exactly_the_passages_asked_for_and_is_the_same_every_time(tmp_path: Path, size: int):
    starter = write_version(tmp_path / "starter", "new")
    write_enlarged(tmp_path / "once", starter, size)
    write_enlarged(tmp_path / "twice", starter, size)
    corpus = read_corpus(tmp_path / "once")
    assert len(corpus.passages) == size
    assert not corpus.skipped
    assert read_corpus(tmp_path / "twice") == corpus


def test_a_generated_section_is_one_passage_of_sentences_that_begin_with_the_invented_name(tmp_path: Path):
    headings, said = pool(read_corpus(write_version(tmp_path / "starter", "new")).passages)
    (tmp_path / "page.md").write_text(section(random.Random(1), headings, said), encoding="utf-8")
    *_, passage = [p for p in read_corpus(tmp_path).passages if p.document_id == "page"]
    assert len(passage.sentences) >= 4
    assert passage.heading.endswith("?")


def test_a_sketch_is_the_mean_of_its_words_and_the_same_every_time():
    real = CountingEncoder()
    sketch = Sketch(real, ["pm", "roadmap"])
    known, unknown, empty = sketch.encode(["pm roadmap", "Bakale", ""])
    assert known @ (real.encode(["pm"])[0] + real.encode(["roadmap"])[0]) == pytest.approx(np.sqrt(2))
    assert np.allclose(np.linalg.norm([known, unknown, empty], axis=1), 1)
    assert np.array_equal(Sketch(CountingEncoder(), ["pm"]).encode(["bakale"])[0], unknown)
    assert np.array_equal(Asking(real, sketch.name, sketch.digest).encode(["pm roadmap"]), real.encode(["pm roadmap"]))
