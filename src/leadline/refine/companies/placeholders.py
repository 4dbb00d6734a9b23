"""What people and programs write into a company's field to say that there is none."""

from leadline.refine import text

_SIGNS = "n/a|#n/a|n.a.|na|n / a|-|--|---|.|..|...|?|??|_|*|/|xx|xxx"

# "Nothing", "Privat" and "Ohne" are left out: they are also names, or say something.
_BY_LANGUAGE = {
    "en": "none|nil|null|undefined|unknown|no company|no company name|no company yet|no business"
    "|no organization|no organisation|no employer|not applicable|not provided|[not provided]"
    "|(not provided)|not a company|none yet|not yet|don't have a company"
    "|i don't have a company|no company at the moment"
    "|don't have one|dont have one|i don't have one|i have none",
    "de": "keine|keins|keiner|kein|keine firma|kein unternehmen|keine angabe|keine angaben|k.a."
    "|k. a.|keine firma vorhanden|ohne firma|ohne unternehmen|nicht vorhanden|nicht zutreffend"
    "|entfällt|habe keine|ich habe keine|unbekannt",
    "fr": "aucune|aucun|aucune entreprise|aucune société|néant|neant|sans objet|non applicable"
    "|pas de société|pas d'entreprise|sans entreprise|sans société|non renseigné|je n'en ai pas"
    "|inconnu|inconnue",
    "es": "ninguna|ninguno|ninguna empresa|no tengo|no tengo empresa|no tengo ninguna|sin empresa"
    "|no aplica|no tiene|no hay|nada|sin compañía|desconocido|desconocida",
    "pt": "nenhuma|nenhum|nenhuma empresa|não tenho|nao tenho|não tenho empresa|nao tenho empresa"
    "|sem empresa|não se aplica|nao se aplica|não possui|nao possui|não possuo|nao possuo|não tem"
    "|nao tem|não há|desconhecido|desconhecida",
    "it": "nessuna|nessuno|nessuna azienda|nessuna società|non applicabile|non ho|non ho azienda"
    "|niente|sconosciuto|sconosciuta",
    "nl": "geen|geen bedrijf|geen bedrijfsnaam|niet van toepassing|nvt|n.v.t.|onbekend",
    "pl": "brak|brak firmy|nie mam|nie mam firmy|nie posiadam|nie dotyczy|żadna|żaden|bez firmy",
    "sv": "ingen|inget|inget företag|har inget|har inget företag|ej tillämpligt|saknas",
    "da": "intet|intet firma|ingen firma|har ikke|har ikke firma|ikke relevant|ikke aktuelt",
    "nb": "ingen bedrift|ikke oppgitt|har ikke bedrift",
    "fi": "ei ole|ei mitään|ei yritystä|ei yritystä vielä|ei mikään",
    "cs": "žádná|žádné|žádný|nemám|nemam|nemám firmu|žádná firma",
    "hu": "nincs|nincs cég|nincs cégem",
    "ro": "niciuna|nici una|nu am|nu am firmă|nu am firma|nu este cazul",
    "tr": "yok|şirketim yok|firmam yok|firma yok|hiçbiri|hiçbir|bilinmiyor",
    "ru": "нет|нету|нет компании|нет фирмы|отсутствует|без компании|не имею|не указано|не указана"
    "|неизвестно",
    "uk": "немає|нема|немає компанії|відсутня|відсутнє",
    "el": "καμία|κανένα|δεν έχω|δεν υπάρχει",
    "ar": "لا يوجد|لا توجد|لا شيء",
    "ja": "なし|無し|無|特になし|ありません|該当なし|会社なし",
    "zh": "无|没有|沒有|暂无|暫無|无公司|無公司|没有公司|沒有公司",
    "ko": "없음|없습니다|해당없음|해당 없음|회사 없음",
}
PLACEHOLDERS = text.words("|".join((_SIGNS, *_BY_LANGUAGE.values())), "|")
"""Texts that become None, in small letters; no other visible text does."""

_AROUND = " .!-–—_()[]\"'«»„“”"


def is_placeholder(company: str) -> bool:
    """Whether the text, without marks around it, says that there is no company."""
    lowered = company.casefold().replace("’", "'")
    return lowered in PLACEHOLDERS or lowered.strip(_AROUND) in PLACEHOLDERS
