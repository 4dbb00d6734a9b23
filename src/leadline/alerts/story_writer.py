"""A base class for writers of channels that only send: their messages cannot be changed later."""

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
    """A `ports.channel.Writer` that needs one method, `letter`: the form of a story."""

    def letter(self, story: Story) -> Letter:
        """The message for this story."""
        raise NotImplementedError

    def alert(self, notice: Notice) -> Letter:
        """See `Writer.alert`."""
        return self.letter(story_of_lead(notice))

    def digest(self, notices: Sequence[Notice]) -> Letter | None:
        """See `Writer.digest`."""
        return self.letter(story_of_many(notices))

    def update(self, notice: Notice, told: Alert) -> Letter | None:
        """None: sent messages cannot be changed."""
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
