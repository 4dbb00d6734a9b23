"""E-mail by Amazon SES (SES API v2 Reference, "SendEmail", raw content), without its SDK.

One attempt per call: SES does not recognise repeats, so the task queue decides on retries.
"""

import base64
import os
from collections.abc import Callable, Mapping
from email import message_from_bytes
from email.utils import getaddresses

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.model.texts.patterns import late
from leadline.net.address import check_url
from leadline.net.aws.calls import host_of
from leadline.net.aws.signing import Keys, Unsigned, sign
from leadline.net.posting import Poster, PostReply
from leadline.net.redaction import DEFAULT_HOLD, shortened
from leadline.ports.channel import NO_OWNER
from leadline.ports.clock import Clock, wall_clock
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable

_PATH = "/v2/email/outbound-emails"
_REGION = late(r"[a-z]{2,6}(?:-[a-z]+)+-[0-9]{1,2}")
# Errors that ask for a pause (the rate or the daily quota of SES), and those that end once somebody
# renews credentials, sets a clock or lets the account send again.
_PACED = frozenset(
    ["TooManyRequestsException", "LimitExceededException", "ThrottlingException", "Throttling"]
)
_PASSING = frozenset(
    ["ExpiredTokenException", "RequestExpired", "SendingPausedException", "RequestTimeout"]
)


class _Accepted(msgspec.Struct, rename="pascal"):
    message_id: str = ""


class _Refusal(msgspec.Struct):
    message: str = ""


class SesMessenger:
    """Sends messages by SES in one region. *keys* returns the current credentials; *endpoint*
    replaces AWS's own address.

    *timeout* in seconds bounds the whole call (`posting.Poster`).
    Raises ConfigurationError, which begins with the *setting*, for an invalid region.
    """

    def __init__(
        self,
        region: str,
        keys: Callable[[], Keys],
        endpoint: str = "",
        timeout: float = 10.0,
        *,
        setting: str = "channels",
        clock: Clock = wall_clock,
    ) -> None:
        if not _REGION.fullmatch(region):
            raise ConfigurationError(
                f"{setting}.region must be the AWS region of SES, such as eu-west-1"
            )
        self._base = (endpoint or f"https://{host_of('email', region)}").rstrip("/")
        check_url(self._base, "AWS_ENDPOINT_URL")
        self._region = region
        self._keys = keys
        self._poster = Poster("ses", timeout, shows_path=True)
        self._clock = clock

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        """See `ports.messenger.Messenger.send`; `ref` is the Message-ID that SES gives the mail."""
        read = message_from_bytes(message)
        to = [address for _, address in getaddresses(read.get_all("To", [])) if address]
        if not to:
            return Refused(NO_OWNER, "no e-mail address is known for this message")
        body = msgspec.json.encode(
            {
                "FromEmailAddress": " ".join(str(read["From"]).split()),
                "Destination": {"ToAddresses": to},
                "Content": {"Raw": {"Data": base64.b64encode(message).decode()}},
            }
        )
        request = Unsigned(
            "POST",
            self._base.partition("://")[2],
            _PATH,
            body,
            headers={"content-type": "application/json"},
        )
        keys = self._keys()
        signed = sign(request, keys, self._region, "ses", self._clock())
        answer = self._poster.post(self._base + _PATH, body, signed, shown=message)
        if isinstance(answer, Unreachable):
            return answer
        words = shortened(_error_message(answer), (*answer.secrets, keys.token))
        return self._meaning(answer, words)

    def find(self, message: bytes) -> Sent | None:
        """None: SES cannot be asked for sent messages."""
        del message
        return None

    def _meaning(self, answer: PostReply, words: str) -> Sent | Refused | Busy | Unreachable:
        code = answer.headers.get("x-amzn-errortype", "").rpartition("#")[2].partition(":")[0]
        if answer.status == 429 or code in _PACED:
            return Busy(DEFAULT_HOLD, f"{code} {words}".strip())
        if trouble := self._poster.failure(answer):
            return trouble
        if code in _PASSING:
            return Unreachable(f"ses.{code}")
        if answer.status >= 300:
            return Refused(f"ses.{code or f'http_{answer.status}'}", words)
        try:
            ident = msgspec.json.decode(answer.body, type=_Accepted).message_id
        except msgspec.MsgspecError:
            ident = ""
        return Sent(f"<{ident}@{_mail_domain(self._region)}>" if ident else "")


def keys_in(environ: Mapping[str, str] = os.environ) -> Keys:
    """The credentials of the environment.

    Raises ConfigurationError if there are none.
    """
    access, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if not access or not secret:
        raise ConfigurationError(
            "SES needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment"
        )
    return Keys(access, secret, environ.get("AWS_SESSION_TOKEN", ""))


def _error_message(answer: PostReply) -> str:
    try:
        return msgspec.json.decode(answer.body, type=_Refusal).message or answer.words
    except msgspec.MsgspecError:
        return answer.words


def _mail_domain(region: str) -> str:
    """The domain in the Message-IDs that SES sets (SES Developer Guide, "Email format")."""
    return "email.amazonses.com" if region == "us-east-1" else f"{region}.amazonses.com"
