"""What the demo prints about its leads."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from leadline.alerts.wording.decision_words import because
from leadline.model.staff.assigning import Decision
from leadline.ports.reading.ledger import Account, LeadFilter, Ledger
from leadline.standins.samples import Sample
from leadline.standins.slack_inbox import SlackInbox
from leadline.standins.slack_page import as_terminal

_MOST_SHARED = 200
_SHOWN = ("new_lead", "seen_before", "lead_reminder")


class _Decided(msgspec.Struct, frozen=True):
    """The part of a refined document that says whose the lead is."""

    decision: Decision | None = None


class SentSample(msgspec.Struct, frozen=True):
    """A sample that was sent, the status of the answer, and how many leads it named."""

    sample: Sample
    status: int
    leads: int

    @property
    def as_told(self) -> bool:
        """Whether the answer is the expected one."""
        return (self.status, self.leads) == (self.sample.status, self.sample.leads)


def numbers(ledger: Ledger, account: Account, slack: SlackInbox) -> Table:
    """The numbers of now, on one line."""
    waiting = sum(b.waiting + b.leased for b in ledger.backlog(datetime.now(UTC)))
    drawn = Table.grid(padding=(0, 3))
    refined = account.alerted + account.alerting + account.alert_dead + account.quarantined
    drawn.add_row(
        f"captured {account.accepted - account.filtered - account.folded}",
        f"waiting {account.waiting}",
        f"refined {refined}",
        f"messages {len(slack.messages)}",
        f"dead {account.dead + account.alert_dead}",
        f"tasks {waiting}",
    )
    return drawn


def alerts(out: Console, slack: SlackInbox) -> None:
    """Print the newest alert, alert of a person seen before, and reminder."""
    out.print("\n[bold]Some of the messages, as Slack would show them[/bold]\n")
    kinds: dict[str, str] = {}
    for message in slack.messages:
        if (kind := message.get("metadata", {}).get("event_type")) in _SHOWN:
            kinds[kind] = as_terminal(message)
    for text in kinds.values():
        out.print(escape(text) + "\n")


def shared_out(out: Console, ledger: Ledger) -> None:
    """Print who got the leads that no CRM knows, and why."""
    drawn = Table(title="Who got it, and why", title_justify="left", box=None)
    for heading in ("from", "who", "why"):
        drawn.add_column(heading)
    for row in reversed(ledger.find(LeadFilter(limit=_MOST_SHARED))):
        story = ledger.story(row.lead_id)
        refined = story.refined if story is not None else None
        decision = msgspec.json.decode(refined, type=_Decided).decision if refined else None
        if decision is not None and decision.team and decision.how not in ("crm", "sender"):
            who = decision.person or "nobody yet"
            drawn.add_row(row.source, escape(who), escape(because(decision)))
    out.print(drawn)
    out.print()


def print_summary(
    out: Console, account: Account, slack: SlackInbox, sent: Sequence[SentSample]
) -> None:
    """Print the account of every delivery."""
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
        ("messages in Slack, with changes and answers", len(slack.messages)),
        ("unaccounted for", len(account.unaccounted)),
    ):
        drawn.add_row(what, str(number))
    out.print(drawn)


def next_steps(out: Console, folder: Path) -> None:
    """Print what to try next."""
    command = f".venv/bin/leadline --data {folder}"
    out.print("\n[bold]What to try next[/bold]")
    rows = (
        (f"{command} leads", "every lead, newest first"),
        (f"{command} show ID", "one lead: raw, refined, what changed and why"),
        (f"{command} dead", "dead letters by reason"),
        (f"{command} verify --deep", "account for every event"),
        (f"{command} dashboard", "all of it in a browser"),
        ("make demo ARGS=--keep", "leave it running, and press buttons in a browser"),
        (".venv/bin/leadline init", "the real thing (docs/tutorials/quickstart.md)"),
    )
    width = max(len(shown) for shown, _ in rows)
    for shown, why in rows:
        out.print(f"  {shown:{width}}  {why}")
