"""Notices that name records by their ids, and answers to the questions that a form asked."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from leadline.errors import Unreadable
from leadline.sources._aliases import meaning
from leadline.sources._fields import text

_MOST_RECORDS = 1000
_MOST_BYTES = 64 * 2**20
_LOOKS_LIKE_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\W\d_]{2,24}")


def each_record(ids: Iterable[Any], body: bytes) -> list[str]:
    """The ids that a notice names, each once and in its order; each becomes an event of its own.

    Raises Unreadable for more than any sender puts into one request.
    """
    found = list(dict.fromkeys(one for value in ids if (one := text(value))))
    if len(found) > _MOST_RECORDS or len(found) * len(body) > _MOST_BYTES:
        raise Unreadable(f"the notice names {len(found)} records, more than are taken at once")
    return found


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
