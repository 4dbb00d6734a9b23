"""Czech and Slovak."""

WORDS = {
    "NAME": "jmeno meno kontaktni_osoba kontaktna_osoba",
    "FIRST_NAME": "krestni_jmeno krstne_meno",
    "LAST_NAME": "prijmeni priezvisko",
    "FULL_NAME": "jmeno_a_prijmeni jmeno_prijmeni cele_jmeno meno_a_priezvisko meno_priezvisko "
    "cele_meno",
    "THING_NAME": "nazev nazov",
    "EMAIL": "e_mailova_adresa emailova_adresa elektronicka_posta",
    "PHONE": "telefonni telefonne telefonni_cislo telefonne_cislo",
    "MOBILE": "mobilni mobilne",
    "NUMBER": "cislo",
    "COMPANY": "spolecnost spolecnosti organizace organizacie nazev_firmy nazov_firmy "
    "zamestnavatel",
    "TITLE": "pracovni_pozice pracovna_pozicia pozice pozicia povolani povolanie",
    "COUNTRY": "zeme krajina zeme_bydliste",
    "WEBSITE": "webove_stranky webova_stranka internetove_stranky",
    "MESSAGE": "zprava sprava text_zpravy text_spravy poznamka dotaz otazka vas_dotaz vase_zprava "
    "vasa_sprava jak_vam_muzeme_pomoci ako_vam_mozeme_pomoct",
    "WORK": "pracovni pracovny firemni firemny",
    "HOME": "soukromy sukromny",
    "OTHER": "nadrizeny nadriadeny manzel manzelka pritel znamy rodic dite doporucitel",
    "FILLER": "vase vas vasa vaseho zadejte zadajte prosim povinne povinny nepovinne nepovinny",
}
