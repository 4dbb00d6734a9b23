"""Reads parameters and bodies of the interface for programs, and writes answers."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from leadline.model.ids import is_lead_id

T = TypeVar("T", bound=msgspec.Struct)
JSON = "application/json"


def parameters_in(request: Request, kind: type[T]) -> T:
    """The parameters of a request. Raises HTTPException (400) for unknown, repeated or wrong
    ones."""
    pairs = request.query_params.multi_items()
    given = dict(pairs)
    if len(given) != len(pairs):
        raise HTTPException(400, "A parameter is given twice.")
    if unknown := set(given) - set(kind.__struct_fields__):
        del unknown  # not repeated: an answer says nothing of what was sent
        names = ", ".join(kind.__struct_fields__) or "none"
        raise HTTPException(400, f"There is a parameter that is not known; there are: {names}.")
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise HTTPException(400, f"A parameter is wrong: {_words_of(error)}.") from None


async def body_in(request: Request, kind: type[T]) -> T:
    """The JSON that was sent; without a body an empty object. Raises HTTPException (400, 415)."""
    body = await request.body()
    if body and request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise HTTPException(415, f"Send {JSON}.")
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise HTTPException(400, f"The body is wrong: {_words_of(error)}.") from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise HTTPException(400, "The body is not JSON.") from None


def _words_of(error: msgspec.ValidationError) -> str:
    """What is wrong, without what was sent."""
    words = str(error)
    if "unknown field" in words or "Invalid enum value" in words:
        _, _, place = words.partition(" - at ")
        kind = "a field is not known" if "unknown field" in words else "this value is not one of it"
        return f"{kind}{f' - at {place}' if place else ''}"
    return words


def lead_id_in(request: Request) -> str:
    """The id in the path of a request. Raises HTTPException (404) if it is none."""
    lead_id: str = request.path_params["lead_id"].lower()
    if not is_lead_id(lead_id):
        raise HTTPException(404)
    return lead_id


def fields_wanted(text: str, kind: type[msgspec.Struct]) -> Sequence[str]:
    """The fields of *kind* that `fields` names, all for "". Raises HTTPException (400)."""
    wanted = [one for one in text.split(",") if one]
    if set(wanted) - set(kind.__struct_fields__):
        names = ", ".join(kind.__struct_fields__)
        raise HTTPException(400, f"`fields` has a name that is not known; there are: {names}.")
    return list(dict.fromkeys(wanted)) or kind.__struct_fields__


def chosen_parts(value: msgspec.Struct, fields: Sequence[str]) -> dict[str, Any]:
    """These fields of a value."""
    return {name: getattr(value, name) for name in fields}


def json_answer(value: object) -> Response:
    """The answer with this value."""
    return Response(msgspec.json.encode(value), media_type=JSON)
