"""A marked person on AWS, who came there or moved there, is found only where the list of places
says that people can be; after an erasure nowhere, in no earlier version either."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import msgspec
import pytest

from leadline.journey.receiving.capture import CaptureKit, read
from leadline.model.errors import LeadlineError
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import Delivery
from leadline.model.personal_data.privacy import DataHold
from leadline.model.staff.people import Person
from leadline.ports.homes import Home
from leadline.ports.store import Store
from leadline.privacy.places import place_of
from leadline.privacy.places.place import WHOLE, PlaceKind
from leadline.settings.top.general import Settings
from leadline.standins.samples import DEMO_SOURCES
from leadline.wiring import sources
from tests.contracts.test_erasing_people import ErasingOffice
from tests.worlds.aws_resources import AwsResources
from tests.worlds.leads import HandClock
from tests.worlds.marked_person import EMAIL, MARKS, PERSON, deliveries, marked_files, marks_in
from tests.worlds.moving import TwoInstallations

BASE = "https://leads.example.com"


def send_all(store: Store, clock: HandClock) -> ErasingOffice:
    """Every source tells of the person twice; then all is done that is due."""
    office = ErasingOffice(store, clock)
    settings = Settings(sources=DEMO_SOURCES, public_url=BASE)
    front = CaptureKit(sources(settings), timedelta(minutes=10))
    refused = 0
    for sample in [*deliveries(clock.now, BASE)] * 2:
        clock.advance(seconds=1)
        where = urlsplit(BASE + sample.path)
        headers = dict(sample.headers)
        if where.query:
            headers["x-webhook-secret"] = where.query.partition("=")[2]
        url = f"{BASE}{where.path}"
        delivery = Delivery(sample.source, sample.body, clock.now, headers, "POST", url)
        try:
            leads = read(delivery, front)
        except LeadlineError:
            refused += 1
            continue
        store.accept(leads)
        office.ids += [lead.id for lead in leads]
    assert refused == 4, "a recording and a forgery, twice"
    office.work()
    return office


def handle(office: ErasingOffice) -> str:
    """Somebody claims a lead, the CRM is written to, and a lead is held; the id of the latter."""
    first, *_, last = office.store.refined(office.ids)
    ada = Person(name="Ines", email="ines@example.org", slack="U0INES", id="7")
    after = Handling(owner=ada, claimed_by=ada, written={"email": EMAIL})
    assert office.store.handle(first, UNHANDLED, after, note="claimed", detail=EMAIL)
    assert office.store.hold_data(DataHold(last, "dispute 17", "command:root", office.clock.now))
    return last


def objects(rooms: AwsResources) -> Iterator[tuple[str, bytes]]:
    """Every object of the bucket, with all of its versions."""
    name = rooms.bucket.name
    listed = rooms.caller.call("s3", "GET", f"/{name}", query={"versions": ""})
    for one in ElementTree.fromstring(listed.body):
        told = {part.tag.rpartition("}")[2]: part.text or "" for part in one}
        if one.tag.endswith("}Version"):
            query = {"versionId": told["VersionId"]}
            found = rooms.caller.call("s3", "GET", f"/{name}/{told['Key']}", query=query)
            assert found.status == 200
            yield told["Key"], found.body


def messages(rooms: AwsResources) -> Iterator[bytes]:
    for url in {*rooms.urls.values(), *rooms.dead_urls.values()}:
        while found := rooms.queues.receive(url):
            yield from (body.encode() for body, _ in found)


def marked(rooms: AwsResources) -> Mapping[str, set[str]]:
    """Where the person stands: attributes of items, kinds of objects, queues."""
    found: dict[str, set[str]] = {}

    def note(where: str, data: bytes) -> None:
        if marks := marks_in(data):
            found.setdefault(where, set()).update(marks)

    for item in rooms.table.scan():
        place = place_of(PlaceKind.ITEM, f"{item['pk']} {item['sk']}")
        assert place is not None, (item["pk"], item["sk"])
        assert set(item) <= place.parts, place.name
        for name, value in item.items():
            note(f"item {place.name}: {name}", msgspec.json.encode(value))
    for key, body in objects(rooms):
        place = place_of(PlaceKind.OBJECT, key)
        assert place is not None, key
        note(f"object {place.name}: {WHOLE}", body)
    for message in messages(rooms):
        note("resource AWS::SQS::Queue: message", message)
    return found


def not_named(found: Mapping[str, set[str]]) -> list[str]:
    wrong = []
    for where in found:
        kind, _, name = where.partition(" ")
        place_name, _, part = name.rpartition(": ")
        place = place_of(PlaceKind(kind), place_name)
        if place is None or part not in place.person:
            wrong.append(where)
    return wrong


def accept(office: ErasingOffice, body: bytes) -> list[str]:
    """A delivery of several leads; their ids."""
    front = CaptureKit(sources(Settings()), timedelta())
    leads = read(Delivery("generic", body, office.clock.now), front)
    office.store.accept(leads)
    office.ids += [lead.id for lead in leads]
    return office.ids[-len(leads) :]


@pytest.mark.parametrize("way", ["came", "moved"])
def test_one_of_several_leads_of_a_delivery_is_erased_from_its_body_and_the_others_stay(
    two: TwoInstallations, way: str
) -> None:
    """With an event of another record, in an earlier version of its document, too."""
    office = ErasingOffice(two.aws if way == "came" else two.sqlite, two.clock)
    others = [b'{"email": "bo@example.com"}', b'{"email": "cy@example.com"}']
    person = json.dumps(PERSON).encode()
    body = b"[" + b", ".join([others[0], person, others[1]]) + b"]"
    first, *_ = accept(office, body)
    accept(office, b'{"email": "eve@example.com"}')
    two.clock.advance(seconds=1)
    accept(office, body.replace(b"bo@", b"di@"))
    office.work()
    if way == "moved":
        assert two.move(Home.AWS)
    two.aws.erases_versions = True
    there = ErasingOffice(two.aws, two.clock)
    there.ids = office.ids
    there.erase(f"email:{EMAIL}")
    assert not marked(two.rooms)
    kept = two.aws.archived([first])[first]
    assert kept.raw == others[0]
    assert kept.body is not None
    assert all(one in kept.body for one in others)


@pytest.mark.parametrize("way", ["came", "moved"])
def test_the_person_stands_only_where_the_list_says_so_and_after_an_erasure_nowhere(
    two: TwoInstallations, way: str, tmp_path: Path
) -> None:
    store: Store = two.aws if way == "came" else two.sqlite
    office = send_all(store, two.clock)
    held = handle(office)
    if way == "moved":
        assert two.move(Home.AWS)
        files = set(marked_files(tmp_path / "data"))
        assert files <= {"leadline.db", "leadline.db-wal"}, "the journal has digests only"
    found = marked(two.rooms)
    assert not_named(found) == []
    assert {"item L#* lead: summary", "item L#* alike: traits", "item L#* handling: handling",
            "object raw/*: *", "object refined/*: *"} <= set(found)  # fmt: skip
    assert found["object refined/*: *"] >= {"name", "email", "phone", "company"}
    assert set(MARKS) - found["object raw/*: *"] <= {"message"}
    there = office if way == "came" else ErasingOffice(two.aws, two.clock)
    there.ids = office.ids
    two.aws.erases_versions = True
    assert there.store.release_data(held)
    there.erase(f"email:{EMAIL}", "phone:+14155550173", "national:4155550173")
    there.work()
    assert not marked(two.rooms)
