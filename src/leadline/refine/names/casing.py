"""Corrects the case of person names typed in capitals only or in small letters only."""

from functools import lru_cache

from leadline.model.texts.patterns import late
from leadline.refine import text
from leadline.refine.names.casing_particles import ARTICLES, SMALL, is_small
from leadline.refine.names.words import is_honorific_in

_LINKS = text.words("and or & und et")
_JR = ("jr", "sr")
_VIETNAMESE = text.words(
    "nguyen nguyễn tran trần le lê pham phạm hoang hoàng phan huynh huỳnh vu vũ vo võ dang "
    "đặng bui bùi do đỗ ho hồ ngo ngô duong dương ly lý"
)
"""Family names that come first; a "van" or "do" after them is a name, not a particle."""

_FIXED = {
    **{one.lower(): one for one in ("II", "III", "IV", "VI", "VII", "VIII", "IX")},
    **{one.lower(): one for one in ("PhD", "MD", "MBA", "CPA", "DDS", "DVM", "RN", "JD", "BSc")},
    **{one.lower(): one for one in ("MSc", "CFA", "PMP", "CEO", "CTO", "CFO", "LLM")},
    **{one.lower(): one for one in ("BSN", "LNCC", "AIA", "CSI", "AIA-CSI", "DMD", "MDSc", "FAIA")},
}
"""Numerals and degrees at the end of a name, without Ma, Ba and Do, which are family names."""

_TITLES = text.words("mr mrs ms mx dr st jr sr fr ng sgt mlle")
_VOWEL = late("[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýœ]")
_MAC = late(
    "mac(?=(?:alister|allister|arthur|askill|aulay|auley|beth|bride|callum|carthy|coll|cormack"
    "|diarmid|donald|donell|donnell|dougall?|duff|eachern|ewan|ewen|fadyen|farlane|farland"
    "|gillivray|ginnis|gowan|gregor|innes|innis|intosh|intyre|kay|kenna|kenzie|kinlay|kinnon"
    "|lachlan|laine|laren|lean|lellan|lennan|leod|mahon|manus|master|millan|nab|naughton|neil"
    "|neill|nicol|niven|phail|phee|pherson|quarrie|queen|rae|ritchie|taggart|tavish|vicar)$)"
)
"""Names with a capital after Mac; Macedo, Machado, Macias, Mack and Macy have none."""

_INNER_CAPITALS = (
    "DeAngelis DeGeneres DeLorean DeLuca DeMarco DeMille DeNiro DeSantis DeVito DeVos DiCaprio "
    "DiMaggio DiNardo DuPre LaBelle LaBeouf LaGuardia LaMantia LaMarca LaMotta LaPorte LaSalle "
    "LeBron LeCun LeMay LeMond VanDyke"
)
_INNER = {name.lower(): name for name in _INNER_CAPITALS.split(" ")}
"""American names with a capital inside, which are mostly written so."""

_GIVEN = text.words("mackenzie mackenna")
_NO_CAPITAL = str.maketrans("", "", "ßªº")
_MC = late(r"\bMa?c(?=[^\W\d_a-z])")
_PIECES = late(r"[^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*")
_ELIDED = text.words("o d l n m t de la da dell dall sant degl")
_LONGEST_ELIDED = 12  # with punctuation around it
_LONGEST_WORD = 30
_APOSTROPHES = text.words("' ’ ʼ ` ´")
_SWAPPED = late(
    r"(?=.{0,199}[^\W\d_a-z]{2})(?:[a-zà-öø-ÿ](?:[A-ZÀ-ÖØ-Þ]+\.?|\.)?(?:[ '’-](?!$)|$))+"
)
"""Words with a small first letter and capitals behind it, as locked capitals make of names."""
_WORD = late(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
_SMALL_AT_ENDS = frozenset(
    {*SMALL, *ARTICLES, *_LINKS, *_FIXED, *_JR, *_TITLES}
    | set(
        text.words(
            "abu abd ben bin bte della dello dalla degli dai dei les las los nee née geb san mac "
            "nic ferch ould uit aan"
        )
    )
    | set(text.words("filho neto junior júnior esq bey san sama kun chan sen jun sensei xiansheng"))
)
_LONGEST_INITIALS = 2
_TURKISH = late("[İıŞşĞğ]")


def recase(name: str, region: str = "") -> str:
    """The name in usual case, if it has only capitals or only small letters, or begins or ends with
    a word in small letters ("ada LOVELACE"); else unchanged. *region* is the ISO code of the lead's
    country, "" if unknown: particles differ."""
    if is_one_case(name):
        return _recased(name, region)
    written = name.split(" ")
    if not _is_careless(written, region):
        return name
    cased = _recased(name, region).split(" ")
    return " ".join(
        new if _says_nothing(written, place) else written[place] for place, new in enumerate(cased)
    )


def _says_nothing(words: list[str], place: int) -> bool:
    """Whether the case of a word of a carelessly written name says nothing. Two capitals may be
    initials ("AB de villiers"), and any a degree behind two other names ("ada lovelace CISSP").
    """
    word = words[place]
    if word.isupper():
        before = [one for one in words[:place] if one.lower() not in SMALL]
        is_behind = len(before) > 1 and not before[-1].isupper()
        return len(word) > _LONGEST_INITIALS and not is_behind
    return word.islower() and word[-1] != "."


def _is_careless(words: list[str], region: str) -> bool:
    """Whether somebody did not look at capitals: the first or the last of up to four words has none
    and is no particle, title or suffix. Capitals alone say nothing: "Ada LOVELACE" is meant."""
    if not any(
        word.islower()
        and len(word) > 2
        and word not in _SMALL_AT_ENDS
        and word[-1] != "."
        and not is_honorific_in(word, region)
        for word in (words[0], words[-1])
    ):
        return False
    return 2 <= len(words) <= 4 and all(map(_WORD.fullmatch, words))


def _recased(name: str, region: str) -> str:
    words = _lower(name).split(" ")
    tail = _tail(words)
    family_first = words[0] in _VIETNAMESE
    kept = []
    for place, word in enumerate(words):
        inside = 0 < place < tail - 1
        if inside and (
            word in _LINKS
            or (not family_first and is_small(word, words[place - 1], words[place + 1], region))
        ):
            kept.append(word)
        elif place >= tail and (core := word.strip(".,")) in _FIXED:
            kept.append(word.replace(core, _FIXED[core]))
        elif inside and word in ARTICLES:
            kept.append(word)
        else:
            kept.append(_given(word) if tail > 1 and not place else _capitalised(word))
    if "İ" in name:
        kept = [_dotted(*pair) for pair in zip(kept, name.split(" "), strict=True)]
    return " ".join(kept)


def is_one_case(name: str) -> bool:
    """Whether a name has only small letters or only capitals; those that have no capital, and the
    one in McDONALD, don't count. Locked capitals ("aNNA bERGER") are one case, too."""
    if name.isupper() or name.islower():
        return True
    if name[:1].islower() and name[1:2].isupper() and _SWAPPED.fullmatch(name):
        return True  # "aNNA bERGER": the key for capitals was locked
    if "ß" in name or "ª" in name or "º" in name:
        name = name.translate(_NO_CAPITAL)
    if "Mc" in name or "Mac" in name:
        name = _MC.sub("M", name)
    return name.isupper()


def _tail(words: list[str]) -> int:
    """The index of the first numeral, degree, Jr. or Sr. at the end; at least 1. VI is a numeral
    behind two names; it is a family name, too."""
    place = len(words)
    while place > 1:
        last = words[place - 1].strip(".,")
        if (last not in _FIXED and last not in _JR) or (
            last == "vi" and (place < 3 or words[0] in _VIETNAMESE)
        ):
            break
        place -= 1
    return place


def recase_last(name: str, region: str = "") -> str:
    """`recase` for a family name alone, which may begin with a particle."""
    cased = _recased(name, region) if is_one_case(name) else name
    first, gap, rest = cased.partition(" ")
    if gap and cased != name and first.lower() in SMALL:
        after = rest.partition(" ")[0].lower()
        if is_small(first.lower(), "", after, region):
            return f"{first.lower()} {rest}"
    return cased


def _lower(name: str) -> str:
    if not name.isascii() and _TURKISH.search(name):  # in Turkish, I and İ are two letters
        name = name.replace("I", "ı").replace("İ", "i")
    return name.lower()


def _given(word: str) -> str:
    """The first word of a name, which has no capital inside if it is a given name."""
    return word.title() if word in _GIVEN else _capitalised(word)


def _dotted(cased: str, written: str) -> str:
    """A word with the capital letter İ at its beginning, if it was written so."""
    return "İ" + cased[1:] if written[:1] == "İ" and cased[:1] == "I" else cased


def _capitalised(word: str) -> str:
    """A word with all its parts capitalised: "jean-pierre", "o'brien", "j.r.r.", "mcdonald"."""
    return _of_word(word) if len(word) <= _LONGEST_WORD else _of_word.__wrapped__(word)


@lru_cache(maxsize=2048)  # most names are of the same few words
def _of_word(word: str) -> str:
    bare = word.strip(".,")
    if len(bare) <= 3 and bare.isalpha() and bare not in _TITLES and not _VOWEL.search(bare):
        return word.upper() if bare.isascii() else _titled(word)
    if bare in ("aj", "cj", "ej", "oj", "phd"):
        return word.replace("phd", "PhD") if bare == "phd" else word.upper()
    parts = []
    end = 0
    for piece in _PIECES.finditer(word):
        parts.append(word[end : piece.start()])
        parts.append(_piece(piece.group(), word, piece.start(), end))
        end = piece.end()
    return "".join(parts) + word[end:]


def _piece(letters: str, word: str, start: int, previous: int) -> str:
    if previous and word[start - 1] in _APOSTROPHES:
        before = word[max(previous - _LONGEST_ELIDED, 0) : previous]
        elided = before.rpartition("-")[2].strip("\"'(") in _ELIDED
        if not elided or len(letters) < 2:  # "jo's", "ka'ana": the apostrophe is inside a word
            return letters
    elif start and word[start - 1].isdigit():  # "2nd"
        return letters
    if letters.startswith("mc") and len(letters) > 3:
        return "Mc" + _titled(letters[2:])
    if letters in _INNER:
        return _INNER[letters]
    if letters.startswith("mac") and _MAC.match(letters):
        return "Mac" + _titled(letters[3:])
    return _titled(letters)


def _titled(word: str) -> str:
    first = word[:1].title()
    return (first if len(first) == 1 else word[:1]) + word[1:]  # "ŉ" has no single capital letter
