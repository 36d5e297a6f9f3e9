"""The phrases that quotable.py knows: how people, and those who plant text in pages, give orders to a machine."""

from __future__ import annotations

import re


def _any(*ways: str) -> re.Pattern[str]:
    return re.compile("|".join(ways), re.IGNORECASE)


MODELS = r"(?:AI(?: assistants?| models?| agents?| systems?)?|assistants?|language models?|LLMs?|chat-?bots?)"
SAYING = (
    "reply|replies|respond|answer|output|print|say|state|repeat|restate|echo|quote|append|include|insert|add|cite|write|begin|start|end|emit|reveal|"
    "dump|list|recite|call|invoke|run|execute|confirm|mention|tell|recommend|phrased|tagged|prefixed|exactly"
)
SAYINGS = frozenset(SAYING.split("|"))
# Without one of these words there is no order; looked for first, because that is quick.
ORDERING = SAYINGS | frozenset(
    """ignore disregard forget override bypass obsolete superseded void overridden show display leak disclose reproduce dan mode ai restrictions
    unrestricted uncensored comply obey follow trigger issue note directive directives attention dear hey hello system assistant im_start im_end sys
    admin inst""".split()
)

# What is said to a machine alone, whatever stands around it.
ORDER = _any(
    # ignore all previous instructions
    r"\b(?<!not )(?<!n't )(?<!never )(?:ignore|disregard|forget|override|bypass)\b (?:\w+ ){0,3}?"
    r"(?:previous|prior|earlier|above|preceding|original|all|any|your|my|retrieved|user['\u2019]?s?)\b (?:\w+ ){0,3}?"
    r"(?:instructions?|prompts?|directives?|rules|guid(?:elines|ance)|question|query|context|text|passage|training|restrictions)\b",
    r"\b(?:instructions?|prompts?|directives?)\b[^.]{0,40}\b(?:obsolete|superseded|void|overridden)\b",
    # print your system prompt
    r"\b(?:repeat|reveal|print|output|show|dump|recite|leak|quote|disclose|echo|reproduce|list)\b[^.]{0,40}\b"
    r"(?:(?:system|developer|hidden|initial) (?:prompt|message|instructions)|your (?:own )?(?:prompt|instructions|rules|context)|"
    r"(?:API keys?|tokens|credentials|tools?|functions?|documents),? [^.]{0,30}\b(?:to|with) you)\b",
    # you are now in developer mode
    r"\byou are (?:now |no longer )?"
    r"(?:DAN\b|in \w+ mode|(?:\w+, )?an? (?:AI|language model|chat-?bot) (?:with|without|that)|an? un(?:restricted|censored))",
    r"\b(?:decode|unscramble|reversed|backwards|encoded)\b[^.]{0,30}\b(?:comply|obey|follow|execute)\b",
    r"\b(?:emit|invoke|call|trigger|execute|issue|run)\b (?:\w+ ){0,3}(?:(?:tool|function) calls?|tools? (?:now|before|immediately))\b",
    # respond only with
    r"\b(?:respond|reply|answer)\b (?:\w+ )?(?:only with|with (?:only|exactly|just|nothing but|the (?:single )?(?:word|string|code|value)))\b",
    r"\bexactly this and nothing else\b",
    rf"\b(?:note (?:to|for)|attention,?|dear|hey|hello) (?:the |all |any )?{MODELS}\b",
    r"\b(?:system|policy|priority|admin) override\b",
    r"\b(?:AI|assistant|system|hidden)[ _-]directives?\b",
    r"\bnot (?:show|display|reveal|mention|disclose)\b[^.]{0,25}\bto (?:the )?user\b",
    # the marks of a chat's turns
    r"<\|?\s*/?(?:system|assistant|im_start|im_end|sys)\b",
    r"(?-i:\[/?(?:SYSTEM|ADMIN|INST|ASSISTANT)\])",
    r"^(?:system|assistant):",
)
# The same "ignore all previous instructions" in Romance and Germanic languages, Russian, Chinese, Japanese, Korean and Arabic.
ORDER_ELSEWHERE = _any(
    r"\b(?:ignor|olvid|oubli|vergiss|missacht|dimentic|esque[c\u00e7]|negeer)\w* (?:\w+ )?"
    r"(?:tod[ao]s|tou(?:te)?s|les|las|los|as|os|alle|tutte|le|die)\b[^.]{0,40}\b(?:instru[ck]|istruzion|anweisung|consigne)",
    "\u0438\u0433\u043d\u043e\u0440\u0438\u0440\\w*[^.]{0,40}\u0438\u043d\u0441\u0442\u0440\u0443\u043a",
    "(?:指示|命令|指令).{0,12}(?:無視|忽略)",
    "(?:忽略|无视|無視).{0,12}(?:指示|指令|命令)",
    "지시.{0,8}무시",
    "\u062a\u062c\u0627\u0647\u0644.{0,20}\u0627\u0644\u062a\u0639\u0644\u064a\u0645",
)

COMMAND = _any(
    r"(?:^|[:;,.!?\"\u201c(\]>)-]\s*|\b(?:and|then|please|must|shall|should|to|now|always|immediately|instead|only|just|will|you|be) )"
    rf"(?:{SAYING})\b"
)
# Of these three, two beside a command tell one to a machine from advice to a person.
ADDRESSED = _any(
    r"\b(?:AI|virtual|chat|automated)[ -]?(?:assistants?|agents?|models?|systems?|bots?)\b|\blanguage models?\b|\bLLMs?\b",
    r"\bassistants?(?:[ -](?:only|note|instructions?))*\s*[:,]|\bthe assistant (?:must|should|shall|will|has)\b|\b(?:to|all|any) (?:the )?assistants?\b",
    r"\b(?:models?|assistants?|agents?|systems?) (?:reading|processing|parsing|summari[sz]ing)\b|\bfrom the (?:system|administrator)\b",
    r"\b(?:retrieval|chunks?|embeddings?|API keys?)\b",
    r"\b(?:when|before|instead of|stop) (?:answering|responding|summari[sz]ing|continuing)\b",
)
STRICT = _any(
    r"\b(?:exactly|verbatim|(?:only|just) with|with only|nothing (?:else|more)|the (?:single )?word|as (?:written|recorded|given|directed)|this exact)\b",
    r"\b(?:following (?:token|string|text|code|words?|line|phrase|value)|(?:verification|reference|confirmation|tracking) (?:code|token|string|tag))\b",
    r"\b(?:directive value|from now on|from this point|until further notice)\b",
    r"\b(?:with|saying|say|output|append|include|reply|cite|as|print):? [\"'\u201c][^\"'\u201d]{4}",
)
OF_THE_TALK = _any(
    r"\b(?:your|every|each|any|all|the) (?:\w+ )?(?:answers?|repl(?:y|ies)|responses?)\b|\byour (?:\w+ )?(?:context|prompt|instructions)\b",
    r"\busers?['\u2019]?s?['\u2019]? (?:question|query|request|prompt)\b|\b(?:a|the) user (?:asks|says|has said)\b",
    r"\b(?:this|that|these) (?:document|page|article|guide|ticket|note|passage|conversation|context|query|text|knowledge base)s?\b",
    r"\byou (?:were|are|have been) (?:given|passed|cleared)\b|\b(?:available|visible|given|passed) to you\b",
    r"\b(?:every|each|any) (?:query|question|chunk)\b|\bwhenever asked\b|\b(?:reading|processing) this\b",
)
