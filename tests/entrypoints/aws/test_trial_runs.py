"""Trial runs of functions, as an operator's command starts them."""

from types import SimpleNamespace
from typing import Any

import pytest

from leadline.entrypoints.aws import capture, deliver, refine, sweep
from leadline.entrypoints.aws.parts import Parts
from tests.standins.ports import free_port
from tests.worlds.aws_functions import Functions

TRIAL = {"leadline": "trial run"}
CONTEXT = SimpleNamespace(aws_request_id="trial", get_remaining_time_in_millis=lambda: 30_000)


def found(handler: Any) -> dict[str, str]:
    answer = handler(TRIAL, CONTEXT)
    return {one["what"]: one["trouble"] for one in answer["reached"]}


def test_capture_tells_whether_it_finds_aws_and_its_settings(functions: Functions) -> None:
    assert found(capture.handler) == {"aws": "", "settings": ""}


@pytest.mark.parametrize("function", [refine, deliver])
def test_the_functions_after_capture_tell_whether_they_reach_the_channels(
    functions: Functions, function: Any
) -> None:
    assert found(function.handler) == {"aws": "", "settings": "", "channels.slack": ""}


def test_sweep_answers_too(functions: Functions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "_parts", lambda: functions.parts)
    assert found(sweep.handler) == {"aws": "", "settings": "", "channels.slack": ""}


def test_a_server_that_is_not_there_is_told_by_its_setting(functions: Functions) -> None:
    port = free_port()
    functions.write(
        '[channels.gone]\nkind = "webhook"\nsecret = ["a secret of sixteen bytes"]\n'
        f'url = "http://127.0.0.1:{port}/"\n'
    )
    answer: dict[str, Any] = deliver.handler(TRIAL, CONTEXT)
    (gone,) = [one for one in answer["reached"] if one["what"] == "channels.gone"]
    assert gone == {
        "what": "channels.gone",
        "where": f"127.0.0.1:{port}",
        "trouble": "Connection refused",
    }


def test_without_aws_nothing_else_is_asked(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off = Parts(
        {
            "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}",
            "SETTINGS_REFERENCE": "ssm:/leadline/test/settings",
        }
    )
    monkeypatch.setattr(deliver, "_parts", lambda: cut_off)
    assert found(deliver.handler) == {"aws": "Connection refused"}


def test_settings_that_are_wrong_are_told_without_their_text(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    functions.write('dealy = "a-secret"\n')
    answer: dict[str, Any] = deliver.handler(TRIAL, CONTEXT)
    assert answer["reached"][-1] == {
        "what": "settings",
        "where": "",
        "trouble": "ConfigurationError",
    }
    assert "a-secret" not in str(answer)
