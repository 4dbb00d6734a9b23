"""The table of countries' names: complete in every language, each name with one meaning."""

from collections import defaultdict
from pathlib import Path

import phonenumbers

from leadline.model.geography.countries import CALLING_CODES, COUNTRIES, SEVERAL
from leadline.model.geography.country_key import country_key
from leadline.model.geography.country_names import COUNTRY_ROWS, LANGUAGES, PART_ROWS
from leadline.refine.country import region_of, regions_of
from tools import country_names

ROWS = {row.split("=")[0]: row.split("=")[1:] for row in COUNTRY_ROWS.strip().split("\n")}
USED, PARTS = country_names.usage(country_names.USAGE.read_text(encoding="utf-8"))


def test_every_country_has_a_name_in_every_language() -> None:
    assert list(ROWS) == sorted(COUNTRIES)
    assert LANGUAGES == country_names.LANGUAGES
    for code, (by_language, _) in ROWS.items():
        names = by_language.split("|")
        assert len(names) == len(LANGUAGES.split()), code
        assert names[0], code
        for name in filter(None, names):
            assert country_key(name) == name
            assert regions_of(name) == tuple(sorted(SEVERAL.get(name, (code,)))), name


def test_no_name_stands_for_two_countries_but_those_that_do_in_life() -> None:
    codes: defaultdict[str, set[str]] = defaultdict(set)
    for code, (three, english) in COUNTRIES.items():
        for name in (code.lower(), three.lower(), country_key(english)):
            codes[name].add(code)
    for code, cells in ROWS.items():
        for name in "|".join(cells).split("|"):
            codes[name].add(code)
    del codes[""]  # a cell that repeats the English name
    assert [name for name, said in codes.items() if len(said) > 1 and name not in SEVERAL] == []
    assert all(codes[name] <= set(meant) for name, meant in SEVERAL.items())


def test_a_name_of_several_countries_points_to_each_by_its_calling_code() -> None:
    for name, meant in SEVERAL.items():
        assert regions_of(name) == tuple(sorted(meant))
        for code, calling in meant.items():
            assert phonenumbers.country_code_for_region(code) == int(calling)


def test_every_name_in_use_is_in_the_table() -> None:
    for code, names in USED.items():
        wrong = [
            name for name in names if country_key(name) not in SEVERAL and region_of(name) != code
        ]
        assert wrong == [], code
    parts = dict(row.split("=") for row in PART_ROWS.strip().split("\n"))
    assert parts.keys() == PARTS.keys()
    for code, names in PARTS.items():
        assert set(parts[code].split("|")) == {country_key(name) for name in names}


def test_every_country_is_known_by_its_codes_and_its_english_name() -> None:
    assert set(phonenumbers.SUPPORTED_REGIONS) <= set(COUNTRIES)
    for code, (three, english) in COUNTRIES.items():
        assert region_of(code) == region_of(three) == region_of(code.lower()) == code
        assert code in regions_of(english)


def test_the_calling_codes_are_those_of_phonenumbers() -> None:
    assert {str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE} == CALLING_CODES


def test_the_table_names_its_licence() -> None:
    root = Path(country_names.__file__).parent.parent
    notice = (root / "NOTICE").read_text(encoding="utf-8")
    assert "country_names.py" in notice
    assert "UNICODE LICENSE V3" in notice
