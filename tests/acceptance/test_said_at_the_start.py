"""A real server says what it runs with, what it captures, and why it refuses."""

import json
import socket
from pathlib import Path
from typing import Any

from tests.acceptance.installation import Installation
from tests.acceptance.test_told_troubles import lines, until

BODY = b'{"name":"Ada Lovelace","email":"ada@example.com"}'


def test_the_start_names_what_runs_and_no_secret(tmp_path: Path) -> None:
    (tmp_path / "leadline.toml").write_text(
        '[sources.close]\nsecret = "00ff00ff00ff00ff"\n[channels.ops]\nkind = "slack-webhook"\n'
        'url = "https://hooks.slack.example/services/T/B/hidden-capability"\n'
        '[alerts]\ntrouble = "ops"\n'
    )
    with Installation(tmp_path, LEADLINE_PUBLIC_URL="https://leads.example.com") as server:
        server.start()
        assert server.stop() == 0
        (line,) = lines(server, "serve.started")
        log = server.log.read_text()
    assert line["data"] == str(tmp_path / "data")
    assert line["settings"] == str(tmp_path / "leadline.toml")
    assert (line["delay_s"], line["channels"], line["trouble"]) == (1.0, "ops", "ops")
    assert line["sources"] == "close"
    assert "hubspot" in line["bare"]
    assert "close" not in line["bare"]
    assert line["url"] == f"{server.url}/webhook https://leads.example.com/webhook"
    assert "alerts.nobody" not in log
    for secret in ("00ff00ff", "hidden-capability"):
        assert secret not in log


def test_the_start_without_a_channel_warns_and_verify_says_that_nobody_is_alerted(
    tmp_path: Path,
) -> None:
    with Installation(tmp_path, LEADLINE_LOG_FORMAT="text") as server:
        server.start()
        assert server.stop() == 0
        log = server.log.read_text()  # it is ready before it has said all
        verified = server.command("verify")
        told = json.loads(server.command("verify", "--json").stdout)
        alerted = Installation(tmp_path, LEADLINE_SLACK_WEBHOOK_URL="https://hooks.slack.example/x")
        of_others = alerted.command("verify")
    words = " ".join(log.split())
    assert "warning alerts.nobody" in words
    for part in (
        f"data {tmp_path / 'data'}",
        "settings none: no settings file was read",
        "delay 1 s between a webhook and its alert",
        "channels nobody is alerted: no channel is set.",
        "sources WITHOUT a secret, so that anybody is believed: attio,",
        f"URL {server.url}/webhook",
    ):
        assert part in words
    assert (verified.returncode, told["channels"]) == (0, [])
    assert "nobody is alerted" in verified.stdout
    assert "a table [channels.NAME]" in verified.stdout
    assert of_others.returncode == 0
    assert "nobody" not in of_others.stdout


def of_source(server: Installation, event: str, source: str) -> list[dict[str, Any]]:
    return [line for line in lines(server, event) if line["source"] == source]


def test_every_refusal_says_why_and_every_capture_which_lead(tmp_path: Path) -> None:
    secrets = {
        "LEADLINE_SOURCES__GENERIC__SECRET": "right-secret",
        "LEADLINE_SOURCES__CLOSE__SECRET": "00ff" * 16,
        "LEADLINE_SOURCES__PIPEDRIVE__SECRET": "user:password",
    }
    with Installation(tmp_path, **secrets, LEADLINE_RECEIVE_TIMEOUT="1s") as server:
        server.start()
        answer = server.post(BODY)
        assert answer.status == 401
        assert "?key=" in answer.json()["detail"]
        for number in range(30):
            server.post(BODY, authorization=f"Bearer wrong-{number}")
        server.post(BODY, "close")
        server.post(BODY, "pipedrive")
        server.post(BODY, "hubspto")
        server.http.request("GET", f"{server.url}/webhook")
        with socket.create_connection(("127.0.0.1", server.port)) as slow:
            slow.sendall(b"POST /webhook/form HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc")
            assert b"408" in slow.recv(4096)
        bearer = {"authorization": "Bearer right-secret"}
        lead_id = server.post(BODY, **bearer).json()["lead_id"]
        server.post(BODY, **bearer)
        until(lambda: lines(server, "webhook.refused_more"), server)
        assert server.stop() == 0
        log = server.log.read_text()
        (first, *_) = of_source(server, "webhook.refused", "generic")
        more = of_source(server, "webhook.refused_more", "generic")
        (captured,) = lines(server, "webhook.captured")
        (again,) = lines(server, "webhook.redelivered")
        others = {s: of_source(server, "webhook.refused", s)[0]["reason"]
                  for s in ("close", "pipedrive", "hubspto", "form")}  # fmt: skip
    assert (first["level"], first["status"]) == ("warning", 401)
    assert first["reason"].startswith("no secret came: send it as ?key=")
    assert first["network"] == "127.0.0.0/24"
    assert more[-1]["reason"] == "the secret that came is another than the one that is set here"
    singles = of_source(server, "webhook.refused", "generic")
    assert len(singles) + sum(line["count"] for line in more) == 31
    assert "is the secret set at the sender" in others["close"]
    assert others["pipedrive"].startswith("no user and password came")
    assert others["hubspto"] == "there is no such source"
    assert others["form"] == "The request took too long to arrive"
    assert (captured["source"], captured["lead"]) == ("generic", lead_id)
    assert again["lead"] == lead_id
    for private in ("Ada", "ada@", "right-secret", "wrong-3", "127.0.0.1,", "00ff"):
        assert private not in log
