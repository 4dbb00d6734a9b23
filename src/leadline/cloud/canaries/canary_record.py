"""What a canary would go back to: kept in the code bucket while the canary lasts, so that another
process can end it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from leadline.cloud import stacks
from leadline.cloud.code_bucket import code_bucket_name, download, ensure_code_bucket
from leadline.cloud.session import Cloud, CloudError, error_code


class CanaryRecord(msgspec.Struct, frozen=True):
    """The template and the parameters of a stack before its canary began; `stack_id` tells the
    stack from a later one of the same name."""

    stack_id: str
    template: str
    parameters: Mapping[str, str]


def canary_record_of(cloud: Cloud, stack: Mapping[str, Any]) -> CanaryRecord:
    """The template and the parameters that a stack (as described) has now."""
    told = cloud.client("cloudformation").get_template(
        StackName=stack["StackId"], TemplateStage="Original"
    )["TemplateBody"]
    # boto3 gives a template in JSON as an object.
    text = told if isinstance(told, str) else msgspec.json.encode(told).decode()
    return CanaryRecord(stack["StackId"], text, stacks.parameters_of(stack))


def keep_record(cloud: Cloud, stack: str, record: CanaryRecord) -> None:
    """Write the record of a stack's canary."""
    cloud.client("s3").put_object(
        Bucket=ensure_code_bucket(cloud),
        Key=_key(stack),
        Body=msgspec.json.encode(record),
        ExpectedBucketOwner=cloud.account,
    )


def kept_record(cloud: Cloud, stack: str, stack_id: str) -> CanaryRecord | None:
    """The record of a stack's canary; None if there is no canary. Raises CloudError if it is not
    readable."""
    try:
        kept = download(cloud, _key(stack))
    except ClientError as error:
        # Without the right to list, S3 does not say that an object is missing.
        if error_code(error) in ("403", "AccessDenied"):
            return None
        raise
    if kept is None:
        return None
    try:
        record = msgspec.json.decode(kept, type=CanaryRecord)
    except msgspec.MsgspecError:
        raise CloudError(
            f"the record of the canary of {stack} ({_key(stack)} in {code_bucket_name(cloud)}) "
            "can't be read; delete it and deploy again"
        ) from None
    return record if record.stack_id == stack_id else None


def forget_record(cloud: Cloud, stack: str) -> None:
    """Delete the record of a stack's canary."""
    cloud.client("s3").delete_object(
        Bucket=code_bucket_name(cloud), Key=_key(stack), ExpectedBucketOwner=cloud.account
    )


def _key(stack: str) -> str:
    return f"canaries/{stack}.json"
