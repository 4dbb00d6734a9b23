"""Text that says nothing: characters that show nothing, empty markup, placeholders, and merge tags
that nobody filled in (`{{first_name}}`)."""

import re
import unicodedata

from leadline.model.texts.patterns import late

_CONTACT = frozenset(
    {"name", "first_name", "last_name", "email", "phone", "company", "title", "country", "website"}
)
MAY_BE_BLANK = _CONTACT | {"message"}
"""The fields whose text may say nothing (`is_blank`)."""
_NAMES = frozenset({"name", "first_name", "last_name"})
_LONGEST_WORDS = 24

# Letters by category that show nothing: Hangul fillers, Braille's blank, and the null notehead.
_FILLERS = late("[\u115f\u1160\u2800\u3164\uffa0\ufffc\ufffd\U0001d159]")
_SYMBOLS = ("Sm", "Sc", "Sk", "So", "Co", "Cn")  # new emoji are not assigned here
_SHOWS = late(r"[^\W_]")
_TAG = late(
    r"</?(?:p|br|div|span|a|b|i|u|em|strong|small|font|h[1-6]|hr|ul|ol|li|table|tbody|tr|td|th|img|"
    r"html|body|section|pre|code|blockquote|label|input|null|none|empty|undefined)(?:\s[^<>]*)?/?>|"
    r"<!--[^<>]*-->",
    re.IGNORECASE,
)
_OF_PROGRAMS = (
    "n/a|n / a|n.a.|#n/a|#ref!|#value!|#name?|undefined|unknown|array|[object object]|"
    "[object undefined]|[object null]|[object array]|(null)|(none)|(not set)|(empty)|[null]|[none]|"
    "[unknown]|(unknown)|not provided|[not provided]|(not provided)|not specified|not given|"
    "not set|not available|not applicable|none given|none provided|no name|keine angabe|no aplica|"
    "non applicable|sans objet|не указано"
)
PLACEHOLDERS = frozenset(_OF_PROGRAMS.split("|"))
"""Texts that programs and people put into a required field, in lower case."""
NULLS = frozenset({"null", "none", "nil", "nan"})
"""What programs write for nothing. Null, None, Nil and Nan are also people's names:
`refine.mends.nulls` decides."""
_OF_COUNTRIES = PLACEHOLDERS | NULLS  # NA is Namibia
_OF_OTHERS = _OF_COUNTRIES | {"na", "no email", "no phone", "keine", "ninguno", "aucun", "http://"}
WORDS = dict.fromkeys(_CONTACT, _OF_OTHERS | {"https://"})
WORDS |= dict.fromkeys(_NAMES, PLACEHOLDERS) | {"country": _OF_COUNTRIES, "message": frozenset()}
"""The placeholders of each field in `MAY_BE_BLANK`, in lower case."""

_OPENING = "{[(<%~$_*#@"
# Marks that nobody types for anything else.
_UNFILLED = late(
    r"\{\{\{?[^{}]{0,100}\}?\}\}|\*\|[^|*]{0,100}\|\*|\$\{[^{}]{0,100}\}|#\{[^{}]{0,100}\}|"
    r"\{![^{}]{0,100}\}|@\{[^{}]{0,100}\}|\{%[^{}]{0,100}%\}|<%[^<>]{0,100}%>|\[\[[^\[\]]{0,100}\]\]|"
    r"%%[\w.: -]{1,60}%%"
)
# Marks that people type, too, so only around the name of a field.
_NAMED = late(
    r"(?:\{\$?|\[|%|~|<<|\$|__)[\w.:*\"'=() -]{0,40}?"
    r"(?:name|mail|phone|mobile|company|first|last|field|contact|lead|title|country)"
    r"[\w.:*\"'=() -]{0,40}(?:\}|\]|%|~|>>|\$|__)",
    re.IGNORECASE,
)


def is_blank(field: str, text: str) -> bool:
    """Whether the text of a field in `MAY_BE_BLANK` says nothing. Of a message only what shows
    nothing counts, because a sign or a word may be an answer."""
    if text[-1].isalnum() and text[0] not in _OPENING and text.isascii():
        return len(text) < _LONGEST_WORDS and text.casefold() in WORDS[field]
    if field == "message":
        return text[0] == "<" and not _without_markup(text)
    if text.casefold() in WORDS[field] or (text[0] in _OPENING and _NAMED.fullmatch(text)):
        return True
    return not shows_something(without_unfilled(_without_markup(text)))


def without_unfilled(text: str) -> str:
    """The text without merge tags that were not filled in, as one line."""
    if "{" not in text and "%" not in text and "[[" not in text and "*|" not in text:
        return text
    return " ".join(_UNFILLED.sub(" ", text).split()) if _UNFILLED.search(text) else text


def shows_something(text: str) -> bool:
    """Whether there is a letter or digit, or a symbol beyond ASCII; punctuation and marks alone are
    nothing."""
    if not text.isascii():
        text = _FILLERS.sub("", text)
    if _SHOWS.search(text):
        return True
    return any(not one.isascii() and unicodedata.category(one) in _SYMBOLS for one in text)


def _without_markup(text: str) -> str:
    return _TAG.sub("", text).strip() if "<" in text else text
