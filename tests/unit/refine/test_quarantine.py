"""Spam and test leads; above all, who must not be taken for one."""

from datetime import UTC, datetime

import pytest

from leadline.model.lead import LeadFields
from leadline.refine import About, refine

ABOUT = About("0190", datetime(2024, 1, 15, tzinfo=UTC), datetime(2024, 1, 15, tzinfo=UTC), "form")
LINKS = " https://example.com/a" * 10


def reasons(fields: LeadFields) -> tuple[str, ...]:
    refined = refine(fields, ABOUT)
    found = tuple(one for one in refined.problems if one.startswith(("spam.", "test.")))
    assert refined.status == ("quarantined" if found else "refined")
    return found


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (LeadFields(name="Ada", suspicions=("spam.honeypot",)), "spam.honeypot"),
        (LeadFields(name="Ada", suspicions=("test.flagged",)), "test.flagged"),
        (LeadFields(name="Test", email="test@test.com"), "test.contact"),
        (LeadFields(first_name="asdf", last_name="asdf", email="asdf@asdf.com"), "test.contact"),
        (LeadFields(email="test@test.com"), "test.contact"),
        (LeadFields(name="Test User 2", email="test2@gmail.com"), "test.contact"),
        (LeadFields(first_name="Test", last_name="Lead", email="test@acme.org"), "test.contact"),
        (LeadFields(name="Fake Name", email="fake@fake.com"), "test.contact"),
        (LeadFields(name="<test lead: dummy data for full_name>"), "test.dummy"),
        (LeadFields(name="Ada", message="see [url=http://example.com]here[/url]"), "spam.links"),
        (LeadFields(name="Ada", message='buy <a href="http://example.com">now'), "spam.links"),
        (LeadFields(name="Ada", message="look:" + LINKS), "spam.links"),
        (LeadFields(name="WIN http://example.com", message="http://example.com"), "spam.name"),
        (
            LeadFields(first_name="QxVbTrLmKz", last_name="QxVbTrLmKz", company="QxVbTrLmKz"),
            "spam.gibberish",
        ),
    ],
)
def test_sure_signs_put_a_lead_aside(fields: LeadFields, reason: str) -> None:
    assert reasons(fields) == (reason,)


@pytest.mark.parametrize(
    "fields",
    [
        LeadFields(name="Test User 17", email="test17@example.com"),
        LeadFields(name="Test", email="test@example.com"),  # integrations are tried out so
        LeadFields(name="Tess Tester", email="tess@company.org"),
        LeadFields(name="Ada Lovelace", email="test@test.com"),  # a person who hides an address
        LeadFields(email="test@test.com", phone="+1 212-555-0100"),  # who can be called
        LeadFields(name="Test", email="ada@company.org"),
        LeadFields(first_name="Claire", last_name="Test", email="test@company.org"),
        LeadFields(name="Jon Tester", email="tester@company.org"),
        LeadFields(name="John Doe", email="test@company.org"),
        LeadFields(name="hjkdfhgjkd sdfkjh", email="jkhsdf@gmail.com"),
        LeadFields(name="Ada", message="our shops: https://example.com https://example.org"),
        LeadFields(name="Ada", message='<p>see <a href="https://example.com">us</a></p>'),
        LeadFields(name="Ada", message="[x] brackets and 3 < 4"),
        LeadFields(name="www.example.com"),  # flagged as a name, but not enough
        LeadFields(first_name="Abdullah", last_name="Abdullah", company="Abdullah"),
        LeadFields(name="Ada", suspicions=("note",)),
    ],
)
def test_a_doubtful_lead_is_never_put_aside(fields: LeadFields) -> None:
    assert reasons(fields) == ()
