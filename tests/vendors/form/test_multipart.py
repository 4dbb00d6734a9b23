"""Multipart forms of many senders: charsets and names of parts, what surrounds them, files."""

import json
import random
from base64 import b64encode
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.model.errors import Unreadable
from leadline.model.lead import Delivery, Event
from leadline.vendors._webhooks import forms
from tests.standins.payloads import AT, source
from tests.vendors.test_any_bytes import check, mutated

MEDIA = "multipart/form-data; boundary=b7"


def part(name: str, value: bytes | str, *more: str, disposition: str = "") -> bytes:
    """One part; *name* is written as it is, *more* are further headers."""
    told = disposition or f'form-data; name="{name}"'
    head = "\r\n".join((f"Content-Disposition: {told}", *more)).encode()
    data = value if isinstance(value, bytes) else value.encode()
    return b"--b7\r\n" + head + b"\r\n\r\n" + data + b"\r\n"


def whole(*parts: bytes, before: bytes = b"", after: bytes = b"\r\n") -> bytes:
    return before + b"".join(parts) + b"--b7--" + after


def event(body: bytes, media: str = MEDIA) -> Event:
    (found,) = source("form").events(Delivery("form", body, AT, {"content-type": media}))
    return found


def form(body: bytes, media: str = MEDIA) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(event(body, media).raw)
    return fields


EMAIL = part("email", "ada@example.com")


@pytest.mark.parametrize(
    ("label", "codec", "name"),
    [
        ("windows-1252", "cp1252", "Zoë Müller"),
        ("ISO-8859-2", "iso8859-2", "Łukasz Błażej"),
        ('"Shift_JIS"', "cp932", "山田太郎"),
        ("koi8-r", "koi8-r", "Шевчук"),
        ("utf-16le", "utf-16-le", "Zoë"),
        ("utf-8", "utf-8", "Zoë 山田"),
    ],
)
def test_a_part_is_read_in_the_charset_that_it_names(label: str, codec: str, name: str) -> None:
    told = part("name", name.encode(codec), f"Content-Type: text/plain; charset={label}")
    other = part("company", "Müller & Söhne")
    found = event(whole(told, other, EMAIL))
    assert json.loads(found.raw)["name"] == name
    assert json.loads(found.raw)["company"] == "Müller & Söhne"
    assert found.why == ""


def test_a_part_that_names_no_charset_is_in_the_one_of_the_form() -> None:
    charset = part("_CHARSET_", "koi8-r")
    told = part("company", "Zoë".encode("cp1252"), "Content-Type: text/plain; charset=cp1252")
    assert form(whole(charset, part("name", "Шевчук".encode("koi8-r")), told)) == {
        "_CHARSET_": "koi8-r",
        "name": "Шевчук",
        "company": "Zoë",
    }


def test_a_part_in_a_charset_that_is_none_is_read_and_says_so() -> None:
    told = part("name", "Zoë", "Content-Type: text/plain; charset=idna")
    found = event(whole(told, EMAIL))
    assert json.loads(found.raw)["name"] == "Zoë"
    assert found.why == "charset.unknown"


@pytest.mark.parametrize("name", ["_charset_", "_CHARSET_", "_Charset_"])
def test_the_charset_field_of_an_urlencoded_form_counts_in_any_case(name: str) -> None:
    body = name.encode() + b"=windows-1251&name=%C0%E4%E0"
    assert form(body, "application/x-www-form-urlencoded")["name"] == "Ада"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("=?utf-8?B?w5xiZXI=?=", "Über"),
        ("=?utf-8?Q?=C3=9Cber?=", "Über"),
        ("=?UTF-8?b?w5xi?= =?UTF-8?b?ZXI=?=", "Über"),
        ("=?iso-8859-1?Q?=DCber_uns?=", "Über uns"),
        ("=?utf-8*de?B?w5xiZXI=?=", "Über"),
        ("=?utf-8?B?w?=", "=?utf-8?B?w?="),
        ("=?utf-8?B?w5xiZXI=", "=?utf-8?B?w5xiZXI="),
        ("a=?utf-8?B?w5xiZXI=?=", "a=?utf-8?B?w5xiZXI=?="),
    ],
)
def test_names_that_are_encoded_words_are_decoded(written: str, name: str) -> None:
    assert form(whole(part(written, "x"), EMAIL))[name] == "x"


def test_a_form_as_dot_net_writes_it_is_a_lead() -> None:
    kind = "Content-Type: text/plain; charset=utf-8"
    name = part("", "Ada Vance", kind, disposition='form-data; name="=?utf-8?B?TmFtZQ==?="')
    email = part("", "ada@example.com", kind, disposition="form-data; name=email")
    lead = source("form").fields(event(whole(name, email), MEDIA.replace("b7", '"b7"')).raw)
    assert (lead.name, lead.email) == ("Ada Vance", "ada@example.com")


@pytest.mark.parametrize(
    ("told", "filename"),
    [
        ("filename*=utf-8''%E5%B1%B1%20plan.pdf", "山 plan.pdf"),
        ("filename=\"plan.pdf\"; filename*=UTF-8'en'Pl%C3%A4ne.pdf", "Pläne.pdf"),
        ("filename*=iso-8859-1''Pl%E4ne.pdf; filename=plan.pdf", "Pläne.pdf"),
        ("filename*=\"utf-8''Pl%C3%A4ne.pdf\"", "Pläne.pdf"),
        ("filename*=idna''plan.pdf", "plan.pdf"),
        ('filename="=?utf-8?B?UGzDpG5lLnBkZg==?="', "Pläne.pdf"),
        ('filename="Pläne.pdf"', "Pläne.pdf"),
    ],
)
def test_a_file_has_its_name_and_size_and_no_content(told: str, filename: str) -> None:
    kind = "Content-Type: application/pdf"
    file = part("", b"%PDF \x00\xff", kind, disposition=f'form-data; name="brief"; {told}')
    lead = event(whole(file, EMAIL)).raw
    assert json.loads(lead)["brief"] == {
        "filename": filename,
        "content_type": "application/pdf",
        "size": 7,
    }
    assert source("form").fields(lead).custom["brief.filename"] == filename


def test_a_file_field_without_a_file_is_empty() -> None:
    kind = "Content-Type: application/octet-stream"
    empty = part("", "", kind, disposition='form-data; name="brief"; filename=""')
    assert form(whole(empty, EMAIL)) == {"brief": "", "email": "ada@example.com"}


def test_a_name_may_be_extended_as_well() -> None:
    told = part("", "x", disposition="form-data; name*=utf-8''%C3%9Cber")
    assert form(whole(told, EMAIL))["Über"] == "x"


@pytest.mark.parametrize(
    ("how", "data"),
    [("quoted-printable", b"Zo=C3=AB"), ("BASE64", b"Wm\r\n/Dqw=="), ("8bit", "Zoë".encode())],
)
def test_the_transfer_encoding_of_a_part_is_undone(how: str, data: bytes) -> None:
    told = part("name", data, "Content-Type: text/plain", f"Content-Transfer-Encoding: {how}")
    assert form(whole(told, EMAIL))["name"] == "Zoë"


@pytest.mark.parametrize(
    "before", [b"", b"\r\n", b"This is a message in parts.\r\n", b"\nx --b7\n"]
)
@pytest.mark.parametrize("after", [b"", b"\r\n", b"\r\nThis is the end.\r\n", b"\r\n--b7\r\n"])
def test_what_stands_before_and_after_the_parts_is_ignored(before: bytes, after: bytes) -> None:
    assert form(whole(EMAIL, before=before, after=after)) == {"email": "ada@example.com"}


def test_lines_that_end_with_lf_alone_are_read_as_they_are() -> None:
    file = part("", b"a\nb", disposition='form-data; name="brief"; filename="b.txt"')
    body = whole(EMAIL, part("message", "one\ntwo"), file).replace(b"\r\n", b"\n")
    found = form(body)
    assert (found["email"], found["message"]) == ("ada@example.com", "one\ntwo")
    assert found["brief"]["size"] == 3


@pytest.mark.parametrize(
    "media",
    [
        "multipart/form-data; boundary=b7",
        'multipart/form-data; boundary="b7"',
        'multipart/form-data; charset=utf-8; Boundary="b7"',
        "multipart/form-data",
    ],
)
@pytest.mark.parametrize(
    "first", [part("a", "x"), b"--b7\r\nContent-Type: text/plain\r\n" + part("a", "x")[6:]]
)
def test_a_boundary_is_found_however_it_is_written(media: str, first: bytes) -> None:
    assert form(whole(first, EMAIL), media) == {"a": "x", "email": "ada@example.com"}


def test_parts_within_a_part_are_refused_in_words() -> None:
    inner = b"--i\r\nContent-Disposition: file; filename=a.txt\r\n\r\nx\r\n--i--"
    nested = part("files", inner, "Content-Type: multipart/mixed; boundary=i")
    with pytest.raises(Unreadable, match="multipart/mixed"):
        event(whole(EMAIL, nested))


@given(name=st.text(max_size=30), value=st.text(max_size=30), data=st.data())
def test_any_name_and_value_comes_back_as_it_was_written(
    name: str, value: str, data: st.DataObject
) -> None:
    """As encoded words or extended, and in base64."""
    word = f'name="=?utf-8?B?{b64encode(name.encode()).decode()}?="'
    extended = f"name*=utf-8''{quote(name, safe='')}"
    told = data.draw(st.sampled_from([word, extended]))
    body = whole(
        part(
            "",
            b64encode(value.encode()),
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
            disposition=f"form-data; {told}",
        )
    )
    sent = Delivery("form", body, AT, {"content-type": MEDIA})
    assert forms.read_form(sent) == ({name: value}, ())


_WORD = b'form-data; name="=?utf-8?B?w5xiZXI=?="'
_FILE = b"form-data; name=x; filename*=utf-8''%C3%9Cber.pdf"
_EVERYTHING = whole(
    part("name", "Zo\xeb", "Content-Type: text/plain; charset=cp1252"),
    part("", "Zo=C3=AB", "Content-Transfer-Encoding: quoted-printable", disposition=_WORD.decode()),
    part("", "x", "Content-Type: application/pdf", disposition=_FILE.decode()),
    EMAIL,
    before=b"before\r\n",
)


def damaged(name: str, seed: int) -> None:
    check(name, mutated(_EVERYTHING, random.Random(seed)), MEDIA)


@given(name=st.sampled_from(["form", "generic", "web_to_lead"]), seed=st.integers(0, 2**32))
def test_parts_that_were_damaged_on_the_way_are_read_or_refused(name: str, seed: int) -> None:
    damaged(name, seed)


@pytest.mark.fuzz
@settings(max_examples=20_000, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(["form", "generic", "web_to_lead"]), seed=st.integers(0, 2**32))
def test_parts_that_were_damaged_at_length(name: str, seed: int) -> None:
    damaged(name, seed)
