"""Keys of access tokens, fetched in threads while the event loop serves everybody else.

A delivery whose token needs keys waits for them; all that need those of one issuer wait for one
fetch. Other deliveries wait for nothing.
"""

import asyncio
import logging
from collections.abc import Mapping

from leadline.model.lead import Delivery
from leadline.ports.tokens import TokenCheck
from leadline.settings.connected.sources import SourceConfig

log = logging.getLogger(__name__)


class TokenKeys:
    """The fetches of keys for the sources that demand tokens, by name; for one event loop."""

    def __init__(self, tokens: TokenCheck, sources: Mapping[str, SourceConfig]) -> None:
        self.sources = {name: one for name, one in sources.items() if one.oauth_issuer}
        self._tokens = tokens
        self._under_way: dict[tuple[str, str], asyncio.Future[None]] = {}

    def begin(self) -> None:
        """Fetch the keys of every issuer, so that the first delivery need not wait for them."""
        for config in self.sources.values():
            self._fetch(config)

    async def ready(self, delivery: Delivery) -> None:
        """Return when the delivery's token can be judged, or its keys can't be had. Keys that are
        only old are fetched meanwhile."""
        config = self.sources.get(delivery.source)
        if config is None:
            return
        if self._tokens.needs_keys(delivery, config):
            await asyncio.shield(self._fetch(config))
        elif self._tokens.keys_are_old(config):
            self._fetch(config)

    def _fetch(self, config: SourceConfig) -> asyncio.Future[None]:
        """The fetch of the issuer's keys, which is begun unless it is under way."""
        issuer = config.oauth_issuer, config.oauth_jwks_url
        fetch = self._under_way.get(issuer)
        if fetch is None:
            loop = asyncio.get_running_loop()
            fetch = loop.run_in_executor(None, self._tokens.fetch_keys, config)
            self._under_way[issuer] = fetch
            fetch.add_done_callback(lambda done: self._ended(issuer, done))
        return fetch

    def _ended(self, issuer: tuple[str, str], fetch: asyncio.Future[None]) -> None:
        del self._under_way[issuer]
        if not fetch.cancelled() and (error := fetch.exception()) is not None:
            log.error("oauth.fetch_broke", exc_info=error, extra={"issuer": issuer[0]})
