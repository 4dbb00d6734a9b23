"""Deleting a stack. The resources with leads are kept, unless the operator asks to delete them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from leadline.cloud import stacks
from leadline.cloud.code_bucket import code_bucket_name
from leadline.cloud.deploying import KEPT
from leadline.cloud.remote_settings import settings_reference
from leadline.cloud.session import Cloud, CloudError, error_code
from leadline.cloud.stacks import Say, Watch
from leadline.cloud.state import queue_depth, running_executions, waiting_schedules

_BATCH = 1000  # the limit of DeleteObjects, and the size of a page of versions


@dataclass(frozen=True, slots=True)
class DeletionPlan:
    """A stack to be deleted, or a deleted one whose data is still there.

    `bucket`, `table` and `parameter` are "" if they don't exist (any more); `waiting` is the number
    of messages in its queues, of its schedules, or of its executions.
    """

    name: str
    stack_id: str
    gone: bool
    bucket: str
    table: str
    parameter: str
    secret: str
    waiting: int
    resources: Mapping[str, tuple[str, str]]
    """Type and physical id of each resource by its logical id."""


def survey(cloud: Cloud, name: str, *, gone_too: bool) -> DeletionPlan:
    """The resources of a stack to be deleted; with *gone_too*, a deleted stack is accepted too.

    CloudFormation remembers deleted stacks for 90 days. Raises CloudError if there is no stack.
    """
    cfn = cloud.client("cloudformation")
    stack = stacks.find_stack(cfn, name)
    if stack is None and gone_too:
        stack = _last_deleted(cfn, name)
    if stack is None:
        raise CloudError(stacks.no_stack(cfn, name))
    stacks.refuse_foreign(stack)
    gone = stack["StackStatus"] == "DELETE_COMPLETE"
    told = stacks.resources_left_by if gone else stacks.resources_of
    resources = told(cfn, stack["StackId"])
    parameters, outputs = stacks.parameters_of(stack), stacks.outputs_of(stack)
    secret = parameters.get("SettingsSecretArn", "")
    reference = settings_reference(name, parameters.get("SettingsParameter", ""), secret)
    bucket, table = (resources.get(one, ("", ""))[1] for one in ("Bucket", "Table"))
    return DeletionPlan(
        name=name,
        stack_id=stack["StackId"],
        gone=gone,
        bucket=bucket if bucket and _bucket_is_there(cloud, bucket) else "",
        table=table if table and _table_is_there(cloud, table) else "",
        parameter="" if secret else _known_parameter(cloud, reference.partition(":")[2]),
        secret=secret,
        waiting=0 if gone else _waiting(cloud, outputs),
        resources=resources,
    )


def delete_stack(cloud: Cloud, plan: DeletionPlan, watch: Watch | None = None) -> Sequence[str]:
    """Delete the stack; returns the logical ids of resources that the template retains.

    Raises CloudError with what could not be deleted; a further call continues.
    """
    if plan.gone:
        return list(plan.resources)
    kept: list[str] = []

    def notice(event: stacks.StackEvent) -> None:
        if event.status == "DELETE_SKIPPED":
            kept.append(event.resource)
        if watch is not None:
            watch(event)

    stacks.delete(cloud.client("cloudformation"), plan.stack_id, notice)
    return kept


def delete_data(cloud: Cloud, plan: DeletionPlan, say: Say) -> None:
    """Delete bucket, table and settings permanently; a further call continues if interrupted."""
    if plan.bucket:
        count = _empty(cloud, plan.bucket, say)
        cloud.client("s3").delete_bucket(Bucket=plan.bucket, ExpectedBucketOwner=cloud.account)
        say(f"the bucket {plan.bucket} and {count} versions of objects in it are deleted")
    if plan.table:
        _delete_table(cloud, plan.table)
        say(f"the table {plan.table} is deleted")
    if plan.parameter:
        cloud.client("ssm").delete_parameter(Name=plan.parameter)
        say(f"the SSM parameter {plan.parameter} is deleted")


def remains(
    cloud: Cloud, plan: DeletionPlan, kept: Sequence[str], *, data_deleted: bool
) -> list[str]:
    """Everything that still exists afterwards, in words; *kept* is the result of `delete_stack`."""
    left: list[str] = []
    for name in kept:
        kind, physical = plan.resources.get(name, ("", ""))
        if not (data_deleted and name in KEPT):
            left.append(f"{physical} ({name}, {kind})")
    if plan.parameter and not data_deleted:
        left.append(f"{plan.parameter} (the settings, an SSM parameter)")
    if plan.secret:
        left.append(f"{plan.secret} (the settings, a secret)")
    if plan.table and data_deleted:
        left.append("a last backup of the table, which DynamoDB keeps for 35 days")
    if _bucket_is_there(cloud, code_bucket_name(cloud)):
        left.append(f"{code_bucket_name(cloud)} (code, for every stack of this region)")
    return left


def _last_deleted(cfn: Any, name: str) -> dict[str, Any] | None:
    pages = cfn.get_paginator("list_stacks").paginate(StackStatusFilter=["DELETE_COMPLETE"])
    found = [s for page in pages for s in page["StackSummaries"] if s["StackName"] == name]
    if not found:
        return None
    newest = max(found, key=lambda s: s.get("DeletionTime") or s["CreationTime"])
    return stacks.find_stack(cfn, newest["StackId"])


def _bucket_is_there(cloud: Cloud, name: str) -> bool:
    try:
        cloud.client("s3").head_bucket(Bucket=name, ExpectedBucketOwner=cloud.account)
    except ClientError as error:
        if error_code(error) in ("404", "NoSuchBucket"):
            return False
        raise
    return True


def _table_is_there(cloud: Cloud, name: str) -> bool:
    try:
        cloud.client("dynamodb").describe_table(TableName=name)
    except ClientError as error:
        if error_code(error) == "ResourceNotFoundException":
            return False
        raise
    return True


def _known_parameter(cloud: Cloud, name: str) -> str:
    try:
        cloud.client("ssm").get_parameter(Name=name)
    except ClientError as error:
        if error_code(error) == "ParameterNotFound":
            return ""
        raise
    return name


def _waiting(cloud: Cloud, outputs: Mapping[str, str]) -> int:
    sqs = cloud.client("sqs")
    total = waiting_schedules(cloud, outputs) + running_executions(cloud, outputs)
    for queue in ("RefineQueueUrl", "DeliveryQueueUrl"):
        if queue in outputs:
            depth = queue_depth(sqs, outputs[queue])
            total += depth.visible + depth.in_flight + depth.delayed
    return total


def _empty(cloud: Cloud, bucket: str, say: Say) -> int:
    """Delete all versions and delete markers; returns their number."""
    s3, count = cloud.client("s3"), 0
    owned = {"Bucket": bucket, "ExpectedBucketOwner": cloud.account}
    while True:
        # Always the first page: its versions are deleted before the next request.
        page = s3.list_object_versions(**owned, MaxKeys=_BATCH)
        versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if not versions:
            return count
        objects = [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in versions]
        response = s3.delete_objects(**owned, Delete={"Objects": objects, "Quiet": True})
        if response.get("Errors"):
            first = response["Errors"][0]
            raise CloudError(f"{first['Key']} can't be deleted ({first['Code']}); run this again")
        count += len(objects)
        if count % (10 * _BATCH) == 0:
            say(f"{count} versions deleted so far")


def _delete_table(cloud: Cloud, table: str) -> None:
    dynamodb = cloud.client("dynamodb")
    response = dynamodb.describe_table(TableName=table)["Table"]
    if response.get("DeletionProtectionEnabled"):
        dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
        dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 2})
    dynamodb.delete_table(TableName=table)
    dynamodb.get_waiter("table_not_exists").wait(TableName=table, WaiterConfig={"Delay": 2})
