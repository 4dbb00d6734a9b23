"""The command line: what help, a list of leads and the state of an installation cost.

Method: each command runs in a fresh interpreter on a data folder of 20,000 refined leads, with its
output to a pipe that is read to its end. The figure is the CPU time of its process, user and
system, the least of many rounds; within a round all run in turn. CPU time, because it does not
depend on what else the machine does. The baseline is an interpreter that runs `pass`. The gates are
ratios to it: 150 ms for help, 250 ms for a list and 1 s for 20,000 leads, where `pass` takes 10 ms.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.flat import Filler
from bench.report import Report

STORED = 20_000
ROUNDS = 9
LEADLINE = ("-m", "leadline.entrypoints.cli")
GATES = {"help": 15.0, "leads": 25.0, "many_leads": 100.0, "status": 35.0}


def commands(data: Path) -> Mapping[str, Sequence[str]]:
    """What Python is called with, by name."""
    here = (*LEADLINE, "--data", str(data))
    return {
        "bare": ("-c", "pass"),
        "help": (*LEADLINE, "--help"),
        "leads": (*here, "leads"),
        "many_leads": (*here, "leads", "--limit", str(STORED)),
        "status": (*here, "status"),
    }


def cost_ms(words: Sequence[str], folder: Path) -> float:
    """The CPU milliseconds of one run; raises if it fails."""
    command = [sys.executable, *words]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, env=environment()) as run:
        assert run.stdout is not None
        while run.stdout.read(1 << 16):
            pass
        _, status, used = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
    if run.returncode:
        raise RuntimeError(f"{' '.join(command)} ends with {run.returncode}")
    return (used.ru_utime + used.ru_stime) * 1e3


def environment() -> Mapping[str, str]:
    """Bytecode is kept, as where Leadline is installed, and nobody's settings count."""
    return {"PATH": os.environ["PATH"], "COLUMNS": "80"}


def least(data: Path) -> dict[str, float]:
    """The least cost of each command."""
    found: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, words in commands(data).items():
            found.setdefault(name, []).append(cost_ms(words, data.parent))
    return {name: min(costs) for name, costs in found.items()}


def run() -> Report:
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "data"
        filler = Filler(data)
        filler.accept(STORED, 500)
        filler.refine(500)
        filler.store.close()
        cost = least(data)
    ratios = {name: cost[name] / cost["bare"] for name in GATES}
    lines = [
        f"command line, {name}: {cost[name]:.0f} ms of CPU; ratio to `python -c pass` "
        f"({cost['bare']:.1f} ms) {ratios[name]:.1f} (gate {gate:.0f})"
        for name, gate in GATES.items()
    ]
    shown = ("help", "leads", "many_leads")
    figures = {f"{name}_ms": cost[name] for name in ("bare", *shown)}
    figures |= {f"{name}_times": ratios[name] for name in shown} | {"stored": float(STORED)}
    return Report(lines, all(ratios[name] <= gate for name, gate in GATES.items()), figures)
