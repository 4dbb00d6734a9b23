"""Bulk actions between the look at what they would do and their end: plans and jobs."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from itertools import islice
from secrets import token_hex
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request

from leadline.entrypoints.dashboard.actions.acting import person_acting
from leadline.entrypoints.dashboard.actions.retrying import kit_with, reader_of
from leadline.entrypoints.dashboard.addresses.lead_query import lead_query
from leadline.entrypoints.dashboard.bulk.doing import Before
from leadline.entrypoints.dashboard.bulk.looking import LeadLook, look_at
from leadline.entrypoints.dashboard.bulk.wanted import BulkAction, BulkParts, BulkWanted
from leadline.entrypoints.dashboard.dashboard import dashboard_of
from leadline.entrypoints.dashboard.guarding.roles import Who, who_asks
from leadline.entrypoints.dashboard.jobs import Job
from leadline.entrypoints.dashboard.reading import browser_for
from leadline.entrypoints.slack_endpoint import slack_endpoint
from leadline.model.ids import lowest_id
from leadline.operations.lists.browsing import Order, Wanted
from leadline.ports.installation import OpenStore
from leadline.ports.reading.ledger import LeadFilter, Ledger

MOST_AT_ONCE = 10_000
"""With how many leads one bulk action is done at most; the newest come first."""
MOST_NAMED = 100
"""How many leads that were skipped are named."""
MOST_REMEMBERED = 30_000
"""Of how many leads, of all jobs, it is remembered what they had, so that it can be undone."""
_MOST_PLANS = 10
_GOOD_FOR = timedelta(hours=1)
_A_LITTLE = timedelta(milliseconds=1)


class WhichLeads(msgspec.Struct, frozen=True):
    """Leads for a bulk action: those `chosen`, or else all that match.

    `wanted` are the filters as they were at the time `at`: leads that came in later are not meant.
    `before` is the id before which leads are meant ("": all), `filters` names the filters, and
    `query` has the parameters of the address of LEADS from which they were chosen.
    """

    at: datetime
    chosen: tuple[str, ...] = ()
    wanted: Wanted = Wanted()
    before: str = ""
    filters: tuple[str, ...] = ()
    query: str = ""

    @property
    def back(self) -> str:
        """The address from which they were chosen."""
        return f"/leads?{self.query}" if self.query else "/leads"

    @property
    def words(self) -> str:
        """Which leads they are, for the audit log: names of filters, never their values."""
        if self.chosen:
            return "selected"
        return f"all by {', '.join(self.filters)}" if self.filters else "all"


class BulkPlan(msgspec.Struct, frozen=True):
    """What a bulk action would do with each lead, as somebody was shown it (`kind` and `name` of
    who). `is_more` is whether more leads match than are worked through at once. `asked_for` is how
    many leads they were asked about before, if that has changed since."""

    id: str
    kind: str
    name: str
    wanted: BulkWanted
    which: WhichLeads
    looks: Sequence[LeadLook]
    is_more: bool = False
    asked_for: int | None = None

    @property
    def ids(self) -> list[str]:
        """The ids of its leads."""
        return [one.lead_id for one in self.looks]

    @property
    def would(self) -> int:
        """With how many leads it would be done."""
        return sum(not one.why_not for one in self.looks)

    @property
    def left(self) -> Mapping[str, int]:
        """How many leads it would skip, by why, the most first."""
        counts = Counter(one.why_not for one in self.looks if one.why_not)
        return dict(counts.most_common())


class BulkJob(Job, kw_only=True):
    """A bulk action under way or done: why leads were skipped, with their number; which of them, up
    to `MOST_NAMED`; and what the others had, as long as that is remembered.

    `undone_by` is the job that undoes it, `back` the address of LEADS from which it came;
    `next_query` and `next_before` say where the next leads begin, if there are more.
    """

    wanted: BulkWanted
    is_undo: bool = False
    skipped: dict[str, int] = msgspec.field(default_factory=dict)
    named: list[tuple[str, str]] = msgspec.field(default_factory=list)
    had: list[Before] = msgspec.field(default_factory=list)
    undone_by: str = ""
    back: str = "/leads"
    next_query: str | None = None
    next_before: str = ""

    @property
    def can_be_undone(self) -> bool:
        """Whether somebody may undo it now."""
        return bool(self.had) and self.ended_at is not None and not self.undone_by


class BulkPlans:
    """The plans of this process that were not carried out yet: the last few, for an hour."""

    def __init__(self) -> None:
        self._plans: dict[str, BulkPlan] = {}
        self._begun: set[str] = set()
        self._mutex = threading.Lock()

    def keep(self, plan: BulkPlan) -> BulkPlan:
        """Keep a plan, and forget the oldest."""
        self._plans[plan.id] = plan
        for old in list(self._plans)[:-_MOST_PLANS]:
            del self._plans[old]
            self._begun.discard(old)
        return plan

    @contextmanager
    def beginning(self, plan: BulkPlan) -> Iterator[bool]:
        """Whether this is the first to begin a plan, of however many who confirm it at once. After
        an error it may be begun again."""
        with self._mutex:
            is_first = plan.id not in self._begun
            self._begun.add(plan.id)
        try:
            yield is_first
        except BaseException:
            self._begun.discard(plan.id)
            raise

    def get(self, plan_id: str, who: Who, now: datetime) -> BulkPlan | None:
        """A plan of this person; None if it is not known, or too old."""
        plan = self._plans.get(plan_id)
        if plan is None or (plan.kind, plan.name) != (who.kind, who.name):
            return None
        return plan if now - plan.which.at <= _GOOD_FOR else None


def plans_of(request: Request) -> BulkPlans:
    """The plans of this process."""
    plans = request.app.state.bulk_plans
    assert isinstance(plans, BulkPlans)  # noqa: S101 - `create_app` put them there
    return plans


def all_that_match(request: Request, query: str, before: str = "") -> WhichLeads:
    """All leads that match the parameters of an address of LEADS, as of now."""
    at = dashboard_of(request).clock()
    values = dict(parse_qsl(query))
    asked = lead_query(values, who_asks(request).zone, at)
    names = sorted(set(asked.given) - {"sort", "columns", "size", "after"})
    return WhichLeads(at, (), as_of(asked.wanted, at), before, tuple(names), query)


def as_of(wanted: Wanted, at: datetime) -> Wanted:
    """The filters for leads that were there at a time, newest first."""
    until = at + _A_LITTLE if wanted.until is None else min(wanted.until, at + _A_LITTLE)
    return msgspec.structs.replace(wanted, until=until, order=Order.CAPTURED, reverse=False)


def ids_of(request: Request, ledger: Ledger, which: WhichLeads) -> tuple[list[str], bool]:
    """The ids of these leads, at most `MOST_AT_ONCE`, and whether there are more."""
    if which.chosen:
        some = LeadFilter(ids=which.chosen, events=True, limit=len(which.chosen))
        there = {row.lead_id for row in ledger.each(some)}
        return [one for one in which.chosen if one in there], False
    found = browser_for(request, ledger).matching(which.wanted)
    ids = (one.row.lead_id for one in found)
    if which.before:
        ids = (one for one in ids if one < which.before)
    some_ids = list(islice(ids, MOST_AT_ONCE + 1))
    return some_ids[:MOST_AT_ONCE], len(some_ids) > MOST_AT_ONCE


def parts_for(request: Request, store: OpenStore, ledger: Ledger) -> BulkParts:
    """What a bulk action of whoever makes the request works with."""
    dashboard, who = dashboard_of(request), who_asks(request)
    settings = dashboard.settings
    kit = kit_with(request, store)
    kit = msgspec.structs.replace(kit, audit=dashboard.installation.audit())

    def delay_of(source: str) -> timedelta:
        config = settings.sources.get(source)
        own = config.delay if config else None
        return settings.delay if own is None else own

    return BulkParts(
        kit=kit,
        ledger=ledger,
        person=person_acting(who, kit),
        by=who.name,
        rules=slack_endpoint(settings).rules,
        delay_of=delay_of,
        read=reader_of(request),
    )


def make_plan(
    request: Request, wanted: BulkWanted, which: WhichLeads, asked_for: int | None = None
) -> BulkPlan:
    """Look at what an action would do, with nothing done. Call it in a thread."""
    installation, who = dashboard_of(request).installation, who_asks(request)
    with closing(installation.ledger()) as ledger, closing(installation.past()) as store:
        ids, is_more = ids_of(request, ledger, which)
        looks = list(look_at(parts_for(request, store, ledger), wanted, ids))
    return BulkPlan(token_hex(16), who.kind, who.name, wanted, which, looks, is_more, asked_for)


def oldest_of(plan: BulkPlan) -> str:
    """The id before which the next leads begin."""
    return min(plan.ids, default=lowest_id(plan.which.at))


ACTION_WORDS: Mapping[BulkAction, tuple[str, str]] = {
    BulkAction.CLAIM: ("Claim", "claimed"),
    BulkAction.ASSIGN: ("Assign", "assigned"),
    BulkAction.JUNK: ("Junk", "marked as junk"),
    BulkAction.HOLD: ("Hold", "put on hold"),
    BulkAction.RELEASE: ("Release", "released"),
    BulkAction.NOW: ("Send now", "sent on at once"),
    BulkAction.REPLAY: ("Do again", "done again"),
    BulkAction.RETRY: ("Retry", "retried"),
}
"""What each action is called on its button, and what was done with leads."""


def title_of(wanted: BulkWanted) -> str:
    """The action in words, as on its button: "Assign to bob"."""
    name = ACTION_WORDS[wanted.action][0]
    if wanted.action is BulkAction.ASSIGN:
        return f"{name} to {wanted.to}"
    if wanted.action is BulkAction.REPLAY:
        return f"{name} from {wanted.start}"
    return name
