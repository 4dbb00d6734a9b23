"""The manifest that people paste leads Slack to where we listen."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from leadline.entrypoints.embedded.receiving.http import SLACK_PATHS
from leadline.entrypoints.slack_endpoint import COMMANDS

PAGE = Path(__file__).parents[2] / "docs/how-to/claim-leads-in-slack.md"


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    found: dict[str, Any] = yaml_parse(block)
    return found


def test_both_addresses_are_ours(manifest: dict[str, Any]) -> None:
    (command,) = manifest["features"]["slash_commands"]
    interactivity = manifest["settings"]["interactivity"]
    paths = (urlsplit(interactivity["request_url"]).path, urlsplit(command["url"]).path)
    assert paths == SLACK_PATHS
    assert (command["command"], paths[1]) == ("/leads", COMMANDS)
    assert interactivity["is_enabled"] is True


def test_every_scope_of_a_bot_is_asked_for(manifest: dict[str, Any]) -> None:
    page = (PAGE.parent / "deliver-alerts.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z]+:[a-z.]+)`", page))
    assert named
    assert named | {"commands", "incoming-webhook", "users:read"} == {
        *manifest["oauth_config"]["scopes"]["bot"]
    }
