"""Makes the providers that the settings name, each with its imports when it is made."""

import logging
from collections.abc import Iterable, Iterator, Mapping

from leadline.enrichment.conditions import fits_of
from leadline.model.errors import ConfigurationError
from leadline.ports.clock import Clock, wall_clock
from leadline.ports.enriching import QUERY_FIELDS, FactProvider
from leadline.settings.connected.enrich import AnyEnrichConfig, CsvEnrichConfig, HttpEnrichConfig
from leadline.settings.team.hours import HoursConfig
from leadline.settings.top.general import Settings
from leadline.team.people import Team

log = logging.getLogger(__name__)


class LateProviders(Mapping[str, FactProvider]):
    """The providers of the settings by name, all made when the first is used. One whose settings
    are wrong is left out, and the log says so: it must not keep leads from being told."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._made: Mapping[str, FactProvider] | None = None

    def _all(self) -> Mapping[str, FactProvider]:
        if self._made is None:
            faults: dict[str, str] = {}
            self._made = make_providers(self._settings, faults, self._clock)
            for name, why in faults.items():
                log.error("enrich.wrong_settings", extra={"provider": name, "error": why})
        return self._made

    def __getitem__(self, name: str) -> FactProvider:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._settings.enrich if self._made is None else self._made)


def make_providers(
    settings: Settings, faults: dict[str, str], clock: Clock = wall_clock
) -> Mapping[str, FactProvider]:
    """The providers by name, in the order of the settings; those whose settings are wrong are left
    out, and noted in *faults*."""
    found: dict[str, FactProvider] = {}
    for name, config in settings.enrich.items():
        try:
            made = make_provider(name, config, clock, settings.hours, Team(settings.people))
            refuse_unknown_fields(name, made, found.values())
            found[name] = made
        except ConfigurationError as error:
            faults[name] = error.detail
    return found


def make_provider(
    name: str,
    config: AnyEnrichConfig,
    clock: Clock,
    hours: Mapping[str, HoursConfig],
    team: Team,
) -> FactProvider:
    """The provider of an entry of `[enrich]`. Raises ConfigurationError if settings are wrong."""
    fits = fits_of(name, config, clock, hours, team)
    if isinstance(config, CsvEnrichConfig):
        from leadline.enrichment.csv_file import CsvProvider

        if not config.file:
            raise ConfigurationError(f"enrich.{name} needs `file`")
        return CsvProvider(name, config, fits)
    if isinstance(config, HttpEnrichConfig):
        from leadline.enrichment.http_service import HttpProvider

        return HttpProvider(name, config, fits)
    if (config.kind or name) == "phone":
        from leadline.enrichment.phone import PhoneProvider

        return PhoneProvider(config, fits, clock)
    from leadline.enrichment.domain import DomainProvider

    return DomainProvider(config, fits)


def refuse_unknown_fields(
    name: str, provider: FactProvider, earlier: Iterable[FactProvider]
) -> None:
    """Raise ConfigurationError if a provider asks about a field that no lead has, and that none of
    the *earlier* providers gives."""
    known = frozenset(QUERY_FIELDS).union(*(one.gives for one in earlier))
    if unknown := sorted(provider.needs - known):
        there = ", ".join(sorted(known))
        raise ConfigurationError(
            f"enrich.{name}: there is no field {unknown[0]!r} to ask about (there are: {there})"
        )
