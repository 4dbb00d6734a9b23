"""German."""

WORDS = {
    "NAME": "wie_heissen_sie wie_heisst_du ansprechpartner ansprechpartnerin kontaktname "
    "kontaktperson",
    "FULL_NAME": "vor_und_nachname vor_und_zuname vor_nachname vor_u_nachname",
    "FIRST_NAME": "vorname vornamen rufname",
    "LAST_NAME": "nachname nachnamen familienname zuname",
    "FULL": "vollstandiger vollstandigen ganzer voller",
    "EMAIL": "emailadresse mailadresse e_mailadresse e_mail_adresse",
    "PHONE": "telefon telefonnummer telefonnr rufnummer telefonisch festnetz festnetznummer fon",
    "MOBILE": "mobil mobilnummer mobiltelefon mobilfunk mobilfunknummer handy handynummer "
    "handynr mobilnr",
    "NUMBER": "nummer",
    "COMPANY": "firma firmenname unternehmen unternehmens unternehmensname arbeitgeber betrieb "
    "firmenbezeichnung einrichtung institut",
    "TITLE": "funktion berufsbezeichnung stellenbezeichnung jobbezeichnung rolle beruf tatigkeit",
    "COUNTRY": "land staat",
    "WEBSITE": "webseite internetseite internetadresse webadresse webauftritt firmenwebsite",
    "MESSAGE": "nachricht mitteilung anliegen anfrage kommentar kommentare bemerkung bemerkungen "
    "anmerkung anmerkungen frage fragen ihre_nachricht_an_uns nachricht_an_uns "
    "wie_konnen_wir_helfen wie_konnen_wir_ihnen_helfen wie_konnen_wir_dir_helfen "
    "womit_konnen_wir_helfen womit_konnen_wir_ihnen_helfen worum_geht_es nachrichtentext",
    "PERSON": "kontakt kunde kunden interessent",
    "WORK": "geschaftlich geschaftliche geschaftlicher geschaftlichen dienstlich dienstliche "
    "beruflich berufliche",
    "HOME": "privat private privater",
    "SECOND": "weitere alternative zweite",
    "BILLING": "rechnung rechnungs",
    "OTHER": "vorgesetzter vorgesetzten vorgesetzte chef freund freundin freundes ehepartner "
    "ehefrau ehemann eltern mutter vater kind kindes haustier haustiers hund katze notfall "
    "notfallkontakt empfehlung empfohlen werber assistent assistentin sekretariat kollege "
    "kollegen kollegin begleitperson begleitung empfanger vermittler absender geworben "
    "notfallnummer",
    "FILLER": "ihr ihre ihren ihrer ihres dein deine deinen deiner und oder der die das den dem "
    "des wie was welche welches welcher welchem lautet ist bitte eingeben angeben pflichtfeld "
    "pflicht freiwillig falls_vorhanden wird_nicht_veroffentlicht fur_ruckfragen in_welchem "
    "in_welcher arbeiten_sie arbeitest_du sie unter erreichen_wir_sie erreichen_wir_dich fur von "
    "im sind tatig mit_vorwahl erforderlich geben_sie ein wo leben_sie wohnen_sie ihrem",
}
