"""Romanian."""

WORDS = {
    "LAST_NAME": "nume_de_familie",
    "FIRST_NAME": "prenume prenumele",
    "NAME": "nume numele persoana_de_contact",
    "FULL_NAME": "nume_si_prenume nume_prenume nume_complet numele_complet",
    "EMAIL": "adresa_de_email adresa_email adresa_de_e_mail",
    "PHONE": "numar_de_telefon numar_telefon nr_telefon",
    "MOBILE": "telefon_mobil",
    "COMPANY": "companie compania numele_companiei firma_dvs denumire_firma societate",
    "TITLE": "functie functia profesie",
    "COUNTRY": "tara",
    "WEBSITE": "pagina_web site_web",
    "MESSAGE": "mesajul mesajul_tau mesajul_dvs intrebare observatii comentarii",
    "OTHER": "nume_utilizator prieten sot sotie parinte copil",
    "FILLER": "dvs dumneavoastra obligatoriu introduceti",
}
