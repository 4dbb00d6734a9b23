"""What a channel or a CRM may say depends on its kind."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from leadline.model.errors import ConfigurationError
from leadline.settings.connected.channels import ChannelConfig, SlackBotConfig, SlackWebhookConfig
from leadline.settings.connected.crm import AnyCrmConfig, CrmConfig
from leadline.settings.connected.crm_kinds import (
    HubSpotConfig,
    LinkedInConfig,
    OdooConfig,
    SalesforceConfig,
    ZohoConfig,
)
from leadline.settings.loading import Loaded, load

HOOK = "https://hooks.example.com/services/T0/B0/x"


def loaded(toml: str, environ: dict[str, str] | None = None) -> Loaded:
    return load(document=(toml, "the file"), environ=environ or {})


def test_a_channel_becomes_what_its_kind_needs() -> None:
    found = loaded('[channels.sales]\nkind = "Slack-Bot"\ntoken = "xoxb-1"\nroom = "C0"')
    assert found.settings.channels["sales"] == SlackBotConfig(token="xoxb-1", room="C0")
    assert found.unused == ()


def test_the_kind_may_come_from_another_layer_than_the_rest() -> None:
    toml = '[channels.sales]\nkind = "slack-webhook"\nroom = "C0"\ntoken = "xoxb-1"'
    found = loaded(toml, {"LEADLINE_CHANNELS__SALES__KIND": "slack-bot"})
    assert found.settings.channels["sales"] == SlackBotConfig(token="xoxb-1", room="C0")


def test_the_table_of_the_webhooks_own_setting_needs_no_kind() -> None:
    found = loaded(f'slack_webhook_url = "{HOOK}"\n[channels.slack]\nfallback_after = "1m"')
    assert isinstance(found.settings.channels["slack"], SlackWebhookConfig)


def test_a_channel_without_a_kind_is_read() -> None:
    assert type(loaded("[channels.a]\nroom = 'C0'").settings.channels["a"]) is ChannelConfig


def test_a_setting_of_another_kind_is_left_unused_and_said_to_be() -> None:
    found = loaded(
        f'[channels.a]\nkind = "slack-webhook"\nurl = "{HOOK}"\ntoken = "xoxb-sEcReT"\nroom = "C0"',
    )
    assert found.settings.channels["a"] == SlackWebhookConfig(url=HOOK)
    assert found.unused == (
        "the file line 4: channels.a.token: kind slack-webhook does not use it, "
        "only slack-bot, email, pagerduty",
        "the file line 5: channels.a.room: kind slack-webhook does not use it, only slack-bot",
    )
    shown = {each.name: each.shown for each in found.origins}
    assert shown["channels.a.token"] == "••••"


def test_a_name_that_no_kind_has_is_refused_with_the_nearest_of_its_own_kind() -> None:
    with pytest.raises(ConfigurationError) as caught:
        loaded('[channels.a]\nkind = "slack-bot"\nrooms = "C0"\nservers = "x"')
    assert "no setting of a channel of kind slack-bot 'rooms'; did you mean channels.a.room?" in (
        caught.value.detail
    )
    assert "'servers' (there are: kind, leads," in caught.value.detail


def test_a_wrong_value_is_told_also_where_it_would_be_unused() -> None:
    with pytest.raises(ConfigurationError, match=r"channels\.a\.port must be a whole number"):
        loaded(f'[channels.a]\nkind = "slack-webhook"\nurl = "{HOOK}"\nport = "x"')


def test_a_crm_is_of_the_kind_of_its_name_unless_it_says_another() -> None:
    found = loaded(
        '[crm.odoo]\nclient_id = "x"\ndatabase = "acme"\n'
        '[crm.form]\nkind = "hubspot"\nversion = "v3"'
    )
    assert found.settings.crm == {
        "odoo": OdooConfig(database="acme"),
        "form": HubSpotConfig(version="v3"),
    }
    (line,) = found.unused
    assert line.startswith("the file line 2: crm.odoo.client_id: kind odoo does not use it, only ")


def test_a_crm_of_another_package_may_have_everything() -> None:
    found = loaded('[crm.form]\nkind = "acme"\ndatabase = "leads"\ntoken = "x"\nversion = "2"')
    wanted = CrmConfig(kind="acme", database="leads", token="x", version="2")
    assert found.settings.crm == {"form": wanted}
    assert found.unused == ()


@pytest.mark.parametrize(
    ("config", "missing"),
    [
        (OdooConfig(url="https://odoo.example.com", user="u"), ("database", "token")),
        (HubSpotConfig(), ("token or client_id with refresh_token",)),
        (HubSpotConfig(token="pat-1"), ()),
        (HubSpotConfig(client_id="app", refresh_token="x"), ()),
        (
            LinkedInConfig(client_id="app", refresh_token="x"),
            ("token or client_id with client_secret with refresh_token",),
        ),
        (SalesforceConfig(client_id="app", client_secret="x"), ("url",)),
        (SalesforceConfig(url="https://acme.example.com", token="x"), ()),
        (ZohoConfig(client_id="app"), ("client_secret", "refresh_token")),
        (CrmConfig(), ()),
    ],
)
def test_what_a_crm_lacks_is_told_at_once(config: AnyCrmConfig, missing: tuple[str, ...]) -> None:
    assert config.missing() == missing


def test_no_secret_of_any_kind_is_printed() -> None:
    toml = (
        f'[channels.a]\nkind = "slack-webhook"\nurl = "{HOOK}"\n'
        '[channels.b]\nkind = "pagerduty"\ntoken = "sEcReT-1"\n'
        '[channels.c]\nkind = "webhook"\nsecret = "sEcReT-2"\n'
    )
    shown = repr(loaded(toml).settings)
    assert "PagerDutyConfig(" in shown
    assert HOOK not in shown
    assert "sEcReT" not in shown


def test_doctor_says_what_is_unused(tmp_path: Path) -> None:
    (tmp_path / "leadline.toml").write_text(
        f'[channels.a]\nkind = "slack-webhook"\nurl = "{HOOK}"\nroom = "C0"', encoding="utf-8"
    )
    program = [sys.executable, "-m", "leadline.entrypoints.cli", "doctor", "--json"]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False)
    said = [c["detail"] for c in json.loads(done.stdout) if c["what"] == "settings"]
    assert said == [
        "leadline.toml line 4: channels.a.room: kind slack-webhook does not use it, only slack-bot"
    ]
