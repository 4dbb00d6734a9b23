"""Fetching the key set of an issuer: where its metadata says, or where the settings say.

The metadata are those of OpenID Connect Discovery 1.0, or of RFC 8414 (OAuth 2.0 Authorization
Server Metadata), which insert their path before that of the issuer.
"""

from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

import msgspec

from leadline.net.client import HttpClient, NoReply
from leadline.net.deadline import within
from leadline.net.oauth.key_set import KeySet, KeySetError, read_key_set
from leadline.settings.checks.oauth import is_secure

MOST_BYTES = 256 << 10
"""The longest key set or metadata that is read. Those of large providers have about 20 KB."""


class Issuer(NamedTuple):
    """An authorization server: its name in tokens, and where its keys are ("": in its metadata)."""

    name: str
    jwks_url: str = ""


class _Metadata(msgspec.Struct):
    issuer: str
    jwks_uri: str


def fetch_key_set(issuer: Issuer, within_s: float) -> KeySet:
    """The usable keys of an issuer; raises KeySetError, whose text says what failed. All requests
    together take at most *within_s* seconds."""
    with within(within_s):
        url = issuer.jwks_url or _keys_of_metadata(issuer.name, within_s)
        status, body = fetched(url, within_s)
        if status != 200:
            raise KeySetError(f"{shown_url(url)} answers {status}")
        try:
            return read_key_set(body)
        except KeySetError as error:
            raise KeySetError(f"{shown_url(url)}: {error}") from None


def metadata_urls(issuer: str) -> tuple[str, str]:
    """Where the metadata of an issuer may be, the likelier place first."""
    parts = urlsplit(issuer)
    path = parts.path.rstrip("/")
    inserted = f"/.well-known/oauth-authorization-server{path}"
    return (
        f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        urlunsplit((parts.scheme, parts.netloc, inserted, "", "")),
    )


def _keys_of_metadata(issuer: str, within_s: float) -> str:
    for url in metadata_urls(issuer):
        status, body = fetched(url, within_s)
        if status == 200:
            return _read_metadata(issuer, url, body)
        if status not in (400, 403, 404, 405, 410):
            break  # not that there are none, but that the server is unwell
    raise KeySetError(f"{shown_url(url)} answers {status}")


def _read_metadata(issuer: str, url: str, body: bytes) -> str:
    try:
        told = msgspec.json.decode(body, type=_Metadata)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise KeySetError(f"what {shown_url(url)} answers is no metadata with `jwks_uri`") from None
    if told.issuer != issuer:
        raise KeySetError(
            f"{shown_url(url)} is about the issuer {told.issuer[:200]!r}; `oauth_issuer` must be "
            "exactly that, if it is yours"
        )
    if not is_secure(told.jwks_uri):
        raise KeySetError(f"{shown_url(url)} names keys at a URL without https")
    return told.jwks_uri


def fetched(url: str, within_s: float) -> tuple[int, bytes]:
    """The status and body that a URL answers; raises KeySetError if nothing whole comes."""
    reply = HttpClient(within_s).request("GET", url, headers=_ASKED, most=MOST_BYTES)
    if isinstance(reply, NoReply):
        raise KeySetError(f"{shown_url(url)} can't be reached: {reply.reason}")
    if not reply.whole:
        raise KeySetError(f"{shown_url(url)} answers more than {MOST_BYTES} bytes")
    return reply.status, reply.body


_ASKED = {"accept": "application/json, application/jwk-set+json"}


def shown_url(url: str) -> str:
    """A URL for messages: without user name, password and query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
