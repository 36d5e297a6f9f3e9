"""What `coach widget` prints, and what it finds on an owner's page in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser.hosts import Host, hosting
from browser.server import running
from browser.standin import StandIn

from coach.cli import main
from coach.errors import SettingsError
from coach.web.config import WebConfig
from coach.web.embeds import Embed, Embeds
from coach.web.snippet import look, origin_of, snippet

PAGE = "<!doctype html><title>Jobs</title><h1>Jobs</h1>"


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[Host, str, Embed]]:
    """A careers site, the coach's address, and the embed that lists the site."""
    with hosting() as host:
        embed = Embed("careers", (host.origin,))
        with running(StandIn(), config=WebConfig(embeds=Embeds({"careers": embed, "other": Embed("other")}))) as base:
            tag = f'<script src="{base}widget.js" data-embed="{{}}" defer></script>'
            host.pages |= {
                "/good": PAGE + tag.format("careers"),
                "/inline": f'{PAGE}<script src="{base}widget.js" defer></script><career-coach-inline data-embed="careers"></career-coach-inline>',
                "/none": PAGE,
                "/other": PAGE + tag.format("other"),
                "/no-script": f"<meta http-equiv=Content-Security-Policy content=\"script-src 'self'\">{PAGE}{tag.format('careers')}",
                "/no-frame": f"<meta http-equiv=Content-Security-Policy content=\"frame-src 'self'\">{PAGE}{tag.format('careers')}",
            }
            yield host, base, embed


@pytest.mark.parametrize("page", ["/good", "/inline"])
def test_a_page_on_which_the_widget_works_has_no_findings(site, page):
    host, _, embed = site
    assert look(embed, host.origin + page) == []


@pytest.mark.parametrize(
    ("page", "name", "words"),
    [
        ("/none", "careers", 'The page has no tag with data-embed="careers": paste the line'),
        ("/other", "other", "is not among the origins of"),
        ("/no-script", "careers", "widget.js did not run."),
        ("/no-frame", "careers", "The frame of the coach did not open."),
    ],
    ids=["no tag", "not on the list", "script forbidden", "frame forbidden"],
)
def test_what_blocks_the_widget_is_named(site, monkeypatch, page, name, words):
    host, _, embed = site
    monkeypatch.setattr("coach.web.snippet.READY_SECONDS", 4)
    found = look(embed if name == "careers" else Embed(name), host.origin + page)
    assert words in found[0]
    if page.startswith("/no-"):
        assert any(text.startswith("Blocked by a policy: ") and "Content Security Policy" in text for text in found)


def test_a_page_that_cannot_be_opened_is_named():
    with pytest.raises(SettingsError, match=r"http://127\.0\.0\.1:9/jobs cannot be opened"):
        look(Embed("careers"), "http://127.0.0.1:9/jobs")


def test_the_line_to_paste_and_the_policy_lines():
    text = snippet(Embed("careers", ("https://www.example.com",), title='Grow "here"'), "https://coach.example.com/")
    assert (
        '<script src="https://coach.example.com/widget.js" data-embed="careers" data-title="Grow &quot;here&quot;" defer></script>'
        in text
    )
    assert "  script-src https://coach.example.com\n  frame-src https://coach.example.com\n" in text
    assert "  https://www.example.com\n" in text
    assert "nobody yet: add its origins" in snippet(Embed("careers"), "https://coach.example.com/")


@pytest.mark.parametrize("address", ["www.example.com", "ftp://example.com", "", "https://"])
def test_an_address_that_is_none_is_named(address):
    with pytest.raises(SettingsError, match="is no web address; write it whole"):
        origin_of(address)


def test_the_command_prints_and_names_what_there_is(capsys):
    assert main(["widget", "demo", "--base", "https://coach.example.com"]) == 0
    assert 'src="https://coach.example.com/widget.js" data-embed="demo"' in capsys.readouterr().out
    assert main(["widget", "none"]) == 1
    assert 'There is no embed "none"; embeds.toml names demo.' in capsys.readouterr().err


def test_the_command_looks_at_a_page(capsys, site, tmp_path, monkeypatch):
    host, _, embed = site
    monkeypatch.setenv("COACH_EMBEDS", str(tmp_path / "embeds.toml"))
    (tmp_path / "embeds.toml").write_text(f'[careers]\norigins = ["{embed.origins[0]}"]\n')
    assert main(["widget", "careers", "--check", host.origin + "/good"]) == 0
    assert "The widget works on" in capsys.readouterr().out
    assert main(["widget", "careers", "--check", host.origin + "/none"]) == 1
