"""E-mail addresses: unwrapped, in lower case, checked, flagged, and never blanked.

The plain shape is recognised by one regular expression; email-validator judges all others.
"""

import re

import msgspec

from leadline.model.lead import Change
from leadline.refine import text
from leadline.refine.email_domains import (
    DISPOSABLE,
    MISTYPED,
    NOBODY,
    ONE_MAILBOX,
    PLACEHOLDERS,
    ROLES,
    SAME_PROVIDER,
    TAGGING,
)
from leadline.refine.limits import LIMITS

# A subset of what email-validator accepts unchanged: no label may hold "--" (IDNA), none is
# longer than 63, and the special-use top-level domains of RFC 6761 are no place for mail.
_PLAIN = re.compile(
    r"(?=.{6,254}\Z)(?=[^@]{1,64}@)(?P<local>[a-z0-9_-]+(?:[.+'][a-z0-9_-]+)*)"
    r"@(?P<domain>(?:[a-z0-9](?:-?[a-z0-9]){0,31}\.)+"
    r"(?!(?:arpa|invalid|local|localhost|onion|test)\Z)[a-z]{2,24})"
)
# Controls end what counts, too: elsewhere a NUL ends a text, and a header must not go on.
_LINE_END = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]+")
_MAILTO = re.compile(r"(?:mailto:)++", re.I)
_AT_THE_END = " \t\n.,;"
_BEFORE = " <([\"',;:"
_BEHIND = " >)]\"',;:."
_SEPARATOR = re.compile(
    r"\s*[,;|]\s*|\s+(?:or|and|oder|und|ou|o|y|e|/|&)\s+|\s+(?=\S+@)|(?<=[^\s<])(?=<)", re.I
)
_MISTYPED_TOP = text.words("con cmo ocm comm coom nett ogr")
_LOOSE_SPACE = re.compile(r"\s*([@.])\s*")


class Email(msgspec.Struct, frozen=True):
    """An address as shown, its canonical form (None unless it is valid) and what was found."""

    written: str | None = None
    canonical: str | None = None
    problems: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


def refine_email(written: str | None) -> Email:
    """The address in *written*: the first, where several stand; flagged where it is doubtful.

    Of several lines the first that has anything in it counts, and no later one.
    """
    if not written:
        return Email()
    if (plain := _PLAIN.fullmatch(written)) is not None:
        local, domain = plain["local"], plain["domain"]
        return Email(written, _canonical(local, domain), _doubts(local, domain))
    return _refine_other(written)


def _refine_other(written: str) -> Email:
    line, rest = _first_line(written)
    kept, changes = text.clean("email", line, text.code)
    if rest:
        changes = (text.altered("email", written, line, "email.first_line"), *changes)
    lines = ("email.lines",) if rest else ()
    if kept is None:
        return Email(changes=changes)
    address, several = _unwrapped(kept)
    while (inner := _unwrapped(address))[0] != address:  # "<mailto:<a@b>>"; it only gets shorter
        address, several = inner[0], several or inner[1]
    if "@" in address and "@" in rest:
        several = several or _lowered(_unwrapped(rest)[0]) != _lowered(address)
    problems = (*lines, *(("email.several",) if several else ()))
    if address != kept:
        changes = (*changes, text.altered("email", kept, address, "email.unwrap"))
    lowered = _lowered(address)
    if lowered != address:
        changes = (*changes, text.altered("email", address, lowered, "email.lowercase"))
    found = _parts(lowered)
    tight = _LOOSE_SPACE.sub(r"\1", lowered) if found is None else lowered
    if tight != lowered and (found := _parts(tight)) is not None:
        changes = (*changes, text.altered("email", lowered, tight, "email.spaces"))
        lowered = tight
    if found is None:
        return Email(lowered, None, (*problems, "email.invalid"), changes)
    return Email(lowered, _canonical(*found), problems + _doubts(*found), changes)


def _first_line(written: str) -> tuple[str, str]:
    """The first line in which there is anything, and what the others say; the whole, as it is,
    where nothing stands in any other."""
    if written.isprintable():
        return written, ""  # no line ends in it
    # Looked at whole: what is seen may stand behind any number of blanks.
    lines = [line for line in _LINE_END.split(written) if text.bare(line)]
    if len(lines) < 2:
        return written, ""
    return lines[0], " ".join(lines[1:])[: LIMITS["email"]]


def _unwrapped(address: str) -> tuple[str, bool]:
    """The first address without mailto:, display name and punctuation; whether others follow."""
    if address.count("@") == 1:
        return _alone(address), False
    if '"' in address.partition("@")[0] and "<" not in address:  # "a@b"@example.org is one
        return _alone(address), False
    found = [_alone(part) for part in _SEPARATOR.split(address) if "@" in part]
    if not found:
        return _alone(address), False
    first = next((one for one in found if _parts(_lowered(one)) is not None), found[0])
    return first, len({_lowered(one) for one in found}) > 1


def _alone(address: str) -> str:
    """One address without what stands around it; what holds none comes back as it is."""
    inner = address
    if (wrapped := _in_angles(address)) is not None:
        inner = wrapped
    elif ":" in address and (mailto := _MAILTO.match(address)) is not None:
        inner = address[mailto.end() :].partition("?")[0]
    elif _parts(_lowered(address)) is None:
        stripped = address.lstrip(_BEFORE).rstrip(_BEHIND)
        inner = stripped if _parts(_lowered(stripped)) is not None else address
    return inner.strip() if "@" in inner else address


def _in_angles(address: str) -> str | None:
    """What stands in the first angle brackets that hold an "@", of which the closing one may lack;
    None where there are none, or another "@" follows."""
    if "<" not in address:
        return None
    parts = address.split("<")[1:]
    holding = [part for part in parts if "@" in part]
    if len(holding) != 1:
        return None
    inner, closing, behind = holding[0].partition(">")
    if "@" not in inner or "@" in behind:
        return None
    inner = inner.lstrip()
    if (mailto := _MAILTO.match(inner)) is not None:
        inner = inner[mailto.end() :]
    return inner.rstrip() if closing else inner.rstrip(_AT_THE_END)


def _lowered(address: str) -> str:
    """Lower case and NFKC at once; text that is no address at all keeps its case."""
    if "@" not in address:
        return address
    lowered = address.lower()
    return lowered if lowered.isascii() else text.code(text.code(lowered).lower())


def _parts(address: str) -> tuple[str, str] | None:
    """Local part and ASCII domain of a valid address, else None."""
    if (plain := _PLAIN.fullmatch(address)) is not None:
        return plain["local"], plain["domain"]
    if "@" not in address or len(address) > 320:  # RFC 5321 4.5.3.1: 64 + 1 + 255
        return None
    from email_validator import EmailNotValidError, validate_email  # slow to import, seldom used

    try:
        valid = validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return None
    return valid.local_part.lower(), valid.ascii_domain.lower()


def _canonical(local: str, domain: str) -> str:
    """One spelling for one mailbox, as far as its provider promises that they are one.

    Only providers that say so have their +tags and dots removed: elsewhere `a+b@` and `ab@` may
    be two people, and two leads taken for one are worse than one lead seen twice.
    """
    domain = SAME_PROVIDER.get(domain, domain)
    if domain in TAGGING:
        local = local.partition("+")[0] or local
        if domain in ONE_MAILBOX:
            local = local.replace(".", "") or local
    return f"{local}@{domain}"


def _doubts(local: str, domain: str) -> tuple[str, ...]:
    """What makes a valid address doubtful, in alphabetical order."""
    name = local.partition("+")[0]
    found = []
    if domain in DISPOSABLE:
        found.append("email.disposable")
    if name in NOBODY or (name in PLACEHOLDERS and domain.startswith(f"{name}.")):
        found.append("email.placeholder")
    if name in ROLES:
        found.append("email.role")
    if domain in MISTYPED or _ends_mistyped(domain):
        found.append("email.suspect_domain")
    return tuple(found)


def _ends_mistyped(domain: str) -> bool:
    top = domain.rpartition(".")[2]
    return top in _MISTYPED_TOP or not (top.isalpha() or top.startswith("xn--"))
