"""Running it: `serve`, `worker`, `doctor`, `config show`."""

import os
import shutil
import signal
import socket
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from leadline import __version__, wiring
from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._show import as_json, say, table
from leadline.entrypoints.embedded import exposure
from leadline.entrypoints.embedded.data_rights import settle_data
from leadline.entrypoints.embedded.progress import Alarm
from leadline.entrypoints.embedded.supervisor import Supervisor
from leadline.entrypoints.embedded.worker import work
from leadline.entrypoints.logs import configure
from leadline.journey.untrusted_owners import OwnersClaimed, untrusted_owners
from leadline.model.errors import ConfigurationError, LeadlineError
from leadline.model.rights import is_shared, new_file, too_wide
from leadline.model.task import Step
from leadline.settings.general import Settings
from leadline.vendors.registry import find

config_app = typer.Typer(help="Look at the settings.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(config_app, name="config")

Delay = Annotated[str | None, typer.Option(help="How long a lead waits, such as 10m.")]


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port; 0 takes a free one.")] = None,
    delay: Delay = None,
) -> None:
    """Take webhooks, refine what is due and send alerts, until SIGTERM or Ctrl-C.

    Example: leadline serve --port 8080 --delay 10m
    """
    options: Options = context.obj
    settings = options.settings(host=host, port=port, delay=delay)
    configure(settings.log_level, settings.log_format)
    wiring.check(settings)
    supervisor = Supervisor(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: supervisor.stop())
    supervisor.start()
    say(f"Leadline {__version__} takes webhooks at {supervisor.url}/webhook")
    bare = exposure.unauthenticated(settings)
    if bare and (why := exposure.exposed(settings).values()):
        say(f"anybody is believed as: {', '.join(bare)}; {', '.join(why)}: {exposure.REMEDY}")
    raise typer.Exit(supervisor.run())


@app.command()
def worker(
    context: typer.Context,
    only: Annotated[
        Step | None, typer.Option(help="Only this step; by default both are done.")
    ] = None,
) -> None:
    """Refine what is due and send alerts, without taking webhooks.

    The process ends itself when a turn lasts longer than its lease; have it started again.

    Example: leadline worker --only refine
    """
    options: Options = context.obj
    settings = options.settings()
    configure(settings.log_level, settings.log_format)
    wiring.check(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    settle_data(settings)
    say(f"working on {settings.data}")
    work(settings, [only] if only else list(Step), stop, Alarm())


@app.command()
def doctor(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check settings, disk, clock, senders, channels and CRMs; exit 1 when something is wrong.

    Example: leadline doctor
    """
    options: Options = context.obj
    loaded = options.load()
    settings = loaded.settings
    checks = [
        _check_data(settings),
        _check_rights(settings),
        *_check_files_of_secrets(loaded.secret_files),
        _check_disk(settings),
        _check_fsync(settings),
        _check_clock(),
        *_check_secrets(settings),
        _check_metrics(settings),
        *_check_owners(settings),
        _check_channels(settings),
        *_check_slack(settings),
        _check_crms(settings),
    ]
    if json:
        as_json([dict(zip(("state", "what", "detail"), c, strict=True)) for c in checks])
    else:
        table(("", "check", "found"), checks, empty="")
    if any(state == "WRONG" for state, _, _ in checks):
        raise typer.Exit(1)


@config_app.command("show")
def config_show(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show each setting, where it comes from, secrets masked.

    Example: leadline config show
    """
    options: Options = context.obj
    origins = options.load().origins
    rows = [(o.name, o.shown, o.origin) for o in origins]
    if json:
        as_json([{"name": n, "value": v, "origin": o} for n, v, o in rows])
    else:
        table(("setting", "value", "from"), rows, empty="")


Check = tuple[str, str, str]


def _check_data(settings: Settings) -> Check:
    try:
        kept = wiring.store(settings)
    except LeadlineError as error:
        return "WRONG", "data folder", error.detail
    kept.close()
    return "ok", "data folder", str(settings.data)


def _check_rights(settings: Settings) -> Check:
    """Whether anybody may read the data folder who should not."""
    try:
        wide = too_wide(settings.data, settings.rights)
        owner = settings.data.stat().st_uid
    except OSError as error:
        return "WRONG", "rights", f"{settings.data} can't be looked through ({error.strerror})"
    if not wide:
        who = "Leadline's user and its group" if settings.data_group == "read" else "its owner"
        return "ok", "rights", f"only {who} may read the data"
    if is_shared(settings.data):
        return (
            "WRONG",
            "rights",
            f"{settings.data} is for all users; choose another one with --data",
        )
    take = "g-w,o-rwx" if settings.data_group == "read" else "go-rwx"
    return (
        "WRONG",
        "rights",
        f"others may use {wide} in {settings.data}; a start of `leadline serve` narrows what "
        f"belongs to its user, and for the user {owner}: chmod -R {take} {settings.data}",
    )


def _check_files_of_secrets(files: tuple[Path, ...]) -> list[Check]:
    """Each file of settings that holds secrets and that everybody may read."""
    return [
        (
            "note",
            "settings file",
            f"everybody may read {path}, which holds secrets: chmod o-rwx {path}",
        )
        for path in files
        if path.exists() and path.stat().st_mode & 0o007
    ]


def _check_disk(settings: Settings) -> Check:
    folder = settings.data if settings.data.exists() else Path()
    free = shutil.disk_usage(folder).free
    state = "WRONG" if free < 200 << 20 else "ok"
    return state, "free space", f"{free / (1 << 30):.1f} GiB"


def _check_fsync(settings: Settings) -> Check:
    """How long the disk takes to promise something: each commit waits for it."""
    path = settings.data / ".doctor"
    try:
        with new_file(path) as file:
            began = time.perf_counter()
            for _ in range(10):
                file.write(b"x" * 8192)
                file.flush()
                os.fsync(file.fileno())
            took_ms = (time.perf_counter() - began) * 100
        path.unlink()
    except OSError as error:
        return "WRONG", "fsync", error.strerror or "failed"
    return ("slow" if took_ms > 50 else "ok"), "fsync", f"{took_ms:.1f} ms"


def _check_clock() -> Check:
    now = datetime.now(UTC)
    # Older than this program: the clock was never set.
    return ("WRONG" if now.year < 2026 else "ok"), "clock", f"{now:%Y-%m-%dT%H:%M:%SZ}"


def _check_secrets(settings: Settings) -> list[Check]:
    """Whether every source is authenticated that others than this machine can reach."""
    bare, public = exposure.unauthenticated(settings), exposure.public(settings)
    found: list[Check] = []
    if public:
        found.append(("ok", "public sources", f"anybody may post to: {', '.join(public)}"))
    if not bare:
        return [*found, ("ok", "secrets", "every other source is authenticated" if public
                         else "every source is authenticated")]  # fmt: skip
    told = f"anybody is believed as: {', '.join(bare)}"
    if why := exposure.exposed(settings).values():
        return [*found, ("WRONG", "secrets", f"{told}; {', '.join(why)}: {exposure.REMEDY}")]
    return [*found, ("note", "secrets", told)]


def _check_metrics(settings: Settings) -> Check:
    """Who may read /metrics."""
    own = settings.metrics_listen
    where = f"on {own} alone, " if own else ""
    if settings.metrics_token:
        return "ok", "metrics", f"{where}read with a token"
    if own:
        beyond = not exposure.is_loopback(own.rpartition(":")[0].strip("[]"))
    else:
        beyond = bool(exposure.exposed(settings))
    if not beyond:
        return "ok", "metrics", f"{where}read by whoever is on this machine"
    remedy = "set metrics_token" if own else "set metrics_token or metrics_listen"
    return "note", "metrics", f"{where}read by whoever reaches it: {remedy}"


def _check_owners(settings: Settings) -> list[Check]:
    """The sources that name owners whom nobody believes, so that who relies on them hears of it."""
    try:
        kept = wiring.store(settings)
    except LeadlineError:
        return []  # the check of the data folder says why
    try:
        ledger = wiring.ledger(settings)
        try:
            claimed = untrusted_owners(kept, ledger, wiring.sources(settings))
        finally:
            ledger.close()
    finally:
        kept.close()
    return [("note", "owners", _said_of_owners(n, c)) for n, c in claimed.items()]


def _said_of_owners(source: str, claimed: OwnersClaimed) -> str:
    told = (
        f"{source} named owners in {claimed.leads} of its last {claimed.of} leads: they are shown, "
        "and decide nothing"
    )
    if find(source).is_crm:
        return f"{told}, for this source has no secret"
    return f'{told}; only if no visitor can write them, set owner = "trusted" in [sources.{source}]'


def _check_channels(settings: Settings) -> Check:
    """Whether every channel has what its kind needs."""
    try:
        made = wiring.channels(settings)
    except ConfigurationError as error:
        return "WRONG", "channels", error.detail
    if not made:
        return "note", "channels", "there is none, nobody will be alerted"
    return "ok", "channels", ", ".join(made)


def _check_slack(settings: Settings) -> list[Check]:
    """Whether the address of Slack's webhook answers, if there is one; nothing is posted."""
    if not settings.slack_webhook_url:
        return []
    try:
        parts = urlsplit(settings.slack_webhook_url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with socket.create_connection((parts.hostname or "", port), timeout=5):
            pass
    except (OSError, ValueError) as error:
        return [("WRONG", "Slack", f"its address does not answer ({type(error).__name__})")]
    return [("ok", "Slack", "its address answers")]


def _check_crms(settings: Settings) -> Check:
    """Whether every CRM has what its kind needs, and what it is used for; none is asked."""
    if faults := wiring.crm_faults(settings):
        return "WRONG", "CRMs", "; ".join(faults.values())
    if not settings.crm:
        return "note", "CRMs", "there is none, owners are those of trusted webhooks"
    uses = {
        source: [*(["asked"] if c.look_up else []), *(["written to"] if c.write else [])]
        for source, c in settings.crm.items()
    }
    return "ok", "CRMs", ", ".join(f"{s} ({', '.join(u) or 'unused'})" for s, u in uses.items())
