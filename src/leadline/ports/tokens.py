"""Access tokens: whether the one of a delivery counts, and which client it was given to."""

from typing import Protocol

from leadline.model.lead import Delivery
from leadline.settings.connected.sources import SourceConfig


class TokenCheck(Protocol):
    """Checks the access tokens (JWT) of deliveries by the keys of their issuers.

    Judging a token never waits. Fetching keys does, so that callers choose when and where; both
    entry points do it before they judge, if `needs_keys` says so.
    """

    def client_of(self, delivery: Delivery, config: SourceConfig) -> str:
        """The id of the client that the delivery's token was given to.

        Raises TokenRefused for a token that is missing or does not count, and KeysUnavailable if
        it can't be judged, because no keys are known.
        """

    def needs_keys(self, delivery: Delivery, config: SourceConfig) -> bool:
        """Whether the token can only be judged after `fetch_keys`, and a fetch is due."""

    def keys_are_old(self, config: SourceConfig) -> bool:
        """Whether the keys should be fetched again, although they still count."""

    def fetch_keys(self, config: SourceConfig, within_s: float | None = None) -> None:
        """Fetch the issuer's keys, within so many seconds (None: the usual time). A failure is
        remembered, and raised by `client_of` where it matters."""
