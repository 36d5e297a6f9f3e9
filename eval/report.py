"""A run as a page that opens without a network, and as Markdown for the changelog."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from coach.errors import SettingsError
from eval.judging import Result
from eval.measuring import Measure, counts
from eval.metrics import mean
from eval.run import Run

WIDTH, HEIGHT, EDGE = 640, 260, 40  # of a plot, in pixels
EVIDENCE = 3  # passages that are shown with a case that went wrong
BINS = 20  # of the times

STYLE = """
:root { --ink: #1d2430; --quiet: #5b6575; --paper: #fff; --line: #d9dee7; --good: #1f7a4d; --bad: #b3261e; --bar: #3f6fb5; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf1; --quiet: #9aa5b5; --paper: #12161c; --line: #2c3542; --good: #58c08b; --bad: #ff8a80; --bar: #7aa7ea; } }
* { box-sizing: border-box } body { margin: 0 auto; max-width: 62rem; padding: 2rem 1rem 4rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
h1 { font-size: 1.7rem; margin: 0 0 .3rem } h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem } .quiet { color: var(--quiet) } .good { color: var(--good) } .bad { color: var(--bad) }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums } th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
td.n { text-align: right; white-space: nowrap } .scroll { overflow-x: auto } .scroll td:last-child { white-space: nowrap } svg { max-width: 100%; height: auto; display: block } svg text { fill: var(--quiet); font: 12px system-ui, sans-serif }
details { border-bottom: 1px solid var(--line); padding: .5rem 0 } summary { cursor: pointer } blockquote { margin: .4rem 0; padding-left: .8rem; border-left: 3px solid var(--line) } .id { font-family: ui-monospace, monospace; font-size: .85em }
"""  # fmt: skip


def make_folder(folder: Path) -> None:
    """Raises SettingsError where there can be none."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"The report cannot be written to {folder} ({error.strerror}).") from error


def write_report(found: Run, failed: Sequence[str], folder: Path) -> Path:
    """Write report.html and report.md into a folder; the path of the page. Raises SettingsError."""
    make_folder(folder)
    (folder / "report.md").write_text(markdown(found, failed), encoding="utf-8")
    page = folder / "report.html"
    page.write_text(html(found, failed), encoding="utf-8")
    return page


def markdown(found: Run, failed: Sequence[str]) -> str:
    """The measures as a table, and what failed; times left out."""
    rows = [
        f"| {m.name} | {m.value:.3f} | {m.interval[0]:.3f} to {m.interval[1]:.3f} | {len(m.values)} | {m.aims} |"
        for m in found.measures.values()
    ]
    ended = ", ".join(f"{n} {name}" for name, n in counts(found.results).items())
    table = "\n".join(["| measure | value | 95 % interval | rows | aim |", "|---|---|---|---|---|", *rows])
    end = "\n".join(f"- {line}" for line in failed) or "Nothing fell behind."
    return f"{table}\n\n{len(found.results)} cases: {ended}.\n\n{end}\n"


def html(found: Run, failed: Sequence[str]) -> str:
    """The whole page."""
    wrong = [r for r in found.results if not r.verdict.right]
    missed = [m for m in found.measures.values() if not m.reaches_aim]
    p50, p95 = found.times
    parts = [
        f"<h1>How good the coach is</h1><p class=quiet>{len(found.results)} labelled cases, {len(found.checked)} claims. "
        f"An answer took {p50:.0f} ms (p50), {p95:.0f} ms (p95).</p>",
        f"<p class={'bad' if failed else 'good'}><strong>{'Failed' if failed else 'Passed'}</strong>: "
        f"{f'{len(failed)} findings' if failed else 'nothing fell behind'}; {len(missed)} of the aims missed.</p>",
        "".join(f"<p class=bad>{escape(line)}</p>" for line in failed),
        "<h2>Measures</h2>" + _measures(found.measures.values()),
        "<h2>Cases by how they ended</h2>"
        + _table(("ended", "cases"), ((name, str(n)) for name, n in counts(found.results).items())),
        "<h2>Right answers by topic</h2>" + _bars(_by_topic(found.results)),
        "<h2>Refusals at other thresholds</h2>" + _curve(found),
        "<h2>False claims caught, by what is wrong with them, and true ones passed</h2>" + _bars(_kills(found))
        if found.checked
        else "",
        "<h2>Milliseconds an answer</h2>" + _histogram([r.milliseconds for r in found.results if r.milliseconds]),
        f"<h2>The {len(wrong)} cases that went wrong</h2>" + "".join(_case(r) for r in wrong),
        _misjudged(found) if found.checked else "",
    ]
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>How good the coach is</title><style>{STYLE}</style></head>'
    return f"{head}<body>{''.join(parts)}</body></html>\n"


def _measures(measures: Iterable[Measure]) -> str:
    def row(m: Measure) -> str:
        kind = "" if m.aim is None else f" class={'good' if m.reaches_aim else 'bad'}"
        shows = f"{m.detectable:.3f}" if m.detectable else ""
        return (
            f"<tr><td>{escape(m.name)}</td><td class=n>{m.value:.3f}</td><td class=n>{m.interval[0]:.3f} to {m.interval[1]:.3f}</td>"
            f"<td class=n>{len(m.values)}</td><td class=n>{shows}</td><td{kind}>{m.aims}</td></tr>"
        )

    head = "".join(f"<th>{name}</th>" for name in ("measure", "value", "95 % interval", "rows", "change that shows", "aim"))
    return f"<div class=scroll><table><tr>{head}</tr>{''.join(map(row, measures))}</table></div>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><tr>{''.join(f'<th>{escape(h)}</th>' for h in head)}</tr>{cells}</table>"


def _by_topic(results: Sequence[Result]) -> list[tuple[str, float, int]]:
    topics: dict[str, list[float]] = {}
    for r in results:
        if r.case.topic:
            topics.setdefault(r.case.topic, []).append(float(r.verdict.right))
    return sorted(((t, mean(v), len(v)) for t, v in topics.items()), key=lambda row: (row[1], row[0]))


def _kills(found: Run) -> list[tuple[str, float, int]]:
    kinds: dict[str, list[float]] = {}
    for c in found.checked:
        name = f"{c.claim.kind} ({c.claim.made})"
        kinds.setdefault(f"true: {name}" if c.claim.supported else name, []).append(float(c.right))
    return [(kind.replace("_", " "), mean(v), len(v)) for kind, v in sorted(kinds.items())]


def _bars(rows: Sequence[tuple[str, float, int]]) -> str:
    """Shares as horizontal bars."""
    if not rows:
        return "<p class=quiet>Nothing to show.</p>"
    step, left = 22, 230
    drawn = "".join(
        f'<text x="{left - 8}" y="{n * step + 15}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="{left}" y="{n * step + 4}" width="{value * (WIDTH - left - 90):.1f}" height="14" rx="2" fill="var(--bar)"/>'
        f'<text x="{left + value * (WIDTH - left - 90) + 6:.1f}" y="{n * step + 15}">{value:.2f} of {count}</text>'
        for n, (name, value, count) in enumerate(rows)
    )
    return f'<svg viewBox="0 0 {WIDTH} {len(rows) * step + 8}" role="img">{drawn}</svg>'


def _curve(found: Run) -> str:
    """What a higher or lower threshold of the gate would refuse: of the questions that the corpus covers, and of the others."""
    covered = [r.gate_score for r in found.results if r.case.expect == "answered" and r.gate_score is not None]
    others = [r.gate_score for r in found.results if r.case.expect == "refused" and r.gate_score is not None]
    if not covered or not others:
        return "<p class=quiet>This needs questions of both kinds, covered and not.</p>"

    def x(threshold: float) -> float:
        return EDGE + threshold * (WIDTH - 2 * EDGE)

    def y(share: float) -> float:
        return HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)

    def line(scores: Sequence[float], colour: str) -> str:
        at = [n / 100 for n in range(101)]
        points = " ".join(f"{x(t):.1f},{y(mean([float(s < t) for s in scores])):.1f}" for t in at)
        return f'<polyline points="{points}" fill="none" stroke="var(--{colour})" stroke-width="2"/>'

    marked = x(found.threshold)
    drawn = (
        line(others, "good"),
        line(covered, "bad"),
        f'<line x1="{marked:.1f}" x2="{marked:.1f}" y1="{EDGE / 2}" y2="{HEIGHT - EDGE}" stroke="var(--quiet)" stroke-dasharray="4 4"/>',
        f'<text x="{marked + 5:.1f}" y="{EDGE / 2 + 10}">threshold {found.threshold:.2f}</text>',
        "".join(f'<text x="{EDGE - 6}" y="{y(v) + 4:.1f}" text-anchor="end">{v:g}</text>' for v in (0, 0.5, 1)),
        "".join(
            f'<text x="{x(v):.1f}" y="{HEIGHT - EDGE + 18}" text-anchor="middle">{v:g}</text>' for v in (0, 0.25, 0.5, 0.75, 1)
        ),
    )
    caption = "Share refused, by threshold: <span class=good>questions to be refused</span>, <span class=bad>questions that the corpus covers</span>."
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{"".join(drawn)}</svg><p class=quiet>{caption}</p>'


def _histogram(times: Sequence[float]) -> str:
    if not times:
        return "<p class=quiet>Nothing to show.</p>"
    top = sorted(times)[min(len(times) - 1, int(0.99 * len(times)))] or 1.0
    bins = [0] * BINS
    for t in times:
        bins[min(BINS - 1, math.floor(t / top * BINS))] += 1
    wide = (WIDTH - 2 * EDGE) / BINS
    drawn = "".join(
        f'<rect x="{EDGE + n * wide:.1f}" y="{HEIGHT - EDGE - count / max(bins) * (HEIGHT - 2 * EDGE):.1f}" width="{wide - 2:.1f}" '
        f'height="{count / max(bins) * (HEIGHT - 2 * EDGE):.1f}" fill="var(--bar)"/>'
        for n, count in enumerate(bins)
    )
    marks = "".join(
        f'<text x="{EDGE + n / 4 * (WIDTH - 2 * EDGE):.1f}" y="{HEIGHT - EDGE + 18}" text-anchor="middle">{top * n / 4:.0f}</text>'
        for n in range(5)
    )
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{drawn}{marks}</svg>'


def _case(result: Result) -> str:
    case, answer = result.case, result.answer
    said = f"<blockquote>{escape(answer.text)}</blockquote>" if answer else ""
    shown = "".join(
        f"<blockquote><span class=id>{escape(p.id)}</span><br>{escape(' '.join(p.text.split()))}</blockquote>"
        for p in result.found[:EVIDENCE]
    )
    cited = "".join(
        f"<li>[{c.number}] {escape(c.quote)} <span class=id>{escape(c.passage_id)}</span></li>"
        for c in (answer.citations if answer else ())
    )
    return (
        f"<details><summary><span class=id>{escape(case.id)}</span> {escape(case.turns[-1])} <span class=bad>{result.verdict.value}</span></summary>"
        f"<p>{escape(result.why)}</p>"
        + (f"<p class=quiet>Before: {escape(' / '.join(case.turns[:-1]))}</p>" if len(case.turns) > 1 else "")
        + (f"<p>Answer</p>{said}<ul>{cited}</ul>" if said else "")
        + (f"<p>Evidence found</p>{shown}" if shown else "")
        + "</details>"
    )


def _misjudged(found: Run) -> str:
    wrong = [c for c in found.checked if not c.right]
    rows = (
        f"<details><summary><span class=id>{escape(c.claim.kind)}</span> {escape(c.claim.text)} "
        f"<span class=bad>{'a false one that passed' if c.said else 'a true one that was caught'}</span></summary>"
        f"<p>{escape('; '.join(c.reasons))} (score {c.score:.2f})</p>"
        f"{''.join(f'<blockquote>{escape(e)}</blockquote>' for e in c.claim.evidence)}</details>"
        for c in wrong
    )
    return f"<h2>The {len(wrong)} claims that the check misjudged</h2>{''.join(rows)}"
