"""Finds the lead's own phone number and e-mail address in a text, such as its message.

Only valid ones count, and numbers without a country code only if they look like phone numbers:
grouped as in their country, or behind a word such as "call". Those of other people, of the reader,
of orders and the like, in links and in quoted mail are left out (`refine.misplaced.cues`).
"""

import re
from itertools import islice

import msgspec

from leadline.model.texts.patterns import late
from leadline.refine.phones.text import EXTENSION

_MAY_HAVE_PHONE = late(r"[0-9](?:[ ().\-/]{0,4}[0-9]){6}")
_RUN = late(
    r"(?<![.,/@#$€£=&%+\-])(?<![^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3])"
    r"(?:\+ ?)?\(?\+?[0-9](?:[ ().\-/]{0,3}[0-9]){6,16}"
    r"(?!(?!x[0-9])[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3])(?![@%€$£])(?![.,:][0-9])"
)
_EMAIL = late(r"(?<![\w.+\-@/=])[\w.+\-']{1,64}@(?:[\w\-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w@])")
_WHATSAPP = late(r"(?<![\w.])(?:https?://)?wa\.me/\+?([1-9][0-9]{6,14})(?![0-9])")
_LINK = late(r"(?:https?://|www\.)[^\s<>]{1,2000}", re.IGNORECASE)
_QUOTED = late(
    r"^[ \t]*>|^-{2,}\s?(?:original|urspr|forwarded|weitergel|message d'origine|mensaje|mensagem)|"
    r"^(?:on|am|le|el|em|op|il) [^\n]{6,150}"
    r"(?:wrote|schrieb|écrit|escribió|escreveu|schreef|scritto)\s?:",
    re.IGNORECASE | re.MULTILINE,
)
_DATE = late(
    r"(?<![0-9])(?<![0-9][\-./])(?:(?:19|20)[0-9]{2}[\-./][0-9]{1,2}[\-./][0-9]{1,2}|"
    r"[0-9]{1,2}[\-./][0-9]{1,2}[\-./](?:19|20)?[0-9]{2})(?![\-./]?[0-9])"
)
_MONEY = late(
    r"\s?(?:€|\$|£|%|eur|euros?|usd|gbp|chf|dollars?|units?|users?|pcs|kg|m2|sq)\b|\s?[€$£%円元원人件台個]",
    re.I,
)
_GROUP = late(r"[0-9]+")
_LONGEST = 10_000
_MOST = 20  # numbers or addresses of one text that are looked at


class FoundValue(msgspec.Struct, frozen=True):
    """A phone number or an e-mail address as written in a text. `others` says that the text has
    further ones that may be the lead's, too."""

    written: str
    others: bool = False


def find_phone(text: str, region: str, name: str = "") -> FoundValue | None:
    """The first phone number of the lead in the text; None if there is none of which no word says
    that it is another's. *region* is the ISO code of the lead's country, or ""; *name* its name."""
    if "wa.me/" not in text and _MAY_HAVE_PHONE.search(text) is None:
        return None
    text = _own_part(text)
    links = [f"+{found[1]}" for found in _WHATSAPP.finditer(text)]
    text = _LINK.sub(lambda found: " " * len(found[0]), text)
    own: dict[str, str] = {}
    unsaid: dict[str, str] = {}
    for run in islice(_RUN.finditer(text), _MOST):
        judged = _judged(text, run, region, name)
        if judged is not None:
            e164, is_own = judged
            extended = EXTENSION.match(text, run.end())
            written = text[run.start() : extended.end() if extended else run.end()]
            (own if is_own else unsaid).setdefault(e164, written)
    unsaid |= {link: link for link in links}
    found = own or unsaid
    return FoundValue(next(iter(found.values())), len(found) > 1) if found else None


def find_email(text: str, name: str = "") -> FoundValue | None:
    """The first e-mail address of the lead in the text, as `find_phone` finds numbers."""
    if "@" not in text:
        return None
    from leadline.refine.misplaced.cues import Belonging, belonging

    text = _own_part(text)
    own: dict[str, str] = {}
    unsaid: dict[str, str] = {}
    for found in islice(_EMAIL.finditer(text), _MOST):
        said, _ = belonging(text, found.start(), found.end(), name)
        if said is not Belonging.ANOTHER:
            kept = own if said is Belonging.OWN else unsaid
            kept.setdefault(found[0].casefold(), found[0])
    chosen = own or unsaid
    return FoundValue(next(iter(chosen.values())), len(chosen) > 1) if chosen else None


def _judged(text: str, run: re.Match[str], region: str, name: str) -> tuple[str, bool] | None:
    """The E.164 form of a number that may be the lead's, and whether words say so; else None."""
    from leadline.refine.misplaced.cues import Belonging, belonging
    from leadline.refine.phones.number import OLD_FORM, number_in

    if _MONEY.match(text, run.end()) or _DATE.search(run[0]):
        return None
    number = number_in(run[0], region)
    if not number.shown or not number.e164 or any(one != OLD_FORM for one in number.problems):
        return None
    said, called = belonging(text, run.start(), run.end(), name)
    if said is Belonging.ANOTHER:
        return None
    is_own = said is Belonging.OWN
    alone = run[0] == text.strip()
    if "+" in run[0] or called or alone or _is_grouped(run[0], number.shown):
        return number.e164, is_own
    return None


def _is_grouped(written: str, shown: str) -> bool:
    """Whether a national number is grouped as in its country, in three groups or with the prefix 0
    or brackets: "(212) 555-0147", "030 23125001"."""
    groups = _GROUP.findall(written)
    usual = _GROUP.findall(shown)[1:]
    if written[0] == "(" or written[0] == "0":
        return len(groups) > 1
    return len(groups) > 2 and groups == usual and "." not in written


def _own_part(text: str) -> str:
    """The text without the mail that it answers."""
    text = text[:_LONGEST]
    quoted = _QUOTED.search(text)
    return text[: quoted.start()] if quoted else text
