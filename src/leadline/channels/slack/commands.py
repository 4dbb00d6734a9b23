"""The slash command in Slack: lists the user's open leads, or unassigned ones, takes the next one
of a queue, and says who is away."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from leadline.channels.slack.answers import (
    MOST_LISTED,
    answer_to_one,
    command_help,
    lead_list,
)
from leadline.channels.slack.messages import Message
from leadline.channels.slack.presence import PRESENCE, answer_of_presence, unknown_user
from leadline.channels.slack.requests import SlashCommand
from leadline.journey.responding.claiming import (
    CLAIM,
    ActionRules,
    ActionStore,
    Press,
    press,
    presser,
)
from leadline.model.handling import UNHANDLED, Ending
from leadline.model.staff.people import Person
from leadline.model.texts.links import Links
from leadline.ports.channel import Notice
from leadline.team.people import Team

_MOST = 50
MINE = "mine"
"""The command that stands for one without a word."""
WORDS = (*PRESENCE, "next", MINE, "unassigned", "help")
"""All commands."""


def answer_command(
    store: ActionStore,
    team: Team,
    links: Links,
    command: SlashCommand,
    now: datetime,
    unowned: Callable[[], Sequence[str]],
    rules: ActionRules = ActionRules(),  # noqa: B008 - it never changes
) -> Message:
    """The answer to a command; *unowned* returns the ids of the newest leads without an owner."""
    word, _, rest = command.text.partition(" ")
    if word in PRESENCE:
        return answer_of_presence(store, team, rules, command.user, (word, rest), now)
    match command.text:
        case "next":
            return _next(store, team, links, rules, command.user, now)
        case "" | "mine":
            ids = open_leads_of(store, team, command.user)
            notices = _notices(store, links, ids[:MOST_LISTED], now)
            hidden = len(ids) - len(notices)
            return lead_list("Your Open Leads", notices, hidden, "You have no open leads.")
        case "unassigned":
            notices = _notices(store, links, _open_to_all(store, unowned()), now)
            free = [notice for notice in notices if notice.holder is None]
            return lead_list("Unassigned Leads", free, 0, "All leads are assigned.")
        case "help":
            return command_help()
        case other:
            return command_help(other)


def _next(
    store: ActionStore,
    team: Team,
    links: Links,
    rules: ActionRules,
    user: Person,
    now: datetime,
) -> Message:
    """The user claims the first lead in the queue of a team of theirs."""
    name = team.name_of(presser(team, user))
    if not name:
        return unknown_user(user, "it does not know your teams")
    for queue in rules.teams.having(name):
        for lead_id in store.queue_of(queue, _MOST):
            wanted = Press(action=CLAIM, lead_id=lead_id, user=user, how="next")
            if press(store, team, wanted, now, rules).changed:
                return lead_list("Your Next Lead", _notices(store, links, [lead_id], now), 0, "")
    return answer_to_one("No lead waits in the queues of your teams.")


def open_leads_of(store: ActionStore, team: Team, user: Person) -> Sequence[str]:
    """The ids of a user's open leads, newest first. They are found by all ids and addresses that
    the team's settings have for the user."""
    who = presser(team, user)
    known_as = team.name_of(who)
    member = team.members.get(known_as)
    names = [who.slack, who.email.lower(), *(member.crm if member is not None else ())]
    found = {i for name in dict.fromkeys(names) if name for i in store.work_list(name, _MOST)}
    handled = store.handling(sorted(found)) if found else {}
    mine = [i for i in found if _is_holder(handled.get(i, UNHANDLED).holder, who, team, known_as)]
    return sorted(mine, reverse=True)  # ids grow with the time of capture


def _is_holder(holder: Person | None, who: Person, team: Team, known_as: str) -> bool:
    """Whether this user holds the lead. Ids alone do not decide that: two CRMs may give the same id
    to different people."""
    if holder is None:
        return False
    return holder.slack == who.slack or bool(known_as and team.name_of(holder) == known_as)


def _open_to_all(store: ActionStore, ids: Sequence[str]) -> list[str]:
    """Those of these leads that are open and have no holder, at most `MOST_LISTED`."""
    handled = store.handling(ids) if ids else {}
    free = (
        i
        for i in ids
        if (one := handled.get(i, UNHANDLED)).ending is Ending.OPEN and one.holder is None
    )
    return list(free)[:MOST_LISTED]


def _notices(store: ActionStore, links: Links, ids: Iterable[str], now: datetime) -> list[Notice]:
    wanted = list(ids)
    leads = store.refined(wanted) if wanted else {}
    handled = store.handling(wanted) if wanted else {}
    return [
        Notice(
            lead=leads[i],
            now=now,
            handling=handled.get(i, UNHANDLED),
            links=links,
        )
        for i in wanted
        if i in leads
    ]
