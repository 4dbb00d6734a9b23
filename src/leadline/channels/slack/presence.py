"""`/leads away` and `/leads back`: people say in Slack that they are away."""

from datetime import datetime

from leadline.alerts.wording.decision_words import absent_words
from leadline.channels.slack import pieces
from leadline.channels.slack.answers import answer_to_one
from leadline.channels.slack.messages import Message
from leadline.journey.assigning.absences import come_back, go_away
from leadline.journey.responding.claiming import ActionRules, ActionStore, presser
from leadline.model.staff.people import Person
from leadline.team.giving.absence_words import end_of_absence
from leadline.team.giving.presence import absent_why
from leadline.team.giving.teams import Teams
from leadline.team.hours import zone_of
from leadline.team.people import Team

PRESENCE = ("away", "back")
"""The commands that this module answers."""


def answer_of_presence(
    store: ActionStore,
    team: Team,
    rules: ActionRules,
    user: Person,
    command: tuple[str, str],
    now: datetime,
) -> Message:
    """The answer to a command, given as its first word and the rest, once it is carried out."""
    who = presser(team, user)
    name = team.name_of(who)
    if not name:
        return unknown_user(user, "it does not know who is away")
    word, rest = command
    if word == "back":
        return answer_to_one(_back(store, rules.teams, name, now))
    try:
        return answer_to_one(_away(store, team, rules.teams, name, rest, now))
    except ValueError as error:
        return answer_to_one(pieces.shown(str(error), limit=300))


def unknown_user(user: Person, so: str) -> Message:
    """The answer to somebody who is not in the settings, with what follows from that."""
    slack = pieces.shown(user.slack, limit=40)
    return answer_to_one(
        f"Your Slack id `{slack}` is nobody's in Leadline's settings (`[people]`), so {so}."
    )


def _away(
    store: ActionStore, team: Team, teams: Teams, name: str, words: str, now: datetime
) -> str:
    zone = team.members[name].zone
    end = end_of_absence(words, zone, now)
    go_away(store, name, now, end, f"slack {team.members[name].slack}")
    until = f"until {_day(end, zone)}" if end is not None else "until you are back"
    handed = [
        one for one in teams.having(name) if (c := teams.of(one)) is not None and c.hand_on == "yes"
    ]
    more = f" Your open leads of {', '.join(handed)} are given to others." if handed else ""
    return f"You are away {until}: no team gives you leads.{more} `/leads back` ends that."


def _back(store: ActionStore, teams: Teams, name: str, now: datetime) -> str:
    ended = come_back(store, teams, name, now)
    attendance = teams.attendance(name, {})
    why = absent_why(name, attendance, now) if attendance is not None else None
    if why is not None and why.why == "away":
        until = absent_words(why)
        return f"By the settings you are {until}. Ask whoever runs Leadline to change that."
    return "You are back: your teams give you leads again." if ended else "You were not away."


def _day(at: datetime, zone: str) -> str:
    """A moment in somebody's time zone: "Monday, 2026-12-07 00:00 (Europe/Berlin)"."""
    return f"{at.astimezone(zone_of(zone)):%A, %Y-%m-%d %H:%M} ({zone or 'UTC'})"
