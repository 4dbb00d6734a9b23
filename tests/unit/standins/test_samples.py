"""The samples do what they say, whatever the seed."""

import json
from datetime import timedelta

import pytest

from leadline.journey.receiving.capture import CaptureKit
from leadline.journey.refinement.refining import preview
from leadline.model.errors import LeadlineError, NotUnderstood
from leadline.model.lead import Delivery, Fate
from leadline.plugins import source_names
from leadline.ports.store import Waiting
from leadline.settings.top.general import Settings
from leadline.standins.demo_extent import demo_extent
from leadline.standins.samples import DEMO_SECRETS, DEMO_SOURCES, Sample, people, samples
from leadline.stores.memory import MemoryStore
from leadline.vendors.registry import find
from leadline.wiring import in_memory
from tests.standins.payloads import AT
from tests.worlds.leads import HandClock, capture

BASE = "http://127.0.0.1:8080"


class SampleStore:
    """A store that takes the samples in their order."""

    def __init__(self) -> None:
        self.store = MemoryStore(HandClock(AT))
        sources = {name: find(name)(config) for name, config in DEMO_SOURCES.items()}
        self.kit = CaptureKit(sources, timedelta(minutes=10))

    def take(self, sample: Sample) -> tuple[int, list[Fate], int]:
        """The status, the fates of what was new, and how many lead ids were answered."""
        before = len(self.store.fates)
        delivery = Delivery(
            sample.source, sample.body, AT, sample.headers, "POST", BASE + sample.path
        )
        try:
            answer = capture(delivery, self.kit, self.store)
        except LeadlineError as error:
            return error.status, [], 0
        fates = list(self.store.fates.values())[before:]
        if answer.media_type.startswith("text/xml"):
            return answer.status, fates, sample.leads
        told = json.loads(answer.body)
        return (
            answer.status,
            fates,
            len(told.get("lead_ids", [told.get("lead_id")] * ("lead_id" in told))),
        )


@pytest.mark.parametrize("seed", range(5))
def test_each_sample_becomes_what_it_expects(seed: int) -> None:
    world = SampleStore()
    for sample in samples(seed, AT):
        status, fates, leads = world.take(sample)
        assert (status, leads) == (sample.status, sample.leads), sample.about
        expected = {
            "captured": [Fate.CAPTURED] * sample.leads,
            "folded": [Fate.FOLDED],
            "filtered": [Fate.FILTERED],
        }.get(sample.expect, [])
        assert fates == expected, sample.about


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    assert samples(3, AT) == samples(3, AT)
    assert samples(3, AT) != samples(4, AT)
    assert samples(3, AT) != samples(3, AT + timedelta(seconds=1))


def test_every_source_has_a_sample_and_a_secret() -> None:
    of = samples(1, AT)
    assert {sample.source for sample in of} == set(source_names()) == set(DEMO_SECRETS)
    assert len(of) >= 30


def test_there_is_a_sample_of_everything_that_can_happen() -> None:
    of = samples(1, AT)
    assert {sample.expect for sample in of} == {
        "captured", "redelivered", "folded", "filtered", "rejected",
    }  # fmt: skip
    assert {sample.status for sample in of} == {200, 401}


def test_the_leads_come_out_refined_quarantined_or_dead_as_announced() -> None:
    world = SampleStore()
    for sample in samples(1, AT):
        world.take(sample)
    kit = in_memory(Settings(sources=DEMO_SOURCES), HandClock(AT))
    statuses: list[str] = []
    for lead_id, fate in world.store.fates.items():
        if fate is Fate.CAPTURED:
            event = world.store.events[lead_id]
            try:
                lead = preview(kit, Waiting(lead_id, event.source, AT, event.raw, event.record))
            except NotUnderstood:
                statuses.append("dead")
            else:
                statuses.append(lead.status)
                asked_for = lead.lead_details.crm_record  # a notice has no more than that
                assert lead.contact.name or lead.contact.company or asked_for
    assert statuses.count("dead") == 2
    assert statuses.count("quarantined") == 2
    assert statuses.count("refined") > 15


def test_people_are_all_different_and_have_addresses_for_examples() -> None:
    made_up = people(9)
    assert len({person.number for person in made_up}) == len(made_up)
    domains = {person.email.strip().lower().rpartition("@")[2] for person in made_up}
    assert domains <= {"example.com", "example.org", "example.net"}


@pytest.mark.parametrize("seed", range(5))
def test_the_newest_alerts_are_about_whole_leads(seed: int) -> None:
    *_, before, last = samples(seed, AT)
    assert (last.expect, last.leads) == ("captured", 3)
    for lead in json.loads(last.body):
        assert all(lead[name] for name in ("First Name", "Last Name", "email_address", "company"))
    assert before.source == "close"


def test_the_extent_of_the_demo_is_the_same_for_every_seed() -> None:
    for seed in range(3):
        of = samples(seed, AT)
        leads = sum(sample.leads for sample in of if sample.expect == "captured")
        sources = {sample.source for sample in of}
        assert demo_extent() == f"{len(of)} deliveries of {len(sources)} sources make {leads} leads"
