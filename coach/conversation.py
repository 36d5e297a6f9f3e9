"""(history, message) -> a standalone question, by rules; and the small talk that needs no evidence. Knows nothing of passages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from coach.form import Form, form_of
from coach.index import STOP_WORDS, words
from coach.types import Turn
from coach.vocabulary import ROLE_NAMES, other_roles, role_mentions, roles_in

_re = partial(re.compile, flags=re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A message made complete. `more` says that the person wants what was not said before.

    A short message may be read in other ways; the evidence decides between them and `text`. `swapped` is the last question for the
    role that the message names, "" where it names none; `others` make the message a part of the last question or of an earlier one.
    `form` is how the last answer is wanted once more, None where something is asked.
    """

    text: str
    rule: str
    more: bool = False
    swapped: str = ""
    others: tuple[str, ...] = ()
    form: Form | None = None


_GREETING = _re(r"(?:hi|hello|hey|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day)|hallo)(?:[\s,]+(?:there|coach|all|everyone|again|you|bot|mate|team))*")  # fmt: skip
_OPENER = _re(rf"^(?:(?:{_GREETING.pattern}|(?:(?:haha|ok|okay|thanks|thank you|thx|ta|got it|cool|great)\b\s*)+|(?:quick|new|next|another|different|other|last|one more|one last)\s+(?:subject|topic|question|thing|one)|(?:on )?(?:to )?something else|changing the subject(?: \w+)?)\s*[,.!:;-]+\s*)+(?=\S)")  # fmt: skip
# What people say before they ask: a nod that ends in a stop, or a noise.
_NOD = r"(?:ok(?:ay)?|cool|great|nice|perfect|awesome|lovely|brilliant|super|good(?: to know)?|fine|wow|huh|hm+|mhm|aha?|oh|(?:ha){2,}|lol|right|al(?:l )?right|sure|yes|yeah|yep|yup|thanks|thank you|thx|ty|ta|cheers|got it|gotcha|makes sense|i see|fair(?: enough)?|noted|interesting|true|indeed|np|no worries)"
_REACTION = _re(rf"^(?:{_NOD}(?:\s+(?:{_NOD}|so much|a lot|then|mate|coach))*\s*[,.!\u2026;:)\u2013\u2014-]+\s*|(?:lol|(?:ha){{2,}}|hm+|huh|wow|ok(?:ay)?|um+|uh)\s+)+(?=\S)")  # fmt: skip
_REMARK = _re(r"^(?:that|that's|thats|this|it|it's|its|longer|shorter|more|less|sounds|makes|not (?:sure|bad|what)|didn'?t|i (?:see|thought|didn't|expected|knew|guess|figured|like)|good|fair|skip|never mind|nvm|forget)\b[^?]*$")  # fmt: skip
_SMALL_TALK = (
    ("greeting", _re(rf"{_GREETING.pattern}|(?:how are you|how's it going|what's up|sup)(?: today| doing)?")),
    ("bye", _re(r"(?:ok(?:ay)?[\s,]*)?(?:bye|goodbye|see you|see ya|good night|ciao)(?: (?:then|for now|later|soon))?")),
    ("who", _re(r"(?:so |and )?(?:who|what) (?:are|r) (?:you|u)|(?:are|r) (?:you|u) (?:a |an )?(?:bot|robot|ai|human|real|real person|person|machine|chatbot|chatgpt)|what is this")),
    ("what", _re(r"(?:so |and )?(?:what (?:can|do) (?:you|u) do(?: for me)?|what can (?:i|you) (?:ask|help)(?: (?:you|me))?(?: (?:about|with))?|how (?:can|do) (?:you|u) (?:help|work)(?: me)?|help|can (?:you|u) help(?: me)?|what do you know(?: about)?)")),
)  # fmt: skip
_THANKS = frozenset("thanks thank thx ty ta cheers appreciated appreciate".split())
_ACKNOWLEDGE = frozenset("mhm hm hmm ah aha oh right fine ok okay great perfect cool nice awesome brilliant super wonderful lovely helpful useful understood gotcha np nw".split())  # fmt: skip
_AROUND_THANKS = (_THANKS | _ACKNOWLEDGE).union(
    """a lot bunch ton million so much very really many big you for your the all help time answer answers advice that this was is it coach again everyone mate
    now no nope got makes sense good one that's helps me i and bye goodbye have day evening weekend enough kind of to know""".split()
)


def small_talk(message: str) -> str:
    """Which kind of small talk the whole message is ("greeting", "thanks", "bye", "who", "what"), "" when it is none."""
    bare = message.strip(" \t.!?,;:)(-~*").replace("’", "'")
    bare = "".join(c for c in bare if c.isascii()).strip(" .!?,")
    if not bare or len(bare.split()) > 14:
        return ""
    said = set(words(bare))
    if said <= _AROUND_THANKS and (
        said & _THANKS or said & _ACKNOWLEDGE or said in ({"makes", "sense"}, {"got", "it"}, {"no"}, {"nope"})
    ):
        return "thanks"
    return next((kind for kind, pattern in _SMALL_TALK if pattern.fullmatch(bare)), "")


_YES = frozenset("yes yeah yep yup sure please do go ahead on then sounds good why not it of course absolutely definitely i would i'd like that y ok okay ja show me".split())  # fmt: skip
_YES_CORE = frozenset("yes yeah yep yup sure please go sounds why course absolutely definitely would i'd y ja do".split())
_ORDINALS = {
    "first": 0, "1st": 0, "one": 0, "1": 0, "second": 1, "2nd": 1, "two": 1, "2": 1, "third": 2, "3rd": 2, "three": 2, "3": 2,
    "fourth": 3, "4th": 3, "four": 3, "4": 3, "fifth": 4, "5th": 4, "five": 4, "5": 4, "six": 5, "6": 5, "last": -1, "final": -1,
}  # fmt: skip
_POINT = _re(
    r"\b(?:(?:the|your|that)\s+)?(?P<a>first|second|third|fourth|fifth|last|final|1st|2nd|3rd|4th|5th)\s+"
    r"(?:one|point|item|thing|sentence|bit|part|step|idea|bullet|reason|suggestion|option|tip|you (?:listed|mentioned|said|named))\b"
    r"|(?:\b(?:point|number|item|step|bullet)|\bno\.(?=\s*\d)|#)\s*(?P<b>[1-6]|one|two|three|four|five|six)\b"
)
_RETURN = _re(
    r"\b(?P<first>first|1st|original)\s+(?:one|thing|question|topic|subject|lot|pair|part|list|bit)\b"
    r"|\b(?:earlier|previous|other)\s+(?:one|thing|question|topic|subject|lot|pair|list|bit)\b|\bback to\b|\b(?:from|like|as|asked) before\b"
)
# What a message may hold beside a pointed-out sentence; a role or anything else makes it a question of its own.
_POINTING = frozenset(
    "say tell explain elaborate expand describe clarify more detail details example mean meant give mentioned listed named said".split()
)
_MORE = _re(r"^(?:(?:can|could|would) you\s+)?(?:please\s+)?(?:(?:tell|say|give|explain|show)(?: me)?\s+(?:a (?:bit|little)\s+)?more(?: details?)?|more(?: details?)?|go on|continue|elaborate|expand|what else|anything else|and then|keep going|go deeper)(?:\s+(?:on|about|of)\s+(?:that|this|it|them|these|those))?(?:\s*,?\s*please)?[\s.!?]*$")  # fmt: skip
_WHY = _re(r"^(?:but |and |so |ok |hm+ )*(?:why(?: is (?:that|it|this))?(?: so)?(?: not)?|how come|how so|what for|for what reason|says who|really)(?: tho(?:ugh)?)?(?:[\s,]+(?:that's|thats|it's|its) \w+(?: \w+)?)?[\s?.!]*$")  # fmt: skip
_SLIP = _re(r"(?:^|[.,;:…\u2013\u2014]\s*|\s-+\s*)(?:(?:oh|oops|ah|u[hm]+|er+m?|no(?! (?:such|more)\b)|wait|sorry|my bad|pardon|actually|correction|scratch that|or rather|hang on|i meant?|not that)\b[\s,.:;!…\u2013\u2014-]*)+(?:i (?:mean|meant|wanted)\s+(?:to (?:say|ask|know)\s+)?(?:about\s+)?|that (?:was|should be)\s+|make that\s+)?")  # fmt: skip
_NOT_X = _re(r"[\s,;-]{0,4}\b(?:not|instead of|rather than)\s+(?:the |a |an |for |about )?[\w\s]{1,40}$")
_AND = r"^\s*(?:(?:and|n|or|but|so|ok|okay|then|also|now|alright|right|great|thanks|cool|nice|fine|well)\b[\s,.]*)*(?:(?:(?:what|how)\s+about|what\s+of|(?:the\s+)?same\s+(?:\w+\s+)?(?=for|with|about|on|but for))\s*)?"
_LEAD = _re(rf"{_AND}(?:(?:but for|for|with|about|in|at|as|on)\s+)?(?:(?:if (?:i|you)(?:'m| am|'re| are)|in case of|the case of)\s+)?")  # fmt: skip
_PLACE = _re(rf"{_AND}(?P<place>(?P<by>in|at|during|within|without|under|inside|before|after)\s+\S.*)")
_EDGES = _re(r"^(?:an? |the )?\s*'s\s+|(?:\s+(?:of|for|an?|the|with|in|at|as))+$")
_TAIL = _re(
    r"(?:[\s,]*\b(?:please|pls|then|too|as well|instead|tho(?:ugh)?|again|thanks|thx|sorry|sry|lol|(?:ha){2,}))?[\s,?.!]*$"
)
# Words that add nothing to a role: all that "and one rung up, at VP level?" or "I'm the PM btw" says is the role.
_MARKS = frozenset("and or but about same of for as".split())
_ONESELF = frozenset("me mine my myself".split())
_OWN = _re(r"\b(?:i'm|im|i am|my \w+ is)\b")
_FILLER = _ONESELF | frozenset(
    """a an the and or but so ok okay then also now well right alright hm hmm um uh oh ah wait no not sorry actually mean meant i i'm i'd im am own for
    of at in on as with about to what how same again instead rather though tho too btw by way here please pls thanks just only even one rung level role
    every any all his her their our your n job title position person side guy round up down above below higher lower next step ask asking wanted say work speaking being currently fyi fwiw like""".split()
)
_AUX = r"(?:(?:is|are|was|were|do|does|did|ca|can|could|should|would|wo|will|has|have|had|may|might|must)(?:n't)?)"
_VERB = _re(
    rf"\b(?:{_AUX}|(?:what|who|how|where|when|that|it|there)'s|need|needs|track|tracks|"
    r"own|owns|manage|manages|report|reports|make|makes|get|gets|become|work|works|take|takes|start|earn|lead|leads|hire|decide|decides|differ|matter|matters|"
    r"mean|means|learn|know|help|tell|explain|define|describe|compare|show|give|list|name|write|suggest|recommend|thank)\b"
    r"|(?:^|[,;.]\s*)(?:what|who|how|when|where|why|which)\b(?! about)"
)
_CLIPPED = _re(r"(?:\w+ )?(?:who|when|where|what|(?:which|whose|how (?:many|much|long|often|soon))(?: [\w-]+){0,2})[\s?.!]*")
# "and how many does Atlassian?": the verb and what it asks about are those of the last question, of another subject.
_OF = (
    r"(?P<ask>how (?:many|much|long|often)|what|which|who|where|when|why)\b(?P<of>(?:\s[\w-]+){0,2})"
    r"\s(?P<aux>do|does|did|has|have|had|can|could|should|would|will|must|may)\s+(?P<subject>(?:an? |the )?[\w&'-]+(?: of \w+)?)"
)
_PARALLEL, _ASKED_OF = _re(rf"(?:(?:and|but|so|ok)\s)*{_OF}[\s?.!]*"), _re(rf"{_OF}\s+(?P<rest>\w.*)")
DEFINED = _re(r"(?:\w+ ){0,2}(?:what|who)(?: is| are|'?s) (?:an? |the )?[\w-]+[\s?.!]*")  # a single word that may be asked for
_OTHER_ROLE: dict[tuple[str, ...], str] = {("pm",): "vp", ("vp",): "pm"}
_FRAGMENT_WORDS, _CARRY_WORDS, _REMARK_WORDS, _BESIDE_ROLE = 6, 9, 4, 2
CERTAIN = ("yes to an offer", "the other role")
_SENTENCE = re.compile(r"(?<=[.?!\u2026])\s+")
_NOT_ROLE = _re(r"\bnot\b[^.,;!?]*[.,;!?]*")
_SHORT_ROLE = _re(
    r"^((?:and |or |but |what about |how about |for |a |an |the )*)(senior|principal|associate|group|lead|junior)s?(?=[\s?.!]*$)"
)
_ASKING = STOP_WORDS | frozenset(
    "explain know want need name list define describe compare show give think mean many long ok".split()
)
_CARRIED = _re(r"(?P<asked>.+?) \((?P<kept>[^()]+)\)\?")
_PEOPLE = r"(?:person|people|role|job|position|folks?|guys?|someone|somebody)"
_PERSON = _re(
    rf"\b(?:(?P<many>they|them|(?:those|these|such) {_PEOPLE}|(?:people|folks|guys) like (?:that|those|them|these))"
    r"|(?P<whose>theirs?|his|hers|her(?=\s+(?!(?:to|in|at|for|about|with|on|do|or|and|if|when|so)\b)[\w-]))"
    rf"|he|she|him|her|(?:this|that|such an?|the) (?:person|role|job|guy|position)(?! (?:of|market|offer|description|title|search))|{_PEOPLE} like (?:that|this))\b"
)
OF_ONESELF = _re(r"\b(?:i|im|i'm|i've|ive|my|me|we|our)\b")
_SOMEBODY = _re(rf"\b(?:{_PEOPLE}|boss|ceo|(?:founder|leader|manager|team|engineer|developer|designer|customer|user|stakeholder|colleague|candidate|employee|director|mentor|sponsor|peer|friend|parent|student|report)s?|anyone|everyone|company|companies|board|mine)\b")  # fmt: skip
_ASKS_WHO = _re(r"\b(?:author|writer|wrote|written|inventor|coined|invented|(?:who|whose|person)\b.*\b(?:came up|said|says|made|created|published|put|thought|idea|proposed|argued))\b")  # fmt: skip
_NAME = r"([A-Z][a-z]+(?: [A-Z]\.)? [A-Z][a-z]+)\b(?! [A-Z])"
_SUBJECT = r"(?:i|you|he|she|it|we|they|my|your|our|his|her|their|an?|the|some|most|many|all|every|each|no|there|this|these|people|pms?|vps?|product)"
_THING = _re(
    r"\b(?:its?|itself|those|this|these|the (?:former|latter|others?|above)|such(?! (?:as|that)\b)|(?:do|say|think|if|hope) so|(?:back|by|since|until) then)\b"
    r"|^(?:and|but) (?:what )?(?:if|when)\b|\bwhich ones?\b|(?<![\w-])ones?(?=\s*(?:[?.!,]|$))"
    r"|\bthat\b(?=\s*(?:[?.!,;]|$)|\s+(?:mean|work|help|matter|differ|important|tho|though|then|so much|too|at all)\b)"
    rf"|(?:^|(?<=[,.;:?!])\s*|\b(?:and|but|so|or|then|well|why|(?:what|who|how|when|where|which)(?:\s+\w+){{0,5}})\s+){_AUX}\s+that\b"
    r"|(?:^|\b(?:of|for|about|with|to|from|in|on|by|at|like|than|as|is|are|was|if|why|when|how|and|or|but|do|done|get|use|have|need|keep|find|tell|explain|handle|measure|make|take|apply|\w{2,}ing)\s+)"
    rf"that\b(?!\s+{_SUBJECT}\b)"
)
# "it" that stands for a clause yet to come, and the like: they point at nothing said before.
_EMPTY = _re(
    r"\b(?:(?:is|was|be|isn't)\s+it|it(?:'s|\s+(?:is|was|be|isn't)))\s+(?!(?:related|similar|linked|tied|connected|close|comparable|equal|relevant|different)\b)"
    r"(?:[\w-]+\s+){0,3}?(?:to|that|if|when|whether|having|being|for\b.*\bto)\b"
    r"|\bit\s+(?:takes?|feels?|makes? (?:more )?sense|matters?|pays?|helps?|hurts?|looks?|seems?|mean)\b(?=.*\b(?:to|that|if|whether|when)\b)"
    r"|\b(?:worth it|make it (?:to|as|big|in)|is it (?:true (?!for|in|at|of)|worth \w+ing (?!as|for|in|at|by|when|if)\w+)|it turns out|is it like|such (?:an? )?thing as)\b"
    r"|\bthis (?:year|month|week|quarter|morning|chat|career|company|field|industry)\b|\bthese days\b|\b(?:one )?of those\b|\bthose who\b|\b(?:an?|the) \w+ \w+ its\b"
)
_BREAK = _re(r"[,.;:?!\u2013\u2014]|\b(?:and|or|but|so|because|since|when|if|while|until|before|after|once|that|which|who|where)\b")  # fmt: skip
_SELF_REMARK = _re(r"^(?:i'm|i am|im|as an?|being an?|my (?:role|title|job) is)\b[^,.;?!]*[,.;]")
_NOUN = _re(rf"\b(?:an?|the|my|our|your|some|any|more|{_AUX}|about|of|with|in|for|from|what|which|many|much)\s+([\w-]{{3,}})")
_NO_NOUN = STOP_WORDS | frozenset("know think want need mean tell say ask see find feel use happen happens something anything one work people".split())  # fmt: skip


def standalone(history: Sequence[Turn], message: str) -> Rewrite:
    """The message as a complete question; one that is complete already is left alone, and a short one gets its other readings."""
    if history and history[-1].sentences and (form := form_of(message)) and (last := _last_asked(history)):
        return Rewrite(last.standalone_question, f"the last answer, {form}", form=form)
    text = _remarks_off(message)
    found = _by_rules(history, message, text)
    last = _last_asked(history)
    if last is None or found.more or found.rule in CERTAIN or _is_bare(text) or len(_content(text)) > _CARRY_WORDS:
        return found
    previous, named = last.standalone_question, roles_in(text)
    is_swap = bool(named and roles_in(previous)) and len(_content(_replace_roles(text, lambda _: ""))) <= _BESIDE_ROLE
    swapped, carried = _swap_roles(previous, named) if is_swap else "", _carry(text, previous)
    if not (earlier := [q for t in history if (q := t.standalone_question) not in ("", previous)]):
        return replace(found, swapped=swapped, others=(carried,))
    pointer = _RETURN.search(text)
    returned = _carry(text, earlier[0] if pointer and pointer["first"] else earlier[-1])
    if pointer:  # the message says itself that it leaves the last question
        return Rewrite(returned, "return to an earlier question", swapped=swapped, others=(found.text, carried))
    return replace(found, swapped=swapped, others=(carried, returned))


def _by_rules(history: Sequence[Turn], message: str, text: str) -> Rewrite:
    last = _last_asked(history)
    if last is None:
        return Rewrite(text, "first" if text == message else "greeting cut off")
    previous = last.standalone_question
    bare = text.strip(" .!?,")
    said = set(words(bare))
    if said and said <= _YES and said & _YES_CORE and len(bare.split()) <= 5 and not _WHY.match(text):
        return _yes(history[-1], previous)
    if (point := _pointed(text, history[-1])) is not None:
        return Rewrite(_carry(point, previous), "a point of the last answer", more=True)
    if _MORE.match(text):
        return Rewrite(previous, "more", more=True)
    if _WHY.match(text):
        return Rewrite(f"Why? {previous}", "why", more=True)
    if "other" in said and said <= _FILLER | {"other"} and (other := _OTHER_ROLE.get(roles_in(previous))):
        return Rewrite(_swap_roles(previous, (other,)), "the other role")
    if corrected := _corrected(text):
        return Rewrite(_merge(previous, corrected, history), "correction")
    if asked := _of_another(previous, text):
        return Rewrite(asked, "another subject")
    opening, *more = _SENTENCE.split(text, maxsplit=1)
    piece = opening if more and _is_bare(opening) and not _content(more[0]) else text  # "and the PM? what are theirs?"
    if _is_fragment(piece):
        return Rewrite(_merge(previous, piece, history), "ellipsis")
    rest = text[found.end() :] if (found := _SLIP.match(text)) else ""
    return _resolve(rest[0].upper() + rest[1:] if rest else text, last)


def _corrected(text: str) -> str:
    """What a message says was meant ("sorry, wrong one. The CPO."), "" where it corrects nothing."""
    *slips, meant = _SLIP.split(text)
    meant = (_NOT_X.sub("", meant) if slips else "") or meant
    pieces = _SENTENCE.split(meant)
    if slips and (_is_bare(pieces[0]) or not _VERB.search(meant)):  # what follows a role tells of oneself
        meant = next((piece for piece in pieces if _is_bare(piece)), meant)
    return meant if slips and _is_fragment(meant) and not any(_VERB.search(slip) for slip in slips) else ""


def _yes(last: Turn, previous: str) -> Rewrite:
    """A refusal or a greeting ends with what can be asked; an answer asks nothing, and a "yes" to it wants more of it."""
    if last.offer and not last.sentences:
        return Rewrite(last.offer, "yes to an offer")
    return Rewrite(previous, "more", more=True)


def _of_another(previous: str, text: str) -> str:
    """The previous question asked of the subject that a text without a verb names, "" where they do not run parallel."""
    here, there = _PARALLEL.fullmatch(text), _ASKED_OF.fullmatch(previous)
    if not here or not there or here["ask"].lower() != there["ask"].lower():
        return ""
    return f"{there['ask']}{here['of'] or there['of']} {here['aux']} {here['subject']} {there['rest']}"


def _remarks_off(message: str) -> str:
    """The message without the greeting, the nods and the remarks around what it asks."""
    pieces = _SENTENCE.split(_OPENER.sub("", message).strip() or message)
    while len(pieces) > 1 and _is_remark(pieces[0]):
        pieces.pop(0)
    while len(pieces) > 1 and _is_remark(pieces[-1]):
        pieces.pop()
    text = " ".join(pieces)
    while (rest := _OPENER.sub("", _REACTION.sub("", text)).strip()) != text and rest:
        text = rest
    return _SHORT_ROLE.sub(r"\1\2 PM", text)


def _is_remark(piece: str) -> bool:
    """Whether a sentence says only what somebody thinks of the answer."""
    nods = bool(_REMARK.match(piece) or _REACTION.match(piece)) and not piece.endswith("?")
    return nods and not roles_in(piece) and len(_content(piece)) <= _REMARK_WORDS


def _last_asked(history: Sequence[Turn]) -> Turn | None:
    """The last turn that asked something, with its standalone question; where none is stored the history is read again."""
    if stored := next((t for t in reversed(history) if t.standalone_question), None):
        return stored
    for n in range(len(history) - 1, -1, -1):
        if not small_talk(history[n].question):
            return replace(history[n], standalone_question=standalone(history[max(0, n - 4) : n], history[n].question).text)
    return None


def _pointed(text: str, last: Turn) -> str | None:
    """The sentence of the last answer that the message points to by its number."""
    found = _POINT.search(text)
    if not found or not last.sentences or len(text.split()) > 16:
        return None
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    if roles_in(rest) or set(_content(rest)) - _POINTING:
        return None
    number = _ORDINALS[(found["a"] or found["b"]).lower()]
    return last.sentences[number] if number < len(last.sentences) else None


def _content(text: str) -> list[str]:
    return [w for w in words(text) if w not in STOP_WORDS and w not in ("please", "pls", "thanks", "ok", "okay", "same")]


def _replace_roles(text: str, name: Callable[[str], str]) -> str:
    """The text with `name(role)` in place of each role."""
    out, last = "", 0
    for mention in role_mentions(text):
        out += text[last : mention.span[0]] + name(mention.role)
        last = mention.span[1]
    return out + text[last:]


def _is_bare(text: str) -> bool:
    """Whether the message names a role, or the person who writes, and says nothing else."""
    rest = set(words(_OWN.sub(" ", _replace_roles(text, lambda _: " "))))
    return rest <= _FILLER and bool(role_mentions(text) or rest & _ONESELF)


def _role_and_rest(fragment: str) -> tuple[tuple[str, ...], str]:
    """The role that a piece of a question begins with, and what follows it."""
    for mention in role_mentions(fragment)[:1]:
        if set(words(fragment[: mention.span[0]])) <= _FILLER:
            return (mention.role,), fragment[mention.span[1] :]
    return (), fragment


def _is_fragment(text: str) -> bool:
    """Whether the message is a piece of a question: a bare role, marked as one ("and ...?", "same for ..."), or short and without a verb."""
    lead = found[0] if (found := _LEAD.match(text)) else ""
    rest = text[len(lead) :].strip()
    if _is_bare(text):
        return True
    if _VERB.search(re.split(r"(?<=\w)\s(?:that|which|who|where)\b", rest)[0]):
        return False
    named, after = _role_and_rest(text)
    if _MARKS.intersection(words(lead)) or (named and _PLACE.match(after)):
        return len(_content(rest)) <= 2 * _FRAGMENT_WORDS
    return 0 < len(rest.split()) <= _FRAGMENT_WORDS and len(_content(rest)) <= 3


def _merge(previous: str, fragment: str, history: Sequence[Turn]) -> str:
    """The previous question with the fragment's role, place or topic in place of its own."""
    asked, (named, rest) = tuple(dict.fromkeys(m.role for m in role_mentions(previous))), _role_and_rest(_TAIL.sub("", fragment))
    if _is_bare(fragment):
        fragment = _NOT_ROLE.sub(lambda m: m[0] if roles_in(m[0]) == roles_in(fragment) else "", fragment)
        own = (roles_in(t.question) for t in reversed(history) if _is_bare(t.question) and _OWN.search(t.question))
        named = roles_in(fragment) or next((r for r in own if r), asked)
        return _swap_roles(previous, named) if asked or not named else f"{previous.rstrip('?. ')} for {a_role(named)}?"
    if (others := other_roles(fragment)) and asked and len(_content(fragment.replace(others[0], ""))) <= 1:
        return _replace_roles(previous, lambda _: others[0])  # "and a VP of Engineering?"
    if found := _PLACE.match(rest):
        head, _, kept = _swap_roles(previous, named or asked).rstrip("?. ").partition(" (")
        head = _re(rf"\s{found['by']}\s[^,?]*$").sub("", head)
        return f"{head} {found['place']}{f' ({kept}' if kept else ''}?"
    piece = _TAIL.sub("", _LEAD.sub("", fragment).strip()).strip(" ,")
    topic, roles = (
        _EDGES.sub("", _replace_roles(_PERSON.sub("", piece), lambda _: "").strip(" ,.?")),
        roles_in(piece) or roles_in(previous),
    )
    if roles and not _content(topic):
        return _swap_roles(previous, roles)
    if not roles or not piece:
        return _carry(f"What about {piece}", previous) if piece else previous
    if len(roles) >= 2:
        return f"How do {a_role(roles[:1])} and {a_role(roles[1:2])} differ in {topic}?"
    return f"What about {topic} for {a_role(roles)}?"


def _carry(text: str, previous: str) -> str:
    """The text with what it points back to; of the questions before the previous one only the first, the topic, is kept."""
    found = _CARRIED.fullmatch(previous)
    asked = [found["asked"], *found["kept"].split("; ")] if found else [previous]
    kept = dict.fromkeys(_gist(q) for q in (asked[0], asked[-1]))
    return f"{text.rstrip('?. ')} ({'; '.join(kept)})?"


def _gist(question: str) -> str:
    """The question without the words that only ask. One that names a role stays whole: what it says of the role is often such a word."""
    for sentence in () if roles_in(question) else re.split(r"[.?!,;]+(?:\s|$)", question):
        said = sentence.split()
        telling = [n for n, word in enumerate(said) if word.strip("'\"()").lower() not in _ASKING]
        if telling:
            return " ".join(said[telling[0] : telling[-1] + 1])
    return question.rstrip("?. ")


def _swap_roles(previous: str, named: Sequence[str]) -> str:
    """Put the named roles where the previous question named its own."""
    old, new = list(dict.fromkeys(m.role for m in role_mentions(previous))), list(named)
    if len(old) >= 2 and len(new) == 1 and new[0] not in old:
        new = [old[0], new[0]]  # "and directors?" after a comparison sets the first role beside the new one
    return _replace_roles(previous, lambda role: ROLE_NAMES[new[min(old.index(role), len(new) - 1)]])


def a_role(roles: Sequence[str]) -> str:
    """The names of roles with their article."""
    return " and ".join(f"{'an' if ROLE_NAMES[r][0] in 'aeiou' else 'a'} {ROLE_NAMES[r]}" for r in roles)


def _many(roles: Sequence[str]) -> str:
    plural = {"vp": "VPs of Product", "director": "directors of product", "head": "heads of product"}
    return " and ".join(plural.get(r, f"{ROLE_NAMES[r]}s") for r in roles[:2])


def _resolve(text: str, last: Turn) -> Rewrite:
    """A pronoun gives way to the role, or the person, of the previous question; other back references carry that question along."""
    previous, out, rule = last.standalone_question, text, "complete"
    roles, back = roles_in(previous), bool(_CLIPPED.fullmatch(text))
    found = _PERSON.search(text)
    if found and not _has_own(text[: found.start()], people=True):
        single = found[0].lower() in ("he", "she", "him", "his", "her", "hers")
        person = _person_in(last, single)
        name = person if person is not None else a_role(roles[:1] if single else roles[:2])
        if single and person is None and OF_ONESELF.search(last.question):
            name = ""  # "he" after a story of one's own is somebody in it, not a role
        back = person is not None or not (roles or (found["many"] and _has_own(text[: found.start()])))  # "they" may be things
        if name:
            rule, many = "pronoun", _many(roles) if person is None else name
            word = f"{name}'s" if found["whose"] else many if found["many"] else name
            out = text[: found.start()] + word + text[found.end() :]
    back = back or any(not _has_own(out[: m.start()]) for m in _THING.finditer(_EMPTY.sub(lambda m: " " * len(m[0]), out)))
    poor = len(text.split()) <= _FRAGMENT_WORDS and len(_content(text)) <= 1  # "what now?"
    back = back or (poor and not roles_in(out) and not DEFINED.fullmatch(text))
    if back and len(_content(text)) <= _CARRY_WORDS:
        return Rewrite(_carry(out, previous), "back reference")
    return Rewrite(out, rule)


def _person_in(last: Turn, single: bool) -> str | None:
    """The person whom the last turn was about ("" when it holds no name); None when it was about a role or a thing."""
    asked = last.standalone_question.partition(" (")[0]
    first = _replace_roles(re.split(r"(?<=[.!?])\s", last.answer)[0], lambda _: "they")
    if _ASKS_WHO.search(asked) or (re.match(r"(?:\w+ )?who(?:se|m)?\b", asked, re.IGNORECASE) and not roles_in(asked)):
        return found[1] if (found := re.search(_NAME, first)) else ""
    found = re.search(rf"(?:^|\b(?:by|to|from) ){_NAME}", first) if single else None
    return found[1] if found else None


def _has_own(before: str, people: bool = False) -> bool:
    """Whether the message itself holds, before a pronoun, what that points to: a person, or a thing in an earlier sentence or clause."""
    before = _SELF_REMARK.sub("", before)
    if people:
        return bool(role_mentions(before) or _SOMEBODY.search(before))
    if any(len(_content(sentence)) > 1 for sentence in re.split(r"[.!?](?:\s|$)", before)[:-1]):
        return True
    *earlier, _ = _BREAK.split(before)
    nouns = _NOUN.findall(_replace_roles(" ; ".join(earlier), lambda _: "they"))
    return any(noun.lower() not in _NO_NOUN for noun in nouns)
