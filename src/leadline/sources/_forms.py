"""Form bodies, urlencoded or multipart, in any charset, as one JSON object."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from leadline.errors import Unreadable
from leadline.lead import Delivery

MEDIA = ("application/x-www-form-urlencoded", "multipart/form-data")
_MOST_FIELDS = 1000


def read_form(delivery: Delivery) -> dict[str, Any]:
    """The fields by name; a repeated one is a list, a file its name, type and size.

    Raises Unreadable for a body that is no such form.
    """
    if delivery.media_type == "multipart/form-data":
        pairs = _multipart(delivery)
    else:
        pairs = _urlencoded(delivery)
    form: dict[str, Any] = {}
    for name, value in pairs:
        if name not in form:
            form[name] = value
        elif isinstance(form[name], list):
            form[name].append(value)
        else:
            form[name] = [form[name], value]
    return form


def as_raw(form: Mapping[str, Any]) -> bytes:
    """The form as JSON text."""
    return msgspec.json.encode(form)


def nested(form: Mapping[str, Any]) -> dict[str, Any]:
    """`contact[email]=x` as `{"contact": {"email": x}}`, the way PHP and Rails read it."""
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


def of_gravity(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of Gravity Forms with names for the parts of its first name field.

    Fields are numbered; `3.3` and `3.6` are the first and last name if field 3 is a name. Addresses
    and check boxes, which also have parts, begin with a `3.1` (Gravity Forms docs, "Entry Object").
    """
    if "form_id" not in entry:
        return entry
    numbers = [key[:-2] for key in entry if key[-2:] == ".6" and key[:-2].isdigit()]
    of_name = next((n for n in numbers if f"{n}.3" in entry and f"{n}.1" not in entry), None)
    names = {f"{of_name}.3": "first_name", f"{of_name}.6": "last_name"}
    return {names.get(key, key): value for key, value in entry.items()}


def _options(header: bytes) -> dict[bytes, bytes]:
    """What stands behind the value of a header: `; name="value"`."""
    if b";" not in header:
        return {}
    from leadline.sources._multipart import header_options  # 4 ms that JSON has no use for

    return header_options(header)


def _of_type(delivery: Delivery, option: bytes) -> bytes:
    content_type = delivery.headers.get("content-type", "")
    return _options(content_type.encode("latin-1")).get(option, b"")


def _decoder(charsets: tuple[str, ...], samples: list[bytes]) -> str:
    """The first charset in which every text can be read."""
    for charset in (*charsets, "utf-8", "cp1252"):
        try:
            for sample in samples:
                sample.decode(charset)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
        return charset
    return "latin-1"


def _urlencoded(delivery: Delivery) -> list[tuple[str, Any]]:
    try:
        # latin-1 maps bytes to characters one to one, so the charset can be found afterwards.
        pairs = parse_qsl(
            delivery.body.decode("latin-1"),
            keep_blank_values=True,
            encoding="latin-1",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise Unreadable(f"the form has more than {_MOST_FIELDS} fields") from None
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
    return _decoded(delivery, raw)


def _decoded(delivery: Delivery, raw: list[tuple[bytes, bytes]]) -> list[tuple[str, Any]]:
    told = dict(raw).get(b"_charset_", b"").decode("latin-1").strip()
    samples = [text for pair in raw for text in pair]
    charset = _decoder(
        tuple(c for c in (told, _of_type(delivery, b"charset").decode("latin-1")) if c), samples
    )
    return [(_clean(name, charset), _clean(value, charset)) for name, value in raw]


def _clean(value: bytes, charset: str) -> str:
    return value.decode(charset, errors="replace").encode("utf-8", errors="replace").decode()


def _multipart(delivery: Delivery) -> list[tuple[str, Any]]:
    from leadline.sources._multipart import read_parts  # as in `_options`

    boundary = _of_type(delivery, b"boundary")
    if not boundary:
        raise Unreadable("the multipart body has no boundary")
    texts: list[tuple[bytes, bytes]] = []
    files: list[tuple[bytes, Any]] = []
    for part in read_parts(delivery.body, boundary):
        named = _options(part.headers.get(b"content-disposition", b""))
        name = named.get(b"name", b"")
        if b"filename" in named:
            kind = part.headers.get(b"content-type", b"").decode("latin-1")
            file = _clean(named[b"filename"], "utf-8")
            files.append((name, {"filename": file, "content_type": kind, "size": len(part.data)}))
        else:
            texts.append((name, bytes(part.data)))
    return [*_decoded(delivery, texts), *((_clean(n, "utf-8"), f) for n, f in files)]
