"""Parsing multipart bodies (RFC 7578)."""

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from leadline.model.errors import Unreadable

MOST_FIELDS = 1000


class Part:
    """One field or file; header names are lower case."""

    def __init__(self) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.data = bytearray()
        self.name = b""
        self.value = b""


def header_options(header: bytes) -> dict[bytes, bytes]:
    """The parameters of a header: `; name="value"`."""
    _, found = parse_options_header(header)
    return found


def read_parts(body: bytes, boundary: bytes) -> list[Part]:
    """The parts of a body. Raises Unreadable if it is malformed or has too many parts."""
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
