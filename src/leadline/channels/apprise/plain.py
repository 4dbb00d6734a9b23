"""Messages for Apprise: a title and a plain text, which every service takes."""

import msgspec

from leadline.alerts.wording.story import Story
from leadline.alerts.wording.story_writer import StoryWriter
from leadline.channels.email.message import story_as_text
from leadline.model.texts.json_text import as_json_text
from leadline.ports.channel import OutgoingMessage


class PlainText(msgspec.Struct, frozen=True):
    """One message."""

    title: str
    body: str


class PlainWriter(StoryWriter):
    """`ports.channel.Writer` for a title with a text."""

    def render(self, story: Story) -> OutgoingMessage:
        """See `StoryWriter.render`."""
        return OutgoingMessage(
            as_json_text(PlainText(story.headline, story_as_text(story))), story.template
        )
