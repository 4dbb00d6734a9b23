"""The quick judgement of addresses against email-validator, whose answer it must have."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from leadline.refine.emails.email import _refine_other, is_bare, refine_email
from leadline.refine.emails.syntax import address_parts
from tests.worlds.thorough import thorough


def by_library(address: str) -> tuple[str, str] | None:
    try:
        valid = validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return None
    return valid.local_part.lower(), valid.ascii_domain.lower()


_PIECES = (
    *"ab1.-_+'\"<>()[],;:!/\\ @éüßя例٠\u0301\u200d\u00ad。＠ﬁʼ\n",
    "--", "xn--", "xn--bcher-kva", "xn--p1ai", "..", "com", "example", "test", "local", "arpa",
    "co.uk", "a" * 62, "b" * 64, "ü" * 30,
)  # fmt: skip
_part = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=4).map("".join)
_addresses = st.one_of(
    st.lists(st.sampled_from(_PIECES), min_size=2, max_size=9).map("".join),
    st.builds(
        "{}@{}{}".format, _part, _part, st.sampled_from((".com", ".test", ".c1", ".x-y", ".рф", ""))
    ),
)


@thorough(1500, often=400)
@given(_addresses.map(str.lower))
@example(f"{'a' * 64}@{'b.' * 94}b")
@example(f"{'a' * 64}@{'b.' * 93}bb.c")
@example("a@b.c1")
@example("a@b.x-y")
@example(f"a@{'b' * 63}.com")
@example(f"a@{'b' * 64}.com")
@example(f"a@{'ü' * 60}.{'ü' * 60}.com")
def test_an_address_is_valid_where_the_library_says_so(address: str) -> None:
    expected = by_library(address) if "@" in address else None
    assert address_parts(address) == expected


@thorough(1000, often=300)
@given(_part, _part)
@example("Ada", "BÜCHER.example")
@example("ada_at_x", "İstanbul.example")
@example("ada", "b\u3164cher.example")
def test_a_bare_address_is_read_as_one_with_something_around_it(local: str, domain: str) -> None:
    written = f"{local}@{domain}"
    if is_bare(written) and address_parts(written.lower()) is not None:
        assert refine_email(written) == _refine_other(written)


@pytest.mark.parametrize(
    "address",
    [
        '"ada"@example.com', '"a b"@example.com', "ada <a@example.com>", "a@@example.com",
        "a@[127.0.0.1]", "a@example", "a@xn--0.com", "a@ab--c.com", "a@xn--bcher-kva.example",
        "a@bücher.example", "é@example.com", "e\u0301@example.com", "a@\u0301b.com", "@example.com",
    ],
)  # fmt: skip
def test_unusual_addresses_are_judged_as_by_the_library(address: str) -> None:
    assert address_parts(address) == by_library(address)


def test_an_internationalised_domain_is_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def watched(address: str, *, check_deliverability: bool, strict: bool) -> object:
        asked.append(address)
        return validate_email(address, check_deliverability=check_deliverability, strict=strict)

    monkeypatch.setattr("email_validator.validate_email", watched)
    for number in range(3):
        assert address_parts(f"ada{number}@grünau.example") == (
            f"ada{number}",
            "xn--grnau-lva.example",
        )
    assert len(asked) == 1
