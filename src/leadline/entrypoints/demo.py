"""`make demo`: shows about thirty leads from capture to alert, on this machine only.

It starts a server and a stand-in for Slack on free ports, sends deliveries of every source as the
vendors send and sign them, and accounts for each.
"""

import argparse
import io
import shutil
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from leadline import wiring
from leadline.entrypoints.embedded import children
from leadline.entrypoints.embedded.supervisor import Supervisor
from leadline.entrypoints.logs import configure
from leadline.model.rights import make_folder, new_file
from leadline.net.client import HttpClient, NoReply
from leadline.net.reply import HttpReply
from leadline.ports.ledger import Account, Ledger
from leadline.settings.general import Settings
from leadline.settings.notations import DURATION
from leadline.standins.demo_crm import DemoCrm
from leadline.standins.samples import DEMO_SOURCES, Sample, samples
from leadline.standins.slack_inbox import SlackInbox
from leadline.standins.slack_page import as_terminal

_PATIENCE_S = 60.0
_TURN_S = 0.15


def main() -> None:
    """Run the demo; exit 1 if a lead is unaccounted for or a sample has an unexpected result."""
    arguments = _arguments()
    out = Console(highlight=False, soft_wrap=True)
    folder: Path = arguments.data
    if folder.exists():
        shutil.rmtree(folder)
    make_folder(folder)
    log = io.TextIOWrapper(new_file(folder / "server.log"), encoding="utf-8", write_through=True)
    configure("info", "json", log)
    with SlackInbox() as slack:
        crm = DemoCrm(folder)
        settings = _settings(folder, slack, arguments.delay, crm)
        supervisor = Supervisor(settings)
        thread = threading.Thread(target=supervisor.run)
        supervisor.start(log)
        thread.start()
        try:
            good = _show(out, settings, supervisor, slack, crm, arguments)
            if arguments.keep:
                _keep(out, supervisor, slack, folder)
        finally:
            supervisor.stop()
            thread.join()
    sys.exit(0 if good else 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Show Leadline at work on this machine.")
    parser.add_argument("--keep", action="store_true", help="leave it running until Ctrl-C")
    parser.add_argument("--delay", default="4s", help="how long a lead waits (default 4s)")
    parser.add_argument("--seed", type=int, default=7, help="other people with the same samples")
    parser.add_argument("--data", type=Path, default=Path("demo-data"), help="the data folder")
    return parser.parse_args()


def _settings(folder: Path, slack: SlackInbox, delay: str, crm: DemoCrm) -> Settings:
    return msgspec.structs.replace(
        Settings(),
        data=folder,
        port=0,
        delay=DURATION.read(delay),
        slack_webhook_url=slack.webhook_url,
        slack_per_second=8.0,
        region="US",
        sources=DEMO_SOURCES,
        crm=crm.configs,
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
    out.print(f"Leadline takes webhooks at [bold]{supervisor.url}/webhook[/bold]")
    out.print(f"Alerts are shown at [bold]{slack.url}[/bold] and go nowhere else")
    out.print(f"A lead waits {arguments.delay} here, ten minutes by default\n")
    _wait_ready(supervisor.url)
    sent = _send(out, supervisor.url, samples(arguments.seed, datetime.now(UTC), supervisor.url))
    ledger = wiring.ledger(settings)
    late = crm.assign(ledger)
    out.print(f"\nThe CRM assigns owners meanwhile; {late} leads get theirs later")
    _watch(out, ledger, slack)
    corrected = _correct(out, crm, slack, late)
    account = ledger.account(deep=True)
    _alerts(out, slack)
    _summary(out, account, slack, sent)
    ledger.close()
    strangers = [s for s in sent if not s.as_told]
    for one in strangers:
        out.print(f"[bold]unexpected[/bold]: {one.sample.about} was answered {one.status}")
    if not arguments.keep:
        _next_steps(out, settings.data)
    return account.balanced and not strangers and corrected


class _Sent(msgspec.Struct, frozen=True):
    sample: Sample
    status: int
    leads: int

    @property
    def as_told(self) -> bool:
        return (self.status, self.leads) == (self.sample.status, self.sample.leads)


def _wait_ready(url: str) -> None:
    http = HttpClient(_PATIENCE_S)
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        answer = http.request("GET", f"{url}/readyz")
        if isinstance(answer, HttpReply) and answer.status == 200:
            return
        time.sleep(0.05)
    sys.exit("the server did not come up; see server.log in the data folder")


def _send(out: Console, url: str, deliveries: list[Sample]) -> list[_Sent]:
    """Post each delivery and print the response."""
    http = HttpClient(_PATIENCE_S)
    sent = []
    for sample in deliveries:
        answer = http.request("POST", url + sample.path, sample.body, dict(sample.headers))
        if isinstance(answer, NoReply):
            sys.exit(f"the server did not answer ({answer.reason}); see server.log")
        one = _Sent(sample, answer.status, _leads_in(answer.body, sample))
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
    deadline = time.monotonic() + _PATIENCE_S
    with Live(console=out, refresh_per_second=8) as live:
        while True:
            account = ledger.account()
            live.update(_numbers(ledger, account, slack))
            if not account.waiting + account.alerting or time.monotonic() > deadline:
                return
            time.sleep(_TURN_S)


def _correct(out: Console, crm: DemoCrm, slack: SlackInbox, late: int) -> bool:
    """Let the CRM assign the remaining owners, and wait until Slack has a message for each; returns
    whether it has."""
    crm.assign_the_rest()
    deadline = time.monotonic() + _PATIENCE_S
    while (told := _told_of_owners(slack)) < late and time.monotonic() < deadline:
        time.sleep(_TURN_S)
    out.print(f"\nThe rest got an owner after their alerts; Slack was told of {told} of {late}")
    return told == late


def _told_of_owners(slack: SlackInbox) -> int:
    payloads = [message["metadata"]["event_payload"] for message in slack.messages]
    return sum(str(payload["template"]).startswith("owner/") for payload in payloads)


def _numbers(ledger: Ledger, account: Account, slack: SlackInbox) -> Table:
    waiting = sum(b.waiting + b.leased for b in ledger.backlog(datetime.now(UTC)))
    drawn = Table.grid(padding=(0, 3))
    refined = account.alerted + account.alerting + account.alert_dead + account.quarantined
    drawn.add_row(
        f"captured {account.accepted - account.filtered - account.folded}",
        f"waiting {account.waiting}",
        f"refined {refined}",
        f"alerts {len(slack.messages)}",
        f"dead {account.dead + account.alert_dead}",
        f"tasks {waiting}",
    )
    return drawn


def _alerts(out: Console, slack: SlackInbox) -> None:
    """Print the first alert, and the first about a person who was seen before."""
    out.print("\n[bold]Two of the alerts, as Slack would show them[/bold]\n")
    kinds: dict[str, str] = {}
    for message in slack.messages:
        kinds.setdefault(message["metadata"]["event_type"], as_terminal(message))
    for text in list(kinds.values())[:2]:
        out.print(escape(text) + "\n")


def _summary(out: Console, account: Account, slack: SlackInbox, sent: list[_Sent]) -> None:
    drawn = Table(title="Every delivery accounted for", title_justify="left", box=None)
    drawn.add_column("what")
    drawn.add_column("count", justify="right")
    rejected = sum(s.status != 200 for s in sent)
    for what, number in (
        ("deliveries sent", len(sent)),
        ("  refused, not stored (bad signature)", rejected),
        ("  redelivered: already known, nothing done twice", account.redelivered),
        ("events stored", account.accepted),
        ("  updates folded into a waiting lead", account.folded),
        ("  no new lead (deleted, ping …)", account.filtered),
        ("  spam and tests, nobody alerted", account.quarantined),
        ("  dead letters: unreadable, or no contact data", account.dead + account.alert_dead),
        ("  refined and alerted", account.alerted),
        ("    of them people seen before", account.duplicates),
        ("messages in Slack", len(slack.messages)),
        ("unaccounted for", len(account.unaccounted)),
    ):
        drawn.add_row(what, str(number))
    out.print(drawn)


def _next_steps(out: Console, folder: Path) -> None:
    command = f".venv/bin/leadline --data {folder}"
    out.print("\n[bold]What to try next[/bold]")
    for line in (
        f"{command} leads                    every lead, newest first",
        f"{command} show ID                  one lead: raw, refined, what changed and why",
        f"{command} dead                     dead letters by reason",
        f"{command} verify --deep            account for every event",
        "make demo ARGS=--keep              leave it running and look at the alerts in a browser",
        ".venv/bin/leadline serve           the real thing (docs/tutorials/quickstart.md)",
    ):
        out.print("  " + line)


def _keep(out: Console, supervisor: Supervisor, slack: SlackInbox, folder: Path) -> None:
    secret = DEMO_SOURCES["generic"].secret[0]
    out.print(f"\nAlerts: [bold]{slack.url}[/bold]. Send one yourself:\n")
    out.print(
        f"  curl {supervisor.url}/webhook -H 'authorization: Bearer {secret}' \\\n"
        "    -H 'content-type: application/json' \\\n"
        """    -d '{"name": "Mirela Vance", "email": "mirela@example.com", "company": "Vance"}'"""
        "\n"
    )
    _next_steps(out, folder)
    out.print("\nCtrl-C ends it.")
    stop = threading.Event()
    children.stop_on_signal(stop.set)
    stop.wait()


if __name__ == "__main__":
    main()
