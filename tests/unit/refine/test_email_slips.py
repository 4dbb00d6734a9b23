"""Slips in the domains of large mail providers: flagged, and no real domain with them."""

import pytest

from leadline.refine import text
from leadline.refine.emails.domains import FREE, LARGE
from leadline.refine.emails.email import refine_email
from leadline.refine.emails.lists import disposable_domains, free_domains
from leadline.refine.emails.slips import (
    LISTED,
    is_suspect_domain,
    suggested_address,
    suggested_domain,
)

PROVIDERS = text.words(
    "gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.fr ymail.com hotmail.com hotmail.co.uk "
    "hotmail.fr outlook.com outlook.de live.com msn.com icloud.com aol.com gmx.de gmx.net web.de "
    "t-online.de protonmail.com orange.fr wanadoo.fr libero.it mail.ru yandex.ru comcast.net "
    "verizon.net sbcglobal.net btinternet.com"
)


def slips_of(domain: str) -> set[str]:
    """One letter left out, doubled, or swapped with the next, in the name before the first dot."""
    name, _, end = domain.partition(".")
    names = {name[:at] + name[at + 1 :] for at in range(len(name))}
    names |= {name[:at] + name[at] + name[at:] for at in range(len(name))}
    names |= {name[:at] + name[at + 1] + name[at] + name[at + 2 :] for at in range(len(name) - 1)}
    return {f"{one}.{end}" for one in names - {name}} - LARGE


def test_nine_in_ten_slips_are_flagged() -> None:
    slips = {slip for domain in PROVIDERS for slip in slips_of(domain)}
    missed = sorted(slip for slip in slips if not is_suspect_domain(slip))
    assert len(missed) * 10 <= len(slips), missed


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("hotmial.co.uk", "hotmail.co.uk"),
        ("hotmail.co.ik", "hotmail.co.uk"),
        ("hotmail.couk", "hotmail.co.uk"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.com.mx", "gmail.com"),
        ("www.gmail.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("yaho.com", "yahoo.com"),
        ("yhaoo.fr", "yahoo.fr"),
        ("outlok.com", "outlook.com"),
        ("iclud.com", "icloud.com"),
        ("aoll.com", "aol.com"),
        ("gxm.de", "gmx.de"),
        ("comcast.ner", "comcast.net"),
        ("t-onlne.de", "t-online.de"),
        ("brightmill.con", "brightmill.com"),
        ("gmial.con", "gmail.com"),
        ("brightmill.ogr", "brightmill.org"),
        ("brightmill.vom", "brightmill.com"),
    ],
)
def test_what_was_meant_is_suggested(slip: str, meant: str) -> None:
    assert suggested_domain(slip) == meant
    assert "email.suspect_domain" in refine_email(f"ada@{slip}").problems


@pytest.mark.parametrize(
    "domain",
    ["mail.com", "email.com", "ymail.com", "gmx.net", "gmx.at", "gmx.ch", "gmx.us", "live.co.uk",
     "live.nl", "yandex.com", "yandex.kz", "hey.com", "me.com", "qq.com", "aon.com", "apl.com",
     "bol.com", "ge.com", "ms.com", "msc.com", "msi.com", "man.eu", "all.com", "love.com",
     "life.com", "cloud.com", "pcloud.com", "wahoo.com", "gmc.com", "seb.de", "weg.de", "web.dev",
     "orange.com", "orange.es", "free.org", "comcast.com", "verizon.com", "att.com", "cox.com",
     "proton.com", "protonmail.ch", "yahoo.ro", "hotmail.lt", "outlook.sa", "aol.co.uk",
     "freenet.de", "inbox.lv", "rocketmail.com", "fastmail.fm", "brightmill.com", "brightmill.co",
     "brightmill.cam", "brightmill.new", "brightmill.example", "gmail.example"],
)  # fmt: skip
def test_a_real_domain_is_not_suspect(domain: str) -> None:
    assert not is_suspect_domain(domain)


def test_no_domain_of_a_list_is_suspect_but_the_slips_that_lists_have() -> None:
    listed = (free_domains() | disposable_domains() | LARGE | FREE) - LISTED
    assert [one for one in listed if is_suspect_domain(one)] == []
    assert [one for one in LISTED if not is_suspect_domain(one)] == []


def test_a_slip_that_a_list_calls_throw_away_is_a_slip() -> None:
    assert refine_email("ada@hotmial.com").problems == ("email.suspect_domain",)


def test_no_address_is_suggested_where_there_is_none() -> None:
    assert suggested_address("gmial.com") is None
    assert suggested_address("ada@gmail.com") is None
