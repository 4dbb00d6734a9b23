"""Durations of the functions: measured figures, assumptions about AWS, and the formula.

Measured (`make bench ARGS=durations`, whose docstring has the method): CPU time on one core of an
x86-64 machine with Python 3.11; the calls that are made, and which of them wait for one another;
bytes of log, all our own: of a run that succeeds Lambda logs nothing at `SystemLogLevel: WARN`
(Lambda Developer Guide, "Log-level filtering"). Nothing was measured on AWS, where a vCPU may be
faster or slower than that core.

Assumed, for lack of measurements on AWS: how long each service takes to answer (`ANSWER_MS`), how
long the runtime itself takes to start (`RUNTIME_INIT_MS`), the share of cold starts (`cold_share`),
and that every invocation opens new connections, as it must if it comes minutes after the last one.
The share of a tenth follows from environments that are kept for ten idle minutes and 10,000
invocations a month at random times, one in 263 s on average: e^(-600/263). With more invocations
cold starts are rarer and connections stay open, so the model gives too much rather than too little.

The formula: billed ms = CPU ms * 1,769 / memory in MB + the sum of calls * answer time per service.
Before the first invocation, imports run at the speed of a whole core for up to 10 s ("burst CPU":
AWS Lambda Web Adapter, "Async Initialization"; the Developer Guide does not promise it). Since
August 2025 that time is billed like any other (AWS Compute Blog, "AWS Lambda standardizes billing
for INIT phase"). Lambda rounds up to whole milliseconds, which is left out.
"""

import math
from collections.abc import Mapping

import msgspec

VCPU_MB = 1_769
"""The memory in MB at which a function has one whole vCPU; with less memory it has a proportional
share (Lambda Developer Guide, "Configure Lambda function memory")."""

ANSWER_MS: Mapping[str, float] = {
    "s3_put": 40,  # a median of "tens of milliseconds" under 512 KB (AWS whitepaper, "Best
    "s3_get": 25,  # Practices Design Patterns: Optimizing Amazon S3 Performance", on timeouts)
    "s3_list": 40,
    "read": 5,  # "single-digit millisecond" at the service (AWS Database Blog, "Understanding
    "write": 8,  # Amazon DynamoDB latency"), plus the network
    "transaction": 20,  # two round trips within the service
    "sqs": 16,  # a message of 1 KB, as AWS measured in 2012
    "settings": 30,  # Parameter Store, which calls KMS
    "slack": 250,  # with a new connection
    "connect": 5,  # TCP and TLS 1.3 within the region
}
"""ASSUMED answer times of services in milliseconds: orders of magnitude if a source is named,
guesses if none is. None of them is measured."""

TURN_MS = ANSWER_MS["read"]
"""ASSUMED: milliseconds more for a lead that a team gives out, whose documents are read first. The
transaction is larger, not another one."""

RUNTIME_INIT_MS = 100
"""ASSUMED: milliseconds that Lambda bills for the start of the runtime, before our imports."""


class Durations(msgspec.Struct, frozen=True):
    """One function: CPU time in milliseconds of one core, sequential calls, bytes of log.

    `cpu_ms` is the CPU time of a warm invocation, `lead_cpu_ms` that of each lead in it,
    `connection_cpu_ms` that of all its `connections`, `settings_cpu_ms` that of reading the
    settings again. A cold start takes `import_cpu_ms` before the first invocation and
    `first_cpu_ms` more in it; `cold_share` is the ASSUMED share of invocations that have one.
    `waits` and `lead_waits` count sequential calls, by the names in `ANSWER_MS`.
    """

    memory_mb: int
    cpu_ms: float
    lead_cpu_ms: float
    connections: int
    connection_cpu_ms: float
    settings_cpu_ms: float
    import_cpu_ms: float
    first_cpu_ms: float
    cold_share: float
    waits: Mapping[str, float]
    lead_waits: Mapping[str, float]
    log_bytes: int
    lead_log_bytes: int = 0

    @property
    def invocation_ms(self) -> float:
        """Milliseconds billed for a warm invocation with new connections, without its leads."""
        cpu = self.cpu_ms + self.connection_cpu_ms
        return self._computing(cpu) + _waiting(self.waits) + _waiting({"connect": self.connections})

    @property
    def lead_ms(self) -> float:
        """Milliseconds billed for each lead."""
        return self._computing(self.lead_cpu_ms) + _waiting(self.lead_waits)

    @property
    def settings_ms(self) -> float:
        """Milliseconds billed for reading the settings again."""
        return self._computing(self.settings_cpu_ms) + _waiting({"settings": 1, "connect": 1})

    @property
    def init_ms(self) -> float:
        """Milliseconds billed for a cold start in addition to a warm invocation: imports at the
        speed of a whole core, and the extra CPU time of the first invocation at the function's own
        speed."""
        first = self._computing(self.first_cpu_ms) + _waiting({"settings": 1, "connect": 1})
        return RUNTIME_INIT_MS + self.import_cpu_ms + first

    def _computing(self, cpu_ms: float) -> float:
        return cpu_ms * VCPU_MB / self.memory_mb


def _waiting(waits: Mapping[str, float]) -> float:
    return math.fsum(count * ANSWER_MS[kind] for kind, count in waits.items())


HOW_MEASURED = "CPU measured with `make bench`, waits assumed"
"""The note to print with these figures."""

MEASURED: Mapping[str, Durations] = {
    "Capture": Durations(
        256, cpu_ms=1.2, lead_cpu_ms=0, connections=3, connection_cpu_ms=3.0, settings_cpu_ms=0.5,
        import_cpu_ms=54, first_cpu_ms=9, cold_share=0.10,
        waits={"read": 1, "write": 3, "s3_put": 1, "sqs": 1}, lead_waits={},
        log_bytes=408, lead_log_bytes=0,
    ),
    "Refine": Durations(
        512, cpu_ms=0.3, lead_cpu_ms=2.4, connections=3, connection_cpu_ms=3.0, settings_cpu_ms=0.5,
        import_cpu_ms=65, first_cpu_ms=30, cold_share=0.10,
        waits={"read": 0.89, "write": 0.89, "s3_get": 0.89},
        lead_waits={
            "read": 1.11, "write": 7.11, "s3_get": 0.11, "s3_put": 1, "transaction": 1, "sqs": 1
        },
        log_bytes=208, lead_log_bytes=221,
    ),
    "Deliver": Durations(
        256, cpu_ms=0, lead_cpu_ms=6.0, connections=2, connection_cpu_ms=2.0, settings_cpu_ms=0.5,
        import_cpu_ms=55, first_cpu_ms=39, cold_share=0.10, waits={},
        lead_waits={"read": 11, "write": 5, "s3_get": 1, "slack": 1},
        log_bytes=0, lead_log_bytes=428,
    ),
    "Sweep": Durations(
        512, cpu_ms=2.5, lead_cpu_ms=0.011, connections=2, connection_cpu_ms=2.0,
        settings_cpu_ms=0.5, import_cpu_ms=49, first_cpu_ms=10, cold_share=1.00,
        waits={"read": 22, "write": 1, "s3_list": 1},
        lead_waits={"read": 0.01, "write": 0.01, "s3_list": 0.001},
        log_bytes=156, lead_log_bytes=0,
    ),
}  # fmt: skip
"""The figures of each function; no other place repeats them."""

MEASURING = Durations(
    512,
    cpu_ms=2.5,
    lead_cpu_ms=0,
    connections=1,
    connection_cpu_ms=1.0,
    settings_cpu_ms=0.5,
    import_cpu_ms=49,
    first_cpu_ms=10,
    cold_share=0.0,
    waits={"read": 12},
    lead_waits={},
    log_bytes=156,
)
"""A run of Sweep that only measures how late leads are. Its reads were counted. Its other work is
ASSUMED to take as long as that of a measured whole sweep, and the function to be warm, because one
run comes every five minutes."""
