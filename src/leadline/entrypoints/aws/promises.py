"""The watch over the promises by Sweep itself, in stacks with fewer alarms than `Profile=full`.

An alarm of CloudWatch costs as much a month as a hundred thousand half read units. So what has no
alarm of its own in a profile is looked at by Sweep, whose run then fails: one alarm on failed and
missing runs rings for all of it, and a message on the alarm topic says what it is.
"""

import logging
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from leadline.entrypoints.aws.notices import publish_notice
from leadline.entrypoints.aws.parts import Parts
from leadline.model.errors import LeadlineError, StorageFailed
from leadline.model.formats import from_iso, iso

if TYPE_CHECKING:  # few stacks have experiments
    from leadline.operations.trials.experiment_watch import AlarmingExperiment

log = logging.getLogger(__name__)

LATE = timedelta(minutes=15)
"""A lead is late when it is not told so long after that was first due, as for `LeadsUntold`."""
BEHIND = timedelta(minutes=3)
"""CloudWatch has figures of API Gateway a minute or two late, so the newest are left for the next
run."""
_FIRST = timedelta(minutes=15)
_ASKED_AGAIN = timedelta(minutes=20)
"""CloudWatch is asked by the first run after so long, since it bills each question; and by each run
while something is wrong, which would else be told anew."""
_LONGEST = timedelta(hours=12)
"""One answer of GetMetricStatistics has at most 1,440 figures, here one a minute."""
_ASKED_FOR = {"refused", "unseen"}
"""The kinds of breaches that CloudWatch is asked for."""
_PATIENCE_S = 5.0
_STATE = ("S#watch", "state")
_STATISTICS = "GraniteServiceVersion20100801.GetMetricStatistics"


class PromiseBroken(LeadlineError):
    """A run of Sweep found something wrong that has no alarm of its own. `detail` says what, in
    numbers only."""

    title = "A promise is broken"


class Breach(msgspec.Struct, frozen=True):
    """Something wrong: its kind, which is told once while it lasts, how much, and a sentence."""

    kind: str
    count: int
    words: str


class _Figure(msgspec.Struct, rename="pascal"):
    sum: float = 0.0


class _Figures(msgspec.Struct, rename="pascal"):
    datapoints: list[_Figure] | None = None


_figures = msgspec.json.Decoder(_Figures, strict=False)


class PromiseWatch:
    """What a stack lets Sweep look at, by the function's environment.

    `WATCHED` has the kinds: `late` leads, `dead` letters in their queues (`WATCHED_DEAD_LETTERS`),
    requests `refused` with 5xx (`WATCHED_API`: a metric and its dimensions), and leads that are
    `unrecovered`. With `ALARM_TOPIC_ARN` a message tells of each kind when it begins.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._kinds = _names_in(parts.given("WATCHED"))
        self._queues = _names_in(parts.given("WATCHED_DEAD_LETTERS"))
        self._api = parts.given("WATCHED_API")
        self._topic = parts.given("ALARM_TOPIC_ARN")

    def check(self, late: timedelta, unrecovered: int, now: datetime) -> None:
        """Look at everything that is watched; raises PromiseBroken if something is wrong.

        *late* is how late the most overdue lead is, *unrecovered* the number of leads that this
        sweep could not put back. Raises StorageFailed if the table refuses.
        """
        now = now.replace(second=0, microsecond=0)  # each figure of CloudWatch is that of a minute
        if not self._kinds:
            return
        state = self._state() if self._keeps_state else {}
        seen = _until_in(state)
        until = now - BEHIND
        if seen and until - seen < _ASKED_AGAIN and not set(state.get("told", ())) & _ASKED_FOR:
            until = seen
        breaches = [
            *self._late(late),
            *self._unrecovered(unrecovered),
            *self._dead(),
            *self._refused(state, until),
        ]
        self._tell(breaches, state, until)
        if breaches:
            raise PromiseBroken(" ".join(one.words for one in breaches))

    def tell_failure(self, error: LeadlineError) -> None:
        """Tell once that Sweep itself fails. The text names the kind of error alone: that of wrong
        settings quotes them. The run fails anyway, so a table or a topic that refuses is logged."""
        if not self._topic or isinstance(error, PromiseBroken):
            return
        words = f"Sweep failed ({type(error).__name__}): its log says why."
        try:
            state = self._state()
            self._tell([Breach("sweep", 1, words)], state, _until_in(state))
        except StorageFailed as failed:
            log.error("promises.not_told", extra={"error": str(failed)})

    def tell_experiments(self, alarming: "Mapping[str, AlarmingExperiment]") -> None:
        """Log experiments that do harm or are not valid, and publish them where a topic is given;
        in other stacks the alarm on failed runs tells."""
        breaches = [
            Breach("experiment", 1, f"The experiment {name} needs a decision: {one.says}.")
            for name, one in alarming.items()
        ]
        for name, one in alarming.items():
            log.error("experiment.alarming", extra={"settings": name, "reason": str(one.verdict)})
        if self._topic:
            self._publish(breaches)

    @property
    def _keeps_state(self) -> bool:
        return bool(self._topic or self._api)

    def _late(self, late: timedelta) -> Iterator[Breach]:
        if "late" in self._kinds and late > LATE:
            minutes = math.floor(late.total_seconds() / 60)
            yield Breach("late", minutes, f"The most overdue lead is {minutes} minutes late.")

    def _unrecovered(self, count: int) -> Iterator[Breach]:
        if "unrecovered" in self._kinds and count:
            words = f"Sweep could not put back archived deliveries: {count:,}."
            yield Breach("unrecovered", count, words)

    def _dead(self) -> Iterator[Breach]:
        if "dead" in self._kinds:
            count = self._parts.visible_messages(self._queues)
            if count:
                words = f"Dead letters in the queues: {count:,}; leadline dead lists them."
                yield Breach("dead", count, words)

    def _refused(self, state: Mapping[str, Any], until: datetime) -> Iterator[Breach]:
        if "refused" not in self._kinds:
            return
        since = _until_in(state) or until - _FIRST
        if since == until:
            return
        try:
            count = self._sum(max(since, until - _LONGEST), until)
        except StorageFailed as error:
            log.error("promises.not_seen", extra={"error": str(error)})
            words = "CloudWatch could not be asked how many requests were answered with 5xx."
            yield Breach("unseen", 1, words)
            return
        if count:
            yield Breach("refused", count, f"Requests that were answered with 5xx: {count:,}.")

    def _sum(self, since: datetime, until: datetime) -> int:
        """The sum of the API's metric between two times (CloudWatch API Reference,
        "GetMetricStatistics"); 0 if there is no time between them, because Sweep has just run.
        Raises StorageFailed."""
        if since >= until:
            return 0
        metric, *dimensions = self._api.split(",")
        pairs = [one.partition("=") for one in dimensions]
        asked = {
            "Namespace": "AWS/ApiGateway",
            "MetricName": metric,
            "Dimensions": [{"Name": name, "Value": value} for name, _, value in pairs],
            "StartTime": math.floor(since.timestamp()),
            "EndTime": math.floor(until.timestamp()),
            "Period": 60,
            "Statistics": ["Sum"],
        }
        with self._soon():
            answer = self._parts.caller.json("monitoring", _STATISTICS, asked)
        return round(math.fsum(one.sum for one in _figures.decode(answer).datapoints or ()))

    def _tell(
        self, breaches: Sequence[Breach], state: Mapping[str, Any], until: datetime | None
    ) -> None:
        """Log what is wrong, publish it if some of it is new, and remember what was told."""
        for one in breaches:
            log.error("promises.broken", extra={"kind": one.kind, "count": one.count})
        if not self._keeps_state:
            return
        kinds = sorted({one.kind for one in breaches})
        told = list(state.get("told", ()))
        if self._topic and set(kinds) - set(told) and not self._publish(breaches):
            kinds = told
        at = {"until": iso(until)} if until else {}
        pk, sk = _STATE
        self._parts.table.put_if({"pk": pk, "sk": sk, "told": kinds, **at}, "", {})

    def _publish(self, breaches: Sequence[Breach]) -> bool:
        """Whether the topic took the message; if not, the next run tries again."""
        stack = self._parts.stack
        lines = [
            f"The stack {stack} needs somebody:",
            *(f"- {one.words}" for one in breaches),
            f"Look at: leadline status --aws {stack}; leadline logs --stack {stack} --since 1h",
        ]
        try:
            with self._soon():
                subject = f"{stack[:60]}: what is wrong"
                publish_notice(self._parts.caller, self._topic, subject, "\n".join(lines))
        except StorageFailed as error:
            log.error("promises.not_told", extra={"error": str(error)})
            return False
        return True

    def _state(self) -> Mapping[str, Any]:
        return self._parts.table.get(_STATE) or {}

    @contextmanager
    def _soon(self) -> Iterator[None]:
        """Limit calls to services that a VPC may have no way to, so that the run can still end."""
        caller = self._parts.caller
        until, soon = caller.until, time.monotonic() + _PATIENCE_S
        caller.until = soon if until is None else min(until, soon)
        try:
            yield
        finally:
            caller.until = until


def _names_in(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


def _until_in(state: Mapping[str, Any]) -> datetime | None:
    until = state.get("until")
    return from_iso(until) if until else None
