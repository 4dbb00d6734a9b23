"""What each destination accepts: our own reading of its docs, independent of what writes messages.

Each function lists what is wrong with a message's bytes; nothing when they are valid.
"""

import json
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

from tests.standins.slack_rules import violations

HEADERS = {
    "Content-Type", "MIME-Version", "From", "To", "Subject", "Date", "Message-ID",
    "Auto-Submitted", "X-Auto-Response-Suppress", "Reply-To", "In-Reply-To", "References",
}  # fmt: skip
_TAGS = {
    "html", "head", "meta", "body", "h2", "p", "table", "tr", "th", "td", "ul", "li",
    "blockquote", "br", "a", "small",
}  # fmt: skip
_ATTRIBUTES = {"charset", "cellpadding", "align", "valign", "href", "rel"}
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z")
_EVENT_KEYS = {
    "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data",
}  # fmt: skip
_CARD_ELEMENTS = {
    "RichTextBlock": {"type", "inlines"},
    "Container": {"type", "style", "items"},
}
_RUN = {"type", "text", "size", "weight", "color", "isSubtle", "selectAction"}


def slack_faults(body: bytes) -> list[str]:
    """A message of an incoming webhook; or an errand: a call of the Web API, or the change of a
    message by the address that Slack gave for it."""
    sent = json.loads(body)
    if "body" not in sent:
        return violations(sent)
    calls = sent.get("method") in ("chat.postMessage", "chat.update")
    parts = ("text", "unfurl_links", "unfurl_media", "metadata", "blocks")
    message = {part: sent["body"][part] for part in parts if part in sent["body"]}
    faults = [] if calls or sent.get("reply_url") else ["neither a call nor a reply"]
    return faults + violations(message)


def read_email(body: bytes) -> EmailMessage:
    """A message as Python's modern parser reads it."""
    message = message_from_bytes(body, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def email_faults(body: bytes) -> list[str]:
    """RFC 5322: lines, headers, parts; and nothing in the HTML that is loaded from elsewhere."""
    faults = [f"a line of {len(line)}" for line in body.split(b"\r\n") if len(line) > 998]
    if not body.isascii() or b"\0" in body or re.search(rb"\r(?!\n)|(?<!\r)\n", body):
        faults.append("not ASCII in lines that end in CR LF")
    message = read_email(body)
    names = message.keys()
    faults += [f"the header {name}" for name in names if name not in HEADERS]
    faults += [f"{name} twice" for name in HEADERS if names.count(name) > 1]
    needed = ("From", "Subject", "Date", "Message-ID", "Auto-Submitted")
    faults += [f"no {name}" for name in needed if not message[name]]
    if message["Auto-Submitted"] != "auto-generated":
        faults.append("not marked as automatic")
    if not re.fullmatch(r"<[0-9a-f]{32}@example\.com>", message["Message-ID"] or ""):
        faults.append("an unstable Message-ID")
    faults += [f"{name} is malformed" for name in names if message[name].defects]
    kinds = [part.get_content_type() for part in message.iter_parts()]
    if kinds != ["text/plain", "text/html"]:
        return [*faults, f"the parts {kinds}"]
    text, html = (part.get_content() for part in message.iter_parts())
    faults += [
        f"an empty {kind}"
        for kind, said in zip(kinds, (text, html), strict=True)
        if not said.strip()
    ]
    return faults + _html_faults(html)


def _html_faults(html: str) -> list[str]:
    faults: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag not in _TAGS:
                faults.append(f"the tag {tag}")
            for name, value in attrs:
                if name not in _ATTRIBUTES:
                    faults.append(f"the attribute {name}")
                if name == "href" and not re.match(r"https?://", value or ""):
                    faults.append(f"a link to {value}")

        def handle_comment(self, data: str) -> None:
            faults.append("a comment")

    reader = Reader()
    reader.feed(html)
    reader.close()
    return faults


def event_faults(body: bytes) -> list[str]:
    """CloudEvents 1.0.2, "Required attributes" and "JSON format"."""
    event = json.loads(body)
    faults = [f"no {key}" for key in ("id", "source", "type", "subject") if not event.get(key)]
    faults += [f"the attribute {key}" for key in event if key not in _EVENT_KEYS]
    if event["specversion"] != "1.0":
        faults.append("another version")
    if not re.fullmatch(r"[A-Za-z0-9_-]{8,64}", event["id"]):
        faults.append("an id that is no header")
    if event["type"] == "com.leadline.trouble":
        faults += ["no words" for one in event["data"]["troubles"] if not one["words"]]
    elif not re.fullmatch(r"com\.leadline\.lead\.(?:refined|updated|waiting)", event["type"]):
        faults.append(f"the type {event['type']}")
    if not _TIME.fullmatch(event["time"]):
        faults.append(f"the time {event['time']}")
    if "trouble" in event["type"]:
        return faults
    if event["data"]["lead"].keys() < {"lead_id", "contact", "lead_details"}:
        faults.append("no lead")
    return faults


def card_faults(body: bytes) -> list[str]:
    """Teams: an Adaptive Card 1.4 in a message of 28 KB at most, counted in UTF-16 as well."""
    text = body.decode()
    sizes = len(body), len(text.encode("utf-16-le"))
    faults = [f"{size} octets" for size in sizes if size > 28_000]
    message = json.loads(text)
    (attachment,) = message["attachments"]
    card = attachment["content"]
    if (message["type"], attachment["contentType"], card["type"], card["version"]) != (
        "message",
        "application/vnd.microsoft.card.adaptive",
        "AdaptiveCard",
        "1.4",
    ):
        faults.append("another envelope")
    for action in card["actions"]:
        if action["type"] != "Action.OpenUrl" or not action["title"]:
            faults.append(f"the action {action['type']}")
        if not re.match(r"https?://", action["url"]):
            faults.append("an action that opens no page")
    if len(card["actions"]) > 6:
        faults.append("more than six actions")
    return [*faults, *_element_faults(card["body"])]


def _element_faults(elements: list[dict[str, Any]]) -> Iterator[str]:
    """Only text that is not read as Markdown, and nothing in it that is filled in."""
    for element in elements:
        kind = element["type"]
        if kind not in _CARD_ELEMENTS or element.keys() != _CARD_ELEMENTS[kind]:
            yield f"the element {kind}"
            continue
        if kind == "Container":
            yield from _element_faults(element["items"])
            continue
        for run in element["inlines"]:
            if run["type"] != "TextRun" or run.keys() - _RUN:
                yield f"the inline {run['type']}"
            if not run["text"]:
                yield "an empty text"
            if re.search(r"\{\{|\$\{|@\{|<(?i:at)", run["text"]):
                yield f"a text that is filled in: {run['text'][:80]!r}"


def pagerduty_faults(body: bytes) -> list[str]:
    """Events API v2, "PD-CEF" and "Send an event"."""
    faults = [f"{len(body)} octets"] if len(body) > 512_000 else []
    event = json.loads(body)
    if not 0 < len(event["dedup_key"]) <= 255:
        faults.append("a dedup key of the wrong length")
    if "routing_key" in event:
        faults.append("the routing key")
    if event["event_action"] in ("acknowledge", "resolve"):
        return faults + [
            f"{key} besides" for key in event if key not in ("event_action", "dedup_key")
        ]
    if event["event_action"] != "trigger":
        faults.append(f"the action {event['event_action']}")
    payload = event["payload"]
    if not 0 < len(payload["summary"]) <= 1024 or not payload["source"]:
        faults.append("no summary or source")
    if payload["severity"] not in ("critical", "error", "warning", "info"):
        faults.append(f"the severity {payload['severity']}")
    if not _TIME.fullmatch(payload["timestamp"]):
        faults.append("the time")
    return faults + ["a link" for link in event["links"] if not link["href"].startswith("http")]


def text_faults(body: bytes) -> list[str]:
    """A title on one line, and a text."""
    said = json.loads(body)
    faults = [] if said.keys() == {"title", "body"} and all(said.values()) else ["not both"]
    return faults if "\n" not in said["title"] else [*faults, "a title of several lines"]
