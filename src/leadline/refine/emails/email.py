"""E-mail addresses: extracted, put in lower case, validated and flagged, but never removed.

One regular expression recognises common addresses; `syntax` checks all others.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from types import ModuleType

import msgspec

from leadline.model.lead import Change
from leadline.model.texts.patterns import late
from leadline.refine import text
from leadline.refine.emails.kinds import (
    DomainKind,
    company_domain,
    domain_kind,
    is_placeholder_at,
    is_role,
)
from leadline.refine.emails.mailbox import canonical
from leadline.refine.emails.slips import is_suspect_domain
from leadline.refine.emails.syntax import address_parts
from leadline.refine.limits import LIMITS
from leadline.refine.mends.blank import is_blank
from leadline.refine.mends.mending import is_doubtful

# A subset of what email-validator accepts unchanged: no label contains "--" (IDNA) or is longer
# than 63, and the special-use top-level domains of RFC 6761 are excluded.
_PLAIN = late(
    r"(?=.{6,254}\Z)(?=[^@]{1,64}@)(?P<local>[a-z0-9_-]+(?:[.+'][a-z0-9_-]+)*)"
    r"@(?P<domain>(?:[a-z0-9](?:-?[a-z0-9]){0,31}\.)+"
    r"(?!(?:arpa|invalid|local|localhost|onion|test)\Z)[a-z]{2,24})"
)
# Control characters end a line too: other programs end a text at NUL, and headers must not go on.
_LINE_END = late("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]+")
_MAILTO = late(r"(?:mailto:)++", re.I)
# What is unwrapped, mended, or taken for a sign in words.
_AROUND = late(r"[\s<>:;,|\"'()\[\]{}&%\\]")
_AT_THE_END = " \t\n.,;"
_BEFORE = " <([\"',;:„“”‚‘’«»‹›"
_BEHIND = " >)]\"',;:.„“”‚‘’«»‹›"
_REMARK = late(r"(\S{1,64}@\S{3,255})\s+(?:[(\[–—-]|[^\W\d_]{4})[^@]*")  # "jo@mill.com (private)"
_SEPARATOR = late(
    r"\s*[,;|]\s*|\s+(?:or|and|oder|und|ou|o|y|e|/|&)\s+|\s+(?=\S+@)|(?<=[^\s<])(?=<)", re.I
)
_LOOSE_SPACE = late(r"\s*([@.])\s*")


class Email(msgspec.Struct, frozen=True):
    """An address as displayed, its canonical form (None if it is invalid), problems and changes;
    whose its domain is (a `DomainKind`), and the domain of its company."""

    written: str | None = None
    canonical: str | None = None
    problems: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    kind: str | None = None
    company: str | None = None


def refine_email(written: str | None) -> Email:
    """The address in *written*, flagged if it is doubtful; the first one if there are several.

    Only the first line that is not blank counts.
    """
    if not written:
        return Email()
    lowered = written.lower()
    if written.isascii() and (plain := _PLAIN.fullmatch(lowered)) is not None:
        return _judged(lowered, plain["local"], plain["domain"], (), _cased(written, lowered))
    if is_bare(written) and (found := address_parts(lowered)) is not None:
        return _judged(lowered, *found, (), _cased(written, lowered))
    return _refine_other(written)


def _cased(written: str, lowered: str) -> tuple[Change, ...]:
    if lowered == written:
        return ()
    return (text.altered("email", written, lowered, "email.lowercase"),)


def is_bare(written: str) -> bool:
    """Whether nothing stands around an address and nothing in it is to be mended, so that, if it is
    valid, refinement does no more than to write it in lower case."""
    if written.count("@") != 1 or not written.isprintable() or _AROUND.search(written):
        return False
    if written.isascii():
        return True
    lowered = written.lower()
    return (
        lowered.lower() == lowered
        and unicodedata.is_normalized("NFKC", written)
        and unicodedata.is_normalized("NFKC", lowered)
        and not is_doubtful(written)
    )


def is_common(written: str) -> bool:
    """Whether it is a common address that refinement leaves as it is."""
    return _PLAIN.fullmatch(written) is not None


def canonical_address(address: str) -> str | None:
    """The canonical form of one address, to find duplicates; None if it is invalid. What an earlier
    version wrote into `Contact.email_canonical` may be another one."""
    parts = _valid(address)
    return canonical(*parts) if parts else None


def other_addresses(changes: Iterable[Change]) -> tuple[str, ...]:
    """The canonical forms of the addresses that stood in the e-mail field beside the one that was
    kept, by the changes of a refined lead: further keys by which the same person can be known.
    Only those on the same line, and none if the field was too long for a Change."""
    for change in changes:
        if change.rule == "email.unwrap" and change.before and change.after:
            parts = _SEPARATOR.split(change.before)
            found = (canonical_address(_alone(part)) for part in parts if "@" in part)
            kept = canonical_address(change.after)
            return tuple(dict.fromkeys(one for one in found if one and one != kept))
    return ()


def _refine_other(written: str) -> Email:
    line, rest = _first_line(written)
    kept, changes = text.clean("email", line, text.code)
    if rest:
        changes = (text.altered("email", written, line, "email.first_line"), *changes)
    lines = ("email.lines",) if rest else ()
    if kept is None:
        return Email(problems=lines, changes=changes)
    kept, of_signs = _with_signs(kept)
    changes += of_signs
    address, several = _unwrapped(kept)
    while (inner := _unwrapped(address))[0] != address:  # "<mailto:<a@b>>"; always gets shorter
        address, several = inner[0], several or inner[1]
    if "@" in address and "@" in rest:
        several = several or _lowered(_unwrapped(rest)[0]) != _lowered(address)
    problems = (*lines, *(("email.several",) if several else ()))
    if address != kept:
        changes = (*changes, text.altered("email", kept, address, "email.unwrap"))
        if is_blank("email", address):
            changes = (*changes, text.altered("email", address, None, "email.placeholder"))
            return Email(problems=problems, changes=changes)
    lowered = _lowered(address)
    if lowered != address:
        changes = (*changes, text.altered("email", address, lowered, "email.lowercase"))
    found = _valid(address)
    tight = _LOOSE_SPACE.sub(r"\1", lowered) if found is None else lowered
    if tight != lowered and (found := _parts(tight)) is not None:
        changes = (*changes, text.altered("email", lowered, tight, "email.spaces"))
        lowered = tight
    if found is None:
        return Email(lowered, None, (*problems, "email.invalid"), changes)
    return _judged(lowered, *found, problems, changes)


def _with_signs(kept: str) -> tuple[str, tuple[Change, ...]]:
    """The text with the signs of an address that it has in words, and the change; unchanged if it
    has an address without that, or none after it."""
    signed = _written().with_signs(kept)
    if signed == kept or ("@" in kept and _valid(_unwrapped(kept)[0]) is not None):
        return kept, ()
    if _valid(_unwrapped(signed)[0]) is None:
        return kept, ()
    return signed, (text.altered("email", kept, signed, "email.written"),)


@cache
def _written() -> ModuleType:
    """The rules for addresses in words, loaded at the first address that may need them."""
    from leadline.refine.emails import written

    return written


def _first_line(written: str) -> tuple[str, str]:
    """The first line that is not blank, and the other ones joined; the unchanged text and "" if
    there are no others."""
    if written.isprintable():
        return written, ""  # it has no line end
    # The whole text is examined, because the first visible character may follow many blanks.
    lines = [line for line in _LINE_END.split(written) if text.bare(line)]
    if len(lines) < 2:
        return written, ""
    return lines[0], " ".join(lines[1:])[: LIMITS["email"]]


def _unwrapped(address: str) -> tuple[str, bool]:
    """The first address, without mailto:, display name and punctuation; whether others follow."""
    if address.count("@") == 1:
        return _alone(address), False
    if '"' in address.partition("@")[0] and "<" not in address:  # "a@b"@example.org is one
        return _alone(address), False
    found = [_alone(part) for part in _SEPARATOR.split(address) if "@" in part]
    if not found:
        return _alone(address), False
    first = next((one for one in found if _valid(one) is not None), found[0])
    return first, len({_lowered(one) for one in found}) > 1


def _alone(address: str) -> str:
    """One address without the text around it; unchanged if the text contains no address."""
    inner = address
    if (wrapped := _in_angles(address)) is not None:
        inner = wrapped
    elif ":" in address and (mailto := _MAILTO.match(address)) is not None:
        inner = address[mailto.end() :].partition("?")[0]
    elif _valid(address) is None:
        remark = _REMARK.fullmatch(address)
        bare = remark[1] if remark else address.partition("?subject=")[0]
        stripped = bare.lstrip(_BEFORE).rstrip(_BEHIND)
        inner = stripped if _valid(stripped) is not None else address
    return inner.strip() if "@" in inner else address


def _in_angles(address: str) -> str | None:
    """The text in the angle brackets that contain an "@"; the closing bracket may be missing. None
    if there are no such brackets, or several, or if an "@" follows them."""
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
    """The address in lower case and NFKC; text without an "@" keeps its case."""
    if "@" not in address:
        return address
    lowered = address.lower()
    return lowered if lowered.isascii() else text.code(text.code(lowered).lower())


@lru_cache(64)  # one text is taken apart step by step, and each step asks
def _valid(address: str) -> tuple[str, str] | None:
    """The local part and ASCII domain of an address in any case; None if it is invalid."""
    return _parts(_lowered(address))


def _parts(address: str) -> tuple[str, str] | None:
    """The local part and ASCII domain of a valid address; None if it is invalid."""
    return address_parts(address) if "@" in address else None


def _judged(
    written: str,
    local: str,
    domain: str,
    problems: tuple[str, ...] = (),
    changes: tuple[Change, ...] = (),
) -> Email:
    """A valid address, with the problem codes that it has itself, in alphabetical order."""
    kind = domain_kind(domain)
    found = []
    if kind is DomainKind.DISPOSABLE:
        found.append("email.disposable")
    if is_placeholder := is_placeholder_at(local, domain):
        found.append("email.placeholder")
    if is_role(local):
        found.append("email.role")
    if is_suspect_domain(domain):
        found.append("email.suspect_domain")
    company = None if is_placeholder else company_domain(domain)
    known = canonical(local, domain)
    return Email(written, known, (*problems, *found), changes, kind.value, company)
