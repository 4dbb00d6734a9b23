"""Whose delivery it is: by the secret or signature of its source, and by an access token where the
settings demand one."""

from urllib.parse import quote, unquote

import msgspec

from leadline.model.errors import KeysUnavailable, LeadlineError, Unauthentic
from leadline.model.lead import CapturedLead, Delivery, Kind
from leadline.ports.source import Source
from leadline.ports.tokens import TokenCheck

CLIENT = "client:"
"""How the note on a lead (`CapturedLead.why`) begins that says which client delivered it."""

_KEPT = ":@/+|=,;"
"""What an id may contain besides letters, digits and `_.-~`; all else is percent-encoded, so that
the note is one word."""


def authenticated_client(delivery: Delivery, source: Source, tokens: TokenCheck | None) -> str:
    """Check that a delivery is authentic. Returns the id of the client that its access token was
    given to; "" if it needs none, or was told by a secret instead.

    Raises Unauthentic or KeysUnavailable.
    """
    config = source.config
    if not config.oauth_issuer:
        source.authenticate(delivery)
        return ""
    if tokens is None:
        raise KeysUnavailable("access tokens are not checked here")
    if not config.secret or config.oauth_with_secret != "either":  # noqa: S105 - a word
        source.authenticate(delivery)
        return tokens.client_of(delivery, config)
    try:
        source.authenticate(delivery)
    except Unauthentic as by_secret:
        return _by_token_instead(delivery, source, tokens, by_secret)
    return ""


def _by_token_instead(
    delivery: Delivery, source: Source, tokens: TokenCheck, by_secret: LeadlineError
) -> str:
    try:
        return tokens.client_of(delivery, source.config)
    except Unauthentic as by_token:
        words = f"neither by its secret ({by_secret.detail}) nor by a token ({by_token.detail})"
        raise type(by_token)(words) from None


def fetch_keys_first(
    delivery: Delivery, source: Source, tokens: TokenCheck | None, within_s: float | None = None
) -> None:
    """Fetch what is needed to judge the delivery's token, where that may wait, and what is old."""
    config = source.config
    if tokens is None or not config.oauth_issuer:
        return
    if tokens.needs_keys(delivery, config) or tokens.keys_are_old(config):
        tokens.fetch_keys(config, within_s)


def delivered_by(client: str, lead: CapturedLead) -> CapturedLead:
    """The lead with a note of the client that delivered it. Of what is no lead, `why` is a code."""
    if lead.kind is Kind.IGNORED:
        return lead
    why = f"{lead.why} {CLIENT}{quote(client, safe=_KEPT)}".lstrip()
    return msgspec.structs.replace(lead, why=why)


def client_in(why: str) -> str:
    """The client that delivered a lead, by the notes on it; "" if they name none."""
    notes = [word for word in why.split() if word.startswith(CLIENT)]
    return unquote(notes[-1].removeprefix(CLIENT)) if notes else ""
