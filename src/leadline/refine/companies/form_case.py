"""The case of legal forms in names of companies."""

from leadline.refine import text

_FORMS = text.words(
    "Inc Corp Co Ltd LLC LLP LP GmbH gGmbH mbH AG KG KGaA OHG UG SE SA SAS SASU SARL SpA "
    "SRL BV NV VOF AB ApS A/S ASA Oy Oyj Kft Zrt plc Pty Pte Sdn Bhd Limited "
    "Incorporated Corporation Company Pvt PJSC JSC OJSC OOO SL SLU Ltda SpZoo EIRL PLLC DMCC FZE "
    "FZCO KK CV SNC Tbk GbR PartG mbB eG Nyrt Bt ehf OÜ ООО ЗАО ОАО ПАО АО"
)
LEGAL_FORMS = {form.lower(): form for form in _FORMS}
"""Legal forms in their usual case, by their lower case without full stops."""

_DOTTED = {"e.v": "e.V", "e.k": "e.K", "s.p.a": "S.p.A", "s.r.l": "S.r.l", "s.a.r.l": "S.à r.l"}
_SMALL_DOTTED = text.words("s.r.o a.s d.o.o j.d.o.o v.o.s k.s d.d z.s o.o")
_ALWAYS_SMALL = _SMALL_DOTTED - {"a.s", "k.s"}  # in capitals, those two are also A.Ş. and K/S


def with_legal_forms(name: str) -> str:
    """The name with the legal forms at its end in their usual case; the first word is never one."""
    words = name.split(" ")
    for place in range(len(words) - 1, 0, -1):
        core = words[place].rstrip(".,)").lstrip("(")
        form = usual_form(core)
        if form is None:
            if core in ("&", "+", "und", "and", "et"):
                continue
            break
        if core.lower() != "plc" and (core.islower() or core.isupper()) and core != form:
            words[place] = words[place].replace(core, form)
    return " ".join(words)


def usual_form(word: str) -> str | None:
    """A legal form in its usual case; None for any other word."""
    lowered = word.lower()
    if "." not in lowered:
        return LEGAL_FORMS.get(lowered)
    if lowered in _SMALL_DOTTED:
        return lowered if word.islower() or lowered in _ALWAYS_SMALL else word
    plain = LEGAL_FORMS.get(lowered.replace(".", ""))
    if plain is None:
        return _DOTTED.get(lowered)
    return _DOTTED.get(lowered) or (word.upper() if plain.isupper() else None)
