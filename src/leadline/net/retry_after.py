"""The pause that a server asks for."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_DEFAULT_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)


def pause_of(headers: Mapping[str, str]) -> timedelta:
    """The time to wait: `Retry-After` (seconds or a date), else `X-RateLimit-Reset` (seconds from
    now, or seconds or milliseconds since 1970), limited to an hour; half a minute if there is
    neither. Names of *headers* are in lower case."""
    now = datetime.now(UTC)
    after, reset = headers.get("retry-after", ""), headers.get("x-ratelimit-reset", "")
    try:
        pause = timedelta(seconds=float(after) if after else _from_now(float(reset), now))
    except OverflowError:
        pause = _LONGEST_PAUSE
    except ValueError:
        try:
            pause = parsedate_to_datetime(after) - now
        except (ValueError, TypeError, OverflowError):
            pause = _DEFAULT_PAUSE
    return min(max(pause, timedelta()), _LONGEST_PAUSE)


def _from_now(reset: float, now: datetime) -> float:
    """The seconds until a reset, which servers give from now or since 1970."""
    since_1970 = reset / 1000 if reset > 1e11 else reset
    return since_1970 - now.timestamp() if since_1970 > 1e8 else reset
