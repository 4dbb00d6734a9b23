"""How old the secrets of the settings are, as far as what they stand in says."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from starlette.requests import Request

from leadline.entrypoints.dashboard.dashboard import dashboard_of
from leadline.model.errors import LeadlineError
from leadline.settings.loading import MASKED


class ShownSecret(msgspec.Struct, frozen=True):
    """A setting that is a secret: where it stands, and when that was last changed; None if nobody
    can tell, as of a variable of the environment. The secret itself may be older, since the place
    may have been changed for another one's sake; so what `is_old` certainly is."""

    name: str
    where: str
    changed_at: datetime | None
    is_old: bool


def shown_secrets(request: Request) -> Sequence[ShownSecret]:
    """The secrets of the installation; none if the settings can't be read. Call it in a thread."""
    dashboard = dashboard_of(request)
    try:
        loaded = dashboard.installation.loaded()
        secrets = [one for one in loaded.origins if one.shown.startswith(MASKED)]
        changed = dashboard.installation.settings_changed_at() if secrets else {}
    except LeadlineError:
        return ()
    oldest = dashboard.clock() - loaded.settings.dashboard_secrets_age
    found: list[ShownSecret] = []
    for one in secrets:
        place = one.origin.rpartition(" line ")[0] or one.origin
        at = changed.get(place)
        found.append(ShownSecret(one.name, one.origin, at, at is not None and at < oldest))
    return found
