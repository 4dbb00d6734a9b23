"""Access tokens on a whole stack: its package checks them, and nothing passes while keys lack."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from leadline.standins.slack_inbox import SlackInbox
from tests.aws.deployment import Deployment
from tests.standins.emulator import Emulator
from tests.standins.ports import free_port
from tests.standins.token_issuer import AUDIENCE, CLIENT, TokenIssuer

pytestmark = pytest.mark.aws

BODY = b'{"name": "Ada Vance", "email": "ada@example.com"}'


@pytest.fixture(scope="module")
def issuer() -> Iterator[TokenIssuer]:
    with TokenIssuer() as running:
        yield running


@pytest.fixture(scope="module")
def stack(
    emulator: Emulator, slack: SlackInbox, issuer: TokenIssuer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Deployment:  # fmt: skip
    """A stack whose source `generic` has an issuer that answers, and `form` one that does not."""
    emulator.reset()
    settings = f"""
slack_webhook_url = "{slack.webhook_url}"
[sources.generic]
oauth_issuer = "{issuer.url}"
oauth_audience = "{AUDIENCE}"
[sources.form]
oauth_issuer = "http://127.0.0.1:{free_port()}"
oauth_audience = "{AUDIENCE}"
"""
    folder: Path = tmp_path_factory.mktemp("stack")
    return Deployment(emulator, folder, stack="tokens", settings=settings)


def post(stack: Deployment, token: str, path: str = "") -> urllib3.BaseHTTPResponse:
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    return urllib3.request(
        "POST", stack.url + path, body=BODY, headers=headers, timeout=60, retries=False
    )


def test_a_delivery_with_a_token_becomes_a_lead_that_says_whose_it_is(
    stack: Deployment, issuer: TokenIssuer
) -> None:
    answer = post(stack, issuer.token())
    assert answer.status == 200, answer.data
    done = stack.run("show", json.loads(answer.data)["lead_id"], "--aws", "tokens")
    assert f"from the client {CLIENT}, by its access token" in done.stdout, done.stderr


def test_a_delivery_without_a_token_that_counts_is_refused(
    stack: Deployment, issuer: TokenIssuer
) -> None:
    for token in ("", issuer.token(aud="another"), issuer.token(exp=1), issuer.token("other")):
        answer = post(stack, token)
        assert answer.status == 401
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_an_issuer_that_cannot_be_reached_is_neither_200_nor_401(
    stack: Deployment, issuer: TokenIssuer
) -> None:
    down = next(
        line.partition('"')[2].strip('"')
        for line in (stack.folder / "tokens.toml").read_text().splitlines()
        if line.startswith("oauth_issuer") and issuer.url not in line
    )
    answer = post(stack, issuer.token(iss=down), "/form")
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
