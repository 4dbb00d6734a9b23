"""Whoever withdrew, is on the suppression list or was deleted is never told to an ad network, also
while the news of it waits to be taken in."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from leadline.model.errors import ConfigurationError
from leadline.model.handling import Ending
from leadline.model.lead import Kind
from leadline.model.suppression import Suppressed, SuppressedBy
from leadline.model.task import Step
from leadline.operations.suppressing import suppress, suppression_name
from leadline.ports.store import Store
from leadline.privacy.hashes import PrivacyKey, key_of_text
from leadline.settings.general import Settings
from leadline.settings.sources import SourceConfig
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
    office.pass_time(minutes=1)
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
