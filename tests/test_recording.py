from contextlib import closing

import pytest
from scripted import Scripted

from coach.errors import ModelError, SettingsError
from coach.recording import Recorder, replayed
from coach.types import Prompt

ASKED = Prompt("Be a coach.", "Who is the boss?")
REFUSED = ModelError("The provider refuses.")
OTHER = Prompt("Be a coach.", "And what is a roadmap?")


def recorded(path, *replies, prompts=(ASKED,)) -> list[tuple[list[str], str]]:
    model = Recorder(Scripted(*replies), path)
    return [heard(model, prompt) for prompt in prompts]


def heard(model, prompt=ASKED) -> tuple[list[str], str]:
    """The pieces that came, and the failure that ended them."""
    pieces: list[str] = []
    try:
        pieces.extend(model(prompt))
    except ModelError as error:
        return pieces, str(error)
    return pieces, ""


def test_a_recording_says_what_the_model_said(tmp_path):
    path = tmp_path / "replies.jsonl"
    said = ["  A V", "P leads.\n\n", "\u00c9 \u2013 \U0001f600 \u2028\x85\r\n", " "]
    assert recorded(path, said, ["A plan."], prompts=(ASKED, OTHER)) == [(said, ""), (["A plan."], "")]
    model = replayed(path)
    for _ in range(2):
        pieces, failure = heard(model)
        assert ("".join(pieces), failure) == ("".join(said), "")
        assert len(pieces) > 3
        assert heard(model, OTHER) == (["A", " plan."], "")


def test_a_recording_keeps_a_failure_and_what_came_before_it(tmp_path):
    recorded(tmp_path / "replies.jsonl", ["A VP", REFUSED])
    pieces, failure = heard(replayed(tmp_path / "replies.jsonl"))
    assert ("".join(pieces), failure) == ("A VP", str(REFUSED))


def test_a_recording_fails_as_often_as_it_is_asked_and_still_says_the_rest(tmp_path):
    path = tmp_path / "replies.jsonl"
    recorded(path, [REFUSED], ["A plan."], prompts=(ASKED, OTHER))
    model = replayed(path)
    assert [heard(model)[1] for _ in range(5)] == [str(REFUSED)] * (5)
    assert "".join(heard(model, OTHER)[0]) == "A plan."


def test_a_reply_that_is_closed_early_is_recorded_as_far_as_it_was_read(tmp_path):
    path = tmp_path / "replies.jsonl"
    with closing(Recorder(Scripted(["A VP", " leads."]), path)(ASKED)) as pieces:
        next(pieces)
    assert ["".join(heard(replayed(path))[0]), heard(replayed(path))[1]] == ["A VP", ""]


def test_a_prompt_that_was_not_recorded_is_a_failure_with_the_remedy(tmp_path):
    recorded(tmp_path / "replies.jsonl", ["A"])
    assert heard(replayed(tmp_path / "replies.jsonl"), OTHER) == (
        [],
        "The recording replies.jsonl does not hold this prompt; make it anew with `coach eval --record`.",
    )


def test_a_recording_that_is_there_already_is_not_added_to(tmp_path):
    path = tmp_path / "replies.jsonl"
    recorded(path, ["one"])
    with pytest.raises(
        SettingsError, match=r"The recording .*replies\.jsonl holds replies already; remove it or name another file"
    ):
        Recorder(Scripted("two"), path)


@pytest.mark.parametrize(
    "content", [None, b"{", b"[1]", b"5", b'{"key": "k"}', b"\xff\xfe\x00", b'{"key": [], "reply": "", "failed": ""}']
)
def test_a_recording_that_cannot_be_read_is_named_with_the_remedy(tmp_path, content):
    path = tmp_path / "replies.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"The recording .*replies\.jsonl cannot be read .*`coach eval --record`"):
        replayed(path)


def test_a_recording_that_cannot_be_written_is_named_before_anything_is_asked(tmp_path):
    with pytest.raises(
        SettingsError, match=r"The recording .*none/replies\.jsonl cannot be written \(No such file or directory\)"
    ):
        Recorder(Scripted("a"), tmp_path / "none" / "replies.jsonl")
