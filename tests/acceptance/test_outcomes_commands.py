"""Telling ad networks by the command line: what is counted, sent, shown and audited."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from leadline import wiring
from leadline.journey.pushing.sending import push_due
from leadline.journey.refinement.refining import refine_due
from leadline.model.lead import Delivery
from leadline.settings.loading import load
from tests.acceptance.installation import Installation
from tests.standins.ad_networks import TOKEN, AdNetworkServer
from tests.worlds.leads import capture

SETTINGS = """
[sources.generic.map]
"consent.ads" = "ads"

[outcomes.ads]
kind = "{kind}"
consent = "ads"
dataset = "123"
token = "{token}"
test_event_code = "TEST1"
url = "{url}"
per_second = 100

[outcomes.ads.stages]
lead = "Lead"
won = "Converted"
"""


@pytest.fixture
def network() -> Iterator[AdNetworkServer]:
    with AdNetworkServer(datetime.now(UTC)) as server:
        yield server


@pytest.fixture
def made(tmp_path: Path, network: AdNetworkServer) -> Iterator[Installation]:
    with Installation(tmp_path, LEADLINE_DELAY="0s") as installation:
        text = SETTINGS.format(kind="meta", token=TOKEN, url=network.url)
        (tmp_path / "leadline.toml").write_text(text)
        yield installation


def said(installation: Installation, *words: str) -> Any:
    done = installation.command(*words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def work(installation: Installation, network: AdNetworkServer, *bodies: dict[str, str]) -> None:
    """Leads come in, and the worker does what is due."""
    config = installation.folder / "leadline.toml"
    settings = load(environ=installation.environment, config=config).settings
    kit = wiring.embedded(settings)
    with closing(kit.store):  # type: ignore[type-var]
        for body in bodies:
            raw = json.dumps(body).encode()
            delivery = Delivery("generic", raw, kit.clock(), {"content-type": "application/json"})
            capture(delivery, wiring.capture_kit(settings, believe_all=True), kit.store)
        while refine_due(kit):
            pass
        network.now = datetime.now(UTC)
        while (pause := push_due(kit, "ads")) is not None:
            time.sleep(pause.total_seconds())


def test_what_is_due_is_counted_then_checked_then_sent_and_shown(
    made: Installation, network: AdNetworkServer
) -> None:
    work(
        made, network,
        {"name": "Ada", "email": "ada@example.com", "ads": "yes"},
        {"name": "Bea", "email": "bea@example.com", "ads": "no"},
        {"name": "Cay", "email": "cay@example.com"},
    )  # fmt: skip
    assert not network.requests, "it is not automatic"
    counts = said(made, "outcomes", "push")["ads"]
    assert (counts["leads"], counts["due"]) == (3, {"lead": 1})
    assert counts["left"] == {
        "consent was refused or withdrawn, or they are not to be called": 1,
        "no consent is recorded": 1,
    }
    plain = made.command("outcomes", "push", "--to", "ads")
    assert "to be sent: lead" in plain.stdout
    assert "example.com" not in plain.stdout + plain.stderr
    assert "--send sends it" in plain.stderr
    assert not network.requests
    checked = made.command("outcomes", "push", "--test")
    assert (checked.returncode, len(network.tests), len(network.taken)) == (0, 1, 0)
    refused = made.command("outcomes", "push", "--send")
    assert refused.returncode == 2, "without a terminal it must be confirmed"
    assert said(made, "outcomes", "push", "--send", "--yes")["ads"]["due"] == {"lead": 1}
    work(made, network)
    assert len(network.taken) == 1
    (figures,) = said(made, "outcomes", "show")
    assert (figures["leads"], figures["stages"], figures["waiting"]) == (1, {"lead": 1}, 0)
    assert "1 lead" in made.command("outcomes", "show").stdout
    (lead_id,) = counts["lead_ids"]
    assert "told ads" in made.command("show", lead_id).stdout
    access = made.command("access", "--email", "ada@example.com", "--json").stdout
    assert "the ad network ads (meta)" in access
    actions = [one["action"] for one in said(made, "audit")]
    assert "outcomes.pushed" in actions
    assert "cli.outcomes.push" in actions
    assert said(made, "outcomes", "push")["ads"]["due"] == {}


def test_an_ad_network_that_is_not_set_or_lacks_something_is_refused(made: Installation) -> None:
    nobody = made.command("outcomes", "push", "--to", "tiktok")
    assert nobody.returncode == 2
    assert "[outcomes.tiktok] (there are: ads)" in nobody.stderr
    (made.folder / "leadline.toml").write_text('[outcomes.ads]\nkind = "google"\nconsent = "ads"\n')
    lacking = made.command("outcomes", "push")
    assert lacking.returncode == 2
    assert "[outcomes.ads] lacks account, stages, service_account or client_id" in lacking.stderr
    (made.folder / "leadline.toml").write_text("")
    assert "add a table [outcomes.NAME]" in made.command("outcomes", "push").stderr


def test_the_doctor_says_what_is_told_and_that_a_token_of_linkedin_ends(made: Installation) -> None:
    config = made.folder / "leadline.toml"
    assert "only by `leadline outcomes push --send` of lead, won" in (
        made.command("doctor", "--offline").stdout
    )
    config.write_text(
        '[outcomes.ads]\nkind = "linkedin"\nconsent = "ads"\ntoken = "t"\n'
        '[outcomes.ads.stages]\nwon = "13"\n'
    )
    assert "ends 60 days after it was made" in made.command("doctor", "--offline").stdout
    config.write_text('[outcomes.ads]\nkind = "meta"\nconsent = "ads"\n')
    doctor = made.command("doctor", "--offline")
    assert doctor.returncode == 1
    assert "[outcomes.ads] lacks dataset, token, stages" in doctor.stdout
