"""Countries as people, forms and CRMs write them."""

from typing import Any

import pytest

from leadline.refine.country import names_a_country, region_of, regions_of
from leadline.refine.country_context import region_in


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("US", "US"), ("us", "US"), ("USA", "US"), ("U.S.A.", "US"), ("United States", "US"),
        ("United States (US)", "US"), ("the Netherlands", "NL"), ("HOLLAND", "NL"), ("uk", "GB"),
        ("England", "GB"), ("Deutschland", "DE"), ("Österreich", "AT"), ("Osterreich", "AT"),
        ("Côte d’Ivoire", "CI"), ("Türkiye", "TR"), ("turkey", "TR"), ("España", "ES"),
        ("Bosnia & Herzegovina", "BA"), ("Korea, Republic of", "KR"), ("中国", "CN"),
        ("ＵＳ", "US"), ("Россия", "RU"), ("Congo (Democratic Republic)", "CD"),
        ("Atlantis", ""), ("", ""), ("12", ""), ("+91", ""),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_names(written: str, region: str) -> None:
    assert region_of(written) == region


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("Korea (Democratic People's Republic of)", "KP"), ("DPR Korea", "KP"),
        ("Democratic People's Republic of Korea", "KP"),
        ("Korea (the Democratic People's Republic of)", "KP"), ("Korea, Dem. People's Rep.", "KP"),
        ("Korea (the Republic of)", "KR"), ("Republic of Korea", "KR"), ("South Korea", "KR"),
        ("Korea, South", "KR"), ("Korea (South)", "KR"), ("Korea, Rep.", "KR"), ("S. Korea", "KR"),
        ("China (Taiwan)", "TW"), ("Taiwan, Province of China", "TW"), ("Republic of China", "TW"),
        ("Taiwan (Province of China)", "TW"), ("People's Republic of China", "CN"),
        ("Congo (DRC)", "CD"), ("D.R. Congo", "CD"), ("Congo, Dem. Rep.", "CD"),
        ("Congo (the Democratic Republic of the)", "CD"), ("Congo, Republic of the", "CG"),
        ("Iran (Islamic Republic of)", "IR"), ("Iran, Islamic Rep.", "IR"),
        ("Bolivia, Plurinational State of", "BO"), ("Venezuela (Bolivarian Republic of)", "VE"),
        ("Micronesia (Federated States of)", "FM"), ("Micronesia, Fed. Sts.", "FM"),
        ("Palestine, State of", "PS"), ("Tanzania, the United Republic of", "TZ"),
        ("Egypt, Arab Rep.", "EG"), ("Hong Kong SAR, China", "HK"), ("Virgin Islands (U.S.)", "VI"),
        ("Netherlands (Kingdom of the)", "NL"), ("Bahamas (The)", "BS"), ("St. Lucia", "LC"),
        ("St Kitts & Nevis", "KN"), ("Great Britain", "GB"), ("U.K.", "GB"), ("Ivory Coast", "CI"),
        ("Czechia", "CZ"), ("Czech Republic", "CZ"), ("Czech Rep.", "CZ"), ("Cape Verde", "CV"),
        ("Republic of Kenya", "KE"), ("Kingdom of Spain", "ES"), ("Hellenic Republic", "GR"),
        ("the State of Kuwait", "KW"), ("State of Georgia", "US"), ("Eq. Guinea", "GQ"),
    ],
)  # fmt: skip
def test_an_official_name_is_known_in_every_order_and_abbreviation(
    written: str, region: str
) -> None:
    assert region_of(written) == region


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("Vereinigte Staaten von Amerika", "US"), ("Großbritannien", "GB"), ("Suedafrika", "ZA"),
        ("Oesterreich", "AT"), ("Bundesrepublik Deutschland", "DE"), ("États-Unis", "US"),
        ("Royaume-Uni", "GB"), ("Pays Bas", "NL"), ("Estados Unidos", "US"), ("EE. UU.", "US"),
        ("República de Colombia", "CO"), ("Países Bajos", "NL"), ("Alemanha", "DE"),
        ("Coreia do Sul", "KR"), ("Polónia", "PL"), ("Stati Uniti d'America", "US"),
        ("Regno Unito", "GB"), ("Duitsland", "DE"), ("Verenigd Koninkrijk", "GB"),
        ("Niemcy", "DE"), ("Wlochy", "IT"), ("Ostrig", "AT"), ("Stany Zjednoczone", "US"),
        ("Storbritannien", "GB"),
        ("Tyskland", "DE"), ("Nederlandene", "NL"), ("Sør-Afrika", "ZA"), ("Великобритания", "GB"),
        ("Соединённые Штаты Америки", "US"), ("США", "US"), ("アメリカ合衆国", "US"),
        ("イギリス", "GB"), ("韓国", "KR"), ("英国", "GB"), ("美国", "US"), ("台灣", "TW"),
        ("Saksa", "DE"), ("Německo", "DE"), ("İngiltere", "GB"), ("대한민국", "KR"),
        ("Magyarország", "HU"), ("Ελλάδα", "GR"), ("Україна", "UA"), ("ประเทศไทย", ""),
        ("ไทย", "TH"), ("भारत", "IN"), ("ישראל", "IL"), ("مصر", "EG"), ("Sverige", "SE"),
    ],
)  # fmt: skip
def test_a_country_is_known_in_many_languages(written: str, region: str) -> None:
    assert region_of(written) == region


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("IN - India", "IN"), ("India - IN", "IN"), ("India (IN)", "IN"), ("IN: India", "IN"),
        ("IN India", "IN"), ("India IND", "IN"), ("🇮🇳 India", "IN"), ("🇮🇳", "IN"),
        ("India (+91)", "IN"), ("🇮🇳 +91", "IN"), ("Germany (+49)", "DE"), ("+49 Germany", "DE"),
        ("Deutschland / Germany", "DE"), ("Switzerland/Schweiz/Suisse", "CH"),
        ("London, UK", "GB"), ("Paris, France", "FR"), ("GB-ENG", "GB"), ("en-US", "US"),
        ("United Kingdom - England", "GB"), ("California, USA", "US"), ("IN (+91)", "IN"),
    ],
)  # fmt: skip
def test_the_parts_of_a_text_agree_on_a_country(written: str, region: str) -> None:
    assert region_of(written) == region


@pytest.mark.parametrize(
    "written",
    ["Springfield, IL", "Austin TX", "Wilmington, DE", "IN - Indiana", "France, Germany",
     "US - Canada", "Atlanta, Georgia", "Jordan, Minnesota", "Germny", "Indi", "Brazzil"],
)  # fmt: skip
def test_what_does_not_agree_or_is_only_like_a_name_is_no_country(written: str) -> None:
    assert regions_of(written) == ()


@pytest.mark.parametrize(
    ("written", "region"),
    [("Scotland", "GB"), ("Schottland", "GB"), ("Bayern", "DE"), ("California", "US"),
     ("Ontario", "CA"), ("New South Wales", "AU"), ("Jersey", "JE"), ("Luxembourg", "LU")],
)  # fmt: skip
def test_a_part_of_a_country_counts_where_the_text_is_no_country(written: str, region: str) -> None:
    assert region_of(written) == region


@pytest.mark.parametrize(
    "written", ["Congo", "Kongo", "Guinea", "Guinée", "Korea", "Corée", "コンゴ"]
)
def test_a_name_of_several_countries_is_unknown_alone(written: str) -> None:
    assert len(regions_of(written)) > 1
    assert region_of(written) == ""


@pytest.mark.parametrize(
    ("country", "phone", "custom", "usual", "region"),
    [
        ("Congo", "+243 812 345 678", {}, "", "CD"),
        ("Congo", "(+242) 06 612 3456", {}, "", "CG"),
        ("Congo", "00 242 06 612 3456", {}, "", "CG"),
        ("Congo", "(CD) 0812 345 678", {}, "", "CD"),
        ("Congo", None, {"country_code": "CG"}, "", "CG"),
        ("Congo", None, {"address.countryCode": "cod"}, "", "CD"),
        ("Congo", "0812 345 678", {}, "CD", "CD"),
        ("Congo", "0812 345 678", {}, "US", ""),
        ("Congo", "+1 212 555 0100", {}, "US", ""),
        ("Congo (+243)", None, {}, "", "CD"),
        ("Guinea", "+224 601 12 34 56", {}, "", "GN"),
        ("Guinea", "+675 70123456", {}, "", "PG"),
        ("Guinea", None, {"iso2": "GN"}, "", "GN"),
        ("Guinea - GN", None, {}, "", "GN"),
        ("Korea", "(+82) 02-312-3456", {}, "", "KR"),
        ("Korea", None, {}, "KR", "KR"),
        ("Korea", "02-312-3456", {}, "US", ""),
        ("Georgia", None, {}, "", "GE"),
        ("Georgia", None, {}, "US", "GE"),
        ("Georgia", None, {"city": "Atlanta"}, "US", "US"),
        ("Georgia", None, {"address.state": "GA"}, "", "US"),
        ("Georgia", None, {"zip": "30301"}, "", "US"),
        ("Georgia", "+1 404 555 0123", {}, "", "US"),
        ("Georgia", "+995 32 212 34 56", {"city": "Atlanta"}, "", "GE"),
        ("Georgia", None, {"city": "Tbilisi"}, "", "GE"),
    ],
)
def test_what_else_the_lead_says_decides_between_several_countries(
    country: str, phone: str | None, custom: dict[str, Any], usual: str, region: str
) -> None:
    assert region_in(country, phone, custom, usual) == region


@pytest.mark.parametrize(
    "written", ["", "-", "N/A", "none", "Select a country…", "Please select", "— Select —"]
)
def test_what_names_no_country_leaves_the_usual_one(written: str) -> None:
    assert not names_a_country(written)
    assert region_in(written, None, {}, "US") == "US"
    assert region_in(None, None, {}, "US") == "US"


def test_a_country_that_is_not_understood_is_never_the_usual_one() -> None:
    assert region_in("Atlantis", "212 555 0100", {}, "US") == ""
    assert region_in("Other", "212 555 0100", {}, "US") == ""
