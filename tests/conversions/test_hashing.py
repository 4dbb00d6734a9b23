"""People are hashed as each network documents it."""

import pytest

from leadline.conversions.hashing import google_email, meta_phone, plain_email, sha256

JOHN = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"
NUMBER = "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"


def test_the_examples_of_metas_documents_have_the_hashes_that_they_give() -> None:
    assert sha256(plain_email(" John_Smith@gmail.com ")) == JOHN
    assert sha256(meta_phone("+16505551212")) == NUMBER


@pytest.mark.parametrize(
    ("written", "hashed_as"),
    [
        ("Ada.Byron+ads@GMail.com", "adabyron@gmail.com"),
        ("ada.byron@googlemail.com", "adabyron@googlemail.com"),
        ("Ada.Byron+ads@example.com", "ada.byron+ads@example.com"),
        ("+@gmail.com", ""),
        ("", ""),
        ("no address", ""),
    ],
)
def test_google_takes_dots_and_tags_out_of_its_own_addresses_alone(
    written: str, hashed_as: str
) -> None:
    assert google_email(written) == hashed_as


def test_nothing_is_hashed_where_there_is_nothing() -> None:
    assert sha256("") == ""
    assert sha256(meta_phone("")) == ""
