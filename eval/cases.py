"""Labelled cases, the shipped ones and an owner's own: what is asked, and what the coach should do with it.

A file holds one JSON object a line: `question` or `turns` (the messages of a conversation), and

- `expect`: "answered" (the default), "refused", "care", "calm" (no care note) or "greeting";
- `key`: groups of words of which the answer must hold one each, as in [["CPO", "chief product officer"], ["CEO"]]; `wrong`: words that it must not hold;
- `passages`: ids of the passages that answer it; `standalone`: the last message as a complete question; `id`, `kind` and `topic` for the report.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from coach.errors import CasesError

HERE = Path(__file__).parent
SETS = ("questions", "refusals", "conversations", "care")
Expect = Literal["answered", "refused", "care", "calm", "greeting"]
_FIELDS = {
    "id", "question", "turns", "expect", "key", "wrong", "passages", "facts", "standalone", "kind", "topic"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled conversation, mostly of a single message; `set` is the name of its file."""

    set: str
    id: str
    turns: tuple[str, ...]
    expect: Expect = "answered"
    key: tuple[tuple[str, ...], ...] = ()
    wrong: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    standalone: str = ""
    kind: str = ""
    topic: str = ""


def shipped() -> tuple[Case, ...]:
    """The held-out cases of this folder."""
    return tuple(case for name in SETS for case in read_cases(HERE / f"{name}.jsonl"))


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of one file. Raises CasesError with the file, the line and what is wrong with it."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise CasesError(f"The cases in {path} cannot be read ({reason}).") from error
    cases: dict[str, Case] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            case = _case(json.loads(line), path.stem, f"{path.stem}-{number}")
            if case.id in cases:
                raise ValueError(f"the id {case.id!r} stands twice")
        except (ValueError, TypeError, RecursionError) as error:
            raise CasesError(f"{path}, line {number}: {error}") from error
        cases[case.id] = case
    if not cases:
        raise CasesError(f"{path} holds no cases: write one JSON object a line, as in eval/README.md.")
    return tuple(cases.values())


def _case(row: Any, name: str, default_id: str) -> Case:  # noqa: ANN401 - JSON
    if not isinstance(row, dict):
        raise TypeError("not a JSON object")
    if unknown := sorted(row.keys() - _FIELDS):
        raise ValueError(f"unknown field {', '.join(unknown)}; known are {', '.join(sorted(_FIELDS))}")
    turns = row.get("turns", [row["question"]] if "question" in row else [])
    expect = row.get("expect", "answered")
    if expect not in get_args(Expect):
        raise ValueError(f'"expect" is {expect!r}; it must be one of {", ".join(get_args(Expect))}')
    key = row.get("key", [])
    if not isinstance(key, list):
        raise TypeError('"key" must be a list of groups of words')
    return Case(
        set=name,
        id=str(default_id if row.get("id") is None else row["id"]),
        turns=_texts(turns, "turns", least=1),
        expect=expect,
        key=tuple(_texts([group] if isinstance(group, str) else group, "key", least=1) for group in key),
        wrong=_texts(row.get("wrong", []), "wrong"),
        passages=_texts(row.get("passages", []), "passages"),
        standalone=str(row.get("standalone") or ""),
        kind=str(row.get("kind") or ""),
        topic=str(row.get("topic") or ""),
    )


def _texts(value: Any, field: str, least: int = 0) -> tuple[str, ...]:  # noqa: ANN401 - JSON
    if not isinstance(value, list) or len(value) < least or not all(isinstance(v, str) and v.strip() for v in value):
        raise ValueError(f'"{field}" must be a list of texts' + (', or give a "question"' if field == "turns" else ""))
    return tuple(value)


def missing_passages(cases: Collection[Case], known: Collection[str]) -> list[str]:
    """What the labels name and the corpus does not hold, each with the cases that name it."""
    wanted: dict[str, list[str]] = {}
    for case in cases:
        for name in case.passages:
            if name not in known:
                wanted.setdefault(name, []).append(case.id)
    return [
        f"{name} (answers {', '.join(ids[:5])}{' and others' if len(ids) > 5 else ''})" for name, ids in sorted(wanted.items())
    ]
