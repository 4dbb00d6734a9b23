"""Takes the text of a phone field apart: the number, its extension, and what is said beside it.

People write "+1 212 555 0147 (office)", "Durchwahl 42", "call after 5" and several numbers into one
field. phonenumbers would join the digits of a remark with those of the number.
"""

import re

import msgspec

from leadline.refine.phone_marks import CLEAR_MARKS, MARKS

_RUN = re.compile(r"(?:\+{1,2} ?)?[(\[]?(?:\+ ?)?[0-9](?:[ ().\-/\[\]]{0,4}[0-9])*[)\]]?")
_LEAST = 7  # digits of a number: shorter ones are a part of one, an extension or a time
_BETWEEN = r"[\s,;/(\[\-.]*"
_COUNT = r"(?:\s?(?:n[o°º]|nr|num(?:ber|ero)?|№)(?!\w))?"
_EXTENSION = re.compile(
    rf"{_BETWEEN}(?:(?:{MARKS}){_COUNT}[\s.:=#(\[\-]*|#\s*|,,\s*|;(?![0-9]{{7}}))"
    r"([0-9]{1,10})(?![0-9])\s*[)\]]?",
    re.IGNORECASE,
)
_LATER = re.compile(
    rf"(?<!\w)(?:{CLEAR_MARKS}){_COUNT}[\s.:=#\-]{{0,3}}([0-9]{{1,10}})(?![0-9])", re.IGNORECASE
)
_MARKED = re.compile(rf"{_BETWEEN}(?:{MARKS})[\s.:=#(\[\-]*[0-9]", re.IGNORECASE)
_TIME = re.compile(
    r"(?<=[\s(,;])[0-9]{1,2}(?:[:.][0-9]{2})?(?:\s?(?:-|to|till|until|bis)\s?[0-9]{1,2}"
    r"(?:[:.][0-9]{2})?)?\s?(?:[ap]\.?m\b|uhr\b|h\b|hrs?\b|hours\b|uur\b|o'?clock\b|ч\b)"
    r"|(?<=[\s(,;])[0-9]{1,2}(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
ENDING = re.compile(r"(.{7,}[0-9]{3}) ?/ ?[0-9]{1,2}")
"""Two numbers of which only the last digits are different: "555 0147/48"."""
_SECOND = re.compile(r" ?/ ?(?=[+(0-9])")
_MIXED = re.compile(r"\W*(?:[^\W_]*[^\W\d_][0-9]|[0-9]+[^\W\d_])")
_THREE = re.compile(r"[0-9]{3}")
_LABELS = """
my mein meine mon the is ist est es call ring reach me us on at phone telephone telefon telefono
teléfono telefone téléphone telefoon telefonnummer tel tlf tfno fon fone ph p t m c mob mobile cell
cel number nummer numero número numéro no nr num тел телефон 電話 电话 전화
"""
LABELS = re.compile(
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
_COMMAS = re.compile(r"\+?[0-9]{1,4}(?:,[0-9]{2,4}){2,6}")
_WHATSAPP = re.compile(
    r"(?:https?://)?(?:www\.)?"
    r"(?:wa\.me/|(?:(?:api|web)\.whatsapp\.com|whatsapp:/)/send/?\?(?:[^#\s]{0,99}&)?phone=)"
    r"(?:\+|%2B)?([1-9][0-9]{6,14})(?![0-9])\S{0,500}",
    re.IGNORECASE,
)


class Reading(msgspec.Struct, frozen=True):
    """The text of a phone field, taken apart.

    `number` is the first number in it; `before` and `after` are what stands around it, without the
    `extension`, which is digits. `others` is the text from a second number on. `is_sure` is false
    if letters stand among the digits, so that nobody knows where the number ends.
    """

    number: str
    before: str = ""
    extension: str | None = None
    after: str = ""
    others: str = ""
    is_sure: bool = True

    @property
    def remark(self) -> str:
        """What is said beside the number, without labels such as "Tel."; "" for nothing."""
        labels = LABELS.match(self.before)
        before = self.before[labels.end() :] if labels else self.before
        words = [one.strip(_EDGE) for one in (before, self.after)]
        return "; ".join(one for one in words if any(map(str.isalnum, one)))


def read_phone(written: str) -> Reading | None:
    """What the text of a phone field says; None if it has no number of at least seven digits."""
    if "wa.me" in written or "whatsapp" in written.lower():
        link = _WHATSAPP.fullmatch(written)
        if link is not None:
            return Reading(f"+{link[1]}", "WhatsApp")
    text = written.translate(_ALIKE)
    if _COMMAS.fullmatch(text):
        text = text.replace(",", ".")
    time = _TIME.search(text)
    end = time.start() if time else len(text)
    for run in _RUN.finditer(text, 0, end):
        if _digits(run[0]) >= _LEAST:
            return _around(text, *_one_of(text, run.start(), run.end()))
    return None


def _one_of(text: str, start: int, end: int) -> tuple[int, int, bool]:
    """Where the first number of a run begins and ends, and whether another one follows in it."""
    run = text[start:end]
    for gap in _SECOND.finditer(run):
        if _digits(run[: gap.start()]) >= _LEAST and _digits(run[gap.end() :]) >= _LEAST:
            return start, start + gap.start(), True
    if (ending := ENDING.fullmatch(run)) and _digits(ending[1]) >= _LEAST + 3:
        return start, start + ending.end(1), True
    return start, end, False


def _around(text: str, start: int, end: int, others: bool) -> Reading:
    number, before, tail = text[start:end], text[:start], text[end:]
    if number[-1] in ")]" and number.count("(") + number.count("[") == 0:
        number = number[:-1]  # the number stands in brackets with something else
    if others:
        return Reading(number, before, None, "", tail, not _MARKED.match(before))
    extension, after = _extended(tail)
    more = next((one.start() for one in _RUN.finditer(after) if _digits(one[0]) >= _LEAST), None)
    sure = not _MARKED.match(before) and (extension is not None or not _goes_on(number, after))
    if more is None:
        return Reading(number, before, extension, after, "", sure)
    return Reading(number, before, extension, "", after[more:], sure)


def _extended(tail: str) -> tuple[str | None, str]:
    """The extension in what follows a number, and the rest of that. There is no extension if it is
    not sure where it ends: "ext. 42-44"."""
    found = _EXTENSION.match(tail)
    if found is None:
        runs = (one.start() for one in _RUN.finditer(tail) if _digits(one[0]) >= _LEAST)
        found = _LATER.search(tail, 0, next(runs, len(tail)))
    if found is None:
        return None, tail
    rest = tail[found.end() :]
    goes_on = rest.lstrip(" -/.,")[:1].isdigit() and _digits(rest) < _LEAST
    if goes_on and not _TIME.match(rest, 1):
        return None, tail
    return found[1], f"{tail[: found.start()]} {rest}"


def _goes_on(number: str, after: str) -> bool:
    """Whether the number may go on after a letter ("2312 O5"), or after words, if it is short."""
    if after.lstrip()[:1] in ("(", "[") or _TIME.match(f" {after.lstrip()}", 1):
        return False
    if _MIXED.match(after):
        return True
    return _digits(number) < _LEAST + 3 and _THREE.search(after) is not None


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))
