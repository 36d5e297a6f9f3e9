"""What visitors say about themselves, by rules: role, years, company, goals, constraints. It shapes an answer and is never evidence.

Rules are precise rather than complete: a clause counts when the writer is its subject, nothing before it makes it a supposition, a condition or
somebody else's words, and it says something of a known kind. Privacy is by design: a clause that names illness, burnout or other distress, pregnancy,
religion, ethnicity, sexuality, politics, a conviction or union membership is skipped whole, and reasons ("because of ...") are never kept. What people
write into the edited box themselves is not filtered, only shortened and put in order.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import pairwise

from coach.person_words import (
    AS,
    AS_ROLE,
    BOUNDARY,
    INTRODUCTION,
    MORE,
    NAME,
    OPENING,
    POINTS_BACK,
    PRIVATE,
    PROFESSION,
    RULES,
    SENTENCE,
    SUBJECTS,
    SUPPOSED,
    UNREAL,
)
from coach.question import clean
from coach.vocabulary import other_roles, role_mentions

MAX_EACH = 3
"""Goals and constraints that are kept, of each."""
MAX_TEXT, MAX_LINE, MAX_LINES = 120, 200, 12
_MAX_MESSAGE = 4000  # characters; nobody tells more of themselves at once

_short = partial(textwrap.shorten, width=MAX_TEXT, placeholder="")


class Trait(StrEnum):
    """What a note is about, in the order in which notes are shown."""

    ROLE = "role"
    YEARS = "years"
    COMPANY = "company"
    GOAL = "goal"
    CONSTRAINT = "constraint"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that a person said about themselves, in their own words."""

    trait: Trait
    text: str


_SEVERAL = (Trait.GOAL, Trait.CONSTRAINT)
# Kept beside a title and a company, and told anew with the next one.
_DETAIL = {"role": "team", "company": "size"}


def told(messages: Sequence[str]) -> tuple[Note, ...]:
    """What the messages, oldest first, say about their writer; a later role, years or company replaces the earlier, goals and constraints add up."""
    latest: dict[str, str] = {}
    several: list[Note] = []
    for message in messages:
        for kind, text in _said(message):
            if kind in _SEVERAL:
                several.append(Note(Trait(kind), _short(text)))
                continue
            if kind in _DETAIL:
                latest.pop(_DETAIL[kind], None)
            latest[kind] = text
    one = ((trait, [latest[kind] for kind in (trait, _DETAIL.get(trait, "")) if kind in latest]) for trait in Trait)
    return _fold([*(Note(trait, _short(", ".join(texts))) for trait, texts in one if texts), *several], MAX_EACH)


def remember(notes: Sequence[Note], message: str) -> tuple[Note, ...]:
    """The notes with what one more message says."""
    return _fold([*notes, *told([message])], MAX_LINES)


def introduced(message: str) -> tuple[str, str]:
    """The sentences at the beginning of a message in which its writer tells of themselves, without their name, and what follows; "" and the message where there are none.

    What makes the question one of another profession is no introduction: one of them must be in product, or what is asked is of a role in product.
    """
    sentences = SENTENCE.split(message.strip())
    in_product = bool(role_mentions(sentences[-1]))
    count = 0
    while count < len(sentences) - 1 and _introduces(sentences[count], in_product):
        count += 1
    intro, rest = NAME.sub("", " ".join(sentences[:count])), " ".join(sentences[count:])
    told = count and (in_product or role_mentions(intro)) and not POINTS_BACK.search(sentences[count])
    return (intro, rest) if told else ("", message)


def _introduces(sentence: str, in_product: bool) -> bool:
    """Whether a sentence tells of its writer, in product or of any profession where the question is, and asks nothing."""
    if not INTRODUCTION.match(sentence) or sentence.endswith("?"):
        return False
    if in_product:
        return True
    if other_roles(sentence):
        return False
    rest = "".join(
        sentence[end:start]
        for (_, end), (start, _) in pairwise([(0, 0), *(m.span for m in role_mentions(sentence)), (len(sentence),) * 2])
    )
    return not PROFESSION.search(rest)


def spoken(notes: Iterable[Note]) -> str:
    """The notes as lines that a person can edit: "Role: senior PM"."""
    return "\n".join(f"{note.trait.capitalize()}: {note.text}" for note in notes)


def read_back(text: str) -> tuple[Note, ...]:
    """The notes of an edited box; a line without a known label is something to bear in mind, a constraint."""
    notes = []
    for line in text.splitlines():
        label, colon, rest = clean(line[: 4 * MAX_LINE]).lstrip("-*• ").partition(":")
        trait = next((t for t in Trait if colon and label.strip().lower() in (t, f"{t}s")), None)
        said = (rest if trait else f"{label}{colon}{rest}").strip()[:MAX_LINE].rstrip()
        if said:
            notes.append(Note(trait or Trait.CONSTRAINT, said))
    return _fold(notes[:MAX_LINES], MAX_LINES)


def _fold(notes: Sequence[Note], most: int) -> tuple[Note, ...]:
    """The notes in order of their traits: the newest of a trait that has one value, the newest `most` of the others, each once."""
    kept: list[Note] = []
    for trait in Trait:
        newest = {note.text.casefold(): note for note in reversed(notes) if note.trait is trait}
        kept += [*newest.values()][: most if trait in _SEVERAL else 1][::-1]
    return tuple(kept)


def _said(message: str) -> list[tuple[str, str]]:
    """What one message says, as kind and text, in order; a clause that goes on with the last one's goal or constraint is joined to it."""
    supposed, found = False, list[tuple[str, str]]()
    for sentence in SENTENCE.split(clean(message[:_MAX_MESSAGE]).replace("’", "'").replace("§", "")):
        before, mine, fresh = "", False, False
        parts = ["", *BOUNDARY.split(AS.sub(r"I'm \1, ", sentence.rstrip(" .!?…")))]
        for link, clause in zip(parts[::2], parts[1::2], strict=True):
            text, first_person = _subject(clause, mine and (fresh or link.strip().isalpha()))
            shape = _masked(text)
            real = not (supposed or UNREAL.search(before) or PRIVATE.search(clause))
            new = _facts(text, shape) if real else {}
            if found and fresh and not first_person and found[-1][0] in new and found[-1][0] in _SEVERAL:
                kind, last = found.pop()
                new[kind] = f"{last}{link}{new[kind]}"
            found += new.items()
            before += f" {link}{clause}"
            supposed = supposed or bool(SUPPOSED.search(before))
            mine, fresh = (first_person and "§" not in shape) or bool(new), bool(new)
    return found


def _subject(clause: str, goes_on: bool) -> tuple[str, bool]:
    """The clause without its opening words, its subject spelt out, and whether it names the writer as "I"; a subject left out is put in."""
    opening = OPENING.match(clause)
    assert opening  # every part of it is optional
    rest, who = clause[opening.end() :], opening.lastgroup
    if who == "my":
        return f"{opening['my']} {rest}", False
    if who:
        return SUBJECTS[who] + rest, who != "are"
    if goes_on or rest.lower().startswith("been "):
        return f"I {rest}", False
    return (f"I am {rest}" if "currently" in opening[0].lower() or rest.endswith(" here") else rest), False


def _masked(text: str) -> str:
    """The text with each role and profession overwritten, so that one sign stands for all of them."""
    spans = [m.span for m in role_mentions(text)]
    spans += [m.span() for m in PROFESSION.finditer(text)]
    spans += [(start, start + len(role)) for role in other_roles(text) if (start := text.find(role)) >= 0]
    for start, end in spans:
        text = text[:start].ljust(end, "§") + text[end:]
    return text


def _facts(text: str, shape: str) -> dict[str, str]:
    """What one clause says, by kind: the first rule that fits, and what the rest of the clause adds."""
    match = next((m for rule in RULES if (m := rule.match(shape))), None)
    if not match:
        return {}
    spans = {kind: match.span(kind) for kind, said in match.groupdict().items() if said}
    rest = " " * match.end() + shape[match.end() :]
    if "role" not in spans and (named := AS_ROLE.match(rest)):
        spans["role"] = named.span("role")
        rest = rest[: named.start("role")].ljust(named.end("role"), "|") + rest[named.end("role") :]
    for more in MORE:
        if added := more.search(rest.partition("§")[0]):
            for kind in added.groupdict():
                spans.setdefault(kind, added.span(kind))
    return {kind: text[start:end] for kind, (start, end) in spans.items()}
