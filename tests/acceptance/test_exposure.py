"""Who may post and who may read figures: what `serve` says and lets in, what `doctor` demands."""

import json
from pathlib import Path
from typing import Any

import pytest
import urllib3

from tests.acceptance.installation import Installation
from tests.standins.ports import free_port

LEAD = b'{"email":"ada@example.com"}'
URL = {"LEADLINE_PUBLIC_URL": "https://leads.example.com"}
TWO = {"LEADLINE_ONLY_SOURCES": "form generic"}
SECRETS = {
    "LEADLINE_SOURCES__FORM__SECRET": "form-secret",
    "LEADLINE_SOURCES__GENERIC__SECRET": "generic-secret",
}
TOKEN = "a-token-to-read-figures"


def doctor(installation: Installation) -> tuple[int, dict[str, tuple[str, str]]]:
    """The exit code, and by what was checked its state and detail."""
    process = installation.command("doctor", "--json")
    return process.returncode, {
        c["what"]: (c["state"], c["detail"]) for c in json.loads(process.stdout)
    }


def logged(installation: Installation, event: str) -> list[dict[str, Any]]:
    lines = [json.loads(x) for x in installation.log.read_text().splitlines() if x.startswith("{")]
    return [line for line in lines if line["event"] == event]


@pytest.mark.parametrize("reached", [URL, {"LEADLINE_HOST": "0.0.0.0"}], ids=["url", "host"])
def test_doctor_fails_where_others_can_reach_a_source_without_a_secret(
    tmp_path: Path, reached: dict[str, str]
) -> None:
    with Installation(tmp_path, **reached, **TWO) as installation:
        code, found = doctor(installation)
        state, detail = found["secrets"]
        assert (code, state) == (1, "WRONG")
        assert "anybody is believed as: form, generic; " in detail
        assert all(way in detail for way in ("secret", "only_sources", 'public = "yes"'))
        installation.settings |= SECRETS
        code, found = doctor(installation)
        assert (code, found["secrets"][0]) == (0, "ok")


def test_doctor_only_notes_sources_without_a_secret_that_nobody_else_can_reach(
    tmp_path: Path,
) -> None:
    with Installation(tmp_path) as installation:
        code, found = doctor(installation)
        assert (code, found["secrets"][0], found["metrics"][0]) == (0, "note", "ok")


def test_a_source_that_is_declared_public_is_said_to_be_and_fails_nothing(tmp_path: Path) -> None:
    public = {"LEADLINE_SOURCES__FORM__PUBLIC": "yes"}
    only = {"LEADLINE_ONLY_SOURCES": "form"}
    with Installation(tmp_path, **URL, **only, **public) as installation:
        installation.start()
        kind = {"content-type": "application/x-www-form-urlencoded"}
        assert installation.post(b"email=ada@example.com", "form", **kind).status == 200
        assert installation.post(LEAD).status == 404, (
            "it is not among the sources that are taken from"
        )
        installation.stop()
        assert "anybody is believed" not in installation.log.read_text()
        assert logged(installation, "sources.unauthenticated") == []
        code, found = doctor(installation)
        assert code == 0
        assert found["public sources"] == ("ok", "anybody may post to: form")


def test_serve_says_on_one_line_which_sources_everybody_can_reach_and_what_to_do(
    tmp_path: Path,
) -> None:
    with Installation(tmp_path, **URL, **TWO) as installation:
        installation.start()
        installation.stop()
        (line,) = [
            x for x in installation.log.read_text().splitlines() if "anybody is believed" in x
        ]
        assert "form, generic; public_url is set: set [sources.NAME] secret" in line
        (warned,) = logged(installation, "sources.unauthenticated")
        assert (warned["level"], warned["source"], warned["reason"], warned["count"]) == (
            "warning",
            "form, generic",
            "public_url",
            2,
        )


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_a_request_through_a_proxy_is_noticed_once_a_source_and_doctor_remembers(
    tmp_path: Path, header: str
) -> None:
    with Installation(tmp_path, **TWO) as installation:
        installation.start()
        assert installation.post(LEAD).status == 200
        assert doctor(installation)[0] == 0
        for _ in range(3):
            assert installation.post(LEAD, **{header: "for=192.0.2.7"}).status == 200
        installation.stop()
        assert [
            (w["source"], w["reason"]) for w in logged(installation, "source.unauthenticated")
        ] == [("generic", "proxy")]
        code, found = doctor(installation)
        assert (code, found["secrets"][0]) == (1, "WRONG")
        assert "requests came through a proxy" in found["secrets"][1]
        installation.start()
        installation.stop()
        assert [w["reason"] for w in logged(installation, "sources.unauthenticated")] == ["proxy"]
        installation.settings |= SECRETS
        assert doctor(installation)[0] == 0


def test_a_proxy_before_sources_that_have_secrets_is_nothing_to_warn_of(tmp_path: Path) -> None:
    with Installation(tmp_path, **TWO, **SECRETS) as installation:
        installation.start()
        headers = {"X-Forwarded-For": "192.0.2.7", "X-Webhook-Secret": "generic-secret"}
        assert installation.post(LEAD, **headers).status == 200
        installation.stop()
        assert logged(installation, "source.unauthenticated") == []
        del installation.settings["LEADLINE_SOURCES__FORM__SECRET"]
        assert doctor(installation)[0] == 0


def test_metrics_want_a_token_where_one_is_set(tmp_path: Path) -> None:
    with Installation(tmp_path, LEADLINE_METRICS_TOKEN=f"{TOKEN} another-one") as installation:
        installation.start()
        url = f"{installation.url}/metrics"
        for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": TOKEN}):
            refused = installation.http.request("GET", url, headers=headers)
            assert (refused.status, refused.headers["www-authenticate"]) == (401, "Bearer")
            assert refused.headers["content-type"] == "application/problem+json"
            assert b"leadline_" not in refused.data
        for token in (TOKEN, "another-one"):
            asked = installation.http.request(
                "GET", url, headers={"authorization": f"Bearer {token}"}
            )
            assert asked.status == 200
            assert b"leadline_dead_letters" in asked.data
        assert installation.http.request("GET", f"{installation.url}/openapi.json").status == 200
        assert TOKEN not in installation.command("config", "show").stdout
        assert TOKEN not in installation.log.read_text()
        assert doctor(installation)[1]["metrics"] == ("ok", "read with a token")


def test_metrics_may_have_a_port_of_their_own(tmp_path: Path) -> None:
    port = free_port()
    with Installation(tmp_path, LEADLINE_METRICS_LISTEN=f"127.0.0.1:{port}", **URL) as installation:
        installation.start()
        own = f"http://127.0.0.1:{port}"
        assert installation.http.request("GET", f"{own}/metrics").status == 200
        assert installation.http.request("GET", f"{installation.url}/metrics").status == 404
        assert installation.http.request("POST", f"{own}/webhook", body=LEAD).status == 404
        assert installation.http.request("GET", f"{own}/readyz").status == 404
        assert installation.post(LEAD).status == 200
        assert installation.stop() == 0
        with pytest.raises(urllib3.exceptions.HTTPError):
            installation.http.request("GET", f"{own}/metrics")


@pytest.mark.parametrize(
    ("host", "said"),
    [("127.0.0.1", "can't listen on"), ("127.0.0.2", "metrics_listen must have another port")],
    ids=["taken", "that of webhooks"],
)
def test_a_port_for_metrics_that_cannot_be_had_is_said_before_anything_starts(
    tmp_path: Path, host: str, said: str
) -> None:
    with Installation(tmp_path) as installation:
        installation.settings["LEADLINE_METRICS_LISTEN"] = f"{host}:{installation.port}"
        refused = installation.command("serve")
        assert refused.returncode == 2
        assert said in refused.stderr
        assert "metrics_listen" in refused.stderr
