"""The measures of `bench.refine_quality` that are about companies.

Legal forms, by names_company_labelled: of the names whose labelled form stands at the end, the
share that lose just that; of the names without a label of a form, the share left alone. Keys, by
company_names_country: the share of derived writings (case, dots, commas, blanks, accents, "&",
"The", the form spelled out or abbreviated) with the key of the name that they are derived from;
and of the names those whose key no name before them has (a few companies are in the set twice, such
as Unilever N.V. and plc). Case: the share of names that come back whole from capitals and from
small letters. cleanco and rigour run beside where they are installed, with the same folding around
them.
"""

import csv
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from leadline.refine.companies.company import refine_company
from leadline.refine.companies.key import company_key, without_legal_form

Judged = tuple[bool, str]
Function = Callable[[str], str]
Measure = tuple[str, Iterable[Judged]]

LABELLED = "names_company_labelled.jsonl"
SPELLED = {
    "Ltd.": "Limited", "Inc.": "Incorporated", "Corp.": "Corporation", "Co.": "Company",
    "plc": "Public Limited Company", "S.A.": "Société Anonyme", "N.V.": "Naamloze Vennootschap",
    "AG": "Aktiengesellschaft", "S.p.A.": "Società per Azioni", "AB": "Aktiebolag",
    "B.V.": "Besloten Vennootschap", "GmbH": "Gesellschaft mit beschränkter Haftung",
    "A/S": "Aktieselskab", "Oyj": "Julkinen Osakeyhtiö", "Oy": "Osakeyhtiö",
}  # fmt: skip
SHORT = {spelled: short for short, spelled in SPELLED.items()}
NONE = (
    "keine|keine Angabe|ninguna|no tengo|aucune|néant|nenhuma|não tenho|nessuna|geen|n.v.t.|brak|"
    "nie dotyczy|ingen|ei ole|žádná|nincs|yok|нет|немає|なし|无|없음|n/a|none"
)


def measures(folder: Path) -> Iterator[Measure]:
    """A title and the judged names of each measure; a library that is absent has a line of its
    own."""
    libraries = [library("cleanco", cleanco), library("rigour", rigour)]
    functions: list[tuple[str, Function]] = [("", lambda name: without_legal_form(name)[0])]
    functions += [(f", {title}", found) for title, found in libraries if found]
    for title, found in libraries:
        if not found:
            yield title, ()
    for by, function in functions:
        yield f"company, labelled: legal form taken off{by}", taken_off(folder, function)
        yield f"company, labelled: others left alone{by}", left_alone(folder, function)
    keys = [("", company_key), *((by, keyed(function)) for by, function in functions[1:])]
    for by, key in keys:
        yield f"company: same key for other writings{by}", same_key(folder, key)
        yield f"company: another key for other companies{by}", other_key(folder, key)
    yield "company: left as written", case(folder, str)
    yield "company: abbreviations after upper()", abbreviations(folder)
    yield "company: case after upper()", case(folder, str.upper)
    yield "company: case after lower()", case(folder, str.lower)
    yield "company: words for none", none()


def library(name: str, load: Callable[[], Function]) -> tuple[str, Function | None]:
    """Its name with its version, and its function; None if it is not installed."""
    try:
        return f"{name} {version(name)}", load()
    except (ImportError, PackageNotFoundError):
        return f"company: {name} is not installed: .venv/bin/pip install -e '.[bench]'", None


def cleanco() -> Function:
    basename: Function = import_module("cleanco").basename
    return basename


def rigour() -> Function:
    remove: Function = import_module("rigour.names").remove_org_types
    return lambda name: remove(name.casefold())


def taken_off(folder: Path, function: Function) -> Iterator[Judged]:
    for name, rest in labelled(folder):
        if rest is not None:
            got = function(name)
            yield bare(got) == bare(rest), f"{name} -> {got}, not {rest}"


def left_alone(folder: Path, function: Function) -> Iterator[Judged]:
    for name, rest in labelled(folder):
        if rest is None:
            got = function(name)
            yield bare(got) == bare(name), f"{name} -> {got}"


def labelled(folder: Path) -> Iterator[tuple[str, str | None]]:
    """Each name, and what is left of it without its form; None if no word is labelled as one.
    Names with a form inside, or nothing else, are left out."""
    with (folder / LABELLED).open(encoding="utf-8") as file:
        for line in file:
            row: dict[str, Any] = json.loads(line)
            is_form = [label == "CorporationLegalType" for _, label in row["tokens"]]
            first = is_form.index(True) if any(is_form) else 0
            if not any(is_form):
                yield row["text"], None
            elif first and all(is_form[first:]):
                yield row["text"], " ".join(word for word, _ in row["tokens"][:first])


def same_key(folder: Path, key: Function) -> Iterator[Judged]:
    for name in names(folder):
        for writing in writings(name):
            good = key(writing) == key(name)
            yield good, f"{name}: {key(name)}; {writing}: {key(writing)}"


def other_key(folder: Path, key: Function) -> Iterator[Judged]:
    seen: dict[str, str] = {}
    for name in names(folder):
        before = seen.setdefault(key(name), name)
        yield before == name, f"{name} has the key of {before}"


def writings(name: str) -> list[str]:
    """Other writings of a name, without those that are the same."""
    *words, last = name.split()
    start = " ".join(words)
    found = [
        name.upper(), name.lower(), name.title(), name.replace(".", ""), name.replace(",", ""),
        name.replace(" & ", " and "), re.sub(r"\band\b", "&", name), without_accents(name),
        f" {name.replace(' ', '  ')} ", f"{start}, {last}", f"The {name}",
        f"{start} {SPELLED.get(last, last)}", f"{start} {SHORT.get(last, last)}",
    ]  # fmt: skip
    return list(dict.fromkeys(one for one in found if one != name))


def keyed(function: Function) -> Function:
    """The key of a library: its function between the folding that any program would do."""

    def key(name: str) -> str:
        plain = without_accents(name.casefold().replace("&", " and ").strip())
        return re.sub(r"\W+", "", function(plain.removeprefix("the ")))

    return key


def case(folder: Path, spoil: Function) -> Iterator[Judged]:
    for name in names(folder):
        kept, _ = refine_company(spoil(name))
        yield kept == name, f"{name} -> {kept}"


def abbreviations(folder: Path) -> Iterator[Judged]:
    for name in names(folder):
        kept, _ = refine_company(name.upper())
        for before, after in zip(name.split(), (kept or "").split(), strict=True):
            if before.isupper() and len(before.strip(".,")) > 1:
                yield before == after, f"{name} -> {kept}"


def none() -> Iterator[Judged]:
    for word in NONE.split("|"):
        kept, changes = refine_company(word)
        yield kept is None and bool(changes), f"{word} -> {kept}"


def names(folder: Path) -> list[str]:
    with (folder / "company_names_country.csv").open(encoding="utf-8", newline="") as file:
        return [row["name"] for row in csv.DictReader(file)]


def without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(one for one in apart if not unicodedata.combining(one))


def bare(name: str) -> str:
    return " ".join(re.sub(r"[^\w&]+|_", " ", name.casefold()).split())
