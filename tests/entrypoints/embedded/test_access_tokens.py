"""Sources that demand access tokens, over real sockets: nobody else waits for their issuers."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from leadline.entrypoints.embedded.receiving.captures import OpenEndpoints
from leadline.entrypoints.embedded.receiving.token_keys import TokenKeys
from leadline.net.oauth import key_sets
from leadline.net.oauth.key_sets import KeySets
from leadline.net.oauth.tokens import AccessTokens
from leadline.settings.connected.sources import SourceConfig
from leadline.vendors.generic.webhook import Generic
from tests.standins.token_issuer import AUDIENCE, CLIENT, TokenIssuer
from tests.worlds.http_app import PlainSource, RunningApp

BODY = b'{"email": "ada@example.com"}'


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> Iterator[TokenIssuer]:
    monkeypatch.setattr(key_sets, "PATIENCE_S", 60.0)  # a busy machine is no silent issuer
    with TokenIssuer() as running:
        yield running


class Guarded:
    """A server whose source `generic` demands tokens of the issuer, and whose `form` does not.
    `clock` is what keys are dated by."""

    def __init__(self, issuer: TokenIssuer, **more: Any) -> None:
        self.running = RunningApp()
        self.config = SourceConfig(oauth_issuer=issuer.url, oauth_audience=(AUDIENCE,), **more)
        self.clock = 1000.0
        self.tokens = AccessTokens(KeySets(clock=lambda: self.clock))
        self.keys = TokenKeys(self.tokens, {"generic": self.config})

    def __enter__(self) -> "Guarded":
        self.running.start()
        running = self.running
        kit = running.kit
        sources = {"generic": Generic(self.config), "form": PlainSource()}
        running.kit = msgspec.structs.replace(kit, sources=sources, tokens=self.tokens)
        endpoints = OpenEndpoints(running.kit, running.batcher, token_keys=self.keys)
        ready = threading.Event()

        def opened() -> None:
            running.app.open(endpoints)
            ready.set()

        running.loop.call_soon_threadsafe(opened)
        assert ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self.running.stop()

    def post(self, token: str = "", path: str = "/webhook", **headers: str) -> Any:
        if token:
            headers["authorization"] = f"Bearer {token}"
        return self.running.post(BODY, path, **headers)


def test_a_delivery_with_a_token_is_kept_and_says_whose_it_is(issuer: TokenIssuer) -> None:
    with Guarded(issuer) as server:
        assert server.post(issuer.token()).status == 200
        (lead,) = server.running.slow_inbox.kept
        assert lead.why == f"client:{CLIENT}"


def test_a_delivery_without_a_token_is_refused_and_asked_for_one(issuer: TokenIssuer) -> None:
    with Guarded(issuer) as server:
        answer = server.post()
        assert (answer.status, answer.headers["www-authenticate"]) == (
            401, 'Bearer error="invalid_token"',
        )  # fmt: skip
        assert server.post(issuer.token(aud="another")).status == 401
        assert server.running.slow_inbox.kept == []
        assert issuer.asked == []


def test_an_issuer_that_is_down_is_neither_200_nor_401(issuer: TokenIssuer) -> None:
    issuer.status = 500
    with Guarded(issuer) as server:
        answer = server.post(issuer.token())
        assert (answer.status, answer.headers["retry-after"]) == (503, "10")
        assert json.loads(answer.data)["title"] == "The keys of the token's issuer can't be had"
        issuer.status = 200
        server.clock += 10
        assert server.post(issuer.token()).status == 200


def test_a_new_key_of_the_issuer_counts_at_its_first_delivery(issuer: TokenIssuer) -> None:
    with Guarded(issuer) as server:
        assert server.post(issuer.token()).status == 200
        issuer.publish_another()
        server.clock += 60
        assert server.post(issuer.token("other")).status == 200


def test_deliveries_that_need_keys_wait_for_one_fetch_and_others_for_none(
    issuer: TokenIssuer,
) -> None:
    issuer.serving.clear()
    with Guarded(issuer) as server:
        answers: list[int] = []
        senders = [
            threading.Thread(target=lambda: answers.append(server.post(issuer.token()).status))
            for _ in range(3)
        ]
        for sender in senders:
            sender.start()
        for _ in range(3):  # the event loop serves while the issuer is silent
            assert server.post(path="/webhook/form").status == 200
        assert server.running.get("/readyz").status == 200
        issuer.serving.set()
        for sender in senders:
            sender.join()
        assert answers == [200] * 3
        assert issuer.asked.count("/keys") == 1


def test_old_keys_are_renewed_while_deliveries_go_on(issuer: TokenIssuer) -> None:
    with Guarded(issuer) as server:
        assert server.post(issuer.token()).status == 200
        issuer.serving.clear()
        server.clock += 13 * 3600
        assert server.post(issuer.token()).status == 200  # before the issuer answers
        issuer.serving.set()


def test_keys_are_there_before_the_first_delivery(issuer: TokenIssuer) -> None:
    with Guarded(issuer) as server:
        server.running.loop.call_soon_threadsafe(server.keys.begin)
        assert server.post(issuer.token()).status == 200
        assert issuer.asked.count("/keys") == 1


def test_a_token_is_demanded_beside_a_secret(issuer: TokenIssuer) -> None:
    with Guarded(issuer, secret=("form-and-function",)) as server:
        assert server.post(issuer.token()).status == 401
        secret = {"x-webhook-secret": "form-and-function"}
        assert server.post(**secret).status == 401
        assert server.post(issuer.token(), **secret).status == 200


def test_either_may_be_enough(issuer: TokenIssuer) -> None:
    both = {"secret": ("form-and-function",), "oauth_with_secret": "either"}
    with Guarded(issuer, **both) as server:
        assert server.post(issuer.token()).status == 200
        assert server.post(**{"x-webhook-secret": "form-and-function"}).status == 200
        answer = server.post("form-and-fiction")
        assert answer.status == 401
        assert "neither by its secret" in json.loads(answer.data)["detail"]
        assert [lead.why for lead in server.running.slow_inbox.kept] == [f"client:{CLIENT}", ""]


def test_a_head_that_comes_again_is_checked_again(issuer: TokenIssuer) -> None:
    with Guarded(issuer) as server:
        token = issuer.token()
        assert server.post(token).status == 200
        issuer.more_keys = []
        server.clock += 25 * 3600
        issuer.status = 500
        assert server.post(token).status == 503


def test_a_token_longer_than_a_header_may_be_is_refused(issuer: TokenIssuer) -> None:
    with Guarded(issuer) as server:
        assert server.post("a" * 9000).status == 431
