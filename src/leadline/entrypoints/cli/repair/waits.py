"""Time: one lead's wait (`wait`, `hold`, `release`), and how fast leads are answered (`speed`)."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple

import msgspec
import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._choosing import LEAD_HELP, ask_to_change, no_such_lead, whole_id
from leadline.entrypoints.cli._options import Json, Yes
from leadline.entrypoints.cli._show import (
    as_json,
    console,
    point_in_time,
    print_plain,
    say,
    table,
    when,
)
from leadline.installations.serving import serving
from leadline.model.lead import Status
from leadline.model.task import ON_HOLD_UNTIL
from leadline.operations.figures.speed import Speed, Spread, as_rows, judge_by, speed_of
from leadline.operations.repair.waits import change_wait, end_of_wait, is_on_hold, wait_of
from leadline.ports.installation import Installation
from leadline.ports.reading.ledger import LeadFilter, LeadStory, TaskRow
from leadline.settings.notation.notations import DURATION
from leadline.settings.top.general import Settings

Lead = Annotated[str, typer.Argument(help=LEAD_HELP)]

_EVERY = 1 << 40


@app.command()
def wait(
    context: typer.Context,
    lead: Lead,
    duration: Annotated[
        str, typer.Argument(help="Time from now, such as 30m; `now` ends the wait.")
    ],
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Change how long one lead waits before it is refined.

    Example: leadline wait 5f1c09ab now
    """
    now = datetime.now(UTC)
    try:
        span = DURATION.read("0" if duration.strip().lower() == "now" else duration)
    except ValueError:
        raise typer.BadParameter(
            f"{duration!r} is not a duration; write now, or a time from now: 90s, 30m, 2h, 1d"
        ) from None
    note = "moved cli" if span else "ended cli"
    ask = Asking("Change its wait?" if span else "End its wait now?", yes=yes)
    _change(context, lead, lambda *_: (now + span, note), ask, json=json)


@app.command()
def hold(context: typer.Context, lead: Lead, yes: Yes = False, json: Json = False) -> None:
    """Put one waiting lead on hold until it is released.

    Example: leadline hold 5f1c09ab
    """
    ask = Asking("Put it on hold?", yes=yes)
    _change(context, lead, lambda *_: (ON_HOLD_UNTIL, "held cli"), ask, json=json)


@app.command()
def release(context: typer.Context, lead: Lead, yes: Yes = False, json: Json = False) -> None:
    """Release a lead on hold; it is refined when its wait ends, or at once if that is past.

    Example: leadline release 5f1c09ab
    """
    now = datetime.now(UTC)

    def when_due(story: LeadStory, waits: TaskRow, settings: Settings) -> tuple[datetime, str]:
        if not is_on_hold(waits):
            say(f"lead {story.row.lead_id} is not on hold; it is due {when(waits.due_at)}")
            raise typer.Exit(1)
        delay = _delay_of(context.obj, story.row.source, settings)
        return end_of_wait(story.row.captured_at, delay, now), "released cli"

    _change(context, lead, when_due, Asking("Release it?", yes=yes), json=json)


@app.command()
def speed(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(help="Captured at or after this time, such as 2026-03-02 or 7d.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Only leads of this source.")] = None,
    owner: Annotated[
        str | None,
        typer.Option(help="Only leads of this owner: a name in [people], an e-mail or a CRM id."),
    ] = None,
    json: Json = False,
) -> None:
    """Show response times: until the owner was known, the alert, and the first response.

    Example: leadline speed --since 7d
    """
    options: Options = context.obj
    settings = options.installation.loaded().settings
    judge = judge_by(settings, datetime.now(UTC))
    which = LeadFilter(source=source, since=point_in_time(since), limit=_EVERY)
    ledger = options.installation.ledger()
    figures = speed_of(ledger.followed(which), judge, owner or "")
    ledger.close()
    if json:
        as_json(_with_share(figures))
    else:
        _print_speed(figures)


WhenDue = Callable[[LeadStory, TaskRow, Settings], tuple[datetime, str]]
"""Returns the new due time of a lead, and the note for its timeline."""


class Asking(NamedTuple):
    """The question before a change, and whether it is answered already."""

    question: str
    yes: bool


def _change(
    context: typer.Context, lead: str, when_due: WhenDue, ask: Asking, *, json: bool
) -> None:
    """Change the wait of a lead that still waits, and print when it is due now; exits with 1 for
    any other lead."""
    options: Options = context.obj
    installation, now = options.installation, datetime.now(UTC)
    with closing(installation.ledger()) as ledger:
        lead_id = whole_id(options, ledger, lead)
        story = ledger.story(lead_id)
        if story is None:
            raise no_such_lead(options, lead)
        waits = wait_of(story)
        if waits is None:
            say(_why_not(story))
            raise typer.Exit(1)
        due_at, note = when_due(story, waits, installation.loaded().settings)
        on_hold = due_at >= ON_HOLD_UNTIL
        is_so = on_hold and is_on_hold(waits)
        if not is_so:
            ask_to_change(options, ledger, [lead_id], ask.question, yes=ask.yes)
    if not is_so:
        _move(installation, lead_id, due_at, note, now)
    if json:
        as_json({"lead_id": lead_id, "held": on_hold, "due_at": None if on_hold else due_at})
    elif on_hold:
        print_plain(f"lead {lead_id} is on hold; `leadline release {lead_id}` releases it")
    else:
        print_plain(f"lead {lead_id} is due {when(max(due_at, now))}")


def _move(
    installation: Installation, lead_id: str, due_at: datetime, note: str, now: datetime
) -> None:
    """Change the wait; exits with 1 if the lead no longer waits."""
    with closing(installation.store()) as store:
        moved = change_wait(store, lead_id, due_at, note, now)
    if not moved:
        say(f"lead {lead_id} has just been refined; it no longer waits")
        raise typer.Exit(1)


def _delay_of(options: Options, source: str, settings: Settings) -> timedelta:
    """How long a lead of this source waits: by the settings of the running server, if one runs."""
    running = None if options.aws is not None else serving(settings.data)
    if running is not None:
        return running.delay_of(source)
    config = settings.sources.get(source)
    own = config.delay if config else None
    return settings.delay if own is None else own


def _why_not(story: LeadStory) -> str:
    """The reason why a lead does not wait."""
    row = story.row
    if row.status is Status.DEAD:
        return f"lead {row.lead_id} is a dead letter; `leadline replay {row.lead_id}` retries it"
    if story.refined is not None:
        return f"lead {row.lead_id} is already {row.status}; its wait is over"
    return f"{row.lead_id} is not a waiting lead: it was {row.status} {row.why}".rstrip()


def _with_share(found: Speed) -> dict[str, object]:
    """The figures as data, with the share of leads answered in time."""
    data: dict[str, object] = msgspec.structs.asdict(found)
    owners = {name: _with_share(figures) for name, figures in found.by_owner.items()}
    data.pop("by_owner")
    return {
        **data,
        "share_in_time": found.share_in_time,
        **({"by_owner": owners} if owners else {}),
    }


def _print_speed(figures: Speed) -> None:
    if not figures.leads:
        print_plain("no leads")
        return
    table(
        ("", "leads", "half within", "90 %", "95 %"),
        [(what, one.count, *_spans(one)) for what, one in as_rows(figures)],
        empty="",
    )
    out = console()
    out.print(
        f"\n{figures.leads} leads, {figures.told} alerted, {figures.touched} with a first response"
    )
    if figures.in_time or figures.late or figures.pending:
        out.print(_in_words(figures))
    if len(figures.by_owner) > 1:
        out.print("\nby owner, from the alert to the first touch:")
        table(
            ("owner", "leads", "touched", "half within", "90 %", "95 %", "in time"),
            [
                (name, one.leads, one.touched, *_spans(one.human), _percent(one))
                for name, one in figures.by_owner.items()
            ],
            empty="",
        )


def _in_words(figures: Speed) -> str:
    pending = f"; {figures.pending} not due yet" if figures.pending else ""
    decided = figures.in_time + figures.late
    share = f" ({_percent(figures)})" if decided else ""
    return f"answered within target: {figures.in_time} of {decided}{share}{pending}"


def _percent(figures: Speed) -> str:
    share = figures.share_in_time
    return "" if share is None else f"{share:.0%}"


def _spans(one: Spread) -> tuple[str, str, str]:
    return _span(one.p50), _span(one.p90), _span(one.p95)


def _span(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
