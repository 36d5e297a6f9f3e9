"""(history, message) -> a standalone question, by rules; and the small talk that needs no evidence. Knows nothing of passages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from coach.index import STOP_WORDS, words
from coach.types import Turn
from coach.vocabulary import ROLE_NAMES, role_mentions, roles_in


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A message made complete. `more` says that the person wants what was not said before."""

    text: str
    rule: str
    more: bool = False


_GREETING = re.compile(
    r"(?:hi|hello|hey|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day)|hallo)(?:[\s,]+(?:there|coach|all|everyone|again|you|bot|mate|team))*",
    re.IGNORECASE,
)
_OPENER = re.compile(
    rf"^(?:(?:{_GREETING.pattern}|(?:quick|new|next|another|different|other|last|one more|one last)\s+(?:subject|topic|question|thing|one)|(?:on )?(?:to )?something else"
    r"|changing the subject)\s*[,.!:;-]+\s*)+(?=\S)",
    re.IGNORECASE,
)
_SMALL_TALK = (
    ("greeting", re.compile(rf"{_GREETING.pattern}|(?:how are you|how's it going|what's up|sup)(?: today| doing)?", re.IGNORECASE)),
    ("bye", re.compile(r"(?:ok(?:ay)?[\s,]*)?(?:bye|goodbye|see you|see ya|good night|ciao)(?: (?:then|for now|later|soon))?", re.IGNORECASE)),
    ("who", re.compile(r"(?:so |and )?(?:who|what) (?:are|r) (?:you|u)|(?:are|r) (?:you|u) (?:a |an )?(?:bot|robot|ai|human|real|real person|person|machine|chatbot|chatgpt)|what is this", re.IGNORECASE)),
    ("what", re.compile(r"(?:so |and )?(?:what (?:can|do) (?:you|u) do(?: for me)?|what can (?:i|you) (?:ask|help)(?: (?:you|me))?(?: (?:about|with))?|how (?:can|do) (?:you|u) (?:help|work)(?: me)?|help|can (?:you|u) help(?: me)?|what do you know(?: about)?)", re.IGNORECASE)),
)  # fmt: skip


_THANKS = frozenset("thanks thank thx ty ta cheers appreciated appreciate".split())
_ACKNOWLEDGE = frozenset(
    "mhm hm hmm ah aha oh right fine ok okay great perfect cool nice awesome brilliant super wonderful lovely helpful useful understood gotcha".split()
)
_AROUND_THANKS = (
    _THANKS
    | _ACKNOWLEDGE
    | frozenset(
        """a lot bunch ton million so much very really many big you for your the all help time answer answers advice that this was is it coach again
    everyone mate now no nope got makes sense good one that's helps me i and bye goodbye have day evening weekend enough kind of to know""".split()
    )
)


def small_talk(message: str) -> str:
    """Which kind of small talk the whole message is ("greeting", "thanks", "bye", "who", "what"), "" when it is none."""
    bare = message.strip(" \t.!?,;:)(-~*").replace("’", "'")
    bare = "".join(c for c in bare if c.isascii()).strip(" .!?,")
    if not bare or len(bare.split()) > 14:
        return ""
    said = set(words(bare))
    if said <= _AROUND_THANKS and (said & _THANKS or said & _ACKNOWLEDGE or said in ({"makes", "sense"}, {"got", "it"})):
        return "thanks"
    return next((kind for kind, pattern in _SMALL_TALK if pattern.fullmatch(bare)), "")


_YES = frozenset(
    "yes yeah yep yup sure please do go ahead on then sounds good why not it of course absolutely definitely i would i'd like that y ok okay ja show me".split()
)
_YES_CORE = frozenset("yes yeah yep yup sure please go sounds why course absolutely definitely would i'd y ja do".split())
_ORDINALS = {
    "first": 0, "1st": 0, "one": 0, "1": 0, "second": 1, "2nd": 1, "two": 1, "2": 1, "third": 2, "3rd": 2, "three": 2, "3": 2,
    "fourth": 3, "4th": 3, "four": 3, "4": 3, "fifth": 4, "5th": 4, "five": 4, "5": 4, "last": -1, "final": -1,
}  # fmt: skip
_POINT = re.compile(
    r"\b(?:(?:the|your|that)\s+)?(?P<a>first|second|third|fourth|fifth|last|final|1st|2nd|3rd|4th|5th)\s+"
    r"(?:one|point|item|thing|sentence|bit|part|step|idea|bullet|reason|suggestion|option|tip|you (?:listed|mentioned|said|named))\b"
    r"|\b(?:point|number|item|step|no\.?|bullet|#)\s*(?P<b>\d|one|two|three|four|five)\b",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"^(?:(?:can|could|would) you\s+)?(?:please\s+)?(?:(?:tell|say|give|explain|show)(?: me)?\s+(?:a (?:bit|little)\s+)?more(?: details?)?|more(?: details?)?|go on|continue|"
    r"elaborate|expand|what else|anything else|and then|keep going|go deeper)(?:\s+(?:on|about|of)\s+(?:that|this|it|them|these|those))?(?:\s*,?\s*please)?[\s.!?]*$",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"^(?:but |and |so |ok |hm+ )*(?:why(?: is (?:that|it|this))?(?: so)?(?: not)?|how come|how so|what for|for what reason|why though|says who|really)[\s?.!]*$",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^(?:(?:oh|oops|ah|um|no|wait|sorry|my bad|pardon|actually|correction|i mean|i meant|hang on|not that)\b[\s,.:;!-]*)+(?:i (?:mean|meant)\s+|that (?:was|should be)\s+|make that\s+)?",
    re.IGNORECASE,
)
_NOT_X = re.compile(r"[\s,;-]*\b(?:not|instead of|rather than)\s+(?:the |a |an |for |about )?[\w\s]{1,40}$", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:(?:and|or|but|so|ok|okay|then|also|now|alright|right|great|thanks|cool|nice|fine|well)\b[\s,.]*)*"
    r"(?:(?:(?:what|how)\s+about|(?:the\s+)?same\s+(?:\w+\s+)?(?:for|with|about|on|but for)|what\s+of|(?:and|or|but)\s+(?:for|with|in|at|as|on)|for|as)\s+)?"
    r"(?:(?:if (?:i|you)(?:'m| am|'re| are)|in case of|the case of)\s+)?",
    re.IGNORECASE,
)  # fmt: skip
_MARKED = re.compile(
    r"^(?:(?:ok|okay|well|so|right|thanks|great|cool)[\s,.]+)*(?:and|or|but|what about|how about|same|the same|what of|for|as)\b",
    re.IGNORECASE,
)
_TAIL = re.compile(r"[\s,]*(?:please|pls|then|too|as well|instead|though|again|thanks)?[\s?.!]*$", re.IGNORECASE)
_PERSON = re.compile(
    r"\b(?:they|he|she|them|him|her|this person|that person|that role|this role|such a person|someone like that|those people|the role|the job|that job|this job|in it)\b",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"\b(?:their|his|hers|its|theirs)\b", re.IGNORECASE)
_THING = re.compile(
    r"\b(?:it|this|these|those|one|ones|then|so|the other|the others)\b|\bthat\b(?=\s*[?.!,;]|\s*$|\s+(?:mean|work|help|matter|differ|important|tho|though|then))",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:that|this|it|these|those)\s*(?:tho|though|then|too|at all|so much|for|anyway)?[\s?.!]*$", re.IGNORECASE
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|do|does|did|can|could|should|would|will|has|have|had|may|might|must|need|needs|track|tracks|own|owns|manage|manages|report|reports|"
    r"make|makes|get|gets|become|work|works|take|takes|start|earn|lead|leads|hire|decide|decides|differ|matter|matters|mean|means|learn|know|help|tell|explain|"
    r"define|describe|compare|show|give|list)\b",
    re.IGNORECASE,
)
_OTHER_ONE = re.compile(
    r"^(?:(?:and|now|ok|okay|so|then|what about|how about|but|for)\s+)*the other(?: one| role| job| side| way round| person| guy)?[\s?.!]*$",
    re.IGNORECASE,
)
_FRAGMENT_WORDS = 6


def standalone(history: Sequence[Turn], message: str) -> Rewrite:
    """The message as a complete question; one that is complete already is left alone."""
    text = _OPENER.sub("", message).strip() or message
    if not history:
        return Rewrite(text, "first" if text == message else "greeting cut off")
    last = history[-1]
    before = next((t for t in reversed(history) if t.standalone_question), last)
    previous = before.standalone_question or before.question
    bare = text.strip(" .!?,")
    said = set(words(bare))
    if said and said <= _YES and said & _YES_CORE and len(bare.split()) <= 5 and not _WHY.match(text):
        return Rewrite(last.offer, "yes to an offer") if last.offer else Rewrite(previous, "more", more=True)
    if (point := _pointed(text, last)) is not None:
        return Rewrite(point, "a point of the last answer", more=True)
    if _MORE.match(text):
        return Rewrite(previous, "more", more=True)
    if _WHY.match(text):
        return Rewrite(f"Why? {previous}", "why", more=True)
    if _OTHER_ONE.match(text) and (other := _other_role(previous)):
        return Rewrite(_swap_roles(previous, (other,)), "the other role")
    corrected = _CORRECTION.sub("", text)
    if corrected != text and corrected:
        corrected = _NOT_X.sub("", corrected) or corrected
        if _is_fragment(corrected):
            return Rewrite(_merge(previous, corrected), "correction")
        text = corrected[0].upper() + corrected[1:]
    if _is_fragment(text):
        return Rewrite(_merge(previous, text), "ellipsis")
    return _resolve(text, previous)


def _pointed(text: str, last: Turn) -> str | None:
    """The sentence of the last answer that the message points to by its number."""
    found = _POINT.search(text)
    if not found or not last.sentences or len(text.split()) > 16:
        return None
    number = _ORDINALS[(found["a"] or found["b"]).lower()]
    return last.sentences[number] if number < len(last.sentences) else None


def _content(text: str) -> list[str]:
    return [w for w in words(text) if w not in STOP_WORDS and w not in ("please", "pls", "thanks", "ok", "okay", "same")]


def _is_fragment(text: str) -> bool:
    """Whether the message is a piece of a question: marked as one ("and ...?", "same for ..."), or short and without a verb."""
    rest = _LEAD.sub("", text).strip()
    size = len(_content(rest))
    has_verb = bool(_VERB.search(rest)) or bool(
        re.match(r"(?:what|who|how|when|where|why|which)\b(?! about)", rest, re.IGNORECASE)
    )
    if _MARKED.match(text):
        return not has_verb and size <= 2 * _FRAGMENT_WORDS
    return 0 < len(rest.split()) <= _FRAGMENT_WORDS and not has_verb and size <= 3


def _merge(previous: str, fragment: str) -> str:
    """The previous question with the fragment's role or topic in place of its own."""
    piece = _TAIL.sub("", _LEAD.sub("", fragment).strip()).strip(" ,")
    if not piece:
        return previous
    asked, named = role_mentions(previous), roles_in(piece)
    topic = _without_roles(piece)
    if named and not topic:
        return _swap_roles(previous, named) if asked else f"{previous.rstrip('?. ')} for {_a(named)}?"
    roles = named or tuple(dict.fromkeys(m.role for m in asked))
    if not roles:
        return f"What about {piece}? ({previous.rstrip('?. ')})" if len(_content(previous)) <= 8 else f"What about {piece}?"
    if len(roles) >= 2:
        return f"How do {_a(roles[:1])} and {_a(roles[1:2])} differ in {topic}?"
    return f"What about {topic} for {_a(roles)}?"


def _without_roles(piece: str) -> str:
    out, last = "", 0
    for mention in role_mentions(piece):
        out += piece[last : mention.span[0]]
        last = mention.span[1]
    out = out + piece[last:]
    kept = " ".join(
        w
        for w in re.findall(r"[\w&'-]+", out)
        if w.lower()
        not in (
            "a",
            "an",
            "the",
            "for",
            "of",
            "in",
            "as",
            "and",
            "or",
            "to",
            "with",
            "about",
            "at",
            "on",
            "is",
            "one",
            "level",
            "role",
        )
    )
    return re.sub(r"\s+", " ", out).strip(" ,.?") if kept else ""


def _swap_roles(previous: str, named: Sequence[str]) -> str:
    """Put the named roles where the previous question named its own."""
    mentions = role_mentions(previous)
    old = list(dict.fromkeys(m.role for m in mentions))
    new = list(named)
    if len(old) >= 2 and len(new) == 1 and new[0] not in old:
        new = [old[0], new[0]]  # "and directors?" after a comparison sets the first role beside the new one
    out, last = "", 0
    for mention in mentions:
        place = min(old.index(mention.role), len(new) - 1)
        out += previous[last : mention.span[0]] + ROLE_NAMES[new[place]]
        last = mention.span[1]
    return out + previous[last:]


def _other_role(previous: str) -> str:
    """Of the PM and the VP the one that the previous question was not about."""
    roles = roles_in(previous)
    return {"pm": "vp", "vp": "pm"}.get(roles[0], "") if len(roles) == 1 else ""


def _a(roles: Sequence[str]) -> str:
    return " and ".join(f"{'an' if ROLE_NAMES[r][0] in 'aeiou' else 'a'} {ROLE_NAMES[r]}" for r in roles)


def _resolve(text: str, previous: str) -> Rewrite:
    """Pronouns replaced by the role that the previous question was about; other back references carry the previous question along."""
    roles = roles_in(previous)
    if roles_in(text):
        if _POINTS_BACK.search(text) and len(_content(text)) <= 4:
            return Rewrite(f"{text.rstrip('?. ')} ({previous.rstrip('?. ')})?", "back reference")
        return Rewrite(text, "complete")
    person, possessive = bool(_PERSON.search(text)), bool(_POSSESSIVE.search(text))
    if (person or possessive) and roles:
        name = _a(roles[:1]) if len(roles) == 1 or _says_one(text) else _a(roles[:2])
        out = _PERSON.sub(lambda m: _many(roles) if m[0].lower() in ("they", "them", "those people") else name, text, count=1)
        return Rewrite(_POSSESSIVE.sub(f"{name}'s", out, count=1) if possessive else out, "pronoun")
    if (person or possessive or _THING.search(_after_opening(text))) and len(_content(text)) <= 4:
        return Rewrite(f"{text.rstrip('?. ')} ({previous.rstrip('?. ')})?", "back reference")
    return Rewrite(text, "complete")


def _many(roles: Sequence[str]) -> str:
    plural = {"vp": "VPs of Product", "director": "directors of product", "head": "heads of product"}
    return " and ".join(plural.get(r, f"{ROLE_NAMES[r]}s") for r in roles[:2])


def _says_one(text: str) -> bool:
    return bool(re.search(r"\b(?:he|she|him|her|his)\b", text, re.IGNORECASE))


def _after_opening(text: str) -> str:
    """Without openings in which "it" and "there" point at nothing ("is it true that", "how long does it take")."""
    return re.sub(
        r"\b(?:is it (?:true|normal|ok|okay|possible|worth|better|common|hard|easy|realistic|risky|too late)|(?:does|will|would|did) it take|it is|it's|is there|are there|there (?:is|are)|"
        r"so (?:much|many|far|hard|that)|that (?:i|you|we|a|an|the|pm|vp)|this (?:year|month|week|company|career))\b",
        "",
        text,
        flags=re.IGNORECASE,
    )
