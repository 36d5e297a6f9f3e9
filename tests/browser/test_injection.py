"""Whatever anybody wrote is shown as the text it is: no script of theirs runs, nothing is asked of another host, no element and no link of theirs appears.

The browser is told to forget the page's policy, so that nothing but the escaping holds; the last tests show that the watch
sees what gets through, and what the policy would stop by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import httpx
import pytest
import yaml
from asking import coach_over, write_pages
from payloads import PAYLOADS
from playwright.sync_api import Browser, BrowserContext, Frame, Request
from test_web_render import TAGS

from browser.conftest import ask
from browser.hosts import Host, hosting
from browser.server import running
from browser.standin import StandIn
from coach.care import Care
from coach.corpus import read_corpus
from coach.encoder import Encoder
from coach.gate import Gate
from coach.grounding import Checker
from coach.pipeline import Coach
from coach.shapes import MAX_QUESTION
from coach.types import Answer, Author, Citation, Layout, Making, Outcome, Passage, Prompt, Sentence, Source, Turn, Voice
from coach.web.config import WebConfig
from coach.web.embeds import read_embeds
from coach.web.guard import is_open
from coach.web.markup import clean

TEXTS = tuple(PAYLOADS.values())
BREAKING = PAYLOADS["quote and bracket"]
TRUE = "A VP of Product reports to the chief product officer or to the CEO."
VP = f"# VP of Product\n\n## Who does a VP of Product report to?\n\n{TRUE} A VP of Product presents the strategy to the board.\n"
QUESTION = "Who does a VP of Product report to?"
ATTRIBUTES = set(
    "class id hidden tabindex type role scope title href target rel aria-hidden aria-busy aria-haspopup aria-label aria-modal aria-live "
    "data-number data-status data-outcome data-passages data-source data-panel data-ask data-act data-role data-stamp data-coach-events disabled".split()
)

# What a frame holds: elements of kinds that act by themselves, all others where answers are shown, every link, attributes that act,
# and characters that turn the direction of a line.
LOOK = """() => {
    const acting = "img, iframe, frame, script, form, object, embed, video, audio, source, track, link, meta, base, style, svg, math, "
        + "template, canvas, input, textarea, select, noscript, map, area, portal, marquee, gradio-app";
    const opening = (element) => element.cloneNode(false).outerHTML.replace(/ nonce="[^"]*"|\\?v=\\w+/g, "");
    const everything = [...document.querySelectorAll("*")];
    const shown = [...document.querySelectorAll(":is(#coach-log, #coach-source, #coach-notice) *")];
    return {
        acting: [...document.querySelectorAll(acting)].map(opening).sort(),
        tags: [...new Set(shown.map((element) => element.localName))],
        attributes: [...new Set(shown.flatMap((element) => element.closest(".block > .html-container") ? element.getAttributeNames() : []))],
        active: everything.flatMap((element) => [...element.attributes].filter(({ name, value }) =>
            /^(on|src$|srcdoc|srcset|action|formaction|ping|background|xlink|href)/.test(name) && !element.matches("a, script, link, base")
            || name === "style" && /url|import|expression/i.test(value)).map(({ name }) => `${element.localName} ${name}`)),
        links: [...document.querySelectorAll("a, area")].map((a) => [a.href, a.textContent, a.target, a.rel]),
        turned: (document.documentElement.outerHTML + document.title).match(/[\\u202a-\\u202e\\u2066-\\u2069]/g) ?? [],
        shadows: everything.filter((element) => element.shadowRoot).length,
    };
}"""


class Mirror(StandIn):
    """Answers with every payload in every field that can hold a text; passages, or the question itself, come back where that is asked for."""

    def __init__(self, passages: Sequence[Passage], library: Coach, served: Coach) -> None:
        super().__init__()
        self.has_model = True
        self.examples = TEXTS
        self.answers: list[Answer] = []
        self._read = {p.id: p for p in passages}
        self._library, self._served = library, served

    def examples_for(self, role: str) -> tuple[str, ...]:
        """Every payload, for any role."""
        return TEXTS if role else ()

    def passage(self, passage_id: str) -> Passage:
        """A passage that is nothing but a payload, or one of the library."""
        if passage_id not in PAYLOADS:
            return self._read.get(passage_id) or self._library.passage(passage_id)
        text = PAYLOADS[passage_id]
        return Passage(passage_id, text, text, text, text, 0, len(text), sources=(Source(text, text, text, text),))

    def stream(self, question: str, history: Sequence[Turn] = (), about: Sequence[str] | None = None) -> Iterator[Answer]:
        """The answer of the kind that the question names."""
        kind, _, rest = question.partition(": ")
        coach = {"library": self._library, "model": self._served}.get(kind)
        for answer in coach.stream(rest, (), ()) if coach else [self._of(kind, question)]:
            yield answer
        self.answers.append(answer)

    def _of(self, kind: str, question: str) -> Answer:
        if kind in ("prose", "list", "steps", "comparison"):
            return self._everywhere(question, Layout(kind))
        if kind == "passages":
            return self._passages_shown(question)
        if kind in ("no_evidence", "out_of_scope", "care", "greeting"):
            return Answer(question, question, Outcome(kind), note="\n\n".join(TEXTS), nearest_topics=TEXTS, follow_ups=TEXTS)
        return Answer(question, question, Outcome.ANSWERED, (Sentence(question, ()),), follow_ups=(question,))

    def _everywhere(self, question: str, layout: Layout) -> Answer:
        numbered = list(enumerate(PAYLOADS.items(), 1))
        citations = tuple(Citation(n, name, name, t, t, t, t, t, 0, len(t)) for n, (name, t) in numbered)
        roles = ("pm", BREAKING) if layout is Layout.COMPARISON else ("", "")
        voices = (Voice.CORPUS, Voice.LINK, Voice.COACH)
        sentences = tuple(Sentence(t, (n,), role=roles[n % 2], voice=voices[n % 3]) for n, (_, t) in numbered)
        making = Making(Author.MODEL, len(TEXTS), len(TEXTS), note=" ".join(TEXTS))
        return Answer(question, question, Outcome.ANSWERED, sentences, citations, TEXTS, TEXTS, layout, " ".join(TEXTS), making)

    def _passages_shown(self, question: str) -> Answer:
        """One sentence for each passage that was read, quoting it whole."""
        numbered = list(enumerate(self._read.values(), 1))
        citations = tuple(
            Citation(
                n,
                p.id,
                p.document_id,
                p.title,
                p.heading,
                "; ".join(s.label for s in p.sources),
                p.sources[0].url if p.sources else "",
                p.text,
                p.start,
                p.end,
            )
            for n, p in numbered
        )
        sentences = tuple(Sentence(p.text, (n,)) for n, p in numbered)
        return Answer(question, question, Outcome.ANSWERED, sentences, citations)


class Tempted:
    """A chat model that says what it is given, so that it is listened to, and a payload after each such sentence."""

    def __init__(self) -> None:
        self._payloads = cycle(TEXTS)

    def __call__(self, prompt: Prompt) -> Generator[str]:
        """Half of the dozen sentences that are looked at."""
        statements = re.findall(r"^\[(\d+)\] (.+)$", prompt.user, re.MULTILINE)
        for _, (number, text) in zip(range(6), cycle(statements), strict=False):
            yield f"{text} [{number}]\n{next(self._payloads)} [{number}].\n"


@dataclass
class Watched:
    """The coach's page, alone or in a frame of another site's, and whatever happens in it that should not."""

    frame: Frame
    base: str
    known: list[str] = field(default_factory=list)
    """The opening tags of the page's own elements that act by themselves."""
    ran: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        """Asks and waits for the answer."""
        ask(self.frame, question)

    def texts(self, selector: str) -> set[str]:
        """What the elements say, without the numbers of sources."""
        return set(
            self.frame.eval_on_selector_all(
                selector,
                """all => all.map(one => {
                    const copy = one.cloneNode(true);
                    copy.querySelectorAll(".cite, .vh").forEach(extra => extra.remove());
                    return copy.textContent;
                })""",
            )
        )

    def assert_clean(self) -> None:
        """Nothing but ours."""
        seen = self.frame.evaluate(LOOK)
        assert [opening.replace(self.base, "") for opening in seen["acting"]] == self.known
        assert set(seen["tags"]) <= TAGS | {"header", "section", "footer"}
        assert set(seen["attributes"]) <= ATTRIBUTES
        assert (seen["active"], seen["turned"], seen["shadows"]) == ([], [], 0)
        for href, text, target, rel in seen["links"]:
            assert re.match(r"https?://[\w.-]+(?:[:/?#]|$)|mailto:", href), href
            assert (target, "noopener" in rel) == ("_blank", True)
            assert text in ("Full page", "Open the original") or (text in href or text.partition("/")[0].lower() in href), (
                text,
                href,
            )
        assert (self.ran, self.outside) == ([], [])
        assert len(self.frame.page.context.pages) == 1


@dataclass(frozen=True)
class Site:
    """A server whose every word is hostile, and another site's page that holds it in a frame."""

    base: str
    host: Host
    mirror: Mirror


def hostile_page(number: int, text: str) -> str:
    """A page of a corpus with a payload in its title, its headings, its sentences and its sources."""
    text = "".join(c for c in text if c in "\n\t" or c.isprintable() or ord(c) > 127)
    line = " ".join(text.split())
    sources = [
        f"key{number}",
        line,
        {"title": text, "holder": text, "year": text, "url": f"https://evil.example/{text}"},
        {"title": line, "url": text},
    ]
    front = yaml.safe_dump({"title": line, "kind": line, "roles": [line], "sources": sources}, allow_unicode=True)
    return (
        f"---\n{front}---\n\n# {line}\n\n## What does a product manager do in week {number}? {line}\n\n"
        f"In week {number} a product manager writes {line} into the plan. The plan of week {number} belongs to the product manager.\n\n"
        f"{text}\n\n- {line}\n\n## {line}\n\nA product manager reads the plan of week {number}.\n"
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder, cache: Path) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("hostile")
    pages = {f"page-{n}.md": hostile_page(n, text) for n, text in enumerate(TEXTS)}
    registry = {f"key{n}": {"title": t, "holder": t, "year": t, "url": f"https://evil.example/?{t}"} for n, t in enumerate(TEXTS)}
    companion = {"sources.yaml": yaml.safe_dump(registry, allow_unicode=True)}
    read = read_corpus(write_pages(folder / "whole", pages | companion))
    assert len(read.documents) >= len(TEXTS) - 1  # all but the one that ends in an open comment
    some = {name: text for n, (name, text) in enumerate(pages.items()) if n % 8 == 0}  # to embed them all would take long
    library = coach_over(write_pages(folder / "corpus", some | companion | {"vp.md": VP}), folder / "index", encoder)
    served = Coach(folder / "index", encoder, Gate.load(), Care.load(), Checker.load(cache), model=Tempted())
    with hosting() as host:
        # JSON's strings are TOML's, but for half characters.
        named = [
            f"[n{n}]\ntitle = {json.dumps(t)}\ngreeting = {json.dumps(t)}\nsuggestions = [{json.dumps(t)}]"
            for n, t in enumerate(TEXTS)
        ]
        title, greeting, *suggestions = (json.dumps(text) for text in joined(290)[:10])
        careers = f'[careers]\norigins = ["{host.origin}"]\ntitle = {title}\ngreeting = {greeting}\nsuggestions = [{", ".join(suggestions)}]\n'
        limits = (
            "[limits]\nvisitor_per_minute = 9000\nvisitor_per_day = 9000\naddress_per_minute = 9000\naddress_per_day = 9000\n"
        )
        (folder / "embeds.toml").write_text("\n".join([*named, careers, limits]), encoding="utf-8")
        mirror = Mirror(read.passages, library, served)
        with running(mirror, config=WebConfig(embeds=read_embeds(folder / "embeds.toml"))) as base:
            yield Site(base, host, mirror)
    library.close()
    served.close()


def joined(most: int) -> list[str]:
    """All payloads in few texts of at most so many characters."""
    texts = [""]
    for text in TEXTS:
        if len(texts[-1]) + len(text) >= most:
            texts.append("")
        texts[-1] = f"{texts[-1]} {text}".strip()
    return texts


@contextmanager
def watching(context: BrowserContext, site: Site) -> Iterator[Watched]:
    """A page that is not opened yet."""
    page = context.new_page()
    page.set_default_timeout(20_000)
    watched = Watched(page.main_frame, site.base)
    page.on("request", lambda request: None if is_ours(request, site) else watched.outside.append(request.url))
    page.on("dialog", lambda dialog: (watched.ran.append(dialog.message), dialog.dismiss()))
    page.expose_binding("pwned", lambda source, *_: watched.ran.append(source["frame"].url))
    yield watched
    page.close()


def is_ours(request: Request, site: Site) -> bool:
    """Whether the page itself asks for this; Gradio's ways to fetch from elsewhere are not among what is open."""
    parts = urlsplit(request.url)
    if request.url.startswith(site.base):
        return is_open(request.method, parts.path) or parts.path == "/embed/careers"
    return parts.scheme in ("data", "blob", "about") or request.url in (site.host.origin + "/", site.host.origin + "/favicon.ico")


def framed(address: str) -> str:
    """Another site's page with the coach in a frame."""
    return f'<!doctype html><title>Careers</title><iframe src="{address.replace("&", "&amp;")}" width=1000 height=700></iframe>'


@pytest.fixture(scope="module")
def lawless(chromium: Browser) -> Iterator[BrowserContext]:
    """A profile that does not heed the page's policy."""
    context = chromium.new_context(viewport={"width": 1280, "height": 860}, reduced_motion="reduce", bypass_csp=True)
    yield context
    context.close()


@pytest.fixture(scope="module")
def ours(chromium: Browser) -> dict[str, list[str]]:
    """What acts by itself on the page and in an embed where nobody means harm."""
    innocent = StandIn()
    innocent.has_model = True
    with running(innocent) as base:
        found = {}
        page = chromium.new_page()
        for place, path in (("page", ""), ("embed", "embed/demo")):
            page.goto(base + path)
            page.wait_for_selector("html[data-ready]")
            ask(page, QUESTION)
            found[place] = [opening.replace(base, "") for opening in page.evaluate(LOOK)["acting"]]
        page.close()
    return found


Open = Callable[..., Watched]


@pytest.fixture
def opened(lawless: BrowserContext, site: Site, ours: dict[str, list[str]]) -> Iterator[Open]:
    """Opens the page, or the embed in its host's, with this query."""
    with watching(lawless, site) as watched:

        def go(place: str, query: str = "") -> Watched:
            page = watched.frame.page
            if place == "page":
                page.goto(site.base + query)
            else:
                site.host.pages["/"] = framed(f"{site.base}embed/careers{query}")
                page.goto(site.host.origin + "/")
                watched.frame = page.frames[1]
            watched.known = ours[place]
            watched.frame.wait_for_selector("html[data-ready]")
            watched.frame.wait_for_selector(".chip")
            return watched

        yield go


both = pytest.mark.parametrize("place", ["page", "embed"])
SHOWN = {clean(text) for text in TEXTS}
EVERYWHERE = ("prose", "list", "steps", "comparison")
OTHERWISE = ("no_evidence", "out_of_scope", "care", "greeting", "passages")
PANELS = """() => [...document.querySelectorAll("#coach-current .cite")].map(button => {
    button.click();
    return document.querySelector(".panel h2").textContent;
})"""


def test_there_are_many_payloads():
    assert len(set(TEXTS)) == len(PAYLOADS) > 120


@both
def test_what_a_library_or_a_model_says_is_shown_as_text(opened: Open, place: str):
    watched = opened(place)
    for kind in EVERYWHERE:
        watched.ask(f"{kind}: everything")
        watched.assert_clean()
        assert watched.texts("#coach-current .sentence") == watched.texts("#coach-current .chip") == SHOWN
    assert set(watched.frame.evaluate(PANELS)) == SHOWN
    watched.assert_clean()
    for kind in OTHERWISE:
        watched.ask(f"{kind}: everything")
        watched.assert_clean()


@both
def test_what_a_visitor_asks_or_says_of_themselves_is_shown_as_text(opened: Open, place: str):
    watched = opened(place)
    for text in joined(400):
        watched.frame.evaluate("about => { document.querySelector('#coach-you').value = about; }", text)
        watched.ask(text)
    watched.assert_clean()
    said = {clean(text) for text in joined(400)}
    assert watched.texts(".sentence") == said
    assert watched.texts(".question") == {text.replace("\n", "") for text in said}
    assert any(text in watched.frame.input_value("#coach-you") for text in SHOWN)


@both
def test_a_hostile_corpus_and_a_hostile_model_are_shown_as_text(opened: Open, site: Site, place: str):
    watched = opened(place)
    site.mirror.answers.clear()
    for week in (0, 8, 64, 120):
        watched.ask(f"library: What does a product manager do in week {week}?")
        watched.assert_clean()
    for _ in range(len(TEXTS) // 12 + 1):
        watched.ask(f"model: {QUESTION}")
        watched.assert_clean()
    assert {a.outcome for a in site.mirror.answers} == {Outcome.ANSWERED}
    assert Author.MODEL in {a.making.author for a in site.mirror.answers}


def test_the_words_of_an_embed_stay_words(opened: Open, site: Site):
    page = opened("embed").frame
    title, greeting, *suggestions = (clean(" ".join(text.split())) for text in joined(290)[:10])
    page.wait_for_function(
        "said => document.querySelector('.welcome h2')?.textContent === said", arg=greeting
    )  # the server greets
    assert (page.title(), page.text_content(".bar .name"), page.text_content(".welcome h2")) == (title, title, greeting)
    assert page.locator(".chip").all_text_contents() == suggestions[:4]
    parsed = """html => {
        const made = new DOMParser().parseFromString(html, "text/html");
        return [made.title, [...made.querySelectorAll("*")].map(one => one.localName + " " + one.getAttributeNames())];
    }"""
    with httpx.Client(base_url=site.base) as client:
        _, plain = page.evaluate(parsed, client.get("embed/demo").text)
        for number, text in enumerate(TEXTS):
            assert page.evaluate(parsed, client.get(f"embed/n{number}").text) == [clean(" ".join(text.split())), plain], text


PARAMETERS = ("role", "mode", "__theme", "embed", "view", "deep_link", "page", "__lang", "__sign", "session_hash")


@pytest.mark.parametrize("path", ["", "embed/careers"])
def test_the_server_repeats_nothing_of_an_address(site: Site, path: str):
    def page(query: str = "") -> tuple[int, str]:
        answer = client.get(f"{path}?{query}")
        return answer.status_code, re.sub(r'nonce="[^"]+"', "", answer.text)

    with httpx.Client(base_url=site.base) as client:
        plain = page()
        for text in TEXTS:
            assert page(urlencode(dict.fromkeys(PARAMETERS, text))) == plain


@both
def test_an_address_brings_nothing_into_the_page(opened: Open, place: str):
    for text in [*joined(MAX_QUESTION), BREAKING, "javascript:pwned()"]:
        watched = opened(place, "?" + urlencode(dict.fromkeys(PARAMETERS, text)) + "#" + quote(text))
        watched.assert_clean()
        assert watched.frame.get_attribute("html", "data-theme") in ("light", "dark")


# The watch itself, and the policy by itself

INSERT = """text => {
    const place = document.querySelector("#coach-current");
    place.append(document.createRange().createContextualFragment(text));
}"""


def inserted(watched: Watched, site: Site) -> list[str]:
    """Every payload as markup, which is what must never happen, but for the one that leads the page away; the requests that would leave."""
    page = watched.frame.page
    sent: list[str] = []
    page.route(lambda url: not url.startswith(site.base), lambda route: (sent.append(route.request.url), route.abort()))
    page.goto(site.base)
    watched.frame.wait_for_selector("html[data-ready]")
    for name, text in PAYLOADS.items():
        if name != "refresh":
            watched.frame.evaluate(INSERT, text)
    page.wait_for_timeout(500)
    return sent


def test_the_watch_sees_what_gets_through(lawless: BrowserContext, site: Site):
    with watching(lawless, site) as watched:
        assert len(inserted(watched, site)) > 10
        assert len(watched.ran) > 20 and len(watched.outside) > 10
        with pytest.raises(AssertionError):
            watched.assert_clean()


def test_the_policy_alone_stops_scripts_and_requests(chromium: Browser, site: Site):
    context = chromium.new_context()
    with watching(context, site) as watched:
        assert (inserted(watched, site), watched.ran) == ([], [])
    context.close()
