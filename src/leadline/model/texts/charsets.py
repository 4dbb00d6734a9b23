"""Decoding text in the charsets of the web.

A sender labels its text with a charset. Only the labels of the WHATWG Encoding Standard are
accepted (https://encoding.spec.whatwg.org, section 4.2, "Names and labels"). A sender's label is
never passed to Python's codec registry, because some of its codecs are not charsets, some raise
unexpected errors, and some take quadratic time.
"""

import codecs
import re
from collections.abc import Sequence
from functools import cache

from leadline.model.texts.patterns import late

UNKNOWN = "charset.unknown"
"""The note that a sender named a charset that is not in the standard."""
WRONG = "charset.wrong"
"""The note that a text was not in the charset that its sender named."""
REPLACED = "charset.replaced"
"""The note that some bytes could not be decoded and became U+FFFD."""
NOTES = frozenset({UNKNOWN, WRONG, REPLACED})

_NEVER = ""
_USER_DEFINED = "x-user-defined"
# Python's codec, and the labels that mean it. `_NEVER` has the labels of the standard's
# "replacement" encoding, which decodes nothing. The standard decodes Latin-1 and ASCII as
# windows-1252, and GBK as GB 18030.
_TABLE = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 "
    "l2 latin2",
    "iso8859-3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 "
    "l3 latin3",
    "iso8859-4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 "
    "l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 "
    "iso_8859-5:1988",
    "iso8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 "
    "iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "iso8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 "
    "iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek",
    "iso8859-8": "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 "
    "iso88598 iso_8859-8 iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical",
    "iso8859-10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859-15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8-u": "koi8-ru koi8-u",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    "cp1252": "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 "
    "iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252",
    "cp1253": "cp1253 windows-1253 x-cp1253",
    "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 "
    "iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254",
    "cp1255": "cp1255 windows-1255 x-cp1255",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1257": "cp1257 windows-1257 x-cp1257",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk "
    "gb18030",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "euc-jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "iso2022-jp-ext": "csiso2022jp iso-2022-jp",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 "
    "ksc_5601 windows-949",
    _NEVER: "csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr replacement",
    "utf-16-be": "unicodefffe utf-16be",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
    _USER_DEFINED: "x-user-defined",
}

LABELS = {label: codec for codec, labels in _TABLE.items() for label in labels.split()}
"""Every label of the standard, with Python's name for its charset."""
_UTF_16 = ("utf-16-be", "utf-16-le")
_MULTIPLE_BYTES = frozenset(
    ("utf-8", *_UTF_16, "gb18030", "big5hkscs", "euc-jp", "iso2022-jp-ext", "cp932", "cp949")
)
# Differences between Python's single-byte tables and the standard's.
_CORRECTED = {"koi8-u": {0xAE: "\u045e", 0xBE: "\u040e"}, "cp1255": {0xCA: "\u05ba"}}
_WINDOWS = "cp1252"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SPACE = "\t\n\f\r "
_PARAMETER = late(r';\s*charset\s*=\s*(?:"([^"]*)"|([^;\s]*))', re.IGNORECASE)


def label_in(content_type: str) -> str:
    """The `charset` parameter of a content type; "" where there is none."""
    if ";" not in content_type:
        return ""
    match = _PARAMETER.search(content_type)
    return (match[1] or match[2] or "") if match else ""


def codec_of(label: str) -> str:
    """Python's name for the charset of a label; "" if the label is not in the standard.

    Labels are compared without surrounding ASCII white space and in ASCII lower case.
    """
    return LABELS.get(label.strip(_SPACE).lower(), "") if label.isascii() else ""


def ascii_label(label: str) -> str:
    """The label to use for a text that contains ASCII characters as single bytes, such as the `&`
    of a form: there, UTF-16 can't be right and is read as UTF-8 (HTML standard, "Determining the
    character encoding")."""
    return "utf-8" if codec_of(label) in _UTF_16 else label


def is_unknown(label: str) -> bool:
    """Whether a label is given but is not in the standard."""
    return bool(label.strip(_SPACE)) and not codec_of(label)


def decode_text(body: bytes, label: str = "") -> tuple[str, tuple[str, ...]]:
    """The text of some bytes, and notes on problems; see `decode_texts`."""
    (text,), notes = decode_texts([body], label)
    return text, notes


def decode_texts(texts: Sequence[bytes], *labels: str) -> tuple[list[str], tuple[str, ...]]:
    """Decode texts in one charset; returns them with `NOTES` on problems. Takes linear time and
    never raises.

    The first known label is tried, then UTF-8. If the texts are valid in neither, they are decoded
    by the label with U+FFFD for invalid bytes, or as windows-1252 if the label was UTF-8 or
    missing.
    """
    message = next((codec for label in labels if (codec := codec_of(label))), "")
    notes = (UNKNOWN,) if any(map(is_unknown, labels)) else ()
    for codec in dict.fromkeys((message or "utf-8", "utf-8")):
        if (read := _strictly(texts, codec)) is not None:
            return read, notes if codec == (message or codec) else (*notes, WRONG)
    if message in ("", "utf-8"):
        return [_leniently(text, _WINDOWS) for text in texts], (*notes, WRONG) if message else notes
    return [_leniently(text, message) for text in texts], (*notes, REPLACED)


def decode_document(body: bytes, label: str = "") -> tuple[str, tuple[str, ...]]:
    """Decode a document that begins with an ASCII character (JSON, XML); returns it without a byte
    order mark, and with notes as in `decode_texts`.

    A byte order mark overrides the label. So does a zero in the first two bytes, which means UTF-16
    without a mark.
    """
    codec = unicode_form(body)
    if not codec:
        return decode_text(body, ascii_label(label))
    notes = (UNKNOWN,) if is_unknown(label) else ()
    text = body.decode(codec, errors="replace").removeprefix("\ufeff")
    try:
        body.decode(codec)
    except UnicodeDecodeError:
        notes = (*notes, REPLACED)
    return text, notes


def unicode_form(body: bytes) -> str:
    """Python's name for the Unicode encoding that the first bytes show; "" if they show none."""
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return codec
    if b"\0" in body[:2]:
        return "utf-16-be" if body[:1] == b"\0" else "utf-16-le"
    return ""


def _strictly(texts: Sequence[bytes], codec: str) -> list[str] | None:
    """The decoded texts; None if one of them is not valid in this charset."""
    if codec not in _MULTIPLE_BYTES:
        read = [_leniently(text, codec) for text in texts]
        return None if any("\ufffd" in text for text in read) else read
    try:
        return [text.decode(codec) for text in texts]
    except UnicodeDecodeError:
        return None


def _leniently(text: bytes, codec: str) -> str:
    if codec in _MULTIPLE_BYTES:
        return text.decode(codec, errors="replace")
    return codecs.charmap_decode(text, "strict", _table(codec))[0]


@cache
def _table(codec: str) -> str:
    """The 256 characters of a single-byte charset, with U+FFFD for undefined bytes.

    The standard's windows charsets have C1 controls for bytes that Microsoft leaves undefined.
    """
    if codec == _USER_DEFINED:
        return bytes(range(128)).decode("ascii") + "".join(map(chr, range(0xF780, 0xF800)))
    table = list(bytes(range(256)).decode(codec, errors="replace"))
    for byte in range(0x80, 0xA0):
        if codec.startswith("cp") and table[byte] == "\ufffd":
            table[byte] = chr(byte)
    for byte, character in _CORRECTED.get(codec, {}).items():
        table[byte] = character
    return "".join(table)
