"""Polish."""

WORDS = {
    "NAME": "jak_sie_nazywasz osoba_kontaktowa",
    "FIRST_NAME": "imie imiona",
    "LAST_NAME": "nazwisko",
    "FULL_NAME": "imie_i_nazwisko imie_nazwisko imie_oraz_nazwisko",
    "THING_NAME": "nazwa",
    "EMAIL": "adres_e_mail adres_email poczta_elektroniczna adres_mailowy",
    "PHONE": "telefonu telefon_kontaktowy numer_kontaktowy",
    "MOBILE": "komorkowy komorkowego komorka",
    "NUMBER": "numer",
    "COMPANY": "firmy przedsiebiorstwo organizacja organizacji pracodawca nazwa_firmy",
    "TITLE": "stanowisko stanowisko_pracy zawod",
    "COUNTRY": "kraj kraj_zamieszkania",
    "WEBSITE": "strona_internetowa strona_www adres_strony_www www",
    "MESSAGE": "wiadomosc tresc_wiadomosci tresc uwagi pytanie zapytanie komentarz "
    "w_czym_mozemy_pomoc jak_mozemy_pomoc jak_mozemy_ci_pomoc",
    "WORK": "sluzbowy sluzbowe firmowy",
    "HOME": "prywatny",
    "OTHER": "przelozony przelozonego znajomy znajomego malzonek zona maz dziecko dziecka rodzic "
    "rodzica pies polecajacy polecajacego odbiorca nadawca",
    "FILLER": "twoj twoja twoje pana pani i oraz podaj wpisz prosze wymagane opcjonalnie "
    "nieobowiazkowe pole_wymagane jaki jaka jakie jest w do_kontaktu kontaktowy",
}
