import json
from collections import Counter

import pytest

from coach.errors import CasesError
from eval.cases import Case, missing_passages, read_cases, shipped


def write(path, *rows):
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    return path


def test_a_case_needs_a_question_only(tmp_path):
    [case] = read_cases(write(tmp_path / "own.jsonl", {"question": "Who grants leave?"}))
    assert case == Case("own", "own-1", ("Who grants leave?",))


def test_every_field_is_read(tmp_path):
    row = {
        "id": 7, "turns": ["Hello", "and the VP?"], "expect": "refused", "key": [["CPO", "chief"], "CEO"], "wrong": ["board"],
        "passages": ["a#b"], "standalone": "Who leads the VP?", "kind": "near", "topic": "reporting",
    }  # fmt: skip
    [case] = read_cases(write(tmp_path / "own.jsonl", row))
    assert case == Case(
        "own", "7", ("Hello", "and the VP?"), "refused", (("CPO", "chief"), ("CEO",)), ("board",), ("a#b",), "Who leads the VP?", "near", "reporting"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: Expecting property name"),
        ("[]", "line 2: not a JSON object"),
        ('{"question": ""}', '"turns" must be a list of texts, or give a "question"'),
        ('{"turns": []}', 'or give a "question"'),
        ('{"question": "a", "expect": "perhaps"}', "must be one of answered, refused, care, calm, greeting"),
        ('{"question": "a", "keys": []}', "unknown field keys; known are"),
        ('{"question": "a", "key": "CPO"}', '"key" must be a list of groups'),
        ('{"question": "a", "key": [[]]}', '"key" must be a list of texts'),
        ('{"question": "a", "id": "one"}', "the id 'one' stands twice"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_with_what_is_wrong(tmp_path, line, said):
    path = tmp_path / "own.jsonl"
    path.write_text('{"question": "a", "id": "one"}\n' + line + "\n")
    with pytest.raises(CasesError) as error:
        read_cases(path)
    assert str(path) in str(error.value)
    assert said in str(error.value)


def test_no_file_and_no_case_are_said(tmp_path):
    with pytest.raises(CasesError, match=r"none\.jsonl cannot be read \(No such file"):
        read_cases(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(CasesError, match="holds no cases"):
        read_cases(tmp_path / "empty.jsonl")


def test_the_shipped_sets_are_as_large_as_the_readme_says():
    cases = shipped()
    sets, expects = Counter(c.set for c in cases), Counter(c.expect for c in cases if c.set == "care")
    assert sets["questions"] >= 240
    assert sets["refusals"] >= 120
    assert sum(c.kind == "near" for c in cases if c.set == "refusals") >= 60
    assert sets["conversations"] >= 60
    assert min(expects["care"], expects["calm"]) >= 30
    assert len({c.id for c in cases}) == len(cases)
    assert all(c.key and c.passages for c in cases if c.set == "questions")
    assert {c.kind for c in cases if c.set == "questions"} >= {"easy", "hard", "noisy", "story", "premise"}
    assert all(1 < len(c.turns) <= 6 and c.standalone for c in cases if c.set == "conversations")


def test_the_labels_name_passages_of_the_corpus(coach):
    assert missing_passages(shipped(), {p.id for p in coach.passages}) == []


def test_a_passage_that_is_not_there_is_named_with_the_cases_that_need_it():
    cases = [Case("s", str(n), ("q",), passages=("here#a", "gone#b")) for n in range(7)]
    assert missing_passages(cases, {"here#a"}) == ["gone#b (answers 0, 1, 2, 3, 4 and others)"]
