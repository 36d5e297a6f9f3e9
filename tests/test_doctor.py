import re
import socket
from dataclasses import replace

import pytest
from asking import write_pages
from openai_stub import refuses, says, serving

from coach.doctor import checks
from coach.settings import Settings
from coach.sync import sync


@pytest.fixture
def settings(tmp_path, cache) -> Settings:
    return Settings(corpus=write_pages(tmp_path / "corpus"), index=tmp_path / "index", cache=cache)


def found(settings: Settings) -> dict[str, tuple[bool, str]]:
    """The first check of each name."""
    out: dict[str, tuple[bool, str]] = {}
    for name, good, text in checks(settings):
        out.setdefault(name, (good, text))
    return out


def test_a_good_set_up_passes_every_check(settings, encoder):
    sync(settings.corpus, settings.index, encoder)
    results = found(settings)
    assert list(results) == ["corpus", "encoder", "grounding check", "index", "model", "port"]
    assert [name for name in ("corpus", "encoder", "grounding check", "index", "model") if not results[name][0]] == []
    assert "3 documents" in results["corpus"][1]
    assert encoder.digest[:12] in results["encoder"][1]


def test_a_missing_index_says_what_to_run(settings):
    good, text = found(settings)["index"]
    assert not good
    assert "coach index" in text


def test_a_damaged_index_names_the_file(settings, encoder):
    sync(settings.corpus, settings.index, encoder)
    (file,) = settings.index.glob("generations/*/words.json")
    file.write_text("{}")
    good, text = found(settings)["index"]
    assert not good
    assert "words.json" in text


def test_a_missing_corpus_names_the_folder_and_the_rest_is_still_checked(settings, tmp_path):
    results = found(replace(settings, corpus=tmp_path / "nowhere"))
    assert not results["corpus"][0]
    assert "nowhere" in results["corpus"][1]
    assert results["encoder"][0]


def test_a_skipped_file_is_a_fault_unless_it_is_the_readme(settings):
    (settings.corpus / "README.md").write_text("# How to write pages\n")
    (settings.corpus / "broken.md").write_bytes(b"\x00\xff\xfe\x00")
    skipped = {text: good for name, good, text in checks(settings) if name == "corpus" and "skipped" in text}
    assert any("broken.md" in text and not good for text, good in skipped.items())
    assert not any("README.md" in text and not good for text, good in skipped.items())


def test_without_an_encoder_nothing_after_it_is_checked(settings):
    results = found(replace(settings, encoder="no-such-encoder"))
    assert list(results) == ["corpus", "encoder"]
    assert not results["encoder"][0]
    assert "COACH_ENCODER" in results["encoder"][1]


def test_a_chat_model_that_answers_is_good_and_the_doctor_says_how_soon(settings):
    with serving(says("Par", "is")) as server:
        good, text = found(replace(settings, model="openai:x", model_url=server.url))["model"]
    assert good
    assert re.fullmatch(r"openai:x answers in \d+\.\d s", text)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (
            refuses(401),
            "The chat model's provider refuses the key; check OPENAI_API_KEY. Until it answers, answers are composed.",
        ),
        (says("\n", " "), "openai:x answers nothing; answers are composed."),
    ],
    ids=["refused", "nothing"],
)
def test_a_chat_model_that_does_not_answer_is_a_fault(settings, behaviour, said):
    with serving(behaviour) as server:
        assert found(replace(settings, model="openai:x", model_url=server.url))["model"] == (False, said)


def test_a_chat_model_that_cannot_be_used_is_a_fault_and_the_port_is_still_checked(settings):
    results = found(replace(settings, model="some-model"))
    good, text = results["model"]
    assert not good
    assert text.startswith("COACH_MODEL is 'some-model'; give provider:model")
    assert "composed" not in text  # `ask` would refuse it
    assert "port" in results


def test_a_taken_port_says_how_to_take_another(settings):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 7860))
            taken.listen()
        except OSError:  # another program has it already, which is as good
            pass
        good, text = found(settings)["port"]
    assert not good
    assert "--port" in text
