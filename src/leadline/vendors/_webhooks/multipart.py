"""Parsing multipart bodies (RFC 7578), also as older senders write them.

Read beyond that standard: parts with a charset or a transfer encoding of their own, names as
encoded words (RFC 2047; .NET's `MultipartFormDataContent`), `name*` and `filename*` (RFC 8187), and
bodies whose lines end with LF alone.
"""

import base64
import binascii
import quopri
import re

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from leadline.model.errors import Unreadable
from leadline.model.texts.charsets import decode_text, label_in
from leadline.model.texts.patterns import late
from leadline.vendors._webhooks.form_values import Field, File

MOST_FIELDS = 1000
_EXTENDED = late(
    r";\s*(name|filename)\*\s*=\s*\"?([^'\";\s]*)'[^'\";\s]*'([^\";\s]*)", re.IGNORECASE
)
_WORD = late(r"=\?([^?\s]{1,40})\?([BQ])\?([^?]*)\?=", re.IGNORECASE)
_WORDS = late(r"(?:=\?[^?\s]{1,40}\?[BQ]\?[^?]*\?=\s*)+", re.IGNORECASE)
_ESCAPED = late(rb"%([0-9A-Fa-f]{2})")


class Part:
    """One field or file; header names are lower case."""

    def __init__(self) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.data = bytearray()
        self.name = b""
        self.value = b""


def header_options(header: bytes) -> dict[bytes, bytes]:
    """The parameters of a header: `; name="value"`; their names are lower case."""
    _, found = parse_options_header(header)
    return {name.lower(): value for name, value in found.items()}


def read_fields(body: bytes, boundary: bytes) -> list[Field]:
    """The fields of a body, and then its files.

    Raises Unreadable if it is malformed, has too many parts, or has parts within a part.
    """
    fields = [_field(part) for part in read_parts(body, boundary)]
    return sorted(fields, key=lambda field: isinstance(field.value, File))


def _field(part: Part) -> Field:
    kind = part.headers.get(b"content-type", b"").decode("latin-1")
    if kind.lstrip().lower().startswith("multipart/"):
        raise Unreadable("a part holds parts of its own (multipart/mixed): send each by itself")
    disposition = part.headers.get(b"content-disposition", b"")
    named = _named(disposition)
    name = named.get("name", b"")
    data = _content(part)
    filename = named.get("filename")
    if filename is None or (not filename and not data):  # a browser's file field without a file
        return Field(name, data, label_in(kind))
    return Field(name, File(filename, kind, len(data)))


def _named(disposition: bytes) -> dict[str, bytes | str]:
    """`name` and `filename`: as text if the sender named their charset, else as bytes."""
    plain = header_options(disposition)
    named = {
        key: _worded(plain[key.encode()]) for key in ("name", "filename") if key.encode() in plain
    }
    name = named.get("name")
    if isinstance(name, bytes) and name.isascii():
        # aiohttp puts a backslash before each space, as RFC 5322 says (see `findings`). Only names
        # of ASCII are escaped; in Shift_JIS and Big5 the byte may end a character.
        named["name"] = name.replace(b"\\ ", b" ")
    if b"*" in disposition:
        for key, label, escaped in _EXTENDED.findall(disposition.decode("latin-1")):
            named[key.lower()] = decode_text(_unescaped(escaped.encode("latin-1")), label)[0]
    return named


def _unescaped(escaped: bytes) -> bytes:
    return _ESCAPED.sub(lambda found: bytes((int(found[1], 16),)), escaped)


def _worded(name: bytes) -> bytes | str:
    """The text of encoded words (RFC 2047), in the charset of the first; other names unchanged."""
    if not name.startswith(b"=?"):
        return name
    written = name.decode("latin-1").rstrip()
    if not _WORDS.fullmatch(written):
        return name
    words = _WORD.findall(written)
    try:
        raw = b"".join(_of_word(how, text.encode("latin-1")) for _, how, text in words)
    except binascii.Error:
        return name
    return decode_text(raw, words[0][0].partition("*")[0])[0]


def _of_word(how: str, text: bytes) -> bytes:
    if how in "Bb":
        return base64.b64decode(text)
    return quopri.decodestring(text, header=True)


def _content(part: Part) -> bytes:
    """The data of a part, decoded from its transfer encoding (RFC 7578, section 4.7, deprecates
    them; mail libraries write them all the same)."""
    how = part.headers.get(b"content-transfer-encoding", b"").strip().lower()
    data = bytes(part.data)
    if how == b"quoted-printable":
        return quopri.decodestring(data)
    if how == b"base64":
        try:
            return base64.b64decode(data)
        except binascii.Error:
            return data
    return data


def read_parts(body: bytes, boundary: bytes) -> list[Part]:
    """The parts of a body. Raises Unreadable if it is malformed or has too many parts."""
    if b"\r\n" in body:
        return _parsed(_without_preamble(body, boundary), boundary)
    parts = _parsed(_without_preamble(body, boundary).replace(b"\n", b"\r\n"), boundary)
    for part in parts:
        part.data = part.data.replace(b"\r\n", b"\n")
    return parts


def _without_preamble(body: bytes, boundary: bytes) -> bytes:
    """The body from its first boundary on (RFC 2046, section 5.1.1)."""
    start = b"--" + boundary
    if body.startswith(start):
        return body
    found = body.find(b"\n" + start)
    return body if found < 0 else body[found + 1 :]


def _parsed(body: bytes, boundary: bytes) -> list[Part]:
    reading = _Reading()
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": reading.begin,
                "on_header_field": reading.header_name,
                "on_header_value": reading.header_value,
                "on_header_end": reading.end_header,
                "on_part_data": reading.data,
                "on_end": reading.end,
            },
        )
        parser.write(body)
        parser.finalize()
    except FormParserError:
        raise Unreadable("the multipart body is malformed") from None
    if not reading.ended:
        raise Unreadable("the multipart body has no end")
    return reading.parts


class _Reading:
    """Collects the parts from a parser's callbacks; `ended` is whether the body is complete."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.ended = False

    def begin(self) -> None:
        if len(self.parts) >= MOST_FIELDS:
            raise Unreadable(f"the form has more than {MOST_FIELDS} parts")
        self.parts.append(Part())

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].value += data[start:end]

    def end_header(self) -> None:
        part = self.parts[-1]
        part.headers[part.name.lower()] = part.value
        part.name = part.value = b""

    def data(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].data += data[start:end]

    def end(self) -> None:
        self.ended = True
