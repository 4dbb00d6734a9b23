"""What every door to Slack's requests does alike: who may call, what becomes of a press."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from leadline.channels.slack.answers import answer_to_one
from leadline.channels.slack.commands import answer_command
from leadline.channels.slack.replies import NOT_SAVED, PressReply, reply_of
from leadline.channels.slack.requests import REPLIES, SlashCommand
from leadline.journey.claiming import ActionRules, ActionStore, Press, press
from leadline.model.json_text import as_json_text
from leadline.model.links import Links
from leadline.ports.ledger import LeadFilter, Ledger
from leadline.ports.source import Answer
from leadline.settings.channels import SlackWebhookConfig
from leadline.settings.general import Settings
from leadline.settings.tables import SLACK
from leadline.team.people import Team
from leadline.wiring import links

log = logging.getLogger(__name__)

COMMANDS = "/slack/commands"
"""Where commands are posted; presses of buttons are everywhere else below /slack."""


NOTHING = Answer(b"", "text/plain")
"""The answer to a press; Slack shows nobody what stands in it, but warns of any status but 200."""
NOT_READ = "⚠️ Your leads could not be read. Please try again."


_MOST_UNOWNED = 100
"""More than are listed: some of them are junk."""


class SlackDoor(msgspec.Struct, frozen=True):
    """What presses and commands need of the settings. `replies` are the origins to which answers
    may go: Slack's, and those of the webhooks that are set."""

    secrets: Sequence[str]
    team: Team
    links: Links
    replies: Sequence[str]
    rules: ActionRules

    def press(self, store: ActionStore, wish: Press, now: datetime) -> PressReply:
        """See `journey.claiming.press`; a store that fails is logged, and the presser hears of
        it."""
        try:
            return reply_of(press(store, self.team, wish, now, self.rules))
        except Exception:
            log.exception("press.failed", extra={"lead": wish.lead_id})
            return NOT_SAVED

    def command(
        self,
        store: ActionStore,
        asked: SlashCommand,
        now: datetime,
        unowned: Callable[[], Sequence[str]],
    ) -> bytes:
        """What the command shows, as JSON; a store that fails is logged."""
        try:
            message = answer_command(store, self.team, self.links, asked, now, unowned)
        except Exception:
            log.exception("command.failed")
            message = answer_to_one(NOT_READ)
        return as_json_text(message)


def slack_door(settings: Settings) -> SlackDoor:
    """The door as the settings make it; without `slack_signing_secret` nobody passes it."""
    urls = {n: c.url for n, c in settings.channels.items() if isinstance(c, SlackWebhookConfig)}
    if settings.slack_webhook_url:
        urls.setdefault(SLACK, settings.slack_webhook_url)
    places = map(urlsplit, [*urls.values(), settings.slack_webhook_url])
    origins = [f"{place.scheme}://{place.netloc}" for place in places if place.netloc]
    told_back = (source for source, config in settings.crm.items() if config.write)
    return SlackDoor(
        settings.slack_signing_secret,
        Team(settings.people),
        links(settings),
        tuple(dict.fromkeys([REPLIES, *origins])),
        ActionRules(frozenset(told_back), frozenset(urls)),
    )


def reply_to(told: PressReply) -> bytes:
    """The body of the answer to a press, for the presser's eyes only."""
    return as_json_text(answer_to_one(told.text, told.undo))


def unowned_leads(ledger: Ledger, since: datetime) -> Sequence[str]:
    """The ids of the newest leads captured since then that are refined and have no owner."""
    found = ledger.find(LeadFilter(unowned=True, since=since, limit=_MOST_UNOWNED))
    return [row.lead_id for row in found]
