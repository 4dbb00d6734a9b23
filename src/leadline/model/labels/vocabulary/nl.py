"""Dutch."""

WORDS = {
    "NAME": "naam hoe_heet_je hoe_heet_u contactpersoon",
    "FULL_NAME": "voor_en_achternaam voor_en_familienaam",
    "FIRST_NAME": "voornaam roepnaam",
    "LAST_NAME": "achternaam familienaam tussenvoegsel tussenvoegsels voorvoegsel infix",
    "FULL": "volledige",
    "EMAIL": "e_mailadres emailadres mailadres",
    "PHONE": "telefoon telefoonnummer telefoonnr",
    "MOBILE": "mobiel mobiele mobielnummer",
    "COMPANY": "bedrijf bedrijfsnaam organisatie organisatienaam werkgever onderneming "
    "instelling naam_bedrijf naam_organisatie",
    "TITLE": "functie functietitel beroep functieomschrijving",
    "WEBSITE": "webpagina",
    "MESSAGE": "bericht opmerking opmerkingen vraag vragen toelichting hoe_kunnen_we_je_helpen "
    "hoe_kunnen_we_helpen hoe_kunnen_wij_u_helpen hoe_kunnen_wij_helpen waarmee_kunnen_we_helpen "
    "waarmee_kunnen_we_je_helpen waarmee_kunnen_wij_u_helpen",
    "PERSON": "klant",
    "WORK": "zakelijk zakelijke werk",
    "HOME": "prive",
    "BILLING": "factuur",
    "ADDRESS": "adres",
    "OTHER": "leidinggevende vriend vriendin noodgeval noodcontact echtgenoot echtgenote ouder "
    "moeder huisdier hond collega ontvanger afzender",
    "FILLER": "uw jouw je u het een van wat welk welke vul_in gelieve verplicht verplicht_veld "
    "optioneel niet_verplicht waar werkt_u werk_je bij en op",
}
