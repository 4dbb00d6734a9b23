"""The store on AWS, whole."""

from datetime import timedelta

from leadline.adapters.aws.base import Recent
from leadline.adapters.aws.bells import Bells
from leadline.adapters.aws.bucket import Bucket
from leadline.adapters.aws.channels import AwsChannels
from leadline.adapters.aws.desk import AwsDesk
from leadline.adapters.aws.inbox import AwsInbox
from leadline.adapters.aws.leads import AwsLeads
from leadline.adapters.aws.queue import AwsQueue
from leadline.adapters.aws.settling import AwsSettling
from leadline.adapters.aws.table import Table
from leadline.adapters.clock import wall_clock
from leadline.ports import Clock

WINDOW = timedelta(days=7)


class AwsStore(AwsInbox, AwsQueue, AwsSettling, AwsLeads, AwsChannels, AwsDesk):
    """`ports.Store` on S3, DynamoDB and SQS; for one thread, as a function runs."""

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
