"""One line an opinion, whole lines only, and never more than fits."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from coach.web.feedback import MOST_BYTES, keep


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_an_opinion_is_one_line_with_the_day_and_nothing_else(tmp_path: Path):
    path = tmp_path / "not" / "yet" / "there.jsonl"
    assert keep(path, {"rating": "up", "comment": "Größe\n\u2028zwei"})
    [line] = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    kept = json.loads(line)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", kept.pop("day"))
    assert kept == {"rating": "up", "comment": "Größe\n\u2028zwei"}


def test_opinions_at_once_stay_whole(tmp_path: Path):
    path = tmp_path / "feedback.jsonl"
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda n: keep(path, {"n": n, "comment": "x" * 5_000}), range(100)))
    assert sorted(str(line["n"]) for line in lines(path)) == sorted(map(str, range(100)))


@pytest.mark.parametrize(("room", "taken"), [(33, True), (32, False), (0, False)], ids=["fits", "too-little", "full"])
def test_a_full_file_takes_nothing_more(tmp_path: Path, room: int, taken: bool):
    path = tmp_path / "feedback.jsonl"
    path.write_bytes(b"x" * (MOST_BYTES - room))
    assert keep(path, {"n": "é"}) is taken  # 33 bytes
    assert path.stat().st_size == MOST_BYTES - room + 33 * taken


def test_a_file_that_cannot_be_written_is_an_error_for_the_caller(tmp_path: Path):
    with pytest.raises(OSError, match="directory"):
        keep(tmp_path, {"rating": "up"})
