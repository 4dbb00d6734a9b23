"""Running Leadline: `serve`, `worker`, `doctor`, `config show`."""

import sys
import threading
from contextlib import closing
from typing import Annotated

import typer

from leadline import __version__, wiring
from leadline.entrypoints import banner
from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._show import as_json, say, table
from leadline.entrypoints.cli.doctor.checks import all_checks
from leadline.entrypoints.cli.run.dashboards import introduce_dashboard
from leadline.entrypoints.embedded import children
from leadline.entrypoints.embedded.progress import Alarm
from leadline.entrypoints.embedded.renewing import Hangup, tell_changes
from leadline.entrypoints.embedded.supervisor import Supervisor
from leadline.entrypoints.embedded.watching import exposure
from leadline.entrypoints.embedded.watching.data_rights import settle_data
from leadline.entrypoints.embedded.watching.trouble_watch import tell_of_end
from leadline.entrypoints.embedded.worker import work
from leadline.entrypoints.logs import configure
from leadline.installations import settings_check
from leadline.installations.accounts import accounts_of
from leadline.installations.data_folder import end_process_at_failed_sync
from leadline.installations.erased import erase_returned
from leadline.model.errors import LeadlineError
from leadline.model.task import Step
from leadline.settings.loading import Loaded
from leadline.settings.top.general import Settings

config_app = typer.Typer(
    help="Show and check the settings.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(config_app, name="config", cls=WholeHelp)

Delay = Annotated[
    str | None, typer.Option(help="How long a lead waits before it is refined, such as 10m.")
]


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port; 0 picks a free one.")] = None,
    delay: Delay = None,
) -> None:
    """Receive webhooks, refine due leads and send alerts, until SIGTERM or Ctrl-C.

    SIGHUP reads the settings anew and applies them without refusing a webhook. Wrong ones
    are refused, and the log names those that need a restart.

    Example: leadline serve --port 8080 --delay 10m
    """
    options: Options = context.obj
    flags = {"host": host, "port": port, "delay": delay}
    loaded = options.load(flags)
    settings = loaded.settings
    configure(settings.log_level, settings.log_format)
    settings_check.check(settings)
    supervisor = Supervisor(settings, lambda: options.load(flags).settings)
    hangup = Hangup()
    children.stop_on_signal(
        supervisor.stop, lambda: supervisor.stop() if hangup.is_end() else supervisor.renew()
    )
    supervisor.start()
    _introduce(loaded, supervisor.url)
    _introduce_dashboard(settings, supervisor.dashboard_url)
    code = supervisor.run()
    if code == children.SYNC_FAILED:
        say(
            "two syncs of the database failed: no leads are accepted, and the log is kept. Check "
            "the disk (`dmesg`), then start `leadline serve` again, which repairs the file from "
            "the log, or restore a backup on another disk"
        )
        tell_of_end(settings)
    raise typer.Exit(code)


def _introduce(loaded: Loaded, url: str) -> None:
    """Say what runs: in the log, and in words unless only a program reads what is written."""
    facts = banner.start_facts(loaded, url)
    if loaded.settings.log_format == "json":
        banner.log_facts(facts)
    if loaded.settings.log_format == "text" or sys.stderr.isatty():
        say(banner.start_words(facts))
    say(f"Leadline {__version__} takes webhooks at {url}/webhook")
    banner.warn_of_nobody(loaded.settings)
    for words in loaded.unused:
        say(words)
    bare = exposure.unauthenticated(loaded.settings)
    if bare and (why := exposure.exposed(loaded.settings).values()):
        say(f"anybody is believed as: {', '.join(bare)}; {', '.join(why)}: {exposure.REMEDY}")


def _introduce_dashboard(settings: Settings, url: str) -> None:
    """Say where the dashboard is, and how to log in. Leads are taken without it, too."""
    if url:
        try:
            with closing(accounts_of(settings)) as accounts:
                introduce_dashboard(settings, url, accounts)
        except LeadlineError as error:
            say(f"the dashboard can't be used: {error.detail or error.title}")
    elif settings.dashboard_port:
        where = f"{settings.dashboard_host}:{settings.dashboard_port}"
        say(f"there is no dashboard: {where} can't be used; choose another port in [dashboard]")


@app.command()
def worker(
    context: typer.Context,
    only: Annotated[
        Step | None,
        typer.Option(
            metavar="STEP", help=f"Only this step; the default is all: {', '.join(Step)}."
        ),
    ] = None,
) -> None:
    """Refine due leads and send alerts, without receiving webhooks.

    The process ends itself if an iteration lasts longer than its lease, and when a sync of
    the database fails (exit code 74); restart it then. New settings need a restart, too: at
    SIGHUP the log names those that have changed.

    Example: leadline worker --only refine
    """
    options: Options = context.obj
    settings = options.settings()
    configure(settings.log_level, settings.log_format)
    settings_check.check(settings)
    stop = threading.Event()
    hangup = Hangup()
    children.stop_on_signal(
        stop.set,
        lambda: stop.set() if hangup.is_end() else tell_changes(settings, options.settings),
    )
    banner.warn_of_nobody(settings)
    settle_data(settings)
    wiring.store(settings).close()  # makes the data folder if there is none
    erase_returned(settings)
    end_process_at_failed_sync(children.SYNC_FAILED)
    say(f"working on {settings.data}")
    children.collect_seldom()
    work(settings, [only] if only else list(Step), stop, Alarm())


@app.command()
def doctor(
    context: typer.Context,
    offline: Annotated[
        bool, typer.Option("--offline", help="Contact no channel and no CRM.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check settings, disk, clock, senders, channels and CRMs; exit 1 if something is wrong.

    Contacts channels and CRMs by harmless reads, without sending a message or writing a
    record. Exit 0: nothing is wrong, though there may be notes; 2: the settings can't be read.

    Example: leadline doctor
    """
    options: Options = context.obj
    checks = all_checks(options.load(), offline=offline)
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
    """Show each setting and where it comes from, with secrets masked.

    Example: leadline config show
    """
    options: Options = context.obj
    origins = options.load().origins
    rows = [(o.name, o.shown, o.origin) for o in origins]
    if json:
        as_json([{"name": n, "value": v, "origin": o} for n, v, o in rows])
    else:
        table(("setting", "value", "from"), rows, empty="")
