"""What the form of address says about a person."""

from leadline.duplicates.comparisons.folding import folded_words
from leadline.refine import text
from leadline.refine.names.parts import surely_given

_OF_MEN = text.words(
    "m male man mr mister sir herr herrn monsieur mann mannlich maennlich homme masculin masculino "
    "hombre senor sr don signor signore sig uomo maschio masculina senhor meneer dhr pan"
)
_OF_WOMEN = text.words(
    "f female woman mrs ms miss madam frau weiblich femme feminin femenino mujer madame mme "
    "mademoiselle mlle senora sra srta dona signora signorina donna femmina senhora mevrouw mw "
    "fru pani w"
)
_FIRST_WORDS = 2


def gender_of(name: str, said: str) -> str:
    """ "m" or "f" by what a column says ("Frau", "male"), or else by the form of address before a
    name of several words; what the column says where that is something else; "" without either."""
    if said:
        word = said.partition(" ")[0]
        return "m" if word in _OF_MEN else "f" if word in _OF_WOMEN else said
    words = folded_words(name)
    if len(words) > 1:
        word = words[0]
        if len(word) > 1 and word not in _ALSO_NAMES:
            return "m" if word in _OF_MEN else "f" if word in _OF_WOMEN else ""
    return ""


def sex_of(first: str) -> str:
    """ "m" or "f" if a folded first name is hardly one of the other sex anywhere; "" if it may be,
    or is not known."""
    women, men = surely_given()
    if not first or first in _OF_BOTH or (first in women and first in men):
        return ""
    return "f" if first in women else "m" if first in men else ""


_OF_BOTH = text.words(
    "alexis andrea angel carol carmen claude daniele dominique gabriele jan jean jo jordan joan "
    "kelly kerry kim laurence leslie luca marian michele morgan nicola pascale robin sasha shannon "
    "simone stacy terry toni tracy"
)
"""First names of women in one country and of men in another."""
_ALSO_NAMES = text.words("don dona donna pan man mann")
"""Forms of address that are names, too, or part of them."""
