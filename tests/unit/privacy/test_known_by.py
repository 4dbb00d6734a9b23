"""By what people are recognised in texts of any kind, and its keyed hashes."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import pytest

from leadline.model.errors import ConfigurationError
from leadline.model.personal_data.privacy import Tombstone
from leadline.privacy.finding import email_name, known_by, known_by_in, phone_names
from leadline.privacy.hashes import key_of_text, require_key_of

ADA = "email:ada@example.com"
KEY = key_of_text("0123456789abcdef-made-up")


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.com",
        "Write to <ADA@Example.com>, please.",
        '{"email":"ada\\u0040example.com"}',
        '{"note":"reach me:\\nada@example.com\\tthanks"}',
        json.dumps({"body": json.dumps({"email": "ada@example.com"})}),
        urlencode({"email": "ada@example.com", "name": "Ada"}),
        "https://example.com/?next=" + quote("mailto:ada@example.com", safe=""),
        "ada&#64;example.com",
        "ada@example.com".encode("utf-16"),
        '{"email":"\uff41da\uff20example.com"}',
        '{"email":"\\uff41da\\uff20example.com"}',
        "a\u200bda@exam\xadple.com",
    ],
)
def test_an_address_is_found_however_it_is_written(text: str | bytes) -> None:
    assert ADA in known_by_in(text)


def test_an_address_is_another_one_if_its_mailbox_is_another() -> None:
    assert ADA not in known_by_in("bada@example.com ada@example.com.evil.test")
    assert email_name("Ada.Vance+fair@googlemail.com") == email_name("adavance@gmail.com")
    assert email_name("nobody") is None


@pytest.mark.parametrize(
    "text",
    [
        "+49 151 12345678",
        "call 0151/123 456 78 after 9",
        "0049 (0)151 12345678",
        "+49-(0)151-12345678",
        '{"phone":"4915112345678"}',
        "tel=%2B49+151+12345678",
        "on 2026-03-02 +49 151 12345678 12 people",
        "\u0660\u0660\u0664\u0669\u0661\u0665\u0661\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668",
        "\uff0b\uff14\uff19 \uff11\uff15\uff11 \uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18",
    ],
)
def test_a_number_is_found_however_it_is_written(text: str) -> None:
    assert phone_names("+4915112345678") & known_by_in(text)


def test_the_digits_of_a_known_number_are_not_taken_for_one_of_another_country() -> None:
    british = phone_names("+444155550101")
    assert british & known_by(["+1 415 555 0101"]) == {"national:4155550101"}
    assert not british & known_by(["+1 415 555 0101"], "+14155550101")
    assert phone_names("+14155550101") & known_by(["(415) 555-0101"], "+14155550101")


def test_hashes_need_the_key_and_say_nothing_of_it() -> None:
    other = key_of_text("another-key-of-16-characters")
    assert KEY.hash_of(ADA) != other.hash_of(ADA)
    assert KEY.hashes_of([ADA, "x"]) == tuple(sorted((KEY.hash_of(ADA), KEY.hash_of("x"))))
    assert "0123" not in repr(KEY)
    assert b64encode(KEY.secret).decode() not in repr(KEY)
    with pytest.raises(ConfigurationError, match="too short"):
        key_of_text("short")
    buried = Tombstone((KEY.hash_of(ADA),), KEY.id, datetime(2026, 3, 2, tzinfo=UTC))
    require_key_of([buried], KEY)
    with pytest.raises(ConfigurationError, match=KEY.id):
        require_key_of([buried], other)
