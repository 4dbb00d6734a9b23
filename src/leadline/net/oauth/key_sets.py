"""The key sets of issuers, kept for a day.

After half a day they are fetched again; while that fails, the old keys serve until the day is over.
A key that a set does not have may be new, so a token with one is a reason to fetch, once a minute.
"""

import logging
import threading
import time
from collections.abc import Callable

from leadline.model.errors import KeysUnavailable, TokenRefused
from leadline.net.oauth.fetching import Issuer, fetch_key_set
from leadline.net.oauth.key_set import KeySet, KeySetError, SigningKey

log = logging.getLogger(__name__)

LASTING_S = 24 * 3600.0
"""How long keys count after they were fetched."""
RENEWED_S = LASTING_S / 2
"""The age at which they are fetched again."""
PAUSE_S = 60.0
"""The least time between two fetches while there are keys."""
RETRY_S = 10
"""The least time between two fetches while there are none."""
PATIENCE_S = 8.0
"""How long one fetch may take."""

Fetch = Callable[[Issuer, float], KeySet]
_UNASKED = "they were not asked for yet"


class _Held:
    """The keys of one issuer, when they were fetched, when that was last tried, and why the last
    try failed ("": it did not)."""

    __slots__ = ("failed", "fetched_at", "keys", "lock", "tried_at", "tries")

    def __init__(self) -> None:
        self.keys: KeySet = ()
        self.fetched_at = self.tried_at = float("-inf")
        self.failed = _UNASKED
        self.tries = 0
        self.lock = threading.Lock()


class KeySets:
    """Key sets by issuer; threads may share it. *fetch* gets one, and *clock* is the time in
    seconds: the wall clock, because a monotonic one may stop while a function on AWS is frozen."""

    def __init__(
        self, fetch: Fetch = fetch_key_set, clock: Callable[[], float] = time.time
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._held: dict[Issuer, _Held] = {}

    def matching(self, issuer: Issuer, kid: str, algorithm: str) -> KeySet:
        """The keys that may have signed a token: those with its key id, or all of its algorithm if
        it names none. Never waits.

        Raises TokenRefused if the issuer has no such key, and KeysUnavailable if that is unknown.
        """
        held = self._of(issuer)
        fits = self._fitting(held, kid, algorithm)
        if fits:
            return fits
        if self._counts(held) and not held.failed:
            raise TokenRefused("its issuer publishes no key that could have signed the token")
        # Why is in the log: senders need not know where the keys are, and what is wrong there.
        raise KeysUnavailable("nobody can say now whether it is genuine", self._wait(held) or 1)

    def is_due(self, issuer: Issuer, kid: str, algorithm: str) -> bool:
        """Whether such a token needs a fetch before it is judged, and may have one now."""
        held = self._of(issuer)
        return not self._fitting(held, kid, algorithm) and not self._wait(held)

    def is_old(self, issuer: Issuer) -> bool:
        """Whether the keys should be fetched again, although they count."""
        held = self._of(issuer)
        aged = self._clock() - held.fetched_at >= RENEWED_S
        return aged and self._counts(held) and not self._wait(held)

    def fetch(self, issuer: Issuer, within_s: float | None = None) -> None:
        """Fetch the keys, unless another thread has just done so. Keys that are there stay if that
        fails."""
        held = self._of(issuer)
        tries = held.tries
        with held.lock:
            if held.tries != tries:
                return  # the fetch of another thread, for which this one waited
            try:
                held.keys = self._fetch(issuer, PATIENCE_S if within_s is None else within_s)
            except KeySetError as error:
                held.failed = str(error)
                extra = {"issuer": issuer.name, "reason": held.failed}
                log.warning("oauth.keys_failed", extra=extra)
            else:
                held.failed, held.fetched_at = "", self._clock()
                count = len(held.keys)
                log.info("oauth.keys_fetched", extra={"issuer": issuer.name, "count": count})
            held.tried_at = self._clock()
            held.tries += 1

    def _of(self, issuer: Issuer) -> _Held:
        return self._held.setdefault(issuer, _Held())

    def _fitting(self, held: _Held, kid: str, algorithm: str) -> list[SigningKey]:
        if not self._counts(held):
            return []
        of_kind = [key for key in held.keys if key.algorithm == algorithm]
        return [key for key in of_kind if not kid or key.kid in ("", kid)]

    def _counts(self, held: _Held) -> bool:
        return 0 <= self._clock() - held.fetched_at < LASTING_S

    def _wait(self, held: _Held) -> int:
        """The seconds until the keys may be fetched again; 0 if they may be now."""
        pause = PAUSE_S if self._counts(held) else RETRY_S
        since = self._clock() - held.tried_at
        return max(1, int(pause - since)) if 0 <= since < pause else 0
