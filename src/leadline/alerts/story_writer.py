"""Channels that tell a story in their own form, and can change nothing that they said."""

from collections.abc import Sequence

from leadline.alerts.story import (
    Story,
    story_of_lead,
    story_of_many,
    story_of_owner,
    story_of_waiting,
)
from leadline.model.task import Alert
from leadline.ports.channel import Letter, Notice


class StoryWriter:
    """`ports.channel.Writer` out of one thing: what a story looks like there."""

    def letter(self, story: Story) -> Letter:
        """The message that tells this story."""
        raise NotImplementedError

    def alert(self, notice: Notice) -> Letter:
        """See `Writer.alert`."""
        return self.letter(story_of_lead(notice))

    def digest(self, notices: Sequence[Notice]) -> Letter | None:
        """See `Writer.digest`."""
        return self.letter(story_of_many(notices))

    def update(self, notice: Notice, told: Alert) -> Letter | None:
        """None: nothing that was said can be changed."""
        del notice, told
        return None

    def news(self, notice: Notice, told: Alert) -> Letter | None:
        """See `Writer.news`."""
        del told
        story = story_of_owner(notice)
        return self.letter(story) if story is not None else None

    def reminder(self, notice: Notice, told: Alert | None) -> Letter:
        """See `Writer.reminder`."""
        del told
        return self.letter(story_of_waiting(notice))
