"""What the server does for its audit log: tells its head once a day, and deletes its old end."""

import logging
from datetime import timedelta

from leadline import wiring
from leadline.alerts.operators.telling_head import HeadTeller
from leadline.kit import Kit
from leadline.model.errors import ConfigurationError
from leadline.operations.personal_data.audit_retention import cut_in_turn
from leadline.privacy.terms import FOREVER
from leadline.settings.top.general import Settings

log = logging.getLogger(__name__)

_LOOK = timedelta(minutes=1)


def keeps_audit(settings: Settings) -> bool:
    """Whether there is anything to do."""
    return bool(settings.audit_channel) or settings.retention_audit != FOREVER


class AuditKeeper:
    """The loop of one process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._teller: HeadTeller | None = None

    def once(self, kit: Kit) -> float:
        """Do what is due; returns the seconds to wait."""
        self._cut(kit)
        if self._settings.audit_channel:
            if self._teller is None:
                self._teller = HeadTeller(kit, self._settings.audit_channel)
            self._teller.tell_in_turn(kit)
        return _LOOK.total_seconds()

    def _cut(self, kit: Kit) -> None:
        if kit.privacy_key is None:
            return
        audit, age = wiring.audit(self._settings, makes=False), self._settings.retention_audit
        try:
            cut_in_turn(kit.store, audit, age, kit.clock(), kit.privacy_key)
        except ConfigurationError as error:
            log.error("audit.not_cut", extra={"reason": error.detail})
