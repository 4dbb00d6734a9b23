"""One message of the stand-in for Slack, as it is shown now, and what is pressed in it."""

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from leadline.standins.slack_page import Message, article, caption, link_button


class PagePress(msgspec.Struct, frozen=True):
    """A press on the page. `message` is the number of the message; with `private` the button stands
    in the answer below it. `user` is the Slack user id of whoever presses."""

    message: int
    action: str
    value: str
    user: str
    private: bool = False


@dataclass
class ShownMessage:
    """A message, which buttons may change, and the newest answer that only the presser sees."""

    number: int
    message: Message
    at: datetime
    pressable: bool = False
    answer: Message | None = None
    html: str = field(init=False)

    def __post_init__(self) -> None:
        self.draw()

    def draw(self) -> None:
        """Draw it as it is now; raises what `slack_page.article` raises."""
        drawn = article(self.message, self.at, self._control)
        if self.answer is not None:
            inner = article(self.answer, self.at, self._private_control)
            drawn += f'<section class="private"><p>Only visible to you</p>{inner}</section>'
        self.html = drawn

    def take(self, message: Message) -> bool:
        """Show an answer to a press in its place; returns False for what is a message of its own.

        Raises what `slack_page.article` raises, and shows what it showed before.
        """
        before = self.message, self.answer
        if message.get("replace_original"):
            self.message = message
        elif message.get("response_type") == "ephemeral":
            self.answer = message
        else:
            return False
        try:
            self.draw()
        except Exception:
            self.message, self.answer = before
            raise
        return True

    def pressed(self, press: PagePress, at: datetime, name: str, reply_url: str) -> Message | None:
        """What Slack would post (Slack docs, "block_actions payload"); None if there is no such
        button or choice."""
        shown = self.answer if press.private else self.message
        found = (_chosen(element, press) for element in _elements(shown or {}))
        action = next((action for action in found if action is not None), None)
        if action is None:
            return None
        stamp = f"{self.number + 1}.000000"
        return {
            "type": "block_actions",
            "user": {"id": press.user, "username": name, "name": name, "team_id": "T00000000"},
            "api_app_id": "A00000000",
            "container": {
                "type": "message",
                "message_ts": stamp,
                "channel_id": "C00000000",
                "is_ephemeral": press.private,
            },
            "team": {"id": "T00000000", "domain": "local"},
            "channel": {"id": "C00000000", "name": "new-leads"},
            "response_url": reply_url,
            "actions": [{**action, "action_ts": f"{at.timestamp():.6f}"}],
        }

    def _control(self, element: Message) -> str:
        return self._drawn(element, is_private=False)

    def _private_control(self, element: Message) -> str:
        return self._drawn(element, is_private=True)

    def _drawn(self, element: Message, *, is_private: bool) -> str:
        """A button or menu that the page's script posts to us; a link for others."""
        if not self.pressable or "url" in element:
            return link_button(element)
        about = (
            f' class="button" data-message="{self.number}" data-private="{int(is_private)}"'
            f' data-action="{html.escape(str(element["action_id"]))}"'
        )
        shown = html.escape(caption(element))
        if element["type"] == "static_select":
            options = "".join(
                f'<option value="{html.escape(str(one["value"]))}">'
                f"{html.escape(str(one['text']['text']))}</option>"
                for one in element["options"]
            )
            return f'<select{about}><option value="">{shown}</option>{options}</select>'
        value = html.escape(str(element.get("value", "")))
        return f'<button type="button"{about} data-value="{value}">{shown}</button>'


def _elements(message: Message) -> Iterator[Message]:
    """The buttons and menus of a message."""
    for block in message.get("blocks", ()):
        yield from block.get("elements", ()) if block["type"] == "actions" else ()
        if "accessory" in block:
            yield block["accessory"]


def _chosen(element: Message, press: PagePress) -> dict[str, Any] | None:
    """The element as it is in the payload, if this press is on it."""
    if element.get("action_id") != press.action:
        return None
    named = {"type": element["type"], "action_id": press.action, "block_id": "local"}
    if element["type"] == "static_select":
        options = (one for one in element["options"] if one["value"] == press.value)
        option = next(options, None)
        return None if option is None else {**named, "selected_option": option}
    if element.get("value") != press.value:
        return None
    return {**named, "text": element["text"], "value": press.value}
