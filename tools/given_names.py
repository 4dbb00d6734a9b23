"""Write src/leadline/refine/names/given_names.py: given names, and which are no family names.

    make names     # installs the packages of constraints-names.txt into .names and runs this

By the census of the United States of 1990, as the package names has it.
"""

import sys
import textwrap
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.path.insert(0, str(ROOT / "src"))

from tools.nickname_table import CERTAIN, RARE, census  # noqa: E402

TARGET = ROOT / "src" / "leadline" / "refine" / "names" / "given_names.py"
HEAD = '''\
"""Given names in the United States, in small letters. Written by `make names`.

From the census of 1990 (public domain): names of at least {rare} % of women or men together. The
first two have no name that is a family name of any weight.
"""

WOMEN = """
{women}
"""

MEN = """
{men}
"""

OTHERS = """
{others}
"""
'''
FREQUENT = 0.02
"""The share, in per cent, from which a name is sure to be a given name."""
NO_FAMILY_NAME = 15
"""A name that is this many times as frequent as a given name as it is as a family name."""
LEAST = 0.0005  # what the census rounds to nothing


def main() -> None:
    men, women, families = census("male"), census("female"), family_names()
    kinds: dict[str, list[str]] = {"women": [], "men": [], "others": []}
    for name in sorted({*men, *women}):
        man, woman = men.get(name, 0), women.get(name, 0)
        share = man + woman
        if share < RARE:
            continue
        only = share >= FREQUENT and share >= NO_FAMILY_NAME * max(families.get(name, 0), LEAST)
        kind = "women" if woman >= CERTAIN * man else "men"
        kinds[kind if only else "others"].append(name)
    lines = {kind: "\n".join(textwrap.wrap(" ".join(found), 100)) for kind, found in kinds.items()}
    TARGET.write_text(HEAD.format(rare=RARE, **lines), encoding="utf-8")
    counts = ", ".join(f"{len(found)} {kind}" for kind, found in kinds.items())
    print(f"wrote {TARGET.relative_to(ROOT)}: {counts}")


def family_names() -> dict[str, float]:
    """Of each family name the share of people who have it, in per cent."""
    folder = Path(import_module("names").__file__ or "").parent
    lines = (folder / "dist.all.last").read_text(encoding="utf-8").splitlines()
    return {name.lower(): float(share) for name, share, *_ in map(str.split, lines)}


if __name__ == "__main__":
    main()
