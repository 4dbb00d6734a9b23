"""Deletes the old end of the audit log, once a day, if the settings say how long it is kept."""

from collections.abc import Callable
from datetime import datetime, timedelta

from leadline.model.personal_data.privacy import AuditCut, AuditEntry
from leadline.ports.personal_data.audit import CuttableLog
from leadline.ports.store import Pacing
from leadline.privacy.chain import signed_cut
from leadline.privacy.hashes import PrivacyKey
from leadline.privacy.terms import FOREVER

_PACE = "audit.cut"
"""The name under which stores keep when the next cut may be made."""
_EVERY = timedelta(days=1)


def cut_audit(
    log: CuttableLog, age: timedelta, now: datetime, key: Callable[[], PrivacyKey], actor: str
) -> AuditCut | None:
    """Delete the entries that are older than *age*, and note that; None if there are none. The last
    entry stays. Raises ConfigurationError without a key to sign the cut."""
    if age == FOREVER:
        return None
    cut = log.cut_before(now - age, lambda last: signed_cut(last, now, key()))
    if cut is not None:
        detail = f"entries up to {cut.n}"
        log.append([AuditEntry(at=now, actor=actor, action="audit.cut", detail=detail)])
    return cut


def cut_in_turn(
    pacing: Pacing,
    log: CuttableLog,
    age: timedelta,
    now: datetime,
    key: Callable[[], PrivacyKey],
) -> AuditCut | None:
    """The same, if the last time was a day ago."""
    if age == FOREVER or pacing.reserve(_PACE, _EVERY):
        return None
    return cut_audit(log, age, now, key, "system")
