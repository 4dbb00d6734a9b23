"""Names that are nobody's: tests, placeholders, and fingers on the keyboard. They are flagged and
kept: many who write "Test" or "asdf" for a name give an address at which they can be reached.
`quarantine` decides what is put aside.
"""

from leadline.model.lead import Contact
from leadline.model.texts.patterns import late
from leadline.refine.doubtful.made_up_words import (
    ALONE,
    COMPANIES,
    EASTERN_TESTS,
    FILLERS,
    LETTERS,
    NOBODIES,
    TEST_WORDS,
    TITLES,
)
from leadline.refine.doubtful.mash import is_mashed
from leadline.refine.emails.kinds import is_placeholder_phone

_WORD = late(r"[^\W_]+")
_KNOWN = TEST_WORDS | FILLERS
_LONGEST = 60
_FIRST = _KNOWN | {name.split()[0] for name in NOBODIES | LETTERS}
_COMPANY_FIRST = {name.split()[0] for name in COMPANIES}
_VOWELS = frozenset("aeiou")


def made_up_problems(contact: Contact) -> set[str]:
    """The problem codes of a refined contact: `name.placeholder` or `name.mash`,
    `company.placeholder`, `phone.placeholder`."""
    found = set()
    if contact.name:
        if is_placeholder_name(contact.name):
            found.add("name.placeholder")
        elif is_mashed(contact.name):
            found.add("name.mash")
    if contact.company and is_placeholder_company(contact.company):
        found.add("company.placeholder")
    if contact.phone and is_placeholder_phone(contact.phone_e164 or contact.phone):
        found.add("phone.placeholder")
    return found


def is_placeholder_name(name: str) -> bool:
    """Whether a whole name was written where none was given: "Test User", "First Last", "xxx",
    "John Doe". "Claire Test" and "Jon Tester" are people."""
    small = name.casefold()
    if not name.isascii() and any(word in name for word in EASTERN_TESTS):
        return len(name) <= _LONGEST
    first = _WORD.search(small)
    if len(name) > _LONGEST or first is None or not _may_begin(first[0]):
        return False
    words = _words(small)
    if not words:
        return name[-1].isdecimal()  # digits only
    if " ".join(words) in NOBODIES or small in LETTERS or is_test_name(name):
        return True
    return all(map(_is_one_letter, words))


def is_test_name(name: str) -> bool:
    """Whether a name says nothing but that it is a test: "Test", "Test User 2", "Testy McTest"."""
    words = _words(name.casefold())
    if len(words) < 2:
        return bool(words) and words[0] in ALONE
    if not TEST_WORDS.isdisjoint(words) and all(map(_KNOWN.__contains__, words)):
        return len(words) > 2 or words[0] not in TITLES
    return all(word.startswith(("test", "mctest")) for word in words)


def is_placeholder_company(name: str) -> bool:
    """Whether a company's name was written where none was given: "Test Company", "asdf"."""
    if len(name) > _LONGEST:
        return False
    words = name.casefold().split()
    if len(words) == 1:
        return words[0] in COMPANIES or is_mashed(words[0])
    return words[0] in _COMPANY_FIRST and " ".join(words) in COMPANIES


def _may_begin(word: str) -> bool:
    """Whether the first word of a name may be that of a placeholder; it is of few names."""
    if word in _FIRST or word == word[0] * len(word):
        return True
    return word[-1].isdecimal() or word.startswith(("test", "mctest"))


def _words(name: str) -> list[str]:
    """The words without signs, and without digits at their end ("test1")."""
    found = (word.rstrip("0123456789") for word in _WORD.findall(name))
    return [word for word in found if word]


def _is_one_letter(word: str) -> bool:
    """Whether it is one letter again and again ("xxx"); Aa, Oo and Ee are names."""
    if len(set(word)) > 1 or len(word) < 2 or not word.isascii():
        return False
    return len(word) > 2 or word[0] not in _VOWELS
