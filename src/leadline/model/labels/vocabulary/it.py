"""Italian."""

WORDS = {
    "NAME": "persona_di_riferimento persona_di_contatto come_ti_chiami come_si_chiama nominativo",
    "LAST_NAME": "cognome",
    "EMAIL": "posta_elettronica indirizzo_di_posta_elettronica indirizzo_e_mail indirizzo_mail",
    "PHONE": "recapito_telefonico",
    "MOBILE": "cellulare",
    "COMPANY": "azienda societa ditta impresa ragione_sociale nome_azienda nome_dell_azienda "
    "organizzazione ente",
    "TITLE": "ruolo qualifica posizione mansione professione incarico ruolo_aziendale",
    "COUNTRY": "paese nazione",
    "WEBSITE": "sito_web sito_internet sito",
    "MESSAGE": "messaggio richiesta domanda domande note_aggiuntive come_possiamo_aiutarti "
    "come_possiamo_aiutarla come_possiamo_esserti_utili commenti",
    "PERSON": "referente contatto",
    "WORK": "aziendale lavoro professionale",
    "HOME": "personale",
    "MAIN": "migliore",
    "BILLING": "fatturazione",
    "ADDRESS": "indirizzo",
    "OTHER": "capo amico amica emergenza coniuge moglie marito figlio figlia cane gatto "
    "accompagnatore mittente",
    "FILLER": "il tuo tua tuoi suo lo gli di dell della ed qual inserisci inserire obbligatorio "
    "obbligatoria facoltativo facoltativa opzionale richiesto in_azienda residenza per_favore per",
}
