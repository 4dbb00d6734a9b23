"""The suppression list and consent on every store: who is not to be contacted, and how that counts
before refinement, while an alert waits, and for later leads."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from leadline.alerts.reminding import remind_due
from leadline.alerts.sending import deliver_due
from leadline.alerts.updating import update_due
from leadline.journey.refinement.folding import said_by
from leadline.journey.refinement.refining import refine_due
from leadline.journey.responding.follow_up import look_up_due
from leadline.journey.responding.response_clock import clock_due
from leadline.kit import Kit
from leadline.model.errors import ConfigurationError
from leadline.model.facts.consent import LISTED, PURPOSES, SUPPRESSED, Consent, ConsentSaid, refused
from leadline.model.lead import Kind, RefinedLead
from leadline.model.personal_data.suppression import (
    MARK,
    QUARANTINE,
    UNREAD,
    Suppressed,
    SuppressedBy,
)
from leadline.model.task import Step
from leadline.operations.personal_data.suppressing import (
    SuppressionName,
    list_counts,
    on_the_list,
    suppress,
    suppression_name,
    unite_suppressions,
    unsuppress,
)
from leadline.ports.store import Store
from leadline.privacy.hashes import PrivacyKey, key_of_text
from leadline.settings.connected.sources import SourceConfig
from leadline.settings.team.targets import TargetConfig
from leadline.settings.top.general import Settings
from leadline.stores.memory import MemoryStore
from leadline.team.targets import Targets
from leadline.vendors.hubspot.webhook import HubSpot
from leadline.wiring import sources
from tests.worlds.channels import ScriptedMessenger, bot_channel
from tests.worlds.leads import HandClock, captured

KEY = key_of_text("a made-up key for tests")
EMAIL, PHONE, DOMAIN = SuppressedBy
MAP = {"consent.email": "newsletter", "consent.phone": "may_call"}
ADA = {"name": "Ada Vance", "email": "ada@example.com", "phone": "+1 415 555 0101"}


def _lost_key() -> PrivacyKey:
    raise ConfigurationError("the key is missing")


class ConsentOffice:
    """A store, a worker behind it, and a channel; a source whose form asks for consent."""

    def __init__(self, store: Store, clock: HandClock, policy: str = MARK) -> None:
        self.store, self.clock = store, clock
        self.messenger = ScriptedMessenger()
        config = SourceConfig(map=MAP)
        target = TargetConfig(first_response=timedelta(hours=1))
        self.kit = Kit(
            store, sources(Settings(sources={"generic": config})),
            {"slack": bot_channel(self.messenger)}, clock, chance=lambda: 0.5,
            privacy_key=lambda: KEY, suppressed=policy, targets=Targets({"all": target}),
        )  # fmt: skip
        self.count = 0

    def take(self, record: str | None = None, kind: Kind = Kind.CREATED, **said: Any) -> str:
        """An event comes; the id it was stored under."""
        self.clock.advance(seconds=1)
        self.count += 1
        raw = msgspec.json.encode({**ADA, **said})
        lead = captured(
            self.clock, key=f"k{self.count}", raw=raw, delay=timedelta(), record=record, kind=kind
        )
        self.store.accept([lead])
        return lead.id

    def refine(self) -> None:
        refine_due(self.kit)

    def deliver(self) -> None:
        while deliver_due(self.kit, "slack") is not None:
            self.clock.advance(seconds=2)
        while update_due(self.kit, "slack") is not None:
            self.clock.advance(seconds=2)

    def lead(self, lead_id: str) -> RefinedLead:
        return self.store.refined([lead_id])[lead_id]

    def refused(self, lead_id: str) -> tuple[str, ...]:
        return refused(self.lead(lead_id).consent)

    def suppress(self, by: SuppressedBy, written: str, reason: str = "") -> int:
        self.clock.advance(seconds=1)
        return suppress(self.kit, [suppression_name(by, written)], reason, "command:tests")

    def told(self) -> list[str]:
        return [msgspec.json.encode(one).decode() for one in self.messenger.accepted]


@pytest.fixture
def office(store: Store, clock: HandClock) -> ConsentOffice:
    return ConsentOffice(store, clock)


def _entry(office: ConsentOffice, name: str, by: SuppressedBy = EMAIL) -> Suppressed:
    return Suppressed(KEY.hash_of(name), by, KEY.id, office.clock.now, "asked")


def test_an_entry_is_kept_once_and_found_by_its_hash_until_it_is_taken_off(
    office: ConsentOffice,
) -> None:
    first, other = _entry(office, "email:ada@example.com"), _entry(office, "phone:+14155550101")
    assert office.store.suppress([first, other, first]) == 2
    later = msgspec.structs.replace(first, at=office.clock.now + timedelta(days=1))
    assert office.store.suppress([later]) == 0
    assert office.store.may_suppress()
    assert office.store.suppressed([first.hash, "unknown"]) == {first.hash: first}
    assert sorted(one.hash for one in office.store.suppressions()) == sorted(
        (first.hash, other.hash)
    )
    assert office.store.unsuppress([first.hash, first.hash, "unknown"]) == 1
    assert office.store.suppressed([first.hash]) == {}
    assert office.store.unsuppress([first.hash]) == 0
    assert [one.hash for one in office.store.suppressions()] == [other.hash]
    assert office.store.suppress([first]) == 1
    assert len(list(office.store.suppressions())) == 2


def test_more_entries_than_fit_in_one_request_are_kept(office: ConsentOffice) -> None:
    many = [_entry(office, f"email:p{n}@example.com") for n in range(130)]
    assert office.store.suppress(many) == 130
    assert set(office.store.suppressed([one.hash for one in many])) == {one.hash for one in many}
    assert office.store.unsuppress([one.hash for one in many]) == 130
    assert list(office.store.suppressions()) == []


@pytest.mark.parametrize(
    ("by", "written"),
    [
        (EMAIL, "Ada+news@Example.com "),
        (EMAIL, "ADA@example.com"),
        (PHONE, "+1 (415) 555-0101"),
        (DOMAIN, "@Example.com"),
        (DOMAIN, "example.com"),
    ],
)
def test_a_lead_on_the_list_is_marked_and_its_alert_says_so_first(
    office: ConsentOffice, by: SuppressedBy, written: str
) -> None:
    office.suppress(by, written, "asked by letter")
    email = "ada+news@example.com" if "+news" in written else "ada@example.com"
    lead_id = office.take(email=email)
    office.refine()
    lead = office.lead(lead_id)
    assert lead.status == "refined"
    assert SUPPRESSED in lead.problems
    assert refused(lead.consent) == PURPOSES
    assert lead.consent["phone"].source == LISTED
    office.deliver()
    (message,) = office.told()
    assert "Do not contact: on the suppression list since" in message
    assert message.index("Do not contact") < message.index("*Phone:*")


def test_an_entry_about_a_domain_counts_for_those_below_it_alone(office: ConsentOffice) -> None:
    office.suppress(DOMAIN, "example.com")
    below = office.take(email="ada@mail.example.com", phone="")
    other = office.take(email="ada@notexample.com", phone="")
    office.refine()
    assert SUPPRESSED in office.lead(below).problems
    assert SUPPRESSED not in office.lead(other).problems


def test_nobody_is_alerted_to_a_lead_on_the_list_if_the_settings_quarantine_it(
    store: Store, clock: HandClock
) -> None:
    office = ConsentOffice(store, clock, QUARANTINE)
    office.suppress(EMAIL, "ada@example.com")
    lead_id = office.take()
    office.refine()
    office.deliver()
    assert office.lead(lead_id).status == "quarantined"
    assert office.told() == []


def test_a_suppression_stops_an_alert_that_is_not_sent_yet(store: Store, clock: HandClock) -> None:
    office = ConsentOffice(store, clock, QUARANTINE)
    office.take()
    office.refine()
    assert store.count_due(Step.NOTIFY, "slack") == 1
    office.suppress(PHONE, "+14155550101")
    office.deliver()
    assert office.told() == []
    assert store.count_due(Step.NOTIFY, "slack") == 0


def test_an_alert_that_is_not_sent_yet_is_marked_by_the_list_as_it_is_then(
    office: ConsentOffice,
) -> None:
    office.take()
    office.refine()
    office.suppress(EMAIL, "ada@example.com", "phoned")
    office.deliver()
    (message,) = office.told()
    assert "Do not contact: on the suppression list" in message
    assert "phoned" in message


def test_nobody_is_reminded_of_a_lead_that_is_suppressed_meanwhile(office: ConsentOffice) -> None:
    office.take()
    office.refine()
    office.deliver()
    office.clock.advance(minutes=59)
    clock_due(office.kit)
    office.clock.advance(minutes=61)
    clock_due(office.kit)
    reminders = office.store.count_due(Step.REMIND, "slack")
    assert reminders == 1
    office.suppress(EMAIL, "ada@example.com")
    while remind_due(office.kit, "slack") is not None:
        office.clock.advance(seconds=2)
    assert len(office.told()) == 1
    office.clock.advance(hours=5)
    clock_due(office.kit)
    assert office.store.count_due(Step.REMIND, "slack") == 0


def test_somebody_taken_off_the_list_is_marked_no_more(office: ConsentOffice) -> None:
    office.suppress(EMAIL, "ada@example.com")
    first = office.take()
    office.refine()
    unsuppress(office.kit, [suppression_name(EMAIL, "ada@example.com")], "command:tests")
    later = office.take()
    office.refine()
    assert SUPPRESSED in office.lead(first).problems
    assert office.lead(later).duplicate_of is not None
    assert office.lead(later).consent == {}


def test_a_list_whose_key_is_lost_is_told_with_every_lead(office: ConsentOffice) -> None:
    office.suppress(EMAIL, "ada@example.com")
    office.kit = msgspec.structs.replace(office.kit, privacy_key=_lost_key)
    lead_id = office.take()
    office.refine()
    assert UNREAD in office.lead(lead_id).problems
    office.deliver()
    assert "suppression list can't be read" in office.told()[0]


def test_a_list_of_another_key_is_told_with_every_lead(office: ConsentOffice) -> None:
    office.suppress(EMAIL, "ada@example.com")
    other = key_of_text("another made-up key")
    office.kit = msgspec.structs.replace(office.kit, privacy_key=lambda: other)
    lead_id = office.take()
    office.refine()
    assert UNREAD in office.lead(lead_id).problems


def test_an_empty_list_takes_any_key(office: ConsentOffice) -> None:
    office.suppress(EMAIL, "ada@example.com")
    unsuppress(office.kit, [suppression_name(EMAIL, "ada@example.com")], "command:tests")
    assert office.store.suppression_key() is None
    other = key_of_text("another made-up key")
    office.kit = msgspec.structs.replace(office.kit, privacy_key=lambda: other)
    assert office.suppress(EMAIL, "bo@example.com") == 1
    assert office.store.suppression_key() == other.id


def test_another_key_adds_nothing_to_the_list(office: ConsentOffice) -> None:
    office.suppress(EMAIL, "ada@example.com")
    other = key_of_text("another made-up key")
    office.kit = msgspec.structs.replace(office.kit, privacy_key=lambda: other)
    with pytest.raises(ConfigurationError, match=KEY.id):
        office.suppress(EMAIL, "bo@example.com")


def test_the_list_is_counted_and_checked_without_naming_anybody(office: ConsentOffice) -> None:
    office.suppress(EMAIL, "ada@example.com", "letter")
    office.suppress(DOMAIN, "example.org", "letter")
    office.suppress(DOMAIN, "example.net", "letter")
    counts = [(one.by, one.count, one.reason) for one in list_counts(office.store)]
    assert counts == [(DOMAIN, 2, "letter"), (EMAIL, 1, "letter")]
    asked: SuppressionName = suppression_name(EMAIL, "cy@mail.example.org")
    assert [one.by for one in on_the_list(office.kit, [asked])] == [DOMAIN]
    assert on_the_list(office.kit, [suppression_name(PHONE, "+14155550101")]) == []


def test_two_lists_become_one_before_leads_move(office: ConsentOffice, clock: HandClock) -> None:
    there = MemoryStore(clock)
    there.suppress([_entry(office, "email:bo@example.com")])
    office.suppress(EMAIL, "ada@example.com")
    assert unite_suppressions(office.store, there) == 2
    assert len(list(office.store.suppressions())) == len(list(there.suppressions())) == 2


def test_what_a_form_asked_for_is_kept_with_source_time_and_text(office: ConsentOffice) -> None:
    lead_id = office.take(newsletter="Nein", may_call=True)
    office.refine()
    lead = office.lead(lead_id)
    assert lead.consent == {
        "email": Consent("no", "generic", lead.captured_at, "newsletter"),
        "phone": Consent("yes", "generic", lead.captured_at, "may_call"),
    }
    assert SUPPRESSED not in lead.problems
    office.deliver()
    assert "Do not e-mail: refused or withdrawn on" in office.told()[0]
    assert "(generic: newsletter)" in office.told()[0]


def test_consent_that_is_withdrawn_while_a_lead_waits_counts(office: ConsentOffice) -> None:
    lead_id = office.take(record="r:1", may_call="yes", newsletter="yes")
    office.take(record="r:1", kind=Kind.UPDATED, may_call="no")
    office.refine()
    assert office.refused(lead_id) == ("phone",)
    assert office.lead(lead_id).consent == {
        "email": Consent("yes", "generic", office.lead(lead_id).captured_at, "newsletter"),
        "phone": Consent("no", "generic", None, "may_call"),
    }


def test_a_withdrawal_has_the_time_of_the_vendors_clock() -> None:
    event = {"subscriptionType": "contact.propertyChange", "objectId": 1}
    event |= {
        "propertyName": "hs_email_optout",
        "propertyValue": "true",
        "occurredAt": 1772445600000,
    }
    raw, source = msgspec.json.encode(event), HubSpot()
    said = said_by(source, raw)[0].consent["email"]
    at = datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert said == ConsentSaid("no", "hs_email_optout", at, "hubspot")


def test_consent_that_is_withdrawn_after_the_alert_corrects_it(office: ConsentOffice) -> None:
    lead_id = office.take(record="r:1", may_call="yes")
    office.refine()
    office.deliver()
    assert "Do not call" not in office.told()[0]
    office.take(record="r:1", kind=Kind.UPDATED, may_call="no")
    look_up_due(office.kit)
    office.clock.advance(minutes=1)
    office.refine()
    assert office.refused(lead_id) == ("phone",)
    office.deliver()
    (correction,) = office.messenger.changed
    assert "Do not call" in msgspec.json.encode(correction).decode()


def test_a_later_lead_without_a_word_keeps_an_earlier_refusal_in_sight(
    office: ConsentOffice,
) -> None:
    first = office.take(may_call="no", newsletter="yes")
    office.refine()
    silent = office.take()
    office.refine()
    assert office.refused(silent) == ("phone",)
    assert office.lead(silent).consent["phone"].lead_id == first
    third = office.take()
    office.refine()
    assert office.lead(third).consent["phone"].lead_id == first
    asked = office.take(may_call="yes")
    office.refine()
    assert office.refused(asked) == ()


def test_an_unknown_word_stays_unknown(office: ConsentOffice) -> None:
    lead_id = office.take(may_call="perhaps")
    office.refine()
    said = office.lead(lead_id).consent["phone"]
    assert (said.value, said.text) == ("unknown", "may_call: perhaps")
