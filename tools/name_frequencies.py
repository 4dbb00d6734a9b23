"""Write how often names occur into src/leadline/duplicates/weights.json.

    make names     # installs the packages of constraints-names.txt into .names and runs this

By the census of the United States of 1990 (public domain), as the package names has it, and by
tools/name_usage.txt for other countries; the greater share of a name counts.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.path.insert(0, str(ROOT / "src"))

from tools.given_names import family_names  # noqa: E402
from tools.nickname_table import census  # noqa: E402

USAGE = Path(__file__).with_name("name_usage.txt")
TARGET = ROOT / "src" / "leadline" / "duplicates" / "weights.json"
MOST_FIRST, MOST_LAST = 800, 1000
VALUES = {"first": 5000, "last": 20000}
"""The number of names that are in use; one that is not in the table is as rare as 1 in these."""


def main() -> None:
    weights = json.loads(TARGET.read_text(encoding="utf-8"))
    men, women = census("male"), census("female")
    first = {name: (men.get(name, 0) + women.get(name, 0)) / 2 for name in {*men, *women}}
    tables = {"first": most(first, MOST_FIRST), "last": most(family_names(), MOST_LAST)}
    for kind, share, names in usage():
        for name in names:
            tables[kind][name] = max(share, tables[kind].get(name, 0))
    for kind, table in tables.items():
        ordered = dict(sorted(table.items(), key=lambda one: (-one[1], one[0])))
        weights[kind] = {"values": VALUES[kind], "per_million": ordered}
    TARGET.write_text(written(weights), encoding="utf-8")
    print(f"{TARGET}: {len(tables['first'])} first and {len(tables['last'])} last names")


def most(percent: dict[str, float], number: int) -> dict[str, int]:
    """The most frequent of the names, per million."""
    ordered = sorted(percent.items(), key=lambda one: (-one[1], one[0]))[:number]
    return {name: round(share * 10_000) for name, share in ordered if share}


def usage() -> list[tuple[str, int, list[str]]]:
    """The lines of tools/name_usage.txt: first or last names, per million, and the names."""
    lines = USAGE.read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    return [(kind, int(share), names) for kind, share, *names in rows]


def written(weights: dict[str, object]) -> str:
    """Weights as JSON, one line for each field."""
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in weights.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    main()
