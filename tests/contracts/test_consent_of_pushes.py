"""Whoever withdrew, is on the suppression list or was deleted is never told to an ad network, also
while the news of it waits to be taken in."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import msgspec
import pytest

from leadline.model.errors import ConfigurationError
from leadline.model.facts.consent import Consent
from leadline.model.facts.corrected_events import event_of_correction
from leadline.model.facts.correcting import Correction
from leadline.model.facts.likeness import Possible, Trust, ValueOrigin
from leadline.model.handling import Ending
from leadline.model.lead import Kind
from leadline.model.personal_data.suppression import Suppressed, SuppressedBy
from leadline.model.task import Step
from leadline.operations.personal_data.suppressing import suppress, suppression_name
from leadline.ports.source import Source
from leadline.ports.store import Store
from leadline.ports.store_parts.duplicates import CAP
from leadline.privacy.hashes import PrivacyKey, key_of_text
from leadline.settings.connected.sources import SourceConfig
from leadline.settings.top.general import Settings
from leadline.wiring import sources
from tests.standins.ad_networks import AdNetworkServer
from tests.worlds.ad_office import AdOffice
from tests.worlds.leads import HandClock, captured

KEY = key_of_text("a made-up key for tests")


@pytest.fixture
def network(clock: HandClock) -> Iterator[AdNetworkServer]:
    with AdNetworkServer(clock.now) as server:
        yield server


@pytest.fixture
def office(store: Store, clock: HandClock, network: AdNetworkServer) -> AdOffice:
    made = AdOffice(store, clock, network, "meta")
    mapping = {"record": "record", "consent.ads": "ads", "consent.phone": "may_call"}
    config = SourceConfig(map=mapping)
    known = sources(Settings(sources={"generic": config}))
    made.kit = msgspec.structs.replace(made.kit, privacy_key=lambda: KEY, sources=known)
    return made


def comes(office: AdOffice, record: str, kind: Kind = Kind.UPDATED, **said: Any) -> None:
    """An event of the record comes, and is not taken into the lead yet."""
    office.pass_time(seconds=said.pop("after", 60))
    why, raw = said.pop("why", ""), msgspec.json.encode({"record": record, **said})
    event = captured(office.clock, f"{record} later", kind=kind, record=record, raw=raw, why=why)
    office.store.accept([event])
    assert office.store.next_due(Step.LOOK_UP) is not None


@pytest.mark.parametrize("said", [{"ads": "no"}, {"may_call": "no"}])
def test_a_refusal_that_waits_to_be_taken_in_counts(
    office: AdOffice, network: AdNetworkServer, said: dict[str, str]
) -> None:
    lead_id = office.lead(record="r1")
    comes(office, "r1", Kind.UPDATED, **said)
    office.push(lead_id)
    assert not network.requests
    assert any("refused" in line for line in office.lines(lead_id))


def test_an_answer_that_is_not_understood_ends_a_yes_while_it_waits_to_be_taken_in(
    office: AdOffice, network: AdNetworkServer
) -> None:
    lead_id = office.lead(record="r1")
    comes(office, "r1", ads="perhaps another time")
    office.push(lead_id)
    assert not network.requests


@pytest.mark.parametrize("said", [{"ads": "no"}, {"may_call": "no"}])
def test_a_refusal_in_another_lead_of_the_person_that_waits_to_be_taken_in_counts(
    office: AdOffice, network: AdNetworkServer, said: dict[str, str]
) -> None:
    first = office.lead(record="r1")
    office.pass_time(minutes=1)
    second = office.lead("ada2", record="r2", twin_of=first)
    comes(office, "r2", Kind.UPDATED, **said)
    office.push(first, second)
    assert not network.requests


def test_somebody_who_was_not_to_be_called_before_is_not_told_of_by_a_later_lead(
    office: AdOffice, network: AdNetworkServer
) -> None:
    """The leads were linked after the second one was refined, so it does not carry the no."""
    never = {"phone": Consent("no", "generic", office.clock.now)}
    first = office.lead(consent=never)
    office.pass_time(days=1)
    office.push(office.lead("ada2", twin_of=first))
    assert not network.requests


def test_a_new_yes_to_advertising_counts_after_an_old_no(office: AdOffice) -> None:
    first = office.lead(ads="no")
    office.pass_time(days=1)
    second = office.lead("ada2", twin_of=first)
    office.push(first, second)
    assert (office.told(first), office.told(second)) == ([], ["lead"])


def test_a_refusal_of_who_may_be_the_same_person_counts(
    office: AdOffice, network: AdNetworkServer
) -> None:
    earlier = office.lead("ada2")
    lead_id = office.lead()
    lead = office.store.refined([lead_id])[lead_id]
    office.refine(msgspec.structs.replace(lead, possible=(Possible(earlier, 0.9),)))
    other = office.store.refined([earlier])[earlier]
    no = {"ads": Consent("no", "generic", office.clock.now)}
    office.refine(msgspec.structs.replace(other, consent=no))
    office.push(lead_id)
    assert not network.requests


def test_nobody_is_told_of_whose_other_lead_is_on_the_suppression_list(
    office: AdOffice, network: AdNetworkServer
) -> None:
    first = office.lead(email_canonical="ada@example.com")
    second = office.lead("ada2", twin_of=first, email_canonical="ada2@example.com")
    name = suppression_name(SuppressedBy.EMAIL, "ada@example.com")
    suppress(office.kit, [name], "asked", "command:tests")
    office.push(second)
    assert not network.requests


def test_a_person_with_more_leads_than_are_looked_through_is_not_told_of(
    office: AdOffice, network: AdNetworkServer
) -> None:
    first = office.lead()
    for n in range(CAP - 1):
        office.lead(f"ada{n}", twin_of=first)
    office.lead("last", ads="no", twin_of=first)
    office.push(first)
    assert not network.requests


def test_a_yes_at_a_time_to_come_does_not_outlast_every_later_no(
    office: AdOffice, network: AdNetworkServer
) -> None:
    """The time is what a sender says."""
    far = office.clock.now + timedelta(days=365)
    first = office.lead(consent={"ads": Consent("yes", "generic", far)})
    office.pass_time(minutes=1)
    office.lead("ada2", ads="no", twin_of=first)
    office.push(first)
    assert not network.requests


def test_a_field_that_only_the_crm_or_a_correction_fills_is_no_recorded_consent(
    store: Store, clock: HandClock, network: AdNetworkServer
) -> None:
    office = AdOffice(store, clock, network, "meta", consent="marketing_ok")
    lead_id = office.lead(ads="")
    lead = store.refined([lead_id])[lead_id]
    office.refine(msgspec.structs.replace(lead, custom={"marketing_ok": "yes"}))
    office.push(lead_id)
    assert not network.requests
    assert any("nobody knows when" in line for line in office.lines(lead_id))


@pytest.mark.parametrize("value", ["no", ""])
def test_a_correction_of_the_field_that_waits_to_be_taken_in_counts(
    store: Store, clock: HandClock, network: AdNetworkServer, value: str
) -> None:
    office = AdOffice(store, clock, network, "meta", consent="marketing_ok")
    lead_id = office.lead(ads="", custom={"marketing_ok": "yes"})
    said = Correction("command:ann", clock.now, {"custom.marketing_ok": value})
    store.accept([event_of_correction(lead_id, "generic", said)])
    office.push(lead_id)
    assert not network.requests


def test_what_was_filled_in_from_another_lead_is_not_sent(
    office: AdOffice, network: AdNetworkServer
) -> None:
    """The other lead gave no consent for its address."""
    lead_id = office.lead(phone_e164="+493023125123")
    lead = office.store.refined([lead_id])[lead_id]
    origin = ValueOrigin("other", lead.captured_at, "generic", Trust.FORM)
    office.refine(msgspec.structs.replace(lead, filled={"email": origin}))
    office.push(lead_id)
    assert list(network.requests[0]["data"][0]["user_data"]) == ["ph"]


def test_a_lead_of_a_source_that_was_removed_does_not_hold_up_the_others(
    office: AdOffice, network: AdNetworkServer
) -> None:
    lead_id, other = office.lead(record="r1"), office.lead("bea")
    whole = office.kit
    known = {"generic": _Unreadable(whole.sources["generic"], b"r1")}
    office.kit = msgspec.structs.replace(whole, sources=cast(Any, known))
    comes_quietly(office, "r1")
    office.push(lead_id, other)
    assert (office.told(lead_id), office.told(other)) == ([], ["lead"])
    office.kit = whole
    office.pass_time(minutes=5)
    office.work()
    assert office.told(lead_id) == ["lead"]


class _Unreadable:
    """A source whose module fails with events that have this text."""

    def __init__(self, source: Source, text: bytes) -> None:
        self._source, self._text = source, text

    def cleared(self, raw: bytes) -> tuple[str, ...]:
        if self._text in raw:
            raise KeyError("generic")
        return self._source.cleared(raw)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)


def comes_quietly(office: AdOffice, record: str) -> None:
    """News of something else comes."""
    comes(office, record, name="Ada Vance")


def test_who_withdraws_while_a_request_is_answered_is_not_in_the_next_one(
    office: AdOffice, network: AdNetworkServer
) -> None:
    first, second = office.lead(record="r1"), office.lead("bea")
    network.bad = {"Lead"}

    def withdraw() -> None:
        if len(network.requests) == 1:
            comes(office, "r1", after=1, ads="no")

    network.meanwhile = withdraw
    office.push(first, second)
    assert [len(one["data"]) for one in network.requests] == [2, 1]
    assert any("refused" in line for line in office.lines(first))


def test_a_lead_that_is_erased_while_it_is_sent_keeps_no_digest(
    office: AdOffice, network: AdNetworkServer
) -> None:
    lead_id = office.lead()
    network.meanwhile = lambda: office.erase(lead_id)
    office.push(lead_id)
    assert office.told(lead_id) == ["lead"]
    assert office.pushed(lead_id)[0].digest == ""


def test_news_of_something_else_changes_nothing(office: AdOffice) -> None:
    lead_id = office.lead(record="r1")
    comes(office, "r1", name="Ada Vance")
    office.push(lead_id)
    assert office.told(lead_id) == ["lead"]


def test_a_deletion_that_waits_to_be_taken_in_counts(
    office: AdOffice, network: AdNetworkServer
) -> None:
    lead_id = office.lead(record="r1")
    comes(office, "r1", Kind.IGNORED, why="deleted")
    office.push(lead_id)
    assert not network.requests


@pytest.mark.parametrize("by", [SuppressedBy.EMAIL, SuppressedBy.DOMAIN])
def test_nobody_on_the_suppression_list_is_told_also_by_a_retry(
    office: AdOffice, network: AdNetworkServer, by: SuppressedBy
) -> None:
    lead_id = office.lead(email_canonical="ada@example.com")
    network.replies = [(500, {}, {})]
    office.push(lead_id)
    name = "ada@example.com" if by is SuppressedBy.EMAIL else "example.com"
    suppress(office.kit, [suppression_name(by, name)], "asked", "command:tests")
    office.pass_time(minutes=5)
    office.work()
    assert len(network.requests) == 1
    assert not network.taken
    assert any("suppression list" in line for line in office.lines(lead_id))


@pytest.mark.parametrize("has_key", [True, False])
def test_while_the_list_cannot_be_read_nobody_is_told_and_it_is_tried_again(
    office: AdOffice, network: AdNetworkServer, has_key: bool
) -> None:
    lead_id = office.lead()
    entry = Suppressed(KEY.hash_of("email:x@example.com"), SuppressedBy.EMAIL, KEY.id,
                       office.clock.now, "asked")  # fmt: skip
    office.store.suppress([entry])
    whole = office.kit
    office.kit = msgspec.structs.replace(whole, privacy_key=lost if has_key else None)
    office.push(lead_id)
    assert not network.requests
    office.kit = whole
    office.pass_time(minutes=5)
    office.work()
    assert office.told(lead_id) == ["lead"]


def lost() -> PrivacyKey:
    raise ConfigurationError("the key is missing")


def test_what_the_crm_deleted_is_not_told_of_when_it_ends(
    office: AdOffice, network: AdNetworkServer
) -> None:
    lead_id = office.lead(record="r1")
    office.push(lead_id)
    office.end(lead_id, Ending.WON, gone="merged")
    office.push(lead_id)
    assert len(network.requests) == 1
