"""Messages for Microsoft Teams: an Adaptive Card in the envelope that a workflow takes.

Microsoft Learn, "Create incoming webhooks with Workflows for Microsoft Teams" and "Text features"
of Adaptive Cards: Markdown is interpreted in a TextBlock but not in the runs of a RichTextBlock, so
all outside text goes into runs. A message may have 28 KB; Teams counts two octets per character.
"""

import re
from typing import Any

from leadline.alerts.wording.story import Story, fitting
from leadline.alerts.wording.story_writer import StoryWriter
from leadline.model.texts.json_text import as_json_text
from leadline.model.texts.patterns import late
from leadline.ports.channel import OutgoingMessage

Block = dict[str, Any]

MOST = 26_000
"""The maximum size of a message, in octets as Teams counts them (`teams_size`)."""
_MOST_ACTIONS = 6
_BREAK = "\u200b"
_FILLED_IN = late(r"[{$@](?=\{)|<(?=at)", re.IGNORECASE)


class TeamsWriter(StoryWriter):
    """`ports.channel.Writer` for Teams."""

    def render(self, story: Story) -> OutgoingMessage:
        """See `StoryWriter.render`; a story that is too long is shortened."""
        fits = fitting(story, lambda cut: teams_size(as_json_text(_envelope(cut))), MOST)
        return OutgoingMessage(as_json_text(_envelope(fits)), story.template)


def teams_size(body: bytes) -> int:
    """The size of a message as Teams counts it: in UTF-16, or as it is sent if that is more."""
    return max(len(body), len(body.decode().encode("utf-16-le")))


def _envelope(story: Story) -> Block:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": _plain(story.headline),
        "msteams": {"width": "Full"},
        "body": _body(story),
        "actions": [
            {"type": "Action.OpenUrl", "title": label, "url": url}
            for label, url in story.links[:_MOST_ACTIONS]
        ],
    }
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return {"type": "message", "attachments": [attachment]}


def _body(story: Story) -> list[Block]:
    body = [_paragraph(_run(story.title, size="Large", weight="Bolder"))]
    body += [_paragraph(_run(remark)) for remark in story.remarks]
    body += [
        _paragraph(_run(f"{label}: ", weight="Bolder"), _run(value)) for label, value in story.facts
    ]
    for entry in story.entries:
        name = _run(entry.name, weight="Bolder")
        if entry.url:
            name["selectAction"] = {"type": "Action.OpenUrl", "url": entry.url}
        body.append(_paragraph(name, *([_run(f" · {entry.rest}")] if entry.rest else [])))
    if story.quotation:
        quoted = [_paragraph(_run(line or " ")) for line in story.quotation.split("\n")]
        body.append({"type": "Container", "style": "emphasis", "items": quoted})
    if story.warnings:
        body.append(_paragraph(_run(f"Please check: {story.warnings}", color="Warning")))
    return body + [_paragraph(_run(line, size="Small", isSubtle=True)) for line in story.footer]


def _paragraph(*runs: Block) -> Block:
    return {"type": "RichTextBlock", "inlines": [*runs]}


def _run(text: str, **style: Any) -> Block:
    return {"type": "TextRun", "text": _plain(text), **style}


def _plain(text: str) -> str:
    """The text with all placeholders defused: `{{DATE(…)}}` of cards, `${…}` of their templates,
    `@{…}` of workflows, `<at>` of mentions."""
    return _FILLED_IN.sub(rf"\g<0>{_BREAK}", text)
