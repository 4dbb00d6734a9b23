"""The store on AWS, whole."""

from datetime import timedelta

from leadline.ports.clock import Clock, wall_clock
from leadline.stores.aws.base import Recent
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.channels import AwsChannels
from leadline.stores.aws.handling import AwsDesk
from leadline.stores.aws.inbox import AwsInbox
from leadline.stores.aws.leads import AwsLeads
from leadline.stores.aws.queue import AwsQueue
from leadline.stores.aws.settling import AwsSettling
from leadline.stores.aws.table import Table
from leadline.stores.aws.wakeups import Bells

WINDOW = timedelta(days=7)


class AwsStore(AwsInbox, AwsQueue, AwsSettling, AwsLeads, AwsChannels, AwsDesk):
    """`ports.store.Store` on S3, DynamoDB and SQS; for one thread, as a function runs."""

    def __init__(
        self,
        table: Table,
        bucket: Bucket,
        bells: Bells,
        *,
        clock: Clock = wall_clock,
        redelivery_window: timedelta = WINDOW,
    ) -> None:
        self.table = table
        self.bucket = bucket
        self.bells = bells
        self.clock = clock
        self.redelivery_window = redelivery_window
        self.recent = Recent()
