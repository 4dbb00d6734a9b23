"""The page docs/reference/metrics.md, from the table of metrics."""

from leadline.entrypoints.aws import figures
from leadline.entrypoints.embedded.watching.metrics import METRICS
from tools.alert_rules import conditions

_HEAD = """# Metrics

Generated from the code by `make docs`. `GET /metrics` gives them in Prometheus' text format;
counters end in `_total`. No metric has personal data.

| metric | type | labels | meaning |
| --- | --- | --- | --- |
"""
_TAIL = """
`what` of `leadline_events` is: `captured`, `redelivered`, `folded`, `filtered` (capture);
`refined`, `quarantined`, `duplicate`, `refine.dead` (refinement); `alerted`, `notify.dead`
(delivery); `updated`, `reminded`, and the dead letters of what follows: `update.dead`,
`remind.dead`, `look_up.dead`, `clock.dead`, `write_back.dead`.

`leadline_oldest_untold_seconds` counts from when the step was first due: for a refinement the end
of the lead's own wait, or its release; for an alert the refinement, or the end of the quiet hours
or digest that it waits for. Dead letters have a metric of their own.

`what` of `leadline_slack_requests` is the button (`lead.claim`, `lead.snooze`, `lead.junk`),
`command`, or `other`; `result` is `changed` or `unchanged` (somebody was faster), `answered`,
`ignored` (not Leadline's button), `refused` (wrong signature, too many at once) or `failed` (the
store did not accept it, or not in time).

Useful alerts, which [the rules for Prometheus](../how-to/watch-with-prometheus.md) have:

| when | for | rule |
| --- | --- | --- |
"""

_AWS = f"""
## On AWS

The functions have no `/metrics`. They write counts into their logs, in CloudWatch's embedded metric
format, and CloudWatch makes metrics of them: namespace `{figures.NAMESPACE}`, dimension `Stack`,
unit Count, or Seconds for `{figures.AGE}`, which Sweep writes every five minutes and with every
sweep. `Profile` says which of them a stack writes, because CloudWatch bills each: small none,
standard `{figures.AGE}`, full all. [The alarms](../how-to/read-the-aws-alarms.md) watch AWS's own
metrics too.

| metric | meaning |
| --- | --- |
"""


def text() -> str:
    """The page."""
    rows = [
        f"| `{name}` | {kind} | {', '.join(f'`{label}`' for label in labels)} | {meaning} |"
        for name, (kind, labels, meaning) in METRICS.items()
    ]
    told = figures.METRICS | figures.AGES
    on_aws = [f"| `{name}` | {meaning} |" for name, meaning in told.items()]
    return _HEAD + "\n".join(rows) + "\n" + _TAIL + conditions() + _AWS + "\n".join(on_aws) + "\n"
