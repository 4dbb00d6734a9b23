"""Write src/leadline/refine/names/nickname_table.py: given names and their short forms.

    make names     # installs the packages of constraints-names.txt into .names and runs this

The English ones are those of the package nicknames, without the pairs in which the one is a man's
name and the other a woman's by the census of the United States of 1990 (as the package names has
it): Sam is a man's name, although some Samantha is called so. Those of other languages are in
tools/nickname_usage.txt.
"""

import csv
import sys
import textwrap
from collections import defaultdict
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))

from leadline.model.texts.folding import folded  # noqa: E402

USAGE = Path(__file__).with_name("nickname_usage.txt")
TARGET = ROOT / "src" / "leadline" / "refine" / "names" / "nickname_table.py"
HEAD = '''\
# ruff: noqa: E501
"""Given names, each with its short forms, as `folded` writes them. Written by `make names`.

Derived from the package nicknames {version} (Apache License 2.0, by Carlton Northern and Nick
Crews), the census of the United States of 1990 (public domain), and tools/nickname_usage.txt.
"""

SHORT_FORMS = """
{rows}
"""
'''
CERTAIN = 10
"""A name that is this many times as frequent among men is a man's name, and the other way round."""
WIDTH = 150
RARE = 0.004  # per cent of men, or of women
Table = dict[str, set[str]]


def usage(text: str) -> tuple[Table, Table]:
    """The short forms in nickname_usage.txt, and the pairs that it takes away."""
    added: Table = {}
    removed: Table = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, *short = (folded(word) for word in line.split())
            (removed if line.startswith("-") else added).setdefault(name, set()).update(short)
    return added, removed


def census(kind: str) -> dict[str, float]:
    """Of each given name the share of men or women who have it, in per cent."""
    folder = Path(import_module("names").__file__ or "").parent
    lines = (folder / f"dist.{kind}.first").read_text(encoding="utf-8").splitlines()
    return {name.lower(): float(share) for name, share, *_ in map(str.split, lines)}


def english() -> list[tuple[str, str]]:
    """The pairs of the package nicknames: a name and its short form."""
    folder = Path(import_module("nicknames").__file__ or "").parent
    with (folder / "names.csv").open(encoding="utf-8", newline="") as file:
        return [(folded(row["name1"]), folded(row["name2"])) for row in csv.DictReader(file)]


def joined() -> Table:
    """All short forms by name, each pair once."""
    men, women = census("male"), census("female")

    def sex(name: str) -> str:
        man, woman = men.get(name, 0), women.get(name, 0)
        if max(man, woman) < RARE:
            return ""
        return "m" if man >= CERTAIN * woman else "f" if woman >= CERTAIN * man else ""

    added, removed = usage(USAGE.read_text(encoding="utf-8"))
    pairs = [(a, b) for a, b in english() if {sex(a), sex(b)} != {"m", "f"}]
    table: defaultdict[str, set[str]] = defaultdict(set)
    for name, short in (*pairs, *((a, b) for a, forms in added.items() for b in forms)):
        gone = short in removed.get(name, ()) or name in removed.get(short, ())
        if name != short and name not in table.get(short, ()) and not gone:
            table[name].add(short)
    return table


def main() -> None:
    table = joined()
    rows = ";".join(" ".join((name, *sorted(table[name]))) for name in sorted(table))
    text = HEAD.format(
        version=import_module("nicknames").__version__,
        rows="\n".join(textwrap.wrap(rows, WIDTH, break_long_words=False)),
    )
    TARGET.write_text(text, encoding="utf-8")
    print(f"wrote {TARGET.relative_to(ROOT)}: {len(table)} names, {len(text)} characters")


if __name__ == "__main__":
    main()
