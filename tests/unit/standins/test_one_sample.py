"""One sample of each source: a new lead when it is signed with any secret."""

from datetime import timedelta

import pytest

from leadline.journey.receiving.capture import CaptureKit
from leadline.model.lead import Delivery, Fate
from leadline.plugins import source_names
from leadline.settings.connected.sources import SourceConfig
from leadline.standins.one_sample import one_sample
from leadline.standins.samples import DEMO_SECRETS
from leadline.stores.memory import MemoryStore
from leadline.vendors.registry import find
from tests.standins.payloads import AT
from tests.worlds.leads import HandClock, capture

BASE = "http://127.0.0.1:8080"


@pytest.mark.parametrize("source", source_names())
def test_a_signed_sample_of_each_source_is_captured(source: str) -> None:
    made = one_sample(source, 1, AT)
    assert made is not None
    secret = DEMO_SECRETS[source]
    headers = {k: v for k, v in made.headers.items() if k == "content-type"}
    url = f"{BASE}/webhook/{source}"
    headers |= find(source)().sign(Delivery(source, made.body, AT, headers, "POST", url), secret)
    store = MemoryStore(HandClock(AT))
    kit = CaptureKit({source: find(source)(SourceConfig(secret=(secret,)))}, timedelta(minutes=10))
    capture(Delivery(source, made.body, AT, headers, "POST", url), kit, store)
    assert set(store.fates.values()) == {Fate.CAPTURED}


def test_a_seed_repeats_the_lead_and_another_gives_another() -> None:
    assert one_sample("generic", 1, AT) == one_sample("generic", 1, AT)
    assert one_sample("generic", 1, AT) != one_sample("generic", 2, AT)


def test_a_sample_comes_from_the_account_that_the_source_accepts() -> None:
    full, short = "00D000000000ABCAAX", "00D000000000ABC"
    outbound, form = (
        one_sample(source, 1, AT, (full,)) for source in ("salesforce", "web_to_lead")
    )
    assert outbound is not None
    assert form is not None
    assert f"<OrganizationId>{full}<".encode() in outbound.body
    assert f"oid={short}&".encode() in form.body


def test_a_source_without_samples_has_none() -> None:
    assert one_sample("of-another-package", 1, AT) is None
