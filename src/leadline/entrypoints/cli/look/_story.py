"""Printing one lead for people.

What a sender wrote is printed as `Text`, never as rich's markup: that could raise an error, and
escaping it takes a time quadratic in the number of backslashes.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadline.alerts.wording.decision_words import because
from leadline.alerts.wording.likeness import (
    origin_in_words,
    percent,
    reasons_in_words,
    same_person_words,
)
from leadline.alerts.wording.lookups import origin_of_value
from leadline.alerts.wording.words import OWNER_CLAIMED
from leadline.entrypoints.cli._show import when
from leadline.entrypoints.reason_words import score_lines
from leadline.entrypoints.timeline_details import detail_in_words
from leadline.model.facts.corrected_events import CORRECTED_BY
from leadline.model.facts.enrichment import FILLED
from leadline.model.facts.likeness import Possible
from leadline.model.handling import Handling
from leadline.model.lead import Fate, Kind, RefinedLead
from leadline.model.monitoring.attempts import FieldWrite
from leadline.model.monitoring.event_notes import NOT_READ
from leadline.model.personal_data.retiring import RETIRED_WORDS, DataKind, note_on
from leadline.model.staff.people import Person
from leadline.model.task import ON_HOLD, event_name
from leadline.model.texts.harmless_texts import escaped_json, in_lines
from leadline.operations.repair.waits import is_on_hold
from leadline.operations.rules.names_in_stories import people_named_in
from leadline.operations.watching.attempts import before_in_words, fields_before
from leadline.ports.reading.ledger import Happening, LeadStory, RelatedEvent, TaskRow
from leadline.refine.emails.slips import suggested_address

_NOTHING = "—"
_FILTERED = f"event.{Fate.FILTERED}"
_LABELS = {"owner_claimed": OWNER_CLAIMED.lower(), "lead_score": "sender's score"}


def print_story(out: Console, story: LeadStory) -> None:
    """Print everything that is known about one lead."""
    row = story.row
    refined = _refined(story)
    status = ON_HOLD if any(map(is_on_hold, story.tasks)) else row.status
    if row.why.startswith(CORRECTED_BY):  # an event of its own, whose status is filtered
        status = "corrected"
    _title(out, f"Lead {row.lead_id}", f"  {status}  from {row.source}")
    if row.duplicate_of:
        out.print(_text(_seen_before(row.duplicate_of, refined)), soft_wrap=True)
    for later in story.repeated_by:
        out.print(f"seen again as {later}")
    for possible in refined.possible if refined else ():
        out.print(_text(_possible(possible)), soft_wrap=True)
    if refined is not None:
        _print_refined(out, refined)
    for line in _held(story):
        out.print(_text(line), soft_wrap=True)
    if story.handling is not None:
        _print_handling(out, story.handling, story)
    _print_messages(out, story)
    _title(out, "\nRaw")
    out.print(_raw(story), soft_wrap=True)
    for event in story.related:
        _title(out, f"\nEvent {event.lead_id}", f"  {_fate(event)}")
        out.print(Text(_indented(bytes(event.raw))), soft_wrap=True)
    _title(out, "\nTimeline")
    names = people_named_in(story)
    for happened in story.timeline:
        detail = detail_in_words(happened, names)
        told = f"  {when(happened.at)}  {_what(happened)}  {detail}"
        out.print(_text(told.rstrip()), soft_wrap=True)
    _print_next(out, story.tasks)


def _fate(event: RelatedEvent) -> str:
    """What became of an event of the lead's record; of a correction, who made it and of what."""
    if event.kind == Kind.CORRECTED:
        return event.why
    return f"{event.kind}, {event.fate} {event.why}"


def _print_messages(out: Console, story: LeadStory) -> None:
    if story.alerts:
        _title(out, "\nMessages")
    for alert in story.alerts:
        words = (event_name(alert.step), alert.channel, alert.template, alert.ref)
        out.print(_text(f"  {when(alert.sent_at)}  {'  '.join(filter(None, words))}"))


def _held(story: LeadStory) -> Iterator[str]:
    """The legal hold that the lead is under, if it is."""
    if (hold := story.hold) is not None:
        yield f"\nUnder a legal hold since {when(hold.since)}, by {hold.by}: {hold.why}"


def _what(happened: Happening) -> str:
    """The code of a note; a correction is an event that makes no lead, but nobody filtered it."""
    is_correction = happened.detail.startswith(CORRECTED_BY)
    return "event.corrected" if is_correction and happened.what == _FILTERED else happened.what


def _seen_before(first: str, lead: RefinedLead | None) -> str:
    """The first lead of the same person, and why it is the same."""
    link = lead.duplicate_of if lead is not None else None
    if link is None or link.probability is None:
        return f"seen before as {first}"
    return f"seen before as {first}: {same_person_words(link.probability, link.reasons)}"


def _possible(one: Possible) -> str:
    why = reasons_in_words(one.reasons)
    return f"may be the same person as {one.lead_id} ({percent(one.probability)}): {why}"


def _print_next(out: Console, tasks: Sequence[TaskRow]) -> None:
    if tasks:
        _title(out, "\nNext")
    for task in tasks:
        out.print(_text(f"  {_next(task)}"))


def _next(task: TaskRow) -> str:
    """A step that is still to be done, or will not be: told apart from what has happened."""
    if task.dead_at:
        state = f"dead since {when(task.dead_at)}"
    elif is_on_hold(task):
        state = ON_HOLD
    else:
        state = f"{'at work until' if task.leased else 'due at'} {when(task.due_at)}"
    step = f"{task.step} {task.channel}".rstrip()
    told = f"{state}  {', '.join(filter(None, (step, task.reason, _failed(task.failures))))}"
    return f"{told}: {task.error}" if task.error else told


def _failed(failures: int) -> str:
    """How many attempts failed. How many there were says nothing: replays and changes of the wait
    count as attempts, too."""
    return (
        "1 failed attempt" if failures == 1 else f"{failures} failed attempts" if failures else ""
    )


def _raw(story: LeadStory) -> Text:
    if any(task.reason == NOT_READ for task in story.tasks):
        command = f"leadline show {story.row.lead_id} --body"
        return Text(f"could not be read; `{command}` writes the bytes that were delivered")
    if bytes(story.raw) == RETIRED_WORDS:
        return Text(f"deleted by retention{_deleted_on(story)}")
    return Text(_indented(bytes(story.raw)))


def _deleted_on(story: LeadStory) -> str:
    """When retention deleted what was sent."""
    notes = (note_on(DataKind.RAW), note_on(DataKind.DEAD))
    times = [one.at for one in story.timeline if one.what in notes]
    return f" on {when(times[0])}" if times else ""


def _text(text: str) -> Text:
    return Text(in_lines(text))


def _title(out: Console, title: str, rest: str = "") -> None:
    out.print(Text.assemble((in_lines(title), "bold"), in_lines(rest)))


def _refined(story: LeadStory) -> RefinedLead | None:
    if story.refined is None:
        return None
    return msgspec.json.decode(bytes(story.refined), type=RefinedLead)


def _experiments(lead: RefinedLead) -> Iterator[str]:
    """The experiments that the lead takes part in, each with its arm."""
    for name, arm in lead.experiments.items():
        yield f"  in the experiment {name} with the arm {arm}"


def _print_refined(out: Console, lead: RefinedLead) -> None:
    _title(out, "\nRefined")
    drawn = Table(box=None, show_header=False, pad_edge=False)
    data = {**msgspec.structs.asdict(lead.contact), **msgspec.structs.asdict(lead.lead_details)}
    for name, value in data.items():
        if value is not None:
            origin = lead.filled.get(name)
            mark = f"  ({origin_in_words(origin)}, {origin.lead_id})" if origin else ""
            drawn.add_row(f"  {_LABELS.get(name, name)}", _text(f"{value}{mark}"))
    for name, value in (*_attribution(lead), *_looked_up(lead)):
        drawn.add_row(f"  {name}", _text(value))
    out.print(drawn)
    for line in (*_consents(lead), *_experiments(lead)):
        out.print(_text(line), soft_wrap=True)
    if lead.decision is not None:
        out.print(_text(f"  {because(lead.decision)}"), soft_wrap=True)
    for line in score_lines(lead.score) if lead.score else ():
        out.print(_text(f"  {line}"), soft_wrap=True)
    _print_problems(out, lead)
    if lead.changes:
        _title(out, "\nChanges")
    for change in lead.changes:
        before, after = (_NOTHING if v is None else repr(v) for v in (change.before, change.after))
        altered = f"  {change.field}: {before} → {after}  ({change.rule})"
        out.print(_text(altered), soft_wrap=True)


def _print_problems(out: Console, lead: RefinedLead) -> None:
    if lead.problems:
        out.print(_text(f"  problems: {', '.join(lead.problems)}"))
    is_suspect = "email.suspect_domain" in lead.problems
    if is_suspect and (meant := suggested_address(lead.contact.email or "")):
        out.print(_text(f"  perhaps meant: {meant}"))


def _looked_up(lead: RefinedLead) -> Iterator[tuple[str, str]]:
    """What was looked up, with where it comes from."""
    found = lead.enrichment
    for name, one in found.values.items() if found is not None else ():
        shown = name if name in FILLED else f"enriched.{name}"
        yield shown, f"{one.value}  ({origin_of_value(one, when)})"


def _attribution(lead: RefinedLead) -> Iterator[tuple[str, str]]:
    """The UTM parameters and click ids that the lead has."""
    told = msgspec.structs.asdict(lead.attribution) if lead.attribution is not None else {}
    return ((name, value) for name, value in told.items() if value is not None)


def _consents(lead: RefinedLead) -> Iterator[str]:
    """What is known of consent, purpose by purpose."""
    for purpose, said in lead.consent.items():
        of = f", lead {said.lead_id}" if said.lead_id else ""
        text = f": {said.text}" if said.text else ""
        at = f" {when(said.at)}" if said.at is not None else ""
        yield f"  consent to {purpose}: {said.value} ({said.source}{text}{at}{of})"


def _print_handling(out: Console, handling: Handling, story: LeadStory) -> None:
    _title(out, "\nHandled")
    drawn = Table(box=None, show_header=False, pad_edge=False)
    for name, value in _handled(handling, fields_before(story)):
        if value:
            drawn.add_row(_text(f"  {name}"), _text(value))
    out.print(drawn)


def _handled(handling: Handling, there: Mapping[str, FieldWrite]) -> Iterator[tuple[str, str]]:
    yield "owner", _person(handling.owner) or handling.ownership
    if (queued := handling.queued) is not None:
        yield "in the queue", f"of the team {queued.team} since {when(queued.since)}"
    yield "claimed", _by(handling.claimed_by, handling.claimed_at)
    yield "snoozed until", when(handling.snoozed_until)
    yield "first response", when(handling.touched_at)
    yield "steps of its target passed", str(handling.level or "")
    if handling.ending:
        yield handling.ending, _by(handling.ended_by, handling.ended_at) or "yes"
    for name, value in handling.written.items():
        before = f"  (before: {before_in_words(there[name])})" if name in there else ""
        yield f"written to {name}", f"{value}{before}"
    for name, told in handling.pushed.items():
        for one in told:
            yield f"told {name}", f"{one.stage} as {one.name} {when(one.sent_at)}"


def _person(person: Person | None) -> str:
    return person.shown if person else ""


def _by(person: Person | None, at: datetime | None) -> str:
    return f"{_person(person)} {when(at)}".strip()


def _indented(raw: bytes) -> str:
    try:
        text = msgspec.json.format(raw, indent=2).decode()
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        text = raw.decode(errors="replace")
    return escaped_json(text)
