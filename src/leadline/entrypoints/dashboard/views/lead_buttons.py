"""What can be done with a lead as it is now: the buttons of its page."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from leadline.entrypoints.dashboard.actions.leads import ACTIONS
from leadline.entrypoints.dashboard.guarding.roles import Who
from leadline.entrypoints.dashboard.views.lead_view import LeadView
from leadline.model.handling import UNHANDLED, Ending
from leadline.operations.repair.replay import Start

_STARTS: Mapping[Start, str] = {
    Start.DEAD: "its dead letters",
    Start.REFINE: "refinement",
    Start.NOTIFY: "the alert",
    Start.CAPTURE: "capture",
}


class ButtonChoice(msgspec.Struct, frozen=True):
    """A field of a button's form: its name, its label and the values to choose from."""

    name: str
    label: str
    values: Sequence[tuple[str, str]]


class Button(msgspec.Struct, frozen=True):
    """A button: the action that it does, what it says, what that means, and what is chosen."""

    action: str
    label: str
    about: str
    choice: ButtonChoice | None = None
    is_dangerous: bool = False


def buttons_for(who: Who, view: LeadView, people: Sequence[str]) -> list[Button]:
    """The buttons for whoever looks at the lead; *people* are those of the settings."""
    allowed = {name for name, action in ACTIONS.items() if who.role >= action.lowest}
    return [one for one in _buttons(view, people) if one.action in allowed]


def _buttons(view: LeadView, people: Sequence[str]) -> Iterator[Button]:
    if view.is_waiting:
        yield _button("now")
        yield _button("release" if view.status == "held" else "hold")
    if view.lead is not None and view.lead.status == "refined":
        yield from _of_handling(view, people)
    if not view.is_waiting:
        yield _button("replay", ButtonChoice("from", "from", _starts(view)))


def _of_handling(view: LeadView, people: Sequence[str]) -> Iterator[Button]:
    handling = view.story.handling or UNHANDLED
    if handling.ending is Ending.JUNK:
        yield Button("claim", "No junk", "Take it back from junk.")
    elif handling.ending is Ending.OPEN:
        if handling.claimed_by is None:
            yield _button("claim")
        if people:
            yield _button("assign", ButtonChoice("person", "to", [(one, one) for one in people]))
        yield _button("junk", is_dangerous=True)
    if view.story.row.duplicate_of:
        yield _button("unlink", is_dangerous=True)


def _starts(view: LeadView) -> list[tuple[str, str]]:
    """The steps from which the lead can be done again, the likeliest first."""
    is_dead = any(one.state == "dead" for one in view.next)
    fits = {Start.DEAD: is_dead, Start.NOTIFY: view.lead is not None}
    return [(str(start), words) for start, words in _STARTS.items() if fits.get(start, True)]


def _button(name: str, choice: ButtonChoice | None = None, *, is_dangerous: bool = False) -> Button:
    action = ACTIONS[name]
    return Button(name, action.label, action.about, choice, is_dangerous)
