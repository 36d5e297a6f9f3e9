"""The command line: results to stdout, everything else to stderr; errors become one sentence here and nowhere else."""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from coach.errors import CoachError, SettingsError
from coach.settings import NO_TRACING, QUIET_ENVIRONMENT, Settings
from coach.types import Answer, Layout, Turn

if TYPE_CHECKING:
    from coach.pipeline import Coach


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0, 1 for a CoachError (or a failed check), 2 for wrong use."""
    for name, value in QUIET_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    os.environ.update(NO_TRACING)
    shown = logging.StreamHandler(sys.stderr)
    shown.setLevel(logging.WARNING)  # of the handler: bm25s sets its own logger to DEBUG when it is imported
    logging.basicConfig(handlers=[shown], format="%(message)s")
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):  # JSON is UTF-8 whatever the locale, and may name half a character
            stream.reconfigure(encoding="utf-8", errors="replace")
    logging.getLogger("chromadb").setLevel(logging.ERROR)
    arguments = _parser().parse_args(argv)
    try:
        settings = Settings.from_mapping(os.environ, arguments.corpus, arguments.index)
        code: int = arguments.run(settings, arguments)
        sys.stdout.flush()
        return code
    except CoachError as error:
        if arguments.debug:
            raise
        _note(f"coach: {error}")
        return 1
    except BrokenPipeError:  # the reader of our output has gone, as in `coach search ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        _note("")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="coach", description="From Product Manager to VP of Product: answers with proof, or an honest no."
    )
    parser.add_argument(
        "--corpus", metavar="DIR", help="folder of .md and .txt files (COACH_CORPUS; default: the starter corpus)"
    )
    parser.add_argument(
        "--index", metavar="DIR", help="folder of the index (COACH_INDEX; default: in the user's cache, one per corpus)"
    )
    parser.add_argument("--debug", action="store_true", help="show a traceback on errors")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[Settings, argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    serve = command("serve", _serve, "serve the chat page; builds the index first if there is none")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=7860)
    mcp = command("mcp", _mcp, "the coach as tools of other programs, over the Model Context Protocol on stdin and stdout")
    mcp.add_argument(
        "--http",
        metavar="HOST:PORT",
        nargs="?",
        type=_address,
        const="127.0.0.1:7861",
        help="serve streamable HTTP instead (default 127.0.0.1:7861); there is no login, so think before you open it",
    )
    widget = command("widget", _widget, "what the owner of a careers page needs to show the coach there")
    widget.add_argument("name", nargs="?", default="", help="an embed of embeds.toml; without one, all of them are named")
    widget.add_argument("--base", default="http://127.0.0.1:7860/", metavar="URL", help="the coach's public address")
    widget.add_argument("--check", metavar="URL", help="open this page headlessly and say what blocks the widget")
    index = command("index", _index, "bring the index up to date with the corpus")
    index.add_argument("--rollback", action="store_true", help="publish the previous generation again")
    index.add_argument("--json", action="store_true")
    ask = command("ask", _ask, "one answer")
    ask.add_argument("question", nargs="?")
    ask.add_argument("--batch", metavar="FILE", help='rows {"id", "turns": [...]}, "-" for stdin')
    ask.add_argument("--json", action="store_true")
    ask.add_argument(
        "--explain", action="store_true", help="also the standalone question, the evidence with its scores, and the gate"
    )
    command("chat", _chat, "a conversation in the terminal")
    search = command("search", _search, "the passages nearest to a query")
    search.add_argument("query", nargs="?")
    search.add_argument("--batch", metavar="FILE", help='rows {"id", "query"}, "-" for stdin')
    search.add_argument("-k", type=_count, default=10, help="how many")
    search.add_argument("--json", action="store_true")
    lint = command("lint", _lint, "check a corpus that is written to be quoted; exit 1 on any finding")
    lint.add_argument("folder", nargs="?", help="default: the corpus in use")
    verify = command("verify", _verify, "check claims against evidence texts")
    verify.add_argument("claim", nargs="?")
    verify.add_argument(
        "--evidence", metavar="TEXT", action="append", default=[], help="a text that should support the claim; may be given again"
    )
    verify.add_argument("--batch", metavar="FILE", help='rows {"id", "claim", "evidence": [...]}, "-" for stdin')
    verify.add_argument("--json", action="store_true")
    evaluate = command("eval", _eval, "run labelled questions against the coach; exit 1 if it falls behind its baseline")
    evaluate.add_argument(
        "--cases", metavar="FILE", type=Path, help="your own questions, as in eval/README.md; default: the shipped ones"
    )
    evaluate.add_argument(
        "--baseline",
        metavar="FILE",
        type=Path,
        help="what was reached before; default for the shipped questions: eval/baseline.json",
    )
    evaluate.add_argument(
        "--model", metavar="PROVIDER:NAME", help="the chat model to answer with, or replay:FILE (default: COACH_MODEL)"
    )
    evaluate.add_argument("--record", metavar="FILE", type=Path, help="write the chat model's replies there, for replay:FILE")
    evaluate.add_argument("--report", metavar="DIR", type=Path, help="write report.html and report.md there")
    evaluate.add_argument("--json", action="store_true")
    calibrate = command("calibrate", _calibrate, "fit the gate's threshold to your own questions and say what it costs")
    calibrate.add_argument("--cases", metavar="FILE", type=Path, required=True)
    calibrate.add_argument(
        "--most-refused", metavar="SHARE", type=_share, default=0.03, help="of the questions to be answered (default 0.03)"
    )
    calibrate.add_argument("--dry-run", action="store_true", help="only say what it would cost")
    command("doctor", _doctor, "check the set-up and say what to do")
    return parser


def _count(text: str) -> int:
    """A whole number from 1 up; anything else is wrong use."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 up")
    return int(text)


def _address(text: str) -> tuple[str, int]:
    """A host and a port, an IPv6 address in brackets; anything else is wrong use."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (colon and host and port.isdecimal() and int(port) < 65_536):
        raise argparse.ArgumentTypeError(f"{text!r} is no HOST:PORT")
    return host, int(port)


def _share(text: str) -> float:
    """A number from 0 up to 1, without 1; anything else is wrong use."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share from 0 up to 1")
    return value


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _load(settings: Settings) -> Coach:
    from coach.pipeline import load_coach

    with _Bar("Indexing") as bar:
        return load_coach(settings, bar.show, _note)


class _Bar:
    """A progress bar on a terminal, nothing elsewhere."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: Any = None

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(total=total, desc=self._label, unit="text", file=sys.stderr)
        self._bar.update(done - self._bar.n)


def _serve(settings: Settings, arguments: argparse.Namespace) -> int:
    from coach.web.app import open_socket, serve
    from coach.web.config import WebConfig

    config = WebConfig.of(settings)
    listener = open_socket(arguments.host, arguments.port)  # a port in use is said before anything slow
    _note("Loading the coach ...")
    serve(_load(settings), arguments.host, arguments.port, listener, config)
    return 0


def _widget(settings: Settings, arguments: argparse.Namespace) -> int:
    from coach.web.embeds import read_embeds
    from coach.web.snippet import look, origin_of, snippet

    named = read_embeds(settings.embeds).named
    if not arguments.name:
        print("\n".join(named))
        return 0
    embed = named.get(arguments.name)
    if embed is None:
        raise SettingsError(f'There is no embed "{arguments.name}"; embeds.toml names {", ".join(named)}.')
    if arguments.check is None:
        origin_of(arguments.base)
        print(snippet(embed, f"{arguments.base.rstrip('/')}/"))
        return 0
    origin_of(arguments.check)
    findings = look(embed, arguments.check)
    print("\n".join(findings) or f"The widget works on {arguments.check}.")
    return int(bool(findings))


def _mcp(settings: Settings, arguments: argparse.Namespace) -> int:
    try:
        from coach.mcp_server import build_server, serve_http, serve_stdio
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise SettingsError("`coach mcp` needs a package that is not installed; pip install 'career-coach[mcp]'.") from error
    if arguments.http is None:
        with redirect_stdout(sys.stderr):  # stdout belongs to the protocol from the first byte on
            server = build_server(_load(settings))
        serve_stdio(server)
        return 0
    from coach.web.app import open_socket

    host, port = arguments.http
    with open_socket(host, port, "--http HOST:PORT") as listener:  # a port in use is said before anything slow
        server = build_server(_load(settings))
        shown = f"[{host}]" if ":" in host else host
        _note(f"The career coach's tools are at http://{shown}:{listener.getsockname()[1]}/mcp (stop with Ctrl+C)")
        serve_http(server, host, listener)
    return 0


def _index(settings: Settings, arguments: argparse.Namespace) -> int:
    from coach.sync import rollback, sync

    if arguments.rollback:
        name = rollback(settings.index)
        print(json.dumps({"generation": name}) if arguments.json else f"The index is back at generation {name}.")
        return 0
    from coach.encoder import load_encoder

    encoder = load_encoder(settings.encoder, settings.cache, settings.threads)
    with _Bar("Indexing") as bar:
        report = sync(settings.corpus, settings.index, encoder, bar.show)
    skipped = [{"path": s.path, "reason": s.reason} for s in report.skipped]
    if arguments.json:
        counts = {
            k: getattr(report, k)
            for k in ("added", "changed", "removed", "unchanged", "passages", "embedded", "seconds", "generation")
        }
        print(json.dumps({**counts, "skipped": skipped}, ensure_ascii=False))
        return 0
    print(
        f"{report.added} added, {report.changed} changed, {report.removed} removed, {report.unchanged} unchanged, {len(skipped)} skipped; "
        f"{report.passages} passages, {report.embedded} texts embedded, {report.seconds:.1f} s."
    )
    for row in skipped:
        print(f"skipped {row['reason']}")
    return 0


def _rows(path: str) -> Iterator[tuple[int, dict[str, Any] | None, str]]:
    """Line number, row and what is wrong with it, for each line of a JSONL file."""
    with _opened(path) as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise ValueError("not an object")
            except (ValueError, RecursionError) as error:
                yield number, None, f"line {number} is no JSON object ({error})"
                continue
            yield number, row, ""


def _opened(path: str) -> TextIO:
    if path == "-":
        return sys.stdin
    try:
        return Path(path).open(encoding="utf-8-sig", errors="replace")  # a row that is no text must not stop the others
    except OSError as error:
        raise SettingsError(f"The batch file {path} cannot be read ({error.strerror}).") from error


def _batch(path: str, handle: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    """One JSON line out for each line in; a bad line gives a line with `error`, the rest goes on, and the exit code is 1."""
    failed = 0
    for number, row, wrong in _rows(path):
        out: dict[str, Any] = {}
        if row is not None:
            try:
                out = handle(row)
            except (KeyError, TypeError, ValueError) as error:
                wrong = f"line {number} has no usable {error}" if isinstance(error, KeyError) else f"line {number}: {error}"
        if wrong:
            failed += 1
            _note(f"coach: {wrong}")
            out = {"id": row.get("id") if row else None, "error": wrong}
        print(json.dumps(out, ensure_ascii=False), flush=True)
    return 1 if failed else 0


def _one_of(given: str | None, batch: str | None, name: str) -> None:
    if (given is None) == (batch is None):
        _note(f"coach: give either a {name} or --batch FILE.")
        raise SystemExit(2)


def _ask(settings: Settings, arguments: argparse.Namespace) -> int:
    from coach.wire import answer_json

    _one_of(arguments.question, arguments.batch, "question")
    coach = _load(settings)
    if arguments.batch is not None:

        def handle(row: dict[str, Any]) -> dict[str, Any]:
            return answer_json(_converse(coach, row), row.get("id"), arguments.explain)

        return _batch(arguments.batch, handle)
    answer = coach.ask(arguments.question)
    if arguments.json:
        print(json.dumps(answer_json(answer, None, arguments.explain), ensure_ascii=False))
        return 0
    print(_text(answer))
    if arguments.explain:
        print("\n" + _explained(answer))
    return 0


def _converse(coach: Coach, row: dict[str, Any]) -> Answer:
    """Put a row's turns in order as one conversation; the last answer."""
    turns = row["turns"] if "turns" in row or "question" not in row else [row["question"]]
    if not isinstance(turns, list) or not turns or not all(isinstance(t, str) for t in turns):
        raise ValueError('"turns" must be a list of messages')
    return coach.converse(turns)


def _text(answer: Answer) -> str:
    """An answer for the terminal: sentences, then where they come from, then what can be asked next."""
    from coach.vocabulary import ROLE_LABELS

    def marked(text: str, numbers: Sequence[int]) -> str:
        return f"{text}{''.join(f' [{n}]' for n in numbers)}"

    if answer.layout is Layout.COMPARISON:
        width = max((len(ROLE_LABELS.get(s.role, s.role)) for s in answer.sentences), default=0)
        lines = [f"{ROLE_LABELS.get(s.role, s.role):<{width}}  {marked(s.text, s.citations)}".strip() for s in answer.sentences]
        body = "\n".join(lines)
    else:
        body = answer.text
    blocks = [body]
    if answer.citations:
        blocks.append(
            "Sources\n"
            + "\n".join(f"[{c.number}] {c.passage_id}{f' ({c.source})' if c.source else ''}" for c in answer.citations)
        )
    if answer.sentences:
        blocks.append(answer.making.text)
    topics = answer.nearest_topics or answer.follow_ups
    if topics:
        blocks.append(
            ("You could ask" if answer.nearest_topics else "Next you could ask") + "\n" + "\n".join(f"- {t}" for t in topics)
        )
    return "\n\n".join(blocks)


def _explained(answer: Answer) -> str:
    """Why the answer is what it is, for a person."""
    from coach.question import clean

    why = answer.explanation
    if not why:
        return "No evidence was needed for this answer."
    gate: Any = why["gate"]
    lines = [
        f"standalone question: {answer.standalone_question} ({why['rewrite']})",
        f"understood: {why['understood']}; roles {why['roles']}; terms {why['terms']}",
        f"gate: {'open' if gate['open'] else 'closed'}, score {gate['score']}, {'in' if gate['in_field'] else 'out of'} the field"
        + (f": {gate['reason']}" if gate["reason"] else ""),
        "evidence (score = dense and lexical parts + steering):",
    ]
    rows: Any = why["evidence"]
    lines += [f"  {e['score']:.3f} = {e['dense']:.2f} {e['lexical']:.2f} {e['steering']:+.2f}  {e['passage_id']}" for e in rows]
    model: Any = why.get("model")
    if model:
        lines.append(f"chat model: {len(model['dropped'])} sentences dropped; {model['milliseconds']} ms")
        for d in model["dropped"]:
            lines.append(f"  dropped: {clean(d['text'])} ({'; '.join(d['reasons']) or 'not proved'})")
            lines += [f"  instead: {d['instead']}"] if d["instead"] else []
    return "\n".join([*lines, f"timings (ms): {dict(answer.timings_ms)}"])


def _chat(settings: Settings, _: argparse.Namespace) -> int:
    coach = _load(settings)
    _note("Ask about the way from Product Manager to VP of Product. An empty line or Ctrl-D ends.")
    history: list[Turn] = []
    while True:
        try:
            message = input("\nyou> ")
        except EOFError:
            return 0
        if not message.strip():
            return 0
        answer = coach.ask(message, history)
        history.append(Turn.of(answer))
        print("\n" + _text(answer))


def _search(settings: Settings, arguments: argparse.Namespace) -> int:
    from coach.wire import evidence_json

    _one_of(arguments.query, arguments.batch, "query")
    coach = _load(settings)
    if arguments.batch is not None:

        def handle(row: dict[str, Any]) -> dict[str, Any]:
            if not isinstance(row["query"], str):
                raise ValueError('"query" must be a text')
            return {"id": row.get("id"), "results": [evidence_json(e) for e in coach.search(row["query"], arguments.k)]}

        return _batch(arguments.batch, handle)
    results = coach.search(arguments.query, arguments.k)
    if arguments.json:
        print(json.dumps({"results": [evidence_json(e) for e in results]}, ensure_ascii=False))
        return 0
    for e in results:
        print(f"{e.score:.3f} (dense {e.dense:.2f}, lexical {e.lexical:.2f}, roles {e.steering:+.2f})  {e.passage.id}")
        print(f"      {' '.join(e.passage.text.split())[:160]}")
    return 0


def _lint(settings: Settings, arguments: argparse.Namespace) -> int:
    from coach.lint import lint

    folder = Path(arguments.folder) if arguments.folder else settings.corpus
    findings = lint(folder)
    for finding in findings:
        print(finding)
    _note(f"{folder}: {len(findings)} finding{'s' if len(findings) != 1 else ''}.")
    return 1 if findings else 0


def _verify(settings: Settings, arguments: argparse.Namespace) -> int:
    from coach.grounding import Checker
    from coach.wire import verified_json

    _one_of(arguments.claim, arguments.batch, "claim")
    checker = Checker.load(settings.cache, settings.threads)
    if arguments.batch is not None:

        def handle(row: dict[str, Any]) -> dict[str, Any]:
            claim, evidence = row["claim"], row["evidence"]
            if not isinstance(claim, str) or not isinstance(evidence, list) or not all(isinstance(e, str) for e in evidence):
                raise ValueError('"claim" must be a text and "evidence" a list of texts')
            return verified_json(checker.verify(claim, evidence), row.get("id"))

        return _batch(arguments.batch, handle)
    sentences = checker.verify(arguments.claim, arguments.evidence)
    if arguments.json:
        print(json.dumps(verified_json(sentences), ensure_ascii=False))
        return 0
    for s in sentences:
        print(f"{'supported    ' if s.supported else 'not supported'} {s.score:.2f}  {s.text}")
        for reason in () if s.supported else s.reasons:
            print(f"      {reason}")
    return 0


def _eval(settings: Settings, arguments: argparse.Namespace) -> int:
    evaluate = _of_eval("evaluate")
    settings = replace(settings, model=arguments.model) if arguments.model else settings
    return int(evaluate(settings, arguments.cases, arguments.baseline, arguments.report, arguments.json, arguments.record))


def _calibrate(settings: Settings, arguments: argparse.Namespace) -> int:
    calibrate = _of_eval("calibrate")
    return int(calibrate(settings, arguments.cases, arguments.most_refused, arguments.dry_run))


def _of_eval(name: str) -> Callable[..., int]:
    try:
        from eval import command
    except ModuleNotFoundError as error:
        if error.name not in ("eval", "eval.command"):
            raise
        raise SettingsError(
            "The eval lies in the repository, not in the installed package; run this command in a checkout."
        ) from error
    found: Callable[..., int] = getattr(command, name)
    return found


def _doctor(settings: Settings, _: argparse.Namespace) -> int:
    from coach.doctor import checks

    failed = 0
    for name, good, text in checks(settings):
        print(f"{'ok ' if good else 'BAD'} {name}: {text}")
        failed += not good
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
