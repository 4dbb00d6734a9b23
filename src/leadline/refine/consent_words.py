"""The words for yes and no in the languages that forms are written in, casefolded.

English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Swedish, Danish, Norwegian,
Russian, Japanese and Chinese. Blanks, hyphens and underscores are left out of single words.
"""


def _words(*rows: str) -> frozenset[str]:
    return frozenset(word for row in rows for word in row.split())


YES_WORDS = _words(
    "yes y true 1 on x ok okay checked ticked selected agree agreed accept accepted allow allowed",
    "granted given consent consented subscribe subscribed optin optedin",
    "ja j wahr einverstanden zugestimmt erteilt angenommen akzeptiert",
    "oui o vrai accepté acceptée accord",
    "sí si s verdadero acepto aceptado",
    "sì vero accetto accettato",
    "sim verdadeiro aceito aceite concordo",
    "waar akkoord",
    "tak t prawda zgoda zgadzam",
    "sant godkänn godkänner godkänt accepterar",
    "sandt accepterer accepteret godkender godtar",
    "да согласен согласна разрешаю",
    "はい 同意する 同意します 希望する",
    "是 是的 同意 对 好",
)
NO_WORDS = _words(
    "no n false 0 off unchecked unticked unselected disagree decline declined deny denied refuse",
    "refused rejected revoked withdrawn unsubscribe unsubscribed optout optedout never",
    "nein falsch abgelehnt widerrufen widersprochen",
    "non faux refusé refusée refus",
    "falso rechazo rechazado",
    "rifiuto rifiutato",
    "não nao recuso recusado",
    "nee onwaar geweigerd",
    "nie fałsz odmawiam",
    "nej nei falskt nekar",
    "нет запрещаю",
    "いいえ 同意しない 同意しません 希望しない",
    "否 不 不是 不同意",
)
YES_BEGINNINGS = (
    "yes please", "i agree", "i accept", "i consent", "i want", "i would like", "opt in",
    "opted in", "freely given consent", "ja bitte", "ja gern", "ich stimme",
    "ich bin einverstanden", "ich möchte", "ich willige", "oui merci", "j'accepte", "je souhaite",
    "acepto", "accetto", "aceito", "ja graag", "ik ga akkoord", "zgadzam się", "wyrażam zgodę",
    "ja tack", "ja tak", "jag godkänner", "jeg accepterer", "jeg godtar", "я согласен",
    "я согласна",
)  # fmt: skip
"""How sentences begin that say yes; one that says no (`NO_BEGINNINGS`) goes first."""
NO_BEGINNINGS = (
    "no thank", "i do not", "i don't", "i dont", "i disagree", "do not", "don't", "opt out",
    "opted out", "not given", "not granted", "not accepted", "not subscribed", "nein danke",
    "keine einwilligung", "nicht einverstanden", "ich stimme nicht", "ich willige nicht",
    "ich bin nicht", "ich möchte nicht", "ich möchte kein", "non merci", "je ne", "no gracias",
    "no acepto", "no quiero", "no grazie", "non accetto", "não obrigad", "não aceito",
    "não quero", "nee bedankt", "niet akkoord", "ik ga niet", "nie zgadzam", "nie wyrażam",
    "nie, dzięk", "nej tack", "nej tak", "nei takk", "godkänner inte", "jag godkänner inte",
    "jeg accepterer ikke", "jeg godtar ikke", "не соглас", "я не соглас",
)  # fmt: skip
"""How sentences begin that say no."""
NEGATIONS = _words(
    "no not never nothing none neither nor without",
    "nein nicht nichts kein keine keinen keinem keiner keines keinerlei nie niemals ohne weder",
    "ne pas jamais aucun aucune rien sans",
    "nunca jamás nada ninguno ninguna ningún sin",
    "non mai niente nessun nessuno nessuna senza",
    "não nao nenhum nenhuma sem",
    "nee niet geen nooit niets zonder",
    "nie nigdy bez żaden żadnych",
    "nej inte ej aldrig ingen inget inga utan",
    "ikke aldri intet uden uten",
    "нет не никогда без",
)
"""Words by which a sentence that begins like a yes can mean a no."""
