"""What a lead's timeline says when another channel told of it."""

from contextlib import closing
from pathlib import Path

from leadline.model.lead import Status
from leadline.ports.messenger import Refused, Unreachable
from leadline.ports.reading.ledger import LeadStory
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.channels import AlertOffice
from tests.worlds.leads import HandClock


def story(folder: Path, lead_id: str) -> LeadStory:
    with closing(SqliteLedger(folder)) as ledger:
        story = ledger.story(lead_id)
    assert story is not None
    return story


def test_the_words_of_who_refused_stay_with_the_lead(tmp_path: Path, clock: HandClock) -> None:
    with closing(SqliteStore(tmp_path, clock=clock)) as store:
        office = AlertOffice(store, clock)
        office.slack.replies = [Refused("slack.channel_is_archived", "channel_is_archived")]
        lead_id = office.lead()
        office.wait(seconds=5)
        told = story(tmp_path, lead_id)
    notes = [f"{h.what} {h.detail}".strip() for h in told.timeline]
    assert "notify.fell_back slack.channel_is_archived channel_is_archived" in notes
    assert [(a.channel, a.template) for a in told.alerts] == [("mail", "new_lead/1 for slack")]
    assert told.row.status is Status.ALERTED
    assert told.tasks == ()


def test_a_lead_that_a_failing_channel_gave_away_says_so(tmp_path: Path, clock: HandClock) -> None:
    with closing(SqliteStore(tmp_path, clock=clock)) as store:
        office = AlertOffice(store, clock)
        office.slack.is_down = Unreachable("slack.http_503")
        office.lead()
        office.wait(minutes=6)
        lead_id = office.lead()
        office.wait(seconds=20)
        told = story(tmp_path, lead_id)
        with closing(SqliteLedger(tmp_path)) as ledger:
            account = ledger.account()
    assert "notify.fell_back" in [h.what for h in told.timeline]
    assert [a.channel for a in told.alerts] == ["mail"]
    assert (account.alerted, account.alerting, account.alert_dead, account.untold) == (2, 0, 0, 0)
