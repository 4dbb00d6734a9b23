"""When a parameter or a secret was last changed, as AWS says."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from leadline.net.aws.changed_texts import changed_at
from tests.worlds.aws_resources import AwsResources


@pytest.mark.parametrize("kind", ["ssm", "secretsmanager"])
def test_a_parameter_and_a_secret_say_when_they_were_last_changed(moto: str, kind: str) -> None:
    with closing(AwsResources(moto)) as rooms:
        if kind == "ssm":
            body = {"Name": "/changed/settings", "Value": "x", "Type": "SecureString"}
            rooms.caller.json(kind, "AmazonSSM.PutParameter", {**body, "Overwrite": True}, "1.1")
            name = body["Name"]
        else:
            body = {"Name": f"changed-{datetime.now(UTC):%H%M%S%f}", "SecretString": "x"}
            made = rooms.caller.json(kind, "secretsmanager.CreateSecret", body, "1.1")
            name = json.loads(made)["ARN"]
        at = changed_at(rooms.caller, f"{kind}:{name}")
        assert at is not None
        assert abs(datetime.now(UTC) - at) < timedelta(days=2)
        assert changed_at(rooms.caller, f"{kind}:{name}-none") is None
