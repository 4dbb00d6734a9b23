"""The vocabulary of all languages as one table, and the words of a label looked up in it."""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from leadline.model.labels.vocabulary import Word

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
_NUMBERED = frozenset({"q", "field", "input", "question", "feld", "frage", "champ", "campo", "no"})
"""Words before a number that say which field it is, and nothing about it."""
_WITHOUT_BLANKS = "\u2e80"
"""The scripts from here on in Unicode put no blanks between words."""
_LONGEST_RUN = 40
_ABOUT_SOMEBODY = int(Word.PERSON | Word.USER | Word.OTHER)
_PERSON, _SECOND, _OTHER = int(Word.PERSON), int(Word.SECOND), int(Word.OTHER)


def without_accents(text: str) -> str:
    """A text in lower case without accents. Takes time quadratic in runs of combining marks, so the
    caller bounds the length."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text)
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return kept.casefold().translate(_LETTERS)


class Vocabulary:
    """The meanings of words and phrases (words with blanks between them). `longest` is the number
    of words of the longest phrase by its first word, where there is a phrase, and `runs` the number
    of characters of the longest word that is written without blanks, by its first character."""

    def __init__(self, tables: Sequence[Mapping[str, str]]) -> None:
        self.meanings: dict[str, int] = {}
        self.longest: dict[str, int] = {}
        self.runs: dict[str, int] = {}
        for table in tables:
            for name, words in table.items():
                meaning, plain = int(Word[name]), without_accents(words)
                listed = plain.split()
                self.meanings.update(dict.fromkeys(listed, meaning))
                if "_" in plain:
                    self._add_phrases([word for word in listed if "_" in word], meaning)
                if not plain.isascii():
                    self._add_runs(listed)

    def _add_phrases(self, joined: Sequence[str], meaning: int) -> None:
        for one in joined:
            self.meanings.pop(one, None)
            phrase = one.split("_")
            self.meanings[" ".join(phrase)] = meaning
            self.longest[phrase[0]] = max(self.longest.get(phrase[0], 0), len(phrase))

    def _add_runs(self, words: Sequence[str]) -> None:
        for word in words:
            if word[-1] >= _WITHOUT_BLANKS:
                self.runs[word[0]] = max(self.runs.get(word[0], 0), len(word))

    def begins(self, word: str) -> bool:
        """Whether it is a word, or the first of a phrase."""
        return word in self.meanings or word in self.longest


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary of all languages, loaded at the first label."""
    from leadline.model.labels.vocabulary import (  # by name: packages for AWS follow imports
        ar,
        cs,
        da,
        de,
        el,
        en,
        es,
        fi,
        fr,
        he,
        hu,
        id,
        it,
        ja,
        ko,
        nb,
        nl,
        pl,
        pt,
        ro,
        ru,
        sv,
        tr,
        uk,
        vi,
        zh,
    )  # fmt: skip

    modules = (
        ar, cs, da, de, el, en, es, fi, fr, he, hu, id, it, ja, ko, nb, nl, pl, pt, ro, ru, sv, tr,
        uk, vi, zh,
    )  # fmt: skip
    return Vocabulary([module.WORDS for module in modules])


class Said(NamedTuple):
    """What the words of a part of a label say together, as members of `Word`, whether all of them
    are known, and the words that say something or are not known."""

    meaning: int
    known: bool
    words: Sequence[str]


def said_in(tokens: Sequence[str]) -> Said:
    """What the words and numbers of a part of a label say. Numbering is left out; a second person
    is another one."""
    found, all_known = 0, True
    words: list[str] = []
    table = vocabulary()
    place = _start(tokens)
    last = 0
    while place < len(tokens):
        token = tokens[place]
        taken = 1
        if token.isdecimal():
            meaning, known = _of_number(token, last)
        elif token[-1] >= _WITHOUT_BLANKS:
            meaning, known = _of_run(token, table)
        else:
            meaning, taken = _of_phrase(tokens, place, table)
            known = taken > 0
        if last & _SECOND and meaning & _PERSON:
            meaning = _OTHER  # "second contact", but not "second e-mail"
        found, last = found | meaning, meaning
        all_known = all_known and known
        if meaning or not known:
            words += tokens[place : place + (taken or 1)]
        place += taken or 1
    return Said(found, all_known, words)


def is_id(run: str) -> bool:
    """Whether letters and digits without blanks between them are no word with a number."""
    letters = run.rstrip("0123456789")
    return not run.isalpha() and not run.isdecimal() and not vocabulary().begins(letters)


def _start(tokens: Sequence[str]) -> int:
    """The number of words at the beginning that number the field: "3.", "Q3", "field 3"."""
    if len(tokens) > 1 and tokens[0] in _NUMBERED and tokens[1].isdecimal():
        return 2
    return 1 if tokens and tokens[0].isdecimal() else 0


def _of_number(digits: str, before: int) -> tuple[int, bool]:
    if digits == "1":
        return 0, True
    if before & _ABOUT_SOMEBODY:
        return _OTHER, True
    return (_SECOND, True) if before and len(digits) == 1 else (0, not before)


def _of_phrase(tokens: Sequence[str], place: int, table: Vocabulary) -> tuple[int, int]:
    """What the longest phrase from *place* on says, and the number of its words; 0 if unknown."""
    for length in range(table.longest.get(tokens[place], 1), 0, -1):
        meaning = table.meanings.get(" ".join(tokens[place : place + length]))
        if meaning is not None:
            return meaning, min(length, len(tokens) - place)
    return 0, 0


def _of_run(run: str, table: Vocabulary) -> tuple[int, bool]:
    """What the words in a run of characters without blanks say, and whether all are known; only its
    beginning is read."""
    found, place, known = 0, 0, len(run) <= _LONGEST_RUN
    run = run[:_LONGEST_RUN]
    while place < len(run):
        longest = min(table.runs.get(run[place], 0), len(run) - place)
        for length in range(longest, 0, -1):
            meaning = table.meanings.get(run[place : place + length])
            if meaning is not None:
                found |= meaning
                place += length
                break
        else:
            known = False
            place += 1
    return found, known
