import json

import pytest

from coach.errors import CasesError
from eval.beir import main, read_task, scores

DOCUMENTS = {
    "d1": ("Roadmaps", "A product roadmap shows how features are delivered over the next quarters."),
    "d2": ("Bread", "Sourdough bread rises slowly and is baked in a hot oven."),
    "d3": ("", "Interest rates of the central bank rose by a quarter of a point."),
    "d4": ("Whales", "The blue whale is the largest animal that ever lived in the sea."),
}
QUERIES = {
    "q1": ("delivery of features in a roadmap", "d1"),
    "q2": ("largest sea animal", "d4"),
    "q3": ("how is sourdough baked", "d2"),
}


@pytest.fixture
def folder(tmp_path):
    lines = [{"_id": i, "title": title, "text": text} for i, (title, text) in DOCUMENTS.items()]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, lines)))
    asked = [{"_id": i, "text": text} for i, (text, _) in QUERIES.items()] + [{"_id": "q4", "text": "no answer is known"}]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, asked)))
    (tmp_path / "qrels").mkdir()
    rows = [f"{q}\t{d}\t1" for q, (_, d) in QUERIES.items()] + ["q1\td2\t0"]
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + "\n".join(rows))
    return tmp_path


def test_only_queries_with_an_answer_are_asked(folder):
    task = read_task(folder)
    assert task.gains == {"q1": {"d1": 1.0}, "q2": {"d4": 1.0}, "q3": {"d2": 1.0}}
    assert task.documents["d1"].startswith("Roadmaps A product roadmap")
    assert task.documents["d3"].startswith("Interest rates")


def test_each_way_of_searching_is_scored(folder, encoder):
    found = scores(read_task(folder), encoder)
    assert set(found) == {"dense", "lexical", "hybrid"}
    assert found["hybrid"] == {"nDCG@10": 1.0, "recall@100": 1.0, "MRR@100": 1.0}
    assert all(0 <= v <= 1 for values in found.values() for v in values.values())


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_a_folder_in_another_format_is_named(folder, name, capsys):
    (folder / name).write_text("{\n{")
    with pytest.raises(CasesError, match="is no folder in BEIR format"):
        read_task(folder)
    (folder / name).unlink()
    assert main([str(folder)]) == 1
    assert "is no folder in BEIR format (FileNotFoundError" in capsys.readouterr().err
