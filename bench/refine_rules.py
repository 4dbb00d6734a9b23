"""How many leads a second the refinement rules pass on one core, against the naive route.

    python -m bench.refine_rules

Method. Two sets of made-up leads with ten fields or more, each lead another person: *clean* ones
(trimmed, E.164 or national numbers of three countries with the country named) and *messy* ones
(capitals, "Last, First", display names and mailto: around addresses, extensions, stray spaces and
invisible characters). Both routes get the same leads in turn, round after round; CPU time is taken,
and of each the best round counts, for the others were disturbed. The first pass, which compiles the
numbering plans of a country, is not timed.

The baseline does with the libraries alone what the same fields need at least: email-validator,
phonenumbers (parse, validity, E.164 and international format), and NFKC plus `split` and `join` for
every text. It repairs no name, records no change and flags nothing, so the ratio errs against us;
and what is wrapped it gives up early, so the share of leads of which each route finds both a valid
address and a valid number stands beside the rates.
"""

import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from leadline.model.keys import match_keys
from leadline.model.lead import LeadFields
from leadline.refine import About, refine
from leadline.refine.country import region_of

LEADS = 2_000
ROUNDS = 7
NOW = datetime(2024, 1, 15, 10, 30, tzinfo=UTC)
ABOUT = About("018d0c2a-0000-7000-8000-000000000000", NOW, NOW, "bench", "US")
FIRST = ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Ken", "Frances", "Donald")
LAST = ("Lovelace", "Hopper", "Turing", "Liskov", "Thompson", "Allen", "Knuth", "Hamilton")


def run() -> list[str]:
    """The printable figures: the rate of each set, and how often the baseline fits into it."""
    lines = []
    for title, leads in (("clean", clean(LEADS)), ("messy", messy(LEADS))):
        ours, theirs = measure(leads)
        lines.append(
            f"refine, {title} leads: {1 / ours:,.0f}/s a core ({ours * 1e6:.1f} µs a lead), "
            f"{theirs / ours:.1f} times the naive route ({1 / theirs:,.0f}/s); address and number "
            f"found in {share(map(is_found, leads)):.0%}, by the naive route in "
            f"{share(map(is_found_naively, leads)):.0%}"
        )
    return lines


def measure(leads: Sequence[LeadFields]) -> tuple[float, float]:
    """CPU seconds a lead by our rules and by the naive route, each the best of its rounds."""
    ours, theirs = [], []
    timed(leads, lambda fields: refine(fields, ABOUT))
    for _ in range(ROUNDS):
        ours.append(timed(leads, lambda fields: refine(fields, ABOUT)))
        theirs.append(timed(leads, naive))
    return min(ours), min(theirs)


def timed(leads: Sequence[LeadFields], work: Callable[[LeadFields], object]) -> float:
    start = time.process_time()
    for fields in leads:
        work(fields)
    return (time.process_time() - start) / len(leads)


def share(found: Iterable[bool]) -> float:
    counted = list(found)
    return sum(counted) / len(counted)


def is_found(fields: LeadFields) -> bool:
    return len(match_keys(refine(fields, ABOUT))) == 2


def is_found_naively(fields: LeadFields) -> bool:
    kept = naive(fields)
    return "email_problem" not in kept and kept.get("phone_valid") == "True"


def naive(fields: LeadFields) -> dict[str, str | None]:
    """The baseline: every text through NFKC, then the libraries for e-mail and phone."""
    kept: dict[str, str | None] = {}
    for field in fields.__struct_fields__:
        value = getattr(fields, field)
        if isinstance(value, str):
            kept[field] = " ".join(unicodedata.normalize("NFKC", value).split())
    try:
        address = (kept.get("email") or "").lower()
        kept["email"] = validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        kept["email_problem"] = "invalid"
    try:
        region = region_of(kept.get("country") or "") or None
        number = phonenumbers.parse(kept.get("phone") or "", region)
        kept["phone_valid"] = str(phonenumbers.is_valid_number(number))
        kept["e164"] = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        kept["phone"] = phonenumbers.format_number(
            number, phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
    except phonenumbers.NumberParseException:
        kept["phone_problem"] = "unparseable"
    return kept


def clean(count: int) -> list[LeadFields]:
    phones = (
        ("United States", "+1212555{:04}"),
        ("United Kingdom", "020 7946 {:04}"),
        ("Germany", "030 23125 {:03}"),
    )
    leads = []
    for number in range(count):
        first, last = FIRST[number % 8], LAST[number // 8 % 8]
        country, phone = phones[number % 3]
        leads.append(
            LeadFields(
                name=f"{first} {last}",
                email=f"{first}.{last}{number}@example.com".lower(),
                phone=phone.format(number % 1000),
                company=f"{last} Engines Ltd",
                title="Head of Research",
                country=country,
                website="https://www.example.com",
                message="We would like a quote for forty seats.\nBest regards",
                source="Website",
                campaign="Spring",
                owner="Grace Hopper",
                score=72.0,
            )
        )
    return leads


def messy(count: int) -> list[LeadFields]:
    leads = []
    for number in range(count):
        first, last = FIRST[number % 8], LAST[number // 8 % 8]
        leads.append(
            LeadFields(
                name=f" {last.upper()},\u200b {first.upper()} ",
                email=f" {first} {last} <{first}.{last}{number}@Example.COM> ",
                phone=f"tel:+1 (212) 555-{number % 10000:04} x{number % 90}",
                company=f"{last.upper()} ENGINES GMBH",
                title=" Head\tof Research",
                country=" U.S.A. ",
                website="HTTPS://WWW.Example.com/A",
                message="  Hello  \r\n\r\n\r\n\r\nthere\u00a0you ",
                source="Web site ",
                campaign="Spring\u00a02024",
                owner=" Grace  Hopper ",
                score=72.0,
            )
        )
    return leads


if __name__ == "__main__":
    print("\n".join(run()))
