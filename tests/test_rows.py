import pytest

from eval.rows import read_rows


def test_each_line_that_is_not_empty_is_a_row(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "one\u2028line"}\n\n{"n": 2}\n', encoding="utf-8")
    assert read_rows(path) == [{"text": "one\u2028line"}, {"n": 2}]


def test_a_line_that_is_no_json_is_an_error(tmp_path):
    (tmp_path / "rows.jsonl").write_text("{")
    with pytest.raises(ValueError):
        read_rows(tmp_path / "rows.jsonl")
