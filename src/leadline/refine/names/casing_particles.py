"""Which particles of family names are written small: "Ludwig van Beethoven", but "Dick Van Dyke".

French and Italian articles are capitalised (Le Goff, La Russa, Di Maio) and not listed.
"""

from leadline.model.texts.patterns import late
from leadline.refine import text

SMALL = text.words(
    "van von vom vander der den de del des dos das da do du zu zur zum ter ten op af av ibn bint"
)
ARTICLES = ("'t", "’t")
"""Dutch articles behind a particle: "van 't Hoff"."""
_AFTER_DE = text.words("la las los el l")
_ENGLISH = ("", "US", "CA", "GB", "IE", "AU", "NZ")
"""Where "Van" is a part of the family name like any other ("" is an unknown country)."""
_OF = text.words("ES MX AR CO CL PE VE EC GT CU BO DO HN PY SV NI CR PA UY PR BR PT AO MZ FR")
"""Where "de" means "of", whatever stands behind it."""
_DUTCH = late("ij|aa|ee|eu|oo|uu|oe|ui|uy|sch|gh|ck$|dt$")
_NAMES = text.words(
    "beethoven gogh dam damme dongen elst ende es ginkel ham hal heerden rensburg kampen kessel "
    "kempen leent lier lent mil niekerk nes oers os persie rossum rhijn rijn ruler tilburg "
    "tonder uden veldhoven velzen vugt wel wezel zanten zon zyl zijl basten bommel gaal gils "
    "hal hees heel hecke hemert hilten hulst"
)
"""Dutch and Flemish places behind "van" that their spelling does not tell."""
_AMERICAN = text.words("hook hoose hooser hoosier hoesen houten horn buskirk sickle dyck eck")
"""American ones that are spelt as if they were Dutch."""
_ITALIAN = text.words(
    "luca angelis marco vito santis niro rosa simone maio palma carlo felice stefano pasquale bono "
    "gregorio martino filippo paola lorenzo benedetto biase cicco falco feo fazio filippis "
    "francesco giorgio leo lillo lucia magistris matteis micheli nardo nicola pascale petris pietro"
)
"""Italian names behind "De", which Italians capitalise."""
_DUTCH_BEHIND_DE = text.words(
    "graaf groot jong jonge jongh boer haan haas wit witt waal waard bruin bruijn bruyn vos kock "
    "kok koning leeuw lange ruiter ridder vries vriendt wolf smet smedt clerck clercq cock backer"
)


def is_small(word: str, before: str, after: str, region: str) -> bool:
    """Whether a word inside a name (in small letters, as are those beside it) is written small in a
    country (ISO code, "" if unknown). In English "van" alone is capitalised, unless the word behind
    it is spelt in Dutch; Belgians capitalise it always. Italian and Dutch "De" is told by it, too.
    """
    if word == "van":
        return _is_van_small(after, region)
    if word == "de" and after in _ITALIAN:
        return region in _OF
    if word == "de" and after in _DUTCH_BEHIND_DE:
        return region not in _ENGLISH and region != "BE"
    return word in SMALL or (word in _AFTER_DE and before in ("de", "del"))


def _is_van_small(after: str, region: str) -> bool:
    if region == "BE":
        return False
    if region not in _ENGLISH or after in SMALL or after in ARTICLES or after in _NAMES:
        return True
    return after not in _AMERICAN and _DUTCH.search(after) is not None
