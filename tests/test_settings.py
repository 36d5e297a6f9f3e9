import os
import subprocess
import sys
from pathlib import Path

import pytest

from coach.errors import SettingsError
from coach.settings import DEFAULT_ENCODER, NO_TRACING, QUIET_ENVIRONMENT, Settings


def test_without_variables_the_starter_corpus_and_the_users_cache_are_used(tmp_path):
    settings = Settings.from_mapping({"HOME": str(tmp_path)})
    assert (settings.corpus / "role-vp.md").is_file()
    assert settings.cache == tmp_path / ".cache" / "career-coach"
    assert settings.index.is_relative_to(settings.cache)
    assert (settings.encoder, settings.model, settings.threads, settings.helpline) == (DEFAULT_ENCODER, "", 1, "")
    assert (settings.model_url, settings.model_timeout, settings.model_tokens, settings.model_daily_tokens) == ("", 15, 600, 0)


@pytest.mark.parametrize(
    ("variable", "value", "field", "expected"),
    [
        ("COACH_CORPUS", "/a/pages", "corpus", Path("/a/pages")),
        ("COACH_INDEX", "/an/index", "index", Path("/an/index")),
        ("COACH_CACHE", "/a/cache", "cache", Path("/a/cache")),
        ("COACH_ENCODER", "/a/model", "encoder", "/a/model"),
        ("COACH_MODEL", "openai:m", "model", "openai:m"),
        ("COACH_MODEL_URL", "http://localhost:8080/v1", "model_url", "http://localhost:8080/v1"),
        ("COACH_MODEL_TIMEOUT", "1", "model_timeout", 1.0),
        ("COACH_MODEL_TOKENS", "50", "model_tokens", 50),
        ("COACH_MODEL_DAILY_TOKENS", "0", "model_daily_tokens", 0),
        ("COACH_MODEL_DAILY_TOKENS", "100000", "model_daily_tokens", 100_000),
        ("COACH_THREADS", "3", "threads", 3),
        ("COACH_HELPLINE", "Call us.", "helpline", "Call us."),
        ("COACH_EMBEDS", "/an/embeds.toml", "embeds", Path("/an/embeds.toml")),
        ("COACH_EMBEDS", "", "embeds", None),
        ("COACH_API_TOKEN", "secret", "api_token", "secret"),
        ("COACH_FEEDBACK", "/a/file.jsonl", "feedback", Path("/a/file.jsonl")),
        ("COACH_TRUSTED_PROXIES", "proxy.internal", "trusted_proxies", "proxy.internal"),
        ("XDG_CACHE_HOME", "/x", "cache", Path("/x/career-coach")),
        ("COACH_ENCODER", "", "encoder", DEFAULT_ENCODER),
    ],
    ids=lambda v: str(v),
)
def test_a_variable_sets_its_field(tmp_path, variable, value, field, expected):
    assert getattr(Settings.from_mapping({"HOME": str(tmp_path), variable: value}), field) == expected


def test_an_argument_wins_over_a_variable(tmp_path):
    settings = Settings.from_mapping(
        {"HOME": str(tmp_path), "COACH_CORPUS": "/v", "COACH_INDEX": "/v"}, corpus="/arg", index="/arg-index"
    )
    assert (settings.corpus, settings.index) == (Path("/arg"), Path("/arg-index"))


def test_two_corpora_of_one_name_have_two_indexes(tmp_path):
    first, second = (Settings.from_mapping({"HOME": str(tmp_path)}, corpus=str(tmp_path / p / "pages")).index for p in "ab")
    assert first != second


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5", ""], ids=lambda v: v or "empty")
def test_an_unusable_number_of_threads_is_named(value):
    with pytest.raises(SettingsError, match="COACH_THREADS"):
        Settings.from_mapping({"HOME": "/nowhere", "COACH_THREADS": value})


@pytest.mark.parametrize(
    ("variable", "value", "least"),
    [
        ("COACH_MODEL_TIMEOUT", "0", 1),
        ("COACH_MODEL_TIMEOUT", "1.5", 1),
        ("COACH_MODEL_TOKENS", "49", 50),
        ("COACH_MODEL_TOKENS", "many", 50),
        ("COACH_MODEL_DAILY_TOKENS", "-1", 0),
        ("COACH_MODEL_DAILY_TOKENS", "", 0),
    ],
)
def test_an_unusable_number_of_the_chat_model_is_named_with_what_it_can_be(variable, value, least):
    with pytest.raises(SettingsError, match=f"{variable} is '{value}'; give a whole number from {least} up"):
        Settings.from_mapping({"HOME": "/nowhere", variable: value})


def test_libraries_are_told_to_stay_quiet():
    assert QUIET_ENVIRONMENT["HF_HUB_OFFLINE"] == "1"
    assert QUIET_ENVIRONMENT["ANONYMIZED_TELEMETRY"] == "False"


def test_no_variable_of_a_shell_turns_tracing_on():
    script = "import coach.cli, os; coach.cli.main(['--help'])"
    tracing = {name: "true" for name in NO_TRACING}
    check = (
        "import sys, os, runpy\ntry:\n    "
        + script
        + "\nexcept SystemExit:\n    pass\nfrom langsmith.utils import tracing_is_enabled\nsys.exit(bool(tracing_is_enabled()))"
    )
    done = subprocess.run([sys.executable, "-c", check], env={**os.environ, **tracing}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_embeds_of_the_folder_are_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "embeds.toml").touch()
    assert Settings.from_mapping({"HOME": "/h"}).embeds == Path("embeds.toml")


def test_other_origins_may_call_only_with_a_token():
    with pytest.raises(SettingsError, match="set COACH_API_TOKEN, too"):
        Settings.from_mapping({"HOME": "/h", "COACH_API_ORIGINS": "https://a.example"})
    settings = Settings.from_mapping(
        {"HOME": "/h", "COACH_API_ORIGINS": "https://a.example, https://b.example", "COACH_API_TOKEN": "secret"}
    )
    assert settings.api_origins == ("https://a.example", "https://b.example")
    assert "secret" not in repr(settings)
