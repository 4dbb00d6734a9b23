"""The server tells the head of its audit log once a day, and deletes the old end of the log."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from leadline import wiring
from leadline.alerts.operators.telling_head import head_message
from leadline.alerts.wording.trouble_story import story_of_troubles
from leadline.channels.trouble import trouble_faults
from leadline.entrypoints.embedded.watching.audit_keeping import AuditKeeper, keeps_audit
from leadline.journey.personal_data.erasing import note_in_audit
from leadline.model.errors import ConfigurationError
from leadline.model.personal_data.privacy import AuditEntry
from leadline.ports.channel import Channel
from leadline.ports.messenger import Unreachable
from leadline.privacy.chain import Head, check_chain, head_of
from leadline.privacy.hashes import PrivacyKey
from leadline.settings.loading import load
from leadline.settings.top.general import Settings
from leadline.stores.audit_file import AuditFile
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock
from tests.worlds.sales_office import PlainWriter, RecordingMessenger

KEY = PrivacyKey(b"a key for tests that is long enough")


class KeptLog:
    """An installation that tells its head by the channel `dpo`."""

    def __init__(self, folder: Path, clock: HandClock) -> None:
        self.clock = clock
        self.settings = Settings(
            data=folder, audit_channel="dpo", retention_audit=timedelta(days=30)
        )
        self.store = SqliteStore(folder, clock=clock)
        self.log = AuditFile(folder)
        self.dpo = RecordingMessenger()
        dpo = Channel(name="dpo", writer=PlainWriter(), messenger=self.dpo)
        kit = wiring.kit_of(self.settings, self.store, {"dpo": dpo}, clock)
        self.kit = msgspec.structs.replace(kit, audit=self.log, privacy_key=lambda: KEY)
        self.keeper = AuditKeeper(self.settings)

    def act(self) -> None:
        self.log.append([AuditEntry(at=self.clock(), actor="person:ada", action="lead.claim")])

    def look(self, keeper: AuditKeeper | None = None, **later: float) -> list[str]:
        """What is told by a look after this time."""
        self.clock.advance(**later)
        before = len(self.dpo.hanging)
        (keeper or self.keeper).once(self.kit)
        sent = list(self.dpo.hanging.values())[before:]
        return [words for message in sent for words in message["troubles"]]


@pytest.fixture
def kept(tmp_path: Path, clock: HandClock) -> Iterator[KeptLog]:
    one = KeptLog(tmp_path / "data", clock)
    with closing(one.store):
        yield one


def head_in(words: str) -> Head:
    return head_of(words.split()[-1])


def test_the_head_is_told_once_a_day_whoever_looks(kept: KeptLog) -> None:
    kept.act()
    (told,) = kept.look()
    assert check_chain(kept.log.entries(), told=[head_in(told)]).faults == ()
    assert kept.look(hours=1) == []
    assert kept.look(AuditKeeper(kept.settings), hours=22) == []
    kept.act()
    (later,) = kept.look(AuditKeeper(kept.settings), hours=1)
    assert head_in(later).n == 2


def test_a_head_that_no_channel_took_is_told_at_the_next_look(kept: KeptLog) -> None:
    kept.act()
    kept.dpo.trouble = Unreachable("slack.timeout")
    assert kept.look() == []
    kept.dpo.trouble = None
    assert len(kept.look(minutes=10)) == 1
    assert kept.look(minutes=10) == []


def test_what_was_told_shows_that_the_end_was_cut(kept: KeptLog) -> None:
    kept.act()
    kept.act()
    (told,) = kept.look()
    lines = kept.log.path.read_bytes().splitlines(keepends=True)
    kept.log.path.write_bytes(lines[0])
    assert check_chain(kept.log.entries(), told=[head_in(told)]).faults == (
        "the end was cut: entry 2, which was told as the head, is missing",
    )


def test_entries_that_are_too_old_are_deleted_and_the_log_says_so(kept: KeptLog) -> None:
    kept.act()
    kept.clock.advance(days=20)
    kept.act()
    kept.look(days=11)
    entries = list(kept.log.entries())
    assert [(one.n, one.entry.action) for one in entries] == [(2, "lead.claim"), (3, "audit.cut")]
    assert entries[-1].entry.detail == "entries up to 1"
    assert check_chain(entries, kept.log.cut(), key=KEY).faults == ()


def test_without_a_key_nothing_is_deleted_and_the_head_is_told(
    kept: KeptLog, caplog: pytest.LogCaptureFixture
) -> None:
    def missing() -> PrivacyKey:
        raise ConfigurationError("set privacy_key")

    kept.kit = msgspec.structs.replace(kept.kit, privacy_key=missing)
    kept.act()
    kept.act()
    assert len(kept.look(days=31)) == 1
    assert [one.n for one in kept.log.entries()] == [1, 2]
    assert "audit.not_cut" in caplog.messages


def test_workers_note_what_the_crm_has_them_erase_and_what_retention_deletes(
    tmp_path: Path,
) -> None:
    kit = wiring.embedded(Settings(data=tmp_path / "data"))
    assert isinstance(kit.store, SqliteStore)
    with closing(kit.store):
        note_in_audit(kit, "system", "lead.erased", "0192")
    (entry,) = [one.entry for one in AuditFile(tmp_path / "data").entries()]
    assert (entry.actor, entry.action, entry.subject) == ("system", "lead.erased", "0192")


def test_the_message_says_what_it_is(kept: KeptLog) -> None:
    told = story_of_troubles([head_message(Head(12, "0" * 64), kept.kit)])
    assert told.title == "Leadline: the audit log"
    assert f"12:{'0' * 64}" in told.remarks[0]
    assert "trouble" not in f"{told.title} {told.headline} {told.remarks} {told.footer}"


def test_a_channel_that_could_not_tell_it_is_refused() -> None:
    def wrong(text: str, *, on_aws: bool = False) -> list[str]:
        settings = load(environ={}, document=(text, "leadline.toml")).settings
        return trouble_faults(settings, on_aws=on_aws)

    hook = '[channels.dpo]\nkind = "webhook"\nurl = "https://example.com/x"\n[audit]\nchannel="dpo"'
    owners = hook.replace('"webhook"\nurl = "https://example.com/x"', '"slack-bot"\nroom = "dm"')
    assert wrong(hook) == []
    assert "audit.channel is not for AWS" in wrong(hook, on_aws=True)[0]
    assert "the audit log has no owner" in wrong(owners)[0]


def test_there_is_nothing_to_do_unless_the_settings_ask_for_it() -> None:
    assert not keeps_audit(Settings())
    assert keeps_audit(Settings(audit_channel="dpo"))
    assert keeps_audit(Settings(retention_audit=timedelta(days=1)))
