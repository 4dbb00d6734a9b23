"""`python -m bench [NAME …]`: run all benchmarks, or those that are named; exit 1 below a gate."""

import importlib
import sys

from bench.report import Report, keep

NAMES = (
    "capture", "refine", "backtest", "lateness", "memory", "flat", "cold_start", "durations",
    "command_line", "encryption", "questions", "experiments", "reach",
)  # fmt: skip


def main() -> int:
    chosen = sys.argv[1:] or NAMES
    missed = []
    for name in chosen:
        report: Report = importlib.import_module(f"bench.{name}").run()
        for line in report.lines:
            print(line, flush=True)
        if report.figures:
            keep(name, report.figures)
        if not report.is_good:
            missed.append(name)
    print("`make docs` writes these figures into the pages")
    print(f"below their gate: {', '.join(missed)}" if missed else "every gate is met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
