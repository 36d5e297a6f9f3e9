"""Which sentences a chat model may say in the coach's own words, without proof: lines that join, encouragement, questions back to the person.

Narrow on purpose: the whole sentence must have one of a few forms, made of short lists of words that hold no names, no numbers but "two", and
nothing that could carry a claim, a promise, an instruction or a secret.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.quotable import why_not
from coach.types import Voice
from coach.vocabulary import ROLE_NAMES, role_mentions, roles_in

LONGEST = 22  # words
_PLAIN = re.compile(r"[A-Za-z\s,;:.?!'’()\u2013\u2014-]+")  # a word in other letters would be in no list, and so not be looked up
_YOU = re.compile(r"\byours?\b|\byou\b")
# A form is matched by a sentence in lower case with every role as "*"; only a form's own verbs can stand in it, so that it cannot claim.
_WHO = r"(?:(?:(?:an?|the|each|both|either|your) )?(?:(?:two|next|current) )?(?:\*(?: (?:role|level|job|position)s?)?|(?:role|level|job|position)s?)|you)"
_WHOSE = rf"{_WHO}(?:(?:,|,? and|,? or| versus| to) {_WHO})*"
_KIND = r"(?:short|brief|direct|full|main|key|most important|important|first|next|practical)"
_POINT = rf"(?:(?:the|two|these|those|some|a few)(?: {_KIND})*|{_KIND}) (?:answer|summary|comparison|difference|point|thing|part|side|step|way|reason|detail|question)s?"
_OF = rf"(?: (?:for|between|of|to|from|at|on|in|with) (?:{_WHOSE}|(?:the|this|that|your) question|this|that|it|practice|detail|short|the (?:library|sources)))*"
_OPENING = r"(?:in (?:short|brief|sum|summary|practice|detail|particular|other words)|to (?:sum up|start(?: with)?|begin(?: with)?)|put simply|so)"
_CLAUSE = (
    rf"(?:what|how)(?: does| do)?(?: (?:{_WHOSE}|this|that|it|they|these|the (?:library|sources)))? (?:is|are|do|does|means?|matters?|differs?|compares?|looks?|comes?|helps?|says?|stands?)"
    rf"(?: (?:like|out|up|most|first|next|here|in practice))*{_OF}"
)
_LINK = re.compile(
    rf"(?:{_OPENING},? )?(?:{_OPENING}|(?:here is |here's |here are |this is )?(?:{_POINT}{_OF}|{_CLAUSE})|{_POINT}{_OF} (?:is|are|stand out|come first|follow)"
    rf"(?: (?:this|these|here|as follows))?|(?:for|as|at|between|compared (?:with|to)) {_WHOSE}):"
)
_NOUNS = "|".join(
    """a an the and or of on in at to for from with about by as into within this that these those it one two each both all some most more first last next now here
    still also already right current currently own other best closest hardest easiest furthest relevant useful important deeper closer further together better
    role roles level levels job jobs position positions goal goals plan step steps path move topic topics part parts point points area areas question questions
    situation team product manager company experience skill skills example examples detail details today week month quarter year you your yours""".split()
)
_REST = rf"(?: (?:{_NOUNS}|\*))*"
_DO = r"(?:know|hear|talk|work|focus|start|begin|look|plan|try|compare|explore|dig|go|see|move|change|improve|learn|do)"
_QUESTION = re.compile(
    rf"(?:so |and |now )?(?:(?:what|which|where|how){_REST} (?:would|do|could|can) you(?: already)?(?: (?:like|want|need|plan|hope|prefer|have|feel|think))?(?: (?:to )?{_DO})?{_REST}"
    rf"|(?:would|do) you (?:like|want|prefer|plan|hope)(?: to {_DO}| me to (?:help|explain|compare))?{_REST}|(?:shall|should|could|can) we (?:look|plan|talk|start|compare|explore|focus|go){_REST}"
    rf"|(?:can|could) i help you{_REST}|(?:what|which){_REST} (?:is|are|are you (?:looking|working|planning)|feels?|sounds?|matters?|comes?|interests?|would help){_REST}|(?:how close|how far|how ready|where) are you{_REST}"
    rf"|are you (?:already |currently )?(?:ready|interested|looking|working|planning|curious){_REST}|(?:could|can|would) you (?:tell me|say) more{_REST}"
    rf"|do you (?:already )?(?:have|lead|work){_REST}|(?:does|do|is|are) (?:this|that|these|it) (?:help|fit|sound|useful|helpful){_REST})\?"
)
_ENCOURAGEMENT = re.compile(
    r"(?:good luck(?: with (?:it|this|that|your (?:next )?(?:step|move|plan)))?|well done|good question|(?:that|this|it)(?: is|['’]s) a (?:very )?(?:good|great|fair|important|common|useful) (?:question|goal|place to start|thing to ask)"
    r"|you are not alone(?: (?:in|with) this)?|(?:please )?take (?:it|this) one step at a time|take your time|(?:i am|i['’]m) (?:glad|happy) (?:you asked|to help)|i hope (?:this|that) helps|(?:thank you|thanks) for asking|ask me (?:more|anything) (?:any ?time|about (?:it|this|that)))[.!]",
    re.IGNORECASE,
)


def voice_of(sentence: str) -> Voice:
    """Whose words a sentence may be: LINK or COACH where it claims nothing, else CORPUS, which needs proof."""
    if not _PLAIN.fullmatch(sentence) or len(sentence.split()) > LONGEST:
        return Voice.CORPUS
    form = _form(sentence)
    if _ENCOURAGEMENT.fullmatch(sentence) or (_QUESTION.fullmatch(form) and _YOU.search(form)):
        return Voice.COACH
    return Voice.LINK if _LINK.fullmatch(form) else Voice.CORPUS


_SMALL = frozenset(
    """a an the and or but so as at by for from in into of on onto than then to up with within about between both each either first next last
    also now here there this that these those it its how what which who why when where is are was be do does did can could would will should
    if i i'd i'm me my we us our you you're you'd you've your yours yourself one two all any some most more other same still yet""".split()
)
_LEAD = re.compile(
    r"(?:as (?:an?|you)|since you|because you|given (?:that )?your?) [^,.;:?!<>{}\[\]|\\`~^=@#$]{2,100}, ", re.IGNORECASE
)
_LEADING = _SMALL | frozenset("am have has had work works working being given since because years year experience goal company role roles level levels job jobs position positions".split())  # fmt: skip
_OF_YOU = re.compile(r"(?:as|since|because|given(?: that)?) your? ", re.IGNORECASE)
_VERBS = frozenset(
    "am is are was were be do does did can could would will should have has had work works you're you've you'd it's that's".split()
)


def lead_of(sentence: str, about: Sequence[str]) -> str:
    """How a sentence begins where that says only what the person said about themselves ("As a senior PM at a bank, "), "" where it does not."""
    found = _LEAD.match(sentence)
    if not found or not about:
        return ""
    own, said = frozenset(_tokens(" ".join(about))), _tokens(found[0])
    if sum(word in _VERBS for word in said) > (1 if _OF_YOU.match(found[0]) else 0) or len(role_mentions(found[0])) > 1:
        return ""  # it would claim something of others
    new = frozenset(said) - _LEADING
    return found[0] if new and new <= own and not why_not(found[0]) else ""


def claim_behind(lead: str, sentence: str) -> str:
    """What a sentence claims behind its lead: of "As a PM, you plan ..." that a PM does."""
    rest = sentence.removeprefix(lead)
    if (role := next(iter(roles_in(lead)), "")) and rest.lower().startswith("you "):
        return f"A {ROLE_NAMES[role]} {rest[4:]}"
    return rest[:1].upper() + rest[1:]


def _tokens(text: str) -> list[str]:
    return re.findall(r"[\w'’-]+", text.lower())


def _form(sentence: str) -> str:
    """A sentence in lower case with every role as "*"."""
    for mention in reversed(role_mentions(sentence)):
        start, end = mention.span
        sentence = f"{sentence[:start]}*{sentence[end:]}"
    return " ".join(sentence.lower().replace("’", "'").split())
