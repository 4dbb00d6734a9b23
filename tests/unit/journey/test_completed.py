"""What came later completes a lead only if it says more of the person."""

from datetime import timedelta

import msgspec

from leadline.experiments.record import Arm, Design
from leadline.journey.receiving.telling_apart import telling_apart
from leadline.journey.refinement.completed import is_completed
from leadline.journey.refinement.refining import refine_due
from leadline.settings.top.general import Settings
from leadline.stores.memory import MemoryStore
from leadline.wiring import kit_of, sources
from tests.worlds.leads import HandClock, captured


def test_what_an_arm_of_an_experiment_leaves_out_completes_no_lead(
    clock: HandClock,
) -> None:
    arms = (Arm("usual", 1), Arm("loose", 1, "without misplaced"))
    design = Design("cleaning", arms, "won", timedelta(days=30), 0.02)
    store = MemoryStore(clock, apart=telling_apart(sources(Settings())))
    kit = kit_of(Settings(), store, {}, clock)
    kit = msgspec.structs.replace(kit, experiments={"loose": design})
    raw = b'{"name":"Ada","company":"ada@example.com","phone":"n/a"}'
    lead = captured(clock, "ada", record="r:1", delay=timedelta(), raw=raw)
    kit.store.accept([lead])
    refine_due(kit)
    usual = kit.store.refined([lead.id])[lead.id]
    waiting = msgspec.structs.replace(kit.store.waiting([lead.id])[lead.id], late=(raw,))
    contact = msgspec.structs.replace(usual.contact, email=None, company="ada@example.com")
    loose = msgspec.structs.replace(usual, contact=contact)
    assert is_completed(kit, loose, waiting, None)
    loose = msgspec.structs.replace(loose, experiments={"loose": "loose"})
    assert not is_completed(kit, loose, waiting, None)
