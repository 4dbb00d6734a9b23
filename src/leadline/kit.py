"""`Kit`: the store, destinations, CRMs and policies that all steps use; `wiring` creates it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from leadline.duplicates.policy import DuplicatePolicy
from leadline.model.errors import ConfigurationError
from leadline.model.facts.likeness import KNOWN_PERSON
from leadline.model.facts.score import LeadScore
from leadline.model.lead import RefinedLead
from leadline.model.monitoring.attempts import (
    KEPT,
    MOST_EXCHANGES,
    AttemptRecord,
    KeptAttempt,
    Tried,
    result_of,
)
from leadline.model.monitoring.event_notes import WORKER_DIED
from leadline.model.personal_data.suppression import MARK, UNREAD
from leadline.model.retry import LookUpPolicy, RetryPolicy
from leadline.model.staff.people import Person
from leadline.model.task import Drop, Lease, Outcome, Retry, Step
from leadline.model.texts.links import Links
from leadline.ports.channel import Channel
from leadline.ports.clock import Clock
from leadline.ports.crm import Crm
from leadline.ports.source import Source
from leadline.ports.store import Among, Settlement, Store
from leadline.settings.connected.crm import AnyCrmConfig
from leadline.settings.team.teams import TeamConfig
from leadline.team.giving.teams import Teams
from leadline.team.matching.routing import Routes
from leadline.team.matching.rules import Looked
from leadline.team.people import Team
from leadline.team.targets import Targets

if TYPE_CHECKING:  # no function on AWS needs them, or few installations have them
    from leadline.experiments.record import Design
    from leadline.ports.ad_network import AdNetwork
    from leadline.ports.enriching import FactProvider
    from leadline.ports.personal_data.audit import AuditLog
    from leadline.ports.personal_data.erasures import Erasures
    from leadline.ports.reading.arrivals import ArrivalBook
    from leadline.ports.store_parts.troubles import TroubleBook
    from leadline.privacy.hashes import PrivacyKey
    from leadline.settings.connected.outcomes import OutcomesConfig

log = logging.getLogger(__name__)


def _nobody(lead_id: str) -> None:
    """Ignore the id: the default of `Kit.report_current`."""
    del lead_id


class Connected(msgspec.Struct, frozen=True):
    """A CRM with its settings."""

    crm: Crm
    config: AnyCrmConfig


class Kit(msgspec.Struct, frozen=True):
    """The adapters and policies that steps use.

    `chance` returns random numbers in [0, 1) for jitter. `channels` are the destinations by name,
    among which `routes` choose; `crms` are the CRMs by source. `region` is the country of phone
    numbers without a country code. `interactive` is whether Slack's button presses reach Leadline.
    `report_current` is called with the id of the lead that is refined next, and with "" afterwards,
    so that a supervisor knows on which lead a worker hangs. `among` are the sources whose leads are
    leased for steps that may ask a CRM; None for all. `most_deaths` is how many unfinished attempts
    at a refinement are allowed: it waits for nothing but CRMs, whose calls have timeouts, so an
    attempt that did not finish alone will not finish later, and blocks a worker for a whole lease.
    `troubles` takes reports of what operators must know; None where nothing tells them.
    `arrivals` counts what each source sends; None where nothing watches that. `duplicates` says how
    duplicates are found, and what is done with them. `pools` are the teams of the settings, to
    which rules give leads. `erasures` keeps tombstones of people who are erased, with hashes by
    `privacy_key`, which is read or made when it is first needed; None where no key can be had.
    `audit` takes who did what; None where nothing keeps that. `suppressed` is what is done with
    leads on the suppression list (`model.personal_data.suppression`). `scorer` says what a refined
    lead is worth (None: nothing can be said of this one); None where the settings score no leads.
    `delay` is how long leads wait whose source has no time of its own. `experiments` are those of
    the settings. `outcomes` are the settings of the ad networks that are told what became of leads,
    `ad_networks` the networks themselves, by the same names. `attempts_kept` is how many attempts
    of a task are kept with what was sent and answered (`model.monitoring.attempts`); 0 for none.
    `enrichers` are the providers of facts by name, in the order in which they are asked,
    `enrichment_wait` is how long alerts wait for them.
    """

    store: Store
    sources: Mapping[str, Source]
    channels: Mapping[str, Channel]
    clock: Clock
    chance: Callable[[], float]
    retry: RetryPolicy = RetryPolicy()
    lease_duration: timedelta = timedelta(seconds=60)
    region: str = ""
    links: Links = Links()
    crms: Mapping[str, Connected] = {}
    routes: Routes = Routes()
    team: Team = Team()
    targets: Targets = Targets()
    look_ups: LookUpPolicy = LookUpPolicy()
    interactive: bool = False
    report_current: Callable[[str], None] = _nobody
    among: Among | None = None
    most_deaths: int = 3
    troubles: "TroubleBook | None" = None
    arrivals: "ArrivalBook | None" = None
    duplicates: DuplicatePolicy = DuplicatePolicy()
    pools: Mapping[str, TeamConfig] = {}
    erasures: "Erasures | None" = None
    privacy_key: "Callable[[], PrivacyKey] | None" = None
    audit: "AuditLog | None" = None
    suppressed: str = MARK
    experiments: "Mapping[str, Design]" = {}
    scorer: Callable[[RefinedLead], LeadScore | None] | None = None
    delay: timedelta = timedelta(minutes=10)
    outcomes: "Mapping[str, OutcomesConfig]" = {}
    ad_networks: "Mapping[str, AdNetwork]" = {}
    attempts_kept: int = KEPT
    enrichers: "Mapping[str, FactProvider]" = {}
    enrichment_wait: timedelta = timedelta(seconds=2)

    @property
    def teams(self) -> Teams:
        """The teams to which rules give leads, with those of rules with `assign`."""
        return Teams(self.pools, self.routes.rules, self.team.members, self.routes.hours)


EMBEDDED_DEATHS = 5
"""`Kit.most_deaths` of an embedded installation, whose processes also die for other reasons: while
a CRM is down its breaker gives each of them the same lead to try."""


def exhausted(kit: Kit, lease: Lease) -> Drop | None:
    """The dead letter of a task that has failed too often, such as one that kills its workers; None
    if it may be tried."""
    step, unfinished = lease.task.step, lease.error == WORKER_DIED
    most = kit.retry.attempts
    if unfinished and step is Step.REFINE:
        most = min(most, kit.most_deaths)
    if lease.failures < most:
        return None
    if not unfinished:
        return Drop(f"{step}.gave_up", lease.error)
    duration = f"{kit.lease_duration.total_seconds():g} s"
    attempts = f"{lease.failures} attempt{'' if lease.failures == 1 else 's'}"
    words = (
        f"never finished within its lease of {duration}, in {attempts}; "
        "its worker died or was killed"
    )
    return Drop(f"{step}.never_finished", words)


def retry_or_drop(kit: Kit, lease: Lease, why: str) -> Retry | Drop:
    """The outcome of a failed task: a retry, or a dead letter after too many failures."""
    pause = kit.retry.after(lease.failures + 1, kit.chance())
    if pause is None:
        return Drop(f"{lease.task.step}.gave_up", why)
    return Retry(pause, why=why)


def settle(
    kit: Kit,
    leases: Sequence[Lease],
    outcomes: Sequence[Outcome],
    tried: Mapping[str, Tried] = {},
) -> None:
    """Let the store carry out the outcomes, and write a log line for each. *tried* is what was
    asked of a destination or CRM, by lead id."""
    pairs = list(zip(leases, outcomes, strict=True))
    carried_out = kit.store.settle(
        [Settlement(c, o, _record(kit, c, o, tried.get(c.task.lead_id))) for c, o in pairs]
    )
    if not log.isEnabledFor(logging.INFO):
        return
    now = kit.clock()
    for (lease, outcome), done in zip(pairs, carried_out, strict=True):
        what = type(outcome).__name__.lower() if done else "given_back"
        extra = {
            "lead": lease.task.lead_id,
            "attempt": lease.attempt,
            "late_s": round((now - lease.due_at).total_seconds(), 3),
        }
        if isinstance(outcome, Drop):
            extra["reason"] = outcome.reason
        log.info(f"{lease.task.step}.{what}", extra=extra)


def _record(kit: Kit, lease: Lease, outcome: Outcome, tried: Tried | None) -> KeptAttempt | None:
    if tried is None or not kit.attempts_kept or not (tried.exchanges or tried.fields):
        return None
    step, channel, result = lease.task.step, lease.task.channel, result_of(outcome)
    exchanges = tried.exchanges[-MOST_EXCHANGES:]
    record = AttemptRecord(
        step, channel, lease.attempt, kit.clock(), result, exchanges, tried.fields
    )
    return KeptAttempt(record, kit.attempts_kept)


def as_suppressed(kit: Kit, leads: Mapping[str, RefinedLead]) -> Mapping[str, RefinedLead]:
    """These leads by id, marked as the suppression list has them now (`privacy.suppressing`)."""
    if kit.privacy_key is None or not leads or not kit.store.may_suppress():
        return leads
    from leadline.privacy.suppressing import mark_suppressed  # few installations have a list

    try:
        key = kit.privacy_key()
        if kit.store.suppression_key() not in (None, key.id):
            raise ConfigurationError("the suppression list was written with another privacy key")
    except ConfigurationError as error:
        log.error("suppression.unread", extra={"error": error.detail})
        return {
            i: msgspec.structs.replace(lead, problems=tuple(sorted({*lead.problems, UNREAD})))
            for i, lead in leads.items()
        }
    return mark_suppressed(leads, key, kit.store.suppressed, kit.suppressed)


def known(kit: Kit, person: Person) -> Person:
    """The person with missing fields filled in from `[people]`."""
    return kit.team.known(person) if kit.team.members else person


def next_person(kit: Kit, holder: Person | None) -> Person | None:
    """The person to whom the leads of *holder* escalate; None if there is none."""
    if holder is None:
        return None
    member = kit.team.members.get(kit.team.name_of(holder))
    return kit.team.person(member.next) if member is not None and member.next else None


def channels_for(kit: Kit, lead: RefinedLead) -> tuple[str, ...]:
    """The channels to alert; all of them if there are neither rules nor usual channels, unless
    nobody is to be alerted to a duplicate. None for somebody whom the CRM has known before."""
    if KNOWN_PERSON in lead.problems:
        return ()
    if not kit.routes.rules and not kit.routes.usual and not kit.routes.is_silent(lead):
        return tuple(kit.channels)
    return channels_by(kit, kit.routes.look(lead, kit.clock()), lead)


def channels_by(kit: Kit, looked: Looked, lead: RefinedLead) -> tuple[str, ...]:
    """The channels to alert by what the rules say of the lead."""
    return tuple(n for n in kit.routes.channels_of(looked, lead) if n in kit.channels)
