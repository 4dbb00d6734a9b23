"""Takes the text of a phone field apart: the number, its extension, and what is said beside it.

People write "+1 212 555 0147 (office)", "Durchwahl 42", "call after 5" and several numbers into one
field. phonenumbers would join the digits of a remark with those of the number.
"""

import re

import msgspec

from leadline.model.texts.patterns import late
from leadline.refine.phones.marks import CLEAR_MARKS, MARKS
from leadline.refine.phones.number import ENDING, HOURS, late_bracket

_RUN = late(r"(?:\+{1,2} ?)?[(\[]?(?:\+ ?)?[0-9](?:[ ().\-/\[\]]{0,4}[0-9])*[)\]]?")
LEAST = 7
"""Digits of a number: shorter ones are a part of one, an extension or a time."""
_BETWEEN = r"[\s,;/(\[\-.]*"
_COUNT = r"(?:\s?(?:n[o°º]|nr|num(?:ber|ero)?|№)(?!\w))?"
EXTENSION = late(
    rf"{_BETWEEN}(?:(?:{MARKS}){_COUNT}[\s.:=#(\[\-]*|#\s*|,,\s*|;(?![0-9]{{7}}))"
    r"([0-9]{1,10})(?![0-9])\s*[)\]]?",
    re.IGNORECASE,
)
"""An extension behind a number, with what marks it; its group 1 is the digits."""
_LATER = late(
    rf"(?<!\w)(?:{CLEAR_MARKS}){_COUNT}[\s.:=#\-]{{0,3}}([0-9]{{1,10}})(?![0-9])", re.IGNORECASE
)
_MARKED = late(rf"{_BETWEEN}(?:{MARKS})[\s.:=#(\[\-]*[0-9]", re.IGNORECASE)
_TIME = late(
    r"(?<=[\s(,;])[0-9]{1,2}(?:[:.][0-9]{2})?(?:\s?(?:-|to|till|until|bis)\s?[0-9]{1,2}"
    r"(?:[:.][0-9]{2})?)?\s?(?:[ap]\.?m\b|uhr\b|h\b|hrs?\b|hours\b|uur\b|o'?clock\b|ч\b)"
    r"|(?<=[\s(,;])[0-9]{1,2}(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
_SECOND = late(r" ?/ ?(?=[+(0-9])")
_MIXED = late(r"\W*(?:[^\W_]*[^\W\d_][0-9]|[0-9]+[^\W\d_])")
_SHORTER = late(r"(.*[0-9]{3}) [0-9]{1,2}")
_WORDS = late(r"[.\s]{1,3}[^\W\d_]")
_THREE = late(r"[0-9]{3}")
_LABELS = """
my mein meine mon the is ist est es call ring reach me us on at phone telephone telefon telefono
teléfono telefone téléphone telefoon telefonnummer tel tlf tfno fon fone ph p t m c mob mobile cell
cel number nummer numero número numéro no nr num тел телефон 電話 电话 전화
"""
LABELS = late(
    rf"(?:\b(?:{'|'.join(_LABELS.split())})\b|[\s.:=#\-,;/()\[\]]|№)*",
    re.IGNORECASE,
)
"""Words before a number that say no more than that it is one."""
_EDGE = " \t\n.,;:/|-=()[]&+"
# Dashes and dots of other alphabets, which mean the same between digits; one character for one.
_ALIKE = str.maketrans(
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2212~\u2053\u223c\u00b7\u2022_\n\t\u00d7",
    "----------..   x",
)
_COMMAS = late(r"\+?[0-9]{1,4}(?:,[0-9]{2,4}){2,6}")
_WHATSAPP = late(
    r"(?:https?://)?(?:www\.)?"
    r"(?:wa\.me/|(?:(?:api|web)\.whatsapp\.com|whatsapp:/)/send/?\?(?:[^#\s]{0,99}&)?phone=)"
    r"(?:\+|%2B)?([1-9][0-9]{6,14})(?![0-9])\S{0,500}",
    re.IGNORECASE,
)


class PhoneText(msgspec.Struct, frozen=True):
    """The text of a phone field, taken apart.

    `number` is the first number in it; `before` and `after` are what stands around it, without the
    `extension`, which is digits. `others` is the text from a second number on. `is_sure` is false
    if letters stand among the digits, so that nobody knows where the number ends. `shorter` is the
    number without its last digits where words follow that may go with them ("2 OG"); else "".
    """

    number: str
    before: str = ""
    extension: str | None = None
    after: str = ""
    others: str = ""
    is_sure: bool = True
    shorter: str = ""

    @property
    def remark(self) -> str:
        """What is said beside the number, without labels such as "Tel."; "" for nothing."""
        labels = LABELS.match(self.before)
        before = self.before[labels.end() :] if labels else self.before
        words = [" ".join(one.split()).strip(_EDGE) for one in (before, self.after)]
        return "; ".join(one for one in words if any(map(str.isalnum, one)))


def read_phone(written: str) -> PhoneText | None:
    """What the text of a phone field says; None if it has no number of at least seven digits."""
    if "wa.me" in written or "whatsapp" in written.lower():
        link = _WHATSAPP.fullmatch(written)
        if link is not None:
            return PhoneText(f"+{link[1]}", "WhatsApp")
    text = written.translate(_ALIKE)
    if _COMMAS.fullmatch(text):
        text = text.replace(",", ".")
    time = _TIME.search(text)
    end = time.start() if time else len(text)
    hours = HOURS.search(text)
    if hours and digits_in(text[: hours.start()]) >= LEAST + 2:
        end = min(end, hours.start())
    for run in _RUN.finditer(text, 0, end):
        if digits_in(run[0]) >= LEAST:
            return _around(text, *_one_of(text, run.start(), run.end()))
    return None


def _one_of(text: str, start: int, end: int) -> tuple[int, int, bool]:
    """Where the first number of a run begins and ends, and whether another one follows in it."""
    run = text[start:end]
    for gap in _SECOND.finditer(run):
        if digits_in(run[: gap.start()]) >= LEAST and digits_in(run[gap.end() :]) >= LEAST:
            return start, start + gap.start(), True
    if (ending := ENDING.fullmatch(run)) and digits_in(ending[1]) >= LEAST + 3:
        return start, start + ending.end(1), True
    if bracket := late_bracket(run):
        return start, start + bracket, False
    return start, end, False


def _around(text: str, start: int, end: int, others: bool) -> PhoneText:
    number, before, tail = text[start:end], text[:start], text[end:]
    if number[-1] in ")]" and number.count("(") + number.count("[") == 0:
        number = number[:-1]  # the number stands in brackets with something else
    if others:
        return PhoneText(number, before, None, "", tail, not _MARKED.match(before))
    extension, after = _extended(tail)
    more = next((one.start() for one in _RUN.finditer(after) if digits_in(one[0]) >= LEAST), None)
    ends = extension is not None or not _goes_on(number, after[:more])
    sure = not _MARKED.match(before) and ends
    if more is None:
        shorter = _SHORTER.fullmatch(number) if _WORDS.match(tail) and not extension else None
        base = shorter[1] if shorter and digits_in(shorter[1]) > LEAST + 2 else ""
        return PhoneText(number, before, extension, after, "", sure, base)
    return PhoneText(number, before, extension, "", after[more:], sure)


def _extended(tail: str) -> tuple[str | None, str]:
    """The extension in what follows a number, and the rest of that. There is no extension if it is
    not sure where it ends: "ext. 42-44"."""
    found = EXTENSION.match(tail)
    if found is None:
        runs = (one.start() for one in _RUN.finditer(tail) if digits_in(one[0]) >= LEAST)
        found = _LATER.search(tail, 0, next(runs, len(tail)))
    if found is None:
        return None, tail
    rest = tail[found.end() :]
    goes_on = rest.lstrip(" -/.,")[:1].isdigit() and digits_in(rest) < LEAST
    if goes_on and not _TIME.match(rest, 1):
        return None, tail
    return found[1], f"{tail[: found.start()]} {rest}"


def _goes_on(number: str, after: str) -> bool:
    """Whether the number may go on after a letter ("2312 O5"), or after words, if it is short."""
    if after.lstrip()[:1] in ("(", "[") or _TIME.match(f" {after.lstrip()}", 1):
        return False
    if _MIXED.match(after):
        return True
    return digits_in(number) < LEAST + 3 and _THREE.search(after) is not None


def digits_in(text: str) -> int:
    """How many digits a text has."""
    return sum(map(str.isdigit, text))
