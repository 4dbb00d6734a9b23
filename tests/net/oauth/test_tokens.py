"""Access tokens: which count, and which don't, whatever was done to them."""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import serialize_compact

from leadline.model.errors import KeysUnavailable, TokenRefused
from leadline.model.lead import Delivery
from leadline.net.oauth.tokens import LONGEST, AccessTokens
from leadline.settings.connected.sources import SourceConfig
from tests.standins.token_issuer import AUDIENCE, CLIENT, TokenIssuer, forged


def _token_of(content: bytes) -> str:
    segment = base64.urlsafe_b64encode(content).rstrip(b"=").decode()
    return f"eyJhbGciOiJSUzI1NiJ9.{segment}.{segment}"


@pytest.fixture(scope="module")
def issuer() -> Iterator[TokenIssuer]:
    with TokenIssuer() as running:
        yield running


@pytest.fixture(scope="module")
def tokens(issuer: TokenIssuer) -> AccessTokens:
    made = AccessTokens()
    made.fetch_keys(config_of(issuer))
    return made


def config_of(issuer: TokenIssuer, **more: Any) -> SourceConfig:
    return SourceConfig(oauth_issuer=issuer.url, oauth_audience=(AUDIENCE,), **more)


def client(tokens: AccessTokens, issuer: TokenIssuer, token: str, **more: Any) -> str:
    delivery = Delivery("generic", b"{}", datetime.now(UTC), {"authorization": f"Bearer {token}"})
    return tokens.client_of(delivery, config_of(issuer, **more))


def refused(tokens: AccessTokens, issuer: TokenIssuer, token: str, **more: Any) -> str:
    with pytest.raises(TokenRefused) as error:
        client(tokens, issuer, token, **more)
    return error.value.detail


@pytest.mark.parametrize("kid", ["rsa", "curve", None])
def test_a_token_signed_by_a_published_key_counts(
    tokens: AccessTokens, issuer: TokenIssuer, kid: str | None
) -> None:
    assert client(tokens, issuer, issuer.token(kid)) == CLIENT


def test_the_client_is_named_by_client_id_azp_appid_or_sub(
    tokens: AccessTokens, issuer: TokenIssuer
) -> None:
    whole: dict[str, Any] = {"client_id": "a", "azp": "b", "sub": "c"}
    assert client(tokens, issuer, issuer.token(**whole)) == "a"
    assert client(tokens, issuer, issuer.token(**whole | {"client_id": None})) == "b"
    assert client(tokens, issuer, issuer.token(client_id=None, appid="d")) == "d"
    assert client(tokens, issuer, issuer.token(client_id=None, sub="c")) == "c"
    assert "which client" in refused(tokens, issuer, issuer.token(client_id=None, sub=None))
    assert "which client" in refused(tokens, issuer, issuer.token(client_id="x" * 201))


def test_an_audience_may_be_one_of_several(tokens: AccessTokens, issuer: TokenIssuer) -> None:
    assert client(tokens, issuer, issuer.token(aud=["https://other.example.com", AUDIENCE]))


NOW = int(time.time())


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"exp": NOW - 3600}, "expired"),
        ({"exp": None}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": "2100-01-01"}, "exp"),
        ({"nbf": NOW + 3600}, "not valid yet"),
        ({"aud": "https://other.example.com"}, "audience"),
        ({"aud": [AUDIENCE + "/"]}, "audience"),
        ({"aud": []}, "audience"),
        ({"aud": None}, "aud"),
        ({"aud": {"0": AUDIENCE}}, "aud"),
        ({"iss": "https://issuer.example.com"}, "issuer"),
        ({"iss": None}, "iss"),
    ],
)
def test_a_token_with_wrong_claims_is_refused_though_it_is_signed(
    tokens: AccessTokens, issuer: TokenIssuer, claims: dict[str, Any], why: str
) -> None:
    assert why in refused(tokens, issuer, issuer.token(**claims))


def test_clocks_may_differ_by_the_skew(tokens: AccessTokens, issuer: TokenIssuer) -> None:
    just = int(time.time())
    assert client(tokens, issuer, issuer.token(exp=just - 30, nbf=just + 30))
    none = timedelta()
    assert "expired" in refused(tokens, issuer, issuer.token(exp=just - 30), oauth_skew=none)
    assert "yet" in refused(tokens, issuer, issuer.token(nbf=just + 30), oauth_skew=none)


@pytest.mark.parametrize(
    "claims",
    [{"scope": "profile leads:write"}, {"scp": ["leads:write"]}, {"roles": ["leads:write"]}],
)
def test_a_scope_may_be_named_as_any_of_the_large_providers_do(
    tokens: AccessTokens, issuer: TokenIssuer, claims: dict[str, Any]
) -> None:
    wanted = ("leads:write",)
    assert client(tokens, issuer, issuer.token(**claims), oauth_scope=wanted) == CLIENT
    assert "leads:write" in refused(tokens, issuer, issuer.token(), oauth_scope=wanted)


def test_only_named_clients_may_deliver(tokens: AccessTokens, issuer: TokenIssuer) -> None:
    assert client(tokens, issuer, issuer.token(), oauth_clients=(CLIENT,)) == CLIENT
    assert "client" in refused(tokens, issuer, issuer.token(), oauth_clients=("another",))


@pytest.mark.parametrize("algorithm", ["none", "None", "", "HS256", "PS256", "ES384", "EdDSA"])
def test_no_other_algorithm_counts(
    tokens: AccessTokens, issuer: TokenIssuer, algorithm: str
) -> None:
    header = {"alg": algorithm, "kid": "rsa"}
    assert "RS256" in refused(tokens, issuer, forged(header, issuer.claims()))


def test_a_public_key_is_no_shared_secret(tokens: AccessTokens, issuer: TokenIssuer) -> None:
    """The confusion of algorithms: an HMAC with the published key as its secret."""
    public = RSAKey.import_key(issuer.key_set()["keys"][0]).as_pem(private=False)
    for algorithm in ("HS256", "RS256"):
        header, claims = {"alg": algorithm, "kid": "rsa"}, issuer.claims()
        message = forged(header, claims).rpartition(".")[0]
        signed = forged(header, claims, hmac.digest(public, message.encode(), "sha256"))
        refused(tokens, issuer, signed)


def test_a_token_of_one_key_under_the_id_of_another_is_refused(
    tokens: AccessTokens, issuer: TokenIssuer
) -> None:
    stranger = ECKey.generate_key("P-256", private=True)
    for kid, algorithm in (("curve", "ES256"), ("rsa", "ES256")):
        header = {"alg": algorithm, "kid": kid}
        payload = json.dumps(issuer.claims())
        refused(tokens, issuer, serialize_compact(header, payload, stranger, [algorithm]))
    assert "no key" in refused(tokens, issuer, issuer.token("other"))


def test_a_key_in_the_token_itself_is_not_believed(
    tokens: AccessTokens, issuer: TokenIssuer
) -> None:
    stranger = RSAKey.generate_key(2048, private=True)
    header = {"alg": "RS256", "kid": "rsa", "jwk": stranger.as_dict(private=False)}
    payload = json.dumps(issuer.claims())
    refused(tokens, issuer, serialize_compact(header, payload, stranger, ["RS256"]))


def test_a_changed_token_is_refused(tokens: AccessTokens, issuer: TokenIssuer) -> None:
    head, _, signature = issuer.token().split(".")
    _, claims, _ = forged({}, issuer.claims(client_id="somebody-else")).split(".")
    assert "signature" in refused(tokens, issuer, f"{head}.{claims}.{signature}")
    refused(tokens, issuer, issuer.token()[:-6])
    refused(tokens, issuer, issuer.token().rpartition(".")[0] + ".")


@pytest.mark.parametrize("extension", [{"crit": ["exp"]}, {"crit": []}, {"b64": False}])
def test_a_token_that_demands_an_extension_is_refused(
    tokens: AccessTokens, issuer: TokenIssuer, extension: dict[str, Any]
) -> None:
    token = forged({"alg": "RS256", "kid": "rsa", **extension}, issuer.claims())
    assert "extension" in refused(tokens, issuer, token)


@pytest.mark.parametrize(
    "token",
    ["", "x", "a.b", "a.b.c", "a.b.c.d.e", "..", "é.é.é", "a" * (LONGEST + 1), "." * 5000],
)
def test_what_is_no_token_is_refused(tokens: AccessTokens, issuer: TokenIssuer, token: str) -> None:
    refused(tokens, issuer, token)


def test_claims_that_nest_deeply_are_refused(tokens: AccessTokens, issuer: TokenIssuer) -> None:
    deep = "[" * 2000 + "]" * 2000
    payload = f'{{"x": {deep}, "iss": 1}}'
    token = forged({"alg": "RS256"}, {}).split(".")[0] + "." + _segment(payload) + ".x"
    refused(tokens, issuer, token)


def test_a_time_beyond_all_numbers_is_refused(tokens: AccessTokens, issuer: TokenIssuer) -> None:
    for exp in ("1e999", "NaN", "-1e999", "9" * 400):
        payload = json.dumps(issuer.claims(exp=None))[:-1] + f', "exp": {exp}}}'
        header = forged({"alg": "RS256", "kid": "rsa"}, {}).split(".")[0]
        refused(tokens, issuer, f"{header}.{_segment(payload)}.AAAA")


def test_a_token_is_read_from_the_header_authorization_alone(
    tokens: AccessTokens, issuer: TokenIssuer
) -> None:
    token, config = issuer.token(), config_of(issuer)
    plain = Delivery("generic", b"{}", datetime.now(UTC), {}, url=f"/webhook?access_token={token}")
    with pytest.raises(TokenRefused, match="no access token came"):
        tokens.client_of(plain, config)
    headers = {"authorization": f"Basic {token}"}
    with pytest.raises(TokenRefused):
        tokens.client_of(msgspec.structs.replace(plain, headers=headers), config)
    small = {"authorization": f"bearer  {token} "}
    assert tokens.client_of(msgspec.structs.replace(plain, headers=small), config) == CLIENT


def test_nothing_is_fetched_for_a_token_that_counts_in_no_case(issuer: TokenIssuer) -> None:
    fresh, config = AccessTokens(), config_of(issuer)

    def needs(token: str) -> bool:
        headers = {"authorization": f"Bearer {token}"}
        return fresh.needs_keys(Delivery("generic", b"", datetime.now(UTC), headers), config)

    assert needs(issuer.token())
    assert not needs(issuer.token(aud="other"))
    assert not needs(issuer.token(exp=NOW - 3600))
    assert not needs(forged({"alg": "none"}, issuer.claims()))
    assert not needs("")


def test_a_token_is_not_judged_before_there_are_keys(issuer: TokenIssuer) -> None:
    with pytest.raises(KeysUnavailable):
        client(AccessTokens(), issuer, issuer.token())


@given(st.one_of(st.text(max_size=300), st.binary(max_size=200).map(_token_of)))
def test_no_text_is_anything_but_a_token_or_refused(text: str) -> None:
    config = SourceConfig(oauth_issuer="https://issuer.example.com", oauth_audience=(AUDIENCE,))
    headers = {"authorization": f"Bearer {text}"}
    with pytest.raises(TokenRefused):
        AccessTokens().client_of(Delivery("generic", b"", datetime.now(UTC), headers), config)


def _segment(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
