"""(message, history) -> the form in which somebody wants the last answer once more: shorter, or as a list. Knows no evidence."""

from __future__ import annotations

import re
from enum import StrEnum

from coach.index import words
from coach.types import Turn
from coach.vocabulary import role_mentions

BRIEF = 2  # sentences of a short answer; one where the last answer was as short already, or one is asked for


class Form(StrEnum):
    """How an answer is wanted."""

    SHORT = "short"
    LIST = "list"


_SHORT = frozenset(
    """short shorter shortest brief briefer briefly concise concisely crisp tldr dr sum summarise summarize summary summarised summarized gist nutshell
    condense condensed simple simpler simply plain plainer easier eli5 sentence sentences line boil""".split()
)  # fmt: skip
_LIST = frozenset("list listed bullet bullets bulleted numbered table checklist points steps".split())
# What else such a message may hold: it is about the answer, and names nothing that could be asked for.
_AROUND = frozenset(
    """make put give say tell explain show write rewrite phrase rephrase break turn cut keep get have want need like try answer version form format text
    words english terms explanation me it that this the all everything of an a as in into to for with by please pls plz can could would will you u i i'd
    just only but and or so ok okay thanks thank hey great too way long much bit little again now once then one two three few couple down up what's what is
    are was very really bit even still tl same thing again more less without any anything that's sounds sound out take leave jargon buzzwords fancy
    friendly friendlier formal""".split()
)  # fmt: skip
_AS_TO_A_CHILD = re.compile(
    r"\b(?:like|as if|as though) (?:i'?m|i am|i was|i were) (?:an? )?(?:three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,2}|child|kid|toddler|beginner|newbie)\b"
    r"(?:[ -]years?[ -]olds?)?",
    re.IGNORECASE,
)
_TOO_LONG = re.compile(
    r"\b(?:too|so|very|really|pretty|bit|rather|quite) (?:long|much)\b|\b(?:fewer|less) (?:words|text)\b", re.IGNORECASE
)
_LONGEST = 14  # words
_REMARK = 8  # words of a sentence beside, such as an apology
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


def form_of(message: str) -> Form | None:
    """The form that a message asks for, where it asks for nothing else."""
    asked = [(sentence, _form_of(sentence)) for sentence in _SENTENCE.split(message.strip())]
    beside = [sentence for sentence, form in asked if not form]
    if any("?" in sentence or len(sentence.split()) > _REMARK or role_mentions(sentence) for sentence in beside):
        return None
    return next((form for _, form in asked if form), None)


def plainly(message: str) -> str:
    """The message with "like I'm five" said as what it means, which is "simpler" and nothing about its writer."""
    return _AS_TO_A_CHILD.sub("simpler", message.replace("’", "'"))


def _form_of(sentence: str) -> Form | None:
    said = set(words(_TOO_LONG.sub(" shorter ", plainly(sentence))))
    if not said or len(said) > _LONGEST or not said <= _SHORT | _LIST | _AROUND:
        return None
    if said & _LIST and "more" not in said:  # "more points" wants what has not been said
        return Form.LIST
    return Form.SHORT if said & _SHORT else None


def most_of(message: str, last: Turn) -> int:
    """How many sentences a short answer has after the last one."""
    single = {"one", "a", "single"} & set(words(message)) and {"sentence", "line"} & set(words(message))
    return 1 if single or len(last.sentences) <= BRIEF else BRIEF
