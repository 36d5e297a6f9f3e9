"""What differs between machines; read from a mapping that is passed in, never from the process by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from coach.errors import SettingsError

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
QUIET_ENVIRONMENT = {
    # Set before any heavy import: libraries must not phone home, ask a hub, or record what visitors do.
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_RUN_HISTORY": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",
    # The matrices here are small: a pool of BLAS threads costs more than it gains, most of all on a busy machine.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


# Set whatever they were: a variable of somebody's shell must not ship conversations to another company.
NO_TRACING = dict.fromkeys(("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2"), "false")


def _packaged_corpus() -> Path:
    """The starter corpus: inside an installed package, beside the package in a checkout."""
    inside = Path(__file__).resolve().parent / "starter_corpus"
    return inside if inside.is_dir() else Path(__file__).resolve().parent.parent / "corpus"


STARTER = _packaged_corpus()
HERE_EMBEDS = Path("embeds.toml")
"""Read where it lies in the folder from which the server is started."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths and numbers that an operator may set; see README for the meaning of each."""

    corpus: Path
    index: Path
    cache: Path
    encoder: str = DEFAULT_ENCODER
    model: str = ""
    """A chat model as provider:name, "" for none."""
    model_url: str = ""
    """The base address of an OpenAI-compatible server."""
    model_timeout: float = 15.0
    """Seconds of silence after which the composed answer stands in."""
    model_tokens: int = 600
    """That a model may write for one answer."""
    model_daily_tokens: int = 0
    """That a model may read and write in a day (UTC), 0 for no limit."""
    threads: int = 1
    helpline: str = ""
    embeds: Path | None = None
    """The file that names who may show the coach on their own pages."""
    api_origins: tuple[str, ...] = ()
    """Origins whose pages may call the programming interface; they need the token."""
    api_token: str = field(default="", repr=False)
    feedback: Path | None = None
    trusted_proxies: str = ""
    """Addresses of proxies whose word on a visitor's address is believed, with commas; "" for none."""

    @classmethod
    def from_mapping(cls, environ: Mapping[str, str], corpus: str | None = None, index: str | None = None) -> Settings:
        """Settings from COACH_* variables; explicit arguments win. Raises SettingsError for an unusable value."""

        def number(name: str, default: int, least: int) -> int:
            text = environ.get(name, str(default))
            if not (text.isascii() and text.isdigit()) or int(text) < least:
                raise SettingsError(f"{name} is {text!r}; give a whole number from {least} up.")
            return int(text)

        origins = tuple(environ.get("COACH_API_ORIGINS", "").replace(",", " ").split())
        if origins and not environ.get("COACH_API_TOKEN"):
            raise SettingsError(
                "COACH_API_ORIGINS lets pages of other origins call the interface; set COACH_API_TOKEN, too, and give it to them."
            )
        home = environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME") or Path.home()) / ".cache"
        cache = Path(environ.get("COACH_CACHE") or Path(home) / "career-coach")
        corpus_folder = Path(corpus or environ.get("COACH_CORPUS") or STARTER)
        # One index per corpus folder, so that two corpora never overwrite each other's.
        tag = hashlib.sha256(str(corpus_folder.resolve()).encode()).hexdigest()[:8]
        return cls(
            corpus=corpus_folder,
            index=Path(index or environ.get("COACH_INDEX") or cache / f"{corpus_folder.resolve().name}-{tag}"),
            cache=cache,
            encoder=environ.get("COACH_ENCODER") or DEFAULT_ENCODER,
            model=environ.get("COACH_MODEL", ""),
            model_url=environ.get("COACH_MODEL_URL", ""),
            model_timeout=float(number("COACH_MODEL_TIMEOUT", 15, 1)),
            model_tokens=number("COACH_MODEL_TOKENS", 600, 50),
            model_daily_tokens=number("COACH_MODEL_DAILY_TOKENS", 0, 0),
            threads=number("COACH_THREADS", 1, 1),
            helpline=environ.get("COACH_HELPLINE", ""),
            embeds=Path(embeds)
            if (embeds := environ.get("COACH_EMBEDS", ""))
            else HERE_EMBEDS
            if HERE_EMBEDS.is_file()
            else None,
            api_origins=origins,
            api_token=environ.get("COACH_API_TOKEN", ""),
            feedback=Path(environ.get("COACH_FEEDBACK") or cache / "feedback.jsonl"),
            trusted_proxies=environ.get("COACH_TRUSTED_PROXIES", ""),
        )
