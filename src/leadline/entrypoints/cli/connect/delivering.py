"""Testing a channel: `deliver test`."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from leadline.entrypoints.channel_tests import send_test
from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._show import as_json, say
from leadline.model.staff.people import Person
from leadline.ports.channel import NO_OWNER
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable
from leadline.settings.top.general import Settings
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
    reply = send_test(
        options.installation, settings, channel, _owner(settings, owner), datetime.now(UTC)
    )
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


def _owner(settings: Settings, named: str | None) -> Person | None:
    """The owner of the sample lead; None for one without."""
    if not named:
        return None
    known = Team(settings.people).person(named)
    return known or Person(email=named if "@" in named else "", name=named)
