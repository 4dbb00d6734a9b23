"""The functions of a stack look leads up in the suppression list, if there is a key for it."""

import pytest

from leadline.model.facts.consent import SUPPRESSED
from leadline.model.personal_data.suppression import Suppressed, SuppressedBy
from leadline.model.task import Step
from leadline.privacy.hashes import key_of_text
from tests.worlds.aws_functions import Functions, message, now

SECRET = "a made-up key for tests"
KEY = key_of_text(SECRET)


def _suppress(functions: Functions, name: str) -> None:
    entry = Suppressed(KEY.hash_of(name), SuppressedBy.EMAIL, KEY.id, now(), "asked")
    functions.actor.store.suppress([entry])


def test_a_lead_on_the_list_is_marked_by_refine(functions: Functions) -> None:
    functions.set(privacy_key=f'"{SECRET}"')
    _suppress(functions, "email:ada@example.com")
    lead_id = functions.lead()
    assert functions.refine(message(lead_id)) == []
    assert SUPPRESSED in functions.actor.store.refined([lead_id])[lead_id].problems


@pytest.mark.parametrize("policy", ["mark", "quarantine"])
def test_deliver_asks_the_list_before_it_sends(functions: Functions, policy: str) -> None:
    functions.set(privacy_key=f'"{SECRET}"', suppressed=f'"{policy}"')
    lead_id = functions.lead()
    assert functions.refine(message(lead_id)) == []
    _suppress(functions, "email:ada@example.com")
    assert functions.deliver(*functions.messages(Step.NOTIFY)) == []
    messages = functions.slack.messages
    assert len(messages) == (policy == "mark")
    assert all("Do not contact" in str(one) for one in messages)
    assert functions.actor.store.count_due(Step.NOTIFY, "slack") == 0
