"""The private bucket for code and templates, one per account and region."""

import hashlib
import json
from collections.abc import Mapping

from botocore.exceptions import ClientError

from leadline.cloud.packages.packaging import Package
from leadline.cloud.session import Cloud, CloudError, error_code

BODY_LIMIT = 51_200
"""The largest template in a request, in bytes (CloudFormation quotas); larger ones are read from
S3."""


def code_bucket_name(cloud: Cloud) -> str:
    """The name of the bucket."""
    return f"leadline-code-{cloud.account}-{cloud.region}"


def ensure_code_bucket(cloud: Cloud) -> str:
    """Create the bucket if it is missing, and make it private; returns its name.

    Raises CloudError if the name belongs to another account.
    """
    s3, name = cloud.client("s3"), code_bucket_name(cloud)
    owned = {"Bucket": name, "ExpectedBucketOwner": cloud.account}
    try:
        s3.head_bucket(**owned)
    except ClientError as error:
        if error_code(error) not in ("404", "NoSuchBucket"):
            raise CloudError(
                f"the bucket {name} belongs to another account, or you have no access to it "
                f"({error_code(error)})"
            ) from None
        # us-east-1 is the only region that must not be named (S3 API, CreateBucket).
        where = {"LocationConstraint": cloud.region}
        more = {} if cloud.region == "us-east-1" else {"CreateBucketConfiguration": where}
        s3.create_bucket(Bucket=name, **more)
    # All of these calls are idempotent, so the next run completes an interrupted first one.
    s3.put_public_access_block(
        **owned,
        PublicAccessBlockConfiguration=dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"),
            True,
        ),
    )
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(**owned, ServerSideEncryptionConfiguration={"Rules": [rule]})
    if not cloud.endpoint:  # an emulator uses plain HTTP and would deny all requests
        s3.put_bucket_policy(**owned, Policy=json.dumps(_only_over_tls(cloud, name)))
    return name


def _only_over_tls(cloud: Cloud, bucket: str) -> Mapping[str, object]:
    arn = f"arn:{cloud.session.get_partition_for_region(cloud.region)}:s3:::{bucket}"
    statement = {
        "Sid": "OnlyOverTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def upload(cloud: Cloud, package: Package) -> bool:
    """Upload a package unless it is there; returns whether it was uploaded."""
    if _is_there(cloud, package.key):
        return False
    _put(cloud, package.key, package.zipped())
    return True


def download(cloud: Cloud, key: str) -> bytes | None:
    """What is in the bucket under a key; None if nothing is."""
    if not _is_there(cloud, key):
        return None
    found = cloud.client("s3").get_object(
        Bucket=code_bucket_name(cloud), Key=key, ExpectedBucketOwner=cloud.account
    )
    content: bytes = found["Body"].read()
    return content


def template_argument(cloud: Cloud, text: str) -> Mapping[str, str]:
    """TemplateBody, or the TemplateURL of an upload if the template is too large for a request."""
    body = text.encode()
    if len(body) <= BODY_LIMIT:
        return {"TemplateBody": text}
    key = f"templates/{hashlib.sha256(body).hexdigest()[:20]}.yaml"
    ensure_code_bucket(cloud)
    if not _is_there(cloud, key):
        _put(cloud, key, body)
    # A path-style URL, which works in all regions of S3 and in emulators.
    base = str(cloud.client("s3").meta.endpoint_url).rstrip("/")
    return {"TemplateURL": f"{base}/{code_bucket_name(cloud)}/{key}"}


def _is_there(cloud: Cloud, key: str) -> bool:
    try:
        cloud.client("s3").head_object(
            Bucket=code_bucket_name(cloud), Key=key, ExpectedBucketOwner=cloud.account
        )
    except ClientError as error:
        if error_code(error) in ("404", "NoSuchKey", "NoSuchBucket"):
            return False
        raise
    return True


def _put(cloud: Cloud, key: str, body: bytes) -> None:
    cloud.client("s3").put_object(
        Bucket=code_bucket_name(cloud), Key=key, Body=body, ExpectedBucketOwner=cloud.account
    )
