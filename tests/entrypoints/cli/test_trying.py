"""Which URL `leadline send` posts to, and which it signs."""

import pytest

from leadline.entrypoints.cli.connect.trying import signed_url, webhook_of

PUBLIC = "https://leads.example.com/hooks"


@pytest.mark.parametrize(
    ("to", "posted"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/webhook/hubspot"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/webhook/hubspot"),
        ("http://127.0.0.1:8080?a=b", "http://127.0.0.1:8080/webhook/hubspot?a=b"),
        ("http://127.0.0.1:8080/webhook/form?a=b", "http://127.0.0.1:8080/webhook/form?a=b"),
        ("http://127.0.0.1:8080/webhook", "http://127.0.0.1:8080/webhook"),
        ("http://webhook:8080", "http://webhook:8080/webhook/hubspot"),
        ("http://webhook", "http://webhook/webhook/hubspot"),
        ("https://example.com/webhooks", "https://example.com/webhooks/webhook/hubspot"),
    ],
)
def test_a_servers_url_becomes_that_of_the_sources_webhook(to: str, posted: str) -> None:
    assert webhook_of(to, "hubspot") == posted


@pytest.mark.parametrize(
    "posted",
    [
        "http://127.0.0.1:8080/webhook/hubspot?tenant=a%40b",
        "https://leads.example.com/hooks/webhook/hubspot?tenant=a%40b",
        "http://proxy.example.com/webhook/old/webhook/hubspot?tenant=a%40b",
    ],
)
def test_the_public_url_is_signed_whichever_address_is_called(posted: str) -> None:
    assert signed_url(posted, PUBLIC) == f"{PUBLIC}/webhook/hubspot?tenant=a%40b"
    assert signed_url(posted, f"{PUBLIC}/") == f"{PUBLIC}/webhook/hubspot?tenant=a%40b"
    assert signed_url(posted, "") == posted
