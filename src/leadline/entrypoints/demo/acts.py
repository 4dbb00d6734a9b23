"""What people and the CRM do in the demo: a claim, a reminder, a late owner, a write-back."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import msgspec

from leadline.journey.responding.claiming import CLAIM
from leadline.ports.reading.ledger import LeadFilter, Ledger
from leadline.settings.team.people import MemberConfig
from leadline.settings.team.rules import RuleConfig
from leadline.settings.team.targets import TargetConfig
from leadline.settings.team.teams import TeamConfig
from leadline.settings.top.score import PointsConfig
from leadline.standins.demo_crm import ASSIGNING, SELLERS, DemoCrm
from leadline.standins.samples import DEMO_SOURCES
from leadline.standins.slack_inbox import SlackInbox
from leadline.standins.slack_shown import PagePress

SIGNING_SECRET = "leadline-demo-signing-secret"  # noqa: S105 - of a server that ends with the demo
PATIENCE_S = 60.0
TURN_S = 0.15

_CLAIMED, _REMINDED = "close", "pipedrive"
_AFTER_ALERT = timedelta(seconds=6)
_NEVER = timedelta(days=1)


def slack_id(seller: str) -> str:
    """The Slack user id of a seller."""
    return f"U0{seller.split()[0].upper()}"


def sellers() -> dict[str, MemberConfig]:
    """The settings `[people.NAME]` of the sellers."""
    return {
        name.split()[0].lower(): MemberConfig(
            email=f"{name.split()[0].lower()}@example.com", slack=slack_id(name)
        )
        for name in SELLERS
    }


def targets(delay: timedelta) -> dict[str, TargetConfig]:
    """The settings `[targets.NAME]`: a reminder shortly after the alert, for one source."""
    soon = delay + _AFTER_ALERT
    return {
        "soon": TargetConfig(
            sources=(_REMINDED,), first_response=soon, remind=soon, escalate=soon + _NEVER
        )
    }


def teams() -> dict[str, TeamConfig]:
    """The settings `[teams.NAME]`: leads that no CRM knows are shared out among two teams."""
    first, second, third = sellers()
    return {
        "inbound": TeamConfig(
            people=(first, second),
            order="weight",
            weights=(f"{first}=2",),
            fallback="partners",
            sticky="person",  # all samples are of one company
        ),
        "partners": TeamConfig(people=(third,), fallback="queue"),
    }


def rules() -> dict[str, RuleConfig]:
    """The settings `[rules.NAME]`, by which the teams are given leads."""
    others = tuple(one for one in DEMO_SOURCES if one not in ASSIGNING)
    return {
        "partners": RuleConfig(sources=("web_to_lead", "typeform"), team="partners"),
        "others": RuleConfig(sources=others, team="inbound"),
    }


def points_of_scores() -> dict[str, PointsConfig]:
    """The settings `[score.points.NAME]`."""
    return {
        "company": PointsConfig(
            when=("email_kind = business",), points=30, say="writes from a company's address"
        ),
        "phone": PointsConfig(
            when=("phone is not empty",), points=20, say="can be called", kind="intent"
        ),
        "message": PointsConfig(
            when=("message is not empty",), points=20, say="says what for", kind="intent"
        ),
    }


class Acts:
    """Does them, each until the stand-in for Slack or the CRM shows it; `done` has what was seen,
    in words, and `missed` what did not come in time."""

    def __init__(self, ledger: Ledger, slack: SlackInbox, crm: DemoCrm) -> None:
        self._ledger = ledger
        self._slack = slack
        self._crm = crm
        self.done: list[str] = []
        self.missed: list[str] = []

    def correct(self, late: int) -> None:
        """Let the CRM assign the remaining *late* owners."""
        self._crm.assign_the_rest()
        words = f"The CRM assigned {late} owners after the alerts, and Slack was told"
        self._await(lambda: len([*_told(self._slack, "owner/")]) >= late, words)

    def claim(self) -> None:
        """Let a seller press Claim, and the CRM be told."""
        (row,) = self._ledger.find(LeadFilter(source=_CLAIMED))
        seller = SELLERS[0]
        alerts = enumerate(self._slack.messages)  # none was changed yet: they are in this order
        number = next((n for n, m in alerts if _payload(m).get("lead_id") == row.lead_id), -1)
        self._slack.press(PagePress(number, CLAIM, row.lead_id, slack_id(seller)))
        self._await(
            lambda: any(m.get("replace_original") for m in list(self._slack.messages)),
            f"{seller} pressed Claim, and the message shows who has the lead",
        )
        story = self._ledger.story(row.lead_id)
        record = (story.record if story is not None else None) or ""
        written = self._await(
            lambda: "claimed_by" in self._crm.document(record),
            f"{_CLAIMED.title()}'s stand-in was told of the phone number and the claim:",
        )
        if written:
            self.done[-1] += " " + msgspec.json.encode(self._crm.document(record)).decode()

    def remind(self) -> None:
        """Wait for the reminder of the lead that nobody touches."""
        words = "Nobody touched one lead, so its owner was reminded"
        self._await(lambda: any(_told(self._slack, "reminder/")), words)

    def _await(self, condition: Callable[[], bool], words: str) -> bool:
        deadline = time.monotonic() + PATIENCE_S
        while not (held := condition()) and time.monotonic() < deadline:
            time.sleep(TURN_S)
        (self.done if held else self.missed).append(words)
        return held


def _told(slack: SlackInbox, template: str) -> Iterator[Mapping[str, Any]]:
    """The messages of a kind."""
    for message in list(slack.messages):
        if str(_payload(message).get("template", "")).startswith(template):
            yield message


def _payload(message: Mapping[str, Any]) -> Mapping[str, Any]:
    payload: Mapping[str, Any] = message.get("metadata", {}).get("event_payload", {})
    return payload
