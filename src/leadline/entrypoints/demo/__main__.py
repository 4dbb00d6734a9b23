"""`make demo`: shows made-up leads from capture to write-back, on this machine only.

It starts a server and a stand-in for Slack on free ports, sends deliveries of every source as the
vendors send and sign them, and accounts for each.
"""

import argparse
import io
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from rich.console import Console
from rich.live import Live
from rich.markup import escape

from leadline import wiring
from leadline.entrypoints.dashboard.guarding.logins import make_link
from leadline.entrypoints.demo import acts, printing
from leadline.entrypoints.demo.folder import demo_folder
from leadline.entrypoints.demo.printing import SentSample
from leadline.entrypoints.embedded import children
from leadline.entrypoints.embedded.supervisor import Supervisor
from leadline.entrypoints.logs import configure
from leadline.entrypoints.slack_presses import PressSender
from leadline.installations.accounts import accounts_of
from leadline.model.errors import ConfigurationError
from leadline.model.rights import new_file
from leadline.net.client import HttpClient, NoReply
from leadline.net.reply import HttpReply
from leadline.ports.reading.ledger import Ledger
from leadline.settings.notation.notations import DURATION
from leadline.settings.top.general import Settings
from leadline.standins.demo_crm import SELLERS, DemoCrm
from leadline.standins.demo_extent import demo_extent
from leadline.standins.samples import DEMO_SOURCES, Sample, samples
from leadline.standins.slack_inbox import SlackInbox


def main(words: Sequence[str] | None = None) -> int:
    """Run the demo; returns 1 if a lead is unaccounted for, a sample has an unexpected result, or
    something that the demo shows did not happen."""
    arguments = _arguments(words)
    out = Console(highlight=False, soft_wrap=True)
    try:
        with demo_folder(arguments.data) as folder:
            return 0 if _run(out, folder, arguments) else 1
    except ConfigurationError as error:
        print(f"demo: {error.detail}", file=sys.stderr)
        return 2


def _run(out: Console, folder: Path, arguments: argparse.Namespace) -> bool:
    log = io.TextIOWrapper(new_file(folder / "server.log"), encoding="utf-8", write_through=True)
    configure("info", "json", log)
    press = _LatePress()
    people = {acts.slack_id(name): name for name in SELLERS}
    with SlackInbox(on_press=press, people=people) as slack:
        crm = DemoCrm(folder)
        settings = _settings(folder, slack, arguments.delay, crm)
        supervisor = Supervisor(settings, dashboard_port=0)
        thread = threading.Thread(target=supervisor.run)
        supervisor.start(log)
        press.sender = PressSender(supervisor.url, acts.SIGNING_SECRET)
        thread.start()
        try:
            good = _show(out, settings, supervisor, slack, crm, arguments)
            if arguments.keep:
                _keep(out, settings, supervisor, slack, folder)
        finally:
            supervisor.stop()
            thread.join()
    return good


class _LatePress:
    """A press: the page is there before the server, whose settings name the page."""

    sender: PressSender

    def __call__(self, payload: dict[str, object]) -> str:
        return self.sender(payload)


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Show Leadline at work on this machine.")
    parser.add_argument("--keep", action="store_true", help="leave it running until Ctrl-C")
    parser.add_argument("--delay", default="4s", help="how long a lead waits (default 4s)")
    parser.add_argument("--seed", type=int, default=7, help="other people with the same samples")
    parser.add_argument(
        "--data", type=Path, help="the data folder (default: demo-data, or the next free one)"
    )
    return parser.parse_args(words)


def _settings(folder: Path, slack: SlackInbox, delay: str, crm: DemoCrm) -> Settings:
    wait = DURATION.read(delay)
    return msgspec.structs.replace(
        Settings(),
        data=folder,
        port=0,
        delay=wait,
        slack_webhook_url=slack.webhook_url,
        slack_signing_secret=(acts.SIGNING_SECRET,),
        slack_per_second=8.0,
        slack_digest_above=0,
        region="US",
        sources=DEMO_SOURCES,
        crm=crm.configs,
        people=acts.sellers(),
        teams=acts.teams(),
        rules=acts.rules(),
        score_start=20.0,
        score_points=acts.points_of_scores(),
        targets=acts.targets(wait),
        look_up_every=timedelta(seconds=1),
        retry_base=timedelta(milliseconds=200),
    )


def _show(
    out: Console,
    settings: Settings,
    supervisor: Supervisor,
    slack: SlackInbox,
    crm: DemoCrm,
    arguments: argparse.Namespace,
) -> bool:
    _introduce(out, settings, supervisor, slack, arguments.delay)
    _introduce_dashboard(out, settings, supervisor)
    _wait_ready(supervisor.url)
    *first, last = samples(arguments.seed, datetime.now(UTC), supervisor.url)
    sent = _send(out, supervisor.url, first)
    ledger = wiring.ledger(settings)
    late = crm.assign(ledger)
    out.print("\nThe CRM assigns owners meanwhile, except of a few leads")
    _watch(out, ledger, slack)
    played = acts.Acts(ledger, slack, crm)
    played.claim()
    played.correct(late)
    played.remind()
    out.print()
    for line in played.done:
        out.print(escape(line))
    out.print("\nAt last three whole leads, which then stand above the others in Slack")
    sent += _send(out, supervisor.url, [last])
    _watch(out, ledger, slack)
    account = ledger.account(deep=True)
    printing.alerts(out, slack)
    printing.shared_out(out, ledger)
    printing.print_summary(out, account, slack, sent)
    ledger.close()
    strangers = [s for s in sent if not s.as_told]
    for one in strangers:
        out.print(f"[bold]unexpected[/bold]: {one.sample.about} was answered {one.status}")
    for line in played.missed:
        out.print(f"[bold]did not happen[/bold]: {escape(line)}")
    if not arguments.keep:
        printing.next_steps(out, settings.data)
    return account.balanced and not strangers and not played.missed


def _introduce(
    out: Console, settings: Settings, supervisor: Supervisor, slack: SlackInbox, delay: str
) -> None:
    out.print(f"Leadline takes webhooks at [bold]{supervisor.url}/webhook[/bold]")
    out.print(f"Alerts are shown at [bold]{slack.url}[/bold] and go nowhere else")
    out.print(f"Data is kept in {escape(str(settings.data))}, until the next demo")
    out.print(f"{demo_extent()}, which wait {delay} here, and ten minutes by default\n")


def _introduce_dashboard(out: Console, settings: Settings, supervisor: Supervisor) -> None:
    """Print a link to the dashboard, which logs in who opens it."""
    with closing(accounts_of(settings)) as accounts:
        secret = make_link(accounts, "", "demo", datetime.now(UTC))
    out.print(f"See every lead at [bold]{supervisor.dashboard_url}/link/{secret}[/bold]")
    out.print("That link logs you in once, within ten minutes and while this runs\n")


def _wait_ready(url: str) -> None:
    http = HttpClient(acts.PATIENCE_S)
    deadline = time.monotonic() + acts.PATIENCE_S
    while time.monotonic() < deadline:
        answer = http.request("GET", f"{url}/readyz")
        if isinstance(answer, HttpReply) and answer.status == 200:
            return
        time.sleep(0.05)
    sys.exit("the server did not come up; see server.log in the data folder")


def _send(out: Console, url: str, deliveries: list[Sample]) -> list[SentSample]:
    """Post each delivery and print the response."""
    http = HttpClient(acts.PATIENCE_S)
    sent = []
    for sample in deliveries:
        answer = http.request("POST", url + sample.path, sample.body, dict(sample.headers))
        if isinstance(answer, NoReply):
            sys.exit(f"the server did not answer ({answer.reason}); see server.log")
        one = SentSample(sample, answer.status, _leads_in(answer.body, sample))
        sent.append(one)
        mark = "→" if one.as_told else "[bold]?[/bold]"
        out.print(
            f"{mark} {answer.status} {sample.source:17} {sample.expect:11} {escape(sample.about)}"
        )
        time.sleep(0.03)
    return sent


def _leads_in(body: bytes, sample: Sample) -> int:
    """The number of leads that a response names; for a response that is not JSON, the number that
    the sample expects."""
    try:
        told = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return sample.leads
    if not isinstance(told, dict):
        return 0
    return len(told.get("lead_ids", [told["lead_id"]] if "lead_id" in told else []))


def _watch(out: Console, ledger: Ledger, slack: SlackInbox) -> None:
    """Show the numbers until no lead and no alert waits any more."""
    out.print()
    deadline = time.monotonic() + acts.PATIENCE_S
    with Live(console=out, refresh_per_second=8) as live:
        while True:
            account = ledger.account()
            live.update(printing.numbers(ledger, account, slack))
            if not account.waiting + account.alerting or time.monotonic() > deadline:
                return
            time.sleep(acts.TURN_S)


def _keep(
    out: Console, settings: Settings, supervisor: Supervisor, slack: SlackInbox, folder: Path
) -> None:
    secret = DEMO_SOURCES["generic"].secret[0]
    out.print(f"\nAlerts, whose buttons work: [bold]{slack.url}[/bold]. Send one yourself:\n")
    out.print(
        f"  curl {supervisor.url}/webhook -H 'authorization: Bearer {secret}' \\\n"
        "    -H 'content-type: application/json' \\\n"
        """    -d '{"name": "Mirela Vance", "email": "mirela@example.com", "company": "Vance"}'"""
        "\n"
    )
    _introduce_dashboard(out, settings, supervisor)
    printing.next_steps(out, folder)
    out.print("\nCtrl-C ends it.")
    stop = threading.Event()
    children.stop_on_signal(stop.set)
    stop.wait()


if __name__ == "__main__":
    sys.exit(main())
