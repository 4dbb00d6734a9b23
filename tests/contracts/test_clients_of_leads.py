"""A lead says which client delivered it, on every store, and is a lead like any other."""

from datetime import timedelta

import msgspec

from leadline.journey.receiving.authenticating import client_in
from leadline.journey.receiving.capture import CaptureKit
from leadline.journey.refinement.refining import refine_due
from leadline.kit import Kit
from leadline.model.lead import Delivery
from leadline.ports.source import Source
from leadline.ports.store import Store
from leadline.settings.connected.sources import SourceConfig
from leadline.vendors.generic.webhook import Generic
from tests.worlds.leads import HandClock, capture

CLIENT = "Käufer & Söhne/portal 7"


class Believing:
    """A check of tokens that finds the same client in all of them."""

    def client_of(self, delivery: Delivery, config: SourceConfig) -> str:
        return CLIENT

    def needs_keys(self, delivery: Delivery, config: SourceConfig) -> bool:
        return False

    def keys_are_old(self, config: SourceConfig) -> bool:
        return False

    def fetch_keys(self, config: SourceConfig, within_s: float | None = None) -> None:
        raise AssertionError("they are never asked for")


def test_a_lead_keeps_its_client_beside_other_notes(store: Store, clock: HandClock) -> None:
    config = SourceConfig(oauth_issuer="https://issuer.example.com", oauth_audience=("leads",))
    sources: dict[str, Source] = {"generic": Generic(config)}
    door = CaptureKit(sources, timedelta(minutes=10), tokens=Believing())
    media = {"content-type": "application/json; charset=utf-7", "idempotency-key": "e1"}
    delivery = Delivery("generic", b'{"email":"ada@example.com"}', clock.now, media)
    first = msgspec.json.decode(capture(delivery, door, store).body)
    again = msgspec.json.decode(capture(delivery, door, store).body)
    assert first == again == {**first, "message": "Lead captured successfully"}
    (why,) = store.waiting([first["lead_id"]])[first["lead_id"]].whys
    assert client_in(why) == CLIENT
    clock.advance(minutes=11)
    kit = Kit(store=store, sources=sources, channels={}, clock=clock, chance=lambda: 0.5)
    assert refine_due(kit) == 1
    refined = store.refined([first["lead_id"]])[first["lead_id"]]
    assert "charset.unknown" in refined.problems
    assert not any(problem.startswith("client") for problem in refined.problems)
