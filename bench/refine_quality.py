"""How right refinement is, by public data sets: prints one line per set, with its mistakes on -v.

    python -m bench.refine_quality [FOLDER] [-v]     # or: make bench-quality

FOLDER (default ../shared/datasets) holds the sets that its SOURCES.md describes; without it there
is nothing to measure, and the script says so. What each figure means:

- e-mail: the share of addresses judged as the set does. An address that refinement mends (spaces,
  line ends, "Name <address>") is not the one that the set judged, and quoted local parts are a
  matter of policy (a lead form refuses them): such cases are left out and counted beside. Domains,
  placeholders and tests: `bench.mail_quality`.
- phones: the share of writings that give the E.164 of the set (the samples are from many years:
  those whose length is impossible today are left out), the share of examples whose validity is
  judged as the set does. `phone_writings` composes further writings, which phonenumbers alone
  reads in the same run.
- persons: of the names with exactly one given name and surname, the share whose first and last
  name are split as labelled; and the share whose case comes back after `upper()` and `lower()`.
  The same by nameparser, where it is installed. The time is the least of seven rounds.
- companies: see `bench.quality_companies`.
"""

import csv
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import phone_writings, quality_companies
from bench.mail_quality import mail_measures
from leadline.refine.emails.email import Email, refine_email
from leadline.refine.names.name import refine_name
from leadline.refine.phones.phone import refine_phone

DEFAULT = Path(__file__).parents[2] / "shared" / "datasets"
Judged = tuple[bool, str]


def run(folder: Path = DEFAULT, verbose: bool = False) -> list[str]:
    """One printable line per measure."""
    if not folder.is_dir():
        return [f"refine quality: no data sets in {folder}; nothing was measured"]
    lines = []
    for title, judged in measures(folder):
        try:
            results = list(judged)
        except FileNotFoundError as absent:
            lines.append(f"{title:<58} skipped: no {absent.filename}")
            continue
        if not results:  # a line that says what is missing
            lines.append(title)
            continue
        right = sum(good for good, _ in results)
        lines.append(f"{title:<58} {right:>5}/{len(results):<5} {right / len(results):7.2%}")
        if verbose:
            lines += [f"    {told}" for good, told in results if not good]
    lines.append(person_time_line(folder))
    return lines


def person_time_line(folder: Path) -> str:
    title = f"{'person, names_person_labelled: time a name':<58}"
    try:
        return f"{title} {person_time(folder):>11.1f} µs"
    except FileNotFoundError as absent:
        return f"{title} skipped: no {absent.filename}"


def measures(folder: Path) -> Iterator[tuple[str, Iterable[Judged]]]:
    yield "e-mail, email_syntax_cases: validity", syntax_cases(folder)
    yield "e-mail, email_syntax_cases: ASCII domain of valid ones", syntax_domains(folder)
    yield "e-mail, email_isemail: ERR refused, VALID accepted", isemail(folder)
    yield from mail_measures(folder)
    yield "phone, phone_examples_by_region: national form, E.164", examples(folder, "national")
    yield "phone, phone_examples_by_region: international form", examples(folder, "international")
    yield "phone, phone_examples_by_region: readable form", readable(folder)
    yield "phone, phone_examples_by_region: validity", validity(folder)
    yield "phone, phone_plan_samples: E.164", plan_samples(folder)
    yield from phone_writings.measures()
    yield "person, names_person_labelled: first and last name", split(folder)
    yield "person, names_person_labelled: case after upper()", person_case(folder, str.upper)
    yield "person, names_person_labelled: case after lower()", person_case(folder, str.lower)
    if find_spec("nameparser"):
        yield "person, by nameparser: first and last name", split(folder, by_nameparser)
        yield "person, by nameparser: case after upper()", nameparser_case(folder, str.upper)
        yield "person, by nameparser: case after lower()", nameparser_case(folder, str.lower)
    yield from quality_companies.measures(folder)


def syntax_cases(folder: Path) -> Iterator[Judged]:
    for case in load(folder / "email_syntax_cases.json"):
        email = refine_email(case["address"])
        if is_as_written(case["address"], email):
            good = (email.canonical is not None) == case["valid"]
            yield good, f"{case} -> {email.canonical} {email.problems}"


def is_as_written(address: str, email: Email) -> bool:
    mended = {change.rule for change in email.changes} - {"email.lowercase"}
    return not mended and '"' not in address


def syntax_domains(folder: Path) -> Iterator[Judged]:
    for case in load(folder / "email_syntax_cases.json"):
        if case["valid"] and case.get("ascii_domain"):
            email = refine_email(case["address"])
            if email.canonical is not None:
                domain = email.canonical.rpartition("@")[2]
                yield domain == case["ascii_domain"].lower(), f"{case} -> {domain}"


def isemail(folder: Path) -> Iterator[Judged]:
    for case in load(folder / "email_isemail.json"):
        wanted = {"ISEMAIL_ERR": False, "ISEMAIL_VALID_CATEGORY": True}.get(case["category"])
        if case["address"] == "test@io":  # a bare top-level domain; SOURCES.md excepts it
            continue
        email = refine_email(case["address"])
        if wanted is not None and is_as_written(case["address"], email):
            yield (email.canonical is not None) == wanted, f"{case} -> {email.canonical}"


def examples(folder: Path, form: str) -> Iterator[Judged]:
    for row in rows(folder / "phone_examples_by_region.csv"):
        if row["valid"] == "1" and row[form]:
            phone = refine_phone(row[form], row["region"])
            yield phone.e164 == row["e164"], f"{row} -> {phone.e164}"


def readable(folder: Path) -> Iterator[Judged]:
    for row in rows(folder / "phone_examples_by_region.csv"):
        if row["valid"] == "1" and row["international"]:
            phone = refine_phone(row["e164"], "")
            yield phone.written == row["international"], f"{row} -> {phone.written}"


def validity(folder: Path) -> Iterator[Judged]:
    for row in rows(folder / "phone_examples_by_region.csv"):
        phone = refine_phone(row["e164"], "")
        yield (not phone.problems) == (row["valid"] == "1"), f"{row} -> {phone.problems}"


def plan_samples(folder: Path) -> Iterator[Judged]:
    for row in rows(folder / "phone_plan_samples.csv"):
        phone = refine_phone(row["input"], "")
        if phone.e164 is None and phone.problems == ("phone.invalid",):
            continue
        yield phone.e164 == row["e164"], f"{row['input']} -> {phone.e164}, not {row['e164']}"


def by_us(name: str) -> tuple[str, str]:
    refined = refine_name(name, None, None, "")
    return refined.first or "", refined.last or ""


def by_nameparser(name: str) -> tuple[str, str]:
    parsed = import_module("nameparser").HumanName(name)
    return parsed.first, parsed.last


def split(folder: Path, splitter: Callable[[str], tuple[str, str]] = by_us) -> Iterator[Judged]:
    for words, labels in persons(folder):
        given = [word for word, label in zip(words, labels, strict=True) if label == "GivenName"]
        family = [word for word, label in zip(words, labels, strict=True) if label == "Surname"]
        if len(given) != 1 or not family:
            continue
        first, last = splitter(" ".join(words))
        wanted = (given[0].strip(",").lower(), " ".join(family).strip(",").lower())
        got = (first.lower(), last.lower())
        yield got == wanted, f"{' '.join(words)} -> {got}, not {wanted}"


def person_time(folder: Path) -> float:
    """Microseconds of this thread for each name of the set."""
    names = [" ".join(words) for words, _ in persons(folder)]
    rounds = []
    for _ in range(7):
        before = time.thread_time()
        for name in names:
            refine_name(name, None, None, "")
        rounds.append(time.thread_time() - before)
    return min(rounds) / len(names) * 1e6


def person_case(folder: Path, spoil: Any) -> Iterator[Judged]:
    for name in cased_persons(folder):
        refined = refine_name(spoil(name), None, None, "")
        yield refined.whole == name, f"{name} -> {refined.whole}"


def nameparser_case(folder: Path, spoil: Any) -> Iterator[Judged]:
    for name in cased_persons(folder):
        parsed = import_module("nameparser").HumanName(spoil(name))
        parsed.capitalize(force=True)
        yield str(parsed) == name, f"{name} -> {parsed}"


def cased_persons(folder: Path) -> Iterator[str]:
    for words, labels in persons(folder):
        name = " ".join(words)
        shouted = any(word.isupper() and len(word) > 3 for word in words)
        whole = "GivenName" in labels and "Surname" in labels and "," not in name
        if whole and not shouted and not name.islower():
            yield name


def persons(folder: Path) -> Iterator[tuple[list[str], list[str]]]:
    with (folder / "names_person_labelled.jsonl").open(encoding="utf-8") as file:
        for line in file:
            tokens = json.loads(line)["tokens"]
            yield [word for word, _ in tokens], [label for _, label in tokens]


def load(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    arguments = [one for one in sys.argv[1:] if one != "-v"]
    where = Path(arguments[0]) if arguments else DEFAULT
    print("\n".join(run(where, verbose="-v" in sys.argv)))
