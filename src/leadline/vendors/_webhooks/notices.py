"""Helpers for notices that list record ids, and for answers to a form's questions."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from leadline.model.texts.patterns import late
from leadline.vendors._reader.aliases import meaning
from leadline.vendors._webhooks.fields import text

_LOOKS_LIKE_EMAIL = late(r"[^\s@]+@[^\s@]+\.[^\W\d_]{2,24}")


def each_record(ids: Iterable[Any]) -> Iterator[str]:
    """The record ids in a notice, in order and without repetition; each becomes an event."""
    seen: set[str] = set()
    for value in ids:
        one = text(value)
        if one and one not in seen:
            seen.add(one)
            yield one


def with_questions(
    where: Mapping[str, tuple[str, ...]], asked: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """The keys of each field among a form's answers: the vendor's names (*where*), then the
    questions *asked* whose wording is known ("Firma", "your role")."""
    found = dict(where)
    for question in asked:
        known = meaning(question)
        if known and known[0] not in ("record", "score", "created", "owner"):
            found[known[0]] = (*found.get(known[0], ()), question)
    return found


def by_looks(answers: Mapping[str, Any]) -> str | None:
    """The first answer that looks like an e-mail address, whatever the question; None if none."""
    texts = (value.strip() for value in answers.values() if isinstance(value, str))
    return next((one for one in texts if _LOOKS_LIKE_EMAIL.fullmatch(one)), None)
