"""`python -m bench [NAME …]`: run all benchmarks, or those that are named; exit 1 below a gate."""

import importlib
import sys

NAMES = ("capture", "refine", "lateness", "memory", "flat", "cold_start", "durations")


def main() -> int:
    chosen = sys.argv[1:] or NAMES
    missed = []
    for name in chosen:
        lines, good = importlib.import_module(f"bench.{name}").run()
        for line in lines:
            print(line, flush=True)
        if not good:
            missed.append(name)
    print(f"below their gate: {', '.join(missed)}" if missed else "every gate is met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
