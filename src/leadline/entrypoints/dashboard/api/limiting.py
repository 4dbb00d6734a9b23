"""How often a program may ask: a burst, and then a steady rate."""

from collections.abc import Callable
from datetime import datetime
from math import ceil

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from leadline.entrypoints.dashboard.guarding.roles import Handler, who_asks

BURST = 120
"""How many requests somebody may make at once."""
EACH_SECOND = 10
"""How many more they may make in each second."""


class ApiAllowance:
    """Counts the requests of each token and account in this process."""

    def __init__(self, clock: Callable[[], datetime], burst: int = BURST) -> None:
        self._clock = clock
        self._burst = burst
        self._left: dict[str, tuple[float, datetime]] = {}

    def wait(self, actor: str) -> float:
        """Count a request of somebody; returns the seconds until they may make it, 0 for now."""
        now = self._clock()
        left, at = self._left.get(actor, (float(self._burst), now))
        left = min(self._burst, left + max(0.0, (now - at).total_seconds()) * EACH_SECOND)
        may = left >= 1
        self._left[actor] = (left - may, now)
        return 0.0 if may else (1 - left) / EACH_SECOND


def limited(handler: Handler) -> Handler:
    """The handler for those who don't ask too often; others are answered with 429."""

    async def counted(request: Request) -> Response:
        allowance = request.app.state.allowance
        assert isinstance(allowance, ApiAllowance)  # noqa: S101 - `create_app` put it there
        if wait := allowance.wait(who_asks(request).actor):
            words = f"At most {BURST} requests at once, and {EACH_SECOND} more each second."
            raise HTTPException(429, words, {"retry-after": str(ceil(wait))})
        return await handler(request)

    return counted
