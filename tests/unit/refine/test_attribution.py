"""UTM parameters and click ids: where they are found, and what they say of a lead."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from leadline.journey.receiving.attributing import fields_said
from leadline.journey.refinement.folding import fields_of_events
from leadline.model.facts.attribution import Attribution
from leadline.model.lead import LeadFields, RefinedLead
from leadline.model.personal_data.erasing import person_erased
from leadline.model.personal_data.retiring import person_retired
from leadline.ports.source import Source
from leadline.ports.store import Waiting
from leadline.privacy.masking import masked_lead
from leadline.refine import About, refine
from leadline.refine.attribution import attribution_in, may_have_attribution
from leadline.settings.connected.sources import SourceConfig
from leadline.vendors.registry import find

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ADA: dict[str, Any] = {"name": "Ada Byron", "email": "ada@example.com"}
PAGE = "https://shop.example.com/offer?utm_source=google&utm_medium=cpc&email=ada%40example.com"

PLACES: tuple[tuple[str, Any, dict[str, str]], ...] = (
    ("fields of their names", {"utm_source": "google", "gclid": "Cj0_x"},
     {"utm_source": "google", "gclid": "Cj0_x"}),
    ("camel case", {"utmSource": "bing", "msclkId": "ab12"},
     {"utm_source": "bing", "msclkid": "ab12"}),
    ("Salesforce's custom fields", {"UTM_Source__c": "google", "GCLID__c": "Cj0"},
     {"utm_source": "google", "gclid": "Cj0"}),
    ("HubSpot's properties", {"properties": {"hs_google_click_id": {"value": "Cj0"}}},
     {"gclid": "Cj0"}),
    ("Typeform's hidden fields", {"form_response": {"hidden": {"utm_campaign": "spring"}}},
     {"utm_campaign": "spring"}),
    ("Meta's field data", {"field_data": [{"name": "utm_source", "values": ["fb"]}]},
     {"utm_source": "fb"}),
    ("answers with labels", {"fields": [{"label": "UTM Term", "value": "crm"}]},
     {"utm_term": "crm"}),
    ("a form's brackets", {"fields[utm_medium][value]": "email"}, {"utm_medium": "email"}),
    ("an object of parameters", {"utm": {"source": "news", "campaign": "may"}},
     {"utm_source": "news", "utm_campaign": "may"}),
    ("Calendly's tracking", {"payload": {"tracking": {"utm_source": "x", "utm_term": None}}},
     {"utm_source": "x"}),
    ("Segment's campaign", {"context": {"campaign": {"name": "tps", "source": "n", "medium": "e"}}},
     {"utm_campaign": "tps", "utm_source": "n", "utm_medium": "e"}),
    ("Meta's cookies", {"_fbp": "fb.1.1596403881668.1116446470", "_fbc": "fb.1.15547.IwAR"},
     {"fbp": "fb.1.1596403881668.1116446470", "fbc": "fb.1.15547.IwAR"}),
    ("Google's lead form", {"gcl_id": "Cj0KCQ", "campaign_id": 7}, {"gclid": "Cj0KCQ"}),
    ("the address of a page", {"page_url": PAGE}, {"utm_source": "google", "utm_medium": "cpc"}),
    ("a fragment", {"url": "https://example.com/#/form?li_fat_id=a-b-1"}, {"li_fat_id": "a-b-1"}),
    ("a bare query", {"query_string": "ttclid=E.C.P.1&x=2"}, {"ttclid": "E.C.P.1"}),
    ("the page before its referrer",
     {"referrer": "https://a.example.com/?utm_source=old&fbclid=Iw1", "page": PAGE},
     {"utm_source": "google", "utm_medium": "cpc", "fbclid": "Iw1"}),
    ("fields before addresses, and never parameters of two visits",
     {"page": PAGE, "utm_source": "partner"}, {"utm_source": "partner"}),
    ("an address out of a page's HTML", {"url": PAGE.replace("&", "&amp;")},
     {"utm_source": "google", "utm_medium": "cpc"}),
    ("an address without its scheme", {"landing": PAGE.removeprefix("https://")},
     {"utm_source": "google", "utm_medium": "cpc"}),
    ("this visit's before an earlier one's, in whatever order",
     {"first_utm_source": "old", "First UTM Medium": "tv", "utm_source": "google"},
     {"utm_source": "google"}),
    ("this visit's page before an earlier visit's fields",
     {"initial_utm_source": "old", "page": PAGE}, {"utm_source": "google", "utm_medium": "cpc"}),
    ("an earlier visit's, where nothing else is known",
     {"initial_utm_source": "old"}, {"utm_source": "old"}),
    ("a name as it is before a longer one",
     {"last_utm_source": "x", "utm_source": "google", "last_utm_term": "crm"},
     {"utm_source": "google", "utm_term": "crm"}),
)  # fmt: skip

NOWHERE: tuple[tuple[str, Any], ...] = (
    ("a variable that was not filled in", {"utm_source": "{{utm_source}}"}),
    ("a placeholder", {"utm_source": "xxxxx", "gclid": "undefined", "utm_term": "(not set)"}),
    ("an e-mail address", {"utm_content": "ada@example.com"}),
    ("the lead's own website", {"website": PAGE}),
    ("prose", {"message": "see https://example.com/?utm_source=x please"}),
    ("a click id that is no id", {"gclid": "no idea", "fbclid": "x" * 501}),
    ("numbers of other things", {"campaign": {"name": "Spring", "source": "x"}, "utm": True}),
    ("what is nested too deep", {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {
        "a": {"a": {"utm_source": "x"}}}}}}}}}}}}}}),
    ("a broken address", {"page": "http://[?utm_source=x"}),
)  # fmt: skip


@pytest.mark.parametrize(("where", "said", "found"), PLACES, ids=[one[0] for one in PLACES])
def test_parameters_are_found_where_senders_put_them(
    where: str, said: Any, found: dict[str, str]
) -> None:
    assert attribution_in(said) == found, where
    assert may_have_attribution(msgspec.json.encode(said))


@pytest.mark.parametrize(("what", "said"), NOWHERE, ids=[one[0] for one in NOWHERE])
def test_what_says_nothing_is_no_attribution(what: str, said: Any) -> None:
    assert attribution_in(said) == {}, what


def test_long_parameters_are_cut_and_no_other_parameter_is_kept() -> None:
    (value,) = attribution_in({"utm_term": "crm " * 500}).values()
    assert len(value) <= 200
    assert "ada" not in repr(attribution_in({"page": PAGE}))


def _lead(body: Any, name: str = "generic", **config: Any) -> RefinedLead:
    source = find(name)(SourceConfig(**config))
    fields = fields_said(source, msgspec.json.encode(body))
    return _refined(fields, name)


def _refined(fields: LeadFields, name: str = "generic") -> RefinedLead:
    return refine(fields, About("018f", NOON, NOON, name))


def test_parameters_name_campaign_and_source_by_a_change_where_the_sender_does_not() -> None:
    lead = _lead({**ADA, "page": f"{PAGE}&utm_campaign=spring"})
    assert (lead.lead_details.campaign, lead.lead_details.source) == ("spring", "google")
    made = [(one.field, one.before, one.after, one.rule) for one in lead.changes]
    assert ("campaign", None, "spring", "campaign.utm") in made
    assert ("source", None, "google", "source.utm") in made


def test_what_the_sender_names_itself_stays() -> None:
    lead = _lead({**ADA, "campaign": "Fair", "lead_source": "Booth", "page": PAGE})
    assert (lead.lead_details.campaign, lead.lead_details.source) == ("Fair", "Booth")
    assert lead.attribution == Attribution(utm_source="google", utm_medium="cpc")


def test_a_lead_without_parameters_keeps_its_source_and_has_no_attribution() -> None:
    lead = _lead(ADA)
    assert (lead.attribution, lead.lead_details.source) == (None, "Webhook")


def test_the_settings_say_where_a_parameter_is_and_go_first() -> None:
    body = {**ADA, "utm_source": "x", "ad": {"click": "Cj0", "from": "mapped"}}
    lead = _lead(body, map={"gclid": "ad.click", "utm_source": "ad.from"})
    assert lead.attribution == Attribution(utm_source="mapped", gclid="Cj0")


def test_an_update_completes_what_is_known_and_its_own_visit_goes_first() -> None:
    source: Source = find("generic")()
    first = msgspec.json.encode({**ADA, "utm_source": "old", "utm_term": "t", "gclid": "a"})
    update = msgspec.json.encode({**ADA, "utm_source": "new"})
    fields = fields_of_events(source, Waiting("018f", "generic", NOON, first, updates=(update,)))
    assert fields.attribution == {"utm_source": "new", "gclid": "a"}


def test_erasure_and_retention_leave_no_click_id_and_a_mask_shows_none() -> None:
    lead = _lead({**ADA, "gclid": "Cj0", "utm_term": "byron widgets"})
    assert person_erased(lead).attribution is None
    assert person_retired(lead).attribution is None
    masked = masked_lead(lead).attribution
    assert masked is not None
    assert "Cj0" not in repr(masked)
    assert "byron" not in repr(masked).lower()
