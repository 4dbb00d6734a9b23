"""Norwegian (bokmål)."""

WORDS = {
    "NAME": "navn hva_heter_du",
    "FIRST_NAME": "fornavn",
    "LAST_NAME": "etternavn",
    "FULL": "fullt",
    "EMAIL": "e_postadresse epostadresse",
    "COMPANY": "bedrift bedriftsnavn bedriftens_navn selskap selskapsnavn firmanavn arbeidsgiver",
    "TITLE": "stilling stillingstittel",
    "WEBSITE": "nettside nettsted hjemmeside",
    "MESSAGE": "melding henvendelse sporsmal hva_kan_vi_hjelpe_deg_med hvordan_kan_vi_hjelpe "
    "hvordan_kan_vi_hjelpe_deg",
    "WORK": "arbeid",
    "OTHER": "sjef venn venns ektefelle mottaker avsender parorende",
    "FILLER": "deres og hva hvilken hvilket obligatorisk valgfritt valgfri pakrevd skriv_inn "
    "oppgi jobber_du hvor",
}
