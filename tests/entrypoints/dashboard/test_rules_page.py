"""RULES: what the rules did, and others tried on a payload, by a check and by a backtest."""

import logging
import re
import threading
from collections.abc import Mapping
from html import unescape
from pathlib import Path

import pytest

from leadline.entrypoints.dashboard import backtests
from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.dashboard.views import rule_looks
from leadline.installations.accounts import accounts_of
from leadline.journey.backtest.cleaning import refined_by_both
from leadline.model.staff.accounts import UserRole
from tests.worlds.dashboard import CSRF, Browser, Shown, known_as
from tests.worlds.dashboard_leads import HOSTILE, Staged, office
from tests.worlds.folder_bytes import folder_bytes
from tests.worlds.leads import HandClock

RULES = """
[people.ada]
email = "ada@example.com"
[people.bob]
email = "bob@example.com"
[teams.dach]
people = ["ada", "bob"]
[rules.small]
max_score = 10
assign = ["ada"]
[rules.large]
when = ["company contains analytical"]
team = "dach"
"""
OTHER = RULES.replace('people = ["ada", "bob"]', 'people = ["bob"]')
PAYLOAD = '{"name": "Zoe Quill", "email": "zoe.quill@example.com", "company": "Analytical Ltd"}'


def rule(condition: str) -> str:
    """Settings with one rule that has this condition."""
    return f"{RULES}[rules.tried]\nwhen = ['{condition}']\nassign = ['ada']\n"


@pytest.fixture
def made(tmp_path: Path, clock: HandClock) -> Staged:
    (tmp_path / "leadline.toml").write_text(RULES)
    return office(tmp_path, clock)


def seen_by(made: Staged, role: UserRole = UserRole.OPERATOR) -> Browser:
    accounts = accounts_of(made.installation.loaded().settings)
    door = known_as("ada", role)
    return Browser(create_app(Dashboard(made.installation, accounts, clock=made.clock, door=door)))


def plain(page: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())


def sent(browser: Browser, path: str, **fields: str) -> Shown:
    form: Mapping[str, str] = {"csrf": CSRF, "form": "one form", "source": "generic", **fields}
    return browser.post(path, form)


def joined() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("job "):
            thread.join()


def test_the_rules_are_shown_with_what_they_did(made: Staged) -> None:
    page = plain(seen_by(made, UserRole.VIEWER).get("/rules").text)
    assert re.search(r"small max_score = 10 its own people – 2 0 0 0", page)
    assert re.search(r"large when company contains analytical dach – 2 2 2 0", page)
    assert re.search(r"dach by turn, equally ada, bob", page)


def test_it_is_said_if_not_every_lead_was_looked_at(
    made: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "only the newest leads" not in seen_by(made).get("/rules").text
    monkeypatch.setattr(rule_looks, "MOST_COUNTED", 3)
    text = plain(seen_by(made, UserRole.VIEWER).get("/rules").text)
    assert "The last 7 days: 0 refined leads; only the newest leads were looked at" in text


def test_a_payload_is_explained_and_nothing_is_stored(made: Staged) -> None:
    before = made.installation.loaded().settings.data
    with_leads = plain(seen_by(made).get("/leads").text)
    shown = sent(seen_by(made), "/rules/try", body=PAYLOAD)
    assert shown.status == 200
    text = plain(shown.text)
    text = text[text.index("What the rules would do") : text.index("Nothing was stored")]
    assert "ada's turn in the team dach" in text
    assert "large fits: it assigns it" in text
    assert plain(seen_by(made).get("/leads").text) == with_leads
    assert b"zoe.quill" not in folder_bytes(before)


def test_a_payload_meets_other_rules_that_are_pasted(made: Staged) -> None:
    other = RULES.replace('team = "dach"', 'assign = ["bob"]')
    text = plain(sent(seen_by(made), "/rules/try", body=PAYLOAD, settings=other).text)
    assert "bob" in text[text.index("What the rules would do") : text.index("Nothing was stored")]


@pytest.mark.parametrize("body", ["", "{", "[1, 2", "\x00", "<a>", '{"a": ' * 2000])
def test_a_payload_that_is_none_is_told_in_words(body: str, made: Staged) -> None:
    shown = sent(seen_by(made), "/rules/try", body=body)
    assert shown.status in (200, 422)


def test_what_is_pasted_does_nothing_on_the_page(made: Staged) -> None:
    for text in HOSTILE:
        shown = sent(seen_by(made), "/rules/try", body=text, settings=text)
        assert text not in shown.text or "<" not in text
        assert shown.status == 422


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("[rules.x]\nassing = 'ada'", "assing"),
        (rule("company matches ("), "no pattern"),
        (rule("email domain in banks.csv:domain"), "banks.csv"),
        ("x", "line 1"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/rules/check", "/rules/backtests", "/rules/try"])
def test_settings_that_are_wrong_are_told(
    path: str, settings: str, words: str, made: Staged
) -> None:
    shown = sent(seen_by(made), path, settings=settings, body=PAYLOAD, period="7d")
    assert shown.status == 422
    text = shown.text
    assert words in text[text.index('role="alert"') : text.index('aria-labelledby="rules"')]


def test_no_file_is_read_for_what_is_pasted(made: Staged, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("domain\nsecret.example.com\n")
    named = f"email domain in {tmp_path}/secret.csv:domain"
    text = sent(seen_by(made), "/rules/check", settings=rule(named)).text
    assert "secret.example.com" not in text


def test_a_check_finds_what_is_wrong_in_what_is_pasted(made: Staged) -> None:
    other = RULES + '[rules.never]\nmax_score = 5\nassign = ["bob"]\n'
    shown = sent(seen_by(made), "/rules/check", settings=other)
    text = plain(shown.text)
    checked = text[text.index("Check of what you pasted") : text.index("Rules, in order")]
    assert "rules.never" in checked


def backtest(made: Staged, browser: Browser) -> str:
    answer = sent(browser, "/rules/backtests", settings=OTHER, period="30d")
    assert answer.status == 303, answer.text
    joined()
    return answer.headers["location"]


def test_a_backtest_says_what_would_differ(made: Staged) -> None:
    browser = seen_by(made)
    text = plain(browser.get(backtest(made, browser)).text)
    assert "would differ" in text
    assert "Begun" in text
    entries = [one.entry for one in made.installation.audit().entries()]
    assert [(one.actor, one.action) for one in entries if one.action.endswith("backtest")] == [
        ("person:ada", "dashboard.backtest")
    ]


def test_a_form_that_is_sent_twice_is_one_backtest(made: Staged) -> None:
    browser = seen_by(made)
    assert backtest(made, browser) == backtest(made, browser)
    entries = [one.entry.action for one in made.installation.audit().entries()]
    assert entries.count("dashboard.backtest") == 1


def test_a_backtest_is_stopped(made: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    began, go_on = threading.Event(), threading.Event()
    refined = refined_by_both

    def slowly(*arguments: object) -> object:
        began.set()
        go_on.wait()
        return refined(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(backtests, "refined_by_both", slowly)
    monkeypatch.setattr(backtests, "_AT_ONCE", 1)
    browser = seen_by(made)
    answer = sent(browser, "/rules/backtests", settings=OTHER, period="30d")
    began.wait()
    page = answer.headers["location"]
    assert "<progress" in browser.get(page).text
    assert sent(browser, f"{page}/stop").status == 303
    go_on.set()
    joined()
    assert "It was stopped." in browser.get(page, hx_request="true").text
    entries = [one.entry for one in made.installation.audit().entries()]
    assert [(one.actor, one.action) for one in entries[-2:]] == [
        ("person:ada", "dashboard.backtest"),
        ("person:ada", "dashboard.backtest_stopped"),
    ]


def test_only_so_many_backtests_go_on_at_once(
    made: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, refined = threading.Event(), refined_by_both

    def slowly(*arguments: object) -> object:
        go_on.wait()
        return refined(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(backtests, "refined_by_both", slowly)
    browser = seen_by(made)
    for number in range(backtests.MOST_AT_ONCE):
        answer = sent(browser, "/rules/backtests", settings=OTHER, period="30d", form=f"{number}")
        assert answer.status == 303
    late = sent(browser, "/rules/backtests", settings=OTHER, period="30d", form="late")
    assert late.status == 422
    assert "backtests go on already" in late.text
    go_on.set()
    joined()
    later = sent(browser, "/rules/backtests", settings=OTHER, period="30d", form="later")
    assert later.status == 303
    joined()
    assert "would differ" in browser.get(later.headers["location"]).text


@pytest.mark.parametrize("path", ["/rules/try", "/rules/check", "/rules/backtests"])
def test_viewers_neither_see_nor_try(path: str, made: Staged) -> None:
    viewer = seen_by(made, UserRole.VIEWER)
    assert "<textarea" not in viewer.get("/rules").text
    assert sent(viewer, path, body=PAYLOAD, settings=OTHER, period="30d").status == 403
    assert viewer.get("/rules/backtests/x").status == 403
    assert seen_by(made).get("/rules/backtests/x").status == 404


def test_nothing_that_is_pasted_is_logged(made: Staged, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = RULES + '[sources.hubspot]\nsecret = "pasted-secret-value"\n'
    for path in ("/rules/try", "/rules/check", "/rules/backtests"):
        sent(seen_by(made), path, body=PAYLOAD, settings=secret, period="7d")
    joined()
    assert "zoe.quill" not in caplog.text
    assert "pasted-secret" not in caplog.text
    data = made.installation.loaded().settings.data
    assert b"pasted-secret" not in folder_bytes(data)
