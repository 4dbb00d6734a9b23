"""One lead as its page shows it: what is stored, in the words and the order of the page.

Everything here comes from what the reader may see; only the times are measured by the whole lead.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import msgspec

from leadline.alerts.wording.likeness import (
    origin_in_words,
    percent,
    reasons_in_words,
    same_person_words,
)
from leadline.alerts.wording.lookups import origin_of_value
from leadline.alerts.wording.problems import in_words
from leadline.alerts.wording.words import is_link
from leadline.entrypoints.dashboard.showing.filters import indented
from leadline.entrypoints.dashboard.views.lead_labels import LABELS, label_of_field
from leadline.entrypoints.dashboard.views.timeline_words import happening_words
from leadline.entrypoints.dashboard.views.written_fields import WrittenField, written_fields
from leadline.entrypoints.reason_words import later_words, passed_words, whose_lines
from leadline.model.facts.conversions import Pushed
from leadline.model.facts.enrichment import FILLED
from leadline.model.handling import UNHANDLED
from leadline.model.lead import RefinedLead
from leadline.model.monitoring.event_notes import NOT_READ
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.personal_data.retiring import RETIRED_WORDS
from leadline.model.staff.people import Person
from leadline.model.task import Step
from leadline.operations.figures.speed import Judge, Speed, speed_of
from leadline.operations.repair.waits import is_on_hold
from leadline.operations.rules.names_in_stories import people_named_in
from leadline.operations.rules.reasons import Reasons, kept_reasons, people_of_teams
from leadline.ports.reading.ledger import Followed, LeadStory, TaskRow
from leadline.settings.top.general import Settings

_ENRICHED = "enriched."


class ShownField(msgspec.Struct, frozen=True):
    """A field of the refined lead; `origin` says from which other lead its value came, or which
    provider knew it."""

    label: str
    value: str
    origin: str = ""
    origin_id: str = ""
    link: str = ""


class Line(msgspec.Struct, frozen=True):
    """A line of the timeline, with its code."""

    at: datetime
    what: str
    detail: str
    code: str


class Next(msgspec.Struct, frozen=True):
    """A step that is still to be done, or is dead."""

    task: TaskRow
    state: str


class Rule(msgspec.Struct, frozen=True):
    """A rule that was looked at: the condition that the lead did not meet, and what it does."""

    name: str
    failed: str
    does: str


class OtherLead(msgspec.Struct, frozen=True):
    """Another lead of the person, or one that may be, with the evidence."""

    lead_id: str
    what: str
    why: str = ""


class LeadView(msgspec.Struct, frozen=True, kw_only=True):
    """A lead for its page. `speed` are its own times; `rules` are those that were tried, `people`
    why it is not theirs."""

    story: LeadStory
    title: str
    status: str
    lead: RefinedLead | None
    fields: Sequence[ShownField]
    details: Sequence[ShownField]
    custom: str
    raw: str
    raw_note: str
    timeline: Sequence[Line]
    next: Sequence[Next]
    speed: Speed
    reasons: Reasons
    whose: Sequence[str]
    rules: Sequence[Rule]
    people: Sequence[tuple[str, str]]
    later: Sequence[tuple[datetime, str]]
    others: Sequence[OtherLead]
    problems: Sequence[str]
    handled: Sequence[tuple[str, str, datetime | None]]
    written: Sequence[WrittenField]
    pushed: Sequence[tuple[str, Pushed]]

    @property
    def is_waiting(self) -> bool:
        """Whether the lead waits to be refined."""
        return self.status in ("waiting", "held")


def refined_in_story(story: LeadStory) -> RefinedLead | None:
    """The refined lead; None if there is none, or it is damaged."""
    if story.refined is None:
        return None
    return msgspec.json.decode(bytes(story.refined), type=RefinedLead)


def times_of(story: LeadStory, judge: Judge) -> Speed:
    """The times of one lead, as figures of a single one."""
    lead = refined_in_story(story)
    if lead is None:
        return speed_of((), judge)
    told = min((one.sent_at for one in story.alerts if one.step is Step.NOTIFY), default=None)
    moved = any(one.what.startswith("wait.") for one in story.timeline)
    return speed_of([Followed(lead, story.handling or UNHANDLED, told, moved)], judge)


def lead_view(
    story: LeadStory, speed: Speed, known: Settings | None, when: Callable[[datetime], str]
) -> LeadView:
    """The lead as it is shown. *known* are the settings, if they can be read; *when* writes times
    in sentences."""
    lead = refined_in_story(story)
    reasons = kept_reasons(story, people_of_teams(known) if known else {})
    raw, note = _raw(story)
    held = any(map(is_on_hold, story.tasks))
    names = people_named_in(story)
    fields = list(_fields(lead)) if lead else []
    return LeadView(
        story=story,
        title=story.row.name or story.row.company or story.row.email or "Lead without a name",
        status="held" if held else str(story.row.status),
        lead=lead,
        fields=[one for key, one in fields if key in LABELS],
        details=[one for key, one in fields if key not in LABELS],
        custom=indented(msgspec.json.encode(lead.custom)) if lead and lead.custom else "",
        raw=raw,
        raw_note=note,
        timeline=[Line(h.at, *happening_words(h, names), h.what) for h in story.timeline],
        next=[Next(task, _state(task)) for task in story.tasks],
        speed=speed,
        reasons=reasons,
        whose=list(whose_lines(reasons, when)),
        rules=list(_rules(reasons)),
        people=[(one.person, passed_words(one)) for one in reasons.people],
        later=[(one.at, later_words(one)) for one in reasons.later],
        others=list(_others(story, reasons)),
        problems=[in_words(code) for code in reasons.problems],
        handled=list(_handled(story)),
        written=list(written_fields(story, lead, known)),
        pushed=[
            (name, one)
            for name, told in (story.handling or UNHANDLED).pushed.items()
            for one in told
        ],
    )


def _fields(lead: RefinedLead) -> Iterator[tuple[str, ShownField]]:
    values = {**msgspec.structs.asdict(lead.contact), **msgspec.structs.asdict(lead.lead_details)}
    told = msgspec.structs.asdict(lead.attribution) if lead.attribution else {}
    known = lead.enrichment.values if lead.enrichment is not None else {}
    looked_up = {n if n in FILLED else f"{_ENRICHED}{n}": one for n, one in known.items()}
    more = {n: one.value for n, one in looked_up.items() if n.startswith(_ENRICHED)}
    ordered = {**dict.fromkeys(LABELS), **values, **told, **more}
    for name, value in ordered.items():
        if value is None or value == "":
            continue
        text = f"{value:g}" if isinstance(value, float) else str(value)
        origin = lead.filled.get(name)
        found = looked_up.get(name)
        is_found = found is not None and found.value == value
        words = origin_of_value(found, _day) if found is not None and is_found else ""
        yield (
            name,
            ShownField(
                label_of_field(name.removeprefix(_ENRICHED)),
                text,
                origin_in_words(origin) if origin else words,
                origin.lead_id if origin else "",
                text if name in ("website", "crm_url") and is_link(text) else "",
            ),
        )
    for name, arm in lead.experiments.items():
        yield name, ShownField(f"Experiment {name}", arm)


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _raw(story: LeadStory) -> tuple[str, str]:
    """What was sent, and what is to be said about it."""
    raw = bytes(story.raw)
    if any(task.reason == NOT_READ for task in story.tasks):
        return "", "It could not be read."
    if raw == RETIRED_WORDS:
        return "", "It was deleted by retention."
    if raw == ERASED_WORDS:
        return "", "It was erased for the sake of privacy."
    return indented(raw), ""


def _state(task: TaskRow) -> str:
    if task.dead_at:
        return "dead"
    if is_on_hold(task):
        return "held"
    return "at work" if task.leased else "waiting"


def _rules(reasons: Reasons) -> Iterator[Rule]:
    decision = reasons.decision
    if decision is None:
        return
    acts = (("assigns it", decision.rule), ("decides who is alerted", decision.channels_rule))
    for looked in decision.rules:
        does = [words for words, rule in acts if looked.rule == rule and not looked.failed]
        yield Rule(looked.rule, looked.failed, " and ".join(does))


def _others(story: LeadStory, reasons: Reasons) -> Iterator[OtherLead]:
    if (first := reasons.duplicate_of) is not None:
        known = first.probability is not None
        why = same_person_words(first.probability or 0, first.reasons) if known else ""
        yield OtherLead(first.lead_id, "first lead of this person", why)
    elif story.row.duplicate_of:
        yield OtherLead(story.row.duplicate_of, "first lead of this person")
    for later in story.repeated_by:
        yield OtherLead(later, "later lead of this person")
    for maybe in reasons.possible:
        chance = f"maybe the same person ({percent(maybe.probability)})"
        yield OtherLead(maybe.lead_id, chance, reasons_in_words(maybe.reasons))


def _handled(story: LeadStory) -> Iterator[tuple[str, str, datetime | None]]:
    """What people and the CRM did: what, who, and when."""
    handling = story.handling
    if handling is None:
        return
    if handling.owner is not None or handling.ownership:
        yield "Owner", _shown(handling.owner) or str(handling.ownership), None
    if handling.queued is not None:
        yield "In the queue", f"of the team {handling.queued.team}", handling.queued.since
    if handling.claimed_at is not None:
        yield "Claimed", _shown(handling.claimed_by), handling.claimed_at
    if handling.snoozed_until is not None:
        yield "Snoozed until", "", handling.snoozed_until
    if handling.touched_at is not None:
        yield "First response", "", handling.touched_at
    if handling.level:
        yield "Steps of its target passed", str(handling.level), None
    if handling.ending:
        yield f"Ended: {handling.ending}", _shown(handling.ended_by), handling.ended_at
    if handling.gone:
        yield "Its record is gone", handling.gone, None


def _shown(person: Person | None) -> str:
    return person.shown if person else ""
