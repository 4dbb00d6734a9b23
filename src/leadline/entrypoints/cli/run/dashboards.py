"""The dashboard: `dashboard` serves it alone, `dashboard link` logs somebody in."""

import signal
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._audited import user_name
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import as_json, print_plain, say
from leadline.entrypoints.cli.access._accounts import accounts_for, known_account, opened_accounts
from leadline.entrypoints.dashboard.guarding.logins import LINK_LASTS, make_link
from leadline.entrypoints.embedded import children
from leadline.entrypoints.embedded.listening import bind_dashboard
from leadline.entrypoints.embedded.renewing import Hangup, tell_changes
from leadline.entrypoints.logs import configure
from leadline.installations.data_folder import end_process_at_failed_sync
from leadline.installations.embedded import Embedded
from leadline.ports.dashboard.accounts import Accounts
from leadline.settings.top.dashboard import dashboard_faults, dashboard_url
from leadline.settings.top.general import Settings

dashboard_app = typer.Typer(
    help="Show the dashboard in a browser: on its own, or of a stack.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(dashboard_app, name="dashboard", cls=WholeHelp)

Port = Annotated[int | None, typer.Option(help="The port; 0 picks a free one.")]


@dashboard_app.callback()
def _serve(context: typer.Context, port: Port = None) -> None:
    """Show the dashboard in a browser: on its own, or of a stack.

    `leadline serve` shows it, too. On a terminal it prints a link that logs you in once, within ten
    minutes; `leadline dashboard link` prints another.

    Example: leadline dashboard --port 8081
    """
    if context.invoked_subcommand is None:
        serve_dashboard(context.obj, port)


def serve_dashboard(options: Options, port: int | None) -> None:
    """Serve the dashboard of the installation until SIGTERM or Ctrl-C."""
    # Only this command loads what shows pages.
    from leadline.entrypoints.dashboard.app import create_app
    from leadline.entrypoints.dashboard.dashboard import Dashboard
    from leadline.entrypoints.dashboard.process import DashboardServer

    settings = options.settings()
    configure(settings.log_level, settings.log_format)
    with closing(options.installation.ledger()):  # raises ConfigurationError if there is no data
        pass
    accounts = accounts_for(options)
    listener = bind_dashboard(settings, port)
    installation = options.installation
    if options.aws is None:  # nothing is made in place of a folder that is moved away meanwhile
        installation = Embedded(options.load(), say, makes=False)
    server = DashboardServer(create_app(Dashboard(installation, accounts)))
    children.stop_on_signal(server.stop)
    _heed_hangups(server.stop, lambda: tell_changes(settings, options.settings))
    if options.aws is None:
        end_process_at_failed_sync(children.SYNC_FAILED)
    introduce_dashboard(settings, dashboard_url(settings, listener.getsockname()[1]), accounts)
    server.run(listener)
    accounts.close()


def _heed_hangups(stop: Callable[[], None], tell: Callable[[], None]) -> None:
    """At SIGHUP call *tell*, or *stop* if the terminal is gone, in a thread. While the dashboard is
    served, signals come by its event loop, and not as `children` has them."""
    hangup = Hangup()

    def heed(_number: int, _frame: Any) -> None:
        threading.Thread(target=lambda: stop() if hangup.is_end() else tell()).start()

    signal.signal(signal.SIGHUP, heed)


def introduce_dashboard(settings: Settings, url: str, accounts: Accounts) -> None:
    """Say where the dashboard is; on a terminal also a link that logs in who reads it."""
    for words in dashboard_faults(settings):
        say(words)
    if not sys.stderr.isatty():  # a link in a log would let in whoever reads the log
        port = urlsplit(url).port
        is_usual = url == dashboard_url(settings, settings.dashboard_port)
        command = (
            "leadline dashboard link" if is_usual else f"leadline dashboard link --port {port}"
        )
        say(f"the dashboard is at {url}; `{command}` prints a link to log in")
        return
    secret = make_link(accounts, "", user_name(), datetime.now(UTC))
    say(f"the dashboard is at {url}; this link logs you in, once and within ten minutes:")
    say(f"{url}/link/{secret}")


@dashboard_app.command()
def link(
    context: typer.Context,
    account: Annotated[
        str, typer.Argument(help="The account to log in to; omitted: you, with every right.")
    ] = "",
    port: Annotated[
        int | None,
        typer.Option(help="The port of a dashboard that is not at that of the settings."),
    ] = None,
    json: Json = False,
) -> None:
    """Print a link that logs somebody in to the dashboard, once and within ten minutes.

    Example: leadline dashboard link ada
    """
    options: Options = context.obj
    settings, now = options.settings(), datetime.now(UTC)
    with opened_accounts(options) as accounts:
        name = known_account(accounts, account).name if account else ""
        secret = make_link(accounts, name, user_name(), now)
    place = dashboard_url(settings, settings.dashboard_port if port is None else port)
    url = f"{place}/link/{secret}"
    if json:
        as_json({"url": url, "account": name, "ends_at": now + LINK_LASTS})
    else:
        print_plain(url)
