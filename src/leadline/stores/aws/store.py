"""The store on AWS as one object."""

from leadline.stores.aws.capture.unreadable import AwsUnreadable
from leadline.stores.aws.privacy.erasing import AwsErasing
from leadline.stores.aws.privacy.found_texts import AwsTexts
from leadline.stores.aws.privacy.holds import AwsHolds
from leadline.stores.aws.privacy.suppressions import AwsSuppressions
from leadline.stores.aws.work.first_look import AwsFirstLooks
from leadline.stores.aws.work.pacing import AwsPacing
from leadline.stores.aws.work.queue import AwsQueue
from leadline.stores.aws.work.settling import AwsSettling
from leadline.stores.aws.work.trial_waits import AwsTrialWaits


class AwsStore(
    AwsUnreadable, AwsQueue, AwsSettling, AwsErasing, AwsTexts, AwsHolds, AwsPacing,
    AwsSuppressions, AwsFirstLooks, AwsTrialWaits,
):  # fmt: skip
    """`ports.store.Store` on S3, DynamoDB and SQS."""
