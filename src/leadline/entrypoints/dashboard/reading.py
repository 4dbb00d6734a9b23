"""What of the leads somebody may see, for every page that lists or shows them."""

from collections.abc import Sequence
from datetime import timedelta

from starlette.requests import Request

from leadline.entrypoints.dashboard.dashboard import dashboard_of
from leadline.entrypoints.dashboard.guarding.roles import who_asks
from leadline.installations.waiting_contacts import waiting_contacts
from leadline.model.errors import LeadlineError
from leadline.operations.browsing import Browser
from leadline.operations.listing import ContactReader
from leadline.operations.masked import masked_listed, masked_story
from leadline.operations.speed import Judge, judge_by
from leadline.ports.ledger import LeadStory, Ledger
from leadline.settings.general import Settings


def contacts_of(request: Request) -> ContactReader:
    """Reads whom waiting leads are about, with the settings of the installation."""
    installation = dashboard_of(request).installation
    return waiting_contacts(lambda: installation.loaded().settings, _nobody)


def browser_for(request: Request, ledger: Ledger) -> Browser:
    """Reads leads as whoever makes the request may see them."""
    shown = None if who_asks(request).sees_personal_data else masked_listed
    return Browser(ledger, contacts_of(request), shown)


def shown_story(request: Request, story: LeadStory) -> LeadStory:
    """What whoever makes the request may see of a lead."""
    return story if who_asks(request).sees_personal_data else masked_story(story)


def known_settings(request: Request) -> Settings | None:
    """The settings of the installation; None if they can't be read."""
    try:
        return dashboard_of(request).installation.loaded().settings
    except LeadlineError:
        return None


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
