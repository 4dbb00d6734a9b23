"""HTML's character references, which senders left in text: `&uuml;`, `&#039;`, `&#x27;`.

Only references that end in a semicolon count, once or several times encoded (`&amp;amp;#039;`). The
result is text, never markup: whatever shows it escapes it.
"""

import re
import unicodedata
from functools import cache

from leadline.model.texts.patterns import late

_REFERENCE = late(
    r"&(?:(?:amp|AMP|#0{0,4}38|#[xX]0{0,4}26);)*(#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
_BREAKS = "\n\r\t"
_NO_CHARACTERS = ("Cc", "Cs", "Cn", "Co")
# HTML 5 has short names for many mathematical signs ("&in;", "&Co;"): of names with less than four
# letters only those of HTML 4 count, and these.
_SHORT = {"Tab": "\t", "num": "#", "ast": "*", "sol": "/"}
_SHORTEST = 4


def without_references(text: str, *, breaks: bool = True) -> str:
    """The text with its character references decoded; references to characters that show nothing
    stay, and without *breaks* those to line ends and tabs."""

    def character(match: re.Match[str]) -> str:
        found = _character(match[1])
        if not found or (found in _BREAKS and not breaks):
            return match[0]
        return found

    return _REFERENCE.sub(character, text)


def _character(name: str) -> str:
    """What a reference stands for; "" if that is unknown or a control character."""
    import html  # loads a large table, and few leads need it

    if name[0] != "#":
        return _named(name)
    found = html.unescape(f"&{name};")
    if found in ("", "\ufffd") or found[0] == "&":
        return "&" if found == "&" else ""
    usable = found in _BREAKS or unicodedata.category(found[0]) not in _NO_CHARACTERS
    return found if usable else ""


@cache
def _named(name: str) -> str:
    """The character of a name; a name in capitals only is that of the capital letter ("&UUML;")."""
    from html.entities import html5, name2codepoint

    if name in name2codepoint:
        return chr(name2codepoint[name])
    if name in _SHORT:
        return _SHORT[name]
    if len(name) >= _SHORTEST or name in ("AMP", "LT", "GT"):
        found = html5.get(f"{name};", "")
        return found or (_named(name.capitalize()) if name.isupper() else "")
    return ""
