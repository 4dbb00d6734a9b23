"""Finnish."""

WORDS = {
    "NAME": "nimi nimesi nimenne yhteyshenkilo yhteyshenkilon_nimi",
    "FIRST_NAME": "etunimi etunimesi etunimet",
    "LAST_NAME": "sukunimi sukunimesi",
    "FULL_NAME": "koko_nimi etu_ja_sukunimi etunimi_ja_sukunimi",
    "EMAIL": "sahkoposti sahkopostiosoite sahkopostisi sahkopostiosoitteesi",
    "PHONE": "puhelin puhelinnumero puhelinnumerosi puh",
    "MOBILE": "matkapuhelin matkapuhelinnumero kannykka",
    "COMPANY": "yritys yrityksesi yrityksen yrityksen_nimi organisaatio tyonantaja",
    "TITLE": "ammatti tehtavanimike titteli asema_yrityksessa",
    "COUNTRY": "maa asuinmaa",
    "WEBSITE": "verkkosivusto verkkosivu kotisivu kotisivut",
    "MESSAGE": "viesti viestisi lisatiedot kysymys kysymyksesi kommentti",
    "OTHER": "esimies puoliso ystava ystavan lapsi lapsen huoltaja suosittelija",
    "FILLER": "pakollinen valinnainen anna kirjoita",
}
