"""How long a function on AWS goes on with the settings that it has read."""

import json
import time
from collections.abc import Callable

import msgspec
import pytest

from leadline.entrypoints.aws.parts import FRESH, Parts
from tests.standins.scripted_server import Answer, ScriptedServer, answer


def parameter(text: str, version: int = 0) -> Answer:
    about = {"Value": text, "Version": version, "LastModifiedDate": 1.5e9 + version}
    return answer("200 OK", msgspec.json.encode({"Parameter": about}))


def decrypted(aws: ScriptedServer) -> list[bool]:
    """Of each request, whether it had the parameter decrypted."""
    return [json.loads(one.body)["WithDecryption"] for one in aws.requests]


def parts_at(aws: ScriptedServer) -> Parts:
    return Parts(
        {
            "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL": aws.endpoint,
            "SETTINGS_REFERENCE": "ssm:/leadline/test/settings",
        }
    )


def wall_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets so many seconds pass on the wall's clock, and on no other."""
    real, passed = time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: real() + sum(passed))
    return passed.append


def test_a_function_that_was_frozen_learns_of_a_new_secret(
    quiet: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Between two calls Lambda freezes a function, and its monotonic clock may stand still: here it
    # goes on for a moment only while the wall's goes on for as long as settings are good.
    pass_time = wall_clock(monkeypatch)
    with ScriptedServer(parameter("max_body = 1000"), parameter("max_body = 2000")) as aws:
        parts = parts_at(aws)
        assert parts.settings().max_body == 1000
        assert parts.settings().max_body == 1000, "read again too soon"
        pass_time(FRESH.total_seconds() + 1)
        assert parts.settings().max_body == 2000
        assert len(aws.requests) == 2
        parts.caller.close()


def test_settings_that_are_known_are_not_waited_for_until_no_time_is_left(
    quiet: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.entrypoints.aws.parts._PATIENCE_S", 0.3)
    pass_time = wall_clock(monkeypatch)
    with ScriptedServer(parameter("max_body = 1000"), Answer([], "hang")) as aws:
        parts = parts_at(aws)
        parts.within(28_000)
        until = parts.caller.until
        assert parts.settings().max_body == 1000
        pass_time(FRESH.total_seconds() + 1)
        began = time.monotonic()
        assert parts.settings().max_body == 1000, "as they were"
        assert time.monotonic() - began < 2
        assert parts.caller.until == until, "what comes after has its own time"
        assert len(aws.requests) >= 2
        parts.caller.close()


def test_settings_that_did_not_change_are_not_decrypted_again(
    quiet: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_time = wall_clock(monkeypatch)
    script = [
        parameter("max_body = 1000", 1), parameter("sealed", 1), parameter("sealed", 1),
        parameter("sealed", 2), parameter("max_body = 2000", 2),
    ]  # fmt: skip
    with ScriptedServer(*script) as aws:
        parts = parts_at(aws)
        for expected in (1000, 1000, 1000, 2000):
            assert parts.settings().max_body == expected
            pass_time(FRESH.total_seconds() + 1)
        assert decrypted(aws) == [True, False, False, False, True]
        parts.caller.close()


def test_a_parameter_that_was_deleted_and_made_anew_is_read_though_it_counts_anew(
    quiet: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_time = wall_clock(monkeypatch)
    later = {"Value": "sealed", "Version": 1, "LastModifiedDate": 1.6e9}
    anew = answer("200 OK", msgspec.json.encode({"Parameter": later}))
    script = parameter("max_body = 1000", 1), anew, parameter("max_body = 2000", 1)
    with ScriptedServer(*script) as aws:
        parts = parts_at(aws)
        assert parts.settings().max_body == 1000
        pass_time(FRESH.total_seconds() + 1)
        assert parts.settings().max_body == 2000
        parts.caller.close()


def test_a_refused_secret_has_the_settings_read_at_once_but_once_a_minute(
    quiet: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_time = wall_clock(monkeypatch)
    script = [
        parameter("max_body = 1000", 1), parameter("sealed", 1),
        parameter("sealed", 2), parameter("max_body = 2000", 2),
    ]  # fmt: skip
    with ScriptedServer(*script) as aws:
        parts = parts_at(aws)
        used = parts.settings()
        assert parts.renewed(used) is None, "they are the same"
        assert parts.renewed(used) is None
        assert len(aws.requests) == 2, "read twice within a minute"
        pass_time(61)
        new = parts.renewed(used)
        assert new is not None
        assert new.max_body == 2000
        assert parts.renewed(used) is new, "another part that used the old ones gets them too"
        assert parts.renewed(new) is None
        assert parts.settings() is new
        assert len(aws.requests) == 4
        parts.caller.close()
