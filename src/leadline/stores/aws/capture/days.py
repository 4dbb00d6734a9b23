"""The days of the archive, and the days to which ids may belong."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from leadline.stores.aws.bucket import Bucket

_KINDS = ("raw", "refined")
_FIRST, _LAST = "0000-00-00", "9999-99-99"
_DAY_MS = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_DIGITS = 12
"""An id of version 7 begins with its time in milliseconds (RFC 9562, section 5.7)."""
_APART = timedelta(hours=1)
"""The longest difference between the time in an id and that of its capture, for instance after a
clock was set back."""


def days_between(
    bucket: Bucket,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    backwards: bool = False,
) -> Iterator[str]:
    """The days (YYYY-MM-DD) with documents in the archive; raises AwsFailed."""
    first = since.astimezone(UTC).date().isoformat() if since else _FIRST
    last = until.astimezone(UTC).date().isoformat() if until else _LAST

    def below(above: tuple[str, ...]) -> Iterator[str]:
        path = "".join(f"{name}/" for name in above)
        folders = [f for kind in _KINDS for f in bucket.folders(f"{kind}/{path}")]
        names = {folder.split("/")[len(above) + 1] for folder in folders}
        for name in sorted(names, reverse=backwards):
            here = (*above, name)
            day = "-".join(here)
            if not first[: len(day)] <= day <= last[: len(day)]:
                continue
            if len(here) == 3:
                yield day
            else:
                yield from below(here)

    return below(())


def days_back(since: datetime, until: datetime) -> Iterator[str]:
    """All days between two times, newest first, with or without documents."""
    day, first = until.astimezone(UTC).date(), since.astimezone(UTC).date()
    while day >= first:
        yield day.isoformat()
        day -= timedelta(days=1)


def days_of_ids(bucket: Bucket, digits: str) -> Iterator[str]:
    """The days of the archive to which ids with these first digits may belong."""
    begins = digits[:_TIME_DIGITS]
    first, last = (int(begins.ljust(_TIME_DIGITS, end), 16) for end in "0f")
    apart = _milliseconds_of(_APART)
    for day in days_between(bucket):
        midnight = _milliseconds(_midnight(day))
        if first - apart < midnight + _DAY_MS and midnight <= last + apart:
            yield day


def ids_between(
    day: str, since: datetime | None, until: datetime | None
) -> Sequence[tuple[str, str]]:
    """Ranges of ids that may have been captured on that day between two times: those with such a
    time, and all ids that do not contain a time of that day."""
    begins = _midnight(day)
    ends = begins + timedelta(days=1)
    first = max(begins, since) if since else begins
    last = min(ends, until) if until else ends
    if (first, last) == (begins, ends):
        return (("", "~"),)
    told = [_id_floor(at) for at in (begins - _APART, first - _APART, last + _APART, ends + _APART)]
    return (("", told[0]), (told[1], told[2]), (told[3], "~"))


def _id_floor(at: datetime) -> str:
    """The prefix of ids made at this time."""
    digits = f"{_milliseconds(at):0{_TIME_DIGITS}x}"
    return f"{digits[:8]}-{digits[8:]}"


def _milliseconds(at: datetime) -> int:
    return _milliseconds_of(at - _EPOCH)


def _milliseconds_of(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)
