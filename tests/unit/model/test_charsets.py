"""Text in the charsets of the web: the labels, what they stand for, and what is none of them."""

import codecs
import time
from encodings.aliases import aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.alerts.wording.problems import in_words
from leadline.model.texts.charsets import (
    LABELS,
    REPLACED,
    UNKNOWN,
    WRONG,
    codec_of,
    decode_document,
    decode_text,
    decode_texts,
    label_in,
)
from tests.standins.codec_watch import OURS, watched_codecs

NO_CHARSETS = [
    "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "utf_7",
    "unicode-1-1-utf-7", "uu", "zlib", "bz2", "hex", "base64", "quopri", "rot13", "mbcs", "oem",
    "palmos", "utf-8-sig", "utf-32", "cp037", "cp500", "cp437", "hp-roman8", "johab", "nonsense",
    "\0", "../x", "\u212aoi8-r", "ko\u01318-r", "koi8-r\u00a0", "iso2022_kr",
]  # fmt: skip
REPLACEMENT = [label for label, codec in LABELS.items() if not codec]

# Encoding Standard, section 4.2: a label, bytes, and what the standard's index has for them.
READ = [
    ("utf8", b"\xc3\xab", "ë"),
    ("ibm866", b"\x98", "Ш"),
    ("latin2", b"\xa3", "Ł"),
    ("latin3", b"\xa9", "İ"),
    ("latin4", b"\xa2", "ĸ"),
    ("cyrillic", b"\xb8", "И"),
    ("iso-8859-6-i", b"\xc7", "ا"),
    ("greek", b"\xc1", "Α"),
    ("visual", b"\xe0", "א"),
    ("logical", b"\xe0", "א"),
    ("l6", b"\xb9", "đ"),
    ("iso-8859-13", b"\xd9", "Ł"),
    ("iso-8859-14", b"\xd0", "Ŵ"),
    ("l9", b"\xa4", "€"),
    ("iso-8859-16", b"\xde", "Ț"),
    ("koi", b"\xfb", "Ш"),
    ("koi8-ru", b"\xae\xbe\xa7", "ўЎї"),
    ("mac", b"\x8a", "ä"),
    ("tis-620", b"\xa1", "ก"),
    ("iso-8859-11", b"\x80\x81", "€\x81"),
    ("x-cp1250", b"\x8a\x81", "Š\x81"),
    ("windows-1251", b"\xd8\x98", "Ш\x98"),
    ("iso-8859-1", b"\x93x\x94\xe9", "“x”é"),
    ("latin1", b"\x81\x8d\x8f\x90\x9d", "\x81\x8d\x8f\x90\x9d"),
    ("us-ascii", b"\x80", "€"),
    ("ascii", b"\xe9", "é"),
    ("cp1253", b"\xc1\x88", "Α\x88"),
    ("iso-8859-9", b"\xdd\x80", "İ€"),
    ("windows-1255", b"\xe0\xca", "א\u05ba"),
    ("windows-1256", b"\xc7", "ا"),
    ("windows-1257", b"\xd9\x90", "Ł\x90"),
    ("windows-1258", b"\xd5", "Ơ"),
    ("x-mac-ukrainian", b"\xb8", "Є"),
    ("gb2312", b"\xc4\xe3\x81\x40", "你丂"),
    ("x-gbk", b"\xa2\xe3", "€"),
    ("gb18030", b"\x81\x30\x8b\x37", "\xff"),
    ("big5", b"\xa7\x41", "你"),
    ("euc-jp", b"\xbb\xb3\xc5\xc4", "山田"),
    ("iso-2022-jp", b"\x1b$B;3ED\x1b(B", "山田"),
    ("shift_jis", b"\x87\x8a\x8e\x52", "㈱山"),
    ("windows-31j", b"\x81\x60", "～"),
    ("ks_c_5601-1987", b"\x81\x41\xb1\xe8", "갂김"),
    ("euc-kr", b"\xb1\xe8", "김"),
    ("utf-16", b"a\0\xeb\0", "aë"),
    ("unicodefffe", b"\0a\0\xeb", "aë"),
    ("x-user-defined", b"a\x80\xff", "a\uf780\uf7ff"),
]


@pytest.mark.parametrize(("label", "body", "text"), READ)
def test_a_label_is_read_as_the_standard_says(label: str, body: bytes, text: str) -> None:
    assert decode_text(body, label) == (text, ())


def test_every_label_of_the_standard_is_known() -> None:
    assert len(LABELS) == 228
    tested = {codec_of(label) for label, _, _ in READ}
    assert tested == set(filter(None, LABELS.values())), "each charset has an example above"
    for label in LABELS.keys() - REPLACEMENT:
        assert decode_text(b"", label) == ("", ())
        assert codec_of(f"\t\n\f\r {label.upper()} \n") == LABELS[label]
        assert label == label.lower().strip()


def test_labels_of_what_is_never_decoded_are_read_as_if_there_were_none() -> None:
    """The standard's encoding "replacement"."""
    assert sorted(REPLACEMENT) == [
        "csiso2022kr", "hz-gb-2312", "iso-2022-cn", "iso-2022-cn-ext", "iso-2022-kr", "replacement",
    ]  # fmt: skip
    for label in REPLACEMENT:
        assert decode_text(b"a@example.com \xc3\xab", label) == ("a@example.com ë", (UNKNOWN,))


@pytest.mark.parametrize("label", NO_CHARSETS)
def test_what_is_no_charset_of_the_web_is_noted_and_utf_8_or_windows_1252(label: str) -> None:
    assert codec_of(label) == ""
    assert decode_text("Zoë".encode(), label) == ("Zoë", (UNKNOWN,))
    assert decode_text(b"Zo\xeb \x81", label) == ("Zoë \x81", (UNKNOWN,))
    assert decode_text(b"xn--Zo \\u00eb +AOs-", label) == ("xn--Zo \\u00eb +AOs-", (UNKNOWN,))


def test_no_label_is_nothing_to_note() -> None:
    for label in ("", "  ", "\t"):
        assert decode_text(b"Zo\xeb", label) == ("Zoë", ())


def test_utf_8_that_is_none_is_windows_1252_and_noted() -> None:
    assert decode_text(b"Zo\xeb", "utf-8") == ("Zoë", (WRONG,))


def test_utf_8_under_another_name_is_read_and_noted() -> None:
    assert decode_text("Łucja".encode(), "iso-2022-jp") == ("Łucja", (WRONG,))


@pytest.mark.parametrize(("label", "body", "text"), [
    ("shift_jis", b"\x8e\x52\x81", "山\ufffd"),
    ("greek", b"\xc1\xd2", "Α\ufffd"),
    ("gbk", b"\xc4\xe3\xff", "你\ufffd"),
])  # fmt: skip
def test_bytes_that_are_no_character_are_replaced_and_noted(
    label: str, body: bytes, text: str
) -> None:
    assert decode_text(body, label) == (text, (REPLACED,))


def test_the_first_known_label_counts_for_all_texts() -> None:
    texts = [b"\xfb", b"name", b"\xeb"]
    assert decode_texts(texts, "idna", "koi8-r", "latin1") == (["Ш", "name", "К"], (UNKNOWN,))
    assert decode_texts([*texts, "ë".encode()]) == (["û", "name", "ë", "Ã«"], ())
    assert decode_texts([b"\x8e\x52", b"\x81"], "idna", "sjis") == (
        ["山", "\ufffd"], (UNKNOWN, REPLACED),
    )  # fmt: skip


@pytest.mark.parametrize(("body", "label", "read"), [
    (codecs.BOM_UTF16_LE + "ë".encode("utf-16-le"), "koi8-r", ("ë", ())),
    (codecs.BOM_UTF8 + "ë".encode(), "koi8-r", ("ë", ())),
    ("{ë".encode("utf-16-be"), "idna", ("{ë", (UNKNOWN,))),
    (codecs.BOM_UTF16_LE + b"a\0\0\xd8", "", ("a\ufffd", (REPLACED,))),
    (b"<a\xfb", "koi8-r", ("<aШ", ())),
    (b"<a>\xc3\xab", "utf-16", ("<a>ë", ())),
])  # fmt: skip
def test_a_document_that_shows_its_form_of_unicode_is_read_so(
    body: bytes, label: str, read: tuple[str, tuple[str, ...]]
) -> None:
    assert decode_document(body, label) == read


@pytest.mark.parametrize(("content_type", "label"), [
    ("text/plain", ""),
    ("text/plain; charset=koi8-r", "koi8-r"),
    ('text/plain ;a=b; Charset = "KOI8-R" ; x=y', "KOI8-R"),
    ("text/plain;charset=koi8-r;x=y", "koi8-r"),
    ("text/plain; xcharset=koi8-r", ""),
    ("charset=koi8-r", ""),
    ("text/plain; charset=", ""),
])  # fmt: skip
def test_a_content_type_names_its_charset(content_type: str, label: str) -> None:
    assert label_in(content_type) == label


def test_every_note_has_words() -> None:
    for note in (UNKNOWN, WRONG, REPLACED):
        assert in_words(note) != note


ANY_LABEL = (
    st.sampled_from([*LABELS, *NO_CHARSETS, *aliases, *aliases.values()])
    | st.text(max_size=12)
    | st.text("abcdefu0123456789_-:. ", max_size=12)
)


@given(body=st.binary(max_size=60), label=ANY_LABEL)
def test_any_bytes_under_any_label_are_text_without_asking_for_a_codec_of_that_name(
    body: bytes, label: str
) -> None:
    with watched_codecs() as asked:
        for text, notes in (decode_text(body, label), decode_document(body, label)):
            assert text.encode().decode() == text, "no half characters"
            assert set(notes) <= {UNKNOWN, WRONG, REPLACED}
            assert (UNKNOWN in notes) == bool(label.strip("\t\n\f\r ") and not codec_of(label))
    assert OURS.issuperset(asked)


def seconds(body: bytes, label: str) -> float:
    """How long the processor takes to read the body, at best."""
    best = float("inf")
    for _ in range(5):
        began = time.thread_time()
        decode_text(body, label)
        best = min(best, time.thread_time() - began)
    return best


@pytest.mark.parametrize("label", [*sorted({label for label, _, _ in READ}), "idna", "punycode"])
@pytest.mark.parametrize("piece", [b"abc.", b"\xff\x1b$\x80", b"\x1b$B;3"])
def test_four_times_the_bytes_are_no_sixteen_times_the_work(label: str, piece: bytes) -> None:
    one, two, four = (seconds(piece * 4000 * times, label) for times in (1, 2, 4))
    shortest = max(one, 20e-6)  # what is shorter says nothing
    assert two < 6 * shortest
    assert four < 12 * shortest
