"""From the name of a stack to its store, its ledger and its settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from leadline.cloud.session import Cloud, CloudError, connect, readable_errors
from leadline.model.task import Step
from leadline.net.aws.calls import Caller
from leadline.net.aws.changed_texts import changed_at
from leadline.net.aws.remote_text import read_text
from leadline.net.aws.signing import Keys
from leadline.settings.loading import Loaded, load
from leadline.settings.top.general import Settings
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.clocks.executions import Executions
from leadline.stores.aws.clocks.message_queues import Queues
from leadline.stores.aws.clocks.schedules import Schedules, WakeupTargets
from leadline.stores.aws.clocks.wakeups import StackClock, queue_of_each_step
from leadline.stores.aws.moving.transfer import AwsIntake
from leadline.stores.aws.reading.ledger import AwsLedger
from leadline.stores.aws.shards.placing import SHARDS
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.sweep.dead_letter_queues import DeadLetterQueues
from leadline.stores.aws.table import Table

_TIMEOUT_S = 30.0
"""The timeout of a call in seconds; operators can wait longer than functions."""


@dataclass(frozen=True)
class ConnectedStack:
    """A stack, known by its outputs and the parameters it was deployed with."""

    name: str
    cloud: Cloud
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]
    updated_at: datetime | None = None
    """When its last update began; None if it was never updated."""

    @cached_property
    def caller(self) -> Caller:
        """Calls with the operator's own credentials, renewed when they expire."""
        return Caller(self.cloud.region, self._keys, self.cloud.endpoint, _TIMEOUT_S)

    def _keys(self) -> Keys:
        with readable_errors():
            response = self.cloud.session.get_credentials().get_frozen_credentials()
        return Keys(response.access_key, response.secret_key, response.token or "")

    @cached_property
    def table(self) -> Table:
        """The ledger's table."""
        shards = int(self.outputs.get("Shards", SHARDS))
        return Table(self.caller, self._output("TableName"), shards)

    @cached_property
    def bucket(self) -> Bucket:
        """The archive."""
        return Bucket(self.caller, self._output("BucketName"))

    @cached_property
    def wakeups(self) -> StackClock:
        """The clock, with the dead-letter queues."""
        dead = self._by_step("RefineDeadLettersUrl", "DeliveryDeadLettersUrl")
        if "LeadsMachineArn" in self.outputs:
            machines = (self._output("LeadsMachineArn"), self._output("TasksMachineArn"))
            return Executions(self.caller, *machines, dead)
        if "ScheduleGroup" not in self.outputs:
            return Queues(self.caller, self._by_step("RefineQueueUrl", "DeliveryQueueUrl"), dead)
        targets = WakeupTargets(
            self._output("ScheduleGroup"),
            self._output("WakeupRoleArn"),
            self._by_step("RefineArn", "DeliverArn"),
            self._by_step("RefineDeadLettersArn", "DeliveryDeadLettersArn"),
        )
        return Schedules(self.caller, targets, dead)

    def _by_step(self, refine: str, delivery: str) -> dict[Step, str]:
        return queue_of_each_step(self._output(refine), self._output(delivery))

    @cached_property
    def dead_letters(self) -> DeadLetterQueues:
        """The dead-letter queues, compared with the ledger."""
        return DeadLetterQueues(self.caller, self.table, self.wakeups)

    @cached_property
    def loaded(self) -> Loaded:
        """The settings that the functions read, with their origins.

        Raises AwsFailed if AWS refuses, and ConfigurationError if the settings are wrong.
        """
        environ = {
            variable: self.parameters[parameter]
            for variable, parameter in _VARIABLES.items()
            if parameter in self.parameters
        }
        reference = self._output("SettingsReference")
        document = (read_text(self.caller, reference), f"the settings of {self.name}")
        return load(environ=environ, document=document, lists=self._list)

    def _list(self, name: str) -> frozenset[str]:
        """A list that the functions carry. Raises ConfigurationError and CloudError."""
        from leadline.cloud.packages.carried import carried_list  # needs boto3, as few commands do

        return carried_list(self._carried, name)

    @cached_property
    def _carried(self) -> Mapping[str, bytes]:
        from leadline.cloud.packages.carried import carried_before

        with readable_errors():
            return carried_before(self.cloud, self.parameters.get("WorkCode", "")) or {}

    @property
    def settings(self) -> Settings:
        """See `loaded`."""
        return self.loaded.settings

    def settings_changed_at(self) -> datetime | None:
        """When the parameter or the secret with the settings was last changed; None if AWS does not
        say."""
        return changed_at(self.caller, self._output("SettingsReference"))

    def store(self) -> "StackStore":
        """The store, for one thread."""
        return StackStore(
            self.table,
            self.bucket,
            self.wakeups,
            redelivery_window=self.settings.redelivery_window,
        )

    def ledger(self) -> AwsLedger:
        """The read side."""
        days = int(self.parameters.get("RawExpireDays", 0))
        raw_kept = timedelta(days=days) if days else None
        return AwsLedger(self.table, self.bucket, raw_kept=raw_kept)

    def intake(self) -> AwsIntake:
        """The import of archives."""
        window = self.settings.redelivery_window
        return AwsIntake(self.table, self.bucket, self.wakeups, window)

    def _output(self, name: str) -> str:
        if name not in self.outputs:
            raise CloudError(
                f"the stack {self.name} has no output {name}: it is not a stack of Leadline, or "
                f"its deployment is incomplete; see `leadline status --aws {self.name}`"
            )
        return self.outputs[name]


class StackStore(AwsStore):
    """A store that can be closed like any other; its connections close with the process."""

    erases_versions = True

    def close(self) -> None:
        """Do nothing: no resources are held between requests."""


_VARIABLES = {"LEADLINE_DELAY": "Delay", "LEADLINE_LOG_LEVEL": "LogLevel"}
"""Further environment variables of the functions, by the template parameter that sets them."""


def connect_to_stack(name: str, region: str | None = None) -> ConnectedStack:
    """Find a stack in the operator's account.

    Raises ConfigurationError if boto3, credentials or the region are missing, and CloudError if AWS
    refuses or the stack does not exist.
    """
    cloud = connect(region)
    from leadline.cloud.stacks import deployed_with, need_stack, outputs_of  # these need boto3

    with readable_errors():
        response = need_stack(cloud.client("cloudformation"), name)
    updated_at = response.get("LastUpdatedTime")
    return ConnectedStack(name, cloud, outputs_of(response), deployed_with(response), updated_at)
