"""By which value phone numbers are compared."""

import pytest

from leadline.model.lead import Contact
from leadline.refine.phones.key import phone_digits
from leadline.refine.phones.phone import refine_phone


def key_of(written: str, region: str = "US") -> str | None:
    phone = refine_phone(written, region)
    return phone_digits(
        Contact(phone=phone.written, phone_e164=phone.e164, phone_extension=phone.extension)
    )


@pytest.mark.parametrize(
    "written", ["+1 212 555 0147", "(212) 555-0147", "212.555.0147 x12", "001 212 555 0147"]
)
def test_valid_numbers_are_compared_in_one_form_without_their_extension(written: str) -> None:
    assert key_of(written) == "+12125550147"


@pytest.mark.parametrize(
    "written",
    ["555-0147", "555 0147", "5550147", "555.0147", "555-0147 (office)", "Tel. 555 0147 x12"],
)
def test_numbers_that_are_not_valid_are_compared_by_their_digits(written: str) -> None:
    assert key_of(written) == "5550147"


@pytest.mark.parametrize("written", ["12", "call me", "555-014", "x12345", ""])
def test_what_has_fewer_digits_than_a_local_number_is_not_compared(written: str) -> None:
    assert key_of(written) is None


def test_nothing_is_not_compared() -> None:
    assert phone_digits(Contact()) is None
