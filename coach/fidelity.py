"""What a sentence in free words leaves out of the sentence that it follows, or adds to it. Pure look-ups, stricter than the grounding check's.

The check weighs such findings, since a claim of anybody's may stand far from its source. A chat model is told to stay close to it, so that a
word of doubt left out, a reason added or a number moved is its slip: one finding is enough for another sentence to be shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from coach.index import STOP_WORDS, stem
from coach.statement import MODALS, QUANTIFIERS, Statement, kinds_of, read, word_for
from coach.vocabulary import ROLE_NAMES, role_mentions

KEPT_MODALS, KEPT_QUANTIFIERS = ("may", "should", "must"), ("most", "some", "about", "only", "least", "limit")
ADDED_MODALS, ADDED_QUANTIFIERS = ("must", "should", "will"), ("all", "most", "only", "none", "least", "limit")
CLOSE = 0.7  # share of the content words that the sources have, too
NEAREST = 0.5  # and that the nearest one has
SHORTEST = 4  # words
TURNED = 0.3  # share of the words said of a role that the sources say of another
BEFORE = 2  # words before what a sentence follows, which may say how much or how surely
BEHIND = 4  # words behind a number among which what it counts stands
_CAUSES = frozenset("because therefore thus hence consequently since".split())
_CONDITIONS = frozenset("if unless until when whenever where wherever once provided except depending depends".split())
_SOLE = re.compile(
    r"\bthe one (?:who|that|which|whom|to|\w+ing)\b|\b(?:it|who|what|that)(?: is|'s) (?:an?|the) [^,.]+ (?:who|that) \w+",
    re.IGNORECASE,
)
_COMPARES = frozenset("than more most less least better best worse worst higher highest lower lowest bigger biggest larger largest".split())  # fmt: skip
_POINTS = re.compile(r"(?:(?:so|and|but|yes|no|then|also|or)\b[\s,]*)*(?:the (?:role|job|position|person|former|latter|other)|its?|this|that|these|those|they|their|he|she|his|her|one|both|which|such)\b", re.IGNORECASE)  # fmt: skip
_LIST = re.compile(r"(?:\bsuch as|\bnamely|\bincluding|\blike)\s(.+?)(?:[.;]|$)")
_ITEMS = re.compile(r",\s*(?:and|or)?\s+|\s+(?:and|or)\s+")
_DONE_TO = re.compile(r"\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+|not\s+)?(\w+(?:ed|en|wn|ught))\b", re.IGNORECASE)
_HOLDER = re.compile(r"([\w.&'/-]+)\s+\([^()]*\b(?:(?:19|20)\d\d|undated)\b[^()]*\)")
_KIND = re.compile(rf"\b(?:an?|the)\s+([a-z-]+)\s+(?:{'|'.join(ROLE_NAMES.values())})\b", re.IGNORECASE)
_BEGINS = re.compile(
    r"(?:^|[,;:]|\b(?:while|whereas|and|but|because|if|when|that|since|although))\s*(?:an?\s+|the\s+)?$", re.IGNORECASE
)
_YOU = frozenset(("you", "your", "yours", "yourself", "you're", "you've", "i", "we", "our", "my"))
_JUDGES = re.compile(r"(\w+ly),")
_SPLIT = re.compile(r",?\s+(?:while|whereas|but|and)\s+", re.IGNORECASE)
_SUBJECT = re.compile(rf"(?:An?|The)\s+(?:{'|'.join(ROLE_NAMES.values())})\s+(?=[a-z]+s\b)")
_DOES = re.compile(r"[a-z]+s \S")  # not the mere end of a list, whose other items an amount or "between" may need
_JOINS = re.compile(r"(?:,\s+and|\s+and|,)\s+")
_EACH = re.compile(r"\b(?:each|every) (?=(?:day|week|month|quarter|year)\b)", re.IGNORECASE)  # how often, not how many
_DIGITS = re.compile(r"(?!(?:19|20)\d\d\b)(?<![\w.])\d[\d,.]*(?![a-zA-Z])")  # no years, no names such as 18F


def slips(sentence: str, nearest: str, beside: Sequence[str]) -> tuple[str, ...]:
    """What is wrong with a sentence that follows `nearest`, the other evidence being `beside`; empty when nothing is."""
    claim, *sources = (read(_EACH.sub("a ", text)) for text in (sentence, nearest, *beside))
    return tuple(
        [
            *_strays(claim, sources),
            *_unowned(claim, sources[0]),
            *(slip for source in sources for slip in _left_out(claim, source)),
            *_added(claim, sources),
            *_moved(claim, sources),
            *_turned(claim, sources),
            *_blurred(claim, sources),
            *_reversed(claim, sources),
        ]
    )


def clauses(sentence: str) -> list[str]:
    """The clauses of a sentence that sets roles side by side, each by itself; nothing where it does not."""
    parts = [part.strip(" ,.") for part in _SPLIT.split(sentence)]
    roles = [[m for m in role_mentions(part) if len(part[: m.span[0]].split()) <= 1 and part[m.span[1] :]] for part in parts]
    if len(parts) < 2 or not all(roles) or len({found[0].role for found in roles}) < 2:
        return []
    return [f"{part[:1].upper()}{part[1:]}." for part in parts]


def _strays(claim: Statement, sources: Sequence[Statement]) -> Iterator[str]:
    """What cannot be read alone, and what is said in words that the sources hardly have."""
    if len(claim.tokens) < SHORTEST:
        yield "is too short to say anything"
    own = frozenset(sources[0].tokens)
    if _YOU.intersection(claim.tokens) - own and not _YOU & own:
        yield "speaks to the person; the source speaks of somebody"
    if (judged := _JUDGES.match(claim.text)) and judged[1].lower() not in own:
        yield f'says "{judged[1]}"; the source does not'
    if _POINTS.match(claim.text):
        yield "begins with a word that points at another sentence"
    held = frozenset[str]().union(*(s.stems for s in sources))
    if len(claim.stems & held) < CLOSE * len(claim.stems) or len(claim.stems & sources[0].stems) < NEAREST * len(claim.stems):
        yield "says it in words that are far from the source's"


def _unowned(claim: Statement, nearest: Statement) -> Iterator[str]:
    """Whose word or whose practice it is ("At GitLab (handbook, 2023), ...", "says Ana Ruiz (2024)"), where the nearest source says so and the claim of nobody."""
    holders = _HOLDER.findall(nearest.text)
    if holders and not any(holder.lower() in claim.text.lower() for holder in holders):
        yield f"leaves out whose word it is: {holders[0]}"


def _left_out(claim: Statement, source: Statement) -> Iterator[str]:
    """Doubt, amount and condition of the stretch of the source that the claim follows."""
    stretch = read(_stretch(claim, source))
    for kinds, kept, held, said in (
        (MODALS, KEPT_MODALS, stretch.modals, claim.modals),
        (QUANTIFIERS, KEPT_QUANTIFIERS, stretch.quantifiers, claim.quantifiers),
    ):
        for kind in kept:
            if kind in held and kind not in said:
                yield f'leaves out "{word_for(stretch.text, kind, kinds)}"'
    for word in source.tokens:
        if word in _CONDITIONS and not _CONDITIONS.intersection(claim.tokens):
            yield f'leaves out the condition "{word} ..."'
            return


def _stretch(claim: Statement, source: Statement) -> str:
    """From the first to the last word that they share, and what stands shortly before it ("Usually a PM ...")."""
    blocks = [b for b in SequenceMatcher(None, source.masked, claim.masked, autojunk=False).get_matching_blocks() if b.size]
    start, end = (max(0, blocks[0].a - BEFORE), blocks[-1].a + blocks[-1].size) if blocks else (0, len(source.masked))
    return " ".join(source.masked[start:end])


def _added(claim: Statement, sources: Sequence[Statement]) -> Iterator[str]:
    """Strength, reason and comparison that no source has."""
    held = frozenset(w for s in sources for w in s.tokens)
    for kinds, added, said in ((MODALS, ADDED_MODALS, claim.modals), (QUANTIFIERS, ADDED_QUANTIFIERS, claim.quantifiers)):
        known = frozenset[str]().union(
            *(kinds_of(s.tokens, kinds) | (s.modals if kinds is MODALS else s.quantifiers) for s in sources)
        )
        for kind in added:
            if kind in said and kind not in known:
                yield f'says "{word_for(claim.text, kind, kinds)}"; the source does not'
    if _SOLE.search(claim.text) and not any(_SOLE.search(s.text) or "only" in s.quantifiers for s in sources):
        yield "singles out one; the source does not"
    if _listed(claim.text) > max(_listed(s.text, len(_ITEMS.split(s.text))) for s in sources):
        yield "lists more than the source"
    for words, what in ((_CAUSES, "a reason"), (_COMPARES, "a comparison")):
        if words.intersection(claim.tokens) and not words & held:
            yield f"adds {what}"


def _listed(text: str, else_: int = 0) -> int:
    """How many things a sentence lists behind "such as" or the like; `else_` where it has no such words."""
    found = _LIST.search(text)
    return len(_ITEMS.split(found[1])) if found else else_


def _moved(claim: Statement, sources: Sequence[Statement]) -> Iterator[str]:
    """Numbers that count something else, and names that the nearest source does not hold."""
    pairs = {pair for s in sources for pair in _counted(s.text)}
    known = {number for number, _ in pairs}
    for number in dict.fromkeys(n for n, _ in _counted(claim.text)):
        own = {w for n, w in _counted(claim.text) if n == number}
        if number in known and own and not any((number, w) in pairs for w in own):
            yield f"what {number} counts is another thing in the source"
    for name in claim.names:
        if name.lower() not in sources[0].tokens:
            yield f"names {name}, whom the nearest source does not name"


def _counted(text: str) -> Iterator[tuple[str, str]]:
    """Pairs of a number in digits and the stem of a word shortly behind it."""
    text = called_alike(text)
    for found in _DIGITS.finditer(text):
        behind = re.findall(r"[a-z][a-z-]+", re.split(r"[.;:(]\s", text[found.end() :].lower())[0])[:BEHIND]
        for word in behind:
            if word not in STOP_WORDS:
                yield found[0].rstrip(".,"), stem(word)


def _turned(claim: Statement, sources: Sequence[Statement]) -> Iterator[str]:
    """What is said of one role where the sources say it of another."""
    of: dict[str, set[str]] = {}
    for role, what in (pair for s in sources for pair in _said_of(s.text)):
        of.setdefault(what, set()).add(role)
    judged = [(role, what) for role, what in _said_of(claim.text) if what in of]
    wrong = [(role, what) for role, what in judged if role not in of[what]]
    if wrong and len(wrong) >= TURNED * len(judged):
        role, what = wrong[0]
        yield f'says it of "{ROLE_NAMES[role]}"; the source says it of "{ROLE_NAMES[min(of[what])]}"'


def follows(sentence: str, statement: str) -> bool:
    """Whether a sentence is a statement's subject with one whole part of what is said of it, the others left away: of "A PM does X and does Y" that it does Y."""
    claim, source = called_alike(sentence).rstrip(".!"), called_alike(statement).rstrip(".!")
    subject = _SUBJECT.match(source)
    if not subject or not claim.startswith(subject[0]) or _CONDITIONS.intersection(source.lower().split()):
        return False
    parts = [part.strip() for part in _JOINS.split(source[subject.end() :])]
    return all(map(_DOES.match, parts)) and not _DIGITS.search(source) and claim[subject.end() :] in parts


def called_alike(text: str) -> str:
    """A text in which each role has one name, as "PMs" and "product managers" say the same."""
    for mention in reversed(role_mentions(text)):
        start, end = mention.span
        text = f"{text[:start]}{ROLE_NAMES[mention.role]}{'s' if text[start:end].endswith('s') else ''}{text[end:]}"
    return text


def _blurred(claim: Statement, sources: Sequence[Statement]) -> Iterator[str]:
    """A word said more often than in any source, and a kind of a role ("an exceptional VP") that became any."""
    held = Counter[str]()
    for source in sources:
        held |= Counter(stem(w) for w in source.tokens)
    said = Counter(stem(w) for w in claim.masked if w not in STOP_WORDS and w.isalpha())
    if more := next((w for w, count in said.items() if count > max(held[w], 1)), ""):
        yield f'says "{more}" again'
    kind = _KIND.search(sources[0].text)
    if kind and kind[1].lower() not in STOP_WORDS and stem(kind[1].lower()) not in claim.stems:
        yield f'leaves out "{kind[1]}"'


def _reversed(claim: Statement, sources: Sequence[Statement]) -> Iterator[str]:
    """What somebody does where it is done to them, or the other way round ("measures", "is measured")."""
    ours, nearest = _suffered(claim.text), _suffered(sources[0].text)
    words = frozenset(stem(w) for w in claim.tokens)
    known = {stem(w) for s in sources for w in s.tokens}
    done_to = frozenset[str]().union(*(_suffered(s.text) for s in sources))
    if (ours & known) - done_to or (nearest & words) - ours:
        yield "turns who does it round"


def _suffered(text: str) -> frozenset[str]:
    """The stems of what is done to somebody ("is measured")."""
    return frozenset(stem(word.lower()) for word in _DONE_TO.findall(text))


def _said_of(text: str) -> Iterator[tuple[str, str]]:
    """Pairs of a role that begins a clause and the stem of a word that stands behind it and before the next one."""
    mentions = [m for m in role_mentions(text) if _BEGINS.search(text[: m.span[0]])]
    ends = [*(m.span[0] for m in mentions), len(text)][1:]
    for mention, end in zip(mentions, ends, strict=True):
        for word in re.findall(r"[a-z][a-z-]+", text[mention.span[1] : end].lower()):
            if word not in STOP_WORDS:
                yield mention.role, stem(word)
