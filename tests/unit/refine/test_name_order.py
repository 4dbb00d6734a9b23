"""Whose family name comes first, and two given or two family names. The people are made up."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from leadline.model.lead import LeadFields
from leadline.model.texts.folding import folded
from leadline.refine import About, refine
from leadline.refine.names import given_names
from leadline.refine.names import lists as name_lists
from leadline.refine.names.name import refine_name

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
UNSURE = ("name.order_unsure",)


@pytest.mark.parametrize(
    ("whole", "region", "first", "last"),
    [
        ("王小明", "CN", "小明", "王"),
        ("王小明", "", "小明", "王"),
        ("李明", "", "明", "李"),
        ("欧阳小明", "CN", "小明", "欧阳"),  # a family name of two signs
        ("歐陽明", "TW", "明", "歐陽"),
        ("David 王", "HK", "David", "王"),
        ("王经理", "CN", None, "王"),
        ("김민수 부장", "KR", "민수", "김"),
        ("王先生", "CN", None, "王"),  # Mr Wang
        ("李明女士", "CN", "明", "李"),
        ("约翰·史密斯", "CN", "约翰", "史密斯"),  # a foreigner's dot
        ("김민수", "KR", "민수", "김"),
        ("김 민수", "", "민수", "김"),
        ("민수 김", "KR", "민수", "김"),
        ("남궁민수", "KR", "민수", "남궁"),
        ("이수", "KR", "수", "이"),
        ("山田 太郎", "JP", "太郎", "山田"),
        ("山田太郎", "JP", "太郎", "山田"),
        ("山田太郎", "", "太郎", "山田"),
        ("山田太郎", "US", "太郎", "山田"),
        ("王小明", "US", "小明", "王"),
        ("佐々木希", "JP", "希", "佐々木"),
        ("長谷川花子", "JP", "花子", "長谷川"),
        ("林太郎", "JP", "太郎", "林"),
        ("田中さくら", "JP", "さくら", "田中"),
        ("やまだ たろう", "JP", "たろう", "やまだ"),
        ("山田太郎様", "JP", "太郎", "山田"),
        ("ジョン・スミス", "JP", "ジョン", "スミス"),
    ],
)
def test_in_their_own_script_the_family_name_comes_first(
    whole: str, region: str, first: str | None, last: str
) -> None:
    name = refine_name(whole, None, None, region)
    assert (name.whole, name.first, name.last, name.problems) == (whole, first, last, ())


@pytest.mark.parametrize(
    ("whole", "region", "first", "last"),
    [
        ("Zhang Wei", "CN", "Wei", "Zhang"),
        ("ZHANG WEI", "CN", "Wei", "Zhang"),
        ("Zhang Xiaoming", "CN", "Xiaoming", "Zhang"),
        ("Xiaoming Zhang", "CN", "Xiaoming", "Zhang"),
        ("Peter Zhang", "CN", "Peter", "Zhang"),
        ("Lü Xiaoming", "CN", "Xiaoming", "Lü"),
        ("Ouyang Feng", "CN", "Feng", "Ouyang"),
        ("Wang, Xiao Ming", "CN", "Xiao Ming", "Wang"),
        ("Chan Tai Man", "HK", "Tai Man", "Chan"),
        ("Au Yeung Ka Wai", "HK", "Ka Wai", "Au Yeung"),
        ("Tan Ah Kow", "SG", "Ah Kow", "Tan"),
        ("Lim Peter", "MY", "Peter", "Lim"),
        ("Siti Rahmah", "MY", "Siti", "Rahmah"),
        ("Kim Minsu", "KR", "Minsu", "Kim"),
        ("Min-su Kim", "KR", "Min-su", "Kim"),
        ("Lee Kwang-soo", "KR", "Kwang-soo", "Lee"),
        ("Abe Masahiro", "JP", "Masahiro", "Abe"),
        ("Park Ji Sung", "KR", "Ji Sung", "Park"),
        ("Yamada Taro", "JP", "Taro", "Yamada"),
        ("Taro Yamada", "JP", "Taro", "Yamada"),
        ("Nguyễn Văn An", "VN", "An", "Nguyễn"),
        ("Trần Minh Anh", "VN", "Minh Anh", "Trần"),
        ("An Nguyen", "VN", "An", "Nguyen"),
        ("Mai Thi Nguyen", "VN", "Mai", "Nguyen"),
        ("Nguyen Van An", "", "An", "Nguyen"),  # nobody else has a Van behind the first word
        ("Nagy István", "HU", "István", "Nagy"),
        ("István Nagy", "HU", "István", "Nagy"),
        ("Dr. Nagy István", "HU", "István", "Nagy"),
        ("Nagy István Dr.", "HU", "István", "Nagy"),
        ("Kovács Anna Mária", "HU", "Anna Mária", "Kovács"),
        ("Szabó Kovács Éva", "HU", "Éva", "Szabó Kovács"),
        ("Иванов Иван Иванович", "RU", "Иван", "Иванов"),
        ("ИВАНОВА МАРИЯ ПЕТРОВНА", "", "Мария", "Иванова"),
        ("Иван Иванович Иванов", "RU", "Иван", "Иванов"),
        ("Шевченко Тарас Григорович", "UA", "Тарас", "Шевченко"),
        ("Иванов Иван", "RU", "Иван", "Иванов"),
        ("Ирина Иванова", "RU", "Ирина", "Иванова"),
        ("Иванов И.И.", "RU", "И.И.", "Иванов"),
        ("Ivanov Ivan Ivanovich", "", "Ivan", "Ivanov"),
    ],
)
def test_in_some_countries_the_family_name_comes_first_if_the_words_agree(
    whole: str, region: str, first: str, last: str
) -> None:
    name = refine_name(whole, None, None, region)
    assert (name.first, name.last, name.problems) == (first, last, ())


@pytest.mark.parametrize(
    ("whole", "region"),
    [("John Smith", "CN"), ("John Smith", "KR"), ("John Smith", "JP"), ("John Smith", "VN"),
     ("John Smith", "HU"), ("John Smith", "RU"), ("Ada Lovelace", "HK")],
)  # fmt: skip
def test_foreigners_there_keep_their_order(whole: str, region: str) -> None:
    name = refine_name(whole, None, None, region)
    assert (f"{name.first} {name.last}", name.problems) == (whole, ())


@pytest.mark.parametrize(
    ("whole", "region"),
    [
        ("小明 王", "SG"),  # turned round, or one who is called 王
        ("Wei Zhang", "CN"),  # Wei is a family name, too
        ("Chen Lin", "CN"),
        ("Lee Johnson", "KR"),
        ("Zhang Wei", "US"),
        ("Yamada Taro", ""),
        ("Suzuki Ichiro", "US"),
        ("Kim Min-su", "US"),
        ("Balázs Péter", "HU"),  # both are given names
        ("Nagy István", "DE"),
        ("高橋明", ""),  # 高橋 in Japan, 高 in China
        ("ヤマダ タロウ", "JP"),  # or a foreigner in his own order
        ("林健太郎", "JP"),
        ("東雲太郎", "JP"),
        ("鷲尾花子", "JP"),  # an unknown family name
        ("Lovelace Andrea", "US"),  # from a list
        ("Lovelace Peter A", ""),
        ("MARTIN Claire", "FR"),
        ("Kwame Patrick", "GH"),
        ("José Martín Pérez", "ES"),  # a second given name, or a first family name
    ],
)
def test_an_unsure_order_is_told(whole: str, region: str) -> None:
    assert refine_name(whole, None, None, region).problems == UNSURE


@pytest.mark.parametrize(
    ("whole", "first", "last"),
    [("Lovelace Andrea", "Andrea", "Lovelace"), ("Lovelace Peter A", "Peter", "Lovelace"),
     ("Clarkson Andrew", "Andrew", "Clarkson")],
)  # fmt: skip
def test_the_words_of_a_list_are_turned_round_and_told(whole: str, first: str, last: str) -> None:
    name = refine_name(whole, None, None, "US")
    assert (name.first, name.last, name.problems) == (first, last, UNSURE)


@pytest.mark.parametrize("whole", ["삼성전자", "测试", "ヤマダ", "東京都港区赤坂一丁目"])
def test_signs_that_no_rule_parts_stay_whole(whole: str) -> None:
    name = refine_name(whole, None, None, "")
    assert (name.whole, name.first, name.last) == (whole, None, None)


@pytest.mark.parametrize(
    ("whole", "region", "first", "last"),
    [
        ("Juan Carlos Ortiz", "MX", "Juan Carlos", "Ortiz"),
        ("JUAN CARLOS ORTIZ", "MX", "Juan Carlos", "Ortiz"),
        ("Ortiz Vega, Juan Carlos", "MX", "Juan Carlos", "Ortiz Vega"),
        ("Juan Ortiz Vega", "MX", "Juan", "Ortiz Vega"),
        ("Juan Carlos Ortiz Vega", "MX", "Juan Carlos", "Ortiz Vega"),
        ("Miguel Ángel Ruiz", "ES", "Miguel Ángel", "Ruiz"),
        ("María José López", "ES", "María José", "López"),
        ("María del Carmen López Ruiz", "ES", "María del Carmen", "López Ruiz"),
        ("Ana María de la Cruz", "MX", "Ana María", "de la Cruz"),
        ("Ana de la Cruz Vega", "MX", "Ana", "de la Cruz Vega"),
        ("Sr. Carlos Gómez Ruiz", "ES", "Carlos", "Gómez Ruiz"),
        ("José Ortega y Gasset", "ES", "José", "Ortega y Gasset"),
        ("Juan P. Ortiz", "MX", "Juan", "Ortiz"),  # written as in English
        ("Ana Beatriz dos Santos Oliveira", "BR", "Ana Beatriz", "dos Santos Oliveira"),
        ("João Pedro Silva", "BR", "João Pedro", "Silva"),
        ("Carlos Souza Lima", "PT", "Carlos", "Souza Lima"),
        ("Carlos Silva Filho", "BR", "Carlos", "Silva Filho"),
        ("Juan Carlos Ortiz", "", "Juan", "Ortiz"),
    ],
)
def test_two_given_names_and_two_family_names(
    whole: str, region: str, first: str, last: str
) -> None:
    name = refine_name(whole, None, None, region)
    assert (name.first, name.last, name.problems) == (first, last, ())


@pytest.mark.parametrize(
    ("country", "phone", "first", "problems"),
    [
        (None, "+86 139 1234 5678", "Wei", ()),
        ("US", "+86 139 1234 5678", "Zhang", UNSURE),  # the country that a lead names counts more
        (None, "212-555-0147", "Zhang", UNSURE),
        ("China", None, "Wei", ()),
    ],
)
def test_the_country_of_a_name_is_the_leads_or_that_of_its_phone_number(
    country: str | None, phone: str | None, first: str, problems: tuple[str, ...]
) -> None:
    fields = LeadFields(name="Zhang Wei", email="a@example.com", country=country, phone=phone)
    refined = refine(fields, About("0190", NOW, NOW, "form", "US"))
    assert refined.contact.first_name == first
    assert tuple(code for code in refined.problems if code.startswith("name.")) == problems


def test_a_split_is_among_the_changes() -> None:
    changes = refine_name("王小明", None, None, "CN").changes
    assert [(change.field, change.after, change.rule) for change in changes] == [
        ("first_name", "小明", "name.split"),
        ("last_name", "王", "name.split"),
    ]


@pytest.mark.parametrize("region", ["", "CN", "HU", "KR", "MX"])
@pytest.mark.parametrize(
    "name",
    ["김" * 99 + " x", "王·" * 90, "Иванов " * 28, "de la " * 33, "Mr " * 60, "a&" * 99,
     "Chan " + "ng" * 90, "y " * 99, "o'" * 99],
)  # fmt: skip
def test_no_name_is_too_odd_to_be_read(name: str, region: str) -> None:
    whole = refine_name(name, None, None, region).whole
    assert whole is not None
    assert whole.casefold().startswith(name.strip()[:1].casefold())


def test_the_lists_are_folded_and_have_each_name_once() -> None:
    latin = ("CN", "COMPOUND", "KR", "VN", "JP", "HU_FAMILY", "HU_GIVEN", "ES_GIVEN", "ES_BOTH")
    for of in (*latin, "ES_OF_MARIA"):
        names = getattr(name_lists, of).split()
        assert [name for name in names if folded(name) != name] == []
        assert len(set(names)) == len(names), of
    for signs in (name_lists.CN_SINGLE, name_lists.KR_SINGLE):
        assert len(set(signs)) == len(signs)


def test_a_name_of_the_census_is_a_womans_or_a_mans_or_maybe_a_familys() -> None:
    women, men = set(given_names.WOMEN.split()), set(given_names.MEN.split())
    others = set(given_names.OTHERS.split())
    assert len(women | men | others) == len(women) + len(men) + len(others)
    assert {"mary", "andrea"} <= women
    assert {"peter", "robert"} <= men
    assert {"martin", "lee"} <= others


def test_lists_are_loaded_for_the_first_name_that_needs_them() -> None:
    program = "import leadline.refine, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    assert b"leadline.refine.names.order" in done.stdout
    for name in (b"given_names", b"name_own_script", b"name_slavic"):
        assert name not in done.stdout
