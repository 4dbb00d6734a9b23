"""Danish."""

WORDS = {
    "NAME": "hvad_hedder_du",
    "LAST_NAME": "efternavn",
    "FULL": "fulde",
    "COMPANY": "virksomhed virksomhedsnavn virksomhedens virksomhedens_navn arbejdsgiver "
    "organisationens_navn",
    "TITLE": "stillingsbetegnelse jobtitel",
    "WEBSITE": "websted",
    "MESSAGE": "besked bemaerkninger bemaerkning spoergsmal sporgsmal hvad_kan_vi_hjaelpe_med "
    "hvordan_kan_vi_hjaelpe hvordan_kan_vi_hjaelpe_dig",
    "WORK": "arbejde arbejds",
    "OTHER": "vens aegtefaelle modtager afsender paarorende",
    "FILLER": "dit valgfrit hvad indtast paakraevet pakraevet krav udfyld arbejder_du",
}
