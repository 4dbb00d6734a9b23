"""Words of a name that are no first or last name: titles, suffixes, particles, placeholders."""

from leadline.refine import text

PLACEHOLDERS = text.words(
    "-|--|---|.|..|...|?|??|_|*|/|n/a|#n/a|n.a.|undefined|unknown|[unknown]|"
    "not provided|[not provided]|(not provided)",
    "|",
)
"""Texts that programs and people put into a required field. Null, Na, No and None are not listed,
because they are people's names; `refine.nulls` tells what programs write for nothing."""

HONORIFICS = text.words(
    "mr mrs ms miss mx dr prof professor sir dame rev hon herr frau hr fr ing dipl.-ing mag "
    "mme mlle monsieur madame sr sra srta dra sig dott dhr mevr capt sgt lt col reverend father "
    "pastor rabbi judge mayor senator congressman congresswoman representative attorney"
)
SUFFIXES = text.words(
    "jr sr ii iii iv v phd md mba cpa dds dvm esq rn jd bsc msc cfa pmp llm facs mph edd"
)
_DEGREES = text.words("ma ba ms bs do pe")
"""Degrees that are also names; they are taken for degrees only after a comma."""


def is_honorific(word: str) -> bool:
    """Whether it is a title such as Mr or Dr."""
    return word.rstrip(".").lower() in HONORIFICS


def is_suffix(words: str) -> bool:
    """Whether it is one or more suffixes such as Jr or PhD."""
    plain = words.replace(".", "").replace(",", "").lower()
    return plain in SUFFIXES or (" " in plain and SUFFIXES.issuperset(plain.split()))


def is_degree(word: str) -> bool:
    """Whether it may be a degree after a comma."""
    return word.replace(".", "").lower() in _DEGREES
