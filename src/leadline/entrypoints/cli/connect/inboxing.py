"""A channel on this machine: `inbox`."""

import threading
from pathlib import Path
from secrets import token_hex
from typing import Annotated

import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._show import say
from leadline.entrypoints.cli.connect.trying import own_server
from leadline.entrypoints.embedded import children
from leadline.entrypoints.slack_presses import PressSender
from leadline.model.errors import ConfigurationError
from leadline.settings.connected.channels import SlackWebhookConfig
from leadline.settings.top.general import Settings
from leadline.standins.slack_inbox import YOU, SlackInbox

_SECRET_BYTES = 16


@app.command()
def inbox(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="The port of the page; 0 picks a free one.")] = 8090,
    to: Annotated[
        str | None,
        typer.Option(help="The server whose buttons work; the default is that of the settings."),
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="Append each message to this file, as a line of JSON.")
    ] = None,
) -> None:
    """Show alerts on a page of this machine, as Slack would; its buttons work.

    Prints the settings that point a channel here. Nothing is sent to Slack, and only
    this machine can open the page. Presses go to the running server, signed as Slack
    signs them.

    Example: leadline inbox
    """
    options: Options = context.obj
    settings = options.settings()
    secret = next(iter(settings.slack_signing_secret), "") or token_hex(_SECRET_BYTES)
    sender = PressSender(to or own_server(settings), secret)
    stop = threading.Event()
    try:
        shown = SlackInbox(port, record, on_press=sender, people=_people(settings))
    except (OSError, OverflowError):
        raise ConfigurationError(f"port {port} can't be used: choose another with --port") from None
    with shown:
        children.stop_on_signal(stop.set)
        say(f"alerts are shown at {shown.url}, and go nowhere else; Ctrl-C ends it")
        _print_settings(settings, shown.webhook_url, secret)
        stop.wait()


def _print_settings(settings: Settings, url: str, secret: str) -> None:
    """Print the settings that are not as they have to be."""
    urls = [c.url for c in settings.channels.values() if isinstance(c, SlackWebhookConfig)]
    points_here = url in (settings.slack_webhook_url, *urls)
    if points_here and settings.slack_signing_secret:
        say("the settings point here")
        return
    say("Put these lines above the first [table] of leadline.toml, and start the server again:")
    typer.echo(f'slack_webhook_url = "{url}"\nslack_signing_secret = "{secret}"')
    variables = f"LEADLINE_SLACK_WEBHOOK_URL={url} LEADLINE_SLACK_SIGNING_SECRET={secret}"
    say(f"or, in the terminal of the server:\nexport {variables}")


def _people(settings: Settings) -> dict[str, str]:
    """Who can press: the people of the settings with a Slack user id, or "you"."""
    found = {one.slack: name for name, one in settings.people.items() if one.slack}
    return found or dict(YOU)
