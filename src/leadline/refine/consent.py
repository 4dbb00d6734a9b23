"""Consent: the words for yes and no that forms and CRMs write. What is not understood stays
unknown."""

from collections.abc import Mapping
from datetime import datetime

from leadline.model.facts.consent import NO, PURPOSES, UNKNOWN, YES, Consent, ConsentSaid
from leadline.model.texts.patterns import late
from leadline.refine.consent_words import (
    NEGATIONS,
    NO_BEGINNINGS,
    NO_WORDS,
    YES_BEGINNINGS,
    YES_WORDS,
)
from leadline.refine.text import line

_LIMIT = 300
"""The longest text that is kept, in characters."""

_END = late(r"[,.;:!(–—]|\s-\s")
_SENTENCE_END = late(r"[.;!?]")
_NOT_WORDS = late(r"[^\w']+")
_JOINS = str.maketrans("", "", "-_ ")


def refine_consent(
    said: Mapping[str, ConsentSaid], source: str, at: datetime
) -> dict[str, Consent]:
    """What is known of each purpose. *source* and *at* are those of the lead, for what gives no
    others; what a CRM says has no time unless it gives one."""
    found = {name: _understood(one, source, at) for name, one in said.items() if name in PURPOSES}
    return {name: one for name, one in found.items() if one is not None}


def yes_or_no(written: str) -> str:
    """YES, NO or UNKNOWN. What begins like a yes and goes on with a negation is UNKNOWN."""
    words = line(written[:_LIMIT]).casefold().replace("’", "'")
    first = _END.split(words, 1)[0].strip()
    for one in (words, first):
        joined = one.translate(_JOINS)
        if joined in YES_WORDS or one in YES_WORDS:
            return YES if one is words else _unless_negated(words)
        if joined in NO_WORDS or one in NO_WORDS:
            return NO
    if words.startswith(NO_BEGINNINGS):
        return NO
    return _unless_negated(words) if words.startswith(YES_BEGINNINGS) else UNKNOWN


def _unless_negated(words: str) -> str:
    """YES, or UNKNOWN if the first sentence has a negation."""
    sentence = _SENTENCE_END.split(words, 1)[0]
    said = _NOT_WORDS.split(sentence)
    negated = any(one in NEGATIONS or one.endswith("n't") for one in said)
    return UNKNOWN if negated else YES


def _understood(said: ConsentSaid, source: str, at: datetime) -> Consent | None:
    if not line(said.value[:_LIMIT]):
        return None
    value = yes_or_no(said.value)
    text = said.text if value != UNKNOWN else f"{said.text}: {said.value}".removeprefix(": ")
    when = said.at or (None if said.source else at)
    return Consent(value, said.source or source, when, _plain(text))


def _plain(text: str) -> str:
    """The text on one line that can be encoded."""
    return line(text[:_LIMIT].encode(errors="replace").decode())
