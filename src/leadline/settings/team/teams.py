"""`[teams.NAME]`: people among whom leads are given out, and how."""

from datetime import timedelta

from leadline.settings.declaration import SettingsStruct, optional, setting
from leadline.settings.notation.lists import CREDITS, KINDS
from leadline.settings.notation.notations import (
    PERIOD,
    TEXT,
    WORDS,
    choice,
    number_between,
    whole_number,
)

_MOST = whole_number(1, 100_000)


class TeamConfig(SettingsStruct, frozen=True):
    """A team (`[teams.NAME]`), to which a rule gives leads without an owner."""

    people: tuple[str, ...] = setting(
        "", "The people among whom leads are given out (names from `[people]`).", WORDS
    )
    order: str = setting(
        "turn",
        "Who is next: by `turn`, equally; by `weight`, in the shares of `weights`; "
        "`least_open`, who has the fewest open leads of the team; or `learned`, who is likely to "
        "win the lead by those before, with a `floor` for everybody.",
        choice("turn", "weight", "least_open", "learned"),
    )
    weights: tuple[str, ...] = setting(
        "",
        'The shares for `order = "weight"`, such as ada=2 bob=1; people without one have 1.',
        WORDS,
    )
    floor: float = setting(
        "0.2",
        'With `order = "learned"`: the share of the leads that is given out by even turns all the '
        "same, so that everybody gets some and can be compared.",
        number_between(0.05, 1),
    )
    kinds: tuple[str, ...] = setting(
        "",
        'With `order = "learned"`: by what leads are told apart, of `score`, `country`, `source`; '
        "empty: all leads are of one kind.",
        KINDS,
    )
    within: timedelta = setting(
        "30d",
        'With `order = "learned"`: the time in which a lead must be won to count as won; younger '
        "ones do not count.",
        PERIOD,
    )
    cap_day: int | None = optional("The most leads for each person on a day.", _MOST)
    cap_week: int | None = optional("The most leads for each person in a week.", _MOST)
    cap_open: int | None = optional("The most open leads of the team for each person.", _MOST)
    hours: str = setting(
        "", "The hours in which leads are given out (a name from `[hours]`); empty: always.", TEXT
    )
    fallback: str = setting(
        "",
        "Where leads go if nobody can take them: a team, a person or a channel. `queue` lets them "
        "wait in the team's queue.",
        TEXT,
    )
    sticky: str = setting(
        "company",
        "Who has had the `person` before gets their next leads; with `company`, also leads of "
        "colleagues (the same business domain or company); `no` for neither.",
        choice("person", "company", "no"),
    )
    sticky_for: timedelta = setting(
        "365d", "How long after an earlier lead the next one still goes to the same person.", PERIOD
    )
    sticky_pays: str = setting(
        "yes",
        "Whether leads that people get without their turn (returning people, colleagues, owners "
        "named by the CRM) count as theirs.",
        choice("yes", "no"),
    )
    credit: tuple[str, ...] = setting(
        "", "Which leads cost no turn: `junk`, `duplicates`.", CREDITS
    )
    catch_up: str = setting(
        "no",
        "Whether somebody who comes back gets the leads that they missed.",
        choice("yes", "no"),
    )
    hand_on: str = setting(
        "no",
        "Whether the open leads of somebody who is away are given to others of the team.",
        choice("yes", "no"),
    )
    channel: str = setting(
        "", "The team's channel, which is told that a lead waits in its queue.", TEXT
    )
