"""What services are told that take a title and a plain text, whatever they are (Apprise)."""

import msgspec

from leadline.deliver.channel import Letter
from leadline.deliver.email_message import story_as_text
from leadline.deliver.json_text import as_json_text
from leadline.deliver.story import Story
from leadline.deliver.story_writer import StoryWriter


class PlainText(msgspec.Struct, frozen=True):
    """What is sent."""

    title: str
    body: str


class PlainWriter(StoryWriter):
    """`deliver.channel.Writer` for a title with a text."""

    def letter(self, story: Story) -> Letter:
        """See `StoryWriter.letter`."""
        return Letter(as_json_text(PlainText(story.headline, story_as_text(story))), story.template)
