"""Leads that wait for teams that are not in the settings any more, for `status` and `doctor`."""

from collections.abc import Mapping
from contextlib import closing

from leadline import wiring
from leadline.entrypoints.cli.look._state import Check
from leadline.installations.data_folder import for_reading
from leadline.journey.assigning.removed_teams import removed_words, waiting_for_removed
from leadline.model.errors import LeadlineError
from leadline.settings.top.general import Settings


def waiting_without_team(settings: Settings) -> Mapping[str, int]:
    """How many leads wait for each team that is not in the settings any more, up to `MOST`. Raises
    ConfigurationError if there is no data, or it cannot be read."""
    with closing(for_reading(settings)) as store:
        kit = wiring.kit_of(settings, store, wiring.channels_on_demand(settings))
        return {n: len(ids) for n, ids in waiting_for_removed(store, kit.teams).items()}


def check_removed_teams(settings: Settings) -> list[Check]:
    """A note for each team that is not in the settings any more and for which leads wait."""
    try:
        waiting = waiting_without_team(settings)
    except LeadlineError:
        return []  # the check of the data folder reports it
    return [("note", f"team {name}", removed_words(n)) for name, n in waiting.items()]
