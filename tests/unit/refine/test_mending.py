"""What programs did to text is undone where that is certain, and only there."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leadline.refine import text
from leadline.refine.mends.mending import is_doubtful, mend, mended
from tests.worlds.thorough import thorough


def rules(field: str, written: str) -> list[str]:
    return [rule for rule, _, _ in mend(field, written, text.line)]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Ada O&#039;Malley", "Ada O'Malley"),
        ("Ada O&#x27;Malley", "Ada O'Malley"),
        ("Ada O&apos;Malley", "Ada O'Malley"),
        ("J&ouml;rg &Uuml;nal", "Jörg Ünal"),
        ("J&OUML;RG", "JÖRG"),  # put in capitals after it was encoded
        ("&Lstrok;ucja Nov&aacute;k", "Łucja Novák"),
        ("Smith &amp; Sons", "Smith & Sons"),
        ("Smith &amp;amp; Sons", "Smith & Sons"),
        ("Smith &#38;#38; Sons", "Smith & Sons"),
        ("O&amp;#039;Malley", "O'Malley"),
        ("O&amp;amp;rsquo;Malley", "O’Malley"),
        ("It&#146;s", "It’s"),  # windows-1252, as HTML reads it
        ("&#128075; hello", "👋 hello"),
        ("Ada&nbsp;Vance", "Ada\u00a0Vance"),
        ("5 &lt; 7", "5 < 7"),
    ],
)
def test_character_references_are_decoded_however_often_they_were_encoded(
    written: str, kept: str
) -> None:
    assert mended("name", written) == kept
    assert mended("message", written) == kept
    assert mended("custom", written) == kept
    assert set(rules("name", written)) <= {"text.entities", "text.clean"}


@pytest.mark.parametrize(
    "written",
    ["AT&T", "R&D;", "Q&A; more", "Smith & Sons; others", "black&white;", "&in; &Co;", "&#0;",
     "&#xD800;", "&#99999999;", "&;", "&#;", "&amp", "a&b&c", "&unknownname;", "?a=1&copy=2"],
)  # fmt: skip
def test_an_ampersand_that_is_meant_stays(written: str) -> None:
    assert mended("name", written) == written
    assert mended("message", written) == written


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (r"O\'Malley", "O'Malley"),
        (r"O\\\'Malley", "O'Malley"),  # slashed twice
        (r"Ada \"Countess\" Vance", 'Ada "Countess" Vance'),
        (r"D\'Angelo \\ Sons", "D'Angelo \\ Sons"),
        (r"Let\'s talk, it\'s \"urgent\"", "Let's talk, it's \"urgent\""),
    ],
)
def test_the_slashes_of_wordpress_are_taken_away(written: str, kept: str) -> None:
    assert mended("name", written) == kept
    assert mended("message", written) == kept
    assert rules("company", written)[0] == "text.slashes"


@pytest.mark.parametrize(
    "written", [r"C:\Users\ada", r"it\'s 'quoted'", r"print(\"it's\")", r"a\b", "\\", r"\n", r"\\"]
)
def test_slashes_that_are_not_before_every_quotation_mark_stay(written: str) -> None:
    assert mended("message", written) == written
    assert mended("name", written) == written


def test_a_message_about_slashes_keeps_them() -> None:
    assert mended("message", r"write \" for a quotation mark") == r"write \" for a quotation mark"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Anna%20Weber", "Anna Weber"),
        ("Anna+M%C3%BCller", "Anna Müller"),
        ("M%c3%bcller%20GmbH", "Müller GmbH"),
        ("Smith%20%26%20Sons", "Smith & Sons"),
        ("O%27Malley", "O'Malley"),
        ("C%2B%2B+Looms", "C++ Looms"),
        ("C%2B%2B%20+%20Looms", "C++ + Looms"),  # blanks are %20 here, so the plus is one
        ("Anna%2520Weber", "Anna Weber"),  # encoded twice
        ("%D0%98%D0%B2%D0%B0%D0%BD", "Иван"),
        ("Anna M%C3%BCller", "Anna Müller"),  # only what is not ASCII is encoded
        ("Müller%20Bau", "Müller Bau"),
    ],
)
def test_percent_encoding_that_was_left_is_decoded(written: str, kept: str) -> None:
    for field in ("name", "company", "title", "custom"):
        assert mended(field, written) == kept
    assert set(rules("name", written)) == {"text.percent"}


@pytest.mark.parametrize(
    "written",
    ["Anna+Weber", "100%Design", "50%", "100% Cotton", "a%zz", "%", "100%fair%", "%2C%20", "x%00y",
     "https://example.com/a%20b", "?q=a%20b", "20% off %20", "M%FCller"],
)  # fmt: skip
def test_a_percent_sign_or_a_plus_that_may_be_meant_stays(written: str) -> None:
    assert mended("company", written) == written


def test_links_in_a_message_stay_as_they_are() -> None:
    written = "see https://example.com/M%C3%BCller?q=a%20b now"
    assert mended("message", written) == written


@pytest.mark.parametrize(
    ("field", "written", "kept"),
    [
        ("email", "ada%40example.com", "ada@example.com"),
        ("email", "ada+x%40example.com", "ada+x@example.com"),  # a plus is a plus in addresses
        ("email", "ada&#64;example.com", "ada@example.com"),
        ("email", "ada&commat;example.com", "ada@example.com"),
        ("email", "a%b@example.com", "a%b@example.com"),
        ("email", "ada@example.com&#10;bcc", "ada@example.com&#10;bcc"),  # no line ends
        ("email", "ada%40example.com%0Abcc", "ada%40example.com%0Abcc"),
        ("phone", "%2B12125550100", "+12125550100"),
        ("phone", "+4930%2F12345", "+4930%2F12345"),
        ("phone", "&#43;1 212 555 0100", "+1 212 555 0100"),
        ("website", "https://example.com/?a=1&amp;b=%20", "https://example.com/?a=1&b=%20"),
        ("crm_url", "https://example.com/?a=1&amp;b=2", "https://example.com/?a=1&amp;b=2"),
        ("crm_record", "a%20b&amp;", "a%20b&amp;"),
    ],
)
def test_addresses_numbers_and_links_are_mended_as_far_as_it_is_certain(
    field: str, written: str, kept: str
) -> None:
    assert mended(field, written) == kept


MOJIBAKE = [
    "Müller", "José", "It’s", "“quoted”", "François", "Søren", "Ångström", "Łódź", "Dvořák",
    "İstanbul", "Nguyễn", "Ștefan Țurcanu", "Иван Петров", "Γιώργος", "王小明", "김민수",
    "山田太郎", "محمد", "😀 hello", "100 €", "10×20",
    "Nestlé®", "10 °C", "KÖLN", "PEÑA GÓMEZ", "Zoë",
]  # fmt: skip


@pytest.mark.parametrize("meant", MOJIBAKE)
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("charset", ["latin-1", "windows-1252"])
def test_utf_8_that_was_read_as_latin_1_or_windows_1252_is_read_again(
    meant: str, times: int, charset: str
) -> None:
    written = meant
    for _ in range(times):
        written = misread(written, charset)
    assert mended("name", written) == meant
    assert set(rules("name", written)) <= {"text.charset", "text.clean"}


def misread(meant: str, charset: str) -> str:
    if charset == "latin-1":
        return meant.encode().decode("latin-1")
    decoded = (bytes([one]).decode("cp1252", "ignore") or chr(one) for one in meant.encode())
    return "".join(decoded)


@pytest.mark.parametrize(
    "meant",
    ["JOÃO", "SÃO PAULO", "IRMÃ", "IRMÃ’S", "“IRMÔ", "IRMÃ…", "A MANHÃ…", "ROMÃ®", "ROMÃ™", "CAFÉ™",
     "NESTLÉ®", "BEYONCÉ’S", "ZOË’S", "PELÉ–GARRINCHA", "passé…”", "«está»", "“cité”…", "NGUYỄN ĐÃ",
     "LÃ HÙNG", "Ã", "Â", "Å", "Ä…", "naïve café", "Çağlar", "ÑANDÚ", "½ £5 © ®", "à la “carte”",
     "Ö’s", "MAÇÔ",
     "Ã‡a va — “mais” non", "VoilÃ  tout", "ÅukÃ¡Å¡"],
)  # fmt: skip
def test_letters_that_may_be_meant_stay(meant: str) -> None:
    assert mended("name", meant) == meant
    assert mended("message", meant) == meant


LETTERS = st.sampled_from(
    "abcdeXYZ ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"
    "ĂăĐđĨĩŨũƠơƯưẠạẢảẤấẦầẨẩẪẫẬậẮắẰằĄąĆćĘęŁłŃńŚśŹźŻżČčĎďĚěŇňŘřŠšŤťŮůŽžŐőŰűĞğİıŞşȘșȚț"
    "абвгАБВГ王小明김민수"
)
PUNCTUATION = st.sampled_from(["", ".", ",", "!", "?", ")", " – ", " — ", ": ", "; "])


@thorough(300, often=100)
@given(st.lists(st.tuples(st.text(LETTERS, min_size=1, max_size=8), PUNCTUATION), max_size=6))
def test_words_of_a_clean_encoder_are_never_changed(words: list[tuple[str, str]]) -> None:
    written = " ".join(word + mark for word, mark in words)
    assert not mend("message", written, str)
    assert not mend("name", written, str)


PIECES = st.sampled_from(
    ["&amp;", "amp;", "&", "#39;", "#38;", "&#", "lt;", "&lt;", "&NewLine;", "\\", "'", '"', "\\'",
     "%", "25", "%20", "%C3%BC", "+", "Ã", "¼", "©", "ƒ", "Â", "â€™", "\x9f", "\u200b", "…", " ",
     "a", "é", "＆", "&#x200b;", "&Atilde;", "&frac14;", "%26", "%5C", "\ud800"]
)  # fmt: skip


@thorough(300, often=100)
@given(st.lists(PIECES, max_size=9).map("".join), st.sampled_from(["name", "message", "email"]))
@example("&&amp;amp;amp;amp;amp;", "name")
@example("%25252525252520a", "name")
@example("Ã\u200b¼", "name")
def test_what_was_mended_needs_no_more_mending(written: str, field: str) -> None:
    how = {"name": text.line, "message": text.lines, "email": text.code}[field]
    steps = mend(field, written, how)
    kept = steps[-1][2] if steps else written
    assert mend(field, kept, how) == []
    befores, afters = [step[1] for step in steps], [step[2] for step in steps]
    assert befores == [written, *afters[:-1]][: len(steps)]
    assert all(before != after for _, before, after in steps)


@pytest.mark.parametrize(
    "piece",
    ["&amp;", "amp;", "&", "&#38;", "&#3", "\\", "\\'", "%25", "%20", "%", "Ã©", "Ãƒ", "Ã", "é"],
)
def test_mending_a_huge_text_costs_no_more_than_its_length(piece: str) -> None:
    huge = piece * (300_000 // len(piece))
    for field in ("message", "name", "email"):
        assert len(mended(field, huge)) <= len(huge)  # anything quadratic would take minutes


def test_clean_text_is_not_looked_at_twice() -> None:
    for clean in ("Ada Lovelace", "José García", "AT&T", "SÃO PAULO", "李明"):
        assert not is_doubtful(clean)
