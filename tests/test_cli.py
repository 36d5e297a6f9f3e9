import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time

import pytest
from asking import write_pages
from openai_stub import refuses, says, serving

from coach.settings import DEFAULT_ENCODER

DOG = "When may the office dog visit?"


@pytest.fixture
def run(tmp_path):
    """Runs the command line as its own process in an empty folder; `stdin` as text, further variables by name."""

    def call(*arguments: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "error::ResourceWarning", "-m", "coach", *arguments]
        environment = {**os.environ, **variables}
        done = subprocess.run(
            command, input=stdin, env=environment, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=120
        )
        if "--debug" not in arguments:
            assert "Traceback" not in done.stderr
        return done

    return call


@pytest.fixture(scope="module")
def built(tmp_path_factory, cache):
    """A small corpus and its index, made by the command itself; what it said goes along."""
    folder = tmp_path_factory.mktemp("built")
    corpus = write_pages(folder / "corpus")
    (corpus / "picture.md").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe")
    command = [sys.executable, "-m", "coach", "--corpus", str(corpus), "--index", str(folder / "index"), "index"]
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", cwd=folder, env={**os.environ, "COACH_CACHE": str(cache)}
    )
    return folder, done


@pytest.fixture
def own(built, run, tmp_path):
    """The command line over a copy of the small corpus and its index."""
    corpus, index = (shutil.copytree(built[0] / name, tmp_path / name) for name in ("corpus", "index"))
    return lambda *arguments, **more: run("--corpus", str(corpus), "--index", str(index), *arguments, **more)


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The error that a command ended with: one line on stderr, nothing on stdout, exit code 1."""
    assert (done.returncode, done.stdout) == (1, "")
    last = done.stderr.splitlines()[-1]
    assert last.startswith("coach: ")
    return last


def rows(done: subprocess.CompletedProcess[str]) -> list[dict]:
    return [json.loads(line) for line in done.stdout.splitlines()]


# Wrong use


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "COMMAND"),
        (["dance"], "dance"),
        (["ask"], "question"),
        (["ask", "hi", "--batch", "rows.jsonl"], "question"),
        (["search"], "query"),
        (["search", "dog", "-k", "many"], "-k"),
        (["search", "dog", "-k", "0"], "-k"),
        (["ask", "hi", "--loud"], "--loud"),
        (["serve", "--port", "http"], "--port"),
        (["verify"], "claim"),
        (["calibrate"], "--cases"),
        (["calibrate", "--cases", "own.jsonl", "--most-refused", "1"], "--most-refused"),
    ],
    ids=lambda v: " ".join(v) or "nothing" if isinstance(v, list) else None,
)
def test_wrong_use_ends_with_two_and_a_hint_on_stderr(run, arguments, said):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


# What cannot be used


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("some-model", "coach: COACH_MODEL is 'some-model'; give provider:model"),
        ("openai:gpt", "coach: The chat model openai:gpt needs a key; put it into OPENAI_API_KEY."),
        ("gguf:none.gguf", "coach: The chat model's file none.gguf cannot be read (No such file or directory)"),
        ("replay:none.jsonl", "coach: The recording none.jsonl cannot be read"),
    ],
)
def test_a_chat_model_that_cannot_be_used_is_one_sentence(run, model, said):
    assert one_sentence(run("ask", "hi", COACH_MODEL=model)).startswith(said)


def test_an_unusable_time_out_is_refused(run):
    assert "COACH_MODEL_TIMEOUT" in one_sentence(run("ask", "hi", COACH_MODEL_TIMEOUT="soon"))


def test_an_unusable_number_of_threads_is_refused(run):
    assert "COACH_THREADS" in one_sentence(run("ask", "hi", COACH_THREADS="many"))


def test_an_unknown_encoder_is_refused_with_those_that_can_be_used(run):
    said = one_sentence(run("ask", "hi", COACH_ENCODER="no-such-encoder"))
    assert "no-such-encoder" in said
    assert DEFAULT_ENCODER in said


def test_a_missing_corpus_is_named(run):
    assert "no-such-folder" in one_sentence(run("--corpus", "no-such-folder", "--index", "index", "index"))


@pytest.mark.parametrize("command", [["index"], ["ask", "hi"], ["index", "--rollback"]], ids=" ".join)
def test_an_index_below_a_file_is_named_with_the_remedy(run, tmp_path, command):
    (tmp_path / "file").touch()
    corpus = write_pages(tmp_path / "corpus")
    said = one_sentence(run("--corpus", str(corpus), "--index", "file/index", *command))
    assert "file/index" in said
    assert "--index" in said


def test_going_back_without_an_index_is_named(run, tmp_path):
    assert str(tmp_path / "none") in one_sentence(run("--index", str(tmp_path / "none"), "index", "--rollback"))


def test_a_port_in_use_is_named_before_anything_slow(run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = one_sentence(run("serve", "--port", port))
    assert port in said
    assert "--port" in said


def test_a_missing_batch_file_is_named(own):
    assert "no-rows.jsonl" in one_sentence(own("ask", "--batch", "no-rows.jsonl", "--json"))


def test_debug_shows_the_traceback(run):
    done = run("--debug", "ask", "hi", COACH_THREADS="many")
    assert done.returncode != 0
    assert "Traceback" in done.stderr


# Results


def test_index_counts_what_it_did_and_names_what_it_skipped(built):
    done = built[1]
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 added, 0 changed, 0 removed, 0 unchanged, 1 skipped" in done.stdout
    assert "picture.md" in done.stdout


def test_index_as_json_counts_changes(own, tmp_path):
    (tmp_path / "corpus" / "ladder.md").unlink()
    (tmp_path / "corpus" / "office-dog.txt").write_text("Biscuit, the office dog, may visit on Fridays.\n")
    done = own("index", "--json")
    (report,) = rows(done)
    assert done.returncode == 0
    assert {k: report[k] for k in ("added", "changed", "removed", "unchanged")} == {
        "added": 0,
        "changed": 1,
        "removed": 1,
        "unchanged": 1,
    }
    assert [s["path"].endswith("picture.md") for s in report["skipped"]] == [True]
    assert report["seconds"] >= 0
    back = own("index", "--rollback")
    assert (back.returncode, back.stderr) == (0, "")
    assert "generation" in back.stdout


def test_ask_prints_the_answer_its_sources_and_why(own):
    done = own("ask", DOG, "--explain")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Biscuit, the office dog, may visit on Tuesdays and Thursdays. [1]")
    assert "[1] office-dog#" in done.stdout
    for part in (f"standalone question: {DOG}", "gate: open", "evidence", "timings"):
        assert part in done.stdout


def test_a_refusal_is_a_success_and_one_line_of_json(own):
    done = own("ask", "How do I bake bread?", "--json", "--explain")
    (answer,) = rows(done)
    assert (done.returncode, done.stderr, answer["outcome"], "id" in answer) == (0, "", "out_of_scope", False)
    assert (answer["citations"], answer["sentences"]) == ([], [])
    assert answer["nearest_topics"]
    assert answer["explanation"]["gate"]["reason"]


ANSWER_NAMES = {
    "id",
    "question",
    "standalone_question",
    "outcome",
    "text",
    "sentences",
    "citations",
    "follow_ups",
    "nearest_topics",
    "timings_ms",
}
CITATION_NAMES = {"number", "passage_id", "document_id", "title", "heading", "source", "url", "quote", "start", "end"}


def test_bad_rows_of_a_batch_are_named_and_the_rest_is_answered(own, tmp_path):
    lines = [
        json.dumps({"id": "q1", "turns": ["hi", DOG]}).encode(),
        b"this is no JSON",
        b'\xff\xfe{"id": 1}',
        json.dumps({"id": 4}).encode(),
        b"[1, 2]",
        b"",
        json.dumps({"id": 7, "turns": []}).encode(),
        json.dumps({"id": 8, "turns": ["hi", 5]}).encode(),
        json.dumps({"id": "\u00e99", "turns": ["How do I bake bread?"]}, ensure_ascii=False).encode(),
        json.dumps({"id": 10, "turns": [""]}).encode(),
        json.dumps({"id": 11, "turns": ["x" * 10_000]}).encode(),
        json.dumps({"id": 12, "turns": ["half a character: \ud800"]}).encode(),
    ]
    (tmp_path / "rows.jsonl").write_bytes(b"\n".join(lines))
    done = own("ask", "--batch", "rows.jsonl", "--json")
    answers = rows(done)
    assert done.returncode == 1
    assert [a.get("id") for a in answers] == ["q1", None, None, 4, None, 7, 8, "\u00e99", 10, 11, 12]
    bad = [int(n) for n in re.findall(r"^coach: line (\d+)", done.stderr, re.MULTILINE)]
    assert bad == [2, 3, 4, 5, 7, 8]
    assert [a["outcome"] for a in answers if "error" not in a][:4] == ["answered", "out_of_scope", "greeting", "no_evidence"]
    assert answers[0].keys() >= ANSWER_NAMES
    assert answers[0]["citations"][0].keys() >= CITATION_NAMES
    assert answers[0]["citations"][0]["quote"] == "Biscuit, the office dog, may visit on Tuesdays and Thursdays."


def test_a_batch_is_read_from_stdin(own):
    done = own("ask", "--batch", "-", "--json", stdin=json.dumps({"id": "\u00e9", "turns": [DOG]}, ensure_ascii=False) + "\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert [(a["id"], a["outcome"]) for a in rows(done)] == [("\u00e9", "answered")]


def test_search_prints_passages_with_the_parts_of_their_scores(own):
    done = own("search", "office dog", "-k", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert "dense" in done.stdout.splitlines()[0]
    assert "office-dog#" in done.stdout.splitlines()[0]
    assert done.stdout.count("#") == 2
    assert own("search", "office dog").stderr == ""  # opening an index leaves it as it was


def test_search_takes_a_batch(own):
    lines = [{"id": "a", "query": "office dog"}, {"id": "b"}, {"id": "c", "query": 5}, {"id": "d", "query": ""}]
    done = own("search", "--batch", "-", "-k", "1", "--json", stdin="\n".join(map(json.dumps, lines)))
    results = rows(done)
    assert done.returncode == 1
    assert [r["id"] for r in results] == ["a", "b", "c", "d"]
    assert results[0]["results"][0].items() >= {"document_id": "office-dog"}.items()
    assert results[0]["results"][0].keys() >= {"passage_id", "document_id", "score", "text"}
    assert ["error" in r for r in results] == [False, True, True, False]
    assert results[3]["results"] == []


def test_chat_is_a_conversation_that_an_empty_line_ends(own):
    done = own("chat", stdin=f"{DOG}\nthanks!\n\nnever read\n")
    assert done.returncode == 0
    assert "Tuesdays and Thursdays" in done.stdout
    assert "You are welcome" in done.stdout
    assert "never" not in done.stdout


def test_a_chat_model_behind_a_server_answers_and_leaves_no_trace_on_stderr(own):
    with serving(says("Biscuit, the office dog, may visit on ", "Tuesdays and Thursdays. [1]")) as server:
        done = own("ask", DOG, "--json", COACH_MODEL="openai:x", COACH_MODEL_URL=server.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(done)[0]["sentences"][0]["text"] == "Biscuit, the office dog, may visit on Tuesdays and Thursdays."
    assert DOG in server.asked[0].body["messages"][1]["content"]


def test_a_chat_model_that_fails_is_said_on_stderr_and_the_composed_answer_stands_in(own):
    with serving(refuses(401)) as server:
        done = own("ask", DOG, COACH_MODEL="openai:x", COACH_MODEL_URL=server.url, OPENAI_API_KEY="sk-secret-of-mine")
    assert (done.returncode, done.stderr) == (0, "The chat model's provider refuses the key; check OPENAI_API_KEY.\n")
    assert done.stdout.startswith("Biscuit, the office dog, may visit on Tuesdays and Thursdays. [1]")
    assert "secret" not in done.stdout
    assert server.asked[0].headers["authorization"] == "Bearer sk-secret-of-mine"


def test_a_chat_model_in_the_process_answers_and_leaves_no_trace_on_stderr(own, small_model):
    done = own("ask", DOG, "--json", COACH_MODEL=f"gguf:{small_model}", COACH_MODEL_TIMEOUT="60", COACH_MODEL_TOKENS="50")
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(done)[0]["outcome"] == "answered"


INTERRUPTED = """
import os, signal, sys, threading, time
from coach.cli import main

def interrupt():
    while not any(t.name == "chat-model" for t in threading.enumerate()):
        time.sleep(0.02)
    time.sleep(0.2)
    print("NOW", file=sys.stderr, flush=True)
    os.kill(os.getpid(), signal.SIGINT)

threading.Thread(target=interrupt, daemon=True).start()
sys.exit(main(sys.argv[1:]))
"""


def test_ctrl_c_ends_a_chat_model_in_the_process_in_mid_answer(built, small_model):
    command = [
        sys.executable,
        "-c",
        INTERRUPTED,
        "--corpus",
        str(built[0] / "corpus"),
        "--index",
        str(built[0] / "index"),
        "ask",
        DOG,
    ]
    environment = {**os.environ, "COACH_MODEL": f"gguf:{small_model}", "COACH_MODEL_TIMEOUT": "120", "COACH_MODEL_TOKENS": "2000"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ask:
        assert ask.stderr is not None
        assert ask.stderr.readline() == "NOW\n"
        started = time.monotonic()
        said = ask.communicate(timeout=60)
        took = time.monotonic() - started
    assert (ask.returncode, said[0], said[1].strip()) == (130, "", "")
    assert took < 5


def test_a_corrupt_index_is_named_and_healed_and_the_doctor_finds_it_good(own, tmp_path):
    (damaged,) = (tmp_path / "index" / "generations").glob("*/passages.jsonl")
    damaged.write_bytes(damaged.read_bytes()[:-20])
    asked, examined = own("ask", DOG, "--json"), own("doctor", COACH_MODEL="some-model")
    assert asked.returncode == 0
    assert rows(asked)[0]["outcome"] == "answered"
    assert "damaged" in asked.stderr
    assert "passages.jsonl" in asked.stderr
    assert (examined.returncode, examined.stderr) == (1, "")
    marks = {line[4:].split(":")[0]: line[:3] for line in examined.stdout.splitlines() if "skipped" not in line}
    assert marks.items() >= {"corpus": "ok ", "encoder": "ok ", "index": "ok ", "model": "BAD"}.items()


def test_lint_prints_findings_with_file_and_line_and_fails(own):
    done = own("lint")
    assert done.returncode == 1
    assert "office-dog.txt:1:" in done.stdout
    assert "findings" in done.stderr


def test_help_answers_at_once_without_the_heavy_libraries(run):
    heavy = ["torch", "gradio", "chromadb", "onnxruntime", "sentence_transformers", "sklearn", "numpy", "langchain_core"]
    script = (
        "import sys; from coach.cli import main\n"
        "try: main(['--help'])\n"
        f"finally: print('LOADED', [m for m in {heavy} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "LOADED []\n")
    for command in ("serve", "mcp", "index", "ask", "chat", "search", "verify", "lint", "eval", "calibrate", "doctor"):
        assert command in done.stdout


# Claims and labelled questions

PLAN = "A PM writes user stories and requirements. A VP of Product presents the vision to the board every quarter."


def test_claims_are_verified_row_by_row_and_sentence_by_sentence(run):
    claims = [
        {"id": 1, "claim": "A PM writes user stories and requirements.", "evidence": [PLAN]},
        {"id": 2, "claim": "A PM writes user stories and requirements. A VP of Product presents 9 visions.", "evidence": [PLAN]},
        {"id": 3, "claim": "A PM writes user stories.", "evidence": []},
        {"id": 4, "claim": "", "evidence": [PLAN]},
        {"id": 5, "evidence": [PLAN]},
        {"id": 6, "claim": "A PM writes.", "evidence": PLAN},
    ]
    done = run("verify", "--batch", "-", "--json", stdin="\n".join(map(json.dumps, claims)))
    out = rows(done)
    assert done.returncode == 1  # two rows cannot be used
    assert [r["id"] for r in out] == [1, 2, 3, 4, 5, 6]
    assert [r.get("supported") for r in out] == [True, False, False, False, None, None]
    assert out[0] == {
        "id": 1,
        "supported": True,
        "score": 1.0,
        "sentences": [{"text": claims[0]["claim"], "supported": True, "score": 1.0, "reasons": []}],
    }
    assert [s["supported"] for s in out[1]["sentences"]] == [True, False]
    assert "the number 9 is not in the source" in out[1]["sentences"][1]["reasons"]
    assert out[3]["sentences"] == []
    assert "'claim'" in out[4]["error"]
    assert "a list of texts" in out[5]["error"]


def test_one_claim_is_verified_for_a_person(run):
    done = run("verify", "A PM writes 7 user stories and requirements.", "--evidence", PLAN)
    assert done.returncode == 0
    assert done.stdout.startswith("not supported")
    assert "the number 7 is not in the source" in done.stdout


def write_cases(folder):
    asked = [
        {"id": "dog", "question": DOG, "key": [["Tuesdays"]]},
        {"question": "Which tyres suit a tractor?", "expect": "refused"},
    ]
    (folder / "cases.jsonl").write_text("\n".join(map(json.dumps, asked)))


def test_an_owners_questions_are_judged_on_the_owners_corpus(own, tmp_path):
    write_cases(tmp_path)
    done = own("eval", "--cases", "cases.jsonl", "--report", "report")
    assert done.returncode == 0, done.stderr
    assert "2 cases: 1 answered-supported, 0 answered-unsupported, 1 refused-right, 0 refused-wrong, 0 error" in done.stdout
    assert "passed" in done.stdout
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "How good the coach is" in page
    again = own("eval", "--cases", "cases.jsonl", "--report", "again")
    assert again.stdout.splitlines()[:-1] == done.stdout.splitlines()[:-1]  # the last line holds the times
    assert (tmp_path / "again" / "report.md").read_bytes() == (tmp_path / "report" / "report.md").read_bytes()


def test_an_owners_eval_fails_when_the_labels_name_what_is_not_there(own, tmp_path):
    (tmp_path / "cases.jsonl").write_text(json.dumps({"question": DOG, "passages": ["office-cat#cat"]}))
    done = own("eval", "--cases", "cases.jsonl", "--json")
    assert done.returncode == 1
    assert rows(done)[0]["failed"] == [
        "the labels name a passage that the corpus does not hold: office-cat#cat (answers cases-1)"
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("eval", "--cases", "none.jsonl"), "none.jsonl cannot be read"),
        (("eval", "--cases", "cases.jsonl", "--baseline", "none.json"), "none.json cannot be read"),
        (("calibrate", "--cases", "cases.jsonl"), "needs 20 questions"),
    ],
)
def test_what_an_owner_got_wrong_is_said_in_one_sentence(own, tmp_path, arguments, said):
    write_cases(tmp_path)
    assert said in one_sentence(own(*arguments))


def test_calibrating_says_what_it_costs_and_leaves_a_threshold(own, tmp_path):
    asked = [{"id": f"a{n}", "question": DOG} for n in range(20)]
    asked += [{"id": f"r{n}", "question": "Which tyres suit a tractor?", "expect": "refused"} for n in range(20)]
    (tmp_path / "cases.jsonl").write_text("\n".join(map(json.dumps, asked)))
    tried = own("calibrate", "--cases", "cases.jsonl", "--dry-run")
    assert tried.stdout.startswith("20 questions to be answered, 20 to be refused")
    assert not (tmp_path / "corpus" / "calibration.json").exists()
    done = own("calibrate", "--cases", "cases.jsonl")
    assert done.returncode == 0
    assert json.loads((tmp_path / "corpus" / "calibration.json").read_text())["refusals"] == 1.0
    assert rows(own("ask", DOG, "--json"))[0]["outcome"] == "answered"
