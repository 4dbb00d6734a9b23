"""The parts of multipart bodies (RFC 7578)."""

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
    """What stands behind the value of a header: `; name="value"`."""
    _, found = parse_options_header(header)
    return found


def read_parts(body: bytes, boundary: bytes) -> list[Part]:
    """The parts of a body; raises Unreadable when it is malformed or has too many."""
    parts: list[Part] = []

    def begin() -> None:
        if len(parts) >= MOST_FIELDS:
            raise Unreadable(f"the form has more than {MOST_FIELDS} parts")
        parts.append(Part())

    def name(data: bytes, start: int, end: int) -> None:
        parts[-1].name += data[start:end]

    def value(data: bytes, start: int, end: int) -> None:
        parts[-1].value += data[start:end]

    def header_end() -> None:
        part = parts[-1]
        part.headers[part.name.lower()] = part.value
        part.name = part.value = b""

    def data_of_part(data: bytes, start: int, end: int) -> None:
        parts[-1].data += data[start:end]

    ended = False

    def end() -> None:
        nonlocal ended
        ended = True

    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": begin,
                "on_header_field": name,
                "on_header_value": value,
                "on_header_end": header_end,
                "on_part_data": data_of_part,
                "on_end": end,
            },
        )
        parser.write(body)
        parser.finalize()
    except FormParserError:
        raise Unreadable("the multipart body is malformed") from None
    if not ended:
        raise Unreadable("the multipart body has no end")
    return parts
