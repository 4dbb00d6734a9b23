"""The documents in which it is remembered what was given to whom: which of them a decision reads,
and their JSON."""

from collections.abc import Collection, Iterable, Mapping

import msgspec

from leadline.model.facts.likeness import Traits
from leadline.model.keys import key_digest
from leadline.model.lead import RefinedLead
from leadline.model.staff.assigning import (
    Absence,
    Absences,
    AccountOwner,
    Documents,
    Kept,
    Rewrite,
    TeamRoster,
)
from leadline.model.staff.learned import TeamWins
from leadline.ports.store_parts.assigning import ABSENCES, account_of, roster_of, wins_of
from leadline.team.giving.asking import Books
from leadline.team.giving.teams import Teams

_ROSTER, _ACCOUNT, _WINS = roster_of(""), "account:", wins_of("")


def account_names(lead: RefinedLead, traits: Traits | None = None) -> tuple[str, ...]:
    """The names of the documents of a lead's company: by its business domain, and by its name
    without the legal form. Empty for people of no company that is known."""
    if traits is None:
        from leadline.duplicates.traits import traits_of  # imported here: most presses need none

        traits = traits_of(lead)
    domain = lead.contact.company_domain or ""
    parts = (("domain", domain), ("company", traits.company))
    return tuple(account_of(key_digest("account", how, one.encode())) for how, one in parts if one)


def reads_of(teams: Teams, team: str, accounts: Iterable[str] = ()) -> tuple[str, ...]:
    """The documents that a decision for a team reads; none without a team."""
    chain = teams.chain(team)
    if not chain:
        return ()
    config = teams.of(team)
    sticks = config is not None and config.sticky == "company"
    learning = (wins_of(one) for one in chain if teams.learns(one))
    return (ABSENCES, *map(roster_of, chain), *learning, *(accounts if sticks else ()))


def books_of(documents: Documents) -> Books:
    """The documents, read."""
    rosters, accounts, wins = {}, {}, {}
    absences: Mapping[str, Absence] = {}
    for name, body in documents.items():
        if name == ABSENCES:
            absences = msgspec.json.decode(body, type=Absences).people
        elif name.startswith(_ROSTER):
            rosters[name.removeprefix(_ROSTER)] = msgspec.json.decode(body, type=TeamRoster)
        elif name.startswith(_ACCOUNT):
            accounts[name] = msgspec.json.decode(body, type=AccountOwner)
        elif name.startswith(_WINS):
            wins[name.removeprefix(_WINS)] = msgspec.json.decode(body, type=TeamWins)
    return Books(rosters, accounts, absences, wins)


def bodies(
    rosters: Mapping[str, TeamRoster], accounts: Mapping[str, AccountOwner]
) -> dict[str, bytes]:
    """The documents of these rosters and accounts."""
    written = {roster_of(team): msgspec.json.encode(one) for team, one in rosters.items()}
    return written | {name: msgspec.json.encode(one) for name, one in accounts.items()}


def documents_in(kept: Mapping[str, Kept], names: Collection[str] | None = None) -> Documents:
    """The JSON of documents as stored, without those that do not exist yet."""
    return {
        name: one.body
        for name, one in kept.items()
        if one.body and (names is None or name in names)
    }


def rewrites(kept: Mapping[str, Kept], written: Documents) -> dict[str, Rewrite]:
    """The changes of documents as they were seen."""
    return {n: Rewrite(kept[n], body) for n, body in written.items() if body != kept[n].body}
