"""Access tokens on AWS: Capture checks them, and keeps the keys of their issuers while warm."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from leadline.entrypoints.aws import capture
from leadline.net.oauth import key_set, key_sets
from leadline.net.oauth.key_sets import KeySets
from leadline.net.oauth.tokens import AccessTokens
from tests.standins.token_issuer import AUDIENCE, CLIENT, TokenIssuer
from tests.worlds.aws_functions import Functions


class Clock:
    now = 1000.0


@pytest.fixture
def issuer(functions: Functions, monkeypatch: pytest.MonkeyPatch) -> Iterator[TokenIssuer]:
    """An issuer whose tokens the source form-less `generic` demands; Capture is new."""
    monkeypatch.setattr(key_sets, "PATIENCE_S", 60.0)
    monkeypatch.setattr(Clock, "now", 1000.0)
    tokens = AccessTokens(KeySets(clock=lambda: Clock.now))
    monkeypatch.setattr(capture, "_tokens", lambda: tokens)
    with TokenIssuer() as running:
        functions.write(
            f'[sources.generic]\noauth_issuer = "{running.url}"\noauth_audience = "{AUDIENCE}"\n'
            f'[sources.hubspot]\nsecret = "form-and-function"\n'
        )
        yield running


def posted(functions: Functions, token: str = "", **event: Any) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return functions.post(headers=headers, **event)


def test_a_delivery_with_a_token_is_kept_and_says_whose_it_is(
    functions: Functions, issuer: TokenIssuer
) -> None:
    answer = posted(functions, issuer.token())
    assert answer["statusCode"] == 200
    ledger = functions.parts.ledger()
    story = ledger.story(answer["body"]["lead_id"])
    assert story is not None
    assert story.timeline[0].detail == f"client:{CLIENT}"
    assert posted(functions, issuer.token("curve"))["statusCode"] == 200
    assert issuer.asked.count("/keys") == 1


def test_what_has_no_token_that_counts_is_refused(
    functions: Functions, issuer: TokenIssuer
) -> None:
    for token in ("", issuer.token(aud="another"), issuer.token("other"), issuer.token()[:-4]):
        answer = posted(functions, token)
        assert answer["statusCode"] == 401
        assert answer["headers"]["www-authenticate"] == 'Bearer error="invalid_token"'
    assert functions.messages() == []


def test_an_issuer_that_is_down_is_neither_200_nor_401(
    functions: Functions, issuer: TokenIssuer
) -> None:
    issuer.status = 500
    answer = posted(functions, issuer.token())
    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "10")
    assert functions.messages() == []
    issuer.status = 200
    Clock.now += 10
    assert posted(functions, issuer.token())["statusCode"] == 200


def test_a_frozen_function_renews_the_keys_and_serves_with_old_ones_for_a_day(
    functions: Functions, issuer: TokenIssuer
) -> None:
    assert posted(functions, issuer.token())["statusCode"] == 200
    issuer.status = 500
    Clock.now += 23 * 3600
    assert posted(functions, issuer.token())["statusCode"] == 200
    Clock.now += 2 * 3600
    assert posted(functions, issuer.token())["statusCode"] == 503


def test_sources_without_an_issuer_need_no_token(functions: Functions, issuer: TokenIssuer) -> None:
    answer = posted(
        functions, path="/webhook/form", pathParameters={"source": "form"},
        body=b'{"email": "ada@example.com"}',
    )  # fmt: skip
    assert answer["statusCode"] == 200
    assert issuer.asked == []


def test_a_package_without_the_library_answers_503(
    functions: Functions,
    issuer: TokenIssuer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(key_set, "find_spec", lambda _: None)
    answer = posted(functions, issuer.token())
    assert answer["statusCode"] == 503
    (line,) = (vars(r) for r in caplog.records if r.message == "oauth.keys_failed")
    assert "joserfc" in line["reason"]
    assert "joserfc" not in json.dumps(answer["body"])
