"""The HTML around Gradio's application: our title and style before the first paint, a nonce on every script."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from coach.web.embeds import Embed
from coach.web.furniture import TITLE
from coach.web.markup import escape

HERE = Path(__file__).parent
_SCRIPT = re.compile(r"<script(?=[\s>])")
_CARD = re.compile(r"\s*<meta\s+(?:property|name)=\"(?:og|twitter):[^>]*?/>", re.DOTALL)

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_BEFORE = (
    '<p class="boot">Opening the career coach</p>'
    "<noscript><p>The career coach needs JavaScript to run in your browser.</p></noscript>"
)


def asset(name: str) -> str:
    """The text of one of our own files (style.css, page.js, icon.svg)."""
    return (HERE / name).read_text(encoding="utf-8")


def _embedded(embed: Embed) -> str:
    """What the page's script has to know of its embed: its name, whose messages count, how it looks."""
    data = {"embed": embed.name, "origins": " ".join(embed.origins), "named": embed.title, "painted": embed.theme}
    return "".join(f' data-{name}="{escape(value)}"' for name, value in data.items())


def head_markup(title: str = "") -> str:
    """What our page needs in its head; the version in each address lets browsers keep the files for good."""
    style, script = (f"coach/{name}?v={_version(name)}" for name in ("style.css", "page.js"))
    # Not deferred: the stand-in for blocked storage must exist before Gradio looks for storage.
    return (
        f"<title>{escape(title or TITLE)}</title>"
        '<meta name="description" content="Career answers with the passage behind every sentence.">'
        '<meta name="color-scheme" content="light dark">'
        '<link rel="icon" href="favicon.ico" type="image/svg+xml">'
        f'<link rel="stylesheet" href="{style}"><script src="{script}"></script>'
    )


def dress(page: str, nonce: str, embed: Embed | None = None) -> str:
    """Gradio's page with our head, without its link previews and memory addresses, every script carrying the nonce."""
    page = _ADDRESS.sub("", _CARD.sub("", page))
    head = head_markup(embed.title if embed else "")
    if embed:  # one folder further down than Gradio thinks
        page = page.replace('<base href="./"', '<base href="../"', 1).replace("<html", f"<html{_embedded(embed)}", 1)
    # After <base>, so that our relative addresses are read against it, and before any script.
    page = re.sub(r"(<base [^>]*>)", lambda m: m[1] + head, page, count=1)
    page = page.replace("<gradio-app", _BEFORE + "<gradio-app", 1)
    return noted(page, nonce)


def noted(page: str, nonce: str) -> str:
    """A page of ours with the nonce on its scripts."""
    return _SCRIPT.sub(f'<script nonce="{nonce}"', page)


def _version(name: str) -> str:
    return hashlib.sha256(asset(name).encode()).hexdigest()[:12]
