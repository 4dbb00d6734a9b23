"""Swedish."""

WORDS = {
    "NAME": "namn vad_heter_du",
    "FULL_NAME": "for_och_efternamn for_efternamn",
    "FIRST_NAME": "fornamn tilltalsnamn",
    "LAST_NAME": "efternamn",
    "FULL": "fullstandigt hela",
    "EMAIL": "e_post epost e_postadress epostadress mejl mejladress mailadress",
    "MOBILE": "mobilen",
    "COMPANY": "foretag foretagsnamn foretagets_namn organisationsnamn arbetsgivare bolag",
    "TITLE": "befattning roll arbetstitel yrke",
    "WEBSITE": "webbplats hemsida webbadress",
    "MESSAGE": "meddelande ovrigt arende fraga fragor hur_kan_vi_hjalpa_dig "
    "hur_kan_vi_hjalpa_till vad_kan_vi_hjalpa_dig_med kommentarer",
    "WORK": "jobb arbete",
    "OTHER": "chefens vans make maka barn foralder kollega mottagare avsandare nodkontakt",
    "FILLER": "ditt din dina er ert eran och eller vad ar vilket vilken ange skriv obligatoriskt "
    "valfritt frivilligt jobbar_du arbetar_du pa hos",
}
