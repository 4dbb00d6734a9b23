"""When a text in SSM Parameter Store or Secrets Manager was last changed."""

from datetime import UTC, datetime

import msgspec

from leadline.net.aws.calls import AwsFailed, Caller


class _ChangedParameter(msgspec.Struct, rename="pascal"):
    last_modified_date: float


class _ChangedParameterAnswer(msgspec.Struct, rename="pascal"):
    parameter: _ChangedParameter


class _ChangedSecretAnswer(msgspec.Struct, rename="pascal"):
    last_changed_date: float


def changed_at(caller: Caller, reference: str) -> datetime | None:
    """When the text of a reference (`remote_text.read_text`) was last changed; None if AWS does not
    say, or refuses to."""
    kind, _, name = reference.partition(":")
    try:
        if kind == "secretsmanager":
            answer = caller.json(kind, "secretsmanager.DescribeSecret", {"SecretId": name}, "1.1")
            seconds = msgspec.json.decode(answer, type=_ChangedSecretAnswer).last_changed_date
        else:
            answer = caller.json("ssm", "AmazonSSM.GetParameter", {"Name": name}, "1.1")
            found = msgspec.json.decode(answer, type=_ChangedParameterAnswer)
            seconds = found.parameter.last_modified_date
    except (AwsFailed, msgspec.MsgspecError):
        return None
    return datetime.fromtimestamp(seconds, UTC)
