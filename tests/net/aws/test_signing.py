"""Our signatures are those that botocore makes."""

from datetime import UTC, datetime

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.net.aws.signing import Keys, Unsigned, encode_query, sign

AT = datetime(2026, 3, 2, 9, 5, 7, tzinfo=UTC)
HOST = "s3.eu-west-1.amazonaws.com"
PLAIN = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F), max_size=12)
NAMES = st.sampled_from(["content-type", "X-Amz-Target", "if-none-match", "x-amz-meta-a"])
VALUES = st.from_regex(r"[!-~]([ -~]{0,10}[!-~])?", fullmatch=True).filter(lambda v: "  " not in v)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "PUT", "POST", "DELETE"]),
    path=st.from_regex(r"/[a-zA-Z0-9/_.~-]{0,20}(%[0-9A-F]{2})?", fullmatch=True),
    query=st.dictionaries(PLAIN, PLAIN, max_size=3),
    headers=st.dictionaries(NAMES, VALUES, max_size=3),
    body=st.binary(max_size=40),
    token=st.sampled_from(["", "session/token=="]),
    service=st.sampled_from(["s3", "dynamodb", "sqs"]),
)
def test_a_signature_is_the_one_that_botocore_makes(
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    query: dict[str, str],
    headers: dict[str, str],
    body: bytes,
    token: str,
    service: str,
) -> None:
    request = Unsigned(method, HOST, path, body, query, headers)
    ours = sign(request, Keys("AKIDEXAMPLE", "wJalr/secret", token), "eu-west-1", service, AT)
    theirs = AWSRequest(
        method,
        f"https://{HOST}{path}" + (f"?{encode_query(query)}" if query else ""),
        headers={**headers, "x-amz-content-sha256": ours["x-amz-content-sha256"]},
        data=body,
    )
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: AT.replace(tzinfo=None))
    credentials = Credentials("AKIDEXAMPLE", "wJalr/secret", token or None)
    # S3 signs paths as they are sent, which is how `Unsigned` states them for every service.
    botocore.auth.S3SigV4Auth(credentials, service, "eu-west-1").add_auth(theirs)
    assert ours["authorization"] == theirs.headers["Authorization"]
    assert ours["x-amz-date"] == theirs.headers["X-Amz-Date"]


def test_keys_do_not_tell_their_secret() -> None:
    assert "secret" not in repr(Keys("AKIDEXAMPLE", "secret", "secret"))
