"""HubSpot's signatures, over the URL as its SDKs leave it and as its documentation decodes it."""

import base64
import hashlib
import hmac
from urllib.parse import unquote

import pytest

from leadline.model.errors import Unauthentic
from leadline.model.lead import Delivery
from tests.standins.payloads import AT, source

SECRET = "the-apps-client-secret"
BODY = b'[{"eventId":1}]'
STAMP = str(int(AT.timestamp() * 1000))
BASE = "https://leads.example.com/hooks/webhook/hubspot"
URLS = {  # as it is called, and as HubSpot's documentation decodes it
    BASE: BASE,
    f"{BASE}?tenant=a%40b": f"{BASE}?tenant=a@b",
    f"{BASE}?a=%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B": f"{BASE}?a=:/?@!$'()*,;",
    f"{BASE}?a=%3a%2f": f"{BASE}?a=:/",
    f"{BASE}?a=x%20y%26%3D%23%2B%25": f"{BASE}?a=x%20y%26%3D%23%2B%25",  # none of the list
    f"{BASE}?a=%2540": f"{BASE}?a=%2540",  # decoded once
}


def third(url: str, secret: str = SECRET) -> dict[str, str]:
    message = b"POST" + url.encode() + BODY + STAMP.encode()
    digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
    return {
        "x-hubspot-signature-v3": base64.b64encode(digest).decode(),
        "x-hubspot-request-timestamp": STAMP,
    }


def older(url: str, version: str, secret: str = SECRET) -> dict[str, str]:
    told = f"{secret}POST{url}" if version == "v2" else secret
    return {
        "x-hubspot-signature": hashlib.sha256(told.encode() + BODY).hexdigest(),
        "x-hubspot-signature-version": version,
    }


def is_believed(headers: dict[str, str], url: str) -> bool:
    believer = source("hubspot", secret=("another-one", SECRET))
    try:
        believer.authenticate(Delivery("hubspot", BODY, AT, headers, "POST", url))
    except Unauthentic:
        return False
    return True


@pytest.mark.parametrize(("called", "decoded"), URLS.items())
def test_a_url_is_taken_as_it_was_called_and_as_it_is_decoded(called: str, decoded: str) -> None:
    assert is_believed(third(called), called)
    assert is_believed(third(decoded), called)
    assert is_believed(older(called, "v2"), called)
    assert is_believed(older(decoded, "v2"), called)


def test_no_other_url_and_no_other_secret_is_taken() -> None:
    called = f"{BASE}?tenant=a%40b&x=%20"
    for headers in (third(unquote(called)), older(unquote(called), "v2")):  # decoded too far
        assert not is_believed(headers, called)
    for headers in (third(BASE), older(BASE, "v2"), third(called, ""), older(called, "v2", "")):
        assert not is_believed(headers, called)


def test_the_first_version_covers_the_body_alone() -> None:
    assert is_believed(older(BASE, "v1"), "https://elsewhere.example.com/")
    assert not is_believed(older(BASE, "v1", ""), BASE)


@pytest.mark.parametrize("called", URLS)
def test_what_we_sign_is_taken_at_the_url_as_the_documentation_decodes_it(called: str) -> None:
    unsigned = Delivery("hubspot", BODY, AT, {}, "POST", called)
    headers = source("hubspot").sign(unsigned, SECRET)
    assert headers["x-hubspot-signature-v3"] == third(URLS[called])["x-hubspot-signature-v3"]
    assert is_believed(dict(headers), called)
