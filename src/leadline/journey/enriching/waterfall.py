"""Asking the providers about a lead, one after the other, for what is still missing.

The order of the settings is the order in which they are asked. No provider is asked about a lead
that may not be processed. Each has a breaker that all workers share: after a call without an answer
it is left alone for a growing pause, and for as long as it asks for. Who could not be asked in time
is `due`, and is asked later (`patience.retry_after`), when the alert has gone.
"""

import logging
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from leadline.journey.enriching.applying import as_refined, with_facts
from leadline.journey.enriching.books import MICROS, Day, add_to_day, reserve
from leadline.journey.enriching.caching import cached, is_cached, keep_answer, query_digest
from leadline.journey.enriching.patience import Patience
from leadline.kit import Kit
from leadline.model.facts.consent import NO, SUPPRESSED
from leadline.model.facts.enrichment import FILLED, Enriched, Enrichment
from leadline.model.facts.likeness import KNOWN_PERSON
from leadline.model.lead import RefinedLead
from leadline.model.personal_data.suppression import UNREAD
from leadline.ports.enriching import (
    QUERY_FIELDS,
    Answer,
    FactProvider,
    FactsFound,
    NothingFound,
    NotNow,
    NoUse,
)
from leadline.ports.pacing_keys import provider_key

log = logging.getLogger(__name__)

_LEAST = timedelta(milliseconds=50)
"""With less time than this nobody is asked."""
_LONGEST_PAUSE = timedelta(minutes=5)
_SPARE = timedelta(seconds=1)


_SPENT = NoUse("budget.spent")
"""The answer in place of one for which there is no money left today."""


def may_be_enriched(lead: RefinedLead) -> bool:
    """Whether anybody may be asked about the lead: not about spam or somebody erased, and not if
    the person refused the processing of their data, or is on the suppression list, or that can't be
    told."""
    said = lead.consent.get("data")
    refused = said is not None and said.value == NO
    marks = {SUPPRESSED, UNREAD, KNOWN_PERSON}
    return lead.status == "refined" and not refused and marks.isdisjoint(lead.problems)


class Waterfall:
    """Asks the providers of a kit about the leads of one batch."""

    def __init__(self, kit: Kit, patience: Patience) -> None:
        self._kit = kit
        self._patience = patience
        self._counts: dict[str, Counter[str]] = {}

    def enriched(
        self, lead: RefinedLead, before: RefinedLead | None, corrected: Collection[str] = ()
    ) -> RefinedLead:
        """The lead with what providers say, but for fields that a person here *corrected*; *before*
        is what was made of it before, of which the answers stay as long as the same would be
        asked."""
        if not may_be_enriched(lead):
            return lead
        known = before.enrichment if before is not None and before.enrichment else Enrichment()
        lookup = _Lookup(self._kit, lead, known, self._patience, self._counts, corrected)
        found = lookup.run()
        return lead if found == Enrichment() else with_facts(lead, found, corrected)

    def finish(self) -> None:
        """Note how often providers of this machine were asked, and answers were cached."""
        now = self._kit.clock()
        for name, counts in self._counts.items():
            add_to_day(self._kit.store, name, now, Day(**counts))


class _Lookup:
    """One lead."""

    def __init__(
        self,
        kit: Kit,
        lead: RefinedLead,
        known: Enrichment,
        patience: Patience,
        counts: dict[str, Counter[str]],
        corrected: Collection[str],
    ) -> None:
        self._kit, self._lead, self._known = kit, lead, known
        self._patience, self._counts = patience, counts
        self._values: dict[str, Enriched] = {}
        self._asked: dict[str, str] = {}
        self._due: list[str] = []
        self._told = dict.fromkeys(known.told)
        self._now: datetime = kit.clock()
        self._corrected = corrected

    def run(self) -> Enrichment:
        """All providers, in order."""
        for name, provider in self._kit.enrichers.items():
            try:
                self._one(name, provider)
            except Exception:  # a provider's own mistake must not keep a lead from its alert
                log.exception("enrich.failed", extra={"provider": name})
                self._due.append(name)
        tries = self._known.tries + 1 if self._due else 0
        return Enrichment(self._values, self._asked, tuple(self._due), tries, tuple(self._told))

    def _one(self, name: str, provider: FactProvider) -> None:
        query = self._query(provider)
        if query is None or not provider.fits(with_facts(self._lead, Enrichment(self._values))):
            return
        key = query_digest(query, provider.config)
        has_answered = self._known.asked.get(name) == key
        if has_answered and not provider.is_local:  # what is here costs nothing, and may be newer
            self._keep(name, key)
            return
        if not any(map(self._lacks, provider.gives)):
            return
        answer = self._answer(name, provider, query, key)
        if has_answered and isinstance(answer, NotNow | NoUse):
            self._keep(name, key)
        elif answer is None or isinstance(answer, NotNow):
            self._due.append(name)
        elif answer != _SPENT:
            self._take(name, key, answer)

    def _keep(self, name: str, key: str) -> None:
        """Keep what the provider said before."""
        self._asked[name] = key
        kept = {n: v for n, v in self._known.values.items() if v.provider == name}
        self._values |= {n: v for n, v in kept.items() if self._lacks(n)}

    def _take(self, name: str, key: str, answer: Answer) -> None:
        """Take what the provider says for what is missing; what it said before has its time."""
        self._asked[name] = key
        if not isinstance(answer, FactsFound):
            return
        for field, said in answer.values.items():
            value = as_refined(field, said) if self._lacks(field) else None
            if value is None:
                continue
            new = Enriched(value, name, self._now, answer.confidence)
            old = self._known.values.get(field)
            is_old = old is not None and replace(old, at=self._now) == new
            self._values[field] = old if old is not None and is_old else new

    def _lacks(self, field: str) -> bool:
        """Whether nobody has said yet what the field is."""
        if field in self._values or field in self._corrected:
            return False
        return field not in FILLED or getattr(self._lead.contact, field) is None

    def _query(self, provider: FactProvider) -> dict[str, str] | None:
        """What the provider is asked about; None if the lead lacks something of it."""
        found: dict[str, str] = {}
        for field in provider.needs:
            value = known_field(self._lead, field) or self._found(field)
            if not value:
                return None
            found[field] = value
        return found

    def _found(self, field: str) -> str:
        one = self._values.get(field)
        return str(one.value) if one is not None else ""

    def _count(self, name: str, *what: str) -> None:
        self._counts.setdefault(name, Counter()).update(what)

    def _answer(
        self, name: str, provider: FactProvider, query: Mapping[str, str], key: str
    ) -> Answer | None:
        """The provider's answer; None if it was not asked."""
        if provider.is_local:
            said = provider.ask(query, 0)
            hit = ("hits",) if isinstance(said, FactsFound) else ()
            trouble = ("trouble",) if isinstance(said, NotNow | NoUse) else ()
            self._count(name, "asked", *hit, *trouble)
            return said
        began = self._kit.clock()
        try:
            return self._answer_from_afar(name, provider, query, key)
        finally:
            self._patience.left -= self._kit.clock() - began

    def _answer_from_afar(
        self, name: str, provider: FactProvider, query: Mapping[str, str], key: str
    ) -> Answer | None:
        """The answer that is cached, or that of the provider; None if it was not asked."""
        store, lasting = self._kit.store, provider.config.cache
        keeps = bool(lasting) and is_cached(provider.needs)
        if keeps and (kept := cached(store, name, key, self._now, lasting)) is not None:
            self._count(name, "cached")
            return kept
        answer = self._paid_answer(name, provider, query)
        if keeps and isinstance(answer, FactsFound | NothingFound):
            keep_answer(store, name, key, answer, self._now, lasting)
        return answer

    def _paid_answer(
        self, name: str, provider: FactProvider, query: Mapping[str, str]
    ) -> Answer | None:
        """The answer of a provider that is reached over the network, if there is time, money, and
        no pause."""
        kit, config = self._kit, provider.config
        limit = min(self._patience.left, config.timeout)
        if limit < _LEAST or _is_paused(kit, name, limit):
            return None
        cost = round(config.cost * MICROS)
        most = None if config.per_day is None else round(config.per_day * MICROS)
        at = kit.clock()  # what is not charged is given back to the day that it was taken from
        may = reserve(kit.store, name, at, cost, most)
        if may is None:
            return None
        if not may:
            return _SPENT
        try:
            answer = provider.ask(query, limit.total_seconds())
        except Exception as error:
            log.exception("enrich.failed", extra={"provider": name})
            answer = NoUse(type(error).__name__, charged=True)
        if not (isinstance(answer, NotNow | NoUse) and not answer.told):
            self._told[name] = None
        add_to_day(kit.store, name, at, day_of_answer(answer, cost, config.charge))
        _mind_breaker(kit, name, answer)
        return answer


def known_field(lead: RefinedLead, field: str) -> str:
    """What the lead itself says of a field of `QUERY_FIELDS`; "" for nothing."""
    contact = lead.contact
    if field not in QUERY_FIELDS:
        return ""
    if field == "domain":
        return contact.company_domain or ""
    if field == "phone":
        return contact.phone_e164 or ""
    if field == "email":
        return (contact.email_canonical and contact.email) or ""
    return getattr(contact, field) or ""


def day_of_answer(answer: Answer, cost: int, charge: str) -> Day:
    """What an answer adds to the day: what was reserved for it is given back if it is free."""
    match answer:
        case FactsFound():
            return Day(hits=1)
        case NothingFound(charged=charged):
            return Day(spent=-cost if charge == "hit" and not charged else 0)
        case NotNow(charged=charged) | NoUse(charged=charged):
            return Day(trouble=1, spent=0 if charged else -cost)


def _is_paused(kit: Kit, name: str, limit: timedelta) -> bool:
    """Whether the provider is left alone now: it asked for a pause, or gave no answer and another
    worker tries it."""
    key = provider_key(name)
    if not kit.store.health(key).failures:
        return False
    return bool(kit.store.reserve(key, limit + _SPARE))


def _mind_breaker(kit: Kit, name: str, answer: Answer) -> None:
    """Leave a provider alone that gave no answer, for as long as it asks, or for 2 to the power of
    its failures in seconds, of which a random part of up to half is taken off."""
    key = provider_key(name)
    if not isinstance(answer, NotNow):
        if kit.store.health(key).failures:
            kit.store.record_attempt(key, succeeded=True)
        return
    failures = kit.store.record_attempt(key, succeeded=False).failures
    most = min(_LONGEST_PAUSE, timedelta(seconds=2.0 ** min(failures, 10)))
    pause = max(answer.after, most * (0.5 + kit.chance() / 2))
    kit.store.pause(key, kit.clock() + pause)
    extra = {"provider": name, "error": answer.why}
    log.warning("enrich.no_answer", extra=extra)
