"""What issuers say of themselves: kept for a while, and longer while they are down."""

import pytest

from leadline.net.oauth.code_flow import CodeFlow, LoginAttempt, LoginClient
from leadline.net.oauth.providers import (
    LASTING_S,
    RENEWED_S,
    RETRY_S,
    Provider,
    ProviderError,
    Providers,
)

ISSUER = "https://login.example.com"


class HandIssuer:
    """Metadata that are fetched by hand, at a time that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.fetched = 0
        self.failed = ""
        self.providers = Providers(self.fetch, lambda: self.now)

    def fetch(self, issuer: str, within_s: float) -> Provider:
        self.fetched += 1
        if self.failed:
            raise ProviderError(self.failed)
        place = f"{issuer}/{self.fetched}"
        return Provider(issuer, place, place, place)

    def tells(self) -> str:
        return self.providers.of(ISSUER).token_endpoint


def test_metadata_are_fetched_once_an_hour() -> None:
    issuer = HandIssuer()
    assert issuer.providers.known(ISSUER) is None
    assert issuer.tells() == issuer.tells() == f"{ISSUER}/1"
    issuer.now += RENEWED_S
    assert issuer.tells() == f"{ISSUER}/2"
    assert issuer.providers.known(ISSUER) is not None
    assert issuer.fetched == 2


def test_old_metadata_count_for_a_day_while_no_others_can_be_had() -> None:
    issuer = HandIssuer()
    issuer.tells()
    issuer.failed = "it is down"
    issuer.now += RENEWED_S
    assert issuer.tells() == issuer.tells() == f"{ISSUER}/1"
    assert issuer.fetched == 2  # and not at once again
    issuer.now += RETRY_S
    assert issuer.tells() == f"{ISSUER}/1"
    assert issuer.fetched == 3
    issuer.now += LASTING_S
    with pytest.raises(ProviderError, match="it is down"):
        issuer.tells()
    issuer.failed = ""
    issuer.now += RETRY_S
    assert issuer.tells() == f"{ISSUER}/5"


def test_an_issuer_that_was_never_reached_is_asked_again_after_a_pause() -> None:
    issuer = HandIssuer()
    issuer.failed = "it is down"
    for _ in range(3):
        with pytest.raises(ProviderError, match="it is down"):
            issuer.tells()
    assert issuer.fetched == 1
    issuer.failed = ""
    issuer.now += RETRY_S
    assert issuer.tells() == f"{ISSUER}/2"


def test_nothing_of_an_attempt_or_a_client_is_in_what_is_printed_of_them() -> None:
    attempt = LoginAttempt("the-secret.1.")
    client = LoginClient(ISSUER, "leadline", "its-secret", "openid", "https://d.example.com/back")
    assert "the-secret" not in repr(attempt)
    assert "its-secret" not in repr(client)
    url = CodeFlow(HandIssuer().providers).login_url(client, attempt)
    assert "the-secret" not in url
    assert attempt.verifier not in url
    assert not attempt.is_answered_by("")
    assert attempt.is_answered_by(attempt.state)
