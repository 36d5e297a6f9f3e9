"""embeds.toml is read whole or refused with the place and the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.errors import SettingsError
from coach.web.embeds import DEMO, Embed, read_embeds
from coach.web.limits import Limits

GOOD = """
[limits]
visitor_per_minute = 6

[careers]
origins = ["https://www.example.com", "http://localhost:8000"]
title = "Grow with us"
theme = "dark"
greeting = "Hello"
suggestions = ["Who leads?"]
per_minute = 30
per_day = 900

[jobs-2]
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "embeds.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_file_is_read(tmp_path: Path):
    embeds = read_embeds(written(tmp_path, GOOD))
    assert embeds.limits == Limits(visitor_per_minute=6)
    assert set(embeds.named) == {DEMO, "careers", "jobs-2"}
    careers = embeds.named["careers"]
    assert careers == Embed(
        "careers", ("https://www.example.com", "http://localhost:8000"), "Grow with us", "dark", "Hello", ("Who leads?",), 30, 900
    )
    assert careers.frame_ancestors == "'self' https://www.example.com http://localhost:8000"
    assert embeds.named["jobs-2"].frame_ancestors == "'self'"


def test_without_a_file_only_the_demo_may_be_embedded_and_only_by_the_coach_itself():
    embeds = read_embeds(None)
    assert {name: e.frame_ancestors for name, e in embeds.named.items()} == {DEMO: "'self'"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[careers\n", "is not TOML"),
        ('[Careers]\norigins = ["https://a.example"]\n', r"\[Careers\]: an embed is a table named with small letters"),
        ('careers = "https://a.example"\n', "an embed is a table"),
        ('[careers]\norigin = ["https://a.example"]\n', 'there is no "origin"; an embed has origins, title'),
        ('[careers]\nname = "x"\n', 'there is no "name"'),
        ('[careers]\norigins = "https://a.example"\n', "origins must be text"),
        ('[careers]\norigins = ["*"]\n', r'"\*" is no origin; write scheme and host'),
        ('[careers]\norigins = ["https://*.example.com"]\n', "without a path or a star"),
        ('[careers]\norigins = ["https://a.example/"]\n', "is no origin"),
        ('[careers]\norigins = ["https://A.example"]\n', "is no origin"),
        ('[careers]\norigins = ["a.example"]\n', "is no origin"),
        ('[careers]\norigins = ["https://a.example; script-src *"]\n', "is no origin"),
        ('[careers]\ntheme = "blue"\n', "theme is one of auto, light, dark"),
        ("[careers]\ntitle = 7\n", "title must be text"),
        ('[careers]\nsuggestions = ["a", "a", "a", "a", "a", "a", "a", "a", "a"]\n', "at most 8 suggestions"),
        ("[careers]\nper_day = 0\n", "per_day is 0; give a whole number from 1 up"),
        ("[careers]\nper_day = true\n", "per_day is True"),
        ("[limits]\nvisitors = 3\n", 'there is no "visitors"; the limits are visitor_per_minute'),
        ("[limits]\nvisitor_per_day = -1\n", "visitor_per_day is -1"),
        ("limits = 3\n", r"\[limits\]"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, words: str):
    with pytest.raises(SettingsError, match=words) as caught:
        read_embeds(written(tmp_path, text))
    assert "embeds.toml" in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(SettingsError, match="set COACH_EMBEDS to a readable file"):
        read_embeds(tmp_path / "none.toml")


def test_a_file_that_is_no_text_is_named(tmp_path: Path):
    path = tmp_path / "embeds.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="is not TOML"):
        read_embeds(path)
