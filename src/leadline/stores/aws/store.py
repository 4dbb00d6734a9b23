"""The store on AWS as one object."""

from leadline.stores.aws.first_look import AwsFirstLooks
from leadline.stores.aws.pacing import AwsPacing
from leadline.stores.aws.privacy.erasing import AwsErasing
from leadline.stores.aws.privacy.found_texts import AwsTexts
from leadline.stores.aws.privacy.holds import AwsHolds
from leadline.stores.aws.privacy.suppressions import AwsSuppressions
from leadline.stores.aws.queue import AwsQueue
from leadline.stores.aws.settling import AwsSettling
from leadline.stores.aws.trial_waits import AwsTrialWaits
from leadline.stores.aws.unreadable import AwsUnreadable


class AwsStore(
    AwsUnreadable, AwsQueue, AwsSettling, AwsErasing, AwsTexts, AwsHolds, AwsPacing,
    AwsSuppressions, AwsFirstLooks, AwsTrialWaits,
):  # fmt: skip
    """`ports.store.Store` on S3, DynamoDB and SQS."""
