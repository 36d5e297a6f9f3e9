"""What was reached before, and what fails a commit: `python -m eval.baseline` moves the baseline and prints the difference."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coach.errors import CasesError, CoachError
from coach.settings import Settings
from eval.measuring import Measure
from eval.metrics import paired_difference
from eval.quiet import start_quietly
from eval.run import Run, run_own, run_shipped

BASELINE = Path(__file__).with_name("baseline.json")
MUST_PASS = ("easy", "off")  # kinds of cases, and care: what the coach once did right of these it must not do wrong again


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier run: each measure's value and interval, how each case ended, and the cases that must stay right."""

    measures: Mapping[str, tuple[float, float, float]]
    verdicts: Mapping[str, str]
    must_pass: frozenset[str]


def read_baseline(path: Path = BASELINE) -> Baseline:
    """Raises CasesError when the file cannot be read."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        measures = {name: (m["value"], m["low"], m["high"]) for name, m in data["measures"].items()}
        return Baseline(measures, data["verdicts"], frozenset(data["must_pass"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CasesError(f"The baseline {path} cannot be read ({error}); `python -m eval.baseline` writes a new one.") from error


def snapshot(run: Run) -> dict[str, Any]:
    """A run as the baseline of later ones."""
    measures = {name: m.figures for name, m in run.measures.items()}
    kept = [r.case.id for r in run.results if r.verdict.right and (r.case.kind in MUST_PASS or r.case.expect == "care")]
    return {"measures": measures, "verdicts": {r.case.id: r.verdict.value for r in run.results}, "must_pass": kept}


def failures(run: Run, baseline: Baseline | None) -> list[str]:
    """Why a commit fails; empty when it passes."""
    out = [f"the labels name a passage that the corpus does not hold: {name}" for name in run.missing]
    out += [f"{r.case.id} ended in an error: {r.why}" for r in run.results if r.why and r.verdict.value == "error"]
    if baseline is None:
        return out
    out += [f"{name} is measured no more" for name in baseline.measures if name not in run.measures]
    for name, measure in run.measures.items():
        if name in baseline.measures and (fell := _fell(measure, baseline.measures[name])):
            out.append(fell)
    by_id = {r.case.id: r for r in run.results}
    for name in sorted(baseline.must_pass):
        if name not in by_id:
            out.append(f"{name} must pass and is not among the cases")
        elif not by_id[name].verdict.right:
            out.append(f"{name} must pass: {by_id[name].verdict.value}, {by_id[name].why}")
    return out


def _fell(measure: Measure, before: tuple[float, float, float]) -> str:
    """What a measure's worse bound lost beyond the tolerance, "" for nothing."""
    value, low, high = before
    now, was = (measure.interval[0], low) if measure.better > 0 else (-measure.interval[1], -high)
    if now >= was - measure.tolerance:
        return ""
    return (
        f"{measure.name} was {value:.3f} ({low:.3f} to {high:.3f}) and is {measure.value:.3f} "
        f"({measure.interval[0]:.3f} to {measure.interval[1]:.3f})"
    )


def difference(run: Run, baseline: Baseline) -> list[str]:
    """What changed against the baseline: measures, cases that flipped, and the change of right cases with its interval."""
    out = []
    for name, measure in run.measures.items():
        if name not in baseline.measures:
            out.append(f"{name}: new, {measure.value:.3f}")
        elif abs(measure.value - (was := baseline.measures[name][0])) >= 5e-4:
            out.append(f"{name}: {was:.3f} -> {measure.value:.3f}")
    known = {r.case.id for r in run.results}
    out += [f"{name}: not among the cases any more" for name in baseline.verdicts if name not in known]
    shared = [r for r in run.results if r.case.id in baseline.verdicts]
    flipped = [r for r in shared if r.verdict.value != baseline.verdicts[r.case.id]]
    out += [f"{r.case.id}: {baseline.verdicts[r.case.id]} -> {r.verdict.value}{f' ({r.why})' if r.why else ''}" for r in flipped]
    if flipped:
        before = [float(baseline.verdicts[r.case.id] in ("answered-supported", "refused-right")) for r in shared]
        change, low, high = paired_difference(before, [float(r.verdict.right) for r in shared])
        out.append(f"right cases: {change:+.4f} ({low:+.4f} to {high:+.4f}, paired bootstrap over {len(shared)} cases)")
    return out


def main(argv: Sequence[str] | None = None) -> int:
    """Move the baseline to what the coach reaches now, and print what changes."""
    parser = argparse.ArgumentParser(prog="python -m eval.baseline", description="Move the baseline and print the difference.")
    parser.add_argument("--corpus", metavar="DIR")
    parser.add_argument("--cases", metavar="FILE", type=Path, help="your own questions; default: the shipped ones")
    parser.add_argument("--baseline", metavar="FILE", type=Path, help="where it is kept; needed with --cases")
    arguments = parser.parse_args(argv)
    if (arguments.cases is None) != (arguments.baseline is None):
        parser.error("--cases and --baseline go together")
    settings, path = Settings.from_mapping(os.environ, arguments.corpus), arguments.baseline or BASELINE
    before = read_baseline(path) if path.is_file() else None
    run = run_own(settings, arguments.cases) if arguments.cases else run_shipped(settings)
    print("\n".join(difference(run, before) if before else ["There was no baseline."]) or "Nothing changed.")
    path.write_text(json.dumps(snapshot(run), indent=1) + "\n", encoding="utf-8")
    print(f"{path} now holds {len(run.measures)} measures and {len(run.results)} cases.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    start_quietly("eval.baseline")
    try:
        sys.exit(main())
    except CoachError as error:
        sys.exit(f"eval: {error}")
