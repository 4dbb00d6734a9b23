"""What comes from Slack is believed only when it is signed, and read without surprises."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.channels.slack import buttons
from leadline.channels.slack.requests import (
    REPLY_LASTS,
    NotInteractive,
    read_command,
    read_press,
    signed,
)
from leadline.journey.responding.claiming import CLAIM, JUNK, SNOOZE, Press
from leadline.model.errors import Unauthentic, Unreadable
from leadline.model.staff.people import Person
from tests.standins.slack_presses import (
    REPLY,
    SECRET,
    command_body,
    press_body,
    press_payload,
    signed_headers,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LEAD = "019cdc1f-d680-7163-9b74-41fc5c787f06"
BODY = press_body(press_payload(CLAIM, LEAD))

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def read(action: str, value: str, **more: Any) -> Press | None:
    return read_press(press_body(press_payload(action, value, **more)))


# --- signatures --------------------------------------------------------------------------------


def test_the_signature_of_slacks_own_example_fits() -> None:
    # Slack docs, "Verifying requests from Slack", the worked example.
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
        b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    wanted = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    headers = {"x-slack-request-timestamp": "1531420618", "x-slack-signature": wanted}
    secret = "8f742231b10e8888abcd99yyyzzz85a5"
    signed([secret], headers, body, datetime.fromtimestamp(1531420618, UTC))


def test_any_of_several_secrets_will_do_while_one_replaces_another() -> None:
    for secret in ("old", "new"):
        signed(["old", "", "new"], signed_headers(BODY, NOW, secret), BODY, NOW)
    with pytest.raises(Unauthentic):
        signed(["old", "new"], signed_headers(BODY, NOW, ""), BODY, NOW)


@pytest.mark.parametrize("secrets", [[], [""], ["", ""]])
def test_without_a_secret_nobody_is_let_in(secrets: list[str]) -> None:
    for known in ("", SECRET):
        with pytest.raises(NotInteractive):
            signed(secrets, signed_headers(BODY, NOW, known), BODY, NOW)


@pytest.mark.parametrize("seconds", [-300, -299, 0, 299, 300])
def test_within_five_minutes_a_signature_counts(seconds: int) -> None:
    signed([SECRET], signed_headers(BODY, NOW + timedelta(seconds=seconds)), BODY, NOW)


@pytest.mark.parametrize("seconds", [-86400, -301, 301, 86400])
def test_an_old_signature_and_one_of_the_future_are_refused(seconds: int) -> None:
    headers = signed_headers(BODY, NOW + timedelta(seconds=seconds))
    with pytest.raises(Unauthentic):
        signed([SECRET], headers, BODY, NOW)


@pytest.mark.parametrize(
    "stamp", ["", " ", "now", "1e9", "-1", "+1", "1772442000.5", "١٧٧٢", "9" * 400, "0x1", "1_0"]
)
def test_a_time_stamp_that_is_no_number_is_refused_and_nothing_breaks(stamp: str) -> None:
    headers = {**signed_headers(BODY, NOW), "x-slack-request-timestamp": stamp}
    with pytest.raises(Unauthentic) as caught:
        signed([SECRET], headers, BODY, NOW)
    assert caught.value.detail == ""


@pytest.mark.parametrize("missing", ["x-slack-request-timestamp", "x-slack-signature"])
def test_a_header_that_is_missing_is_refused(missing: str) -> None:
    headers = {n: v for n, v in signed_headers(BODY, NOW).items() if n != missing}
    with pytest.raises(Unauthentic):
        signed([SECRET], headers, BODY, NOW)


@given(st.binary(max_size=40), st.integers(0, 39), st.integers(1, 255))
def test_one_changed_byte_is_noticed(body: bytes, place: int, change: int) -> None:
    headers = signed_headers(body, NOW)
    signed([SECRET], headers, body, NOW)
    place %= len(body) + 1
    other = body[:place] + bytes([(body[place] ^ change) if place < len(body) else change])
    other += body[place + 1 :]
    with pytest.raises(Unauthentic):
        signed([SECRET], headers, other, NOW)


@given(st.text(), st.text())
def test_no_headers_break_the_check(stamp: str, signature: str) -> None:
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": signature}
    with pytest.raises(Unauthentic):
        signed([SECRET], headers, BODY, NOW)


# --- presses -----------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [CLAIM, JUNK])
def test_a_pressed_button_is_read(action: str) -> None:
    assert read(action, LEAD) == Press(
        action=action,
        lead_id=LEAD,
        user=Person(slack="U01ANN", name="ann.archer"),
        reply_url=REPLY,
        reply_lasts=REPLY_LASTS,
        message="C0000001/1772442000.000100",
    )


@pytest.mark.parametrize(
    ("span", "meant"),
    [("3600", timedelta(hours=1)), ("14400", timedelta(hours=4)), ("tomorrow", None)],
)
def test_a_choice_of_how_long_to_snooze_is_read(span: str, meant: timedelta | None) -> None:
    found = read(SNOOZE, f"{span}:{LEAD}")
    assert found is not None
    assert (found.action, found.lead_id, found.span) == (SNOOZE, LEAD, meant)


def test_a_message_that_only_one_sees_is_told_apart() -> None:
    payload = press_payload(CLAIM, LEAD)
    payload["container"]["is_ephemeral"] = True
    found = read_press(press_body(payload))
    assert found is not None
    assert found.is_ephemeral


@pytest.mark.parametrize(
    ("action", "value"),
    [
        (buttons.OPEN_CRM, LEAD), (buttons.OPEN_LEAD, ""), ("others.button", LEAD), ("", LEAD),
        (CLAIM, ""), (CLAIM, "no id"), (CLAIM, LEAD + " "),
        (SNOOZE, LEAD), (SNOOZE, f"5:{LEAD}"), (SNOOZE, "3600:x"),
    ],
)  # fmt: skip
def test_what_is_no_button_of_ours_is_left_alone(action: str, value: str) -> None:
    assert read(action, value) is None


@pytest.mark.parametrize("kind", ["view_submission", "view_closed", "shortcut", "", None, 7])
def test_other_payloads_are_left_alone(kind: object) -> None:
    assert read_press(press_body({**press_payload(CLAIM, LEAD), "type": kind})) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/a", "https://hooks.slack.com.example.com/a", "https://example.com",
        "https://hooks.slack.com@example.com/", "https://hooks.slack.com", "//hooks.slack.com/a",
        "https://hooks.slack.com/a b", "https://hooks.slack.com/\r\nx", "https://hooks.slack.com/ä",
        "https://hooks.slack.com/" + "a" * 500, "", None, ["https://hooks.slack.com/a"],
    ],
)  # fmt: skip
def test_an_address_for_answers_that_is_not_slacks_is_not_believed(url: object) -> None:
    found = read(CLAIM, LEAD, response_url=url)
    assert found is not None
    assert found.reply_url == ""


def test_only_addresses_below_the_given_origins_are_believed() -> None:
    body = press_body(press_payload(CLAIM, LEAD, response_url="https://slack.example/a"))
    found = read_press(body, ["https://slack.example"])
    assert found is not None
    assert found.reply_url == "https://slack.example/a"


@pytest.mark.parametrize("user", ["", "u1", "U", "U1 2", "<@U1>", "U1|x", "ann@example.com"])
def test_a_press_by_nobody_is_refused(user: str) -> None:
    with pytest.raises(Unreadable):
        read(CLAIM, LEAD, user=user)


def test_a_name_is_cut_and_stays_on_one_line() -> None:
    found = read(CLAIM, LEAD, name="a\nb\x00" + "c" * 900)
    assert found is not None
    assert found.user.name.startswith("a bccc")
    assert len(found.user.name) == 80


@pytest.mark.parametrize(
    "body",
    [
        b"", b"payload=", b"payload=%7B", b"payload=[]", b"payload=1", b"\xff", b"payload=%ff",
        b"{}", b"a=1&" * 60, b"payload=" + b"[" * 5000, urlencode({"payload": "\ud800".encode(
            "utf-8", "surrogatepass")}).encode(),
    ],
    ids=lambda body: str(body[:20]),
)  # fmt: skip
def test_a_body_that_is_no_payload_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_press(body)


@given(st.dictionaries(st.sampled_from(["user", "container", "actions", "response_url"]), JSON))
def test_a_payload_of_any_shape_is_read_or_refused(parts: dict[str, Any]) -> None:
    _either_or({**press_payload(CLAIM, LEAD), **parts})


@given(JSON)
def test_any_json_at_all_is_read_or_refused(payload: object) -> None:
    _either_or(payload)
    _either_or({"type": "block_actions", "actions": [payload], "user": {"id": "U1ANN"}})


def _either_or(payload: object) -> None:
    try:
        body = press_body(json.loads(json.dumps(payload)))
        found = read_press(body)
    except (Unreadable, UnicodeEncodeError):
        return
    assert found is None or found.user.slack


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for reader in (read_press, read_command):
        for whole in (body, b"payload=" + body, b"command=/leads&user_id=U1ANN&text=" + body):
            try:
                reader(whole)
            except Unreadable:
                continue


# --- commands ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "text"), [("", ""), ("  Mine ", "mine"), ("un\tassigned", "un assigned")]
)
def test_a_command_is_read(typed: str, text: str) -> None:
    found = read_command(command_body(typed))
    assert found is not None
    assert (found.text, found.user) == (text, Person(slack="U01ANN", name="ann.archer"))


def test_slack_may_look_whether_we_are_there() -> None:
    assert read_command(b"ssl_check=1&token=x") is None


def test_what_is_no_command_is_refused() -> None:
    for body in (b"", b"user_id=U1ANN", b"command=leads&user_id=U1ANN", b"command=/leads"):
        with pytest.raises(Unreadable):
            read_command(body)
