"""Creates all adapters from the settings, and puts them together.

What is put together is imported where it is created, to keep cold starts short: functions on AWS,
for instance, don't need SQLite, and Refine captures nothing."""

# Long because this is the one place where adapters are created.

import random
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from leadline.model.errors import UnknownSource
from leadline.plugins import is_source, source_names
from leadline.ports.clock import Clock, wall_clock
from leadline.ports.source import Source
from leadline.ports.store import Store
from leadline.settings.connected.sources import SourceConfig
from leadline.settings.top.general import Settings
from leadline.stores.key_file import remembering_erased
from leadline.vendors.registry import find

if TYPE_CHECKING:
    from leadline.experiments.designing import LeftOut
    from leadline.experiments.record import Design
    from leadline.journey.receiving.capture import CaptureKit
    from leadline.journey.refinement.scoring import Scorer
    from leadline.journey.trials.arm_models import FixedModels
    from leadline.kit import Connected, Kit
    from leadline.model.texts.links import Links
    from leadline.model.texts.record_links import RecordLinks
    from leadline.ports.ad_network import AdNetwork
    from leadline.ports.channel import Channel
    from leadline.ports.enriching import FactProvider
    from leadline.ports.tokens import TokenCheck
    from leadline.stores.audit_file import AuditFile
    from leadline.stores.sqlite.reading.ledger import SqliteLedger
    from leadline.stores.sqlite.store import SqliteStore
    from leadline.team.matching.routing import Routes


class _Sources(Mapping[str, Source]):
    def __init__(self, settings: Settings, only: tuple[str, ...] = ()) -> None:
        self._settings = settings
        self._only = only
        self._made: dict[str, Source] = {}

    def __getitem__(self, name: str) -> Source:
        if name not in self._made:
            if self._only and name not in self._only:
                raise KeyError(name)
            try:
                kind = find(name)
            except UnknownSource:
                raise KeyError(name) from None
            self._made[name] = kind(self._settings.sources.get(name, SourceConfig()))
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._made or (name in self._only if self._only else is_source(str(name)))

    def __iter__(self) -> Iterator[str]:
        return iter(self._only or source_names())

    def __len__(self) -> int:
        return len(self._only or source_names())


def sources(settings: Settings) -> Mapping[str, Source]:
    """Every source by name, each created with its settings when it is first used."""
    return _Sources(settings)


def capture_kit(settings: Settings, *, believe_all: bool = False) -> "CaptureKit":
    """The parts for capture; *believe_all* ignores the secrets, for previews."""
    if believe_all:
        given, replace = settings.sources, msgspec.structs.replace
        none = {"secret": (), "organization": (), "oauth_issuer": ""}
        bare = {name: replace(one, **none) for name, one in given.items()}
        settings = replace(settings, sources=bare)
    return _capture_kit(settings, sources(settings))


def webhook_kit(settings: Settings, tokens: "TokenCheck | None" = None) -> "CaptureKit":
    """The parts for capturing webhooks, limited to `only_sources` if that is set. *tokens* checks
    access tokens; by default, a check of its own is created if a source demands one."""
    kit = _capture_kit(settings, _Sources(settings, settings.only_sources))
    if demands_tokens(settings):
        kit = msgspec.structs.replace(kit, tokens=tokens or access_tokens())
    return kit


def demands_tokens(settings: Settings) -> bool:
    """Whether a source demands access tokens."""
    return any(source.oauth_issuer for source in settings.sources.values())


def access_tokens() -> "TokenCheck":
    """The check of access tokens, which keeps the keys of their issuers."""
    from leadline.net.oauth.tokens import AccessTokens

    return AccessTokens()


def _capture_kit(settings: Settings, senders: Mapping[str, Source]) -> "CaptureKit":
    from leadline.journey.receiving.capture import CaptureKit
    from leadline.model.bounds import Bounds

    bounds = Bounds(settings.max_events, settings.max_stored)
    return CaptureKit(
        senders, settings.delay, bounds, settings.redelivery_window,
        first_look=settings.looks_first,
    )  # fmt: skip


def channels(settings: Settings, longest: float = 3600) -> "dict[str, Channel]":
    """The channels by name; empty if none is set. One message may take *longest* seconds."""
    if not _has_channels(settings):
        return {}
    from leadline.channels.registry import channel_configs, make_channel

    configs = channel_configs(settings)
    return {name: make_channel(name, c, settings, longest) for name, c in configs.items()}


def _has_channels(settings: Settings) -> bool:
    """Whether there is any channel; without channels none of their modules is imported."""
    return bool(settings.slack_webhook_url or settings.channels)


class _OnDemand(Mapping[str, "Channel"]):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._names: tuple[str, ...] = ()
        if _has_channels(settings):
            from leadline.channels.registry import channel_configs

            self._names = tuple(channel_configs(settings))

    def __getitem__(self, name: str) -> "Channel":
        return channels(self._settings)[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def channels_on_demand(settings: Settings) -> "Mapping[str, Channel]":
    """The channels by name, for processes that schedule alerts but send none: a channel and its
    HTTP client are created when they are first used."""
    return _OnDemand(settings)


class _Crms(Mapping[str, "Connected"]):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._made: dict[str, Connected] = {}

    def __getitem__(self, source: str) -> "Connected":
        if source not in self._made:
            config = self._settings.crm[source]
            from leadline.kit import Connected
            from leadline.vendors.registry import make_crm

            self._made[source] = Connected(make_crm(source, config), config)
        return self._made[source]

    def __iter__(self) -> Iterator[str]:
        return iter(self._settings.crm)

    def __len__(self) -> int:
        return len(self._settings.crm)


def crms(settings: Settings) -> "Mapping[str, Connected]":
    """The CRMs by source; each is created, with its HTTP client, when it is first used, which
    raises ConfigurationError if one of its settings is missing."""
    return _Crms(settings)


class _AdNetworks(Mapping[str, "AdNetwork"]):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._made: dict[str, AdNetwork] = {}

    def __getitem__(self, name: str) -> "AdNetwork":
        if name not in self._made:
            config = self._settings.outcomes[name]
            from leadline.conversions.registry import make_ad_network

            self._made[name] = make_ad_network(name, config)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._settings.outcomes)

    def __len__(self) -> int:
        return len(self._settings.outcomes)


def ad_networks(settings: Settings) -> "Mapping[str, AdNetwork]":
    """The ad networks by name; each is created when it is first used, which raises
    ConfigurationError if one of its settings is missing."""
    return _AdNetworks(settings)


class _RecordLinks(Mapping[str, "RecordLinks"]):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __getitem__(self, source: str) -> "RecordLinks":
        from leadline.model.texts.record_links import RecordLinks

        if not is_source(source):
            raise KeyError(source)
        config = self._settings.sources.get(source, SourceConfig())
        crm = self._settings.crm.get(source)
        kinds = {source, (crm and crm.kind) or source}
        hosts = [host for kind in kinds if is_source(kind) for host in find(kind).record_hosts]
        placed = "crm_url" in config.map or bool(crm and "crm_url" in crm.read)
        return RecordLinks(tuple(hosts), placed)

    def __iter__(self) -> Iterator[str]:
        return iter(source_names())

    def __len__(self) -> int:
        return len(source_names())


def links(settings: Settings) -> "Links":
    """The links in messages. A link to a lead's record must be on a host of its source or of its
    CRM, unless the settings map `crm_url`."""
    from leadline.model.texts.links import Links

    return Links(show=settings.show_url, records=_RecordLinks(settings))


def store(
    settings: Settings, *, checkpoint_pages: int = 4000, first: bool = False, makes: bool = True
) -> "SqliteStore":
    """The embedded store. Raises ConfigurationError if the data folder can't be used; without
    *makes*, StorageFailed if there is none."""
    from leadline.journey.receiving.telling_apart import telling_apart
    from leadline.stores.sqlite.encryption.references import give_reference
    from leadline.stores.sqlite.store import SqliteStore

    give_reference(settings.data, settings.encryption_key)
    return SqliteStore(
        settings.data, redelivery_window=settings.redelivery_window, rights=settings.rights,
        checkpoint_pages=checkpoint_pages, first=first, makes=makes,
        apart=telling_apart(sources(settings)),
    )  # fmt: skip


def ledger(settings: Settings) -> "SqliteLedger":
    """The read side of the embedded store."""
    from leadline.stores.sqlite.encryption.references import give_reference
    from leadline.stores.sqlite.reading.ledger import SqliteLedger

    give_reference(settings.data, settings.encryption_key)
    return SqliteLedger(settings.data)


def audit(settings: Settings, *, makes: bool = True) -> "AuditFile":
    """The audit log of an embedded installation; *makes* is that of `store`."""
    from leadline.stores.audit_file import AuditFile

    return AuditFile(settings.data, settings.rights, makes=makes)


def embedded(settings: Settings, longest: float = 3600, *, makes: bool = True) -> "Kit":
    """The kit of an embedded installation. *longest* limits the seconds that a message may take;
    *makes* is that of `store`."""
    opened = store(settings, makes=makes)
    kit = kit_of(settings, opened, channels(settings, longest))
    kit = remembering_erased(kit, settings, opened, opened)
    log = audit(settings, makes=makes)
    return msgspec.structs.replace(kit, troubles=opened, arrivals=opened, audit=log)


def in_memory(settings: Settings, clock: Clock = wall_clock) -> "Kit":
    """A kit with a store in memory, for previews and tests."""
    from leadline.journey.receiving.telling_apart import telling_apart
    from leadline.stores.memory import MemoryStore

    store = MemoryStore(clock, settings.redelivery_window, telling_apart(sources(settings)))
    return kit_of(settings, store, channels(settings), clock)


def kit_of(
    settings: Settings, store: Store, destinations: "Mapping[str, Channel]",
    clock: Clock = wall_clock,
) -> "Kit":  # fmt: skip
    """A kit with this store."""
    from leadline.duplicates.policy import policy_of
    from leadline.kit import Kit
    from leadline.model.retry import LookUpPolicy, RetryPolicy
    from leadline.team.people import Team
    from leadline.team.targets import Targets

    return Kit(
        store=store,
        sources=sources(settings),
        channels=destinations,
        clock=clock,
        chance=random.random,
        retry=RetryPolicy(settings.retry_base, settings.retry_max, settings.max_attempts),
        lease_duration=settings.lease,
        region=settings.region,
        links=links(settings),
        crms=crms(settings),
        routes=_routes(settings),
        team=Team(settings.people),
        targets=Targets(settings.targets, settings.hours),
        look_ups=LookUpPolicy(every=settings.look_up_every, lasting=settings.look_up_for),
        interactive=bool(settings.slack_signing_secret),
        duplicates=policy_of(settings),
        pools=settings.teams,
        suppressed=settings.suppressed,
        experiments=_experiments(settings),
        scorer=_scorer(settings, store, clock),
        delay=settings.delay,
        outcomes=settings.outcomes,
        ad_networks=ad_networks(settings),
        attempts_kept=settings.attempts_kept,
        enrichers=_enrichers(settings, clock) if settings.enrich else {},
        enrichment_wait=settings.enrichment_wait,
    )


def _experiments(settings: Settings) -> "Mapping[str, Design]":
    """The designs of the experiments of the settings; few installations have any."""
    if not settings.experiments:
        return {}
    from leadline.experiments.designing import designs_of

    return designs_of(settings.experiments)


def _scorer(settings: Settings, store: Store, clock: Clock) -> "Scorer | None":
    """What scores leads; None if the settings score none."""
    if not settings.scores_leads:
        return None
    from leadline.journey.refinement.scoring import scorer_of

    def fixed() -> "FixedModels":
        from leadline.journey.trials.arm_models import FixedModels

        return FixedModels(store, clock, settings.score_model)

    return scorer_of(settings, fixed)


def _enrichers(settings: Settings, clock: Clock) -> "Mapping[str, FactProvider]":
    from leadline.enrichment.registry import LateProviders

    return LateProviders(settings, clock)


def _routes(settings: Settings) -> "Routes":
    """The routing of leads to channels and people."""
    from leadline.team.matching.routing import Routes
    from leadline.team.people import Team

    usual: tuple[str, ...] = ()
    if _has_channels(settings):
        from leadline.channels.registry import usual_channels

        usual = usual_channels(settings)
    team, silent = Team(settings.people), settings.duplicates_alert == "no"
    left_out = _left_out(settings)
    return Routes(
        settings.rules, settings.hours, team, usual, settings.unassigned_channel, silent, left_out
    )


def _left_out(settings: Settings) -> "LeftOut":
    """The rules that do not apply to arms of experiments."""
    if not settings.experiments:
        return {}
    from leadline.experiments.designing import left_out_by
    from leadline.settings.top.experiments import ROUTING

    return left_out_by(_experiments(settings), ROUTING)
