"""Measures of e-mail domains, placeholders and tests, for refine_quality.

- slips: of all single slips in the names and ends of 29 large mail domains (a letter left out,
  doubled, swapped with the next, or the key beside it), the share that is flagged; of real domains
  much like them, the share that is not.
- throw-away domains: the share of the package's that is flagged, and of relays that is not.
- placeholders: the share of 35 kinds of leads flagged or put aside; of the real names and companies
  of all sets, the share that has no such problem.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from leadline.model.lead import LeadFields
from leadline.refine import About, refine
from leadline.refine.doubtful.made_up import is_placeholder_company, is_placeholder_name
from leadline.refine.doubtful.mash import is_mashed
from leadline.refine.emails.email import refine_email
from leadline.refine.emails.lists import disposable_domains
from leadline.refine.emails.slips import is_suspect_domain

Judged = tuple[bool, str]

LARGE = """gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.fr ymail.com hotmail.com
hotmail.co.uk hotmail.fr outlook.com outlook.de live.com msn.com icloud.com aol.com gmx.de gmx.net
web.de t-online.de protonmail.com orange.fr wanadoo.fr libero.it mail.ru yandex.ru comcast.net
verizon.net sbcglobal.net btinternet.com"""
REAL = """mail.com email.com ymail.com gmx.at gmx.ch gmx.us live.co.uk live.nl yandex.com yandex.kz
hey.com me.com qq.com aon.com apl.com bol.com ge.com ms.com msc.com msi.com all.com love.com
life.com cloud.com pcloud.com wahoo.com gmc.com seb.de weg.de orange.com comcast.com att.com
hotmail.lt yahoo.ro"""
RELAYS = "duck.com privaterelay.appleid.com mozmail.com simplelogin.com anonaddy.me passmail.net"
KINDS = (
    ("Test", ""), ("Test Test", ""), ("test user", ""), ("Testy McTest", ""), ("asdf", ""),
    ("asdf asdf", ""), ("qwerty", ""), ("hjkdfhgjkd sdfkjh", ""), ("dfgdfg dfgdfg", ""),
    ("asdasd", ""), ("zxcvbn", ""), ("xxx", ""), ("x x", ""), ("abc", ""), ("foo bar", ""),
    ("First Last", ""), ("Your Name", ""), ("Vorname Nachname", ""), ("John Doe", ""),
    ("Max Mustermann", ""), ("Mickey Mouse", ""), ("Anonymous", ""), ("no name", ""),
    ("QxVbTrLmKz", ""), ("prueba", ""), ("тест", ""), ("Jo Martin", "test@gmail.com"),
    ("Jo Martin", "none@none.com"), ("Jo Martin", "noemail@brightmill.com"),
    ("Jo Martin", "asdf@asdf.com"), ("Jo Martin", "a@a.com"), ("Jo Martin", "jo@gmial.com"),
    ("Jo Martin", "na@na.com"), ("Jo Martin", "keine@keine.de"), ("Test", "test@test.com"),
)  # fmt: skip
_BESIDE = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:-?[a-z0-9])*\.)+[a-z]{2,24}")
_NOW = datetime(2026, 3, 2, tzinfo=UTC)
_ABOUT = About("0", _NOW, _NOW, "form", "US")
_FLAGS = ("spam.", "test.", "email.placeholder", "name.", "email.suspect")


def mail_measures(folder: Path) -> Iterator[tuple[str, Iterable[Judged]]]:
    """The title of each measure, and what was judged."""
    yield "e-mail: one slip in 29 large domains is flagged", slips()
    yield "e-mail: real domains much like them are not", real_domains()
    yield "e-mail: throw-away domains are flagged", throw_away()
    yield "e-mail: relays are no throw-away domains", relays()
    yield "35 kinds of tests, mash and placeholders are flagged", placeholders()
    yield "real names of all sets are not", real_names(folder)
    yield "real companies of all sets are not", real_companies(folder)


def slips() -> Iterator[Judged]:
    large = LARGE.split()
    for domain in large:
        for slip in sorted(_slips_of(domain).difference(large)):
            yield _DOMAIN.fullmatch(slip) is None or is_suspect_domain(slip), slip


def _slips_of(domain: str) -> set[str]:
    found = set()
    for at, letter in enumerate(domain):
        before, behind = domain[:at], domain[at + 1 :]
        if letter != ".":
            found |= {before + behind, before + letter + letter + behind}
        if behind:
            found.add(before + behind[0] + letter + behind[1:])
        for row in _BESIDE:
            place = row.find(letter)
            if place >= 0:
                near = row[max(0, place - 1) : place + 2]
                found |= {before + other + behind for other in near}
    return found - {domain}


def real_domains() -> Iterator[Judged]:
    for domain in REAL.split():
        yield not is_suspect_domain(domain), domain


def throw_away() -> Iterator[Judged]:
    for domain in sorted(disposable_domains()):
        email = refine_email(f"jo.martin@{domain}")
        yield "email.disposable" in email.problems, f"{domain} -> {email.problems}"


def relays() -> Iterator[Judged]:
    for domain in RELAYS.split():
        yield not refine_email(f"x7k2@{domain}").problems, domain


def placeholders() -> Iterator[Judged]:
    for name, email in KINDS:
        fields = LeadFields(name=name, email=email or "jo.martin@brightmill.com")
        problems = refine(fields, _ABOUT).problems
        yield any(one.startswith(_FLAGS) for one in problems), f"{name} {email} -> {problems}"


def real_names(folder: Path) -> Iterator[Judged]:
    names = set(_labelled(folder / "names_person_labelled.jsonl"))
    for number in (1, 2, 3):
        names |= set(_column(folder / f"dedupe_febrl{number}.csv", "given_name", "surname"))
    names |= set(_column(folder / "dedupe_people_email.csv", "first_name", "surname"))
    names |= set(_column(folder / "dedupe_historical_people.csv", "full_name"))
    for name in sorted(names - {""}):
        yield not (is_placeholder_name(name) or is_mashed(name)), name


def real_companies(folder: Path) -> Iterator[Judged]:
    names = set(_labelled(folder / "names_company_labelled.jsonl"))
    names |= set(_column(folder / "company_names_country.csv", "name"))
    names |= set(_column(folder / "dedupe_organisations.csv", "site_name"))
    for name in sorted(names - {""}):
        yield not is_placeholder_company(name), name


def _labelled(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)["text"]


def _column(path: Path, *columns: str) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield " ".join(row[column] for column in columns).strip()
