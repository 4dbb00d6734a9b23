"""Company names: removes placeholders, and corrects the case of names and legal forms."""

import re

from leadline.model.lead import Change
from leadline.refine import text
from leadline.refine.casing import recase

PLACEHOLDERS = text.words(
    "n/a|#n/a|n.a.|na|n / a|none|nil|null|undefined|unknown|-|--|---|.|..|...|?|??|_|*|/|xx|xxx|"
    "no company|not applicable|not provided|[not provided]|(not provided)",
    "|",
)
"""Texts typed to fill a required field. They become None; no other visible text does."""

_FORMS = text.words(
    "Inc Corp Co Ltd LLC LLP LP GmbH gGmbH mbH AG KG KGaA OHG UG SE SA SAS SASU SARL SpA "
    "SRL BV NV VOF AB ApS A/S ASA Oy Oyj Kft Zrt plc Pty Pte Sdn Bhd Limited "
    "Incorporated Corporation Company Pvt PJSC JSC OOO SL SLU Ltda SpZoo EIRL PLLC DMCC FZE "
    "FZCO KK CV SNC"
)
LEGAL_FORMS = {form.lower(): form for form in _FORMS}
"""Legal forms in their usual case, by their lower case without full stops."""

_DOTTED = {"s.p.a": "S.p.A", "s.r.l": "S.r.l", "s.a.r.l": "S.à r.l"}
_SMALL = text.words(
    "and of the for in on at by to und für der die et de des du la le les del y e da do dos "
    "di van von"
)
_WORDS = text.words(
    "air all art arts auto bank bay bio book care cars city club coal cell data east fast "
    "film fine fire first food free fund game gas gold good gulf hair high hill home ice inn "
    "iron java king lake land law life line lion live long mail main mine moon net new news "
    "north oak oil old one open park pay pet pine port pro real red rock room rose sea shop "
    "silk sky soft south spa star steel sun tax team tech time tire top town trip tree two "
    "web west wine wood work world zone blue bell best big boat body farm flow foto hotel "
    "group hong kong san los las saint sons bros asia bus call crew deep disk dome echo euro five "
    "four from gate grid hub key labs pack pan rail rig rim sand seas six song test text twin wind "
    "wire zinc tele rio nova dr mr mrs"
)
"""Common words of up to four letters. In a name in capitals, other short words are taken for
acronyms."""

_DOMAIN = re.compile(r"[A-Z0-9-]{3,}\.(?:COM|NET|ORG|IO|AI|DE|FR|CO\.UK)")
_VOWEL = re.compile("[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüœ]", re.I)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def refine_company(written: str | None) -> tuple[str | None, tuple[Change, ...]]:
    """The refined company, and the changes."""
    if not written:
        return None, ()
    kept, changes = text.clean("company", written)
    if kept is None:
        return None, changes
    if kept.casefold() in PLACEHOLDERS:
        return None, (*changes, text.altered("company", kept, None, "company.placeholder"))
    if " " not in kept:  # one word: the case of NVIDIA, adidas and IKEA is intended
        return kept, changes
    for _ in range(2):  # after a legal form became capitals, the whole name may be in capitals
        cased = _lettered(kept) if kept.isupper() else kept
        if cased != kept:
            changes = (*changes, text.altered("company", kept, cased, "company.case"))
        kept = _with_legal_forms(cased)
        if kept == cased:
            break  # the next round would find nothing new
        changes = (*changes, text.altered("company", cased, kept, "company.legal_form"))
    return kept, changes


def _lettered(name: str) -> str:
    """A name in capitals in ordinary case, if a long word or an "of" shows that it was typed in
    capitals. Acronyms and short names keep theirs."""
    words = name.split(" ")
    long = any((len(word) > 4 and _is_word(word)) or word.lower() in _SMALL for word in words)
    typed = any((form := _form(word.rstrip(".,"))) and not form.isupper() for word in words[1:])
    if not long or (not typed and len([word for word in words if not _form(word)]) < 2):
        return name  # "EPCOS AG" may be the real case
    return " ".join(_cased(word, first=place == 0) for place, word in enumerate(words))


def _cased(word: str, first: bool) -> str:
    lowered = word.lower()
    form = _form(lowered.strip(".,()"))
    if form and not first and not form.isupper():
        return word.replace(word.strip(".,()"), form)
    if _DOMAIN.fullmatch(word):
        return word.capitalize()
    if lowered.strip(".,()") in _SMALL:
        return lowered.title() if first else lowered
    return _WORD.sub(_cased_part, word) if _is_word(word) else word


def _cased_part(match: re.Match[str]) -> str:
    part = match.group()
    return recase(part) if _is_word(part) else part


def _is_word(word: str) -> bool:
    """Whether capitals here are typing, not an acronym: long, with vowels, digits nowhere."""
    letters = word.strip(".,()'\"").lower()
    if letters in _WORDS:
        return True
    parts = re.split(r"[-/]", letters)
    if len(parts) > 1:
        return any(_is_word(part) for part in parts)
    return (
        len(letters) > 4
        and "." not in letters
        and "&" not in letters
        and (not any(map(str.isdigit, letters)) and _VOWEL.search(letters) is not None)
    )


def _with_legal_forms(name: str) -> str:
    """The name with the legal forms at its end in their usual case; the first word is never one."""
    words = name.split(" ")
    for place in range(len(words) - 1, 0, -1):
        core = words[place].rstrip(".,)").lstrip("(")
        form = _form(core)
        if form is None:
            if core in ("&", "+", "und", "and", "et"):
                continue
            break
        if core.lower() != "plc" and (core.islower() or core.isupper()) and core != form:
            words[place] = words[place].replace(core, form)
    return " ".join(words)


def _form(word: str) -> str | None:
    lowered = word.lower()
    if "." in lowered:
        plain = LEGAL_FORMS.get(lowered.replace(".", ""))
        if plain is None:
            return _DOTTED.get(lowered)
        return _DOTTED.get(lowered) or (word.upper() if plain.isupper() else None)
    return LEGAL_FORMS.get(lowered)
