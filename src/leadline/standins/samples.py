"""Sample deliveries of every source, signed as the vendors sign: for the demo and for trials.

Every person, company, number and id is made up; the addresses are reserved for examples.
"""

import base64
import random
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b

import msgspec

from leadline.model.lead import Delivery
from leadline.settings.connected.sources import SourceConfig
from leadline.standins import form_bodies as forms
from leadline.standins import notice_bodies as notices
from leadline.standins import sample_bodies as bodies
from leadline.standins.sample_bodies import Persona
from leadline.vendors.registry import find

__all__ = ["DEMO_SECRETS", "DEMO_SOURCES", "Persona", "Sample", "people", "samples"]


def _secret(source: str) -> str:
    """A public secret of the form that the source needs."""
    key = blake2b(f"leadline demo {source}".encode(), digest_size=24).digest()
    if source == "standard_webhooks":
        return "whsec_" + base64.b64encode(key).decode()
    if source == "meta":
        return f"{key.hex()}:demo-verify-token"
    return f"demo:{key.hex()}" if source == "pipedrive" else key.hex()


DEMO_SECRETS: dict[str, str] = {
    name: _secret(name)
    for name in (
        "attio",
        "close",
        "copper",
        "form",
        "generic",
        "hubspot",
        "linkedin",
        "meta",
        "odoo",
        "pipedrive",
        "salesforce",
        "standard_webhooks",
        "tryton",
        "typeform",
        "web_to_lead",
        "zoho",
    )
}
"""The secret that signs each source's samples; for demonstrations only."""

_SECRET_IN_URL = ("odoo", "salesforce", "web_to_lead", "zoho")
"""The sources that can have a secret only in the URL."""

HONEYPOT = "url2"
DEMO_SOURCES: dict[str, SourceConfig] = {
    name: SourceConfig(
        secret=(secret,),
        honeypot=HONEYPOT if name == "form" else "",
        organization=(bodies.ORGANIZATION,) if name in ("salesforce", "web_to_lead") else (),
    )
    for name, secret in DEMO_SECRETS.items()
}
"""The settings with which the samples have their expected results."""


class Sample(msgspec.Struct, frozen=True):
    """One delivery, and its expected result when the samples are sent in order.

    `path` is the URL's path and query. `expect` is "captured", "redelivered", "folded", "filtered"
    or "rejected"; `status` is the expected HTTP status, `leads` the number of lead ids in the
    response. `about` says in a few words what the sample shows.
    """

    source: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    about: str
    expect: str = "captured"
    leads: int = 1
    status: int = 200


# Values as people type them, with stray spaces, capitals and all notations of phone numbers. The
# numbers are reserved for films (Ofcom, FCC, ARCEP, Bundesnetzagentur, ComReg, ACMA, PTS).
_PEOPLE = (
    ("zoë", "Ó BRIAIN", "Zoe.OBriain@Example.com ", "020 910 5512", "tidal loop ltd", "cto", "IE"),
    ("Thị Hương", "Nguyễn", "huong@example.org", "+1 (212) 555-0143", "Lotus Freight", "COO", "US"),
    (" AMARA ", "okonkwo-weiss", "AMARA.OW@EXAMPLE.COM", "030 23125 014", "WEISS GMBH", "", "DE"),
    ("明远", "李", "mingyuan.li@example.net", "+44 20 7946 0812", "Jade Optics", "Buyer", "GB"),
    ("Søren", "Ærøe", "soeren@example.org", "", "Fjord & Fugl A/S", "Head of  Sales", "DK"),
    ("Jean-Luc", "DE LA FONTAINE", "jl@example.com", "01 99 00 27 41", "Fontaine", "PDG", "France"),
    ("Наталя", "Шевчук", "natalia@example.org", "(212) 555-0167 ext. 9", "Вітер", "Owner", "US"),
    ("priya", "RAMANATHAN", "priya@example.net", "tel:+442079460577", "nila textiles", "vp", "GB"),
    ("Tomás", "García Márquez", "tomas@example.org", "+34 600 000 000", "Ondas S.L.", "CEO", "ES"),
    ("mary-jane", "o'neill", "mj.oneill@example.com", "212.555.0118", "O'Neill & Sons", "", "US"),
    ("Şule", "Yıldız", "sule@example.net", "0049 30 23125 077", "Yıldız Yazılım", "CFO", "Germany"),
    ("Ωλγα", "Παπά", "olga.papa@example.org", "+1-212-555-0190", "Κύμα", "Director", "US"),
    ("Kwame", "Mensah  ", "k.mensah@example.com", "02079460033", "Mensah Cocoa", "MD", "UK"),
    ("BJÖRK", "JÓNSDÓTTIR", "bjork@example.net", "", "Hraun ehf.", "producer", "IS"),
    ("Leilani", "Kahale", "leilani@example.org", "(02) 5550 7788", "Reef Watch", "Ops", "AU"),
    ("Hassan", "al-Masri", "hassan@example.com", "+1 212 555 0126", "Cedar Labs", "Founder", "US"),
    ("Ingrid", "van der Berg", "ingrid@example.net", "08-465 004 21", "Berg AB", "Analyst", "SE"),
    ("Anneke", "de Wit", "anneke@example.com", "020 910 5533", "Wit Glas", "Inkoper", "IE"),
    ("Rajesh", "PILLAI", "r.pillai@example.org", "+44 7700 900112", "Pillai Teas", "", "GB"),
    ("Camille", "Lefort", "camille@example.net", "01 99 00 11 22", "Lefort SARL", "PDG", "FR"),
    ("Dorota", "Wójcik", "dorota@example.com", "+1 212 555 0171", "Wójcik Inc", "Owner", "US"),
    ("Lúcia", "D'Ávila", "lucia@example.org", "+44 7700 900461", "Maré Alta", "Manager", "GB"),
)


def people(seed: int) -> list[Persona]:
    """The made-up people; their order and numbers depend only on *seed*."""
    chance = random.Random(seed)
    chosen = chance.sample(_PEOPLE, len(_PEOPLE))
    first = chance.randrange(100_000, 900_000)
    return [Persona(first + i, *about) for i, about in enumerate(chosen)]


def samples(seed: int, at: datetime, base: str = "http://127.0.0.1:8080") -> list[Sample]:
    """Deliveries of every source, the same for the same arguments; the last one has whole leads.

    *at* is the time of signing; *base* is the URL of the server, because one vendor signs the URL.
    """
    who = iter(people(seed))
    sign = _Signer(at, base)
    return [
        *_of_ids(next(who).number, at, sign),
        *_of_other_crms(next(who), next(who), next(who), at, sign),
        *_of_pipedrive(next(who), next(who), at, sign),
        *_of_forms(next(who), next(who), next(who), sign),
        *_of_answers(next(who), next(who), at, sign),
        *_of_anybody(next(who), sign),
        *_of_hubspot(next(who), next(who), at, sign),
        *_of_salesforce((next(who), next(who)), next(who), at, sign),
        *_of_close(next(who), at, sign),
        *_of_automation(who, sign),
    ]


class _Signer:
    """Makes samples: signs bodies and adds the expected results."""

    def __init__(self, at: datetime, base: str) -> None:
        self.at = at
        self.base = base

    def __call__(
        self,
        source: str,
        body: bytes,
        about: str,
        expect: str = "captured",
        leads: int = 1,
        *,
        age: timedelta = timedelta(),
        media: str = "",
        more: Mapping[str, str] = {},
        status: int = 200,
    ) -> Sample:
        path = f"/webhook/{source}"
        headers = {"content-type": media} if media else {}
        delivery = Delivery(source, body, self.at - age, headers, "POST", self.base + path)
        signed = dict(find(source)().sign(delivery, DEMO_SECRETS[source]))
        if source in _SECRET_IN_URL:
            path += "?key=" + signed.pop("x-webhook-secret")
        headers = {**signed, **headers, **more}
        return Sample(source, path, headers, body, about, expect, leads, status)


def _of_close(who: Persona, at: datetime, sign: _Signer) -> Iterator[Sample]:
    created = bodies.close_event(who, at)
    contact = bodies.close_event(who, at, object_type="contact")
    owned = bodies.close_event(who, at, action="updated", owner="user_exampleowner")
    deal = bodies.close_event(who, at, action="updated", object_type="opportunity")
    yield sign("close", created, "a new lead, still without an address")
    yield sign("close", created, "the same once more, the sender saw no answer", "redelivered")
    yield sign("close", contact, "its contact with e-mail and phone", "folded")
    yield sign("close", owned, "its owner, assigned while it waits", "folded")
    yield sign("close", deal, "an opportunity, which is no lead", "filtered", 0)
    late = timedelta(hours=1)
    yield sign("close", created, "a recording, played again", "rejected", 0, age=late, status=401)


def _of_hubspot(who: Persona, other: Persona, at: datetime, sign: _Signer) -> Iterator[Sample]:
    owner = {"propertyName": "hubspot_owner_id", "propertyValue": "4711"}
    changed = bodies.hubspot_event(who.number, at, "contact.propertyChange") | owner
    gone = bodies.hubspot_event(other.number, at, "contact.deletion")
    yield sign("hubspot", bodies.hubspot_contact(who, at), "a contact, sent by a workflow")
    yield sign("hubspot", bodies.compact([changed]), "its owner, assigned a little later", "folded")
    yield sign("hubspot", bodies.hubspot_contact(other, at), "another contact")
    yield sign("hubspot", bodies.compact([gone]), "a deletion", "filtered", 0)


def _of_salesforce(
    pair: tuple[Persona, Persona], web: Persona, at: datetime, sign: _Signer
) -> Iterator[Sample]:
    message = bodies.salesforce_message(pair, at, bodies.ORGANIZATION)
    yield sign("salesforce", message, "an Outbound Message with two leads", leads=2)
    yield sign("salesforce", message, "the same once more", "redelivered", 2)
    yield sign("web_to_lead", forms.web_to_lead(web), "a Web-to-Lead form")


def _of_pipedrive(who: Persona, other: Persona, at: datetime, sign: _Signer) -> Iterator[Sample]:
    yield sign("pipedrive", bodies.pipedrive_person(who, at), "a person")
    changed = bodies.pipedrive_person(who, at, "change")
    yield sign("pipedrive", changed, "the same person, changed", "folded")
    deleted = bodies.pipedrive_person(other, at, "delete")
    yield sign("pipedrive", deleted, "the deletion of somebody else", "filtered", 0)


def _of_forms(who: Persona, latin: Persona, file: Persona, sign: _Signer) -> Iterator[Sample]:
    fields = forms.form_fields(who)
    yield sign("form", forms.urlencoded(fields), "a contact form")
    spam = fields | {HONEYPOT: "http://spam.example.com", "your-email": "bot@example.net"}
    yield sign("form", forms.urlencoded(spam), "a form filled by a program: quarantined")
    old = {"Name": "Andrée Lefèvre", "E-Mail": latin.email, "Firma": "Café Müller"}
    yield sign("form", forms.urlencoded(old, "latin-1"), "a form of an old page, not in UTF-8")
    media = "multipart/form-data; boundary=----leadline-demo"
    body = forms.multipart(forms.form_fields(file), "----leadline-demo")
    yield sign("form", body, "a form with a file", media=media)


def _of_answers(who: Persona, other: Persona, at: datetime, sign: _Signer) -> Iterator[Sample]:
    answers = forms.typeform_response(who, at)
    yield sign("typeform", answers, "the answers to a form")
    wrong = {"typeform-signature": "sha256=" + base64.b64encode(bytes(32)).decode()}
    yield sign("typeform", answers, "a forgery", "rejected", 0, more=wrong, status=401)
    body = bodies.standard_webhook("lead.created", other, at)
    yield sign("standard_webhooks", body, "a signed message of one's own programs")
    ping = bodies.compact({"type": "ping", "timestamp": at.isoformat(), "data": {}})
    yield sign("standard_webhooks", ping, "a ping", "filtered", 0)
    again = {"name": who.name.upper(), "email": who.email.strip(), "source": "Chat"}
    yield sign("generic", bodies.compact(again), "the person of the form, by another way")


def _of_automation(who: Iterator[Persona], sign: _Signer) -> Iterator[Sample]:
    three = [forms.flat_lead(next(who)) for _ in range(3)]
    yield sign("generic", bodies.compact(three), "three leads of an automation", leads=3)


def _of_anybody(who: Persona, sign: _Signer) -> Iterator[Sample]:
    cloud = {
        "specversion": "1.0",
        "type": "com.example.lead.created",
        "source": "/forms/42",
        "id": f"A-{who.number}",
        "data": {"contact": {"firstName": "Ada", "emails": [{"value": "ada.k@example.com"}]}},
    }
    yield sign("generic", bodies.compact(cloud), "a CloudEvent")
    test = {"name": "Test Lead", "email": "test@example.com", "is_test": True}
    yield sign("generic", bodies.compact(test), "a vendor's test lead: quarantined")
    nobody = {"temperature": 21.5, "unit": "C", "sensor": {"room": "attic"}}
    yield sign("generic", bodies.compact(nobody), "words without a lead: a dead letter")
    yield sign("generic", b'{"name": "Ada', "half a body: a dead letter, too")


def _of_other_crms(
    zoho: Persona, odoo: Persona, tryton: Persona, at: datetime, sign: _Signer
) -> Iterator[Sample]:
    form = notices.zoho_workflow(zoho)
    changed = notices.zoho_notification([zoho.number], at, "update")
    gone = notices.zoho_notification([zoho.number], at, "delete")
    yield sign(
        "zoho", form, "a lead, sent by a workflow", media="application/x-www-form-urlencoded"
    )
    yield sign("zoho", bodies.compact(changed), "a notification of a change to it", "folded")
    yield sign("zoho", bodies.compact(gone), "its deletion", "filtered", 0)
    yield sign("odoo", notices.odoo_lead(odoo, at), "a lead of an automation")
    owned = notices.odoo_lead(odoo, at, "Example Owner")
    yield sign("odoo", owned, "the same, now with a salesperson", "folded")
    new = notices.tryton_opportunity(tryton, at)
    owned = bodies.compact(notices.tryton_opportunity(tryton, at, "write", "Example Owner"))
    yield sign("tryton", bodies.compact(new), "an opportunity")
    yield sign("tryton", owned, "its employee, assigned a little later", "folded")


def _of_ids(number: int, at: datetime, sign: _Signer) -> Iterator[Sample]:
    """Notices with ids only: the CRM has to be asked."""
    yield sign("meta", notices.meta_leadgen([number], at), "a lead ad's answer, by its id")
    feed = notices.meta_leadgen([number], at, "feed")
    yield sign("meta", feed, "a post on the page, which is no lead", "filtered", 0)
    yield sign("linkedin", notices.linkedin_notice(number, at), "a lead form's answer, by its id")
    deleted = notices.linkedin_notice(number, at, "DELETED")
    yield sign("linkedin", deleted, "the deletion of an answer", "filtered", 0)
    yield sign("attio", notices.attio_events([number]), "a person, by an id")
    merged = notices.attio_events([number], "record.merged")
    yield sign("attio", merged, "two people that were one", "filtered", 0)
    two = notices.copper_notice([number, number + 1], at)
    yield sign("copper", two, "two leads of one notification", leads=2)
    owned = notices.copper_notice([number], at, "update")
    yield sign("copper", owned, "the owner of one, assigned while it waits", "folded")
