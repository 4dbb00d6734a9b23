"""Words near a phone number or an e-mail address in a text that say whose it is.

The nearest word counts: "call my boss at …" names somebody else, "my boss is away, call me at …"
the lead. Besides these words, the vocabulary of labels knows people who are not the lead.
"""

from collections.abc import Iterator
from enum import Enum

from leadline.model.labels import read_label
from leadline.model.patterns import late
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
    "boss chef chefin ceo colleague colleagues coworker assistant secretary wife husband spouse "
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
    "called rang phoned tried dialled dialed texted angerufen appelé appele llamé liguei wrote "
    "written sent emailed mailed forwarded cc bcc geschrieben geschickt gesendet écrit ecrit "
    "envoyé envoye escribí escribi envié envie"
)
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
    "rückruf", "rueckruf", "anruf", "lláma", "llama", "appel", "rappel", "chiam", "zadzwo",
    "телефон", "звон", "позвон", "номер",
)  # fmt: skip
_VERBS = text.words("call contact reach text email ring phone ask speak rufen llame llamen appelez")
_BETWEEN = text.words("for to with sie a mr mrs ms dr herr herrn frau at on")
_CJK = late("(?:電話|电话|手机|携帯|전화)[^0-9]{0,10}$")
_WORD = late(r"[^\W\d_]+(?:-[^\W\d_]+)?(?:['’]s\b)?")
_SENTENCE = late(r"[.!?;]\s|[\n\r]")
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
    own = max((at for at, word in enumerate(plain) if word in _OWN), default=-1)
    other = max(_others(plain), default=-1)
    if own > other and not _names_another(words[own:], name):
        return Belonging.OWN, called
    if other >= 0 or _names_another(words, name) or plain == ["f"]:
        return Belonging.ANOTHER, called
    behind = [_bare(word) for word in _WORD.findall(after)]
    spoken_of = next(_others(behind), None) is not None
    if spoken_of or read_label(before).others or read_label(after).others:
        return Belonging.ANOTHER, called
    return Belonging.UNSAID, called


def _others(words: list[str]) -> Iterator[int]:
    """Where words stand that name another person or a thing with a number."""
    following = [*words[1:], ""]
    for at, (word, after) in enumerate(zip(words, following, strict=False)):
        owner = word in _POSSESSIVES and after not in _POLITE
        if owner or _starts(word, _OTHERS, _OTHER_STEMS):
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
