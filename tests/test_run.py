import json
import os
from dataclasses import replace

import pytest
from asking import write_pages
from scripted import Scripted

from coach.errors import SettingsError
from coach.grounding import Checker
from coach.pipeline import load_coach
from coach.recording import Recorder
from coach.settings import Settings
from coach.types import Author
from eval.cases import read_cases
from eval.run import run, run_own

ASKED = {"question": "When may the office dog visit?", "key": [["Tuesday"]]}
REFUSED = {"question": "What does Acme pay its directors in Lima?", "expect": "refused"}


@pytest.fixture
def settings(tmp_path, cache) -> Settings:
    pages = write_pages(tmp_path / "pages")
    return replace(Settings.from_mapping(os.environ, str(pages), str(tmp_path / "index")), cache=cache)


@pytest.fixture
def cases(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in (ASKED, REFUSED)), encoding="utf-8")
    return path


def test_a_run_with_a_model_is_repeated_from_its_recording(tmp_path, settings, cases):
    recording = tmp_path / "replies.jsonl"
    said = "On Tuesdays and Thursdays Biscuit, the office dog, may visit [1]. Biscuit, the office dog, may visit on Tuesdays and Thursdays [1]."
    model = Recorder(Scripted(said), recording)
    coach = load_coach(settings, synced=True, model=model)
    first = run(coach, Checker.load(settings.cache), read_cases(cases), with_claims=False)
    coach.close()
    again = run_own(replace(settings, model=f"replay:{recording}"), cases)
    assert [(r.verdict, r.answer.text) for r in again.results if r.answer] == [
        (r.verdict, r.answer.text) for r in first.results if r.answer
    ]
    assert all(r.verdict.right for r in again.results)
    assert again.results[0].answer.making.author is Author.MODEL
    assert again.measures["in a model's words"].value == 1.0


def test_without_a_model_nothing_is_said_of_one(settings, cases):
    assert "in a model's words" not in run_own(settings, cases).measures


def test_there_must_be_a_model_to_record(tmp_path, settings, cases):
    with pytest.raises(SettingsError, match="no chat model to record"):
        run_own(settings, cases, tmp_path / "replies.jsonl")
