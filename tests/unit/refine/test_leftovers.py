"""Second addresses and phone numbers among what was taken for no field."""

from typing import Any

import pytest

from leadline.model.lead import Contact
from leadline.refine.misplaced.leftovers import leftover_problems

ADA = Contact(email="Ada@example.com", email_canonical="ada@example.com")
WITH_PHONE = Contact(email="ada@example.com", phone="+1 212 555 0100")


@pytest.mark.parametrize(
    ("custom", "problems"),
    [
        ({"leads.1.email": "ben@example.com"}, {"custom.another_person"}),
        ({"friend": "Ben <ben@example.com>"}, {"custom.another_person"}),
        ({"others": ["x", "ben@example.com"]}, {"custom.another_person"}),
        ({"others": [{"mail": "ben@example.com"}]}, {"custom.another_person"}),
        ({"confirm": "ADA@example.com"}, set()),
        ({"site": "https://example.com/@ada"}, set()),
        ({"answer": "write to ben@example.com about it"}, set()),
        ({"created_by.email": "ben@example.com", "sales_rep_email": "r@example.com"}, set()),
        ({"event_memberships.0.user_email": "host@example.com"}, set()),
        ({"reply-to": "no-reply@example.com", "from": "x@example.com"}, set()),
        ({"createdBy": "ben@example.com"}, set()),
        ({"q7": "+1 (212) 555-0100"}, {"custom.phone"}),
        ({"billing_phone": "212 555 0100"}, {"custom.phone"}),
        ({"mobileNo2": 2125550100}, {"custom.phone"}),
        ({"order": "2125550100", "ts": 1769000000}, set()),
        ({"phone_verified": True, "phone_type": "mobile"}, set()),
        ({"owner_phone": "+12125550100"}, set()),
        (
            {"leads.1.phone": "+12125550100", "leads.1.email": "ben@example.com"},
            {"custom.phone", "custom.another_person"},
        ),
    ],
)
def test_what_is_left_over_may_be_somebody_elses(
    custom: dict[str, Any], problems: set[str]
) -> None:
    assert leftover_problems(custom, ADA) == problems


def test_a_second_phone_number_of_a_lead_that_has_one_is_no_problem() -> None:
    assert leftover_problems({"billing_phone": "+1 212 555 0101"}, WITH_PHONE) == set()
