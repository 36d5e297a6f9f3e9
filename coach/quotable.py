"""Which sentences of a corpus may be quoted: none that gives a machine orders, holds a code, a key or a link, or is not what it looks like.

Whole sentences are shown, so what somebody planted in a page ("ignore all previous instructions") or left there (a key) would be shown too.
Orders are looked for in English, the plainest in some other languages as well; the other rules hold in any script.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import lru_cache

LONGEST = 4000  # characters of a sentence; more is none
SIGNS = 2  # beside a command, from which on it is one to a machine


def _any(*ways: str) -> re.Pattern[str]:
    return re.compile("|".join(ways), re.IGNORECASE)


# Case counts here, since ignoring it takes the micro sign for a Greek letter. Joiners and marks of direction belong to scripts that need them.
_HIDDEN = re.compile("[\u180e\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]|[A-Za-z][\u200c-\u200f]|[\u200c-\u200f][A-Za-z]")
_ALIKE = "[\u0391\u0392\u0395-\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03b1\u03b9\u03bd\u03bf\u03c1\u03c5\u03c7\u0400-\u058f\u13a0-\u13ff]"
_MIXED = re.compile(f"[A-Za-z]{_ALIKE}|{_ALIKE}[A-Za-z]|[A-Za-z][\u0334-\u0338]|[\u0250-\u02af\u1d00-\u1d7f]{{2}}|[\u24b6-\u24e9\U0001d400-\U0001d7ff\U0001f130-\U0001f189]")  # fmt: skip
_WIDE = re.compile("[\uff21-\uff3a\uff41-\uff5a]{2}")
_LINK = _any(
    r"\b(?:https?|hxxps?|ftp|file|mailto|javascript|vbscript|data)\s?:[^\s:]", r"\bwww\.\w", r"\]\s?\((?:/|\w+[.:/])",
    r"(?<![@\w.])(?:[\w-]+\.)+(?:com|net|org|io|dev|app|info|biz|co|me|ly|example|test)/\w",
    r"<\s*/?(?:a|img|i?frame|script|svg|object|embed|link|form|meta|style)\b",
)  # fmt: skip
_CODE = _any(
    r"\w_+\w",  # some_name
    r"(?<!\w)[a-z](?:[ .*|/\u00b7\u2022-]+\w(?!\w)){7,}",  # l e t t e r s
    r"^(?=\S{8})(?=\W*\w*[\d-])(?=\S*[a-z])(?:(?![^\W\d_]{3})\S|(?-i:[A-Z]))+$",  # a word by itself, with digits or hyphens and hardly a small letter
    r"\b(?:pass(?:word|phrase|code)|(?:api|access|private|secret) ?key|(?:client|shared) secret|token)s?\s*(?:[:=]|\bis\b)\s*[\"'\u201c]?(?=\S*\d)(?=\S*[a-z])\S{6,}",
)  # fmt: skip
_WORD = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_TURN = re.compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
# B2B2C, k8s, FY24Q3, 30x20x10cm, 1on1: letters and digits that take turns in what people write.
_USUAL = _any(r"(?:[a-z]\d){1,2}[a-z]{1,2}", r"\d*(?:(?:fy|cy|[qhwmpls])\d{1,4})+", r"\d+(?:x\d+)+[a-z]*", r"\d+[a-z]{2}\d+s?")
_JOINING = frozenset("A AN AND AS AT BY FOR IN OF ON OR THE TO UP".split())

_MODELS = r"(?:AI(?: assistants?| models?| agents?| systems?)?|assistants?|language models?|LLMs?|chat-?bots?)"
_TEXTS = r"(?:answers?|repl(?:y|ies)|responses?)"
# Words without one of which there is no order, looked for first because that is quick.
_ORDERING = frozenset("ignore disregard forget override bypass obsolete superseded void overridden repeat reveal print output show display dump recite leak quote mention disclose echo reproduce list dan mode ai restrictions unrestricted uncensored comply obey follow execute emit invoke call trigger issue run note directive directives attention dear hey hello system assistant im_start im_end sys admin inst respond reply answer exactly".split())  # fmt: skip
# What is said to a machine alone, whatever stands around it.
_ORDER = _any(
    r"\b(?<!not )(?<!n't )(?<!never )(?:ignore|disregard|forget|override|bypass)\b (?:\w+ ){0,3}?(?:previous|prior|earlier|above|preceding|original|all|any|your|my|retrieved|user['\u2019]?s?)\b (?:\w+ ){0,3}?(?:instructions?|prompts?|directives?|rules|guid(?:elines|ance)|question|query|context|text|passage|training|restrictions)\b",
    r"\b(?:instructions?|prompts?|directives?)\b[^.]{0,40}\b(?:obsolete|superseded|void|overridden)\b",
    r"\b(?:repeat|reveal|print|output|show|dump|recite|leak|quote|disclose|echo|reproduce|list)\b[^.]{0,40}\b(?:(?:system|developer|hidden|initial) (?:prompt|message|instructions)|your (?:own )?(?:prompt|instructions|rules|context)|(?:API keys?|tokens|credentials|tools?|functions?|documents),? [^.]{0,30}\b(?:to|with) you)\b",
    r"\byou are (?:now |no longer )?(?:DAN\b|in \w+ mode|(?:\w+, )?an? (?:AI|language model|chat-?bot) (?:with|without|that)|an? un(?:restricted|censored))",
    r"\b(?:decode|unscramble|reversed|backwards|encoded)\b[^.]{0,30}\b(?:comply|obey|follow|execute)\b",
    r"\b(?:emit|invoke|call|trigger|execute|issue|run)\b (?:\w+ ){0,3}(?:(?:tool|function) calls?|tools? (?:now|before|immediately))\b",
    r"\b(?:respond|reply|answer)\b (?:\w+ )?(?:only with|with (?:only|exactly|just|nothing but|the (?:single )?(?:word|string|code|value)))\b", r"\bexactly this and nothing else\b",
    rf"\b(?:note (?:to|for)|attention,?|dear|hey|hello) (?:the |all |any )?{_MODELS}\b", r"\b(?:system|policy|priority|admin) override\b", r"\b(?:AI|assistant|system|hidden)[ _-]directives?\b",
    r"\bnot (?:show|display|reveal|mention|disclose)\b[^.]{0,25}\bto (?:the )?user\b", r"<\|?\s*/?(?:system|assistant|im_start|im_end|sys)\b", r"(?-i:\[/?(?:SYSTEM|ADMIN|INST|ASSISTANT)\])", r"^(?:system|assistant):",
)  # fmt: skip
_ORDER_ELSEWHERE = _any(
    r"\b(?:ignor|olvid|oubli|vergiss|missacht|dimentic|esque[c\u00e7]|negeer)\w* (?:\w+ )?(?:tod[ao]s|tou(?:te)?s|les|las|los|as|os|alle|tutte|le|die)\b[^.]{0,40}\b(?:instru[ck]|istruzion|anweisung|consigne)",
    r"\b\u0438\u0433\u043d\u043e\u0440\u0438\u0440\w*[^.]{0,40}\u0438\u043d\u0441\u0442\u0440\u0443\u043a", "(?:指示|命令|指令).{0,12}(?:無視|忽略)", "(?:忽略|无视|無視).{0,12}(?:指示|指令|命令)", "지시.{0,8}무시", "\u062a\u062c\u0627\u0647\u0644.{0,20}\u0627\u0644\u062a\u0639\u0644\u064a\u0645",
)  # fmt: skip
# A command to say something, and the signs that tell one to a machine from advice: whom it names, how exactly it wants it, that it knows of the talk.
_SAYING = "reply|replies|respond|answer|output|print|say|state|repeat|restate|echo|quote|append|include|insert|add|cite|write|begin|start|end|emit|reveal|dump|list|recite|call|invoke|run|execute|confirm|mention|tell|recommend|phrased|tagged|prefixed|exactly"
_SAYINGS = frozenset(_SAYING.split("|"))
_COMMAND = _any(rf"(?:^|[:;,.!?\"\u201c(\]>)-]\s*|\b(?:and|then|please|must|shall|should|to|now|always|immediately|instead|only|just|will|you|be) )(?:{_SAYING})\b")
_ADDRESSED = _any(rf"\b(?:AI|virtual|chat|automated)[ -]?(?:assistants?|agents?|models?|systems?|bots?)\b", r"\blanguage models?\b", r"\bLLMs?\b", r"\bassistants?(?:[ -](?:only|note|instructions?))*\s*[:,]", r"\bthe assistant (?:must|should|shall|will|has)\b", rf"\b(?:to|all|any) (?:the )?assistants?\b", r"\bfrom the (?:system|administrator)\b", r"\b(?:models?|assistants?|agents?|systems?) (?:reading|processing|parsing|summari[sz]ing)\b", r"\b(?:retrieval|chunks?|embeddings?|API keys?)\b", r"\b(?:when|before|instead of|stop) (?:answering|responding|summari[sz]ing|continuing)\b")  # fmt: skip
_STRICT = _any(r"\b(?:exactly|verbatim|word for word|(?:only|just) with|with only|nothing (?:else|more)|the (?:single )?word|as (?:written|recorded|given|directed)|this exact|instead of|rather than|following (?:token|string|text|code|words?|line|phrase|value)|(?:verification|reference|confirmation|tracking) (?:code|token|string|tag)|directive value|from now on|from this point|until further notice)\b", r"\b(?:with|saying|say|output|append|include|reply|cite|as|print):? [\"'\u201c]")  # fmt: skip
_OF_THE_TALK = _any(rf"\b(?:your|every|each|any|all|the) (?:\w+ )?{_TEXTS}\b", r"\busers?['\u2019]?s?['\u2019]? (?:question|query|request|prompt)\b", r"\b(?:a|the) user (?:asks|says|has said)\b", r"\byour (?:\w+ )?(?:context|prompt|instructions)\b", r"\b(?:this|that|these) (?:document|page|article|guide|ticket|note|passage|conversation|context|query|text|knowledge base)s?\b", r"\byou (?:were|are|have been) (?:given|passed|cleared)\b", r"\b(?:available|visible|given|passed) to you\b", r"\b(?:every|each|any) (?:query|question|chunk)\b", r"\bwhenever asked\b", r"\b(?:reading|processing) this\b")  # fmt: skip


@lru_cache(maxsize=50_000)
def why_not(sentence: str) -> str:
    """Why a sentence must not be quoted, in words that follow "it", or "" where it may be."""
    if len(sentence) > LONGEST:
        return "is too long for a sentence"
    seen = unicodedata.normalize("NFC", sentence).replace("\u00ad", "")  # soft hyphens come with copied text
    text = unicodedata.normalize("NFKC", seen)
    if _HIDDEN.search(seen) or _MIXED.search(seen) or (_WIDE.search(seen) and _is_latin(text)):
        return "holds hidden or mixed characters"
    # As it stands, with digits for letters, backwards, and by ROT13: what a model reads without being shown how.
    readings = {text, text.translate(str.maketrans("013457@$", "oieastas")), text[::-1], codecs.encode(text, "rot13")}
    if _ORDER_ELSEWHERE.search(text) or any(map(_gives_orders, readings)):
        return "speaks to a machine"
    if _LINK.search(text):
        return "holds a link"
    return "holds a code or key" if _CODE.search(text) or any(map(_is_key, _WORD.findall(text))) else ""


def _gives_orders(text: str) -> bool:
    words = set(re.findall(r"\w+", text.lower()))
    if not words.isdisjoint(_ORDERING) and _ORDER.search(text):
        return True
    signs = (_ADDRESSED, _STRICT, _OF_THE_TALK)
    return not words.isdisjoint(_SAYINGS) and bool(_COMMAND.search(text)) and sum(bool(s.search(text)) for s in signs) >= SIGNS


def _is_key(word: str) -> bool:
    """Whether letters and digits take turns as in nothing that people write, or parts in capitals are strung together."""
    parts = word.split("-")
    odd = {p: len(_TURN.findall(p)) for p in parts if not _USUAL.fullmatch(p)}
    if any(turns >= 3 or (turns and len(p) >= 16) for p, turns in odd.items()):
        return True
    shouted = any(len(p) >= 4 and p.isalpha() and p.isupper() for p in parts) and _JOINING.isdisjoint(parts)
    return len(parts) > 2 and (shouted or sum(map(bool, odd.values())) > 1)


def _is_latin(text: str) -> bool:
    """Whether at least half of a text's letters are Latin."""
    letters = [c for c in text if c.isalpha()]
    return 2 * sum(c < "\u0250" for c in letters) >= len(letters)
