"""What of the leads somebody may see, for every page that lists or shows them."""

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from typing import TypeVar

import msgspec
from starlette.requests import Request

from leadline.entrypoints.dashboard.dashboard import Dashboard, dashboard_of
from leadline.entrypoints.dashboard.guarding.roles import who_asks
from leadline.installations.embedded import Embedded
from leadline.installations.waiting_contacts import waiting_contacts
from leadline.model.errors import LeadlineError, StorageFailed
from leadline.operations.figures.speed import Judge, judge_by
from leadline.operations.lists.browsing import Browser
from leadline.operations.lists.indexed_browsing import IndexedBrowser
from leadline.operations.lists.listing import ContactReader
from leadline.operations.lists.looking_up import LookUpBrowser
from leadline.operations.lists.masked import masked_listed, masked_story
from leadline.operations.repair.retrying import DeadReason
from leadline.ports.reading.ledger import DeadGroup, LeadFilter, LeadStory, Ledger
from leadline.ports.reading.questions import Questions, Unanswerable
from leadline.privacy.masking import HIDDEN
from leadline.settings.top.general import Settings

Dead = TypeVar("Dead", DeadGroup, DeadReason)
T = TypeVar("T")
_NEWEST, _OF_LATE = 200, timedelta(days=30)
"""How many of the newest leads of a stack, of which time, are looked at for names of sources."""


def contacts_of(request: Request) -> ContactReader:
    """Reads whom waiting leads are about, with the settings of the installation."""
    installation = dashboard_of(request).installation
    return waiting_contacts(lambda: installation.loaded().settings, _nobody)


def browser_for(request: Request, ledger: Ledger) -> Browser:
    """Reads leads as whoever makes the request may see them."""
    shown = None if who_asks(request).sees_personal_data else masked_listed
    dashboard, contacts = dashboard_of(request), contacts_of(request)
    if not isinstance(dashboard.installation, Embedded):  # a stack has no index of words
        return LookUpBrowser(ledger, contacts, shown, dashboard.installation.questions)
    return IndexedBrowser(
        ledger, contacts, shown, dashboard.installation.questions, dashboard.clock
    )


def from_index(dashboard: Dashboard, question: Callable[[Questions], T | None]) -> T | None:
    """The answer of the index of all leads to a question; None if there is none. Call it in a
    thread."""
    if not isinstance(dashboard.installation, Embedded):
        return None
    try:
        with closing(dashboard.installation.questions()) as questions:
            return question(questions)
    except (Unanswerable, StorageFailed):  # the ledger says so itself if nothing can be read
        return None


def shown_story(request: Request, story: LeadStory) -> LeadStory:
    """What whoever makes the request may see of a lead."""
    return story if who_asks(request).sees_personal_data else masked_story(story)


def shown_dead(request: Request, ledger: Ledger, one: Dead) -> Dead:
    """Dead letters as whoever makes the request may see them: an error may quote what a sender
    wrote, and what is hidden of it depends on whom the lead is about."""
    if who_asks(request).sees_personal_data:
        return one
    story = ledger.story(one.example)
    tasks = shown_story(request, story).tasks if story is not None else ()
    errors = [task.error for task in tasks if task.reason == one.reason]
    return msgspec.structs.replace(one, error=errors[0] if errors else HIDDEN)


def known_settings(request: Request) -> Settings | None:
    """The settings of the installation; None if they can't be read."""
    try:
        return dashboard_of(request).installation.loaded().settings
    except LeadlineError:
        return None


def sources_in(request: Request, ledger: Ledger) -> Sequence[str]:
    """The names of the sources that lists can be filtered by: all that leads came from; in a stack,
    where that would read the whole table, those in the settings and of `_NEWEST` leads."""
    dashboard, known = dashboard_of(request), known_settings(request)
    if isinstance(dashboard.installation, Embedded):
        return sorted({one.source for one in ledger.tallies()})
    newest = LeadFilter(since=dashboard.clock() - _OF_LATE, limit=_NEWEST)
    named = (*known.sources, *known.only_sources, *known.crm) if known else ()
    return sorted({*named, *(row.source for row in ledger.each(newest))})


def people_in(request: Request) -> Sequence[str]:
    """The names of the people in the settings; none if those can't be read."""
    settings = known_settings(request)
    return sorted(settings.people) if settings else ()


def judge_for(request: Request) -> Judge:
    """What the speed of leads is measured by, now."""
    known, now = known_settings(request), dashboard_of(request).clock()
    return judge_by(known, now) if known else Judge(now, timedelta())


def _nobody(words: str) -> None:
    del words
