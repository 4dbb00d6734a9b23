"""Which changes of a stack are dangerous: those after which its leads are no longer there."""

import pytest

from leadline.cloud.change_sets import _CHANGED_IN_PLACE, Proposal, ResourceChange
from leadline.cloud.deploying import DeploymentPlan, DeploymentRequest

BUCKET, TABLE = "AWS::S3::Bucket", "AWS::DynamoDB::Table"


def dangers(*changes: ResourceChange) -> list[str]:
    proposal = Proposal("leads", "c", made_stack=False, changes=changes)
    plan = DeploymentPlan(DeploymentRequest("leads"), proposal, "", "", (), {})
    return [change.resource for change in plan.dangers]


@pytest.mark.parametrize(
    ("change", "is_dangerous"),
    [
        (ResourceChange("Remove", "Bucket", BUCKET, ""), True),
        (ResourceChange("Modify", "Bucket", BUCKET, "True", ("BucketName",)), True),
        (ResourceChange("Modify", "Bucket", BUCKET, "Conditional", ("BucketName",)), True),
        # Nobody knows what it is about.
        (ResourceChange("Modify", "Bucket", BUCKET, "Conditional"), True),
        (ResourceChange("Modify", "Bucket", BUCKET, "Conditional", ("NewProperty",)), True),
        # "Update requires: No interruption"
        (
            ResourceChange("Modify", "Bucket", BUCKET, "Conditional", ("LifecycleConfiguration",)),
            False,
        ),
        (
            ResourceChange(
                "Modify", "Bucket", BUCKET, "Conditional", ("LifecycleConfiguration", "BucketName")
            ),
            True,
        ),
        # What CloudFormation is sure of is so.
        (ResourceChange("Modify", "Bucket", BUCKET, "True", ("LifecycleConfiguration",)), True),
        (ResourceChange("Modify", "Bucket", BUCKET, "False"), False),
        (ResourceChange("Add", "Bucket", BUCKET, ""), False),
        (ResourceChange("Modify", "Table", TABLE, "Conditional", ("KeySchema",)), True),
        (ResourceChange("Modify", "Table", TABLE, "False"), False),
        # It holds no leads.
        (ResourceChange("Remove", "RefineQueue", "AWS::SQS::Queue", ""), False),
    ],
)
def test_a_change_is_dangerous_if_leads_would_no_longer_be_there(
    change: ResourceChange, is_dangerous: bool
) -> None:
    assert dangers(change) == ([change.resource] if is_dangerous else [])


@pytest.mark.parametrize("kind", _CHANGED_IN_PLACE)
def test_what_is_said_to_replace_nothing_can_be_changed_by_its_type(kind: str) -> None:
    from cfnlint.schema.manager import (  # type: ignore[import-untyped]  # takes long to load
        PROVIDER_SCHEMA_MANAGER,
    )

    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-west-1", kind).schema
    fixed = {
        path.rpartition("/")[2]
        for key in ("createOnlyProperties", "conditionalCreateOnlyProperties")
        for path in schema.get(key) or ()
    }
    assert fixed
    assert _CHANGED_IN_PLACE[kind] <= schema["properties"].keys() - fixed
