"""The words of labels, one file a language: what a field asks for, by the words in its label.

A file has one table `WORDS`: meanings, and the words that have them, apart from each other by
blanks. The words of a phrase are joined by "_". Case, accents and punctuation do not count, and a
longer phrase wins over the words in it. The meanings are the members of `Word`.

No word may have two meanings, whatever the languages: "nome" is a name in Italian and Portuguese,
but the German "Titel" (a degree or a job) is in no table.
"""

from enum import IntEnum, auto
from typing import Any


class Word(IntEnum):
    """What a word of a label says, a bit each. Those up to `MESSAGE` name what is asked for; the
    others only describe it. Joined they are plain integers: an `IntFlag` takes 1.5 ms to load."""

    @staticmethod
    def _generate_next_value_(*about: Any) -> int:
        """The value of the next `auto()`; enum calls it with how many members there are, third."""
        return 1 << int(about[2])

    NAME = auto()
    FIRST_NAME = auto()
    LAST_NAME = auto()
    FULL_NAME = auto()
    EMAIL = auto()
    PHONE = auto()
    MOBILE = auto()
    COMPANY = auto()
    TITLE = auto()
    COUNTRY = auto()
    WEBSITE = auto()
    MESSAGE = auto()

    FIRST = auto()  # "first" in "first name"
    LAST = auto()
    FULL = auto()
    THING_NAME = auto()  # the name of a thing, as "nazwa": never a person's
    PERSON = auto()  # the lead: "contact", "customer"
    USER = auto()
    WORK = auto()
    BUSINESS = auto()  # "business e-mail", but "business name" is the company's
    JOB = auto()
    HOME = auto()
    MAIN = auto()  # "best", "primary"
    SECOND = auto()
    BILLING = auto()
    ADDRESS = auto()
    NUMBER = auto()
    URL = auto()
    REGION = auto()
    DETAILS = auto()
    OTHER = auto()  # somebody who is not the lead, and fax numbers
    FILLER = 0  # says nothing: "what is your", "(optional)"


HEADS = (
    Word.NAME
    | Word.FIRST_NAME
    | Word.LAST_NAME
    | Word.FULL_NAME
    | Word.EMAIL
    | Word.PHONE
    | Word.MOBILE
    | Word.COMPANY
    | Word.TITLE
    | Word.COUNTRY
    | Word.WEBSITE
    | Word.MESSAGE
)
"""The words that name what is asked for."""

LANGUAGES = (
    "en", "de", "fr", "es", "pt", "it", "nl", "pl", "sv", "nb", "da", "fi", "cs", "hu", "ro",
    "ru", "uk", "el", "tr", "ar", "he", "id", "vi", "ja", "zh", "ko",
)  # fmt: skip
"""The languages by ISO 639; each has a file of that name."""
