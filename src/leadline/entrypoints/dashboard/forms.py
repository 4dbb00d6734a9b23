"""Forms that browsers send: text fields alone."""

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 2000


class SentForm(dict[str, str]):
    """The fields of a form by name; of several with one name the last, as `get`, or `all_of`."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__(pairs)
        self._pairs = pairs

    def all_of(self, name: str) -> list[str]:
        """Every value under this name, in order."""
        return [value for key, value in self._pairs if key == name]


def fields_in(body: bytes) -> SentForm:
    """The fields of a body. Raises HTTPException (400) if it is not a form."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError as error:  # also UnicodeError
        raise HTTPException(400, "This form could not be read.") from error
    return SentForm(pairs)


async def form_of(request: Request) -> SentForm:
    """The form that was sent; empty if there was no body. Raises HTTPException (400, 415)."""
    body = await request.body()
    if not body:
        return SentForm([])
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise HTTPException(415, "Only forms are read here.")
    return fields_in(body)
