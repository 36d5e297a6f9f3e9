import json
import logging
import re
import sys
import threading
import time
import traceback
import urllib.error
import urllib.request
from contextlib import closing, contextmanager

import pytest
from openai_stub import babbles, cuts, hangs, refuses, says, sends, serving

from coach.errors import ModelError, SettingsError
from coach.model import TRIES
from coach.providers import CONTEXT, load_model
from coach.settings import Settings
from coach.types import Prompt

ASKED = Prompt("You are a coach.", "Who is the boss of a PM?")
FRANCE = Prompt("Answer in one word.", "What is the capital of France?")
STORY = Prompt("You tell stories.", "Tell a long story about a fox.")
KEY = "sk-secret-4f9c2b7e8d"


@pytest.fixture
def settings(tmp_path):
    """Settings with a chat model."""

    def make(model: str = "openai:x", url: str = "", timeout: float = 5.0, tokens: int = 600) -> Settings:
        return Settings(tmp_path, tmp_path, tmp_path, model=model, model_url=url, model_timeout=timeout, model_tokens=tokens)

    return make


@pytest.fixture(scope="module", autouse=True)
def _warm(tmp_path_factory):
    """The library is imported, and has done once what it does only once."""
    folder = tmp_path_factory.mktemp("warm")
    with serving(says("warm")) as server:
        model = load_model(Settings(folder, folder, folder, model="openai:x", model_url=server.url, model_timeout=60.0))
        assert list(filter(None, model(ASKED))) == ["warm"]


@contextmanager
def timed(most: float):
    started = time.monotonic()
    yield
    assert time.monotonic() - started < most


def heard(model, prompt=ASKED) -> tuple[list[str], Exception | None]:
    """The pieces that came, and the failure that ended them."""
    pieces: list[str] = []
    try:
        pieces.extend(filter(None, model(prompt)))
    except ModelError as error:
        return pieces, error
    return pieces, None


# A server that speaks OpenAI's protocol


def test_a_reply_streams_as_it_comes(settings):
    with serving(says("A PM ", "reports to ", "a director.", pause=0.4)) as server:
        pieces = filter(None, load_model(settings(url=server.url))(ASKED))
        first, at = next(pieces), time.monotonic()
        assert [first, *pieces] == ["A PM ", "reports to ", "a director."]
        assert time.monotonic() - at > 0.6  # the rest came later


def test_the_server_is_told_what_to_say_and_needs_no_key(settings):
    with serving(says("Yes.")) as server:
        assert heard(load_model(settings("openai:my-model", url=server.url, tokens=123))) == (["Yes."], None)
    [asked] = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.body == {
        "model": "my-model",
        "messages": [{"role": "system", "content": ASKED.system}, {"role": "user", "content": ASKED.user}],
        "max_tokens": 123,
        "temperature": 0,
        "stream": True,
    }
    assert asked.headers["authorization"] == "Bearer none"


def test_a_key_is_sent_where_there_is_one(settings, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with serving(says("Yes.")) as server:
        assert heard(load_model(settings(url=server.url))) == (["Yes."], None)
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"


KEY_REFUSED = "The chat model's provider refuses the key; check OPENAI_API_KEY."
BROKEN = "The chat model cannot be reached or broke off (OpenAIConnectionError); check that its server runs."


@pytest.mark.parametrize(
    ("behaviour", "came", "said", "tries"),
    [
        (refuses(400), [], r"The chat model's provider refuses the request \(\w+ 400\)\.", 1),
        (refuses(401), [], re.escape(KEY_REFUSED), 1),
        (refuses(403), [], re.escape(KEY_REFUSED), 1),
        (
            refuses(404),
            [],
            r"The chat model's provider does not know this model or address; check COACH_MODEL and COACH_MODEL_URL\.",
            1,
        ),
        (refuses(429), [], r"The chat model's provider is busy or at fault \(\w+ 429\)\.", TRIES),
        (refuses(500), [], r"The chat model's provider is busy or at fault \(\w+ 500\)\.", TRIES),
        (refuses(503), [], r"The chat model's provider is busy or at fault \(\w+ 503\)\.", TRIES),
        (hangs(), [], r"The chat model has said nothing for 2 seconds; COACH_MODEL_TIMEOUT sets how long to wait\.", 1),
        (hangs("A", " PM"), ["A", " PM"], r"The chat model has said nothing for 2 seconds; .*", 1),
        (cuts(), [], r"The chat model cannot be reached or broke off \(\w+\); check that its server runs\.", TRIES),
        (cuts("A", " PM"), ["A", " PM"], r"The chat model cannot be reached or broke off \(\w+\); .*", 1),
        (sends(), [], r"The chat model failed \(\w+\)\.", 1),
        (sends("{nonsense"), [], r"The chat model failed \(\w+\)\.", 1),
        (sends("[1, 2]"), [], r"The chat model failed \(\w+\)\.", 1),
        (sends('{"choices": 5}'), [], r"The chat model failed \(\w+\)\.", 1),
        (sends(json.dumps({"error": {"message": f"No such key: {KEY}", "code": 400}})), [], r"The chat model failed \(\w+\)\.", 1),
    ],
    ids="400 401 403 404 429 500 503 silent silent-later cut cut-later empty nonsense list number error-event".split(),
)  # fmt: skip
def test_a_failure_is_said_in_our_words_soon_and_without_the_key(settings, monkeypatch, caplog, behaviour, came, said, tries):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    with serving(behaviour) as server, timed(4):
        model = load_model(settings(url=server.url, timeout=2.0))
        pieces, error = heard(model)
        assert len(server.asked) == tries
        assert KEY in server.asked[0].headers["authorization"]
    assert pieces == came
    assert re.fullmatch(said, str(error))
    logged = [f"{r.getMessage()} {r.args} {r.exc_info and traceback.format_exception(*r.exc_info)}" for r in caplog.records]
    assert str(error) in caplog.messages
    for text in (
        repr(error),
        repr(error.__context__),
        "".join(traceback.format_exception(error)),
        repr(model),
        str(vars(model)),
        *logged,
    ):
        assert "secret" not in text


def test_a_server_that_does_not_run_is_named_soon(settings):
    with serving(says("Yes.")) as server:
        url = server.url
    with timed(4):
        _, error = heard(load_model(settings(url=url)))
    assert "cannot be reached or broke off" in str(error)


def test_a_server_that_recovers_is_tried_again(settings):
    with serving(refuses(503), cuts(), says("Yes.")) as server:
        assert heard(load_model(settings(url=server.url))) == (["Yes."], None)
        assert len(server.asked) == 3


def test_a_stream_without_end_is_ended_and_the_server_is_left(settings):
    with serving(babbles("word ")) as server:
        pieces, error = heard(load_model(settings(url=server.url, tokens=50)))
        assert ("".join(pieces), error) == ("word " * 40, None)
        assert server.asked[0].gone.wait(1.5)


@pytest.mark.parametrize("behaviour", [babbles(), hangs("word ")], ids=["talking", "silent"])
def test_closing_a_stream_closes_its_connection(settings, behaviour):
    with serving(behaviour) as server:
        pieces = load_model(settings(url=server.url))(ASKED)
        assert next(filter(None, pieces)) == "word "
        assert not server.asked[0].gone.is_set()
        with timed(0.5):
            pieces.close()
        assert server.asked[0].gone.wait(1.5)


def test_a_silent_server_is_left_when_the_time_out_has_passed(settings):
    with serving(hangs(), says("Yes.")) as server:
        model = load_model(settings(url=server.url, timeout=0.5))
        assert heard(model)[0] == []
        assert server.asked[0].gone.wait(1.5)
        assert heard(model) == (["Yes."], None)


def test_streams_at_the_same_time_do_not_mix(settings):
    with serving(*[says(*[f"{n}"] * 5, pause=0.02) for n in range(6)]) as server:
        model = load_model(settings(url=server.url))
        found: list[list[str]] = []
        threads = [threading.Thread(target=lambda: found.append(heard(model)[0])) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(found) == [[str(n)] * 5 for n in range(6)]


# What cannot be set up


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("gpt-4o", "COACH_MODEL is 'gpt-4o'; give provider:model, as in openai:gpt-4o-mini"),
        ("openai:", "COACH_MODEL is 'openai:'; give provider:model"),
        ("openai:x", "The chat model openai:x needs a key; put it into OPENAI_API_KEY."),
        (
            "anthropic:x",
            "The chat model anthropic:x needs a package that is not installed; pip install 'career-coach[anthropic]'.",
        ),
        ("google:x", "needs a package that is not installed; pip install 'career-coach[google]'."),
        ("mistral:x", "needs a package that is not installed; pip install 'career-coach[mistral]'."),
        ("ollama:x", "needs a package that is not installed; pip install 'career-coach[ollama]'."),
        ("groq:x", "needs a package that is not installed; install langchain's package for groq."),
        ("nobody:x", "The chat model nobody:x cannot be set up (ValueError); known are anthropic, google, mistral, ollama, openai and gguf"),
        ("gguf:none.gguf", "The chat model's file none.gguf cannot be read (No such file or directory)"),
        ("gguf:/", "The chat model's file / cannot be read (Is a directory)"),
        ("replay:none.jsonl", "The recording none.jsonl cannot be read"),
    ],
)  # fmt: skip
def test_a_model_that_cannot_be_used_is_named_with_the_remedy(settings, model, said):
    with pytest.raises(SettingsError, match=re.escape(said)):
        load_model(settings(model))


@pytest.mark.parametrize(
    "url", [f"http://{KEY}@[::1", "http://localhost:99999999", "localhost:8080/v1", "http://", "/v1", "ftp://localhost/v1"]
)
def test_an_address_that_is_none_is_refused_and_not_repeated(settings, url):
    with pytest.raises(SettingsError) as caught:
        load_model(settings(url=url))
    assert str(caught.value) == "COACH_MODEL_URL is no address; give one as in http://localhost:8080/v1."
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_without_a_setting_there_is_no_model(settings):
    assert load_model(settings("")) is None


def test_a_recording_is_a_model(settings, tmp_path):
    (tmp_path / "replies.jsonl").write_text("")
    _, error = heard(load_model(settings(f"replay:{tmp_path / 'replies.jsonl'}")))
    assert "does not hold this prompt" in str(error)


@pytest.mark.parametrize(
    ("size", "said"), [(0, "is no GGUF model"), (4, "is it whole"), (1000, "is it whole"), (5_000_000, "is it whole")]
)
def test_a_file_that_is_cut_off_is_named(settings, small_model, tmp_path, size, said, capfd):
    with small_model.open("rb") as whole:
        (tmp_path / "cut.gguf").write_bytes(whole.read(size))
    with pytest.raises(SettingsError, match=f"cut.gguf .*{said}"):
        load_model(settings(f"gguf:{tmp_path / 'cut.gguf'}"))
    assert capfd.readouterr() == ("", "")


def test_a_file_of_another_kind_is_named(settings, tmp_path):
    (tmp_path / "page.gguf").write_text("<html>Not found</html>")
    with pytest.raises(SettingsError, match=r"page\.gguf is no GGUF model"):
        load_model(settings(f"gguf:{tmp_path / 'page.gguf'}"))


# A real model in this process


@pytest.fixture(scope="module")
def local(small_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("local")
    return load_model(Settings(folder, folder, folder, model=f"gguf:{small_model}", model_timeout=60.0, model_tokens=200))


def gone(name: str, seconds: float) -> bool:
    """Whether no thread of a name is left after a while."""
    ends = time.monotonic() + seconds
    while any(t.name == name for t in threading.enumerate() if not t.daemon):
        if time.monotonic() > ends:
            return False
        time.sleep(0.01)
    return True


def test_a_local_model_answers_piece_by_piece_and_without_a_word_on_the_terminal(local, capfd):
    pieces, error = heard(local, FRANCE)
    assert error is None
    assert "Paris" in "".join(pieces)
    assert len(pieces) > 1
    assert gone("chat-model", 5)
    assert capfd.readouterr() == ("", "")


def test_a_local_model_says_the_same_again(local):
    assert "".join(heard(local, FRANCE)[0]) == "".join(heard(local, FRANCE)[0])


def test_a_closed_reply_of_a_local_model_stops_and_the_next_one_works(local):
    pieces = local(STORY)
    assert next(filter(None, pieces))
    with timed(0.5):
        pieces.close()
    assert gone("chat-model", 3)  # the whole story takes longer
    assert "Paris" in "".join(heard(local, FRANCE)[0])


def test_a_local_model_stops_while_it_reads(settings, small_model):
    """Its first words would take many times the time-out."""
    model = load_model(settings(f"gguf:{small_model}", timeout=0.2))
    pieces, error = heard(model, Prompt("", "One word and another one. " * 500))
    assert (pieces, "has said nothing for 0.2 seconds" in str(error)) == ([], True)
    assert gone("chat-model", 4)


def test_two_replies_of_a_local_model_at_once_both_come(local):
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append("".join(heard(local, FRANCE)[0]))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ["Paris" in text for text in found] == [True, True]


def test_the_token_limit_ends_a_reply_of_a_local_model(settings, small_model):
    pieces, error = heard(load_model(settings(f"gguf:{small_model}", timeout=60.0, tokens=5)), STORY)
    assert error is None
    assert 0 < len("".join(pieces).split()) <= 5


def test_a_prompt_that_is_too_long_for_a_local_model_is_a_failure(local):
    pieces, error = heard(local, Prompt("", "word " * (CONTEXT + 10)))
    assert (pieces, str(error)) == ([], "The chat model failed (exceed_context_size_error).")
    assert "Paris" in "".join(heard(local, FRANCE)[0])


def test_the_port_of_a_local_model_refuses_strangers(local):
    address = local._source._server.listening_address
    assert address.startswith("http://127.0.0.1:")
    body = json.dumps({"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 1}).encode()
    for headers in ({}, {"Authorization": "Bearer none"}):
        request = urllib.request.Request(f"{address}/v1/chat/completions", body, {"Content-Type": "application/json", **headers})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)
        with closing(refused.value):
            assert refused.value.code == 401


# The same model behind a real server


@pytest.fixture(scope="module")
def llama_server(small_model):
    """llama.cpp's own server; its address."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(small_model)
    parameters.n_ctx = 1024
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.verbosity = -1
    parameters.warmup = False
    parameters.ui = False
    server = xllamacpp.Server(parameters)
    return f"{server.listening_address}/v1", server


def test_a_real_server_answers(settings, llama_server):
    pieces, error = heard(load_model(settings(url=llama_server[0], timeout=60.0)), FRANCE)
    assert error is None
    assert "Paris" in "".join(pieces)
    assert len(pieces) > 1


def test_a_real_server_keeps_to_the_token_limit(settings, llama_server):
    pieces, error = heard(load_model(settings(url=llama_server[0], timeout=60.0, tokens=5)), STORY)
    assert error is None
    assert 0 < len("".join(pieces).split()) <= 5


def test_a_reply_of_a_real_server_can_be_closed_and_the_next_one_works(settings, llama_server):
    model = load_model(settings(url=llama_server[0], timeout=60.0))
    with closing(model(STORY)) as pieces:
        assert next(filter(None, pieces))
    assert "Paris" in "".join(heard(model, FRANCE)[0])


def test_a_prompt_that_is_too_long_for_a_real_server_is_a_failure(settings, llama_server):
    pieces, error = heard(load_model(settings(url=llama_server[0], timeout=60.0)), Prompt("", "word " * 1100))
    assert pieces == []
    assert re.fullmatch(
        r"The chat model's provider refuses the request \(\w+ 400\)\.|The chat model failed \(\w+\)\.", str(error)
    )


def test_nothing_of_the_libraries_is_loaded_without_need():
    assert "langchain_anthropic" not in sys.modules
