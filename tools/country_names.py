"""Write src/leadline/model/geography/country_names.py: the names of countries by language, from
CLDR.

    make countries     # installs Babel into .countries and runs this

Names come from three places: the English ones of `leadline.model.geography.countries`, those of
CLDR in `LANGUAGES` and in each country's own languages, and tools/country_usage.txt. Fails if a
name would stand for two countries; those that do in real life are in
`leadline.model.geography.countries.SEVERAL`.
"""

import sys
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))

from leadline.model.geography.countries import COUNTRIES, SEVERAL  # noqa: E402
from leadline.model.geography.country_key import country_key  # noqa: E402

USAGE = Path(__file__).with_name("country_usage.txt")
TARGET = ROOT / "src" / "leadline" / "model" / "country_names.py"
LANGUAGES = "en de fr es pt pt_PT it nl pl sv nb da fi cs tr ru uk hu ro el ja zh zh_Hant ko ar"
HEAD = '''\
# ruff: noqa: E501
"""Names of countries by language, as `country_key` writes them. Written by `make countries`.

Derived from the Unicode CLDR, version {version}, as packaged by Babel {babel}: copyright © Unicode,
Inc., under the Unicode License v3 (NOTICE has its text), and from tools/country_usage.txt.
"""

LANGUAGES = "{languages}"

# Each row: the code, the names in LANGUAGES (empty if the English one), the names in the country's
# own languages and others in use.
COUNTRY_ROWS = """
{rows}
"""

# Parts of countries, which count only where a text names no country.
PART_ROWS = """
{parts}
"""
'''


def usage(text: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The names in country_usage.txt by code: of countries, and of their parts."""
    countries: dict[str, list[str]] = {}
    parts: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            code, _, names = line.partition(" ")
            place = parts if code.endswith("/") else countries
            place[code.rstrip("/")] = names.split("|")
    return countries, parts


def from_cldr(code: str) -> tuple[list[str], list[str]]:
    """CLDR's names of a country in `LANGUAGES`, and in its own languages."""
    babel: Any = import_module("babel")
    official = import_module("babel.languages").get_official_languages(code, de_facto=True)
    names = [babel.Locale.parse(language).territories[code] for language in LANGUAGES.split()]
    own = []
    for language in official:
        try:
            found = babel.Locale.parse(language, sep="_").territories.get(code)
        except (babel.UnknownLocaleError, ValueError):
            continue
        own += [found] if found else []
    return names, own


def rows() -> list[tuple[str, list[str], list[str]]]:
    """The code, the keys by language, and the other keys of each country."""
    used, _ = usage(USAGE.read_text(encoding="utf-8"))
    found = []
    for code, (_, english) in sorted(COUNTRIES.items()):
        names, own = from_cldr(code)
        keys = [country_key(name) for name in names]
        others = [country_key(n) for n in (english, *own, *used.get(code, ()))]
        found.append((code, keys, sorted({*others} - {*keys})))
    return found


def demand_one_meaning(found: list[tuple[str, list[str], list[str]]]) -> None:
    """Exit if a name is that of two countries and not in SEVERAL."""
    codes: defaultdict[str, set[str]] = defaultdict(set)
    for code, keys, others in found:
        for key in (*keys, *others):
            codes[key].add(code)
    for code, (three, _) in COUNTRIES.items():
        codes[code.lower()].add(code)
        codes[three.lower()].add(code)
    wrong = {key: said for key, said in codes.items() if len(said) > 1 and key not in SEVERAL}
    if wrong or "" in codes:
        sys.exit(f"these names stand for several countries, or are empty: {wrong}")


def main() -> None:
    found = rows()
    demand_one_meaning(found)
    _, parts = usage(USAGE.read_text(encoding="utf-8"))
    babel: Any = import_module("babel")
    lines = []
    for code, keys, others in found:
        cells = [keys[0], *("" if key == keys[0] else key for key in keys[1:])]
        lines.append("=".join((code, "|".join(cells), "|".join(others))))
    part_lines = [
        f"{code}={'|'.join(sorted({country_key(name) for name in names}))}"
        for code, names in sorted(parts.items())
    ]
    text = HEAD.format(
        version=import_module("babel.core").get_cldr_version(),
        babel=babel.__version__,
        languages=LANGUAGES,
        rows="\n".join(lines),
        parts="\n".join(part_lines),
    )
    TARGET.write_text(text, encoding="utf-8")
    print(f"wrote {TARGET.relative_to(ROOT)}: {len(lines)} countries, {len(text)} characters")


if __name__ == "__main__":
    main()
