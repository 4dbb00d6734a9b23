"""A base class for writers of channels that only send: their messages cannot be changed later."""

from collections.abc import Sequence

from leadline.alerts.wording.story import (
    Story,
    story_of_lead,
    story_of_many,
    story_of_owner,
    story_of_waiting,
)
from leadline.alerts.wording.trouble_story import story_of_troubles
from leadline.model.monitoring.trouble import KnownTrouble
from leadline.model.task import Alert
from leadline.ports.channel import Notice, OutgoingMessage


class StoryWriter:
    """A `ports.channel.Writer` that needs one method, `letter`: the form of a story."""

    def render(self, story: Story) -> OutgoingMessage:
        """The message for this story."""
        raise NotImplementedError

    def alert(self, notice: Notice) -> OutgoingMessage:
        """See `Writer.alert`."""
        return self.render(story_of_lead(notice))

    def digest(self, notices: Sequence[Notice]) -> OutgoingMessage | None:
        """See `Writer.digest`."""
        return self.render(story_of_many(notices))

    def update(self, notice: Notice, alert: Alert) -> OutgoingMessage | None:
        """None: sent messages cannot be changed."""
        del notice, alert
        return None

    def news(self, notice: Notice, alert: Alert) -> OutgoingMessage | None:
        """See `Writer.news`."""
        del alert
        story = story_of_owner(notice)
        return self.render(story) if story is not None else None

    def reminder(self, notice: Notice, alert: Alert | None) -> OutgoingMessage:
        """See `Writer.reminder`."""
        del alert
        return self.render(story_of_waiting(notice))

    def troubles(self, troubles: Sequence[KnownTrouble]) -> OutgoingMessage | None:
        """See `Writer.troubles`."""
        return self.render(story_of_troubles(troubles))
