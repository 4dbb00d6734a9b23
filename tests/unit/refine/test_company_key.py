"""Legal forms are taken apart, and other writings of one company share a key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.refine.companies.key import company_key, company_words, without_legal_form


@pytest.mark.parametrize(
    ("written", "rest", "form"),
    [
        ("Example GmbH & Co. KG", "Example", "GmbH & Co. KG"),
        ("example gmbh und co kg", "example", "gmbh und co kg"),
        (
            "Example Gesellschaft mit beschränkter Haftung",
            "Example",
            "Gesellschaft mit beschränkter Haftung",
        ),
        ("Example UG (haftungsbeschränkt)", "Example", "UG (haftungsbeschränkt)"),
        ("Example, Inc.", "Example", "Inc."),
        ("Example,Inc.", "Example", "Inc."),
        ("example l.l. c.", "example", "l.l. c."),
        ("Example Pte. Ltd.", "Example", "Pte. Ltd."),
        ("Example (Pty) Ltd", "Example", "(Pty) Ltd"),
        ("Example Trading Co., Ltd.", "Example Trading", "Co., Ltd."),
        ("Example S.A. de C.V.", "Example", "S.A. de C.V."),
        ("Example Sp. z o.o.", "Example", "Sp. z o.o."),
        ("Example spol. s r.o.", "Example", "spol. s r.o."),
        ("Example A/S", "Example", "A/S"),
        ("Example OÜ", "Example", "OÜ"),
        ("Example oü", "Example", "oü"),
        ("Example Ltd. Şti.", "Example", "Ltd. Şti."),
        ("Example SpA", "Example", "SpA"),
        ("example spa", "example", "spa"),
        ("ООО «Пример»", "Пример", "ООО"),
        ("ооо пример", "пример", "ооо"),
        ("ЗАО Пример", "Пример", "ЗАО"),
        ("Пример ООО", "Пример", "ООО"),
        (
            "Общество с ограниченной ответственностью «Пример»",
            "Пример",
            "Общество с ограниченной ответственностью",
        ),
        ("PT Contoh Tbk", "Contoh", "PT Tbk"),
        ("Oy Example Ab", "Example", "Oy Ab"),
        ("A B Example", "Example", "A B"),
        ("株式会社テスト", "テスト", "株式会社"),
        ("テスト有限公司", "テスト", "有限公司"),
        ("(주)테스트", "테스트", "(주)"),
    ],
)
def test_a_legal_form_is_taken_apart_as_it_was_written(written: str, rest: str, form: str) -> None:
    assert without_legal_form(written) == (rest, form)


@pytest.mark.parametrize(
    "name",
    [
        "SAS Institute",
        "Limited Brands",
        "The Limited",
        "GmbH",
        "Co. Ltd.",
        "Example Company",  # as often part of the name
        "Example & Co.",
        "Example Corporation",
        "AB Example",
        "A B C D Example",
        "Bliss Day Spa",
        "bliss day spa",
        "hotel and spa",
        "Reno, NV",
        "Pets Unlimited",
        "Punching Sac",
        "Example as",
        "株式会社",
        "&",
        "",
    ],
)
def test_what_is_no_legal_form_stays(name: str) -> None:
    assert without_legal_form(name) == (name, "")


@pytest.mark.parametrize(
    "writings",
    [
        (
            "Example GmbH",
            "EXAMPLE GMBH",
            "example g.m.b.h.",
            "Example Gesellschaft mit beschränkter Haftung",
        ),
        (
            "Example Corp.",
            "Example Corporation",
            "EXAMPLE CORP",
            "The Example Corp",
            "Example, Corp.",
        ),
        (
            "Example & Sons Ltd.",
            "Example and Sons Limited",
            "Example&Sons",
            " Example  &  Sons, LTD",
        ),
        ("Café Exämple S.A.", "Cafe Example SA", "Cafe Exaemple Sociedad Anónima"),
        ("O&Y Example", "O and Y Example", "O & Y Example Inc"),
        ("Agnico-Eagle Example", "AgnicoEagle Example", "agnico eagle example"),
        ("A.B.C. Example", "ABC Example", "A B C Example", "Abc-Example Inc"),
        ("The Example Partnership", "Example Partnership, The", "example partnership llc"),
        ("Example Corp. of Saskatchewan", "Example Corporation of Saskatchewan"),
        ("A B Example", "The A B Example", "Example Aktiebolag"),
        ("ООО «Пример»", "Пример ООО", "Общество с ограниченной ответственностью Пример"),
        ("㈱テスト", "株式会社テスト", "テスト株式会社"),
    ],
)
def test_writings_of_one_company_share_a_key(writings: tuple[str, ...]) -> None:
    assert len({company_key(one) for one in writings}) == 1


def test_other_companies_have_other_keys() -> None:
    names = [
        "Example One Ltd",
        "Example Two Ltd",
        "SAS Institute",
        "Institute SA",
        "E-Example",
        "Y",
        "&Co",
    ]
    assert len({company_key(one) for one in names}) == len(names)


@given(st.text(max_size=80))
def test_a_name_with_letters_has_a_key_and_keeps_a_name(name: str) -> None:
    rest, form = without_legal_form(name)
    assert rest in name
    assert bool(form) <= any(map(str.isalnum, rest))
    assert bool(company_key(name)) == any(company_words(name))
    if any(one.isascii() and one.isalnum() for one in name):
        assert company_key(name)
