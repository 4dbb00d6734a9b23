"""Settings that only a child finds wrong, and what is told about settings that change."""

import logging
import signal
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from leadline.entrypoints.embedded.renewing import Hangup, Renewal
from leadline.installations.serving import forget_serving, other_settings
from leadline.settings.comparing import changed_settings, fingerprints, unequal
from leadline.settings.loading import load
from leadline.settings.top.general import Settings
from leadline.stores.audit_file import AuditFile


class Kept:
    """A child that ends and starts when the test says so."""

    def __init__(self) -> None:
        self.settings: Settings | None = None
        self.renewing = False

    def will_start_with(self, settings: Settings) -> None:
        self.settings = settings

    def renew(self, settings: Settings) -> None:
        self.settings, self.renewing = settings, True

    def is_renewing(self) -> bool:
        return self.renewing


def settings(folder: Path, text: str = "") -> Settings:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "leadline.toml").write_text(f'data = "{folder}/data"\n{text}')
    return load(folder=folder, environ={}).settings


def test_a_child_that_refuses_new_settings_brings_the_old_ones_back_once(tmp_path: Path) -> None:
    old, new = settings(tmp_path), settings(tmp_path, 'delay = "2h"')
    children = [Kept(), Kept()]
    renewal = Renewal(old, lambda: new)
    assert not renewal.fall_back(children)  # type: ignore[arg-type]
    renewal.begin(children)  # type: ignore[arg-type]
    assert [one.renewing for one in children] == [False, True]
    children[1].renewing = False  # it was started again, and ends because of the settings
    renewal.go_on()
    assert children[0].renewing
    assert renewal.fall_back(children)  # type: ignore[arg-type]
    assert renewal.settings == old
    assert [one.settings for one in children] == [old, old]
    assert not renewal.fall_back(children)  # type: ignore[arg-type]


def test_which_settings_change_is_noted_by_name_before_they_do(tmp_path: Path) -> None:
    old = settings(tmp_path)
    new = settings(tmp_path, 'delay = "2h"\n[sources.close]\nsecret = "00ff"')
    Renewal(old, lambda: new).begin([Kept()])  # type: ignore[list-item]
    entries = [one.entry for one in AuditFile(tmp_path / "data").entries()]
    assert [(one.actor, one.action, one.subject) for one in entries] == [
        ("system", "settings.changed", "delay"),
        ("system", "settings.changed", "sources.close"),
    ]
    assert b"00ff" not in AuditFile(tmp_path / "data").path.read_bytes()


def test_settings_whose_change_cannot_be_noted_are_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old, kept = settings(tmp_path), Kept()
    new = settings(tmp_path, 'delay = "2h"')
    AuditFile(tmp_path / "data").path.mkdir()
    renewal = Renewal(old, lambda: new)
    renewal.begin([kept])  # type: ignore[list-item]
    assert renewal.settings == old
    assert not kept.renewing
    assert "settings.refused" in caplog.messages


def test_nothing_is_replaced_if_no_setting_has_changed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    old, kept = settings(tmp_path), Kept()
    Renewal(old, lambda: settings(tmp_path)).begin([kept])  # type: ignore[list-item]
    assert not kept.renewing
    assert "settings.unchanged" in caplog.messages


def test_secrets_are_compared_but_have_no_fingerprint(tmp_path: Path) -> None:
    one = settings(tmp_path, '[sources.close]\nsecret = "00ff"')
    other = settings(tmp_path, '[sources.close]\nsecret = "11ff"\n[hours.sales]\nopen = "08:00"')
    assert changed_settings(one, other) == ("hours.sales", "sources.close")
    assert unequal(fingerprints(one), fingerprints(other)) == ("hours.sales",)
    token = settings(tmp_path, 'metrics_token = "a-token"')
    assert changed_settings(settings(tmp_path), token) == ("metrics_token",)


def test_without_a_server_no_command_is_told_of_other_settings(tmp_path: Path) -> None:
    forget_serving(tmp_path)
    plain = settings(tmp_path)
    assert other_settings(msgspec.structs.replace(plain, delay=timedelta(hours=9))) == ()


def test_where_no_terminal_closes_a_hangup_is_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "getsignal", lambda _number: signal.SIG_IGN)
    assert not Hangup().is_end()
