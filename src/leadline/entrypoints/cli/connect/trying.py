"""Trying payloads: `preview` and `send`."""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

from leadline import wiring
from leadline.channels.slack.messages import alert
from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._choosing import tell_other_settings
from leadline.entrypoints.cli._show import as_json, console, say
from leadline.entrypoints.cli.connect._believed import names_an_owner, settings_of_preview
from leadline.entrypoints.cli.connect.sampling import Seed, sample_of
from leadline.entrypoints.rule_trials import media_type_of
from leadline.journey.receiving.capture import read
from leadline.journey.refinement.explaining import explain
from leadline.journey.refinement.refining import preview as refine_without_storing
from leadline.model.errors import ConfigurationError, LeadlineError
from leadline.model.formats import refined_document, refined_head
from leadline.model.lead import CapturedLead, Delivery, Kind
from leadline.model.texts.harmless_texts import escaped_json, in_lines
from leadline.net.client import HttpClient, NoReply
from leadline.ports.channel import Notice
from leadline.ports.store import Waiting
from leadline.settings.top.general import Settings
from leadline.standins.slack_page import as_terminal
from leadline.vendors.registry import find

File = Annotated[str, typer.Argument(help="A file with the body, or - for standard input.")]
_REACHED_AT = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where all addresses are served
Token = Annotated[str | None, typer.Option(help="An access token (`oauth_issuer`).")]
SourceName = Annotated[str, typer.Option(help="The source that would have sent it.")]


_WEBHOOK = re.compile(r"(?<=[^/])/webhook(?:/[^/]*)?/?\Z")
"""What ends the URL of a webhook; a prefix before it may have the word in it, too."""


@app.command()
def preview(
    context: typer.Context,
    file: File,
    source: SourceName = "generic",
    raw: Annotated[
        bool, typer.Option("--raw", help="Show only the fields as the source reads them.")
    ] = False,
    content_type: Annotated[
        str | None, typer.Option(help="The content type, if it cannot be told from the body.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the refined lead and the Slack message for a payload; nothing is stored.

    Of a lead that a team is given, it shows who would get the team's first one; `leadline rules
    explain` shows whose turn it is now.

    Example: leadline preview lead.json --source hubspot
    """
    options: Options = context.obj
    settings, of_owners = settings_of_preview(
        options.load(), find(source), on_aws=options.aws is not None
    )
    tell_other_settings(options)
    body = body_of(file)
    headers = {"content-type": content_type or media_type_of(source, body)}
    delivery = Delivery(source, body, datetime.now(UTC), headers, "POST", f"/webhook/{source}")
    kit = wiring.capture_kit(settings, believe_all=True)
    leads = read(delivery, kit)
    results = [_previewed(settings, lead, raw=raw) for lead in leads]
    if json:
        as_json(results)
    else:
        for result in results:
            _print_preview(console(), result)
    if of_owners and any(names_an_owner(kit.sources[source], lead.raw) for lead in leads):
        say(of_owners)
    if any("problem" in result for result in results):
        raise typer.Exit(1)


@app.command()
def send(
    context: typer.Context,
    file: Annotated[
        str | None, typer.Argument(help="A file with the body, or - for standard input.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            help="The URL of the webhook or the server; the default is the server of the settings."
        ),
    ] = None,
    source: SourceName = "generic",
    sample: Annotated[
        bool, typer.Option("--sample", help="Send a made-up lead instead of a file.")
    ] = False,
    seed: Seed = None,
    secret: Annotated[
        str | None, typer.Option(help="The secret; the default is the configured one.")
    ] = None,
    token: Token = None,
    content_type: Annotated[str | None, typer.Option(help="The content type of the body.")] = None,
) -> None:
    """Sign a payload and post it, as its CRM would.

    Example: leadline send --sample --source close
    """
    options: Options = context.obj
    if sample is (file is not None):
        raise ConfigurationError("name a file with the body, or use --sample")
    if seed is not None and not sample:
        raise ConfigurationError("--seed requires --sample")
    settings = options.settings()
    if to is None:
        to = own_server(settings, is_remote=options.aws is not None)
    made = sample_of(source, settings, seed) if sample else None
    body = made.body if made is not None else body_of(file or "-")
    media = content_type or (made.headers.get("content-type") if made is not None else None)
    url = webhook_of(to, source)
    headers = {"content-type": media or media_type_of(source, body)}
    _post(url, body, _signed(settings, source, url, body, headers, secret, token))


def own_server(settings: Settings, *, is_remote: bool = False) -> str:
    """The URL of the server of these settings on this machine.

    Raises ConfigurationError if the settings don't say where that is.
    """
    if is_remote or not settings.port:
        raise ConfigurationError("say where the server is, with --to URL")
    host = _REACHED_AT.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _signed(
    settings: Settings,
    source: str,
    url: str,
    body: bytes,
    headers: dict[str, str],
    secret: str | None,
    token: str | None,
) -> dict[str, str]:
    """The headers with those that prove who sends: by the secret, by an access token, or both."""
    configured = settings.sources.get(source)
    signed = signed_url(url, settings.public_url)
    delivery = Delivery(source, body, datetime.now(UTC), headers, "POST", signed)
    key = secret or (configured.secret[0] if configured and configured.secret else None)
    if key is not None:
        try:
            headers = {**headers, **find(source)().sign(delivery, key)}
        except ValueError:
            say(f"this secret does not have the form that {source} uses")
            raise typer.Exit(2) from None
    if token is not None:
        if bearer := headers.get("authorization", ""):
            headers["x-webhook-secret"] = bearer.removeprefix("Bearer ")
        headers["authorization"] = f"Bearer {token}"
    return headers


def _post(url: str, body: bytes, headers: dict[str, str]) -> None:
    """Post the body and print the answer. Raises typer.Exit unless it is 200."""
    answer = HttpClient(30).request("POST", url, body, headers)
    if isinstance(answer, NoReply):
        say(f"{url} can't be reached: {answer.reason}")
        raise typer.Exit(1)
    say(f"HTTP {answer.status}")
    sys.stdout.write(in_lines(answer.body.decode(errors="replace")) + "\n")
    if answer.status != 200:
        raise typer.Exit(1)


def webhook_of(to: str, source: str) -> str:
    """The URL of the source's webhook, where *to* is that of a server or already of a webhook."""
    base, mark, query = to.partition("?")
    whole = base if _WEBHOOK.search(base) else f"{base.rstrip('/')}/webhook/{source}"
    return whole + mark + query


def signed_url(url: str, public_url: str) -> str:
    """The URL that a sender would sign to post to *url*: the server takes every delivery for one to
    its `public_url`, if it has one, whichever of its addresses was called."""
    base, mark, query = url.partition("?")
    found = _WEBHOOK.search(base)
    if not public_url or found is None:
        return url
    return public_url.rstrip("/") + base[found.start() :] + mark + query


def body_of(file: str) -> bytes:
    """The bytes of a file, or of standard input. Raises typer.Exit if it can't be read."""
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        say(f"{file} can't be read: {error.strerror}")
        raise typer.Exit(2) from None


def _previewed(settings: Settings, lead: CapturedLead, *, raw: bool) -> dict[str, Any]:
    """What one event would become, as data."""
    data: dict[str, Any] = {"kind": lead.kind, "record": lead.record, "raw": msgspec.Raw(lead.raw)}
    if lead.kind is Kind.IGNORED:
        return {**data, "filtered": lead.why}
    kit = wiring.in_memory(settings)
    try:
        if raw:
            return {**data, "fields": kit.sources[lead.source].believed_fields(lead.raw)}
        waiting = Waiting(
            lead.id, lead.source, lead.captured_at, lead.raw, lead.record, whys=(lead.why,)
        )
        if kit.teams.asked:
            refined = explain(kit, waiting, asks_crm=False).lead
        else:
            refined = refine_without_storing(kit, waiting)
    except LeadlineError as error:
        return {**data, "problem": error.detail}
    document = msgspec.Raw(refined_document(refined_head(refined), lead.raw))
    message = alert(Notice(lead=refined, now=kit.clock(), links=kit.links))
    return {**data, "refined": document, "slack": message}


def _print_preview(out: Console, result: dict[str, Any]) -> None:
    def write(text: str) -> None:
        sys.stdout.write(in_lines(text))

    if "filtered" in result:
        write(f"no new lead: {result['filtered']}\n")
    elif "problem" in result:
        write(f"would be a dead letter: {result['problem']}\n")
    elif "fields" in result:
        encoded = msgspec.json.encode(result["fields"])
        write(escaped_json(msgspec.json.format(encoded, indent=2).decode()) + "\n")
    else:
        out.print("[bold]Refined[/bold]")
        refined = msgspec.json.format(bytes(result["refined"]), indent=2).decode()
        write(escaped_json(refined) + "\n")
        out.print("\n[bold]Slack[/bold]")
        write(as_terminal(result["slack"]) + "\n")
