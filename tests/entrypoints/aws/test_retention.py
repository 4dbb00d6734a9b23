"""The sweep deletes what is older than its term, and goes on where the one before ended."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from leadline import wiring
from leadline.entrypoints.aws import capture, deliver, refine, sweep
from leadline.journey.personal_data.erasing import note_in_audit
from leadline.model.lead import Kind
from leadline.model.personal_data.privacy import AuditEntry
from leadline.model.personal_data.retiring import RETIRED_WORDS
from leadline.privacy.chain import check_chain
from leadline.standins.slack_inbox import SlackInbox
from leadline.stores.aws.audit import AwsAudit
from tests.standins.aws_faults import world
from tests.worlds.aws_functions import Context, Functions, now
from tests.worlds.leads import HandClock, captured


@pytest.fixture
def functions(moto: str, quiet: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Functions]:
    with SlackInbox() as slack, world(moto, now, 1) as (actor,):
        made = Functions(actor, slack)
        for module in (capture, refine, deliver, sweep):
            monkeypatch.setattr(module, "_parts", lambda: made.parts)
        yield made
        made.parts.caller.close()


def test_a_sweep_deletes_what_is_too_old_and_the_next_finds_nothing(functions: Functions) -> None:
    store = functions.actor.store
    ages = {"old": 100, "young": 50}
    made = {
        name: captured(HandClock(now() - timedelta(days=days)), name, kind=Kind.IGNORED, why="test")
        for name, days in ages.items()
    }
    store.accept(list(made.values()))
    functions.write('[retention]\nraw = "90d"\n')
    sweep.handler({}, Context(15_000))
    assert not _is_retired(functions, made["old"].id), "there is no time for what is not urgent"
    sweep.handler({}, Context(120_000))
    assert _is_retired(functions, made["old"].id)
    assert not _is_retired(functions, made["young"].id)
    sweep.handler({}, Context(120_000))
    assert not _is_retired(functions, made["young"].id)


def test_a_sweep_deletes_the_old_end_of_the_audit_log(functions: Functions) -> None:
    audit = AwsAudit(functions.actor.rooms.table)
    ages = (100, 50, 1)
    audit.append([
        AuditEntry(at=now() - timedelta(days=days), actor="person:ada", action="lead.claim")
        for days in ages
    ])  # fmt: skip
    functions.write('privacy_key = "a key that is long enough"\n[retention]\naudit = "90d"\n')
    sweep.handler({}, Context(120_000))
    assert [(one.n, one.entry.action) for one in audit.entries()] == [
        (2, "lead.claim"), (3, "lead.claim"), (4, "audit.cut"),
    ]  # fmt: skip
    assert check_chain(audit.entries(), audit.cut()).faults == ()


def test_a_sweep_notes_what_retention_deleted(functions: Functions) -> None:
    old = captured(HandClock(now() - timedelta(days=100)), kind=Kind.IGNORED, why="test")
    functions.actor.store.accept([old])
    functions.write('[retention]\nraw = "90d"\n')
    sweep.handler({}, Context(120_000))
    (entry,) = [one.entry for one in AwsAudit(functions.actor.rooms.table).entries()]
    assert (entry.actor, entry.action) == ("system", "retention.deleted")


def test_deliver_notes_what_the_crm_has_it_erase(functions: Functions) -> None:
    functions.write('delay = "0s"\n')
    settings, store = functions.parts.settings(), functions.actor.store
    kit = functions.parts.with_erasures(wiring.kit_of(settings, store, {}), settings)
    note_in_audit(kit, "system", "lead.erased", "0192")
    (entry,) = [one.entry for one in AwsAudit(functions.actor.rooms.table).entries()]
    assert (entry.action, entry.subject) == ("lead.erased", "0192")


def _is_retired(functions: Functions, lead_id: str) -> bool:
    return functions.actor.store.archived([lead_id])[lead_id].raw == RETIRED_WORDS
