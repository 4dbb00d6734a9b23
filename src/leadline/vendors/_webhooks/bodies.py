"""Reads bodies by their content, since content types are often wrong: `curl -d`, WordPress, axios,
PHP, Java and Ruby label JSON as a form by default."""

from collections.abc import Mapping
from typing import Any

import msgspec

from leadline.model.errors import Unreadable
from leadline.model.lead import Delivery
from leadline.model.texts.charsets import label_in
from leadline.model.texts.json_text import read_json, read_labelled_json
from leadline.model.texts.patterns import late
from leadline.vendors._webhooks import forms
from leadline.vendors._webhooks.pieces import leads_in

JSON_MEDIA = ("application/json", "text/json", "text/plain")
"""The content types of JSON."""
_PAIRS = late(rb"[^\s=&{}\"<>]{1,200}=[^\s{}\"<>]*\s*\Z")


def read_body(delivery: Delivery) -> tuple[bytes, tuple[str, ...]]:
    """The body as JSON text, whatever its content type: unchanged if it is JSON, a form as an
    object. Also returns the notes of `charsets` on decoding problems.

    Raises Unreadable for a body that is neither.
    """
    label = delivery.headers.get("content-type", "")
    plain = label == JSON_MEDIA[0]  # as most senders write it
    if not plain and delivery.media_type in forms.MEDIA:
        return _read_form(delivery)
    try:
        return read_labelled_json(delivery.body, "" if plain else label_in(label))
    except Unreadable as error:
        found = _form_in(delivery)
        if found is None:
            raise
        try:
            form, notes = forms.read_form(found)
        except Unreadable:
            raise error from None
        return forms.as_raw(form), notes


def _read_form(delivery: Delivery) -> tuple[bytes, tuple[str, ...]]:
    read = forms.json_of(delivery)
    if read is not None:
        return read
    form, notes = forms.read_form(delivery)
    return _written_as_a_name(form) or _list_of_people(form) or forms.as_raw(form), notes


def _list_of_people(form: Mapping[str, Any]) -> bytes | None:
    """The fields of `leads[0][email]=…&leads[1][email]=…` with a list, if it is one of people."""
    if not any("[1]" in name for name in form):
        return None
    raw = forms.as_raw(_listed(forms.nested(form)))
    return raw if len(leads_in(raw)) > 1 else None


def _listed(tree: Mapping[str, Any]) -> dict[str, Any]:
    """The tree, with objects that have numbers for keys as lists, to the depth of split names."""
    return {
        key: list(value.values())
        if isinstance(value, dict) and list(value) == [str(i) for i in range(len(value))]
        else _listed(value)
        if isinstance(value, dict)
        else value
        for key, value in tree.items()
    }


def _written_as_a_name(form: Mapping[str, Any]) -> bytes | None:
    """The JSON of a form whose only field has JSON as its name, because it was form-encoded."""
    name = next(iter(form), "")
    if len(form) != 1 or form[name] or name[:1] not in ("{", "["):
        return None
    try:
        return read_json(name.encode(errors="replace"))
    except Unreadable:
        return None


def _form_in(delivery: Delivery) -> Delivery | None:
    """A form with another content type as a delivery with the right one; None if it is no form."""
    body = delivery.body
    if boundary := forms.boundary_in(body):
        media = f"{forms.MEDIA[1]}; boundary={boundary.decode()}"
    elif _PAIRS.match(body):
        media = forms.MEDIA[0]
    else:
        return None
    return msgspec.structs.replace(delivery, headers={**delivery.headers, "content-type": media})
