"""What an operator set is what the server goes by."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.errors import SettingsError
from coach.settings import Settings
from coach.web.config import WebConfig


def test_without_settings_nothing_is_open_or_written():
    config = WebConfig()
    assert (config.api_origins, config.api_token, config.feedback, config.trusted_proxies) == ((), "", None, "")
    assert list(config.embeds.named) == ["demo"]


def test_settings_arrive(tmp_path: Path):
    embeds = tmp_path / "embeds.toml"
    embeds.write_text('[jobs]\norigins = ["https://jobs.example"]\n[limits]\nvisitor_per_minute = 3\n')
    settings = Settings.from_mapping(
        {
            "HOME": str(tmp_path),
            "COACH_EMBEDS": str(embeds),
            "COACH_API_ORIGINS": "https://a.example, https://b.example:8443",
            "COACH_API_TOKEN": "sesame",
            "COACH_FEEDBACK": str(tmp_path / "f.jsonl"),
            "COACH_TRUSTED_PROXIES": "192.0.2.1",
        }
    )
    config = WebConfig.of(settings)
    assert config.embeds.named["jobs"].origins == ("https://jobs.example",)
    assert config.embeds.limits.visitor_per_minute == 3
    assert config.api_origins == ("https://a.example", "https://b.example:8443")
    assert (config.api_token, config.feedback) == ("sesame", tmp_path / "f.jsonl")
    assert config.trusted_proxies == "192.0.2.1"


@pytest.mark.parametrize("origin", ["*", "https://a.example/", "a.example", "https://*.example", "null"])
def test_what_is_no_origin_is_refused_by_name(tmp_path: Path, origin: str):
    settings = Settings.from_mapping({"HOME": str(tmp_path), "COACH_API_ORIGINS": origin, "COACH_API_TOKEN": "sesame"})
    with pytest.raises(SettingsError, match="COACH_API_ORIGINS"):
        WebConfig.of(settings)


def test_embeds_that_cannot_be_used_are_refused(tmp_path: Path):
    settings = Settings.from_mapping({"HOME": str(tmp_path), "COACH_EMBEDS": str(tmp_path / "missing.toml")})
    with pytest.raises(SettingsError, match=r"missing\.toml"):
        WebConfig.of(settings)
