"""Functions of a stack and the engine of patterns in their package."""

import sys

import msgspec
import pytest

from leadline.entrypoints.aws.parts import Parts
from leadline.model.errors import ConfigurationError
from tests.cloud.test_carried_patterns import RULES, WITHOUT
from tests.standins.scripted_server import ScriptedServer, answer

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "re2", None)


def read_by_a_function(text: str, *, asks_rules: bool) -> Parts:
    """The parts of a function that has read these settings."""
    found = answer("200 OK", msgspec.json.encode({"Parameter": {"Value": text}}))
    with ScriptedServer(found) as aws:
        variables = {
            "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test", "AWS_ENDPOINT_URL": aws.endpoint,
            "SETTINGS_REFERENCE": "ssm:/leadline/test/settings",
        }  # fmt: skip
        parts = Parts(variables, asks_rules=asks_rules)
        try:
            parts.settings()
        finally:
            parts.caller.close()
    return parts


@pytest.mark.usefixtures("no_engine")
def test_capture_needs_no_engine_and_others_say_that_they_lack_it() -> None:
    assert read_by_a_function(RULES, asks_rules=False).settings().rules.keys() == {"heads"}
    read_by_a_function(WITHOUT, asks_rules=True)
    with pytest.raises(ConfigurationError, match=r"rules.heads.when: .*does not carry google-re2"):
        read_by_a_function(RULES, asks_rules=True)


def test_a_function_refuses_a_pattern_that_was_written_past_a_deployment() -> None:
    wrong = RULES.replace("^head", "(head")
    with pytest.raises(ConfigurationError, match=r"rules.heads.when: .*no pattern that RE2 knows"):
        read_by_a_function(wrong, asks_rules=True)
