"""Companies and websites, case by case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.refine import text
from leadline.refine.companies import company
from leadline.refine.companies.company import refine_company
from leadline.refine.website import refine_website

PIECES = text.words(
    "& (UK) (uk) - 2nd, 3M 3m A.COM A.S. ACME Acme CO. GMBH GmbH IBM KG KQR OF PLC RENT-A-CAR "
    "S.P.A. a a.s. acme at&t co. e.on gmbh ibm i̇ kqr ltd. o.o. of plc s.p.a. sp. the "
    "www.a.com x-ray z ß İ"
)


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
        ("SAP AG", "SAP AG"),
        ("EPCOS AG", "EPCOS AG"),
        ("UNESCO", "UNESCO"),
        ("EXAMPLE AG", "Example AG"),
        ("ACME WIDGETS GMBH", "Acme Widgets GmbH"),
        ("ACME LTD", "Acme Ltd"),
        ("KPMG CONSULTING LLC", "KPMG Consulting LLC"),
        ("XQRZ HOLDINGS INC", "XQRZ Holdings Inc"),  # nobody can pronounce it: an abbreviation
        ("RENT-A-CAR EXAMPLE INC", "Rent-a-Car Example Inc"),
        ("JOHN E. EXAMPLE AND SONS", "John E. Example and Sons"),
        ("360EXAMPLES INC", "360Examples Inc"),
        ("EXAMPLE SP. Z O.O.", "Example Sp. z o.o."),
        ("EXAMPLE S.R.O.", "Example s.r.o."),
        ("ÖRNEK TEKSTİL A.Ş.", "Örnek Tekstil A.Ş."),
        ("ООО ПРИМЕР", "ООО Пример"),
        ("ANALYTICAL ENGINES GMBH", "Analytical Engines GmbH"),
        ("BANK OF THE WEST", "Bank of the West"),
        ("THE EXAMPLE PARTNERSHIP LLC", "The Example Partnership LLC"),
        ("O'REILLY MEDIA INC.", "O'Reilly Media Inc."),
        ("EXAMPLE.COM HOLDINGS INC.", "Example.com Holdings Inc."),
        ("Acme GMBH & CO. KG", "Acme GmbH & Co. KG"),
        ("brightmill gmbh & co. kg", "Brightmill GmbH & Co. KG"),
        ("acme widgets ltd", "Acme Widgets Ltd"),
        ("acme gmbh", "Acme GmbH"),
        ("acme inc.", "Acme Inc."),
        ("acme s.p.a.", "Acme S.p.A."),
        ("acme Inc.", "acme Inc."),  # somebody chose the small letters
        ("adidas ag", "adidas AG"),
        ("ebay gmbh", "eBay GmbH"),
        ("ibm germany", "IBM Germany"),
        ("at&t inc", "AT&T Inc"),
        ("x in&out", "X In&Out"),
        ("it services us", "IT Services Us"),
        ("bank of the west", "Bank of the West"),
        ("de example bv", "De Example BV"),
        ("o'reilly & mcdonald", "O'Reilly & McDonald"),
        ("example.com holdings", "Example.com Holdings"),
        ("3m company", "3M Company"),
        ("tsv example e.v.", "TSV Example e.V."),
        ("VOLKSBANK EXAMPLE EG", "Volksbank Example eG"),
        ("2nd street", "2nd Street"),
        ("čez, a.s.", "Čez, a.s."),
        ("example sp. z o.o.", "Example Sp. z o.o."),
        ("ооо пример", "ООО Пример"),
        ("we do not want to say it to you yet", "we do not want to say it to you yet"),
        ("who wants to know?", "who wants to know?"),
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


@pytest.mark.parametrize(
    "written",
    [
        *sorted(company.PLACEHOLDERS),
        "N/A",
        " None ",
        "NULL",
        "Keine.",
        "(ninguna)",
        "Je n’en ai pas",
    ],
)
def test_a_placeholder_is_no_company(written: str) -> None:
    kept, changes = refine_company(written)
    assert kept is None
    assert changes[-1].rule == "company.placeholder"


@pytest.mark.parametrize(
    "written",
    ["None of the Above Ltd", "Test", "X", "Self-employed", "Nil Oy", "Nothing", "Privat", "Geena"],
)
def test_a_real_company_is_no_placeholder(written: str) -> None:
    assert refine_company(written) == (written, ())


@given(st.lists(st.sampled_from(sorted(PIECES)), min_size=1, max_size=6).map(" ".join))
def test_a_refined_company_stays_as_it_is(written: str) -> None:
    kept, _ = refine_company(written)
    assert refine_company(kept) == (kept, ())


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


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("DEUTSCHE BAHN AG", "Deutsche Bahn AG"),
        ("VAN GOGH MUSEUM", "Van Gogh Museum"),
        ('АО "АЛЬФА-БАНК"', 'АО "Альфа-Банк"'),
    ],
)
def test_short_words_of_companies_are_no_abbreviations(written: str, right: str) -> None:
    assert refine_company(written)[0] == right


@pytest.mark.parametrize("written", ["none yet", "Not yet", "I don't have a company"])
def test_a_sentence_that_there_is_none_is_no_company(written: str) -> None:
    assert refine_company(written)[0] is None
