"""Fetching key sets: from issuers that are well, unwell, slow or hostile."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, RSAKey

from leadline.installations import settings_check
from leadline.model.errors import ConfigurationError
from leadline.net.oauth import key_set
from leadline.net.oauth.fetching import MOST_BYTES, Issuer, fetch_key_set, metadata_urls
from leadline.net.oauth.key_set import KeySetError, read_key_set
from leadline.settings.loading import load
from leadline.settings.top.general import Settings
from tests.standins.ports import free_port
from tests.standins.scripted_server import Answer, ScriptedServer, answer
from tests.standins.token_issuer import TokenIssuer


@pytest.fixture
def issuer() -> Iterator[TokenIssuer]:
    with TokenIssuer() as running:
        yield running


def why_not(issuer: Issuer, within_s: float = 10) -> str:
    with pytest.raises(KeySetError) as error:
        fetch_key_set(issuer, within_s)
    return str(error.value)


def test_keys_are_found_by_the_issuers_metadata(issuer: TokenIssuer) -> None:
    keys = fetch_key_set(Issuer(issuer.url), 10)
    assert [(key.kid, key.algorithm) for key in keys] == [("rsa", "RS256"), ("curve", "ES256")]
    assert issuer.asked == ["/.well-known/openid-configuration", "/keys"]


def test_keys_are_read_where_the_settings_say(issuer: TokenIssuer) -> None:
    assert fetch_key_set(Issuer("https://issuer.example.com", issuer.jwks_url), 10)
    assert issuer.asked == ["/keys"]


def test_metadata_are_looked_for_where_both_standards_put_them() -> None:
    assert metadata_urls("https://issuer.example.com/tenant/") == (
        "https://issuer.example.com/tenant/.well-known/openid-configuration",
        "https://issuer.example.com/.well-known/oauth-authorization-server/tenant",
    )
    keys = json.dumps({"keys": [_public(ECKey.generate_key("P-256", private=True))]}).encode()
    with ScriptedServer() as server:
        told = {"issuer": server.endpoint, "jwks_uri": f"{server.endpoint}/keys"}
        server.answers += [
            answer("404 Not Found"), answer(body=json.dumps(told).encode()), answer(body=keys)
        ]  # fmt: skip
        assert fetch_key_set(Issuer(server.endpoint), 10)
        assert [one.target for one in server.requests] == [
            "/.well-known/openid-configuration",
            "/.well-known/oauth-authorization-server",
            "/keys",
        ]


def test_metadata_of_another_issuer_are_not_believed(issuer: TokenIssuer) -> None:
    issuer.metadata = {"issuer": "https://evil.example.com", "jwks_uri": issuer.jwks_url}
    assert "https://evil.example.com" in why_not(Issuer(issuer.url))
    assert "/keys" not in issuer.asked


def test_keys_are_not_read_without_https(issuer: TokenIssuer) -> None:
    issuer.metadata = {"issuer": issuer.url, "jwks_uri": "http://keys.example.com/keys"}
    assert "without https" in why_not(Issuer(issuer.url))


@pytest.mark.parametrize("metadata", [{}, {"issuer": 1}, {"issuer": "x", "jwks_uri": None}])
def test_metadata_that_lack_something_are_no_metadata(
    issuer: TokenIssuer, metadata: dict[str, Any]
) -> None:
    issuer.metadata = {"no": "keys", **metadata}
    assert "no metadata" in why_not(Issuer(issuer.url))


def test_a_key_set_that_is_too_large_is_not_read(issuer: TokenIssuer) -> None:
    issuer.keys_body = json.dumps(issuer.key_set()).encode().ljust(10_000_000)
    assert f"more than {MOST_BYTES} bytes" in why_not(Issuer(issuer.url))


def test_a_redirect_is_not_followed(issuer: TokenIssuer) -> None:
    with ScriptedServer(answer("302 Found", b"", f"location: {issuer.jwks_url}")) as server:
        assert "answers 302" in why_not(Issuer(server.endpoint, f"{server.endpoint}/keys"))
    assert issuer.asked == []


def test_an_issuer_that_is_unwell_or_gone_has_no_keys(issuer: TokenIssuer) -> None:
    issuer.status = 500
    assert "answers 500" in why_not(Issuer(issuer.url))
    gone = f"http://127.0.0.1:{free_port()}"
    assert "not_connected" in why_not(Issuer(gone))


def test_an_issuer_that_never_ends_its_answer_is_given_up() -> None:
    drip = Answer([b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", *[b" "] * 99], "hang", 0.02)
    with ScriptedServer(drip) as server:
        assert "timeout" in why_not(Issuer(server.endpoint, f"{server.endpoint}/keys"), 0.3)


def test_words_about_a_url_hold_no_password_and_no_query(issuer: TokenIssuer) -> None:
    issuer.status = 500
    url = issuer.jwks_url.replace("//", "//user:hunter2@") + "?secret=s3cr3t"
    words = why_not(Issuer(issuer.url, url))
    assert "hunter2" not in words
    assert "s3cr3t" not in words


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{}", b'{"keys": 1}', b'{"keys": []}', b'{"keys": ["a", 1, null]}',
     b"<html>", b"\xff", b"[" * 5000, b'{"keys": [{"kty": "RSA", "n": "!", "e": "AQAB"}]}'],
)  # fmt: skip
def test_what_has_no_usable_key_is_no_key_set(body: bytes) -> None:
    with pytest.raises(KeySetError):
        read_key_set(body)


def test_settings_that_demand_tokens_are_refused_without_the_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = '[sources.generic]\noauth_issuer = "https://issuer.example.com"\noauth_audience = "x"\n'
    settings = load(environ={}, document=(text, "leadline.toml")).settings
    settings_check.check(settings)
    monkeypatch.setattr(key_set, "find_spec", lambda _: None)
    settings_check.check(Settings())
    with pytest.raises(ConfigurationError, match="joserfc, which is not installed"):
        settings_check.check(settings)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
_KEYS = st.dictionaries(
    st.sampled_from(["kty", "kid", "use", "alg", "key_ops", "crv", "n", "e", "x", "y"]),
    st.sampled_from(["RSA", "EC", "sig", "RS256", "P-256", "AQAB", "A" * 43, "_" * 342]) | _JSON,
)


@given(st.binary(max_size=60) | st.lists(_KEYS | _JSON, max_size=3).map(
    lambda keys: json.dumps({"keys": keys}).encode()
))  # fmt: skip
def test_whatever_a_server_answers_is_a_key_set_or_none(body: bytes) -> None:
    try:
        keys = read_key_set(body)
    except KeySetError:
        return
    assert all(key.algorithm in ("RS256", "ES256") for key in keys)


def _public(key: Any) -> dict[str, Any]:
    return dict(key.as_dict(private=False))


def test_only_keys_that_may_sign_tokens_are_taken() -> None:
    strong = _public(RSAKey.generate_key(2048, private=True))
    curve = _public(ECKey.generate_key("P-256", private=True))
    fits = [
        {**strong, "kid": "1"},
        {**strong, "kid": "2", "use": "sig", "alg": "RS256", "key_ops": ["verify"]},
        {**curve, "kid": "3", "x5c": ["ignored"]},
    ]
    unfit = [
        {**strong, "use": "enc"},
        {**strong, "alg": "PS256"},
        {**strong, "key_ops": ["encrypt"]},
        {**strong, "n": strong["n"][:170]},
        {**strong, "n": "_" * 20_000},
        {**strong, "e": "_" * 400},
        {**curve, "alg": "RS256"},
        {**curve, "x": curve["y"], "y": curve["x"]},
        _public(ECKey.generate_key("P-384", private=True)),
        {"kty": "oct", "k": "c2VjcmV0", "alg": "HS256"},
        {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43},
    ]
    found = read_key_set(json.dumps({"keys": unfit + fits}).encode())
    assert [key.kid for key in found] == ["1", "2", "3"]
