"""The libraries behind a chat model: langchain for every provider, llama.cpp in this process. The only place that knows their messages and errors.

An error's own words are never passed on: they may name a key.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from coach.errors import ModelError, SettingsError
from coach.model import Breaker, Budget, Guarded, Put, Source, Transient
from coach.recording import replayed
from coach.settings import Settings
from coach.types import ChatModel, Prompt

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

CONTEXT = 4096  # tokens that a local model keeps in mind
WAIT = 0.5  # seconds between two looks whether a reply's turn has come
BATCH = 64  # of them that it reads at once: between two batches it can be stopped


@dataclass(frozen=True, slots=True)
class _Provider:
    """What differs between langchain's packages; `tokens`, `silence` and `retries` are their names for one argument each."""

    name: str
    extra: str
    keys: tuple[str, ...] = ()
    tokens: str = "max_tokens"
    silence: str = "timeout"
    retries: str = "max_retries"


_PROVIDERS = {
    "openai": _Provider("openai", "openai", keys=("OPENAI_API_KEY",)),
    "anthropic": _Provider("anthropic", "anthropic", keys=("ANTHROPIC_API_KEY",)),
    "google": _Provider("google_genai", "google", keys=("GOOGLE_API_KEY", "GEMINI_API_KEY")),
    "google_genai": _Provider("google_genai", "google", keys=("GOOGLE_API_KEY", "GEMINI_API_KEY")),
    "mistral": _Provider("mistralai", "mistral", keys=("MISTRAL_API_KEY",)),
    "mistralai": _Provider("mistralai", "mistral", keys=("MISTRAL_API_KEY",)),
    "ollama": _Provider("ollama", "ollama", tokens="num_predict", silence="", retries=""),
}


def load_model(settings: Settings) -> ChatModel | None:
    """The chat model of the settings, None when there is none. Raises SettingsError: no such provider, its package or key missing, no such file."""
    if not settings.model:
        return None
    provider, _, name = settings.model.partition(":")
    if not name:
        raise SettingsError(
            f"COACH_MODEL is {settings.model!r}; give provider:model, as in openai:gpt-4o-mini, ollama:llama3.2 or gguf:/path/to/model.gguf."
        )
    if settings.model_url and not _is_address(settings.model_url):
        raise SettingsError(
            "COACH_MODEL_URL is no address; give one as in http://localhost:8080/v1."
        )  # not named: it may hold a key
    if provider == "replay":  # needs no guard, and one would change what the recording says
        return replayed(Path(name))
    source: Source
    if provider == "gguf":
        source = _local(Path(name).expanduser(), settings.threads, settings.model_tokens)
    else:
        source = _LangChain(_chat_model(settings, provider, name), provider)
    budget = Budget(settings.cache / "model-tokens.json", settings.model_daily_tokens)
    return Guarded(source, settings.model_timeout, settings.model_tokens, Breaker(), budget)


def _is_address(url: str) -> bool:
    """Whether a client can make anything of it."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _chat_model(settings: Settings, provider: str, name: str) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    known = _PROVIDERS.get(provider, _Provider(provider, ""))
    keyless = bool(known.keys) and not any(os.environ.get(name) for name in known.keys)
    needs_key = SettingsError(f"The chat model {settings.model} needs a key; put it into {' or '.join(known.keys)}.")
    options: dict[str, Any] = {known.tokens: settings.model_tokens}
    if known.silence:
        # `Guarded` comes first, and knows that silence is no reason to try again.
        options[known.silence] = 2 * settings.model_timeout
    if known.retries:
        options[known.retries] = 0  # `Guarded` tries again, so that the time it takes is bounded
    if settings.model_url:
        # A server of one's own mostly wants no key, but its client wants one; and there steadiness is worth more than variety. Hosted models
        # choose their own temperature: some refuse any other.
        options |= {"base_url": settings.model_url, "temperature": 0}
        if provider == "openai":  # whose newer name for it not every server knows
            options["extra_body"] = {"max_tokens": options.pop("max_tokens")}
        if keyless:
            options["api_key"] = "none"
    try:
        model: BaseChatModel = init_chat_model(name, model_provider=known.name, **options)
    except ImportError:
        package = f"pip install 'career-coach[{known.extra}]'" if known.extra else f"install langchain's package for {provider}"
        raise SettingsError(f"The chat model {settings.model} needs a package that is not installed; {package}.") from None
    except Exception as error:  # each provider has its own, and their words may name a key
        if keyless and not settings.model_url:
            raise needs_key from None
        listed = ", ".join(sorted({p.extra for p in _PROVIDERS.values()}))
        raise SettingsError(
            f"The chat model {settings.model} cannot be set up ({type(error).__name__}); known are {listed} and gguf, "
            "and any server that speaks OpenAI's protocol as openai:NAME with COACH_MODEL_URL."
        ) from None
    if keyless and not settings.model_url:  # some notice it only when they are asked
        raise needs_key
    return model


@lru_cache(maxsize=1)
def _loop() -> asyncio.AbstractEventLoop:
    """An event loop of its own thread: a request in it can be cancelled at any point, also while it waits."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="chat-model", daemon=True).start()
    return loop


class _LangChain:
    """Any chat model of langchain as a source."""

    def __init__(self, model: BaseChatModel, provider: str) -> None:
        self._model = model
        self._provider = provider
        self._loop = _loop()

    def __call__(self, prompt: Prompt, put: Put) -> Callable[[], object]:
        """Start one reply."""
        task: Future[None] = asyncio.run_coroutine_threadsafe(self._reply(prompt, put), self._loop)
        return task.cancel

    async def _reply(self, prompt: Prompt, put: Put) -> None:
        from langchain_core.messages import HumanMessage, SystemMessage

        try:
            async for chunk in self._model.astream([SystemMessage(prompt.system), HumanMessage(prompt.user)]):
                put(str(chunk.text))  # a piece of a model's thinking has no text, and is a sign of life
            put(None)
        except Exception as error:  # each provider has its own
            put(_translated(error, self._provider))


def _translated(error: Exception, provider: str) -> ModelError:
    """A provider's error in our own words."""
    response = getattr(error, "response", None)
    found = next((s for s in (getattr(error, "status_code", None), getattr(response, "status_code", None), getattr(error, "code", None)) if isinstance(s, int)), 0)  # fmt: skip
    kind = f"{type(error).__name__}{f' {found}' if found else ''}"
    if found in (401, 403):
        keys = _PROVIDERS[provider].keys if provider in _PROVIDERS else ()
        return ModelError(f"The chat model's provider refuses the key; check {keys[0] if keys else 'it'}.")
    if found == 404:
        return ModelError("The chat model's provider does not know this model or address; check COACH_MODEL and COACH_MODEL_URL.")
    if found in (408, 409, 425, 429) or found >= 500:
        return Transient(f"The chat model's provider is busy or at fault ({kind}).")
    if found:
        return ModelError(f"The chat model's provider refuses the request ({kind}).")
    names = {c.__name__ for e in _causes(error) for c in type(e).__mro__}
    if names & {"OSError", "TransportError", "APIConnectionError", "ClientError"}:
        return Transient(f"The chat model cannot be reached or broke off ({kind}); check that its server runs.")
    return ModelError(f"The chat model failed ({kind}).")


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _local(path: Path, threads: int, tokens: int) -> Source:
    """A model's file, run in this process by llama.cpp. Raises SettingsError."""
    try:
        with path.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise SettingsError(f"The file {path} is no GGUF model.")
    except OSError as error:
        raise SettingsError(
            f"The chat model's file {path} cannot be read ({error.strerror}); COACH_MODEL=gguf:/path/to/model.gguf names it."
        ) from error
    try:
        import xllamacpp
    except ImportError:
        raise SettingsError(
            "A chat model in this process needs a package that is not installed; pip install 'career-coach[local]'."
        ) from None
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.n_ctx = CONTEXT
    parameters.n_batch = BATCH
    parameters.n_parallel = 1
    for group in (parameters.cpuparams, parameters.cpuparams_batch):
        group.n_threads = threads  # they wait for each other by spinning, so that on a busy machine more of them are slower
    parameters.verbosity = -1
    parameters.warmup = False
    parameters.ui = False
    parameters.api_keys = [secrets.token_hex(16)]  # the library listens on a loopback port, which nobody else shall use
    try:
        server = xllamacpp.Server(parameters)
    except Exception as error:
        raise SettingsError(f"The chat model's file {path} cannot be loaded ({type(error).__name__}); is it whole?") from None
    return _Local(server, tokens)


class _Local:
    """llama.cpp's server without its port: one thread a reply, one reply at a time."""

    def __init__(self, server: Any, tokens: int) -> None:  # noqa: ANN401 - the library has no types
        self._server = server
        self._tokens = tokens
        self._turn = threading.Lock()

    def __call__(self, prompt: Prompt, put: Put) -> Callable[[], object]:
        """Start one reply."""
        left = threading.Event()
        threading.Thread(target=self._reply, args=(prompt, put, left), name="chat-model").start()
        return left.set

    def _reply(self, prompt: Prompt, put: Put, left: threading.Event) -> None:
        while not self._turn.acquire(timeout=WAIT):
            if left.is_set():
                return
            put("")  # waiting for one's turn is no silence
        try:
            put(self._said(prompt, put, left))
        except Exception as error:
            put(ModelError(f"The chat model failed ({type(error).__name__})."))
        finally:
            self._turn.release()

    def _said(self, prompt: Prompt, put: Put, left: threading.Event) -> ModelError | None:
        """Say a whole reply; what went wrong with it."""
        failed: list[ModelError] = []

        def take(chunk: Mapping[str, Any]) -> bool:
            """Whether to stop."""
            if "error" in chunk:  # so it says that a prompt is too long, among other things
                failed.append(ModelError(f"The chat model failed ({chunk['error'].get('type', 'without a reason')})."))
            # A batch of the prompt has no text: it still says that somebody is at work.
            put("".join(choice["delta"].get("content") or "" for choice in chunk.get("choices", ())))
            return left.is_set()

        request = {
            "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
            "stream": True,
            "return_progress": True,  # one call of `take` after each batch of the prompt
            "temperature": 0,
            "max_tokens": self._tokens,
        }
        self._server.handle_chat_completions(request, take)
        return failed[0] if failed else None
