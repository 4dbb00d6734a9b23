"""Checks of `[people.NAME]`."""

from collections.abc import Iterator

from leadline.model.staff.people import SLACK_ID
from leadline.model.texts.patterns import late
from leadline.settings.files import SettingPath
from leadline.settings.top.general import Settings

_SLACK_ID = late(SLACK_ID)
_SHOWN = 40


def wrong_slack_ids(settings: Settings) -> Iterator[tuple[SettingPath, str]]:
    """The path of each Slack user id that can be none, with the error message: no press of a button
    and no mention would ever fit it."""
    for name, member in settings.people.items():
        if member.slack and not _SLACK_ID.fullmatch(member.slack):
            yield (
                ("people", name, "slack"),
                "a Slack user id is U or W and then capital letters and digits, such as "
                f'U012ABCDEF ("Copy member ID" in the menu of their profile in Slack), not '
                f"{member.slack[:_SHOWN]!r}",
            )
