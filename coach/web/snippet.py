"""What the owner of a page needs: the line to paste, the policy lines, and a look at the page that says what blocks the widget."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from urllib.parse import urlsplit

from coach.errors import SettingsError
from coach.web.embeds import Embed
from coach.web.markup import escape

READY_SECONDS = 20
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Where the system's own Chromium lies, None where there is none."""
    return next(filter(None, map(shutil.which, _BROWSERS)), None)


def snippet(embed: Embed, base: str) -> str:
    """The line for the page, what its policy must allow, and who may use it, as text for the terminal. `base` is the coach's public address."""
    origin = origin_of(base)
    listed = "\n".join(f"  {o}" for o in embed.origins) or "  nobody yet: add its origins in embeds.toml"
    title = f' data-title="{escape(embed.title)}"' if embed.title else ""
    return f"""Paste this line before </body>:

  <script src="{base}widget.js" data-embed="{embed.name}"{title} defer></script>

For a place in the page instead of a button: the same line without data-embed, and where it should stand

  <career-coach-inline data-embed="{embed.name}"></career-coach-inline>

If the page has a Content-Security-Policy, it must allow

  script-src {origin}
  frame-src {origin}

Sites that may show the embed "{embed.name}":
{listed}
"""


def origin_of(address: str) -> str:
    """Scheme and host of an address. Raises SettingsError where it is none."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise SettingsError(f'"{address}" is no web address; write it whole, for example https://www.example.com/careers.')
    return f"{parts.scheme}://{parts.netloc}"


def look(embed: Embed, url: str) -> list[str]:
    """What keeps the widget from working on a page, each with its remedy; nothing where it works. Opens the page in a headless browser.

    Raises SettingsError when there is no browser, or the page cannot be opened.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError as error:
        raise SettingsError("--check opens the page in a browser; pip install playwright, and install Chromium.") from error
    path = chromium()
    if path is None:
        raise SettingsError("--check needs Chromium and found none; install the package chromium.")
    said: list[str] = []
    failed: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        try:
            page = browser.new_page()
            page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
            page.on("requestfailed", lambda request: failed.append(f"{request.url} ({request.failure})"))
            page.goto(url, wait_until="load", timeout=READY_SECONDS * 1000)
            tags = page.locator(
                f'script[src*="widget.js"][data-embed="{embed.name}"], career-coach-inline[data-embed="{embed.name}"]'
            )
            if not tags.count():
                return [
                    f'The page has no tag with data-embed="{embed.name}": paste the line that `coach widget {embed.name}` prints.'
                ]
            if page.evaluate("typeof window.CareerCoach") != "object":
                return ["widget.js did not run.", *_policy(said), *(f"Not loaded: {f}" for f in failed if "widget.js" in f)]
            page.evaluate("name => window.CareerCoach.open(name)", embed.name)
            for inline in page.locator("career-coach-inline").all()[:1]:
                inline.scroll_into_view_if_needed()
            try:
                frame = page.frame_locator(":is(career-coach, career-coach-inline) iframe")
                frame.locator("html[data-ready]").wait_for(timeout=READY_SECONDS * 1000)
            except Error:
                return [*_not_ready(embed, url), *_policy(said), *(f"Not loaded: {f}" for f in failed)]
        except Error as error:
            raise SettingsError(f"{url} cannot be opened ({str(error).splitlines()[0]}).") from error
        finally:
            browser.close()
    return _policy(said)


def _not_ready(embed: Embed, url: str) -> list[str]:
    origin = origin_of(url)
    if origin in embed.origins:
        return ["The frame of the coach did not open."]
    return [f'The frame of the coach did not open: {origin} is not among the origins of "{embed.name}" in embeds.toml.']


def _policy(said: Sequence[str]) -> list[str]:
    """What the browser reported of a policy that forbids the coach."""
    blocked = [text for text in said if "Content Security Policy" in text or "frame-ancestors" in text or "TrustedScript" in text]
    return [f"Blocked by a policy: {text.strip()}" for text in dict.fromkeys(blocked)]
