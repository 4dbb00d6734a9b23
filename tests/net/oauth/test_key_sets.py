"""Keys of issuers: how long they count, when they are fetched, and what if that fails."""

import threading

import pytest

from leadline.model.errors import KeysUnavailable, TokenRefused
from leadline.net.oauth.fetching import Issuer
from leadline.net.oauth.key_set import KeySet, KeySetError, SigningKey
from leadline.net.oauth.key_sets import LASTING_S, PAUSE_S, RENEWED_S, RETRY_S, KeySets

ISSUER = Issuer("https://issuer.example.com")
FIRST, SECOND = SigningKey("first", "RS256", None), SigningKey("second", "RS256", None)


class Scripted:
    """An issuer and a clock, both by hand; `published` is None while the issuer is down."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.published: KeySet | None = [FIRST]
        self.fetches = 0
        self.key_sets = KeySets(self.fetch, lambda: self.now)

    def fetch(self, issuer: Issuer, within_s: float) -> KeySet:
        self.fetches += 1
        if self.published is None:
            raise KeySetError("it answers 500")
        return self.published

    def ask(self, kid: str = "first") -> KeySet:
        """The keys for a token, fetched first if that is due, as both entry points do."""
        if self.key_sets.is_due(ISSUER, kid, "RS256") or self.key_sets.is_old(ISSUER):
            self.key_sets.fetch(ISSUER)
        return self.key_sets.matching(ISSUER, kid, "RS256")


def test_keys_are_fetched_once_for_half_a_day() -> None:
    issuer = Scripted()
    for _ in range(3):
        assert issuer.ask() == [FIRST]
        issuer.now += RENEWED_S / 4
    assert issuer.fetches == 1
    issuer.now += RENEWED_S / 4
    assert issuer.ask() == [FIRST]
    assert issuer.fetches == 2


def test_old_keys_serve_while_the_issuer_is_down_until_a_day_is_over() -> None:
    issuer = Scripted()
    issuer.ask()
    issuer.published = None
    issuer.now += LASTING_S - 1
    assert issuer.ask() == [FIRST]
    issuer.now += 1
    with pytest.raises(KeysUnavailable):
        issuer.ask()


def test_while_the_issuer_is_down_it_is_asked_once_a_minute() -> None:
    issuer = Scripted()
    issuer.ask()
    issuer.published = None
    issuer.now += RENEWED_S
    for _ in range(10):
        issuer.ask()
        issuer.now += PAUSE_S / 10
    assert issuer.fetches == 2
    issuer.ask()
    assert issuer.fetches == 3


def test_without_any_keys_senders_hear_when_to_come_back() -> None:
    issuer = Scripted()
    issuer.published = None
    with pytest.raises(KeysUnavailable) as error:
        issuer.ask()
    assert (error.value.status, error.value.retry_after) == (503, RETRY_S)
    issuer.now += RETRY_S - 2
    with pytest.raises(KeysUnavailable) as error:
        issuer.ask()
    assert (issuer.fetches, error.value.retry_after) == (1, 2)
    issuer.now += 2
    issuer.published = [FIRST]
    assert issuer.ask() == [FIRST]


def test_an_unknown_key_is_a_reason_to_fetch_once_a_minute() -> None:
    issuer = Scripted()
    issuer.ask()
    issuer.published = [FIRST, SECOND]
    issuer.now += PAUSE_S
    assert issuer.ask("second") == [SECOND]
    for _ in range(10):
        with pytest.raises(TokenRefused):
            issuer.ask("third")
    assert issuer.fetches == 2
    issuer.now += PAUSE_S
    with pytest.raises(TokenRefused):
        issuer.ask("third")
    assert issuer.fetches == 3


def test_an_unknown_key_is_not_refused_while_nobody_can_know_whether_it_is_new() -> None:
    issuer = Scripted()
    issuer.ask()
    issuer.published = None
    issuer.now += PAUSE_S
    with pytest.raises(KeysUnavailable):
        issuer.ask("second")
    assert issuer.ask() == [FIRST]


def test_a_withdrawn_key_counts_no_more_after_the_next_fetch() -> None:
    issuer = Scripted()
    issuer.ask()
    issuer.published = [SECOND]
    issuer.now += RENEWED_S
    with pytest.raises(TokenRefused):
        issuer.ask()


def test_a_clock_that_was_set_back_makes_no_key_older_than_a_day_count() -> None:
    issuer = Scripted()
    issuer.ask()
    issuer.now -= 3600
    assert issuer.ask() == [FIRST]
    assert issuer.fetches == 2


def test_a_token_without_a_key_id_may_be_of_any_key_of_its_algorithm() -> None:
    issuer = Scripted()
    curve = SigningKey("curve", "ES256", None)
    issuer.published = [FIRST, curve, SECOND]
    assert issuer.ask("") == [FIRST, SECOND]


def test_a_key_without_an_id_may_have_signed_any_token() -> None:
    issuer = Scripted()
    issuer.published = [nameless := SigningKey("", "RS256", None)]
    assert issuer.ask("whatever") == [nameless]


def test_issuers_have_keys_of_their_own() -> None:
    issuer = Scripted()
    issuer.ask()
    with pytest.raises(KeysUnavailable):
        issuer.key_sets.matching(Issuer("https://another.example.com"), "first", "RS256")


def test_a_token_is_judged_without_waiting_for_a_fetch_that_is_under_way() -> None:
    began, go_on = threading.Event(), threading.Event()

    def slow(issuer: Issuer, within_s: float) -> KeySet:
        began.set()
        assert go_on.wait(30)
        return [FIRST]

    key_sets = KeySets(slow)
    thread = threading.Thread(target=key_sets.fetch, args=(ISSUER,))
    thread.start()
    assert began.wait(30)
    with pytest.raises(KeysUnavailable):
        key_sets.matching(ISSUER, "first", "RS256")
    go_on.set()
    thread.join()
    assert key_sets.matching(ISSUER, "first", "RS256") == [FIRST]
