"""Who may show the coach on their own pages: named embeds from a small TOML file. Knows nothing of HTTP."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from coach.errors import SettingsError
from coach.web.limits import Limits

DEMO = "demo"
"""The embed of the demo page; other sites may use it only where the file names it and them."""
THEMES = ("auto", "light", "dark")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_ORIGIN = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\])(?::\d{1,5})?"
)
_LONGEST = 300  # characters of a title, a greeting or a suggestion
_MOST = 8  # suggestions


@dataclass(frozen=True, slots=True)
class Embed:
    """One place where the coach may stand: the origins whose pages may frame it, and what it says there."""

    name: str
    origins: tuple[str, ...] = ()
    """Exact origins ("https://www.example.com"); none means that only the coach's own pages may."""
    title: str = ""
    theme: str = "auto"
    greeting: str = ""
    suggestions: tuple[str, ...] = ()
    per_minute: int = 300
    """Questions that all its visitors together may ask in a minute, and in a day."""
    per_day: int = 20_000

    @property
    def frame_ancestors(self) -> str:
        """Whom the browser lets frame the page, as the policy says it."""
        return " ".join(("'self'", *self.origins))


@dataclass(frozen=True, slots=True)
class Embeds:
    """The embeds by name, and the limits of everybody together."""

    named: Mapping[str, Embed] = field(default_factory=lambda: {DEMO: Embed(DEMO)})
    limits: Limits = field(default_factory=Limits)


def read_embeds(path: Path | None) -> Embeds:
    """The embeds of a file; without one only the demo's. Raises SettingsError that names file, table and key."""
    if path is None:
        return Embeds()
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"The embeds in {path} cannot be read ({error.strerror}); set COACH_EMBEDS to a readable file."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}") from error
    limits = _limits(path, tables.pop("limits", {}))
    return Embeds({DEMO: Embed(DEMO), **{name: _embed(path, name, table) for name, table in tables.items()}}, limits)


def is_origin(text: str) -> bool:
    """Whether a text is an origin as a browser sends it: scheme, host and port, nothing more."""
    return bool(_ORIGIN.fullmatch(text))


def _embed(path: Path, name: str, table: object) -> Embed:
    where = f"{path}, [{name}]"
    if not _NAME.fullmatch(name) or not isinstance(table, dict):
        raise SettingsError(f"{where}: an embed is a table named with small letters, digits and hyphens.")
    values = dict(table)
    if unknown := set(values) - {f.name for f in fields(Embed)} | ({"name"} & set(values)):
        known = ", ".join(f.name for f in fields(Embed)[1:])
        raise SettingsError(f'{where}: there is no "{min(unknown)}"; an embed has {known}.')
    for key in ("origins", "suggestions"):
        values[key] = _texts(where, key, values.get(key, []))
    for origin in values["origins"]:
        if not is_origin(origin):
            raise SettingsError(
                f'{where}: "{origin}" is no origin; write scheme and host as a browser sends them, without a path or a star: "https://www.example.com".'
            )
    for key in ("title", "greeting"):
        (values[key],) = _texts(where, key, [values.get(key, "")])
    if values.setdefault("theme", "auto") not in THEMES:
        raise SettingsError(f"{where}: theme is one of {', '.join(THEMES)}.")
    for key in ("per_minute", "per_day"):
        _check_count(where, key, values.setdefault(key, getattr(Embed(name), key)))
    return Embed(name, **values)


def _texts(where: str, key: str, found: object) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(text, str) and len(text) <= _LONGEST for text in found):
        raise SettingsError(
            f"{where}: {key} must be text of at most {_LONGEST} characters, in brackets where there can be several."
        )
    if len(found) > _MOST and key == "suggestions":
        raise SettingsError(f"{where}: at most {_MOST} suggestions fit.")
    return tuple(" ".join(text.split()) for text in found)


def _limits(path: Path, table: object) -> Limits:
    known = [f.name for f in fields(Limits)]
    if not isinstance(table, dict) or (unknown := set(table) - set(known)):
        raise SettingsError(
            f'{path}, [limits]: there is no "{min(unknown) if isinstance(table, dict) else table}"; the limits are {", ".join(known)}.'
        )
    for key, value in table.items():
        _check_count(f"{path}, [limits]", key, value)
    return Limits(**table)


def _check_count(where: str, key: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise SettingsError(f"{where}: {key} is {value!r}; give a whole number from 1 up.")
