"""What Slack accepts, as a table: our own reading of its docs, independent of what builds messages.

Slack docs, "Block Kit reference": blocks, block elements, composition objects. Characters are
counted as UTF-16 units, of which there are never fewer than characters of any other kind.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[str, Any], Iterator[str]]
Table = dict[str, tuple[bool, Check]]

BLOCKS = 50
FALLBACK = 4000
"""Slack cuts `text` off at 40,000 and asks for 4,000 at most."""
WHOLE = 9500
"""Text in all blocks; 9,597 were seen to pass and 11,341 to fail (bolt-js, issue 2867)."""
METADATA = 8000


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def string(limit: int, pattern: str = r"(?s:.*)") -> Check:
    def check(path: str, value: Any) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"{path} is no string"
        elif not value.strip():
            yield f"{path} is empty"
        elif units(value) > limit:
            yield f"{path} has {units(value)} characters, {limit} are allowed"
        elif not re.fullmatch(pattern, value):
            yield f"{path} does not look right: {value[:80]!r}"

    return check


def boolean(path: str, value: Any) -> Iterator[str]:
    if not isinstance(value, bool):
        yield f"{path} is no boolean"


def text_object(limit: int, *kinds: str) -> Check:
    tables: dict[str, Table] = {
        "plain_text": {"text": (True, string(limit)), "emoji": (False, boolean)},
        "mrkdwn": {"text": (True, string(limit)), "verbatim": (False, boolean)},
    }
    return one_of({kind: tables[kind] for kind in kinds})


def one_of(tables: Mapping[Any, Table]) -> Check:
    """An object whose `type` says which table it follows; it has no other keys."""

    def check(path: str, value: Any) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind not in tables:
            yield f"{path} has the type {kind!r}, allowed are {[*tables]}"
            return
        table = tables[kind]
        yield from (f"{path}.{key} is unknown" for key in value.keys() - table.keys() - {"type"})
        for key, (required, inner) in table.items():
            if key in value:
                yield from inner(f"{path}.{key}", value[key])
            elif required:
                yield f"{path}.{key} is missing"

    return check


def several(limit: int, each: Check) -> Check:
    def check(path: str, value: Any) -> Iterator[str]:
        if not isinstance(value, list) or not value:
            yield f"{path} is no filled list"
            return
        if len(value) > limit:
            yield f"{path} has {len(value)} elements, {limit} are allowed"
        for number, one in enumerate(value):
            yield from each(f"{path}[{number}]", one)

    return check


def table(rows: Table) -> Check:
    """An object without a type, with these keys and no others."""

    def check(path: str, value: Any) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{path} is no object"
            return
        yield from one_of({None: rows})(path, value)

    return check


PLAIN = "plain_text"
CONFIRM = table(
    {
        "title": (True, text_object(100, PLAIN)),
        "text": (True, text_object(300, PLAIN)),
        "confirm": (True, text_object(30, PLAIN)),
        "deny": (True, text_object(30, PLAIN)),
        "style": (False, string(10, "primary|danger")),
    }
)
BUTTON: Table = {
    "text": (True, text_object(75, PLAIN)),
    "action_id": (False, string(255)),
    "url": (False, string(3000, r"https?://[A-Za-z0-9.-]+(:\d{1,5})?([/?#][!-~]*)?")),
    "value": (False, string(2000)),
    "style": (False, string(10, "primary|danger")),
    "confirm": (False, CONFIRM),
    "accessibility_label": (False, string(75)),
}
OPTION = table({"text": (True, text_object(75, PLAIN)), "value": (True, string(150))})
MENU: Table = {
    "placeholder": (False, text_object(150, PLAIN)),
    "options": (True, several(100, OPTION)),
    "action_id": (False, string(255)),
    "confirm": (False, CONFIRM),
}
RICH: dict[str, Table] = {
    kind: {"elements": (True, several(1000, one_of({"text": {"text": (True, string(12_000))}})))}
    for kind in ("rich_text_section", "rich_text_quote")
}
BLOCK_ID = {"block_id": (False, string(255))}
BLOCK: dict[str, Table] = {
    "header": {"text": (True, text_object(150, "plain_text")), **BLOCK_ID},
    "section": {
        "text": (False, text_object(3000, "plain_text", "mrkdwn")),
        "fields": (False, several(10, text_object(2000, "plain_text", "mrkdwn"))),
        **BLOCK_ID,
    },
    "context": {
        "elements": (True, several(10, text_object(3000, "plain_text", "mrkdwn"))),
        **BLOCK_ID,
    },
    "actions": {
        "elements": (True, several(25, one_of({"button": BUTTON, "static_select": MENU}))),
        **BLOCK_ID,
    },
    "rich_text": {"elements": (True, several(100, one_of(RICH))), **BLOCK_ID},
    "divider": BLOCK_ID,
}


def violations(message: dict[str, Any]) -> list[str]:
    """Everything for which Slack would refuse or maim this message; an empty list if nothing."""
    found = [*string(FALLBACK)("text", message.get("text"))]
    blocks = message.get("blocks")
    found += several(BLOCKS, one_of(BLOCK))("blocks", blocks)
    for number, block in enumerate(blocks or []):
        if block.get("type") == "section" and not block.keys() & {"text", "fields"}:
            found.append(f"blocks[{number}] is a section without text and fields")
    for key in ("block_id", "action_id"):
        ids = [*values_of(blocks, key)]
        if len({*ids}) < len(ids):
            found.append(f"{key} is not unique")
    whole = sum(units(text) for text in values_of(blocks, "text") if isinstance(text, str))
    if whole > WHOLE:
        found.append(f"the blocks have {whole} characters in all, {WHOLE} are allowed")
    known = {"text", "blocks", "metadata", "unfurl_links", "unfurl_media"}
    found += [f"{key} is unknown" for key in message.keys() - known]
    return [*found, *_metadata(message.get("metadata"))]


def _metadata(metadata: Any) -> Iterator[str]:
    """Slack's own types (@slack/types, MessageMetadata): flat values, or flat objects in a list."""
    if not isinstance(metadata, dict) or metadata.keys() != {"event_type", "event_payload"}:
        yield "metadata needs event_type and event_payload"
        return
    yield from string(255, r"\w+")("metadata.event_type", metadata["event_type"])
    payload = metadata["event_payload"]
    if len(json.dumps(payload, ensure_ascii=False)) > METADATA:
        yield "metadata.event_payload is too large"
    for key, value in payload.items():
        rows = value if isinstance(value, list) else [{key: value}]
        for row in rows:
            if not isinstance(row, dict) or not all(
                isinstance(one, str | int | float | bool) for one in row.values()
            ):
                yield f"metadata.event_payload.{key} is neither flat nor a list of flat objects"


def values_of(value: Any, key: str) -> Iterator[Any]:
    """Every value that stands under this key, however deep."""
    if isinstance(value, list):
        for one in value:
            yield from values_of(one, key)
    elif isinstance(value, dict):
        if key in value:
            yield value[key]
        for one in value.values():
            yield from values_of(one, key)


def markup_of(message: dict[str, Any]) -> list[str]:
    """Every text of the message that Slack reads as mrkdwn, the fallback included."""
    texts: list[str] = [message["text"]]

    def walk(value: Any) -> None:
        if isinstance(value, list):
            for one in value:
                walk(one)
        elif isinstance(value, dict):
            if value.get("type") == "mrkdwn":
                texts.append(value["text"])
            for one in value.values():
                walk(one)

    walk(message["blocks"])
    return texts
