"""Who is drawn into which arm."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from leadline.experiments.allocating import arm_of, unit_of
from leadline.experiments.record import Arm, Design
from leadline.model.lead import Contact, LeadDetails, RefinedLead

DESIGN = Design(
    change="alert",
    arms=(Arm("a", 50), Arm("b", 30), Arm("c", 20)),
    metric="won",
    within=timedelta(days=30),
    detect=0.05,
)


def lead(lead_id: str = "1", **contact: str) -> RefinedLead:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return RefinedLead(lead_id, at, at, "refined", Contact(**contact), LeadDetails(), "generic")


def test_arms_get_their_shares() -> None:
    found = Counter(arm_of("seed", DESIGN, str(number)) for number in range(20_000))
    shares = [found[one] / 20_000 for one in "abc"]
    assert shares == pytest.approx([0.5, 0.3, 0.2], abs=0.015)


def test_the_draw_of_one_experiment_says_nothing_of_that_of_another() -> None:
    found = Counter(
        (arm_of("one", DESIGN, str(n)), arm_of("other", DESIGN, str(n))) for n in range(20_000)
    )
    assert abs(found["a", "a"] / 20_000 - 0.25) < 0.015


def test_the_arm_depends_on_nothing_but_seed_design_and_unit() -> None:
    assert [arm_of("seed", DESIGN, str(n)) for n in range(8)] == list("baababaa")


def test_a_company_is_drawn_by_its_domain_and_anybody_else_by_address_or_number() -> None:
    at_work = {"company_domain": "acme.example"}
    ada = lead("1", email_canonical="ada@acme.example", phone_e164="+14155552671", **at_work)
    grace = lead("2", email_canonical="grace@acme.example", **at_work)
    at_home = lead("3", email_canonical="ada@example.com", phone_e164="+14155552671")
    called = lead("4", phone_e164="+14155552671")
    nobody = lead("5")
    units = [unit_of(one) for one in (ada, grace, at_home, called, nobody)]
    assert units[0] == units[1]
    assert len(set(units)) == 4
    again = msgspec.structs.replace(at_home, lead_id="6")
    assert unit_of(again) == unit_of(at_home)
    assert "acme" not in "".join(units)
