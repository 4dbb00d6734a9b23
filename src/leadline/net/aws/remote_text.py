"""Reading a text from SSM Parameter Store or Secrets Manager by a reference."""

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.net.aws.calls import Caller


class _Parameter(msgspec.Struct, rename="pascal"):
    value: str


class _ParameterAnswer(msgspec.Struct, rename="pascal"):
    parameter: _Parameter


class _SecretAnswer(msgspec.Struct, rename="pascal"):
    secret_string: str


def read_text(caller: Caller, reference: str) -> str:
    """The text for the reference `ssm:/NAME` or `secretsmanager:ARN`.

    Raises AwsFailed if AWS refuses, ConfigurationError for any other reference.
    """
    kind, _, name = reference.partition(":")
    if kind == "ssm":
        query = {"Name": name, "WithDecryption": True}
        answer = caller.json("ssm", "AmazonSSM.GetParameter", query, "1.1")
        return msgspec.json.decode(answer, type=_ParameterAnswer).parameter.value
    if kind == "secretsmanager":
        answer = caller.json(kind, "secretsmanager.GetSecretValue", {"SecretId": name}, "1.1")
        return msgspec.json.decode(answer, type=_SecretAnswer).secret_string
    raise ConfigurationError(f"{reference!r} must be ssm:/NAME or secretsmanager:ARN")
