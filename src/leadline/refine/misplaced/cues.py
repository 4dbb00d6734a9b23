"""Words near a phone number or an e-mail address in a text that say whose it is.

The nearest word counts: "call my boss at …" names somebody else, "my boss is away, call me at …"
the lead. Besides these words, the vocabulary of labels knows people who are not the lead.
"""

from collections.abc import Iterator
from enum import Enum

from leadline.model.labels import read_label
from leadline.model.texts.patterns import late
from leadline.refine import text


class Belonging(Enum):
    """Whose a number or an address is: the lead's OWN, ANOTHER's (also where it is no phone number
    at all), or UNSAID."""

    OWN = "own"
    ANOTHER = "another"
    UNSAID = "unsaid"


_OWN = text.words(
    "me us my our mine mich uns mir meine meiner unsere mein mij mijn ons onze moi nous mon notre "
    "ma mi nuestro nuestra meu minha nosso mio nostro llámame llamame llamadme llámenme llámeme "
    "llameme escríbame escribame escríbeme contácteme contacteme contáctame ligue ligar "
    "contate-me chiamami chiamatemi contattami contattatemi мне мой моя мой нам наш mnie mój"
)
_POSSESSIVES = text.words(
    "your yours his her their ihre ihrer ihren ihrem ihr eure eurer votre vos leur vuestro vuestra "
    "seu seus vostro vostra uw jullie ваш ваша ваше вашего su"
)
_POLITE = text.words("earliest convenience team answer reply call colleagues free")
_OTHERS = text.words(
    "boss chef chefin colleague colleagues coworker assistant secretary wife husband spouse "
    "friend friends mother father mum mom dad son daughter brother sister accountant lawyer "
    "attorney landlord tenant neighbour neighbor contractor supplier vendor receptionist reception "
    "switchboard jefe jefa colega amigo amiga esposa esposo secretario secretaria asistente patron "
    "collègue collegue ami amie femme mari assistante chefe capo collega moglie marito amico amica "
    "baas vriend fax telefax faks факс "
    "not don dont never nicht kein keine "
    "order invoice reference ref account accounts acct customer client policy case ticket tracking "
    "serial vat tax ein ssn iban bic passport license licence quote item part sku model contract "
    "claim booking reservation confirmation registration id zip postcode abn acn duns siret siren "
    "cnpj cpf nif cif rfc dni nie pesel regon nip inn инн pedido factura fatura contrato reserva "
    "expediente commande facture dossier contrat devis ordine fattura contratto bestelling factuur "
    "klant po gtin ean isbn imei budget price ust "
    "kd kd-nr kdnr kunden-nr old alte alten alter ancien ancienne antiguo antigua antigo vecchio "
    "vecchia stary stare старый старая previous former longer wrong falsche someone "
    "somebody "
    "nobody jemand niemand niemanden keiner quelqu'un alguien nadie qualcuno nessuno who "
    "wer wessen qui quién scam scammer scammers scammed spam spammer phishing fraud betrug "
    "estafa arnaque truffa llamado llamaron chiamato telefonato telefoneei ligado gebeld звонил "
    "звонили contestan contesta responde atiende atendeu atende "
    "called rang phoned tried dialled dialed texted angerufen appelé appele llamé liguei wrote "
    "written sent emailed mailed forwarded cc bcc geschrieben geschickt gesendet écrit ecrit "
    "envoyé envoye escribí escribi envié envie"
)
_ROLES = text.words(
    "ceo cfo cto coo cmo president director manager owner partner geschäftsführer "
    "geschäftsführerin "
    "leiter leiterin inhaber directeur directrice gérant gerente directora direttore titolare"
)
"""Jobs that are another's behind "our" and "my"; in a signature they are the lead's own."""
_FAX = text.words("fax telefax faks факс f")
_LABELS = text.words("tel telephone phone mobile mob cell direct telefon handy mobil tél t p m c")
"""Words that end what was said before them: "Fax 212 555 0148, Tel 212 555 0147"."""
_GONE = text.words(
    "longer disconnected dead invalid falsch tot scam scammed scammers spam pretends pretending "
    "fraud contestan atendeu"
)
"""Words behind a number that say that it is none of the lead's, whatever stands before it."""
_NO_MORE = (
    "out of service", "out of order", "not working", "doesn't work", "does not work", "nicht mehr",
    "no funciona", "ne fonctionne", "não funciona", "non funziona", "geht nicht", "not in use",
)  # fmt: skip
_SOURCES = text.words("from von")
"""What stands before the number that called, or that was changed: "a call from 212 555 0199"."""
_BY = text.words("from by via through von durch de par por")
_CALLING = text.words("calling writing reach reached am")
_OTHER_STEMS = (
    "kolleg", "assistent", "sekret", "szef", "коллег", "начальник", "заказ", "договор", "zamówieni",
    "zamowieni", "faktur", "bestell", "rechnung", "kundennummer", "kundennr", "auftrag", "steuer",
    "vertrag", "konto", "artikel", "seriennummer", "referenz", "vorgang", "angebot",
)  # fmt: skip
_CALLS = text.words(
    "tel telephone phone mobile mob cell cellphone whatsapp number call text ring reach direct "
    "handy rufnummer nummer teléfono telefono móvil movil celular cel telefone telemóvel "
    "telemovel tél téléphone telephone portable joindre cellulare telefoon numer тел номер m t p "
    "c llame chiami ligar ligue liguem bel bellen"
)
_CALL_STEMS = (
    "telefon", "handynummer", "reach", "phone", "número", "numero", "numéro", "mobil", "erreich",
    "rückruf", "rueckruf", "anruf", "lláma", "lláme", "llama", "llame", "appel", "rappel",
    "chiam", "zadzwo",
    "телефон", "звон", "позвон", "номер",
)  # fmt: skip
_VERBS = text.words("call contact reach text email ring phone ask speak rufen llame llamen appelez")
_BETWEEN = text.words("for to with sie a mr mrs ms dr herr herrn frau at on")
_CJK = late("(?:電話|电话|手机|携帯|전화)[^0-9]{0,10}$")
_WORD = late(r"[^\W\d_]+(?:-[^\W\d_]+)?(?:['’]s\b)?")
_SENTENCE = late(r"(?<!\b[nN][rRoO])(?<!\b[rR]ef)(?<!\b[fF]ax)[.!?;]\s|[\n\r]")
_PART = late("[,;|/]")
_WINDOW = 80
_AFTER = 32
_NEAR = 6  # words before a number in which one calls it a phone number


def belonging(written: str, start: int, end: int, name: str = "") -> tuple[Belonging, bool]:
    """Whose that is what stands at *start* to *end* of a text, by the words of its sentence, and
    whether they call it a phone number. *name* is the lead's: "call Bo at …" is about another."""
    before = _SENTENCE.split(written[max(0, start - _WINDOW) : start])[-1]
    after = _SENTENCE.split(written[end : end + _AFTER], maxsplit=1)[0]
    words = _WORD.findall(before)
    plain = [_bare(word) for word in words]
    called = any(_starts(word, _CALLS, _CALL_STEMS) for word in plain[-_NEAR:])
    called = called or _CJK.search(before) is not None
    if plain and plain[-1] in _LABELS:  # "Tel. 030 23125001, Fax ..."
        after = _PART.split(after, maxsplit=1)[0]
    behind = [_bare(word) for word in _WORD.findall(after)]
    if _is_gone(after, behind) or _is_caller(plain) or _is_referrer(words, name):
        return Belonging.ANOTHER, called
    own = max((at for at, word in enumerate(plain) if word in _OWN), default=-1)
    other = max(_others(plain), default=-1)
    if own > other and not _names_another(words[own:], name):
        return Belonging.OWN, called
    if other >= 0 or _names_another(words, name) or plain == ["f"]:
        return Belonging.ANOTHER, called
    spoken_of = next(_others(behind), None) is not None
    label = before.rpartition(",")[2] if plain and plain[-1] in _LABELS else before
    if spoken_of or read_label(label).others or read_label(after).others:
        return Belonging.ANOTHER, called
    return Belonging.UNSAID, called


def _is_gone(after: str, behind: list[str]) -> bool:
    """Whether the words behind a number say that nobody is reached there, or whose it is."""
    small = after.casefold().replace("’", "'")
    if not _GONE.isdisjoint(behind) or any(one in small for one in _NO_MORE):
        return True
    return behind[:1] in (["is"], ["ist"], ["est"], ["es"]) and not _ROLES.isdisjoint(behind)


def _is_caller(plain: list[str]) -> bool:
    """Whether a number is the one that a call came from, by the words before it."""
    return plain[-1:] != [] and plain[-1] in _SOURCES and _CALLING.isdisjoint(plain)


def _is_referrer(words: list[str], name: str) -> bool:
    """Whether the words before a number name who sent the lead: "from Bob 212 555 0199"."""
    if len(words) < 2 or _bare(words[0]) not in _BY or not words[1][0].isupper():
        return False
    return _bare(words[1]) not in name.casefold().split() and _OWN.isdisjoint(map(_bare, words))


def _others(words: list[str]) -> Iterator[int]:
    """Where words stand that name another person or a thing with a number."""
    labelled = words[-1:] != [] and words[-1] in _LABELS
    following = [*words[1:], ""]
    for at, (word, after) in enumerate(zip(words, following, strict=False)):
        owner = word in _POSSESSIVES and after not in _POLITE
        role = at > 0 and word in _ROLES and words[at - 1] in _OWN
        if labelled and word in _FAX:
            continue
        if owner or role or _starts(word, _OTHERS, _OTHER_STEMS):
            yield at


def _names_another(words: list[str], name: str) -> bool:
    """Whether a name that is not the lead's stands behind a verb ("call Bo") or as an owner ("Bo's
    number")."""
    known = name.casefold().split()
    for at, word in enumerate(words):
        if word[-2:] in ("'s", "’s") and word[0].isupper():
            named = word
        elif word.casefold() in _VERBS:
            rest = (one for one in words[at + 1 :] if one.casefold() not in _BETWEEN)
            named = next(rest, "")
        else:
            continue
        if named[:1].isupper() and _bare(named) not in (*known, *_OWN, "i", "it", "what"):
            return True
    return False


def _bare(word: str) -> str:
    return word.casefold().removesuffix("'s").removesuffix("’s")


def _starts(word: str, words: frozenset[str], stems: tuple[str, ...]) -> bool:
    return word in words or word.startswith(stems)
