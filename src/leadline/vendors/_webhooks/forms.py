"""Reading form bodies, urlencoded or multipart, in any charset of the web, as a JSON object."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import msgspec

from leadline.model.charsets import ascii_label, decode_texts, label_in
from leadline.model.errors import LeadlineError, Unreadable
from leadline.model.json_text import decode, read_json, read_labelled_json
from leadline.model.lead import Delivery
from leadline.vendors._webhooks.guess import names_somebody

MEDIA = ("application/x-www-form-urlencoded", "multipart/form-data")
_MOST_FIELDS = 1000
_BLANK = b"\xef\xbb\xbf \t\r\n"


class _File(NamedTuple):
    """A file in a form, without its content: its name in the form's charset, its content type, and
    its size in bytes."""

    name: bytes
    content_type: str
    size: int


_Field = tuple[bytes, bytes | _File]


def read_form(delivery: Delivery) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The fields by name, and notes on decoding problems (`charsets.NOTES`). A repeated field is a
    list; a file is an object with `filename`, `content_type` and `size`. JSON that is labelled as a
    form is read as JSON.

    The charset is the one in the field `_charset_`, which browsers fill in, else the one of the
    content type. Raises Unreadable if the body is not a valid form.
    """
    if (read := json_of(delivery)) is not None:
        return _object(read[0]), read[1]
    pairs, notes = _decoded(delivery, _undecoded(delivery))
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
    count = Counter(name for name, _ in found)
    wanted = {name.encode() for name in names}
    return [
        value
        for name, value in found
        if name in wanted and count[name] == 1 and not isinstance(value, _File)
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


def of_gravity(entry: dict[str, Any]) -> dict[str, Any]:
    """A Gravity Forms entry, with `first_name` and `last_name` for the parts of its first name
    field.

    Fields are numbered; `3.3` and `3.6` are the first and last name if field 3 is a name. Addresses
    and check boxes also have parts, beginning with `3.1` (Gravity Forms docs, "Entry Object").
    """
    if "form_id" not in entry:
        return entry
    numbers = [key[:-2] for key in entry if key[-2:] == ".6" and key[:-2].isdigit()]
    of_name = next((n for n in numbers if f"{n}.3" in entry and f"{n}.1" not in entry), None)
    names = {f"{of_name}.3": "first_name", f"{of_name}.6": "last_name"}
    return {names.get(key, key): value for key, value in entry.items()}


def _options(header: bytes) -> dict[bytes, bytes]:
    """The parameters of a header: `; name="value"`."""
    if b";" not in header:
        return {}
    from leadline.vendors._webhooks.multipart import header_options  # 4 ms, not needed for JSON

    return header_options(header)


def _undecoded(delivery: Delivery) -> Sequence[_Field]:
    """The fields as bytes, in the order of the body, and then the files."""
    if delivery.media_type == "multipart/form-data":
        return _multipart(delivery)
    return _urlencoded(delivery)


def _urlencoded(delivery: Delivery) -> list[_Field]:
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
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]


def _decoded(
    delivery: Delivery, raw: Sequence[_Field]
) -> tuple[list[tuple[str, Any]], tuple[str, ...]]:
    told = dict(raw).get(b"_charset_", b"")
    label = told.decode("latin-1") if isinstance(told, bytes) else ""
    of_type = label_in(delivery.headers.get("content-type", ""))
    names = [name for name, _ in raw]
    values = [value.name if isinstance(value, _File) else value for _, value in raw]
    texts, notes = decode_texts([*names, *values], ascii_label(label), ascii_label(of_type))
    shown = [
        {"filename": text, "content_type": value.content_type, "size": value.size}
        if isinstance(value, _File)
        else text
        for (_, value), text in zip(raw, texts[len(raw) :], strict=True)
    ]
    return list(zip(texts[: len(raw)], shown, strict=True)), notes


def _multipart(delivery: Delivery) -> list[_Field]:
    from leadline.vendors._webhooks.multipart import read_parts  # as in `_options`

    content_type = delivery.headers.get("content-type", "").encode("latin-1", errors="replace")
    boundary = _options(content_type).get(b"boundary", b"")
    if not boundary:
        raise Unreadable("the multipart body has no boundary")
    texts: list[_Field] = []
    files: list[_Field] = []
    for part in read_parts(delivery.body, boundary):
        named = _options(part.headers.get(b"content-disposition", b""))
        name = named.get(b"name", b"")
        if b"filename" in named:
            kind = part.headers.get(b"content-type", b"").decode("latin-1")
            files.append((name, _File(named[b"filename"], kind, len(part.data))))
        else:
            texts.append((name, bytes(part.data)))
    return [*texts, *files]
