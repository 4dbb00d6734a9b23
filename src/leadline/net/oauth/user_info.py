"""What an issuer says of somebody beside the ID token (OpenID Connect Core 1.0, 5.3): its UserInfo
endpoint is asked only where the ID token says too little."""

from typing import Any

import msgspec

from leadline.model.errors import TokenRefused
from leadline.net.client import HttpClient, NoReply
from leadline.net.oauth.fetching import MOST_BYTES, shown_url
from leadline.net.oauth.id_tokens import Identity, with_claims
from leadline.net.oauth.providers import PATIENCE_S, ProviderError

_UNWELL = 500


def with_user_info(identity: Identity, url: str, access_token: str) -> Identity:
    """Whom the issuer has logged in, with what its endpoint at *url* adds; claims of the ID token,
    which is signed, count before those. An issuer that refuses to answer adds nothing.

    Raises TokenRefused if the answer is about somebody else, ProviderError if none comes.
    """
    headers = {"authorization": f"Bearer {access_token}", "accept": "application/json"}
    reply = HttpClient(PATIENCE_S).request("GET", url, headers=headers, most=MOST_BYTES)
    if isinstance(reply, NoReply):
        raise ProviderError(f"{shown_url(url)} can't be reached: {reply.reason}")
    if reply.status >= _UNWELL:
        raise ProviderError(f"{shown_url(url)} answers {reply.status}")
    if reply.status != 200:
        return identity
    try:
        claims = msgspec.json.decode(reply.body if reply.whole else b"", type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ProviderError(f"{shown_url(url)} answers no JSON with claims") from None
    if claims.get("sub") != identity.subject:
        raise TokenRefused("what UserInfo says is about somebody else (sub)")
    return with_claims(identity, claims)
