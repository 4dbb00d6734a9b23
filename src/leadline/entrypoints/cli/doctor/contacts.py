"""The checks of `doctor` that contact channels and CRMs, without sending or writing anything."""

import socket
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from leadline import wiring
from leadline.entrypoints.cli.doctor.tokens import check_login_issuer, check_token_issuers
from leadline.entrypoints.cli.look._state import Check
from leadline.installations import settings_check
from leadline.model.errors import ConfigurationError
from leadline.net.dates import noting_dates
from leadline.ports.crm import Crm, crm_in_words
from leadline.ports.messenger import Busy, Refused, Triable, Unreachable
from leadline.settings.checks.doubtful import secrets_in
from leadline.settings.top.general import Settings

_CLOCK_NOTED = timedelta(seconds=10)
_CLOCK_WRONG = timedelta(minutes=2)
"""Senders' signatures are refused when the clocks differ by their tolerance, often five minutes."""
_NO_RECORD = "0"
_SHORTEST = 6
"""Shorter secrets may be parts of ordinary words."""
_CANNOT_SEARCH = ("crm.no_list", "crm.no_account")


def check_contacts(settings: Settings, *, offline: bool) -> list[Check]:
    """Whether channels, CRMs and issuers answer, and whether their clocks agree
    with this machine's."""
    if offline:
        names = [f"channel {name}" for name in wiring.channels_on_demand(settings)]
        names += [f"CRM of {source}" for source in settings.crm]
        notes: list[Check] = [("note", name, "not contacted (--offline)") for name in names]
        notes += check_token_issuers(settings, offline=True)
        return [*notes, *check_login_issuer(settings, offline=True)]
    with noting_dates() as ahead:
        found = [
            *_check_channels(settings),
            *_check_slack(settings),
            *_check_crms(settings),
            *check_token_issuers(settings, offline=False),
            *check_login_issuer(settings, offline=False),
        ]
    known = [secret for _, secret in secrets_in(settings)]
    found = [(state, what, _without(known, words)) for state, what, words in found]
    return [*found, *_check_clock(ahead)]


def _without(secrets: Sequence[str], words: str) -> str:
    """What an answer says, without the secrets that a server may repeat."""
    for secret in secrets:
        words = words.replace(secret, "••••") if len(secret) >= _SHORTEST else words
    return words


def _check_channels(settings: Settings) -> Iterator[Check]:
    try:
        channels = wiring.channels(settings)
    except ConfigurationError:
        return  # `doctor` reports it already
    for name, channel in channels.items():
        what = f"channel {name}"
        if isinstance(channel.messenger, Triable):
            yield _judged(what, channel.messenger.try_out())
        else:
            words = f"only a message can try it: `leadline deliver test {name}` sends one"
            yield "note", what, f"not contacted: {words}"


def _judged(what: str, answer: Refused | Busy | Unreachable | None) -> Check:
    match answer:
        case None:
            return "ok", what, "it answers, and accepts the credentials"
        case Busy():
            return "note", what, f"it answers, and asks for a pause: {answer.words}".rstrip(": ")
        case Refused():
            return "WRONG", what, f"it refuses the credentials: {answer.reason} {answer.words}"
        case Unreachable():
            return "WRONG", what, f"it can't be reached: {answer.words}"


def _check_slack(settings: Settings) -> list[Check]:
    """Whether the host of Slack's webhook accepts connections, if one is set; nothing is posted."""
    if not settings.slack_webhook_url:
        return []
    try:
        parts = urlsplit(settings.slack_webhook_url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with socket.create_connection((parts.hostname or "", port), timeout=5):
            pass
    except (OSError, ValueError) as error:
        return [("WRONG", "Slack", f"its host cannot be reached ({type(error).__name__})")]
    return [("ok", "Slack", "its host can be reached")]


def _check_crms(settings: Settings) -> Iterator[Check]:
    faults = settings_check.crm_faults(settings)
    made = wiring.crms(settings)
    for source in settings.crm:
        if source not in faults:  # `doctor` reports those already
            yield check_crm(f"CRM of {source}", made[source].crm)


def check_crm(what: str, crm: Crm) -> Check:
    """Ask a CRM for the records that are created from now on: none. One that cannot search is asked
    for a record that does not exist."""
    found = crm.since(datetime.now(UTC))
    if isinstance(found, Refused) and found.reason in _CANNOT_SEARCH:
        read = crm.read([_NO_RECORD])
        if isinstance(read, Mapping):
            return "ok", what, "it answers, and accepts the credentials"
        found = read
    if isinstance(found, Busy):
        return "note", what, f"it answers: {crm_in_words(found)}"
    if isinstance(found, Refused | Unreachable):
        return "WRONG", what, crm_in_words(found)
    return "ok", what, "it answers, and accepts the credentials"


def _check_clock(ahead: Sequence[timedelta]) -> list[Check]:
    """Compare the clock with those of the servers that answered: one of them may be wrong, too, so
    the nearest counts."""
    if not ahead:
        return []
    nearest = min(ahead, key=abs)
    seconds = round(abs(nearest).total_seconds())
    if abs(nearest) < _CLOCK_NOTED:
        return [("ok", "clock of others", "servers that were contacted have the same time")]
    state = "WRONG" if abs(nearest) >= _CLOCK_WRONG else "note"
    side = "ahead of" if nearest > timedelta() else "behind"
    words = f"this machine is {seconds:,} s {side} the servers that were contacted; set its clock"
    return [(state, "clock of others", words)]
