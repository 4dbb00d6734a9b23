"""Links to records: on the hosts of the sender's CRM, or where the settings say; else none.

Each route by which a sender's text could become a link is tried from the body to the message.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leadline import plugins, wiring
from leadline.alerts.wording.story import story_of_lead
from leadline.channels.apprise.plain import PlainWriter
from leadline.channels.email.message import EmailWriter
from leadline.channels.pagerduty.events import PagerDutyWriter
from leadline.channels.slack.answers import lead_list
from leadline.channels.slack.writer import SlackWriter
from leadline.channels.teams.card import TeamsWriter
from leadline.channels.webhook.events import EventWriter
from leadline.journey.refinement.refining import preview
from leadline.model.lead import LeadFields, RefinedLead
from leadline.model.texts.record_links import is_on, read_link
from leadline.ports.channel import Notice
from leadline.ports.store import Waiting
from leadline.settings.connected.crm import CrmConfig
from leadline.settings.connected.sources import SourceConfig
from leadline.settings.top.general import Settings
from leadline.vendors import registry
from tests.channels.leads import CAPTURED, ID, TEXT, lead

USUAL = Settings()
EVIL = "https://evil.example/login"
VENDORS = {
    "attio": "https://app.attio.com/example/person/77",
    "close": "https://app.close.com/lead/lead_77/",
    "hubspot": "https://app-eu1.hubspot.com/contacts/62515/contact/77",
    "pipedrive": "https://example.pipedrive.com/person/77",
    "salesforce": "https://example--dev.sandbox.my.salesforce.com/00Q77",
}
"""For each sender whose records have links: one of them."""


def refined(source: str, raw: Any, settings: Settings = USUAL) -> Notice:
    """What is told of a lead that this body makes, under these settings."""
    kit = wiring.in_memory(settings, lambda: CAPTURED)
    lead = preview(kit, Waiting(ID, source, CAPTURED, json.dumps(raw).encode()))
    return Notice(lead=lead, now=CAPTURED, links=kit.links)


def link_of(notice: Notice) -> str:
    """Where the button of an alert leads; "" where it has none."""
    return dict(story_of_lead(notice).links).get("Open in CRM", "")


def stored(source: str, url: str, settings: Settings = USUAL) -> Notice:
    """A lead that was refined with this link, whenever that was."""
    kit = wiring.in_memory(settings, lambda: CAPTURED)
    return Notice(lead=lead(received_from=source, crm_url=url), now=CAPTURED, links=kit.links)


def letters(notice: Notice) -> dict[str, bytes]:
    """What each kind of channel says."""
    return {
        "slack": SlackWriter().alert(notice).body,
        "email": EmailWriter("mail", "leads@example.com", ["sales@example.com"]).alert(notice).body,
        "teams": TeamsWriter().alert(notice).body,
        "pagerduty": PagerDutyWriter().alert(notice).body,
        "apprise": PlainWriter().alert(notice).body,
        "webhook": EventWriter("hook").alert(notice).body,
        "list": msgspec.json.encode(lead_list("Open", [notice], 0, "none")),
    }


# --- bodies -------------------------------------------------------------------------------------

WHO = {"name": "Ada Vance", "email": "ada@example.com"}
NAMES = dict.fromkeys(
    ("crm_url", "crmUrl", "record_url", "profile_url", "link", "url_of_record", "crm-url"), EVIL
)
BODIES: Mapping[str, tuple[str, Any]] = {
    "a field of any JSON": ("generic", WHO | NAMES),
    "a field of a person in any JSON": ("generic", {"data": {"contact": WHO | NAMES}}),
    "an answer to a question": (
        "generic", WHO | {"answers": [{"question": "crm_url", "answer": EVIL}]}
    ),
    "a CloudEvent": (
        "generic", {"specversion": "1.0", "id": "1", "source": "x", "data": WHO | NAMES}
    ),
    "a field of a form": ("form", WHO | NAMES),
    "a nested field of a form": ("form", WHO | {"contact[crm_url]": EVIL}),
    "the hidden answers of a form": ("form", {"rawRequest": json.dumps(WHO | NAMES)}),
    "a field of Web-to-Lead": ("web_to_lead", {"last_name": "Vance", "oid": "00D"} | WHO | NAMES),
    "a Standard Webhook": ("standard_webhooks", {"type": "lead.created", "data": WHO | NAMES}),
    "a hidden field of Typeform": (
        "typeform", {"form_response": {"hidden": NAMES | {"email": "ada@example.com"}}}
    ),
    "an answer of Typeform": (
        "typeform",
        {"form_response": {"answers": [
            {"type": "email", "email": "ada@example.com", "field": {"id": "1", "ref": "e"}},
            {"type": "text", "text": EVIL, "field": {"id": "2", "ref": "crm_url"}},
            {"type": "url", "url": EVIL, "field": {"id": "3", "ref": "record_url"}},
        ]}},
    ),
    "a workflow of Zoho": ("zoho", WHO | NAMES),
    "an answer of Meta's": (
        "meta",
        {"id": "7", "field_data": [{"name": n, "values": [v]} for n, v in (WHO | NAMES).items()]},
    ),
    "a hidden field of LinkedIn's": (
        "linkedin",
        {"formResponse": {}, "id": "7",
         "form": {"hiddenFields": [{"name": n, "value": v} for n, v in NAMES.items()]}},
    ),
    "a field of Odoo's": ("odoo", {"id": 7, "contact_name": "Ada Vance"} | NAMES),
    "a field of Tryton's": ("tryton", {"model": "sale.opportunity", "record": {"id": 7} | NAMES}),
    "a field of Copper's": ("copper", {"id": 7, "name": "Ada Vance"} | NAMES),
    "the link of a record of Attio's": (
        "attio", {"id": {"object_id": "o", "record_id": "r"}, "web_url": EVIL, "values": {}}
    ),
    "the host of a company at Pipedrive": (
        "pipedrive",
        {"meta": {"entity": "person", "entity_id": 7, "host": "evil.example/x.pipedrive.com"},
         "data": {"id": 7, "first_name": "Ada", "name": "Ada Vance"}},
    ),
    "the address of an org at Salesforce": (
        "salesforce", {"base": "https://evil.example", "sObject": {"Id": "00Q7"} | WHO | NAMES}
    ),
    "the profile of a contact at HubSpot": (
        "hubspot", {"vid": 7, "profile-url": EVIL, "properties": {"email": {"value": "a@b.com"}}}
    ),
    "a field of Close's": (
        "close",
        {"event": {"object_type": "lead",
                   "data": {"name": "Vance Tools", "html_url": EVIL} | NAMES}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("route", BODIES)
def test_nothing_in_a_body_opens_a_page_of_the_senders_choice(route: str) -> None:
    source, body = BODIES[route]
    notice = refined(source, body)
    assert link_of(notice) == ""
    assert notice.lead.lead_details.crm_url is None
    for channel, said in letters(notice).items():
        if channel == "webhook":  # it has the whole lead, in which the words are a custom field
            said = msgspec.json.encode(json.loads(said)["data"]["lead"]["lead_details"])
        assert b"evil" not in said, channel


def test_a_link_that_is_none_is_kept_as_a_field_of_its_own() -> None:
    notice = refined("form", WHO | {"crm_url": EVIL, "record_url": "https://app.hubspot.com/7"})
    assert notice.lead.custom == {"crm_url": EVIL, "record_url": "https://app.hubspot.com/7"}


# --- links that count -----------------------------------------------------------------------------


@pytest.mark.parametrize("source", VENDORS)
def test_a_record_of_a_crm_opens_on_the_crms_own_host(source: str) -> None:
    notice = stored(source, VENDORS[source])
    assert link_of(notice) == VENDORS[source]
    for channel, said in letters(notice).items():
        host = urlsplit(VENDORS[source]).netloc.encode()
        assert host in said, channel


def test_the_table_of_vendors_is_that_of_the_sources() -> None:
    assert {n for n in plugins.source_names() if registry.find(n).record_hosts} == set(VENDORS)


def test_no_record_opens_on_the_host_of_another_crm() -> None:
    for source in plugins.source_names():
        for vendor, url in VENDORS.items():
            assert link_of(stored(source, url)) == (url if source == vendor else "")


def test_the_settings_may_say_where_a_link_stands() -> None:
    settings = Settings(sources={"form": SourceConfig(map={"crm_url": "at"})})
    own = "https://crm.example.com:8443/leads/7"
    assert link_of(refined("form", WHO | {"at": own}, settings)) == own
    assert link_of(refined("form", WHO | {"crm_url": EVIL}, settings)) == ""
    assert link_of(refined("generic", WHO | {"at": own}, settings)) == ""


def test_typeform_s_answers_may_be_placed_as_well() -> None:
    settings = Settings(sources={"typeform": SourceConfig(map={"crm_url": "q7"})})
    answers = [{"type": "url", "url": EVIL, "field": {"id": "q7"}}]
    body = {"form_response": {"hidden": {"email": "ada@example.com"}, "answers": answers}}
    assert link_of(refined("typeform", body, settings)) == EVIL


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "ftp://crm.example.com/7", "https://crm.example.com@evil.example/",
     "https://user:password@crm.example.com/", "//crm.example.com/7", "crm.example.com/7",
     "https:crm.example.com", "https://crm.example.com\\@evil.example/"],
)  # fmt: skip
def test_where_the_settings_place_a_link_it_is_still_a_plain_web_address(url: str) -> None:
    settings = Settings(sources={"form": SourceConfig(map={"crm_url": "at"})})
    assert link_of(refined("form", WHO | {"at": url}, settings)) == ""


def test_the_crm_that_is_asked_about_a_lead_may_link_to_its_record() -> None:
    asked = Settings(crm={"form": CrmConfig(kind="hubspot")})
    assert link_of(stored("form", VENDORS["hubspot"], asked)) == VENDORS["hubspot"]
    assert link_of(stored("form", VENDORS["attio"], asked)) == ""
    read = Settings(crm={"form": CrmConfig(kind="document", read={"crm_url": "url"})})
    assert link_of(stored("form", "https://crm.example.com/7", read)) == "https://crm.example.com/7"


# --- hosts ----------------------------------------------------------------------------------------

HOSTS = ("app.vendor.example", "*.my.vendor.example")


@pytest.mark.parametrize(
    "url",
    ["https://app.vendor.example", "https://app.vendor.example/a/b?c=d&e#f",
     "https://APP.Vendor.Example/7", "https://app.vendor.example:443/7",
     "https://acme.my.vendor.example/7", "https://acme--dev.sandbox.my.vendor.example/7",
     "https://app.vendor.example/@evil.example/", "https://app.vendor.example?@evil.example"],
)  # fmt: skip
def test_a_url_on_the_host_counts(url: str) -> None:
    assert is_on(HOSTS, url)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://app.vendor.example/7", "anybody on the way may answer"),
        ("https://app.vendor.example@evil.example/7", "the host is behind the @"),
        ("https://app.vendor.example:443@evil.example/7", "the host is behind the @"),
        ("https://user@app.vendor.example/7", "a user part has no use"),
        ("https://app.vendor.example\\@evil.example/7", "browsers take a backslash for a slash"),
        ("https://evil.example\\.my.vendor.example/7", "browsers take a backslash for a slash"),
        ("https://evil.example#.my.vendor.example/7", "the host ends at the #"),
        ("https://evil.example?.my.vendor.example/7", "the host ends at the ?"),
        ("https://evil.example/.my.vendor.example/7", "the host ends at the /"),
        ("https://app.vendor.example.evil.example/7", "it goes on behind the name"),
        ("https://evilapp.vendor.example/7", "another host"),
        ("https://notmy.vendor.example/7", "no dot before the name"),
        ("https://my.vendor.example/7", "below the name, not the name"),
        ("https://vendor.example/7", "above the name"),
        ("https://app.vendor.example./7", "a name with a dot at its end is another origin"),
        ("https://app.vendor.example:8443/7", "who knows what answers on this port"),
        ("https://app.vendor.example:99999/7", "no port"),
        ("https://app.vendor.example:/7", "no port"),
        ("https://\u0430pp.vendor.example/7", "a Cyrillic letter"),
        ("https://app\u3002vendor.example/7", "an ideographic full stop, which browsers read"),
        ("https://app.vendor.example/\u2028", "no plain character"),
        (" https://app.vendor.example/7", "a blank"),
        ("https://app.vendor.example/7\n", "a line end"),
        ("https://app.vendor.example/a b", "a blank"),
        ("https://app.ven\tdor.example/7", "browsers leave tabs out"),
        ("https://app.vendor.example\x00.evil.example/7", "a NUL"),
        ("https:app.vendor.example/7", "no slashes"),
        ("https:///app.vendor.example/7", "no host"),
        ("//app.vendor.example/7", "no scheme"),
        ("javascript:alert('https://app.vendor.example/')", "a program"),
        ("data:text/html,https://app.vendor.example/", "a page of the sender's"),
        ("HTTPS://app.vendor.example/7", "Slack takes a scheme in lower case only"),
        ("", "nothing"),
    ],
)  # fmt: skip
def test_a_url_that_may_lead_elsewhere_does_not_count(url: str, why: str) -> None:
    assert not is_on(HOSTS, url), why


PIECES = st.lists(
    st.sampled_from(
        ["https://", "http://", "javascript:", "@", "\\", "/", ".", ":", "443", "?", "#", " ", "\t",
         "%2e", "evil.example", "app.hubspot.com", "app.attio.com", "app.close.com", "acme",
         ".pipedrive.com", ".my.salesforce.com", "user", "\u3002", "\x00", "\u200b"]
    ),
    max_size=7,
).map("".join)  # fmt: skip
WRITTEN = st.one_of(PIECES, PIECES.map("https://".__add__), TEXT)
MAPPED = Settings(sources={"form": SourceConfig(map={"crm_url": "at"})})


@given(st.sampled_from(plugins.source_names()), WRITTEN)
@example("hubspot", "https://app.hubspot.com@evil.example/")
@example("pipedrive", "https://acme.pipedrive.com/person/7")
def test_whatever_is_stored_a_link_is_on_a_host_of_the_vendor_s_or_placed(
    source: str, url: str
) -> None:
    """As a browser would read it: by the standard library, not by our own pattern."""
    link = link_of(stored(source, url, MAPPED))
    if not link:
        return
    assert link == url
    read = urlsplit(link)
    host = read.hostname or ""
    assert read.username is None
    assert read.scheme in ("http", "https")
    if source != "form":
        named = registry.find(source).record_hosts
        suffixes = tuple(one[1:] for one in named if one.startswith("*."))
        assert host in named or (suffixes and host.endswith(suffixes)), host
        assert (read.scheme, read.port) in (("https", None), ("https", 443))


@given(WRITTEN, WRITTEN)
@example(EVIL, "https://app.hubspot.com/7")
def test_whatever_a_form_says_it_makes_no_link(one: str, two: str) -> None:
    body = WHO | {"crm_url": one, "record_url": two, "profile_url": one}
    for source in ("form", "generic", "standard_webhooks"):
        fields: LeadFields = registry.find(source)().fields(msgspec.json.encode(_sound(body)))
        assert fields.crm_url is None


def _sound(body: dict[str, str]) -> dict[str, str]:
    """Without lone surrogates, which JSON does not carry."""
    return {key: value.encode(errors="replace").decode() for key, value in body.items()}


def test_a_link_is_judged_again_when_it_is_told() -> None:
    """A lead that was refined when any text passed for a link, told after the rules are new."""
    before: RefinedLead = lead(received_from="form", crm_url=EVIL)
    kit = wiring.in_memory(Settings(), lambda: CAPTURED)
    notice = Notice(lead=before, now=CAPTURED, links=kit.links)
    for channel, said in letters(notice).items():
        assert b"evil" not in said, channel


def test_a_port_is_read_and_a_host_is_in_lower_case() -> None:
    found = read_link("http://Odoo.Internal:8069/web#id=7")
    assert found is not None
    assert (found.scheme, found.host, found.port) == ("http", "odoo.internal", 8069)
