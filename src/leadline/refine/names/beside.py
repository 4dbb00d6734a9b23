"""What stands beside a person's name in its field: titles without a blank, signs, a job, a company.

It stays in the whole name, but is no part of first and last name.
"""

import re

from leadline.model.lead import Change
from leadline.model.texts.patterns import late
from leadline.refine import text
from leadline.refine.names.parts import given_anywhere, word_key
from leadline.refine.names.words import (
    is_before_last,
    is_department,
    is_honorific,
    is_place_at_work,
    is_suffix,
)

_GLUED = late(r"(?<![^\W_])([^\W\d_]{1,6}\.)(?=[^\W\d_]{2})")  # "Dr.Weber", "Prof.Dr.Weber"
_LOGIN = late(r"([^\W\d_]{2,})[._]([^\W\d_]{3,})")
_ENDS = text.words("com net org info biz site online shop club top xyz")
_DASH = late(r"\s[-–—|/•]\s")
_SAID = late(
    r"(?:attn\.?:?|attention:|z\. ?hd\.?:?|zhd\.?|zu händen|i am|i'm|i’m|"
    r"my name is|this is|it's|it’s|"
    r"dear|hello|hallo|ich bin|mein name ist|je suis|je m'appelle|je m’appelle|yo soy|me llamo|"
    r"mi nombre es|meu nome é|eu sou|mi chiamo|io sono|ik ben|mijn naam is|меня зовут)\s+(?=\w+\b)",
    re.I,
)
"""How people begin to say their name."""
_SAID_FIRST = text.words(
    "attn attention z z.hd zhd zu i i'm i’m my this it's it’s dear hello hallo ich mein je yo me "
    "mi meu eu io ik mijn меня"
)
_OF_COMPANY = text.words("from at @ bei c/o i.A. i.V. i.a. i.v. ppa.")
"""Words between a person and a company, or a part of it."""
_SIGNS = ("&", "+", "/", "\ufffd", ";")
"""Signs that stand between two people, or make a name doubtful."""


def without_beside(name: str) -> str:
    """The name without signs before and behind it, and without a job or a department behind or
    before a dash; with blanks between titles and the name."""
    if "." in name:
        name = _GLUED.sub(_apart, name)
    if dash := _DASH.search(name):
        before, behind = name[: dash.start()], name[dash.end() :]
        if is_place_at_work(behind) or is_suffix(behind):
            name = before
        elif is_department(before):
            name = behind
    words = name.split()
    while words and _is_sign(words[-1]):
        words.pop()
    while words and _is_sign(words[0]):
        del words[0]
    return " ".join(words)


def login_as_name(name: str, changes: list[Change]) -> str:
    """A name that is written as a login, with a blank: "anna.weber", "anna_weber"."""
    login = None if name.isalpha() or " " in name else _LOGIN.fullmatch(name)
    if login is None or login[2].lower() in _ENDS or word_key(login[1]) not in given_anywhere():
        return name
    changes.append(text.altered("name", name, f"{login[1]} {login[2]}", "name.login"))
    return f"{login[1]} {login[2]}"


def _apart(glued: re.Match[str]) -> str:
    whole = glued.string[glued.start() :].partition(" ")[0]  # "Dott.ssa"
    return f"{glued[1]} " if is_before_last(glued[1]) and not is_honorific(whole) else glued[1]


def _is_sign(word: str) -> bool:
    """Whether a word is signs that say nothing: "★", "😊", "|"."""
    return not any(map(str.isalnum, word)) and not word.startswith(_SIGNS)


def without_said(words: list[str]) -> list[str]:
    """The words without "My name is", "Attn:" and the like before them."""
    if words[0].lower().strip(".:") not in _SAID_FIRST or len(words) < 3:
        return words
    written = " ".join(words)
    said = _SAID.match(written)
    return written[said.end() :].split() if said else words


def without_company(words: list[str]) -> list[str]:
    """The words before "from" or "at", if they are at least two: "Anna Weber from Brightmill"."""
    for place, word in enumerate(words[2:-1], 2):
        if word in _OF_COMPANY and words[place + 1].lower() != "law":
            return words[:place]
    return words
