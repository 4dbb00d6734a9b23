"""Functions of a stack and the lists of conditions in their package."""

import time
from pathlib import Path

import msgspec
import pytest

from leadline.entrypoints.aws.parts import FRESH, Parts
from leadline.model.errors import ConfigurationError
from leadline.settings.conditions import carried_lists
from leadline.settings.conditions.carried_lists import carried_here, file_name, written_list
from leadline.settings.loading import load
from leadline.team.matching.rules import Rules
from tests.standins.scripted_server import Answer, ScriptedServer, answer

RULES = """
[rules.banks]
when = ["email domain in banks.csv:domain", "company not in banks.csv:name"]
team = "desk"
[teams.desk]
people = ["ann"]
[people.ann]
email = "ann@example.com"
"""

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.fixture(autouse=True)
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the package with the lists; there are none yet."""
    monkeypatch.setattr(carried_lists, "CARRIED", tmp_path)
    return tmp_path


def parameter(text: str) -> Answer:
    return answer("200 OK", msgspec.json.encode({"Parameter": {"Value": text}}))


def parts_at(aws: ScriptedServer, *, asks_rules: bool = True) -> Parts:
    variables = {
        "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": aws.endpoint, "SETTINGS_REFERENCE": "ssm:/leadline/test/settings",
    }  # fmt: skip
    return Parts(variables, asks_rules=asks_rules)


def test_a_function_whose_package_lacks_a_list_says_so_before_it_takes_a_lead() -> None:
    with ScriptedServer(parameter(RULES)) as aws:
        parts = parts_at(aws)
        with pytest.raises(ConfigurationError, match=r"package .* carry banks.csv:domain, which"):
            parts.settings()
        parts.caller.close()


def test_a_function_goes_on_with_its_settings_until_its_package_has_the_lists_of_new_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, passed = time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: real() + sum(passed))
    with ScriptedServer(parameter("max_body = 1000"), parameter(RULES)) as aws:
        parts = parts_at(aws)
        before = parts.settings()
        passed.append(FRESH.total_seconds() + 1)
        assert parts.settings() == before
        assert len(aws.requests) == 2
        parts.caller.close()


def test_capture_needs_no_lists() -> None:
    with ScriptedServer(parameter(RULES)) as aws:
        parts = parts_at(aws, asks_rules=False)
        rules = parts.settings().rules
        assert set(rules["banks"].lists) == {"banks.csv:domain", "banks.csv:name"}
        with pytest.raises(ConfigurationError, match=r"does not carry banks\.csv:domain"):
            Rules.compile(rules)
        parts.caller.close()


def test_a_list_is_read_when_a_rule_is_looked_at(package: Path) -> None:
    for name in ("banks.csv:domain", "banks.csv:name"):
        (package / file_name(name)).write_bytes(written_list(frozenset({"x", "y.example"})))
    asked: list[str] = []

    def read(name: str) -> frozenset[str]:
        asked.append(name)
        return carried_here(name)

    rules = load(environ={}, document=(RULES, "the settings"), lists=read).settings.rules
    assert asked == []
    Rules.compile(rules)
    assert asked == ["banks.csv:domain", "banks.csv:name"]
    again = carried_here("banks.csv:domain")
    assert carried_here("banks.csv:domain") is again, "a package stays as it is"
