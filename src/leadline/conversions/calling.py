"""What the ad networks share in calling: one client, and the words of answers."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.outcomes import AdOAuthConfig
from leadline.vendors._api.authorize import Tokens
from leadline.vendors._api.client import Authorize, Client, CrmReply, words_of

_OF_CLIENT = "crm."


def renamed(kind: str, said: Busy | Unreachable | Refused) -> Busy | Unreachable | Refused:
    """A failure of the client, whose codes begin with "crm.", as one of this kind of network."""
    match said:
        case Unreachable(words=words):
            return Unreachable(_code(kind, words))
        case Refused(reason=reason, words=words):
            return Refused(_code(kind, reason), words)
    return said


def _code(kind: str, code: str) -> str:
    return f"{kind}.{code.removeprefix(_OF_CLIENT)}" if code.startswith(_OF_CLIENT) else code


def refused_access(kind: str, reply: CrmReply, hidden: Iterable[str]) -> Refused:
    """The refusal of every request, which somebody must see to, without the *hidden* texts."""
    code = "unauthorized" if reply.status == 401 else "forbidden"
    return Refused(f"{kind}.{code}", words_of(reply, hidden))


def refreshed_tokens(usual: str, config: AdOAuthConfig) -> Tokens:
    """Access tokens that are fetched by the refresh token (RFC 6749, section 6)."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": config.refresh_token,
        "client_id": config.client_id,
        "client_secret": config.client_secret,
    }
    return Tokens(config.token_url or usual, form)


def client_of_network(
    config: Any, home: str, authorize: Authorize, headers: Mapping[str, str] = {}
) -> Client:
    """A client of the network's API."""
    return Client(config.url or home, config.timeout, authorize, headers)


def placed_error(reply: CrmReply) -> Mapping[str, Any]:
    """The object `error` of an answer; empty if it has none."""
    body = reply.body if isinstance(reply.body, dict) else {}
    error = body.get("error")
    return error if isinstance(error, dict) else {}


def texts_in(value: Any) -> Iterator[str]:
    """The texts and numbers in a part of a request, such as hashes and click ids, which a network
    may repeat in its words."""
    if isinstance(value, Mapping):
        for one in value.values():
            yield from texts_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts_in(one)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield str(value)


def amount(value: float) -> str:
    """An amount as text, without an exponent and without needless zeros."""
    return f"{value:.2f}"


def without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are not empty; zero and false stay."""
    return {name: one for name, one in values.items() if one not in (None, "", [], {}, ())}
