"""Spanish and Portuguese names: one or two given names, then one or two family names."""

from leadline.model.texts.names import PARTICLES
from leadline.refine import text
from leadline.refine.names.parts import ORDER_UNSURE, NameParts, names_in, word_key

SPANISH = text.words("AR BO CL CO CR CU DO EC ES GQ GT HN MX NI PA PE PR PY SV UY VE")
PORTUGUESE = text.words("AO BR CV MZ PT")
_BEHIND = text.words("filho filha neto neta junior sobrinho sobrinha")
"""Words behind the last family name that belong to it: "Silva Filho"."""


def in_iberia(words: list[str]) -> NameParts | None:
    """First and last name of at least three words; None where the usual rule is enough, or where a
    middle initial tells that the name is written as in English."""
    groups = _groups(words)
    if len(groups) == 2:
        return NameParts(groups[0], groups[1])
    if any(len(word_key(group)) < 2 for group in groups[:-1]):
        return None
    given = 1
    known, both = names_in("ES_GIVEN"), names_in("ES_BOTH")
    problem = None
    second = word_key(groups[1])
    if groups[1].split()[0].lower() in PARTICLES:
        given = 2 if _is_of_maria(groups) else 1
    elif second in both:  # "José Martín Pérez": a second given name, or a first family name
        given, problem = (1, ORDER_UNSURE) if len(groups) == 3 else (2, None)
    elif second in known or "ª" in groups[1]:  # Mª is María
        given = 2
    if given == 2 and len(groups) > 3 and word_key(groups[2]) in known - both:
        given = 3  # "María José Fernanda López"
    last = groups[max(given, len(groups) - 2) :]
    if len(groups) - given > 2:
        given = len(groups) - 2 if given > 1 else 1
    return NameParts(" ".join(groups[:given]), " ".join(last), problem)


def _is_of_maria(groups: list[str]) -> bool:
    """Whether the second group is one given name with the first: "María del Carmen"."""
    return word_key(groups[1].split()[-1]) in names_in("ES_OF_MARIA") and len(groups) > 2


def _groups(words: list[str]) -> list[str]:
    """The words with particles before them, and with what belongs behind the last one."""
    groups: list[str] = []
    start = 0
    for place, word in enumerate(words):
        if word.lower() in PARTICLES and place < len(words) - 1 and groups:
            continue
        groups.append(" ".join(words[start : place + 1]))
        start = place + 1
    if len(groups) > 2 and word_key(groups[-1]) in _BEHIND:
        groups[-2:] = [f"{groups[-2]} {groups[-1]}"]
    return groups
