"""Turkish. "Ad", a first name, is in no table: it is an advertisement in English."""

WORDS = {
    "NAME": "isim isminiz adi adiniz ilgili_kisi yetkili_kisi",
    "LAST_NAME": "soyad soyadi soyadiniz soyisim",
    "FULL_NAME": "ad_soyad adi_soyadi adiniz_soyadiniz ad_ve_soyad isim_soyisim tam_ad",
    "EMAIL": "e_posta eposta e_posta_adresi eposta_adresi e_posta_adresiniz e_postaniz "
    "mail_adresi mail_adresiniz",
    "PHONE": "telefonunuz telefon_numarasi telefon_numaraniz iletisim_numarasi",
    "MOBILE": "cep_telefonu cep_telefonunuz cep_numarasi gsm",
    "COMPANY": "sirket sirketiniz sirket_adi sirket_ismi firma_adi firmaniz kurum kurum_adi isyeri",
    "TITLE": "unvan unvaniniz gorev goreviniz pozisyon meslek",
    "COUNTRY": "ulke ulkeniz",
    "WEBSITE": "web_sitesi web_siteniz internet_sitesi",
    "MESSAGE": "mesaj mesajiniz aciklama notunuz sorunuz yorumunuz talebiniz "
    "size_nasil_yardimci_olabiliriz",
    "OTHER": "yonetici yoneticiniz arkadas arkadasiniz esiniz veli cocuk acil_durum",
    "FILLER": "lutfen giriniz yaziniz zorunlu istege_bagli",
}
