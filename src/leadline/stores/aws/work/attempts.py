"""The last attempts at the tasks of leads, with what was sent and answered: an item beside each
lead that has any."""

import base64
import binascii
from collections.abc import Mapping, Sequence

from leadline.model.errors import StorageFailed
from leadline.model.monitoring.attempts import (
    AttemptRecord,
    KeptAttempt,
    kept_attempts,
    packed_attempts,
    unpacked_attempts,
)
from leadline.model.task import Step
from leadline.ports.store import Settlement
from leadline.stores.aws.base import Base, log
from leadline.stores.aws.items import lead_of
from leadline.stores.aws.keys import SENT, lead_key, sent_key
from leadline.stores.aws.summaries import is_without_person
from leadline.stores.aws.table import Delete, Put, Stale
from leadline.stores.aws.values import Item

_MOST_ROUNDS = 5


class AwsAttempts(Base):
    """Keeps attempts after the settlements to which they belong: they are told, not promised, so
    that none of them fails a settlement."""

    def _keep_attempts(self, settlements: Sequence[Settlement]) -> None:
        for one in settlements:
            if one.attempt is not None:
                lead_id = one.lease.task.lead_id
                try:
                    first = one.lease.task.step is Step.NOTIFY and one.lease.attempt == 1
                    self._keep_attempt(lead_id, one.attempt, first=first)
                except StorageFailed as error:
                    log.error("attempt.not_kept", extra={"lead": lead_id, "error": str(error)})

    def _keep_attempt(self, lead_id: str, new: KeptAttempt, *, first: bool) -> None:
        """Keep an attempt beside the lead, unless the person is erased. The *first* alert is taken
        to be the first attempt; if that is wrong, the write fails, and it is done again."""
        keys = [lead_key(lead_id), sent_key(lead_id)]
        for turn in range(_MOST_ROUNDS):
            items = self.table.get_all(keys[:1] if first and not turn else keys)
            lead, there = items.get(keys[0]), items.get(keys[1])
            if lead is None or is_without_person(lead_of(lead)):
                return
            attempts = kept_attempts(read_attempts(there), [new.record], new.most)
            body = packed_attempts(attempts)
            pk, sk = keys[1]
            try:
                self.table.write(
                    Put({"pk": pk, "sk": sk, "body": body}, there["rev"] if there else None)
                )
            except Stale:
                continue
            return
        log.error("attempt.not_kept", extra={"lead": lead_id, "error": "contested"})

    def _forget_attempts(self, lead_id: str) -> None:
        """Delete the attempts of a lead."""
        self.table.write(Delete(sent_key(lead_id), None))


def read_attempts(item: Item | None) -> tuple[AttemptRecord, ...]:
    """The attempts of an item; none of a damaged one."""
    if item is None:
        return ()
    try:
        return unpacked_attempts(base64.b64decode(item["body"]))
    except (ValueError, binascii.Error):
        return ()


def attempts_in(items: Mapping[str, Item]) -> tuple[AttemptRecord, ...]:
    """The attempts among the items of a lead, by their sort keys."""
    return read_attempts(items.get(SENT))
