"""How far the values of each source are trusted when a blank is filled."""

import pytest
from msgspec import structs

from leadline.journey.same_person.linking import trust_in
from leadline.model.facts.likeness import Trust
from leadline.plugins import source_names
from leadline.settings.connected.sources import SourceConfig
from leadline.settings.top.general import Settings
from leadline.wiring import in_memory

SECRET = SourceConfig(secret=("s3cret", "t"))
TRUSTED = {
    **dict.fromkeys(("linkedin", "meta", "standard_webhooks", "typeform"), Trust.SIGNED),
    "generic": Trust.KEYED,
    "form": Trust.FORM,
    "web_to_lead": Trust.FORM,
    **dict.fromkeys(("attio", "close", "copper", "hubspot", "odoo", "pipedrive"), Trust.CRM),
    **dict.fromkeys(("salesforce", "tryton", "zoho"), Trust.CRM),
}


@pytest.mark.parametrize("name", TRUSTED)
def test_a_secret_makes_a_sender_more_trusted_than_a_form(name: str) -> None:
    settings = Settings(sources={name: SECRET})
    assert trust_in(in_memory(settings), name) is TRUSTED[name]
    assert trust_in(in_memory(Settings()), name) is Trust.FORM


def test_an_access_token_is_believed_as_a_key_is_and_signs_nothing() -> None:
    token = SourceConfig(oauth_issuer="https://issuer.example.com", oauth_audience=("leads",))
    signed = structs.replace(token, secret=("s3cret",))
    either = structs.replace(signed, oauth_with_secret="either")
    for name, config, trust in (
        ("generic", token, Trust.KEYED),
        ("typeform", token, Trust.KEYED),
        ("typeform", signed, Trust.SIGNED),
        ("typeform", either, Trust.KEYED),
        ("hubspot", token, Trust.CRM),
        ("form", token, Trust.FORM),
    ):
        assert trust_in(in_memory(Settings(sources={name: config})), name) is trust


def test_every_source_has_its_place() -> None:
    assert TRUSTED.keys() == {*source_names()}
