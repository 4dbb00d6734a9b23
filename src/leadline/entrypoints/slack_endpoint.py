"""What both entry points for Slack's requests have in common: settings, presses, commands."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from leadline.channels.slack.answers import answer_to_one
from leadline.channels.slack.commands import MINE, WORDS, answer_command
from leadline.channels.slack.replies import NOT_SAVED, PressReply, reply_of
from leadline.channels.slack.requests import REPLIES, SlashCommand
from leadline.journey.responding.claiming import ActionRules, ActionStore, Press, press, presser
from leadline.model.personal_data.privacy import AuditEntry
from leadline.model.staff.people import Person
from leadline.model.texts.json_text import as_json_text
from leadline.model.texts.links import Links
from leadline.ports.reading.ledger import LeadFilter, Ledger
from leadline.ports.source import Answer
from leadline.settings.connected.channels import SlackWebhookConfig
from leadline.settings.tables import SLACK
from leadline.settings.top.general import Settings
from leadline.team.giving.teams import Teams
from leadline.team.people import Team
from leadline.wiring import links

if TYPE_CHECKING:
    from leadline.ports.personal_data.audit import AuditLog

log = logging.getLogger(__name__)

COMMANDS = "/slack/commands"
"""The path for commands; all other paths below /slack are for buttons."""


_COMMAND = "slack.command"
"""The action of a command in the audit log; its word is the detail."""
NOTHING = Answer(b"", "text/plain")
"""The answer to a press; Slack shows its body to nobody, but warns of any status except 200."""
NOT_READ = "⚠️ Your leads could not be read. Please try again."


_MOST_UNOWNED = 100
"""The number of leads read for the list of unassigned ones; more than are listed, since some of
them may be junk."""


class SlackEndpoint(msgspec.Struct, frozen=True):
    """The settings for presses and commands. `replies` are the origins that a `reply_url` may have:
    Slack's, and those of the configured webhooks. `audit` notes what is pressed and typed, before
    it is done."""

    secrets: Sequence[str]
    team: Team
    links: Links
    replies: Sequence[str]
    rules: ActionRules
    audit: "AuditLog | None" = None

    def press(self, store: ActionStore, request: Press, now: datetime) -> PressReply:
        """The reply to a press (see `journey.responding.claiming.press`); any error is logged and
        becomes `NOT_SAVED`."""
        try:
            self._note(request.user, request.action, request.lead_id, now)
            return reply_of(press(store, self.team, request, now, self.rules))
        except Exception:
            log.exception("press.failed", extra={"lead": request.lead_id})
            return NOT_SAVED

    def command(
        self,
        store: ActionStore,
        command: SlashCommand,
        now: datetime,
        unowned: Callable[[], Sequence[str]],
    ) -> bytes:
        """The answer to a command as JSON; any error is logged and becomes `NOT_READ`."""
        try:
            self._note(command.user, _COMMAND, "", now, _word_of(command))
            message = answer_command(
                store, self.team, self.links, command, now, unowned, self.rules
            )
        except Exception:
            log.exception("command.failed")
            message = answer_to_one(NOT_READ)
        return as_json_text(message)

    def _note(
        self, user: Person, action: str, subject: str, now: datetime, detail: str = ""
    ) -> None:
        """Note in the audit log who did what: by their name in `[people]`, else their Slack id."""
        if self.audit is None:
            return
        name = self.team.name_of(presser(self.team, user)) or user.slack
        who = f"person:{name}"
        self.audit.append([AuditEntry(
            at=now, actor=who, action=action, subject=subject, detail=detail
        )])  # fmt: skip


def slack_endpoint(settings: Settings, audit: "AuditLog | None" = None) -> SlackEndpoint:
    """The `SlackEndpoint` by these settings; without `slack_signing_secret` it refuses all
    requests."""
    urls = {n: c.url for n, c in settings.channels.items() if isinstance(c, SlackWebhookConfig)}
    if settings.slack_webhook_url:
        urls.setdefault(SLACK, settings.slack_webhook_url)
    places = map(urlsplit, [*urls.values(), settings.slack_webhook_url])
    origins = [f"{place.scheme}://{place.netloc}" for place in places if place.netloc]
    teams = Teams(settings.teams, settings.rules, settings.people, settings.hours)
    told_back = (source for source, config in settings.crm.items() if config.write)
    return SlackEndpoint(
        settings.slack_signing_secret,
        Team(settings.people),
        links(settings),
        tuple(dict.fromkeys([REPLIES, *origins])),
        ActionRules(frozenset(told_back), frozenset(urls), teams, settings.outcomes),
        audit,
    )


def _word_of(command: SlashCommand) -> str:
    """The word of a command; "other" for what is none, because anybody can type anything."""
    word = command.text.partition(" ")[0] or MINE
    return word if word in WORDS else "other"


def reply_to(reply: PressReply) -> bytes:
    """The reply to a press as JSON; only the person who pressed sees it."""
    return as_json_text(answer_to_one(reply.text, reply.undo))


def unowned_leads(ledger: Ledger, since: datetime) -> Sequence[str]:
    """The ids of the newest refined leads without an owner that were captured since then."""
    found = ledger.find(LeadFilter(unowned=True, since=since, limit=_MOST_UNOWNED))
    return [row.lead_id for row in found]
