"""Reading a text from SSM Parameter Store or Secrets Manager by a reference."""

from typing import NamedTuple

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.net.aws.calls import Caller


class _Parameter(msgspec.Struct, rename="pascal"):
    value: str
    version: int = 0
    last_modified_date: msgspec.Raw = msgspec.Raw()


class _ParameterAnswer(msgspec.Struct, rename="pascal"):
    parameter: _Parameter


class _SecretAnswer(msgspec.Struct, rename="pascal"):
    secret_string: str


class VersionedText(NamedTuple):
    """A text, and by what a later version of it is told from it ("": it can't be told)."""

    text: str
    version: str


def read_text(caller: Caller, reference: str) -> str:
    """The text for the reference `ssm:/NAME` or `secretsmanager:ARN`.

    Raises AwsFailed if AWS refuses, ConfigurationError for any other reference.
    """
    return read_versioned(caller, reference).text


def read_versioned(caller: Caller, reference: str) -> VersionedText:
    """The text with its version; raises as `read_text` does."""
    kind, _, name = reference.partition(":")
    if kind == "ssm":
        parameter = _parameter(caller, name, decrypted=True)
        return VersionedText(parameter.value, _version_of(parameter))
    if kind == "secretsmanager":
        answer = caller.json(kind, "secretsmanager.GetSecretValue", {"SecretId": name}, "1.1")
        return VersionedText(msgspec.json.decode(answer, type=_SecretAnswer).secret_string, "")
    raise ConfigurationError(f"{reference!r} must be ssm:/NAME or secretsmanager:ARN")


def read_version(caller: Caller, reference: str) -> str:
    """The version of a text, "" if only reading the text tells. A parameter is read without being
    decrypted, which calls no KMS and so costs nothing (SSM API Reference, "GetParameter"); every
    call to Secrets Manager has its price. Raises AwsFailed."""
    kind, _, name = reference.partition(":")
    return _version_of(_parameter(caller, name, decrypted=False)) if kind == "ssm" else ""


def _parameter(caller: Caller, name: str, *, decrypted: bool) -> _Parameter:
    query = {"Name": name, "WithDecryption": decrypted}
    answer = caller.json("ssm", "AmazonSSM.GetParameter", query, "1.1")
    return msgspec.json.decode(answer, type=_ParameterAnswer).parameter


def _version_of(parameter: _Parameter) -> str:
    """The number, and the time because a parameter that is deleted and made anew counts anew."""
    if not parameter.version:
        return ""
    return f"{parameter.version} {bytes(parameter.last_modified_date).decode()}"
