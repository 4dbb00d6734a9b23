"""Reading form bodies, urlencoded or multipart, in any charset of the web, as a JSON object."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from leadline.model.errors import LeadlineError, Unreadable
from leadline.model.lead import Delivery
from leadline.model.texts.charsets import label_in
from leadline.model.texts.json_text import decode, read_json, read_labelled_json
from leadline.model.texts.patterns import late
from leadline.vendors._reader.on_demand import names_somebody_late as names_somebody
from leadline.vendors._webhooks.form_values import Field, File, decoded_fields

MEDIA = ("application/x-www-form-urlencoded", "multipart/form-data")
_MOST_FIELDS = 1000
_BOUNDARY = late(
    rb"--([0-9A-Za-z'()+_,./:=?-]{1,70})\r?\nContent-(?:Disposition|Type|Transfer-Encoding|Length):",
    re.IGNORECASE,
)
_BLANK = b"\xef\xbb\xbf \t\r\n"


def read_form(delivery: Delivery) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The fields by name, and notes on decoding problems (`charsets.NOTES`). A repeated field is a
    list; a file is an object with `filename`, `content_type` and `size`. JSON that is labelled as a
    form is read as JSON.

    The charset is the one that a part names for its value, else the one in the field `_charset_`,
    which browsers fill in, else the one of the content type. Raises Unreadable if the body is not a
    valid form.
    """
    if (read := json_of(delivery)) is not None:
        return _object(read[0]), read[1]
    pairs, notes = decoded_fields(
        _undecoded(delivery), label_in(delivery.headers.get("content-type", ""))
    )
    form: dict[str, Any] = {}
    for name, value in pairs:
        if name not in form:
            form[name] = value
        elif isinstance(form[name], list):
            form[name].append(value)
        else:
            form[name] = [form[name], value]
    return form, notes


def values_of(delivery: Delivery, *names: str) -> list[bytes]:
    """The values of these fields as bytes; repeated fields are left out. For authentication, which
    must not decode anything in a charset chosen by a stranger.

    Raises Unreadable as `read_form` does.
    """
    if (read := json_of(delivery)) is not None:
        value = _object(read[0])
        told = (value.get(name) for name in names)
        return [one.encode(errors="replace") for one in told if isinstance(one, str)]
    found = _undecoded(delivery)
    count = Counter(field.name for field in found)
    wanted = {name.encode() for name in names}
    return [
        value
        for name, value, _ in found
        if name in wanted and count[name] == 1 and not isinstance(value, File)
    ]


def json_of(delivery: Delivery) -> tuple[bytes, tuple[str, ...]] | None:
    """The JSON text of a body labelled as a form, as many senders do by default, with the notes of
    `charsets`; the bytes are unchanged if they are JSON. None for a form.

    Raises Unreadable for invalid JSON that begins as an object or an array of objects, since no
    form begins so.
    """
    if delivery.media_type != MEDIA[0]:
        return None
    start = delivery.body.lstrip(_BLANK)
    first = start[:1]
    if first not in (b"{", b"[", b'"'):
        return None
    try:
        label = label_in(delivery.headers.get("content-type", ""))
        return read_labelled_json(delivery.body, label)
    except Unreadable:
        if first == b"{" or (first == b"[" and start[1:].lstrip(_BLANK)[:1] == b"{"):
            raise
        return None


def _object(raw: bytes) -> dict[str, Any]:
    value = decode(raw)
    if not isinstance(value, dict):
        raise Unreadable("the JSON is no object with the fields of a form")
    return value


def as_raw(form: Mapping[str, Any]) -> bytes:
    """The form as JSON text."""
    return msgspec.json.encode(form)


def nested(form: Mapping[str, Any]) -> dict[str, Any]:
    """`contact[email]=x` as `{"contact": {"email": x}}`, as PHP and Rails read it."""
    if "[" not in "".join(form):
        return dict(form)
    tree: dict[str, Any] = {}
    for name, value in form.items():
        parts = [part for part in re.split(r"[\[\]]+", name) if part][:12]
        if len(parts) < 2:
            tree[name] = value
            continue
        node = tree
        for part in parts[:-1]:
            inner = node.setdefault(part, {})
            if not isinstance(inner, dict):
                break
            node = inner
        else:
            node[parts[-1]] = value
            continue
        tree[name] = value
    return tree


def unfolded(form: Mapping[str, Any]) -> dict[str, Any]:
    """Names with brackets become objects. `rawRequest`, in which Jotform sends the answers, is read
    if no other field names a person; otherwise it is text that a visitor typed."""
    tree = nested(form)
    hidden = tree.get("rawRequest")
    if not isinstance(hidden, str) or hidden.lstrip()[:1] != "{":
        return tree
    beside = {key: value for key, value in tree.items() if key != "rawRequest"}
    try:
        answers = decode(read_json(hidden.encode(errors="replace")))
    except LeadlineError:
        return tree
    if not isinstance(answers, dict) or names_somebody(beside):
        return tree
    return {**answers, **beside}


def _undecoded(delivery: Delivery) -> Sequence[Field]:
    """The fields as bytes, in the order of the body, and then the files."""
    if delivery.media_type == "multipart/form-data":
        return _multipart(delivery)
    return _urlencoded(delivery)


def _urlencoded(delivery: Delivery) -> list[Field]:
    try:
        # latin-1 maps bytes to characters one to one, so the charset can be determined afterwards.
        pairs = parse_qsl(
            delivery.body.decode("latin-1"),
            keep_blank_values=True,
            encoding="latin-1",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise Unreadable(f"the form has more than {_MOST_FIELDS} fields") from None
    return [Field(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]


def _multipart(delivery: Delivery) -> list[Field]:
    # 4 ms, not needed for JSON
    from leadline.vendors._webhooks.multipart import header_options, read_fields

    content_type = delivery.headers.get("content-type", "").encode("latin-1", errors="replace")
    boundary = header_options(content_type).get(b"boundary", b"") or boundary_in(delivery.body)
    if not boundary:
        raise Unreadable("the multipart body has no boundary")
    return read_fields(delivery.body, boundary)


def boundary_in(body: bytes) -> bytes:
    """The boundary with which a multipart body begins, for senders that set the content type
    without it; empty if it does not begin as one."""
    found = _BOUNDARY.match(body.lstrip(b"\r\n"))
    return found[1] if found else b""
