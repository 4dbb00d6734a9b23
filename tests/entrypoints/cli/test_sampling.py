"""`sample` and `send --sample`: payloads for trials."""

import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from leadline.entrypoints.cli import app
from leadline.entrypoints.cli.connect.trying import own_server
from leadline.journey.receiving.capture import CaptureKit
from leadline.model.errors import ConfigurationError
from leadline.model.lead import Delivery, Fate
from leadline.settings.connected.sources import SourceConfig
from leadline.settings.top.general import Settings
from leadline.stores.memory import MemoryStore
from leadline.vendors.registry import find
from tests.standins.scripted_server import ScriptedServer, answer
from tests.worlds.leads import HandClock, capture


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_a_sample_is_printed_as_it_would_be_posted_and_can_be_previewed(folder: Path) -> None:
    printed = run("sample", "typeform", "--seed", "4")
    assert printed.exit_code == 0
    assert json.loads(printed.stdout)["event_type"] == "form_response"
    (folder / "lead.json").write_bytes(printed.stdout_bytes)
    seen = run("preview", "lead.json", "--source", "typeform", "--json")
    (result,) = json.loads(seen.stdout)
    assert result["refined"]["contact"]["email"]


def test_without_a_seed_every_sample_is_another() -> None:
    assert len({run("sample", "generic").stdout for _ in range(4)}) == 4
    assert (
        run("sample", "form", "--seed", "1").stdout == run("sample", "form", "--seed", "1").stdout
    )


@pytest.mark.parametrize(
    "words",
    [
        ("send",),
        ("send", "x.json", "--sample"),
        ("send", "x.json", "--seed", "1"),
    ],
)
def test_send_takes_either_a_file_or_a_sample(words: tuple[str, ...]) -> None:
    done = run(*words, "--to", "http://127.0.0.1:9")
    assert isinstance(done.exception, ConfigurationError)
    assert "--sample" in str(done.exception.detail)


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        (Settings(), "http://127.0.0.1:8080"),
        (Settings(host="0.0.0.0", port=81), "http://127.0.0.1:81"),
        (Settings(host="::"), "http://[::1]:8080"),
        (Settings(host="10.0.0.7"), "http://10.0.0.7:8080"),
    ],
)
def test_without_an_address_the_server_of_the_settings_is_sent_to(
    settings: Settings, url: str
) -> None:
    assert own_server(settings) == url
    for unknown in (Settings(port=0), settings):
        with pytest.raises(ConfigurationError, match="--to"):
            own_server(unknown, is_remote=unknown is settings)


def test_a_sample_is_sent_signed_with_the_secret_of_the_settings(folder: Path) -> None:
    secret = "0f3c7e5d21"
    with ScriptedServer(answer(body=b"{}")) as server:
        (folder / "leadline.toml").write_text(
            f'port = {server.port}\n[sources.close]\nsecret = "{secret}"\n'
        )
        done = run("send", "--sample", "--source", "close")
        assert done.exit_code == 0, done.output
        (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/webhook/close")
    signed = request.headers["close-sig-timestamp"].encode() + request.body
    assert (
        request.headers["close-sig-hash"]
        == hmac.digest(bytes.fromhex(secret), signed, "sha256").hex()
    )
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("public_url", ["https://leads.example.com", "https://x.example/leads/"])
def test_a_vendor_that_signs_the_url_signs_the_one_that_the_server_verifies(
    folder: Path, public_url: str
) -> None:
    with ScriptedServer(answer(body=b"{}")) as server:
        (folder / "leadline.toml").write_text(
            f'port = {server.port}\npublic_url = "{public_url}"\n[sources.hubspot]\nsecret = "s3"\n'
        )
        assert run("send", "--sample", "--source", "hubspot").exit_code == 0
        (request,) = server.requests
    assert request.target == "/webhook/hubspot"
    url = public_url.rstrip("/") + request.target
    delivery = Delivery("hubspot", request.body, datetime.now(UTC), request.headers, "POST", url)
    store = MemoryStore(HandClock(datetime.now(UTC)))
    source = find("hubspot")(SourceConfig(secret=("s3",)))
    capture(delivery, CaptureKit({"hubspot": source}, timedelta(minutes=10)), store)
    assert set(store.fates.values()) == {Fate.CAPTURED}
