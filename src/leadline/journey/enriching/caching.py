"""Answers about companies, kept for other leads of the same company.

They stand in documents of which each has a part of the keys, so that they need no clean-up: who
adds an answer takes out the old ones of its part. A key is a digest of what was asked. Answers to
questions about people are not kept.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from leadline.model.facts.enrichment import Scalar
from leadline.model.keys import key_digest
from leadline.model.staff.assigning import Rewrite
from leadline.ports.enriching import OF_COMPANIES, FactsFound, NothingFound
from leadline.ports.store_parts.assigning import Assigning
from leadline.settings.connected.enrich import AnyEnrichConfig, HttpEnrichConfig

_IN_ONE = 48
"""The most answers of a part; with 256 parts a provider has 12,000."""
_NOTHING_FOR = timedelta(days=7)
"""How long it is believed at most that a provider knows nothing."""


class CachedAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """An answer: when it was given, its values (empty: nothing was found), and how sure it is."""

    at: datetime
    values: dict[str, Scalar] = {}
    confidence: float | None = None


class CachePart(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answers of one part, by key."""

    answers: dict[str, CachedAnswer] = {}


_decoder = msgspec.json.Decoder(CachePart)


def query_digest(query: Mapping[str, str], config: AnyEnrichConfig | None = None) -> str:
    """A digest of what a provider is asked, and of how by its settings: whoever mends a mapping
    wants other answers than those of before."""
    words: list[list[str]] = [[name, query[name].casefold()] for name in sorted(query)]
    if isinstance(config, HttpEnrichConfig):
        words.append([config.url, config.method, config.body])
        words += ([name, path] for name, path in sorted(config.map.items()))
    return key_digest("enrich", "", msgspec.json.encode(words)).hex()


def is_cached(needs: frozenset[str]) -> bool:
    """Whether answers to questions about these fields are kept."""
    return bool(needs) and needs <= OF_COMPANIES


def cached(
    store: Assigning, provider: str, key: str, now: datetime, lasting: timedelta
) -> FactsFound | NothingFound | None:
    """The answer that was kept, if it is not too old."""
    name = _name(provider, key)
    kept = store.kept([name])[name]
    if not kept.body:
        return None
    one = _decoder.decode(kept.body).answers.get(key)
    if one is None or not _is_fresh(one, now, lasting):
        return None
    return FactsFound(one.values, one.confidence) if one.values else NothingFound()


def keep_answer(
    store: Assigning,
    provider: str,
    key: str,
    answer: FactsFound | NothingFound,
    now: datetime,
    lasting: timedelta,
) -> None:
    """Keep an answer; of two workers at once one may keep none."""
    name = _name(provider, key)
    kept = store.kept([name])[name]
    before = _decoder.decode(kept.body).answers if kept.body else {}
    fresh = {k: one for k, one in before.items() if k != key and _is_fresh(one, now, lasting)}
    latest = sorted(fresh.items(), key=lambda item: item[1].at)[-(_IN_ONE - 1) :]
    values = dict(answer.values) if isinstance(answer, FactsFound) else {}
    sure = answer.confidence if isinstance(answer, FactsFound) else None
    part = CachePart({**dict(latest), key: CachedAnswer(now, values, sure)})
    store.keep({name: Rewrite(kept, msgspec.json.encode(part))})


def _is_fresh(one: CachedAnswer, now: datetime, lasting: timedelta) -> bool:
    most = lasting if one.values else min(lasting, _NOTHING_FOR)
    return now - one.at < most


def _name(provider: str, key: str) -> str:
    return f"enrich:{provider}:{key[:2]}"
