"""What services are told that take a title and a plain text, whatever they are (Apprise)."""

from collections.abc import Sequence

import msgspec

from leadline.deliver.channel import Letter, Notice
from leadline.deliver.email_message import story_as_text
from leadline.deliver.json_text import as_json_text
from leadline.deliver.story import (
    Story,
    story_of_lead,
    story_of_many,
    story_of_owner,
    story_of_waiting,
)
from leadline.lead import Alert


class PlainText(msgspec.Struct, frozen=True):
    """What is sent."""

    title: str
    body: str


class PlainWriter:
    """`deliver.channel.Writer` for a title with a text."""

    def alert(self, notice: Notice) -> Letter:
        """See `Writer.alert`."""
        return _letter(story_of_lead(notice))

    def digest(self, notices: Sequence[Notice]) -> Letter | None:
        """See `Writer.digest`."""
        return _letter(story_of_many(notices))

    def update(self, notice: Notice, told: Alert) -> Letter | None:
        """None: nothing that was said can be changed."""
        del notice, told
        return None

    def news(self, notice: Notice, told: Alert) -> Letter | None:
        """See `Writer.news`."""
        del told
        story = story_of_owner(notice)
        return _letter(story) if story is not None else None

    def reminder(self, notice: Notice, told: Alert | None) -> Letter:
        """See `Writer.reminder`."""
        del told
        return _letter(story_of_waiting(notice))


def _letter(story: Story) -> Letter:
    return Letter(as_json_text(PlainText(story.headline, story_as_text(story))), story.template)
