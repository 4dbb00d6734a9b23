"""JSON as it arrives."""

import base64
import codecs
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.errors import TooManyEvents, Unreadable
from leadline.model.texts.json_text import decode, elements, peek, read_json

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize("body", [b'{"a": 1}', b" [1,2]\n", b"null", '{"a":"Zo\u00eb"}'.encode()])
def test_sound_json_is_kept_as_the_very_bytes(body: bytes) -> None:
    assert read_json(body) is body


@pytest.mark.parametrize("bom_and_charset", [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (b"", "utf-16-le"),
    (b"", "utf-16-be"),
])  # fmt: skip
def test_a_mark_at_the_beginning_tells_the_charset(bom_and_charset: tuple[bytes, str]) -> None:
    bom, charset = bom_and_charset
    body = bom + '{"name":"Zoë 李"}'.encode(charset)
    assert decode(read_json(body)) == {"name": "Zoë 李"}


def test_the_declared_charset_is_believed_where_utf_8_fails() -> None:
    body = '{"name":"Шевчук"}'.encode("koi8-r")
    assert decode(read_json(body, "koi8-r")) == {"name": "Шевчук"}


def test_bytes_of_no_declared_charset_are_read_as_windows_does() -> None:
    assert decode(read_json(b'{"name":"Zo\xeb \x93x\x94"}')) == {"name": "Zoë “x”"}


@pytest.mark.parametrize("charset", ["nonsense", "base64", "undefined", "\0", "idna", "rot13"])
def test_a_charset_that_is_none_does_no_harm(charset: str) -> None:
    assert decode(read_json(b'{"name":"Zo\xeb"}', charset)) == {"name": "Zoë"}


def test_numbers_that_json_does_not_have_become_null() -> None:
    assert read_json(b'{"a":NaN,"b":[Infinity,-Infinity,1]}') == b'{"a":null,"b":[null,null,1]}'


def test_half_a_character_becomes_the_replacement_character() -> None:
    assert decode(read_json(b'{"a":"x\\ud800y"}')) == {"a": "x\ufffdy"}


def test_json_that_a_proxy_put_into_base64_is_taken_out() -> None:
    assert read_json(base64.b64encode(b'{"a":1}')) == b'{"a":1}'


def test_a_number_of_five_thousand_digits_stays_text() -> None:
    digits = "7" * 5000
    assert decode(read_json(b'{"a":%s,"b":1}' % digits.encode())) == {"a": digits, "b": 1}


@pytest.mark.parametrize(
    "body", [b"", b"  ", b"{", b'{"a":1} x', b'{"a":1,}', b"hello", b"\xff\xfe"]
)
def test_what_is_no_json_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_json(body)
    assert refusal.value.detail


@pytest.mark.parametrize("body", [b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000 + b"}"])
def test_json_deeper_than_anybody_reads_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_json(body)


def test_depth_that_could_break_whoever_walks_it_is_refused() -> None:
    with pytest.raises(Unreadable, match="deep"):
        decode(b"[" * 101 + b"]" * 101)
    assert decode(b"[" * 100 + b"]" * 100)
    assert len(decode(b"[" + b"[]," * 500 + b"[]]")) == 501


def test_the_elements_of_an_array_are_its_very_bytes() -> None:
    assert elements(b' [{"b": 1 , "a":2}, null,"x" , 1.50]') == [
        b'{"b": 1 , "a":2}', b"null", b'"x"', b"1.50",
    ]  # fmt: skip
    assert elements(b"[]") == []
    assert elements(b'{"a":[1,2]}') == [b'{"a":[1,2]}']


def test_an_array_without_end_is_refused() -> None:
    with pytest.raises(TooManyEvents, match="10000"):
        elements(b"[" + b"1," * 10_000 + b"1]")


def test_a_peek_at_another_shape_sees_nothing() -> None:
    class Shape(msgspec.Struct):
        a: int

    decoder = msgspec.json.Decoder(Shape)
    assert peek(decoder, b'{"a":1,"b":[]}') == Shape(1)
    assert peek(decoder, b'{"a":"x"}') is None
    assert peek(decoder, b"[]") is None


@given(st.binary(max_size=400))
def test_any_bytes_are_json_or_unreadable(body: bytes) -> None:
    try:
        raw = read_json(body)
    except Unreadable:
        return
    json.loads(raw.decode())
    decode(raw)
    for element in elements(raw):
        json.loads(element)


@given(JSON)
def test_any_value_is_read_as_it_was_written(value: Any) -> None:
    body = json.dumps(value).encode()
    again = decode(read_json(body))
    assert json.dumps(again) == json.dumps(value) or _beyond_reason(value)


def _beyond_reason(value: Any) -> bool:
    """Lone surrogates and numbers beyond 64 bits are kept in another form."""
    if isinstance(value, str):
        return any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, int):
        return not -(2**63) <= value < 2**64
    if isinstance(value, list):
        return any(_beyond_reason(v) for v in value)
    if isinstance(value, dict):
        return any(_beyond_reason(v) for kv in value.items() for v in kv)
    return False
