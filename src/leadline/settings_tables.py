"""The tables of settings: `[sources.NAME]`, `[crm.NAME]` and the others, each declared once."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from leadline.lead import PLACEABLE
from leadline.settings_forms import (
    ANY_URL,
    CLOCK_SPAN,
    CLOCK_TIMES,
    DATES,
    DAYS,
    DURATION,
    FILLED,
    PERIOD,
    REGION,
    TEXT,
    TIME_OF_DAY,
    WORDS,
    YES_NO,
    ZONE,
    Notation,
    choice,
    number_between,
    whole_number,
)


class Declaration(msgspec.Struct, frozen=True):
    """What is known of a setting before anybody sets it.

    `default` is written as a user would write it; `aliases` are further environment names.
    """

    default: str
    meaning: str
    notation: Notation
    secret: bool = False
    aliases: tuple[str, ...] = ()


class SettingsTable(msgspec.Struct, frozen=True):
    """A table of tables: what one entry may say, and what it becomes.

    `what` is what an entry is called. `maps` are tables within an entry: the names that each may
    have, or None for any, and how a value is written. `make` gives the class of an entry when
    there is one. Where not all names are allowed, `known` gives those that are, and `exists` says
    whether one is, which costs less.
    """

    what: str
    settings: Mapping[str, Declaration]
    make: Callable[[], type[Any]]
    maps: Mapping[str, tuple[tuple[str, ...] | None, Declaration]] = {}
    known: Callable[[], tuple[str, ...]] | None = None
    exists: Callable[[str], bool] | None = None


SOURCE_SETTINGS: Mapping[str, Declaration] = {
    "secret": Declaration(
        "",
        "What deliveries are authenticated with; several while one is being rotated. "
        "Without it everybody is believed.",
        WORDS,
        secret=True,
    ),
    "public": Declaration(
        "no",
        "Whether anybody may post without a secret, as to a form that browsers post to: `serve` "
        "and `doctor` do not object then.",
        YES_NO,
    ),
    "tolerance": Declaration(
        "5m", "How old or new a signed time stamp may be (the replay window).", PERIOD
    ),
    "delay": Declaration("", "The wait of this source's leads, instead of `delay`.", DURATION),
    "hot_score": Declaration(
        "", "A lead with at least this score does not wait.", number_between(-1e9, 1e9)
    ),
    "skip_when_owned": Declaration(
        "no", "Whether a lead that comes with an owner who is trusted does not wait.", YES_NO
    ),
    "owner": Declaration(
        "no",
        "`trusted`: an owner whom these senders name is the lead's, and chooses who hears of it. "
        "Only for senders that no visitor writes through; CRMs with a secret need no such word.",
        choice("no", "trusted"),
    ),
    "organization": Declaration(
        "", "The account ids that deliveries may come from (Salesforce).", WORDS
    ),
    "honeypot": Declaration(
        "",
        "A form field that people can't see: who fills it in is a program, and the lead is "
        "quarantined. Empty: none.",
        TEXT,
    ),
    "country": Declaration(
        "", "The country of this source's phone numbers, instead of `region`.", REGION
    ),
}
"""The settings of each source; the names are the attributes of `SourceConfig`."""

MAPPED_FIELDS = (*PLACEABLE, "event_id")
"""What `[sources.NAME.map]` may place: fields of a lead, and the sender's id of the event."""

_SCORE = number_between(-1e9, 1e9)
_PLACED = Declaration("", "Where a field stands: a JSON Pointer or a dotted path.", FILLED)
READ_FIELDS = (*MAPPED_FIELDS[:-1], "owner_name", "owner_email", "ending", "touched", "modified")
"""What `[crm.NAME.read]` may place: fields of a lead, and what else is asked of its record."""
WRITE_FIELDS = (
    "name", "first_name", "last_name", "email", "phone", "company", "title", "country", "website",
    "score", "status", "problems", "duplicate_of", "lead_id", "owner", "claimed_by", "claimed_at",
    "source", "campaign",
)  # fmt: skip
"""What `[crm.NAME.write]` may give back: each to a field by the CRM's own name."""

CRM_SETTINGS: Mapping[str, Declaration] = {
    "kind": Declaration(
        "", "Which CRM it is; empty: the one that the source is named after.", TEXT
    ),
    "url": Declaration(
        "",
        "The base of its API, where the vendor has not one for all; for kind document, where each "
        "is: `https://…/{lead_id}.json` or `file:///…/{lead_id}.json`.",
        ANY_URL,
    ),
    "token": Declaration("", "The API key, access token or password.", TEXT, secret=True),
    "user": Declaration(
        "", "The login, where the CRM wants one beside the token; the account (LinkedIn).", TEXT
    ),
    "database": Declaration(
        "", "The database (Odoo, Tryton); the object of new records (Attio).", TEXT
    ),
    "client_id": Declaration("", "The client id of an OAuth app.", TEXT),
    "client_secret": Declaration("", "The client secret of an OAuth app.", TEXT, secret=True),
    "refresh_token": Declaration("", "The refresh token of an OAuth app.", TEXT, secret=True),
    "version": Declaration("", "The version of the API; empty: the one that was tested.", TEXT),
    "timeout": Declaration("10s", "How long one request may take.", PERIOD),
    "overwrite": Declaration(
        "",
        "Which fields of `write` may replace what people wrote; all others are written only where "
        "the CRM has nothing, or what we wrote.",
        WORDS,
    ),
    "look_up": Declaration("yes", "Whether the CRM is asked for owners and fields.", YES_NO),
    "per_second": Declaration(
        "10",
        "How many records a second are written to the CRM; most take one in a request.",
        number_between(0.001, 1000),
    ),
}
"""The settings of each CRM; the names are the attributes of `crm.CrmConfig`."""

CHANNEL_SETTINGS: Mapping[str, Declaration] = {
    "kind": Declaration(
        "",
        "What kind of destination it is.",
        choice(
            "slack-webhook", "slack-bot", "email", "ses", "webhook", "teams", "pagerduty", "apprise"
        ),
    ),
    "url": Declaration(
        "",
        "Where messages are posted: a URL, for kind apprise one of Apprise's.",
        ANY_URL,
        secret=True,
    ),
    "token": Declaration("", "A bot token, password or routing key.", TEXT, secret=True),
    "secret": Declaration("", "What outgoing webhooks are signed with.", WORDS, secret=True),
    "room": Declaration("", "The Slack channel's id; `dm`: the owner's direct messages.", TEXT),
    "server": Declaration("", "The mail server.", TEXT),
    "port": Declaration("587", "The mail server's port.", whole_number(1, 65_535)),
    "security": Declaration(
        "starttls",
        "How the connection to the mail server is kept private.",
        choice("starttls", "tls", "none"),
    ),
    "user": Declaration("", "The login at the mail server.", TEXT),
    "sender": Declaration("", "Whom e-mail is from.", TEXT),
    "to": Declaration(
        "",
        "Whom e-mail goes to; with `owner` among them: to the lead's owner, and to the others only "
        "where that one is not known.",
        WORDS,
    ),
    "region": Declaration("", "The AWS region (SES).", TEXT),
    "leads": Declaration(
        "",
        "Whether it hears of every lead that no rule decides about; empty: yes, but for kind "
        "pagerduty no.",
        YES_NO,
    ),
    "per_second": Declaration("1", "Messages a second.", number_between(0.001, 1000)),
    "digest_above": Declaration(
        "20",
        "When more alerts than this are due at once, one message tells of them; 0: never.",
        whole_number(0),
    ),
    "timeout": Declaration("10s", "How long the destination may take to answer.", PERIOD),
    "fallback": Declaration("", "The channel that is told instead while this one fails.", TEXT),
    "fallback_after": Declaration("5m", "How long it must have failed for that.", PERIOD),
}
"""The settings of each channel; the names are the attributes of `deliver.channel.ChannelConfig`."""

RULE_SETTINGS: Mapping[str, Declaration] = {
    "sources": Declaration("", "The sources that the rule is for; empty: all.", WORDS),
    "owners": Declaration("", "The owners (name of `[people]`, e-mail or CRM id).", WORDS),
    "countries": Declaration("", "The countries of leads, as two letters.", WORDS),
    "min_score": Declaration("", "The least score.", _SCORE),
    "max_score": Declaration("", "The score that leads must be below.", _SCORE),
    "ownership": Declaration(
        "", "Whether leads have an owner.", choice("assigned", "unassigned", "unknown")
    ),
    "during": Declaration("", "Only within these hours (a name of `[hours]`).", TEXT),
    "outside": Declaration("", "Only outside these hours.", TEXT),
    "channels": Declaration("", "The channels that hear of such a lead.", WORDS),
    "assign": Declaration(
        "", "Who gets such a lead that nobody owns, in turn (names of `[people]`).", WORDS
    ),
}
"""The settings of each rule, the first that fits decides; see `routing.RuleConfig`."""

PEOPLE_SETTINGS: Mapping[str, Declaration] = {
    "email": Declaration("", "Their e-mail address, as the CRM and Slack know it.", TEXT),
    "slack": Declaration(
        "",
        "Their Slack user id (U…). A bot finds whom it mentions by e-mail; who presses a button is "
        "known by this alone.",
        TEXT,
    ),
    "crm": Declaration("", "Their ids in the CRMs.", WORDS),
    "zone": Declaration("", "Their time zone, such as Europe/Berlin.", ZONE),
    "quiet": Declaration("", "When not to be disturbed, such as 20:00-08:00.", CLOCK_SPAN),
    "digest": Declaration(
        "", "The times at which their alerts come together, such as 09:00 14:00.", CLOCK_TIMES
    ),
    "next": Declaration("", "Who is told when they don't respond (a name of `[people]`).", TEXT),
}
"""The settings of each person of the team; see `people.MemberConfig`."""

HOURS_SETTINGS: Mapping[str, Declaration] = {
    "zone": Declaration("UTC", "The time zone, such as Europe/Berlin.", ZONE),
    "days": Declaration("mon tue wed thu fri", "The working days.", DAYS),
    "open": Declaration("09:00", "When work begins.", TIME_OF_DAY),
    "close": Declaration("18:00", "When work ends.", TIME_OF_DAY),
    "holidays": Declaration("", "Days without work, such as 2026-12-25.", DATES),
}
"""The settings of business hours; see `hours.HoursConfig`."""

TARGET_SETTINGS: Mapping[str, Declaration] = {
    "sources": Declaration("", "The sources that the target is for; empty: all.", WORDS),
    "min_score": Declaration("", "The least score.", _SCORE),
    "during": Declaration(
        "", "Only leads captured within these hours (a name of `[hours]`).", TEXT
    ),
    "outside": Declaration("", "Only leads captured outside these hours.", TEXT),
    "hours": Declaration("", "The hours in which the clock runs (a name of `[hours]`).", TEXT),
    "first_response": Declaration("15m", "The time to the first response.", PERIOD),
    "remind": Declaration(
        "13m", "When the holder is reminded, after capture; later than the wait.", PERIOD
    ),
    "escalate": Declaration("20m", "When the next person or channel is told.", PERIOD),
    "escalate_to": Declaration(
        "", "The channel that is told then; empty: the channel of the alert.", TEXT
    ),
    "reassign": Declaration("", "When the lead is given to somebody else by the rules.", PERIOD),
}
"""The settings of a target for the first response, the first that fits counts."""


def _source_config() -> type[Any]:
    from leadline.sources import SourceConfig

    return SourceConfig


def _source_names() -> tuple[str, ...]:
    from leadline.sources import names

    return names()


def _is_source(name: str) -> bool:
    from leadline.sources import exists

    return exists(name)


def _crm_config() -> type[Any]:
    from leadline.crm import CrmConfig

    return CrmConfig


def _channel_config() -> type[Any]:
    from leadline.deliver.channel import ChannelConfig

    return ChannelConfig


def _rule_config() -> type[Any]:
    from leadline.routing import RuleConfig

    return RuleConfig


def _member_config() -> type[Any]:
    from leadline.people import MemberConfig

    return MemberConfig


def _hours_config() -> type[Any]:
    from leadline.hours import HoursConfig

    return HoursConfig


def _target_config() -> type[Any]:
    from leadline.targets import TargetConfig

    return TargetConfig


_ENDING = Declaration(
    "", "What one of the CRM's own words means.", choice("won", "lost", "disqualified")
)
_CRM_FIELD = Declaration("", "The CRM's own name of the field.", FILLED)

TABLES: Mapping[str, SettingsTable] = {
    "sources": SettingsTable(
        "source",
        SOURCE_SETTINGS,
        _source_config,
        {"map": (MAPPED_FIELDS, _PLACED)},
        _source_names,
        _is_source,
    ),
    "crm": SettingsTable(
        "CRM",
        CRM_SETTINGS,
        _crm_config,
        {
            "read": (READ_FIELDS, _CRM_FIELD),
            "write": (WRITE_FIELDS, _CRM_FIELD),
            "endings": (None, _ENDING),
        },
        _source_names,
        _is_source,
    ),
    "channels": SettingsTable("channel", CHANNEL_SETTINGS, _channel_config),
    "rules": SettingsTable("rule", RULE_SETTINGS, _rule_config),
    "people": SettingsTable("person", PEOPLE_SETTINGS, _member_config),
    "hours": SettingsTable("table of hours", HOURS_SETTINGS, _hours_config),
    "targets": SettingsTable("target", TARGET_SETTINGS, _target_config),
}
"""Every table by the name that settings have it under."""
