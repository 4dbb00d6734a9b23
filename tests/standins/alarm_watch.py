"""CloudWatch as far as the template's alarms ask of it: figures in, changes of state out.

An alarm on one metric compares a statistic of the last period with its threshold; one on a quotient
computes it of two. A period without figures is as `TreatMissingData` says: "notBreaching",
"breaching", or "ignore", which leaves the alarm as it is (CloudWatch User Guide, "Configuring how
CloudWatch alarms treat missing data").
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

STATISTICS: Mapping[str, Callable[[list[float]], float]] = {"Sum": math.fsum, "Maximum": max}
COMPARED = {"GreaterThanThreshold"}
MISSING: Mapping[str, bool | None] = {"notBreaching": False, "breaching": True, "ignore": None}
QUOTIENT = re.compile(r"100 \* (\w+) / (\w+)")


class Change(NamedTuple):
    """An alarm that starts or ends."""

    at: datetime
    alarm: str
    rings: bool


class AlarmWatch:
    """The alarms, by name as CloudFormation has them, and all figures that they were given."""

    def __init__(self, alarms: Mapping[str, Mapping[str, Any]]) -> None:
        self._alarms = alarms
        self._figures: dict[tuple[str, str, frozenset[str]], list[tuple[datetime, float]]] = {}
        self.changes: list[Change] = []
        self.ringing: set[str] = set()

    def put(self, at: datetime, namespace: str, metric: str, dimension: str, value: float) -> None:
        """One figure; *dimension* is the value of the metric's dimension that tells it apart."""
        key = (namespace, metric, frozenset([dimension]))
        self._figures.setdefault(key, []).append((at, value))

    def put_log_line(self, at: datetime, line: str) -> None:
        """The figures of a log line in embedded metric format, if it is one."""
        told = json.loads(line)
        for one in told.get("_aws", {}).get("CloudWatchMetrics", []):
            ((name,),) = one["Dimensions"]
            for metric in one["Metrics"]:
                self.put(at, one["Namespace"], metric["Name"], told[name], told[metric["Name"]])

    def look(self, at: datetime) -> None:
        """Have every alarm look at what was told until now."""
        for name, alarm in self._alarms.items():
            rings = self._rings(alarm, at)
            if rings is None or rings is (name in self.ringing):
                continue
            (self.ringing.add if rings else self.ringing.discard)(name)
            self.changes.append(Change(at, name, rings))

    def rang(self) -> set[str]:
        """The alarms that have ever rung."""
        return {change.alarm for change in self.changes if change.rings}

    def first(self, alarm: str) -> datetime:
        """When an alarm rang first."""
        return next(c.at for c in self.changes if c.alarm == alarm and c.rings)

    def _rings(self, alarm: Mapping[str, Any], at: datetime) -> bool | None:
        assert alarm["ComparisonOperator"] in COMPARED
        assert alarm["EvaluationPeriods"] == 1
        assert alarm["AlarmActions"] == alarm["OKActions"] == ["${AlarmTopic}"]
        value = self._quotient(alarm, at) if "Metrics" in alarm else self._value(alarm, at)
        if value is None:
            return MISSING[alarm["TreatMissingData"]]
        return value > float(alarm["Threshold"])

    def _quotient(self, alarm: Mapping[str, Any], at: datetime) -> float | None:
        by_id = {one["Id"]: one for one in alarm["Metrics"]}
        (expression,) = (one["Expression"] for one in by_id.values() if "Expression" in one)
        match = QUOTIENT.fullmatch(expression)
        assert match
        above, below = (self._stat(by_id[name]["MetricStat"], at) for name in match.groups())
        return None if above is None or not below else 100 * above / below

    def _stat(self, stat: Mapping[str, Any], at: datetime) -> float | None:
        return self._value(
            {**stat["Metric"], "Statistic": stat["Stat"], "Period": stat["Period"]}, at
        )

    def _value(self, metric: Mapping[str, Any], at: datetime) -> float | None:
        dimension = metric["Dimensions"][0]["Value"]
        key = (metric["Namespace"], metric["MetricName"], frozenset([dimension]))
        since = at - timedelta(seconds=metric["Period"])
        told = [value for when, value in self._figures.get(key, []) if since < when <= at]
        return STATISTICS[metric["Statistic"]](told) if told else None
