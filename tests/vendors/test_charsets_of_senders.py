"""Charsets that senders name: what is read, what is noted, and nothing before they are believed."""

import json

import msgspec
import pytest

from leadline.journey.receiving.capture import CaptureKit, read
from leadline.model.errors import Unauthentic
from leadline.model.lead import Delivery, Event
from leadline.standins.form_bodies import multipart, urlencoded, web_to_lead
from leadline.standins.sample_bodies import ORGANIZATION, salesforce_message
from tests.standins.codec_watch import OURS, watched_codecs
from tests.standins.payloads import ADA, AT, SECRETS, delivery, source

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=----x"
FORMS = ["form", "generic", "web_to_lead", "zoho"]
NO_CHARSETS = ["idna", "punycode", "unicode_escape", "undefined", "utf-7", "uu", "zlib", "mbcs"]
BODY_SECRET = ("copper", "zoho")


def events(name: str, body: bytes, media: str) -> list[Event]:
    return list(source(name).events(Delivery(name, body, AT, {"content-type": media})))


def form_naming(label: str) -> bytes:
    return b"email=zoe@example.com&last_name=Zo%EB&x=xn--a&_charset_=" + label.encode()


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("label", NO_CHARSETS)
def test_a_form_that_names_no_charset_is_read_and_says_so(name: str, label: str) -> None:
    with watched_codecs() as request:
        found = events(name, form_naming(label), URLENCODED)
        found += events(name, b"last_name=Zo%EB", f"{URLENCODED}; charset={label}")
        fields = {"last_name": "Zoë", "_charset_": label}
        found += events(name, multipart(fields, "----x"), MULTIPART)
    assert [json.loads(event.raw)["last_name"] for event in found] == ["Zoë"] * 3
    assert [event.why for event in found] == ["charset.unknown"] * 3
    assert OURS.issuperset(request)


@pytest.mark.parametrize("label", NO_CHARSETS)
@pytest.mark.parametrize("body", [b'{"name":"Zo\xeb"}', '{"name":"Zoë"}'.encode(), b'[{"name":1}]'])
def test_json_of_no_charset_is_read_and_says_so(label: str, body: bytes) -> None:
    with watched_codecs() as request:
        (event,) = events("generic", body, f"application/json; charset={label}")
    assert json.loads(event.raw)["name"] in ("Zoë", 1)
    assert event.why == "charset.unknown"
    assert OURS.issuperset(request)


@pytest.mark.parametrize("label", NO_CHARSETS)
def test_xml_of_no_encoding_is_read_and_says_so(label: str) -> None:
    sent = salesforce_message([ADA], AT, ORGANIZATION)
    body = sent.replace(b"UTF-8", label.encode()).replace(b"Kinsella Looms", b"Caf\xe9")
    with watched_codecs() as request:
        (event,) = events("salesforce", body, "text/xml")
    assert source("salesforce").fields(event.raw).company == "Café"
    assert event.why == "charset.unknown"
    assert OURS.issuperset(request)


def test_xml_in_a_charset_of_several_bytes_is_read() -> None:
    sent = salesforce_message([ADA], AT, ORGANIZATION).replace(b"UTF-8", b"Shift_JIS")
    (event,) = events(
        "salesforce", sent.replace(b"Kinsella Looms", b"\x8e\x52\x93\x63"), "text/xml"
    )
    assert (source("salesforce").fields(event.raw).company, event.why) == ("山田", "")


def test_what_is_noted_is_why_text_may_look_wrong() -> None:
    wrong = events("form", b"name=Zo%EB", URLENCODED + "; charset=utf-8")
    replaced = events("form", b"name=%8E%52%81&_charset_=sjis", URLENCODED)
    both = events("form", b"name=%8E%52%81&_charset_=idna", URLENCODED + "; charset=sjis")
    assert [event.why for event in (*wrong, *replaced, *both)] == [
        "charset.wrong", "charset.replaced", "charset.unknown charset.replaced",
    ]  # fmt: skip
    assert json.loads(wrong[0].raw) == {"name": "Zoë"}
    assert json.loads(replaced[0].raw)["name"] == "山\ufffd"


def test_text_that_is_in_its_charset_says_nothing() -> None:
    koi = '{"name":"Шевчук"}'.encode("koi8-r")
    found = [
        *events("form", urlencoded({"name": "Zoë"}), URLENCODED),
        *events("form", urlencoded({"name": "Zoë"}, "latin1"), URLENCODED),
        *events("form", urlencoded({"name": "Zoë"}, "cp1252"), URLENCODED + "; charset=latin1"),
        *events("form", urlencoded({"name": "Zoë"}), URLENCODED + "; charset=utf-16"),
        *events("generic", koi, "application/json; charset=koi8-r"),
        *events("generic", b"{}", "application/json; charset=utf-8"),
    ]
    assert [event.why for event in found] == [""] * len(found)


def test_the_name_of_a_file_is_in_the_charset_of_the_form() -> None:
    body = multipart({"name": "x", "_charset_": "koi8-r"}, "----x").replace(
        b"brief.txt", b"\xfb.txt"
    )
    (event,) = events("form", body, MULTIPART)
    assert json.loads(event.raw)["brief"]["filename"] == "Ш.txt"


def test_an_event_that_is_no_lead_says_why_and_not_how_it_was_read() -> None:
    kit = CaptureKit({"salesforce": source("salesforce")}, AT - AT)
    sent = salesforce_message([ADA], AT, ORGANIZATION).replace(b"sf:Lead", b"sf:Opportunity")
    body = sent.replace(b"UTF-8", b"idna")
    (kept,) = read(Delivery("salesforce", body, AT, {"content-type": "text/xml"}), kit)
    assert kept.why == "not_a_lead"


class EncodedBody(bytes):
    """A body that nobody may decode."""

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise AssertionError("the body was decoded before its sender was believed")


@pytest.mark.parametrize("name", sorted(SECRETS.keys() - BODY_SECRET))
def test_nothing_is_decoded_for_a_stranger(name: str) -> None:
    sent = delivery(name)
    believer = source(name, secret=SECRETS[name][1:])
    kit = CaptureKit({name: believer}, AT - AT)
    with pytest.raises(Unauthentic), watched_codecs() as request:
        read(msgspec.structs.replace(sent, body=EncodedBody(sent.body)), kit)
    assert OURS.issuperset(request)


@pytest.mark.parametrize("name", ["web_to_lead", "zoho"])
@pytest.mark.parametrize("label", ["idna", "koi8-r", "shift_jis"])
def test_a_form_that_authenticates_itself_is_not_decoded_for_a_stranger(
    name: str, label: str
) -> None:
    own = {"web_to_lead": {"organization": (ORGANIZATION,)}, "zoho": {"secret": ("s1",)}}[name]
    believer = source(name, **own)
    for media, body in (
        (URLENCODED, form_naming(label) + b"&oid=00Dother&token=s2"),
        (MULTIPART, multipart({"oid": "00Dother", "token": "s2", "_charset_": label}, "----x")),
    ):
        with pytest.raises(Unauthentic), watched_codecs() as request:
            believer.authenticate(Delivery(name, body, AT, {"content-type": media}))
        assert label.replace("-", "_") not in request
        assert "cp932" not in request


def test_a_form_in_any_charset_authenticates_itself() -> None:
    own = source("web_to_lead", organization=(ORGANIZATION,))
    for body in (web_to_lead(ADA), web_to_lead(ADA) + b"&_charset_=idna&x=%FF"):
        own.authenticate(Delivery("web_to_lead", body, AT, {"content-type": URLENCODED}))
    twice = web_to_lead(ADA) + b"&oid=" + ORGANIZATION.encode()
    with pytest.raises(Unauthentic):
        own.authenticate(Delivery("web_to_lead", twice, AT, {"content-type": URLENCODED}))
