"""The AWS session of an operator: credentials, account, region, clients and error messages."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from leadline.model.errors import ConfigurationError, LeadlineError

_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".api.aws")
_DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError")
_STALE = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
_UNKNOWN = ("InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch")


class CloudError(LeadlineError):
    """AWS refused a request or failed; the message says what to do next."""

    title = "AWS did not do this"


@dataclass(frozen=True, slots=True)
class Cloud:
    """An account in a region. `endpoint` is "" for AWS itself, else the URL of an emulator."""

    account: str
    region: str
    endpoint: str
    session: Any
    _clients: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def client(self, service: str) -> Any:
        """The boto3 client of a service, with many retries."""
        if service not in self._clients:
            self._clients[service] = _client(self.session, service)
        return self._clients[service]


def need_extra() -> None:
    """Raise ConfigurationError if the packages of the extra `aws` are missing."""
    try:
        import boto3  # noqa: F401
        import packaging  # noqa: F401
    except ImportError:
        raise ConfigurationError(
            "packages for AWS are missing: pip install boto3 packaging "
            "in the environment of Leadline"
        ) from None


def connect(region: str | None = None) -> Cloud:
    """Find credentials and region as all AWS tools do, and ask AWS for the account.

    Raises ConfigurationError if boto3, the region or credentials are missing, and CloudError if AWS
    rejects them.
    """
    need_extra()
    import boto3
    from botocore.exceptions import NoCredentialsError, ProfileNotFound

    with readable_errors():
        try:
            # boto3 itself reads only AWS_DEFAULT_REGION.
            session = boto3.Session(region_name=region or os.environ.get("AWS_REGION") or None)
            if not session.region_name:
                raise ConfigurationError(
                    "no region: pass --region, set AWS_REGION, or give your profile one"
                )
            sts = _client(session, "sts", attempts=2)  # a mistyped region fails here soon
            account = sts.get_caller_identity()["Account"]
        except ProfileNotFound as error:
            raise ConfigurationError(f"{error}; see AWS_PROFILE and ~/.aws/config") from None
        except NoCredentialsError:
            raise ConfigurationError(
                "no credentials for AWS: set AWS_PROFILE, or run `aws configure` or `aws sso login`"
            ) from None
    endpoint = str(sts.meta.endpoint_url)
    is_aws = (urlsplit(endpoint).hostname or "").endswith(_AWS)
    return Cloud(account, session.region_name, "" if is_aws else endpoint.rstrip("/"), session)


def _client(session: Any, service: str, attempts: int = 8) -> Any:
    from botocore.config import Config

    patient = Config(
        retries={"mode": "standard", "max_attempts": attempts}, connect_timeout=10, read_timeout=60
    )
    return session.client(service, config=patient)


@contextmanager
def readable_errors() -> Iterator[None]:
    """Turn the exceptions of boto3 into CloudError."""
    from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

    try:
        yield
    except ClientError as error:
        raise CloudError(_refusal(error)) from None
    except EndpointConnectionError as error:
        raise CloudError(f"{error}; is the region right, and is there a network?") from None
    except BotoCoreError as error:
        raise CloudError(str(error)) from None


def _refusal(error: Any) -> str:
    response = error.response.get("Error", {})
    code = response.get("Code", "")
    text = f"{error.operation_name} was refused ({code}): {response.get('Message', '')}".rstrip(
        ": "
    )
    if code in _DENIED:
        return f"{text}; whoever runs this command needs that permission"
    if code in _STALE:
        return f"{text}; your credentials have expired, sign in again"
    if code in _UNKNOWN:
        return f"{text}; AWS does not know your credentials, see AWS_PROFILE and `aws configure`"
    return text


def error_code(error: Any) -> str:
    """AWS's code of a botocore ClientError."""
    return str(error.response.get("Error", {}).get("Code", ""))
