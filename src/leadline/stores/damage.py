"""Damaged documents that this process has come upon, so that operators can be told of them."""

import logging
import threading

log = logging.getLogger(__name__)

_MOST = 10_000

_lock = threading.Lock()
_known: set[str] = set()
_new: list[str] = []


def note_damage(lead_id: str) -> None:
    """Log that a document of this lead is damaged, and remember it for `new_damage`."""
    log.error("document.damaged", extra={"lead": lead_id})
    with _lock:
        if lead_id not in _known and len(_known) < _MOST:
            _known.add(lead_id)
            _new.append(lead_id)


def note_damaged_document(name: str) -> None:
    """Log that a document by which leads are given out is damaged (`ports.store_parts.assigning`);
    it is begun anew by whoever changes it next."""
    log.error("roster.damaged", extra={"document": name})


def new_damage() -> list[str]:
    """The leads with a damaged document that this process has found since the last call; each is
    returned once."""
    with _lock:
        found, _new[:] = list(_new), []
    return found
