"""The leased tasks of one message of a channel, each with its notice and outcome."""

from collections.abc import Sequence

import msgspec

from leadline.model.task import Lease, Outcome
from leadline.ports.channel import Notice

DIGEST_REFUSED = "digest.refused"
"""The error of a task whose digest was refused: its alert is sent alone next time."""


class AlertCase(msgspec.Struct):
    """A leased task, the notice to send for it, and its outcome."""

    lease: Lease
    notice: Notice
    outcome: Outcome


def was_refused(cases: Sequence[AlertCase]) -> bool:
    """Whether a digest with one of these leads was refused before."""
    return len(cases) > 1 and any(case.lease.error == DIGEST_REFUSED for case in cases)
