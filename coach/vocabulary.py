"""The field's words: roles and what people call them, synonyms, chat spelling. Data and pure look-ups only."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from coach.types import Span

ROLE_NAMES = {
    "apm": "associate product manager",
    "pm": "product manager",
    "senior-pm": "senior product manager",
    "principal-pm": "principal product manager",
    "gpm": "group product manager",
    "director": "director of product",
    "head": "head of product",
    "vp": "VP of Product",
    "cpo": "chief product officer",
}
ROLE_LABELS = {
    "apm": "Associate PM",
    "pm": "Product manager",
    "senior-pm": "Senior PM",
    "principal-pm": "Principal PM",
    "gpm": "Group PM",
    "director": "Director of product",
    "head": "Head of product",
    "vp": "VP of Product",
    "cpo": "CPO",
}

_PM = r"(?:product\s+managers?|prod(?:uct)?\s+m(?:gr|anager)s?|product\s+mgrs?|pms?|product\s+people\s+managers?)"
_OF_PRODUCT = r"(?:\s*(?:of|for|,)?\s*(?:the\s+)?(?:product(?:\s+management)?s?|prod))"
# The first alternative that matches at a place wins, so longer names come first.
_ROLE_PATTERNS = {
    "cpo": r"c(?:hief)?\s+product(?:\s+officer)?s?|chief\s+of\s+product|cpos?|product\s+chiefs?",
    "vp": rf"(?:s|e|senior\s+|executive\s+)?(?:vps?|vice[\s-]+presidents?){_OF_PRODUCT}?|product\s+(?:vps?|vice[\s-]+presidents?)",
    "head": r"heads?\s+of\s+(?:product|prod)(?:\s+management)?|product\s+heads?",
    "director": rf"(?:senior\s+|sr\.?\s+)?(?:directors?{_OF_PRODUCT}|product(?:\s+management)?\s+directors?)|(?<!board\s)(?<!board\sof\s)(?<!of\s)directors?",
    "gpm": rf"group\s+{_PM}|lead\s+{_PM}|gpms?",
    "principal-pm": rf"(?:principal|staff)\s+{_PM}|(?:principal|staff)(?=\s+(?:level|role|track))",
    "senior-pm": rf"(?:senior|sr\.?|snr)\s+{_PM}|spms?",
    "apm": rf"(?:associate|junior|jr\.?|entry[\s-]level)\s+{_PM}|apms?",
    "pm": _PM,
}
_OTHER_FIELD = (
    r"sales|engineering|eng|marketing|design|ux|hr|human\s+resources|people|talent|finance|operations|ops|data|customer\s+success|legal|it|security|"
    r"technology|communications|pr|support|manufacturing|nursing|research|strategy|partnerships|business\s+development|analytics|growth|revenue|supply\s+chain"
)
# People of other professions: "VP of Sales" must not pass for a VP of Product.
_OTHER_ROLE = re.compile(
    rf"\b(?:(?:s|e)?(?:vps?|vice[\s-]+presidents?)|heads?|directors?|chief)\s*(?:of|for|,)?\s*(?:the\s+)?(?:{_OTHER_FIELD})\b(?!\s+(?:teams?|and))",
    re.IGNORECASE,
)
_ROLES = re.compile(
    "|".join(rf"(?P<{key.replace('-', '_')}>\b(?:{pattern})\b)" for key, pattern in _ROLE_PATTERNS.items()), re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class RoleMention:
    """A role named in a text, and where."""

    role: str
    span: Span


def role_mentions(text: str) -> list[RoleMention]:
    """The product roles that a text names, in order; other professions' VPs and directors are none of them."""
    others = [m.span() for m in _OTHER_ROLE.finditer(text)]
    return [
        RoleMention(str(m.lastgroup).replace("_", "-"), m.span())
        for m in _ROLES.finditer(text)
        if not any(a <= m.start() < b for a, b in others)
    ]


_BOTH = re.compile(
    r"\b(?:both|the two|these two|those two|either|two)\s+(?:product\s+)?(?:roles?|jobs?|positions?|levels?)\b", re.IGNORECASE
)


def roles_in(text: str) -> tuple[str, ...]:
    """The roles that a text names, each once, in order; "both roles" are the PM and the VP."""
    named = tuple(dict.fromkeys(m.role for m in role_mentions(text)))
    return named or (("pm", "vp") if _BOTH.search(text) else ())


def roles_about(heading: str, sentences: Sequence[str]) -> tuple[str, ...]:
    """The roles that a text is about: those its heading names, else those that begin its sentences most often."""
    named = roles_in(heading)
    if named:
        return named
    leads = Counter(r for sentence in sentences for r in roles_in(sentence)[:1])
    return tuple(r for r, count in leads.items() if count * 2 >= max(leads.values()))


def other_roles(text: str) -> tuple[str, ...]:
    """Roles of other professions that a text names ("VP of Sales")."""
    return tuple(m[0] for m in _OTHER_ROLE.finditer(text))


def name_roles(text: str) -> str:
    """The text with each role under its full name, so that every spelling of it looks alike to the encoder."""
    out, last = "", 0
    for mention in role_mentions(text):
        out += text[last : mention.span[0]] + ROLE_NAMES[mention.role]
        last = mention.span[1]
    return out + text[last:]


CHAT_SPELLING = {
    "u": "you", "ur": "your", "r": "are", "y": "why", "n": "and", "b4": "before", "thx": "thanks", "pls": "please", "plz": "please", "bc": "because",
    "cuz": "because", "coz": "because", "wat": "what", "wut": "what", "wht": "what", "whats": "what is", "hows": "how is", "whos": "who is",
    "dont": "don't", "doesnt": "doesn't", "cant": "can't", "isnt": "isn't", "im": "i'm", "ive": "i've", "abt": "about", "btw": "",
    "btwn": "between", "w": "with", "wo": "without", "ppl": "people", "mgr": "manager", "mgrs": "managers", "mngr": "manager", "mngrs": "managers",
    "mgmt": "management", "prod": "product", "prods": "products", "exp": "experience", "yrs": "years", "yr": "year", "hav": "have", "diff": "difference",
    "co": "company", "eng": "engineering", "reqs": "requirements", "req": "requirement", "dept": "department", "exec": "executive", "execs": "executives",
    "sr": "senior", "jr": "junior", "govt": "government", "tmrw": "tomorrow", "gonna": "going to", "wanna": "want to", "gotta": "have to",
    "shd": "should", "cld": "could", "wld": "would", "rly": "really", "smth": "something", "sth": "something", "esp": "especially", "promo": "promotion",
    "convo": "conversation", "biz": "business", "mtg": "meeting", "mtgs": "meetings", "info": "information", "comms": "communication",
    "strat": "strategy", "lvl": "level", "lvls": "levels", "tht": "that", "ths": "this", "hw": "how", "wen": "when", "wich": "which", "wt": "what",
    "shud": "should", "cud": "could", "wud": "would", "frend": "friend", "snr": "senior", "ppt": "slides", "bizness": "business", "hu": "who", "duz": "does", "dat": "that", "dis": "this", "da": "the", "dey": "they", "wot": "what", "wots": "what is", "wats": "what is", "wrk": "work", "thru": "through",
    "bout": "about", "tho": "though", "rn": "right now", "kinda": "kind of", "sorta": "sort of", "dunno": "don't know", "idk": "i don't know", "gimme": "give me",
    "lemme": "let me", "jus": "just", "prolly": "probably", "lol": "", "haha": "", "hehe": "", "lmao": "", "omg": "", "ngl": "", "tbh": "", "imo": "", "imho": "",
    "xfn": "cross-functional", "vpp": "VP of Product", "resp": "responsibility", "metrix": "metrics", "vice-president": "vice president",
}  # fmt: skip

# Words that mean the same here; each group is searched as a whole when one member occurs. Single words are compared by their stem.
SYNONYMS: tuple[tuple[str, ...], ...] = (
    ("lifetime value", "ltv", "clv", "cltv"),
    ("acquisition cost", "cac"),
    ("annual recurring revenue", "arr"),
    ("net revenue retention", "nrr", "ndr"),
    ("net promoter score", "nps"),
    ("objectives and key results", "okr"),
    ("profit and loss", "p&l", "pnl"),
    ("key performance indicator", "kpi", "metric", "measure", "indicator", "number"),
    ("individual contributor", "ic"),
    ("boss", "report", "manager", "superior", "line manager"),
    ("direct reports", "reports", "manage people", "people manager", "subordinate", "underling"),
    ("salary", "pay", "earn", "compensation", "wage", "paid", "income", "money"),
    ("hire", "recruit", "staff"),
    ("fire", "dismiss", "lay off"),
    ("backlog", "to-do list", "ticket"),
    ("roadmap", "road map"),
    ("ceo", "chief executive"),
    ("c-suite", "executives", "leadership team", "top brass", "c-level"),
    ("board", "board of directors", "directors board"),
    ("startup", "start-up", "small company", "scaleup"),
    ("enterprise", "large company", "big company", "corporate"),
    ("promotion", "promoted", "move up", "step up", "next level", "get ahead"),
    ("mentor", "mentoring"),
    ("sponsor", "sponsorship", "champion"),
    ("difference", "differ", "compare", "versus", "vs", "distinguish"),
    ("skill", "ability", "competency", "good at"),
    ("duty", "responsibility", "task", "job"),
    ("user", "customer", "client"),
    ("ship", "launch", "release", "deliver"),
    ("bug", "fix", "defect"),
    ("mistake", "pitfall", "fail", "failure", "error", "wrong"),
    ("interview", "interviewing"),
    ("quit", "leave", "step down"),
    ("degree", "mba", "education", "qualification"),
    ("years", "long", "time", "timeline"),
    ("team", "teammates", "colleagues", "coworker", "squad", "crew"),
    ("groom", "refine", "manage", "prioritise"),
    ("chart", "plan"),
    ("goal", "objective", "target"),
    ("persuade", "influence", "convince"),
    ("engineer", "developer", "dev", "engineering"),
    ("say no", "refuse", "decline", "push back"),
)
