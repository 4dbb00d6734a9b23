"""Refinement in this build beside that of another: `python -m bench.refine_cost TREE [FOLDER
[TURNS]]`, where TREE is a working tree of the other build, such as `git worktree add` makes, and
FOLDER has the data sets (default ../shared/datasets; without it composed leads alone).

Method: 5,000 leads (`bench.varied_leads`) go through the rules alone, then through the whole step
with a store. Both builds run on this interpreter and its libraries, in turns, in processes of
their own (`bench.refine_once`); CPU time counts, the least of all turns. What this build has
besides the rules of the first release is printed beside: rules that were added, duplicates, and
who gets a lead.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.varied_leads import Lead, composed, from_sets

LEADS, WARM, TURNS = 5_000, 1_000, 3
SETS = Path(__file__).parents[2] / "shared" / "datasets"
ONCE = Path(__file__).with_name("refine_once.py")
Figures = Mapping[str, float]


def measure(tree: Path, file: Path, mode: str) -> Figures:
    """One run of one build."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(ONCE), str(file), str(WARM), mode, folder]
        paths = os.pathsep.join((str(tree / "src"), str(tree)))
        done = subprocess.run(
            command,
            cwd=tree,
            env={**os.environ, "PYTHONPATH": paths},
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    figures: Figures = json.loads(done.stdout)
    return figures


def compared(trees: Sequence[Path], leads: Sequence[Lead], turns: int) -> list[str]:
    """The lines about these leads."""
    found: dict[tuple[int, str], list[Figures]] = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "leads.json"
        file.write_text(json.dumps(leads), encoding="utf-8")
        for _ in range(turns):
            for number, tree in enumerate(trees):
                for mode in ("rules", "parts", "stored"):
                    found.setdefault((number, mode), []).append(measure(tree, file, mode))
    least = {key: _least(runs) for key, runs in found.items()}
    return _lines(least)


def _least(runs: Sequence[Figures]) -> Figures:
    return {name: min(run[name] for run in runs) for name in runs[0]}


def _lines(least: Mapping[tuple[int, str], Figures]) -> list[str]:
    before, now = least[0, "rules"]["rules"], least[1, "rules"]["rules"]
    parts, step, other = least[1, "parts"], least[1, "stored"], least[0, "stored"]
    known = parts["of the first release"]
    apart = step["duplicates"] + step["kept for duplicates"] + step["assignment"]
    whole = step["whole"] - apart
    return [
        f"  rules: {now:.1f} µs a lead, the other build {before:.1f}; those of the first release "
        f"{known:.1f} ({known / before:.2f} times), added since {now - known:.1f}, turns a lead "
        f"{parts['turns']:.2f}",
        f"  whole step, stored: {whole:.0f} µs without, {step['whole']:.0f} with duplicates and "
        f"assignment, the other build {other['whole']:.0f} ({whole / other['whole']:.2f} times)",
        f"  of it {_parts_of(step)}",
        f"  of the other build {_parts_of(other)}",
    ]


def _parts_of(step: Figures) -> str:
    return ", ".join(f"{name} {us:.1f}" for name, us in step.items() if name != "whole")


def main() -> None:
    other = Path(sys.argv[1]).resolve()
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else SETS
    turns = int(sys.argv[3]) if len(sys.argv) > 3 else TURNS
    count = LEADS + WARM
    for title, leads in (("data sets", from_sets(folder, count)), ("composed", composed(count))):
        print(f"{title}: {len(leads) - WARM if leads else 'not there, skipped'}", flush=True)
        if leads:
            print("\n".join(compared((other, Path().resolve()), leads, turns)), flush=True)


if __name__ == "__main__":
    main()
