"""A real server whose senders have access tokens: what they hear, and what an operator sees."""

import json
from pathlib import Path

from tests.acceptance.installation import Installation
from tests.standins.token_issuer import AUDIENCE, CLIENT, TokenIssuer

BODY = b'{"name":"Ada Lovelace","email":"ada@example.com"}'


def test_a_server_takes_tokens_and_says_whose_lead_it_is(tmp_path: Path) -> None:
    with TokenIssuer() as issuer, Installation(tmp_path) as server:
        (tmp_path / "leadline.toml").write_text(
            f'[sources.generic]\noauth_issuer = "{issuer.url}"\noauth_audience = "{AUDIENCE}"\n'
        )
        server.start()
        assert server.post(BODY).status == 401
        answer = server.post(BODY, authorization=f"Bearer {issuer.token()}")
        assert answer.status == 200
        sent = server.command("send", "--sample", "--token", issuer.token("curve"))
        assert "HTTP 200" in sent.stderr, sent.stderr
        unsent = server.command("send", "--sample", "--token", issuer.token(aud="another"))
        assert unsent.returncode == 1
        shown = server.command("show", json.loads(answer.data)["lead_id"])
        assert f"from the client {CLIENT}, by its access token" in shown.stdout
        told = server.command("doctor").stdout
        assert f"{issuer.url} publishes 2 keys that count" in told
        assert "generic" not in told.partition("anybody is believed as: ")[2].partition("\n")[0]
        assert server.stop() == 0
    log = server.log.read_text()
    assert "oauth.keys_fetched" in log
    assert issuer.token().split(".")[0] not in log


def test_a_server_without_keys_answers_503_and_doctor_says_why(tmp_path: Path) -> None:
    with TokenIssuer() as issuer, Installation(tmp_path) as server:
        issuer.status = 500
        (tmp_path / "leadline.toml").write_text(
            f'[sources.generic]\noauth_issuer = "{issuer.url}"\noauth_audience = "{AUDIENCE}"\n'
        )
        server.start()
        answer = server.post(BODY, authorization=f"Bearer {issuer.token()}")
        assert (answer.status, answer.headers["retry-after"].isdigit()) == (503, True)
        assert server.post(BODY, "form").status == 200
        doctor = server.command("doctor")
        assert "answers 500; deliveries are answered 503" in " ".join(doctor.stdout.split())
        assert doctor.returncode == 1
        offline = server.command("doctor", "--offline").stdout
        assert "not contacted (--offline)" in " ".join(offline.split())
        assert server.stop() == 0
