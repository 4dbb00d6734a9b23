"""Rules that are tried before they are live: what commands and the dashboard have in common.

Nothing is stored, sent or asked.
"""

from collections.abc import Iterator

import msgspec

from leadline import wiring
from leadline.alerts.wording.decision_words import because
from leadline.entrypoints.reason_words import people_lines, rules_lines
from leadline.journey.backtest.cleaning import TriedSettings
from leadline.journey.backtest.course import Result
from leadline.journey.refinement.explaining import Explained, explain
from leadline.kit import Kit
from leadline.model.errors import LeadlineError
from leadline.model.lead import CapturedLead, Kind
from leadline.operations.rules.reasons import people_asked, people_of_teams
from leadline.ports.clock import Clock, wall_clock
from leadline.ports.store import Waiting
from leadline.settings.top.general import Settings
from leadline.team.matching.rules import own_team
from leadline.vendors.registry import find

NOBODY_GETS_IT = "nobody"
NO_CHANNEL = "no channel"


def reading_kit(settings: Settings, clock: Clock = wall_clock) -> Kit:
    """A kit that reads leads by these settings, with a store in memory, and neither asks nor alerts
    anybody: no secret is needed."""
    bare = msgspec.structs.replace(settings, slack_webhook_url="", channels={}, rules={})
    store, names = wiring.in_memory(bare, clock).store, wiring.channels_on_demand(settings)
    return msgspec.structs.replace(wiring.kit_of(settings, store, names, clock), crms={})


def side_of(settings: Settings) -> TriedSettings:
    """Settings with a kit that reads leads by them."""
    return TriedSettings(settings, reading_kit(settings))


def media_type_of(source: str, body: bytes) -> str:
    """The content type of a body of this source, guessed from its beginning."""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:2]
    if start.startswith((b"{", b"[")):
        return "application/json"
    if start.startswith(b"--"):
        boundary = body.lstrip().split(b"\n", 1)[0].strip()[2:].decode("latin-1")
        return f"multipart/form-data; boundary={boundary}"
    if start.startswith(b"<"):
        return "text/xml"
    return find(source).media[0]


def explained(kit: Kit, settings: Settings, lead: CapturedLead) -> Explained | str:
    """What becomes of one event, or why it makes no lead."""
    if lead.kind is Kind.IGNORED:
        return f"no new lead: {lead.why}"
    whys = (lead.why,) if lead.why else ()
    one = Waiting(lead.id, lead.source, lead.captured_at, lead.raw, lead.record, whys=whys)
    try:
        return explain(kit, one, asks_crm=lead.source in settings.crm)
    except LeadlineError as error:
        return f"would be a dead letter: {error.detail or error.title}"


def explained_lines(settings: Settings, one: Explained | str) -> Iterator[str]:
    """What becomes of an event by the rules, in lines for people."""
    if isinstance(one, str):
        yield one
        return
    lead, decision = one.lead, one.lead.decision
    if lead.status != "refined":
        yield f"It would be {lead.status}: {', '.join(lead.problems)}. No rule is asked."
        return
    if decision is None:
        owner = lead.lead_details.owner
        yield f"{owner} would own it, as its sender says." if owner else "Nobody would own it."
        yield "There are no rules."
    else:
        yield because(decision)
        yield from rules_lines(decision)
    yield from people_lines(people_asked(decision, people_of_teams(settings)))
    yield f"Channels: {', '.join(one.channels) or 'none'}."
    if (first := lead.duplicate_of) is not None:
        yield f"Seen before as {first.lead_id}."
    yield from one.unknown


def difference_in_words(result: Result, what: str) -> str:
    """What of a result differs (`DIFFERENCES`), in words."""
    match what:
        case "owner":
            parts = (result.team, result.rule and own_team(result.rule))
            by = ", ".join(dict.fromkeys(part for part in parts if part))
            return f"{result.owner or NOBODY_GETS_IT}{f' ({by})' if by else ''}"
        case "score":
            return "no score" if result.score is None else f"{result.score:g}"
        case "duplicate":
            return result.duplicate_of or "no duplicate"
        case "channels":
            return ", ".join(result.channels) or NO_CHANNEL
    return result.status
