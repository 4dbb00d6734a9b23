"""Companies and websites, case by case."""

import pytest

from leadline.refine import company
from leadline.refine.company import refine_company
from leadline.refine.website import refine_website


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Analytical Engines Ltd", "Analytical Engines Ltd"),
        ("IBM", "IBM"),  # one word means what it writes
        ("NVIDIA", "NVIDIA"),
        ("adidas", "adidas"),
        ("SAP SE", "SAP SE"),
        ("IBM CORPORATION", "IBM Corporation"),
        ("AT&T INC", "AT&T Inc"),
        ("3M COMPANY", "3M Company"),
        ("EXAMPLE AG", "EXAMPLE AG"),  # AG is never small: nothing shows that EXAMPLE should be
        ("ANALYTICAL ENGINES GMBH", "Analytical Engines GmbH"),
        ("BANK OF THE WEST", "Bank of the West"),
        ("THE EXAMPLE PARTNERSHIP LLC", "The Example Partnership LLC"),
        ("O'REILLY MEDIA INC.", "O'Reilly Media Inc."),
        ("EXAMPLE.COM HOLDINGS INC.", "Example.com Holdings Inc."),
        ("Acme GMBH & CO. KG", "Acme GmbH & Co. KG"),
        ("acme gmbh", "acme GmbH"),  # only the form: the name may be a brand
        ("acme inc.", "acme Inc."),
        ("acme s.p.a.", "acme S.p.A."),
        ("Acme llc", "Acme LLC"),
        ("Example plc", "Example plc"),  # both are usual
        ("Example PLC", "Example PLC"),
        ("Sa Example", "Sa Example"),  # a first word is no legal form
        ("Inc Example", "Inc Example"),
        ("株式会社ＡＢＣ", "株式会社ABC"),
        ("Griﬃn² ™", "Griffin² ™"),
    ],
)
def test_companies_are_repaired_with_care(written: str, kept: str) -> None:
    assert refine_company(written)[0] == kept
    assert refine_company(kept) == (kept, ())


@pytest.mark.parametrize("written", [*sorted(company.PLACEHOLDERS), "N/A", " None ", "NULL"])
def test_a_placeholder_is_no_company(written: str) -> None:
    kept, changes = refine_company(written)
    assert kept is None
    assert changes[-1].rule == "company.placeholder"


@pytest.mark.parametrize(
    "written", ["None of the Above Ltd", "Test", "X", "Self-employed", "Nil Oy"]
)
def test_a_real_company_is_no_placeholder(written: str) -> None:
    assert refine_company(written) == (written, ())


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://example.com/Path?Q=A", "https://example.com/Path?Q=A"),
        ("HTTPS://WWW.Example.COM/Path", "https://www.example.com/Path"),
        ("Example.COM", "example.com"),
        (" example.com\u200b ", "example.com"),
        ("Our site is down", "Our site is down"),  # no address
        ("", None),
        (None, None),
    ],
)
def test_a_website_has_a_small_host(written: str | None, kept: str | None) -> None:
    assert refine_website(written)[0] == kept
