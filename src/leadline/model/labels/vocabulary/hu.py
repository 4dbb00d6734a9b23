"""Hungarian."""

WORDS = {
    "NAME": "nev neve kapcsolattarto kapcsolattarto_neve",
    "FIRST_NAME": "keresztnev utonev",
    "LAST_NAME": "vezeteknev csaladnev csaladi_nev",
    "FULL_NAME": "teljes_nev teljes_neve",
    "EMAIL": "e_mail_cim email_cim e_mail_cime email_cime",
    "PHONE": "telefonszam telefonszama telefonszamod",
    "MOBILE": "mobilszam mobiltelefon mobiltelefonszam",
    "COMPANY": "ceg cegnev ceg_neve vallalat vallalkozas szervezet munkahely",
    "TITLE": "beosztas munkakor foglalkozas",
    "COUNTRY": "orszag",
    "WEBSITE": "weboldal honlap",
    "MESSAGE": "uzenet uzenete megjegyzes kerdes megkereses",
    "OTHER": "baratja ferje szulo gyermek felettes ajanlo",
    "FILLER": "kerjuk adja_meg kotelezo nem_kotelezo",
}
