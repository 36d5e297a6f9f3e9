"""Which sentences a chat model may say in the coach's own words, without proof: lines that join, encouragement, questions back to the person.

Narrow on purpose. Every word must be in a short list that holds no names, no numbers but "two", and nothing that could carry a claim, an
instruction or a secret; and the whole sentence must have one of a few forms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.types import Voice
from coach.vocabulary import role_mentions

LONGEST = 22  # words
_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?", re.IGNORECASE)
_PLAIN = re.compile(r"[\w\s,;:.?!'’()\u2013\u2014-]+")
_SMALL = frozenset(
    """a an the and or but so as at by for from in into of on onto than then to up with within about between both each either first next last
    also now here there this that these those it its how what which who why when where is are was be do does did can could would will should
    if i i'd i'm me my we us our you you're you'd you've your yours yourself one two all any some most more other same still yet""".split()
)
_ROLE_WORDS = frozenset("role roles level levels job jobs position positions".split())
# What a line that joins may speak of: the answer and its parts, never what they say.
_LINKING = _SMALL | _ROLE_WORDS | frozenset(
    """answer short brief sum summary words practice detail details particular simply put difference differences differ differs compare compared comparison
    point points thing things part parts side sides step steps way ways reason reasons look looks matter matters mean means stand stands out key main
    important come comes follow follows following below above help helps start starts begin begins against library sources say says question""".split()
)  # fmt: skip
_ASKING = _SMALL | _ROLE_WORDS | frozenset(
    """like want help helpful useful work working focus start begin talk look closer try plan planning goal goals step steps path move moving go going think thinking feel
    know tell hear see sound sounds today week month year quarter right currently current already part parts point points closest close hardest easiest difficult
    strongest strong weakest weak most least important matter matters missing ready prepare interested interest curious compare explore dig deeper deep further detail
    details question questions example situation team manager company experience area areas skill skills make made take taking stand
    standing fit fits best better have has had done doing get getting need needs topic topics let's together""".split()
)  # fmt: skip
_LINK = re.compile(r"(?:here|in|two|to|for|what|how|so|put|this|these|the|at|compared|on|as)\b.*:", re.IGNORECASE)
_QUESTION = re.compile(
    r"(?:so |and |now )?(?:what|which|how|where|when|who|why|would|do|does|are|is|have|could|can|shall|should)\b[^.?!:;]*\b(?:you|your|you'd|you're|you've|yours)\b[^.?!:;]*\?",
    re.IGNORECASE,
)
_ENCOURAGEMENT = re.compile(
    r"(?:good luck(?: with (?:it|this|that|your (?:next )?(?:step|move|plan)))?|well done|good question|(?:that|this|it)(?: is|['’]s) a (?:very )?(?:good|great|fair|important|common|useful) (?:question|goal|place to start|thing to ask)"
    r"|you are not alone(?: (?:in|with) this)?|(?:please )?take (?:it|this) one step at a time|take your time|(?:i am|i['’]m) (?:glad|happy) (?:you asked|to help)|i hope (?:this|that) helps|(?:thank you|thanks) for asking|ask me (?:more|anything) (?:any ?time|about (?:it|this|that)))[.!]",
    re.IGNORECASE,
)


def voice_of(sentence: str) -> Voice:
    """Whose words a sentence may be: LINK or COACH where it claims nothing, else CORPUS, which needs proof."""
    said = _words(sentence)
    if not said or len(said) > LONGEST or not _PLAIN.fullmatch(sentence) or any(c.isdigit() for c in sentence):
        return Voice.CORPUS
    if _ENCOURAGEMENT.fullmatch(sentence):
        return Voice.COACH
    if _QUESTION.fullmatch(sentence) and said <= _ASKING:
        return Voice.COACH
    if _LINK.fullmatch(sentence) and said <= _LINKING:
        return Voice.LINK
    return Voice.CORPUS


_LEAD = re.compile(r"(?:as|since|because|with|given|being|working|at|in|for) [^,.;:?!]{2,100}, ", re.IGNORECASE)
_LEADING = _SMALL | _ROLE_WORDS | frozenset("am are have work works working being given since because years year experience goal company".split())  # fmt: skip


def lead_of(sentence: str, about: Sequence[str]) -> str:
    """How a sentence begins where that says only what the person said about themselves ("As a senior PM at a bank, "), "" where it does not."""
    found = _LEAD.match(sentence)
    if not found or not about:
        return ""
    own = frozenset(_tokens(" ".join(about)))
    said = frozenset(_tokens(found[0])) - _LEADING
    return found[0] if said and said <= own else ""


def _tokens(text: str) -> list[str]:
    return re.findall(r"[\w'’-]+", text.lower())


def _words(sentence: str) -> frozenset[str]:
    """The words of a sentence, the names of roles left out."""
    kept, position = [], 0
    for mention in role_mentions(sentence):
        kept.append(sentence[position : mention.span[0]])
        position = mention.span[1]
    kept.append(sentence[position:])
    return frozenset(w.lower().replace("’", "'") for w in _WORD.findall(" ".join(kept))) or frozenset({"role"})
