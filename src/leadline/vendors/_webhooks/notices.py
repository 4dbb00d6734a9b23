"""Notices that name records by their ids, and answers to the questions that a form asked."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from leadline.vendors._webhooks.aliases import meaning
from leadline.vendors._webhooks.fields import text

_LOOKS_LIKE_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\W\d_]{2,24}")


def each_record(ids: Iterable[Any]) -> Iterator[str]:
    """The ids that a notice names, each once and in its order; each becomes an event of its own."""
    seen: set[str] = set()
    for value in ids:
        one = text(value)
        if one and one not in seen:
            seen.add(one)
            yield one


def with_questions(
    where: Mapping[str, tuple[str, ...]], asked: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """Where fields stand among answers: under the vendor's names, then under what else was *asked*
    in usual words ("Firma", "your role")."""
    found = dict(where)
    for question in asked:
        known = meaning(question)
        if known and known[0] not in ("record", "score", "created", "owner"):
            found[known[0]] = (*found.get(known[0], ()), question)
    return found


def by_looks(answers: Mapping[str, Any]) -> str | None:
    """The first answer that looks like an e-mail address, whatever was asked."""
    texts = (value.strip() for value in answers.values() if isinstance(value, str))
    return next((one for one in texts if _LOOKS_LIKE_EMAIL.fullmatch(one)), None)
