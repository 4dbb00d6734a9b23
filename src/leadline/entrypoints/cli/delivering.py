"""Testing a channel: `deliver test`."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from leadline import wiring
from leadline.channels.registry import channel_configs, make_channel
from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._show import as_json, say
from leadline.model.errors import ConfigurationError
from leadline.model.handling import Handling
from leadline.model.ids import uuid7
from leadline.model.lead import Contact, LeadDetails, Ownership, RefinedLead
from leadline.model.people import Person
from leadline.ports.channel import NO_OWNER, Notice
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable
from leadline.settings.channels import SesConfig
from leadline.settings.general import Settings
from leadline.team.people import Team

deliver_app = typer.Typer(help="Test channels.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(deliver_app, name="deliver", cls=WholeHelp)


@deliver_app.command("test")
def deliver_test(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(help="The channel's name in the settings.")],
    owner: Annotated[
        str | None,
        typer.Option(
            help="The owner of the sample lead: a name in [people], or an e-mail address."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Send a message about a sample lead, marked as a test, and print the reply.

    Nothing is stored, and the channel's health is neither read nor changed. Exit 1
    if the message did not arrive.

    Example: leadline deliver test slack
    """
    options: Options = context.obj
    settings = options.settings()
    configs = channel_configs(settings)
    if channel not in configs:
        there = ", ".join(configs) or "none"
        raise ConfigurationError(f"there is no channel {channel!r} (there are: {there})")
    config = configs[channel]
    if options.aws is not None and isinstance(config, SesConfig):
        options.installation.lend_credentials(config.region)
    destination = make_channel(channel, configs[channel], settings)
    message = destination.writer.alert(_notice(settings, owner))
    reply = destination.messenger.send(message.body)
    text = answer_in_words(reply)
    if json:
        kind = type(reply).__name__.lower()
        as_json({"channel": channel, "arrived": isinstance(reply, Sent), kind: reply})
    else:
        say(f"{channel}: {text}")
    if not isinstance(reply, Sent):
        raise typer.Exit(1)


def answer_in_words(reply: Sent | Refused | Busy | Unreachable) -> str:
    """A destination's reply in words."""
    match reply:
        case Sent(ref=ref):
            return f"accepted{f' as {ref}' if ref else ''}"
        case Refused(reason=reason, words=words) if reason == NO_OWNER:
            return f"refused ({words}); this channel sends to owners: name one with --owner"
        case Refused(reason=reason, words=words):
            return f"permanently refused, {reason}{f': {words}' if words else ''}"
        case Busy(after=after, words=words):
            pause = f"{after.total_seconds():g} s"
            return f"busy, retry after {pause}{f': {words}' if words else ''}"
        case Unreachable(words=words):
            return f"not reached, {words}"


def _notice(settings: Settings, owner: str | None) -> Notice:
    """The notice about a made-up lead."""
    now = datetime.now(UTC)
    lead = RefinedLead(
        lead_id=uuid7(now),
        captured_at=now - timedelta(minutes=10),
        processed_at=now,
        status="refined",
        contact=Contact(
            name="Ada Example",
            email="ada@example.com",
            phone="+1 555-010-0123",
            company="Example & Sons",
        ),
        lead_details=LeadDetails(
            source="leadline deliver test",
            lead_score=85.0,
            message="This lead is made up, to see whether alerts arrive here.",
        ),
        received_from="test",
    )
    handling = Handling()
    if owner:
        named = Team(settings.people).person(owner)
        who = named or Person(email=owner if "@" in owner else "", name=owner)
        handling = Handling(owner=who, ownership=Ownership.ASSIGNED)
    return Notice(lead=lead, now=now, handling=handling, links=wiring.links(settings), test=True)
