"""What browsers get that post a form: pages, redirects and CORS headers, but no JSON."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from leadline.entrypoints.browsers import as_seen_by, prefers_html, preflight
from leadline.model.errors import ConfigurationError
from leadline.model.lead import Delivery
from leadline.ports.source import Answer, Source
from leadline.settings.connected.sources import SourceConfig
from leadline.settings.loading import load
from leadline.vendors.form.webhook import Form
from leadline.vendors.generic.webhook import Generic
from leadline.vendors.web_to_lead.webhook import WebToLead

CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
SITE, PAGE = "https://www.example.com:443", "https://www.example.com/thanks?a=b"
CAPTURED = Answer(b'{"message":"Lead captured successfully"}')
OURS = SourceConfig(sites=(SITE,))


def posted(fields: Mapping[str, str] = {}, accept: str = CHROMIUM, **headers: str) -> Delivery:
    body = urlencode({"email": "ada@example.com", **fields}).encode()
    told = {"content-type": "application/x-www-form-urlencoded", "accept": accept, **headers}
    return Delivery("form", body, datetime(2026, 11, 29, tzinfo=UTC), told)


def seen(source: Source, delivery: Delivery, answer: Answer = CAPTURED) -> Answer:
    return as_seen_by(delivery, source, answer)


@pytest.mark.parametrize(
    ("accept", "prefers"),
    [
        (CHROMIUM, True), ("text/html", True), ("text/html;q=0.9, application/json;q=0.5", True),
        ("application/xhtml+xml", True), ("TEXT/HTML", True), ("text/html, */*;q=0.1", True),
        ("", False), ("*/*", False), ("application/json, text/plain, */*", False),
        ("application/json, text/html;q=0.9", False), ("text/html, */*", False),
        ("text/html;q=0", False), ("text/html;q=x, application/json", False), ("text/htmlx", False),
        ("a,html" * 2000, False),
    ],
)  # fmt: skip
def test_only_who_prefers_html_gets_a_page(accept: str, prefers: bool) -> None:
    assert prefers_html(accept) is prefers


@pytest.mark.parametrize("kind", [Form, WebToLead])
def test_a_browser_gets_a_page_that_loads_and_runs_nothing(kind: type[Source]) -> None:
    answer = seen(kind(), posted())
    assert (answer.status, answer.media_type) == (200, "text/html; charset=utf-8")
    assert b"Thank you" in answer.body
    assert b'<html lang="en">' in answer.body
    assert answer.headers["content-security-policy"] == "default-src 'none'"
    assert b"<script" not in answer.body
    assert b"<link" not in answer.body


def test_a_program_gets_the_same_json_as_ever() -> None:
    assert seen(Form(), posted(accept="*/*")) == CAPTURED
    assert seen(Form(), Delivery("form", b"{}", datetime.now(UTC))) == CAPTURED


def test_a_source_to_which_no_browser_posts_answers_as_ever() -> None:
    assert (
        seen(Generic(OURS), posted({"retURL": PAGE}, origin="https://www.example.com")) == CAPTURED
    )


def test_a_browser_is_sent_to_the_forms_page_on_one_of_the_sites() -> None:
    answer = seen(WebToLead(OURS), posted({"retURL": PAGE}))
    assert (answer.status, answer.headers["location"], answer.body) == (303, PAGE, b"")


def test_the_page_of_the_settings_is_used_where_the_form_names_none() -> None:
    thanks = "https://www.example.com/thanks"
    source = Form(SourceConfig(sites=(SITE,), thanks=thanks))
    assert seen(source, posted()).headers["location"] == thanks
    assert seen(source, posted({"retURL": PAGE})).headers["location"] == PAGE
    other = posted({"retURL": "https://www.example.org/"})
    assert seen(source, other).headers["location"] == thanks


@pytest.mark.parametrize(
    "target",
    [
        "https://www.example.org/", "http://www.example.com/", "https://www.example.com:8443/",
        "https://www.example.com.example.org/", "https://example.com/", "//www.example.com/",
        "/thanks", "https://www.example.com@example.org/", "https:\\\\www.example.com/",
        "https://ada@www.example.com/", "https://www.example.com/\r\nx-a: b", "javascript:a",
    ],
)  # fmt: skip
def test_a_target_on_another_site_is_not_followed(target: str) -> None:
    answer = seen(WebToLead(OURS), posted({"retURL": target}))
    assert (answer.status, "location" in answer.headers) == (200, False)


def test_no_site_is_known_unless_the_settings_name_it() -> None:
    answer = seen(WebToLead(), posted({"retURL": PAGE}, origin="https://www.example.com"))
    assert answer.status == 200
    assert not {"location", "vary", "access-control-allow-origin"} & answer.headers.keys()


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, b"not accepted"), (413, b"too large"), (415, b"went wrong"), (503, b"cannot")],
)
def test_a_browser_that_is_refused_gets_a_page_with_the_status(status: int, words: bytes) -> None:
    refused = Answer(b"{}", "application/problem+json", status, {"retry-after": "5"})
    answer = seen(Form(SourceConfig(sites=(SITE,), thanks=PAGE)), posted(), refused)
    assert answer.status == status
    assert words in answer.body


def test_scripts_of_the_sites_may_read_answers_and_others_may_not() -> None:
    mine = seen(Form(OURS), posted(accept="*/*", origin="https://www.example.com"))
    assert mine.body == CAPTURED.body
    assert mine.headers == {
        "access-control-allow-origin": "https://www.example.com",
        "vary": "Origin",
    }
    for origin in ("https://www.example.org", "null", "https://www.example.com.example.org", ""):
        theirs = seen(Form(OURS), posted(accept="*/*", origin=origin))
        assert theirs.headers == {"vary": "Origin"}


def asked(
    source: Source, origin: str = "https://www.example.com", method: str = "POST"
) -> Answer | None:
    headers = {"origin": origin, "access-control-request-method": method}
    return preflight(Delivery("form", b"", datetime.now(UTC), headers, "OPTIONS"), source)


def test_a_script_of_a_site_may_post_json_without_credentials() -> None:
    answer = asked(Form(OURS))
    assert answer is not None
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "https://www.example.com"
    assert "content-type" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers
    other = asked(Form(OURS), "https://www.example.org")
    assert other is not None
    assert other.headers == {"vary": "Origin"}


def test_a_question_is_not_answered_where_no_site_is_set_or_no_browser_posts() -> None:
    assert asked(Form()) is None
    assert asked(Generic(OURS)) is None


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ('sites = "*"', "must be websites such as https://www.example.com"),
        ('sites = "www.example.com"', "must be websites"),
        ('sites = "https://www.example.com/forms"', "must be websites"),
        ('sites = "https://www.example.com?a"', "must be websites"),
        ('thanks = "https://www.example.com/"', "is on none of the source's `sites`"),
        (
            'sites = "https://www.example.com"\nthanks = "https://example.com/"',
            "is on none of the source's `sites`",
        ),
    ],
)
def test_a_site_that_is_none_and_a_page_elsewhere_are_refused(words: str, wrong: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        load(document=(f"[sources.form]\n{words}\n", "leadline.toml"), environ={})
    assert wrong in error.value.detail


def test_sites_are_compared_by_scheme_host_and_port() -> None:
    text = '[sources.form]\nsites = ["https://WWW.example.com/", "http://localhost:8080"]\n'
    settings = load(document=(text, "leadline.toml"), environ={}).settings
    assert settings.sources["form"].sites == (SITE, "http://localhost:8080")


def test_an_answer_says_nothing_of_what_the_lead_contains() -> None:
    source = Form(SourceConfig(honeypot="fax", sites=(SITE,)))
    for fields in ({"fax": "1"}, {"name": "test"}, {}):
        assert seen(source, posted(fields)) == seen(source, posted({"name": "Ada Vance"}))
    assert json.loads(seen(source, posted({"fax": "1"}, accept="*/*")).body) == json.loads(
        CAPTURED.body
    )
