"""What can be asked about the leads of a stack, and what is refused in words."""

from datetime import timedelta

import pytest

from leadline.duplicates.keys import candidate_keys
from leadline.model.facts.likeness import Traits
from leadline.model.lead import Status
from leadline.model.task import Done, Step
from leadline.ports.reading.questions import Counted, LeadQuestion, Repeats, SortKey, Unanswerable
from leadline.stores.aws.reading.questions import AwsQuestions
from tests.worlds.leads import refined
from tests.worlds.ledger import LedgerWorld, Made, fill


@pytest.fixture(scope="module")
def stack(make: Made) -> LedgerWorld:
    """A stack with a lead at every place, and one with an address and a record; not changed."""
    return fill(make("moto"))


def asked(world: LedgerWorld, **query: object) -> list[str]:
    questions = AwsQuestions(world.ledger, world.store, ("generic",))
    page = questions.page(LeadQuestion(**query))  # type: ignore[arg-type]
    return world.names([row.lead_id for row in page.rows])


def test_leads_of_a_stack_are_listed_newest_first_page_by_page(stack: LedgerWorld) -> None:
    questions = AwsQuestions(stack.ledger, stack.store, ())
    found, cursor = [], None
    while True:
        page = questions.page(LeadQuestion(), cursor, 2)
        found += [row.lead_id for row in page.rows]
        assert page.previous is None
        if (cursor := page.next) is None:
            break
    assert sorted(stack.names(found)) == sorted(
        ("told", "telling", "untellable", "untold", "spam", "dead", "waiting")
    )
    assert found == sorted(found, reverse=True)


def test_leads_of_a_stack_are_found_by_what_it_has_indexes_of(stack: LedgerWorld) -> None:
    assert asked(stack, text=stack.ids["told"]) == ["told"]
    assert asked(stack, text=stack.ids["told"][-12:]) == ["told"]
    assert asked(stack, text="contact:1") == ["waiting"]
    assert asked(stack, text="contact:1", masked=True) == []
    assert asked(stack, text="nobody") == []
    assert asked(stack, statuses=(Status.ALERTED,)) == ["told"]
    assert asked(stack, statuses=(Status.FOLDED,)) == ["update"]
    assert sorted(asked(stack, dead=True)) == ["dead", "untellable"]
    assert asked(stack, owners=("Nobody Known",)) == []
    assert asked(stack, repeats=Repeats.ONLY) == []
    assert asked(stack, since=stack.clock.now + timedelta(days=1)) == []


def test_a_lead_of_a_stack_is_found_by_its_address_and_its_number(
    make: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make("moto")
    lead = world.accept("ada", delay=timedelta())
    made = refined(lead, world.clock, name="Ada", email="ada@example.com", phone="+49 30 901820")
    traits = Traits(emails=("ada@example.com",), phones=("+4930901820",))
    done = Done(refined=made, match_keys=candidate_keys(traits), traits=traits)
    world.settle(world.lease(Step.REFINE), done)
    assert asked(world, text="Ada@Example.com") == ["ada"]
    assert asked(world, text="+49 30 901820") == ["ada"]
    ledger = world.ledger
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "ending", None)  # reads the ids of two weeks
        questions = AwsQuestions(ledger, world.store, ())
        for text in ("4930901820", lead.id):  # might both be the end of an id
            (row,) = questions.page(LeadQuestion(text=text)).rows
            assert row.lead_id == lead.id
    assert asked(world, text="zoe@example.com") == []
    assert asked(world, text="Ada@Example.com", masked=True) == []


def test_what_a_stack_has_no_index_of_is_refused_in_words(stack: LedgerWorld) -> None:
    questions = AwsQuestions(stack.ledger, stack.store, ())
    for query in (
        LeadQuestion(sort=SortKey.SCORE),
        LeadQuestion(descending=False),
        LeadQuestion(campaigns=("spring",)),
    ):
        with pytest.raises(Unanswerable, match="on AWS leads are found by a whole id"):
            questions.page(query)
    now = stack.clock.now
    with pytest.raises(Unanswerable, match="CloudWatch"):
        questions.figures(now, now)
    with pytest.raises(Unanswerable, match="CloudWatch"):
        questions.hours(now, now, timedelta(hours=1))
    with pytest.raises(Unanswerable, match="CloudWatch"):
        questions.hour_of_week(now, now, "UTC")
    with pytest.raises(ValueError, match="no cursor"):
        questions.page(LeadQuestion(), "x")


def test_leads_of_a_stack_are_counted(stack: LedgerWorld) -> None:
    questions = AwsQuestions(stack.ledger, stack.store, ())
    assert questions.count(LeadQuestion()) == Counted(7)
    assert questions.count(LeadQuestion(), 3) == Counted(3, more=True)
    assert questions.facets(LeadQuestion()).statuses == {
        "dead": 2, "alerted": 1, "quarantined": 1, "refined": 2, "waiting": 1,
    }  # fmt: skip
    assert questions.behind(stack.clock.now).is_current
