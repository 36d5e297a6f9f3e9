"""The fixed parts of the page: heading, welcome, composer, source panel. All words are ours; only examples vary."""

from __future__ import annotations

from collections.abc import Sequence

from coach.shapes import MAX_QUESTION
from coach.web.export import EXPORT_HEAD
from coach.web.markup import escape
from coach.web.render import suggestion_chips

TITLE = "Career coach"
MAX_ABOUT = 2_000
"""Characters that a person can keep about themselves."""
SHOWN_EXAMPLES = 4

HEADER = f"""
<header class="bar">
  <h1><span class="mark" aria-hidden="true"></span><span class="name">{TITLE}</span></h1>
  <div class="tools">
    <a class="tool full" href="./" target="_blank" rel="noopener" hidden>Full page</a>
    <button type="button" class="tool" data-act="download" hidden>Download</button>
    <button type="button" class="tool" data-act="clear" hidden>New<span class="more"> conversation</span></button>
  </div>
</header>
"""

_COMPOSER = f"""
<p class="notice" data-lost hidden>The connection to the coach was lost. Nothing on this page is gone: you can still copy and download.
<button type="button" data-act="reload">Reload to go on</button></p>
<p class="notice" data-turned-away hidden></p>
<form class="notice opinion" data-opinion hidden>
  <label for="coach-opinion">What was missing or wrong? You can leave this empty.</label>
  <textarea id="coach-opinion" rows="2" maxlength="{MAX_QUESTION}" autocomplete="off"></textarea>
  <label class="tick"><input type="checkbox" id="coach-keep"> Keep my question and these words, for the owner of this coach to read</label>
  <span><button type="submit">Send</button> <button type="button" data-act="unsaid">Cancel</button></span>
</form>
{{box}}
<form class="composer" data-composer>
  <label class="vh" for="coach-question">Your question</label>
  <textarea id="coach-question" rows="1" placeholder="Ask about your next step" autocomplete="off"
    aria-describedby="coach-notice coach-about" enterkeyhint="send" data-limit="{MAX_QUESTION}"></textarea>
  <span class="count" aria-hidden="true" hidden></span>
  <button type="submit" class="send">Send</button>
  <button type="button" class="stop" data-act="stop">Stop</button>
</form>
<p class="about" id="coach-about">An AI assistant. It answers only from its library and shows the words behind every sentence.
{{privacy}}</p>
<div class="vh" role="status" aria-live="polite" id="coach-live"></div>
"""
_WITHOUT_MODEL = "Nothing you write is stored."
_WITH_MODEL = (
    "A language model that the owner of this page has chosen reads what you write and words the answers; nothing is stored here."
)
_BOX = f"""
<details class="you" hidden>
  <summary>What I know about you</summary>
  <p id="coach-you-about">From what you wrote. Change it or wipe it: it only helps me to word an answer for you, proves nothing, and is gone with this page.</p>
  <label class="vh" for="coach-you">What I know about you, one thing a line</label>
  <textarea id="coach-you" rows="4" maxlength="{MAX_ABOUT}" autocomplete="off" aria-describedby="coach-you-about" placeholder="Role: senior PM"></textarea>
  <button type="button" class="tool" data-act="wipe">Wipe</button>
</details>
"""

PANEL = f"""
<div class="scrim" data-act="close" hidden></div>
<div class="panel" role="dialog" aria-label="Source" tabindex="-1" hidden>
  <div class="panel-tools">
    <button type="button" class="tool" data-act="previous">Previous</button>
    <button type="button" class="tool" data-act="next">Next</button>
    <button type="button" class="tool close" data-act="close">Close</button>
  </div>
  <div class="panel-body" tabindex="0" role="group" aria-label="Passage"></div>
</div>
<pre id="coach-export-head" hidden>{escape(EXPORT_HEAD)}</pre>
"""


def composer(with_model: bool) -> str:
    """Where a question is written; with a chat model also what the coach knows about the person, which only a model can use."""
    return _COMPOSER.format(box=_BOX if with_model else "", privacy=_WITH_MODEL if with_model else _WITHOUT_MODEL)


def welcome(examples: Sequence[str], greeting: str = "") -> str:
    """What an empty page says: what can be asked, what an answer rests on, and questions to start with."""
    return (
        f'<section class="welcome"><h2>{escape(greeting or "Where would you like to go from here?")}</h2>'
        "<p>Ask what a role involves, how two roles differ, or how people move from one to the next. "
        "Each sentence of an answer carries a number: open it to see the passage behind it, "
        "with the <mark>exact words</mark> marked.</p>"
        f"{suggestion_chips('For example', examples[:SHOWN_EXAMPLES])}</section>"
    )


def notice(text: str, stamp: int) -> str:
    """A kind word about a message that was not sent; the stamp lets the page notice the same word said again."""
    return f'<p class="notice" data-stamp="{stamp}">{escape(text)}</p>'
