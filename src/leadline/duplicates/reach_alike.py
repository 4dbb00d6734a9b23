"""Compares the addresses and numbers of two leads."""

from leadline.duplicates.mailboxes import firm_of, is_of_a_business, is_shared_mailbox
from leadline.duplicates.names_alike import Finding
from leadline.duplicates.strings import edits, is_typo, ratio, same_order
from leadline.duplicates.weights import Weights
from leadline.model.likeness import Traits

_ORDER = (
    "email.same",
    "email.shared",
    "email.near",
    "email.slip",
    "email.local",
    "email.domain",
    "email.similar",
    "email.other",
)
_LEAST_LOCAL = 5


def emails_alike(one: Traits, other: Traits, weights: Weights) -> Finding | None:
    """What the closest two addresses of two leads say; None if one has none."""
    if not one.emails or not other.emails:
        return None
    if len(one.emails) == 1 == len(other.emails):
        code = _emails(one.emails[0], other.emails[0])
    else:
        codes = {_emails(a, b) for a in one.emails for b in other.emails}
        code = min(codes, key=_ORDER.index)
    return code, weights.levels[code]


def _emails(a: str, b: str) -> str:
    if a == b:
        return "email.shared" if is_shared_mailbox(a) else "email.same"
    local_a, _, domain_a = a.rpartition("@")
    local_b, _, domain_b = b.rpartition("@")
    if is_shared_mailbox(a) or is_shared_mailbox(b):
        return "email.domain" if _is_one_firm(a, b) else "email.other"
    if local_a == local_b and len(local_a) >= _LEAST_LOCAL:
        return "email.near" if _is_misspelt(domain_a, domain_b) else "email.local"
    if _is_slip(local_a, local_b):
        if domain_a == domain_b:
            return "email.slip"
        if _is_misspelt(domain_a, domain_b):
            return "email.near"  # chance does not make two slips
    if _is_one_firm(a, b):
        return "email.domain"
    return "email.similar" if ratio(a, b) >= 0.87 and same_order(a, b) >= 0.78 else "email.other"


def _is_one_firm(a: str, b: str) -> bool:
    return firm_of(a) == firm_of(b) != ""


def _is_slip(a: str, b: str) -> bool:
    """Whether one local part is a typo of the other. Another first letter or other digits are
    another mailbox."""
    if a[:1] != b[:1] or not (is_typo(a, b) or a.replace(".", "") == b.replace(".", "")):
        return False
    return [c for c in a if c.isdigit()] == [c for c in b if c.isdigit()]


def _is_misspelt(a: str, b: str) -> bool:
    """Whether one domain is a typo of the other. Two that give out mailboxes are no typos."""
    if abs(len(a) - len(b)) > 2 or not (is_of_a_business(a) or is_of_a_business(b)):
        return False
    return edits(a, b) <= (2 if min(len(a), len(b)) > 8 else 1)


def phones_alike(one: Traits, other: Traits, weights: Weights) -> Finding | None:
    """What the numbers of two leads say; None if one has none."""
    if not one.phones or not other.phones:
        return None
    if len(one.phones) == 1 == len(other.phones):
        code = _phones(one.phones[0], other.phones[0])
    else:
        codes = {_phones(a, b) for a in one.phones for b in other.phones}
        code = max(codes, key=lambda one: (weights.levels[one], one))
    return code, weights.levels[code]


def _phones(a: str, b: str) -> str:
    if a == b:
        return "phone.same"
    number_a, _, extension_a = a.partition(";")
    number_b, _, extension_b = b.partition(";")
    if number_a == number_b:
        return "phone.extension" if extension_a and extension_b else "phone.line"
    short, long = sorted((number_a.lstrip("+"), number_b.lstrip("+")), key=len)
    if not number_a.startswith("+") or not number_b.startswith("+"):
        national = short.lstrip("0")
        if len(national) >= 7 and long.endswith(national):
            return "phone.same" if len(national) >= 9 else "phone.line"
    if len(short) == len(long) and edits(short, long) <= 1:
        return "phone.near"
    return "phone.other"
