"""The parts of a stack, as its own functions use them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.model.task import Step, Task, TaskKind
from leadline.net.aws.calls import Caller, from_environment
from leadline.ports.store import TellApart, by_record
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.capture.inbox import AwsInbox
from leadline.stores.aws.clocks.message_queues import Queues
from leadline.stores.aws.clocks.wakeups import StackClock, queue_of_each_step
from leadline.stores.aws.shards.placing import SHARDS
from leadline.stores.aws.table import Table

if TYPE_CHECKING:
    from leadline.kit import Kit
    from leadline.ports.reading.ledger import Ledger
    from leadline.privacy.hashes import PrivacyKey
    from leadline.settings.top.general import Settings
    from leadline.stores.aws.audit import AwsAudit
    from leadline.stores.aws.store import AwsStore
    from leadline.stores.aws.sweep.sweep import Swept
    from leadline.stores.aws.work.batch_store import BatchStore


class StackParts:
    """The stores named by a function's environment (docs/reference/aws-template.md). Each is
    created when it is first needed, and kept while the function is warm. Modules that only some
    functions need are imported by these alone.

    Raises ConfigurationError if a variable is missing.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    @cached_property
    def caller(self) -> Caller:
        """Calls to AWS with the function's own role."""
        return from_environment(self._environ)

    @cached_property
    def table(self) -> Table:
        """The ledger."""
        shards = int(self._environ.get("TABLE_SHARDS", SHARDS))
        return Table(self.caller, self.named("TABLE_NAME"), shards)

    @cached_property
    def bucket(self) -> Bucket:
        """The archive."""
        return Bucket(self.caller, self.named("S3_BUCKET"))

    @cached_property
    def wakeups(self) -> StackClock:
        """The clock in this function's environment: executions if there are machines for
        them, schedules if there is a group of them, else queues."""
        dead = self._by_step("REFINE_DLQ_URL", "DELIVERY_DLQ_URL")
        if "LEADS_MACHINE" in self._environ:
            from leadline.stores.aws.clocks.executions import Executions

            machines = (self.named("LEADS_MACHINE"), self.named("TASKS_MACHINE"))
            return Executions(self.caller, *machines, dead)
        if "SCHEDULE_GROUP" not in self._environ:
            return Queues(self.caller, self._by_step("SQS_QUEUE_URL", "DELIVERY_QUEUE_URL"), dead)
        from leadline.stores.aws.clocks.schedules import Schedules, WakeupTargets

        targets = WakeupTargets(
            self.named("SCHEDULE_GROUP"),
            self.named("SCHEDULE_ROLE_ARN"),
            self._by_step("REFINE_ARN", "DELIVER_ARN"),
            self._by_step("REFINE_DLQ_ARN", "DELIVERY_DLQ_ARN"),
        )
        return Schedules(self.caller, targets, dead)

    @property
    def clock_services(self) -> tuple[str, ...]:
        """The services of AWS that the clock calls beside SQS, which takes its dead letters."""
        if "LEADS_MACHINE" in self._environ:
            return ("states",)
        return ("scheduler", "lambda") if "SCHEDULE_GROUP" in self._environ else ()

    @contextmanager
    def clocked_by(self, clock: StackClock) -> Iterator[None]:
        """Within, *clock* is the clock of the stores that are made."""
        usual = self.wakeups
        self.wakeups = clock
        try:
            yield
        finally:
            self.wakeups = usual

    def visible_messages(self, urls: Sequence[str]) -> int:
        """The approximate number of messages that could be received from these queues."""
        queues = Queues(self.caller, {})
        return sum(queues.depths(url)["visible"] for url in urls)

    def _by_step(self, refine: str, delivery: str) -> dict[Step, str]:
        names = queue_of_each_step(refine, delivery)
        return {step: self._environ[n] for step, n in names.items() if n in self._environ}

    def inbox(self, redelivery_window: timedelta, apart: TellApart) -> AwsInbox:
        """The inbox, the part of the store that Capture needs; *apart* compares events with one
        key."""
        parts = (self.table, self.bucket, self.wakeups)
        return AwsInbox(*parts, redelivery_window=redelivery_window, apart=apart)

    def store(self, redelivery_window: timedelta, apart: TellApart = by_record) -> "AwsStore":
        """The store; *apart* compares events with one key, and is needed only to store events."""
        from leadline.stores.aws.store import AwsStore

        parts = (self.table, self.bucket, self.wakeups)
        return AwsStore(*parts, redelivery_window=redelivery_window, apart=apart)

    def batch_store(self, tasks: Sequence[Task], redelivery_window: timedelta) -> "BatchStore":
        """The store that leases these tasks, whose messages came in one batch."""
        from leadline.stores.aws.work.batch_store import BatchStore

        parts = (self.table, self.bucket, self.wakeups)
        return BatchStore(*parts, redelivery_window=redelivery_window, tasks=tasks)

    def audit(self) -> "AwsAudit":
        """The audit log, imported here because few requests need it."""
        from leadline.stores.aws.audit import AwsAudit

        return AwsAudit(self.table)

    def privacy_key(self, settings: "Settings") -> "PrivacyKey":
        """The privacy key of the settings; raises ConfigurationError if there is none."""
        from leadline.stores.key_file import find_key

        return find_key(settings)

    def with_erasures(self, kit: "Kit", settings: "Settings") -> "Kit":
        """The kit with the audit log, and with the tombstones of people who are erased, if there is
        a key for them."""
        kit = msgspec.structs.replace(kit, audit=self.audit())
        if not settings.privacy_key:
            return kit
        from leadline.stores.aws.privacy.erasures import AwsErasures
        from leadline.stores.key_file import remembering_erased

        return remembering_erased(kit, settings, AwsErasures(self.bucket))

    def with_privacy_key(self, kit: "Kit", settings: "Settings") -> "Kit":
        """The kit with the key of the suppression list, if there is one."""
        if not settings.privacy_key:
            return kit
        from leadline.stores.key_file import find_key

        return msgspec.structs.replace(kit, privacy_key=lambda: find_key(settings))

    def ledger(self) -> "Ledger":
        """The read side, imported here because few requests need it."""
        from leadline.stores.aws.reading.ledger import AwsLedger

        return AwsLedger(self.table, self.bucket)

    def sweep(
        self,
        store: "AwsStore",
        kinds: Sequence[TaskKind],
        time_is_left: Callable[[], bool],
        *,
        grace: timedelta | None = None,
        overdue: timedelta | None = None,
        time_to_spare: Callable[[], bool] | None = None,
    ) -> "Swept":
        """See `stores.aws.sweep.sweep.sweep`; None for the usual time."""
        from leadline.stores.aws.sweep.overdue import OVERDUE
        from leadline.stores.aws.sweep.sweep import GRACE, sweep

        return sweep(
            store,
            self.wakeups,
            kinds,
            time_is_left,
            grace=GRACE if grace is None else grace,
            overdue=OVERDUE if overdue is None else overdue,
            time_to_spare=time_to_spare,
        )

    def named(self, name: str) -> str:
        """The value of an environment variable. Raises ConfigurationError if it is missing."""
        value = self._environ.get(name)
        if not value:
            raise ConfigurationError(
                f"{name} is missing in the function's environment; deploy again"
            )
        return value
