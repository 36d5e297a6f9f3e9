"""Which sentences of a corpus may be quoted: none that gives a machine orders, holds a code, a key or a link, or is not what it looks like.

Whole sentences are shown, so what somebody planted in a page ("ignore all previous instructions") or left there (a key) would be shown too.
Orders are looked for in English, the plainest in some other languages as well; the other rules hold in any script.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from coach.quotable_words import ADDRESSED, COMMAND, OF_THE_TALK, ORDER, ORDER_ELSEWHERE, ORDERING, SAYINGS, STRICT

LONGEST = 4000  # characters of a sentence; more is none
SIGNS = 2  # beside a command, from which on it is one to a machine
LONG_WORD = 16  # characters, from which on no word holds digits
TURNS = 3  # between letters and digits, from which on a word is a key

# Joiners and marks of direction belong to scripts that need them, never beside a Latin letter.
_HIDDEN = re.compile(
    "[\u180e\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]|[A-Za-z][\u200c-\u200f]|[\u200c-\u200f][A-Za-z]"
)
# Greek, Cyrillic, Armenian and Cherokee letters that look Latin, letters of phonetics, and letters drawn in a shape. Case counts,
# since ignoring it takes the micro sign for a Greek letter.
_ALIKE = "[\u0391\u0392\u0395-\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03b1\u03b9\u03bd\u03bf\u03c1\u03c5\u03c7\u0400-\u058f\u13a0-\u13ff]"
_SHAPED = "[\u24b6-\u24e9\U0001d400-\U0001d7ff\U0001f130-\U0001f189]|[\u0250-\u02af\u1d00-\u1d7f]{2}|[A-Za-z][\u0334-\u0338]"
_MIXED = re.compile(f"[A-Za-z]{_ALIKE}|{_ALIKE}[A-Za-z]|{_SHAPED}")
_WIDE = re.compile("[\uff21-\uff3a\uff41-\uff5a]{2}")
_LINK = re.compile(
    r"\b(?:https?|hxxps?|ftp|file|mailto|javascript|vbscript|data)\s?:[^\s:]|\bwww\.\w|\]\s?\((?:/|\w+[.:/])|"
    r"(?<![@\w.])(?:[\w-]+\.)+(?:com|net|org|io|dev|app|info|biz|co|me|ly|example|test)/\w|"
    r"<\s*/?(?:a|img|i?frame|script|svg|object|embed|link|form|meta|style)\b|<[a-z][^<>]{0,200}=",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\w_+\w|"  # some_name
    r"(?<!\w)[a-z](?:[ .*|/\u00b7\u2022-]+\w(?!\w)){7,}|"  # l e t t e r s
    r"^\W*(?=[\w-]{8})(?:(?=\S*\d)(?=\S*[a-z])[\w-]+|(?-i:[A-Z]+-[A-Z-]+))\W*$|"  # nothing but one word, with digits or of shouted parts
    r"\b(?:pass(?:word|phrase|code)|(?:api|access|private|secret) ?key|(?:client|shared) secret|token)s?\s*(?:[:=]|\bis\b)"
    r"\s*[\"'\u201c]?(?=\S*\d)(?=\S*[a-z])\S{6,}",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_TURN = re.compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
# B2B2C, k8s, FY24Q3, 30x20x10cm, 1on1: letters and digits that take turns in what people write.
_USUAL = re.compile(
    r"(?:[a-z]\d){1,2}[a-z]{1,2}|\d*(?:(?:fy|cy|[qhwmpls])\d{1,4})+|\d+(?:x\d+)+[a-z]*|\d+[a-z]{2}\d+s?", re.IGNORECASE
)
_JOINING = frozenset("A AN AND AS AT BY FOR IN OF ON OR THE TO UP".split())
_LETTERS_FOR = str.maketrans("013457@$", "oieastas")


def why_not(sentence: str) -> str:
    """Why a sentence must not be quoted, in words that follow "it", or "" where it may be."""
    if len(sentence) > LONGEST:
        return "is too long for a sentence"
    seen = unicodedata.normalize("NFC", sentence).replace("\u00ad", "")  # soft hyphens come with copied text
    text = unicodedata.normalize("NFKC", seen)
    if _HIDDEN.search(seen) or _MIXED.search(seen) or (_WIDE.search(seen) and _is_latin(text)):
        return "holds hidden or mixed characters"
    # As it stands, with digits for letters, backwards, and by ROT13: what a model reads without being shown how.
    readings = {text, text.translate(_LETTERS_FOR), text[::-1], codecs.encode(text, "rot13")}
    if ORDER_ELSEWHERE.search(text) or any(map(_gives_orders, readings)):
        return "speaks to a machine"
    if _LINK.search(text):
        return "holds a link"
    return "holds a code or key" if _CODE.search(text) or any(map(_is_key, _WORD.findall(text))) else ""


def _gives_orders(text: str) -> bool:
    words = set(re.findall(r"\w+", text.lower()))
    if not words.isdisjoint(ORDERING) and ORDER.search(text):
        return True
    if words.isdisjoint(SAYINGS) or not COMMAND.search(text):
        return False
    return sum(bool(sign.search(text)) for sign in (ADDRESSED, STRICT, OF_THE_TALK)) >= SIGNS


def _is_key(word: str) -> bool:
    """Whether letters and digits take turns as in nothing that people write, or parts in capitals are strung together."""
    parts = word.split("-")
    turns = {p: len(_TURN.findall(p)) for p in parts if not _USUAL.fullmatch(p)}
    if any(n >= TURNS or (n and len(p) >= LONG_WORD) for p, n in turns.items()):
        return True
    shouted = any(len(p) > 3 and p.isalpha() and p.isupper() for p in parts) and _JOINING.isdisjoint(parts)
    return len(parts) > 2 and (shouted or sum(map(bool, turns.values())) > 1)


def _is_latin(text: str) -> bool:
    """Whether at least half of a text's letters are Latin."""
    letters = [c for c in text if c.isalpha()]
    return 2 * sum(c < "\u0250" for c in letters) >= len(letters)
