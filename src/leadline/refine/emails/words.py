"""Names of mailboxes that are no person's: roles, and what is written to fill a field."""

from leadline.refine import text

ROLE_LEADS = text.words(
    # English, and what machines use (RFC 2142)
    "abuse accounting accounts admin administration administrator billing bookings bookkeeping "
    "careers contact contactus customercare customerservice donotreply do-not-reply enquiries "
    "enquiry events feedback finance frontdesk generalinfo hello helpdesk info information "
    "inquiries inquiry invoice invoices invoicing mailbox mailer-daemon marketing newsletter "
    "no-reply noreply no_reply office orders payroll postmaster privacy procurement purchasing "
    "reception recruiting recruitment reservations returns sales sysadmin webadmin webmaster "
    "accountspayable accountsreceivable helpline hotline humanresources human.resources salesteam "
    "servicedesk supportteam "
    # German
    "anmeldung bauamt buchung buchungen karriere kundenbetreuung kundendienst redaktion "
    "reservierung "
    "anfrage anfragen bestellung bestellungen bewerbung bewerbungen buchhaltung buero büro "
    "datenschutz einkauf empfang geschaeftsfuehrung geschäftsführung geschaeftsleitung "
    "hausverwaltung infopost kanzlei kontakt kundenservice lohnbuchhaltung personalabteilung "
    "poststelle rechnung rechnungen rezeption sekretariat verkauf versand vertrieb verwaltung "
    "zentrale "
    # French
    "accueil achats administratif bonjour commandes commercial comptabilite comptabilité direction "
    "facturation renseignements secretariat secrétariat serviceclient serviceclients ventes "
    # Spanish
    "administracion administración atencion atencionalcliente compras comercial contabilidad "
    "contacto correo facturacion facturación gerencia hola informacion información pedidos "
    "recepcion recepción recursoshumanos reservas rrhh secretaria secretaría ventas "
    # Portuguese
    "administracao administração atendimento comercial compras contabilidade contato faturamento "
    "faturas financeiro geral informacoes informações orcamento orcamentos orçamento ouvidoria "
    "recepcao recepção vendas "
    # Italian
    "acquisti amministrazione assistenza commerciale contabilita contabilità contatti contatto "
    "fatturazione fatture informazioni ordini preventivi prenotazioni segreteria ufficio vendite "
    # Dutch
    "administratie boekhouding facturatie facturen inkoop klantenservice receptie secretariaat "
    "verkoop "
    # Polish
    "biuro faktury kadry kontakt ksiegowosc księgowość obslugaklienta rekrutacja rezerwacje "
    "sekretariat sprzedaz sprzedaż zamowienia zamówienia "
    # Swedish, Danish, Norwegian, Finnish
    "bokning ekonomi faktura faktureringen forsaljning försäljning inkop inköp kundservice "
    "kundtjanst kundtjänst order reception bogholderi kundeservice salg firmapost kundesenter "
    "postmottak regnskap asiakaspalvelu laskutus myynti toimisto "
    # Czech, Slovak, Turkish, Russian
    "objednavky obchod podatelna prodej recepce uctarna bilgi destek iletisim muhasebe satis satış "
    "zakaz sekretar prodazhi buh buhgalteria otdel-prodazh "
    # Japanese
    "otoiawase eigyo soumu"
)
"""Words that name a role whatever follows them: "info.berlin", "sales-emea"."""

ROLES = ROLE_LEADS | text.words(
    "board booking book business ceo cfo cio cto clerk client clients company compliance customer "
    "customers desk development dispatch editor editorial engineering estimating everyone events "
    "general group help hq hr inbox intake investors it jobs lab legal logistics mail mails main "
    "management manager media members membership news operations ops order partner partners pr "
    "press production project projects quality registrar research root safety school security "
    "service services shop staff store studio subscribe support team tech technical training "
    "warehouse web welcome rh sac chef firma gf gl kasse labor leitung personal post praxis presse "
    "service technik werkstatt boutique client clients contacts direction emploi formation service "
    "stages cliente clientes direccion dirección empleo oficina prensa proyectos soporte taller "
    "tienda tecnico técnico calidad obras escritorio loja suporte diretoria direzione info lavoro "
    "negozio officina stampa supporto tecnico bestellingen directie hallo klanten planning "
    "praktijk verkoop winkel dzial dział handlowy oferta oferty pomoc praca serwis sklep zarzad "
    "hej hei moi jobb kontoret post posten salg support styrelsen styret verkstad dotazy sklad "
    "zakupy servis servisas ik finans kariyer merkez zakupki office priemnaya"
)
"""Words that name a role where they stand alone, or behind another one ("sales.team")."""

ANYWHERE_NOBODY = text.words(
    "noemail no-email no.email no_email noemailaddress nomail no-mail no.mail donotemail "
    "notprovided noemailgiven noemailprovided noaddress nobodyatall dontemail dontemailme "
    "keinemail keine-email keine.email keinemailadresse sinemail sincorreo sin-correo sin.correo "
    "notienecorreo notieneemail noposee notiene pasdemail pas-de-mail pasdemel pasdadresse "
    "pasemail sansmail naotem naotenho naotememail naotenhoemail sememail semail nãotem nãotenho "
    "nessunaemail noncelho senzamail geenemail geen-email geenmail brakemaila brakmaila niemam "
    "nie-mam ingenmail ingenepost"
)
"""Mailbox names that mean that the person gave no address, on any domain."""

TESTS = text.words(
    "test tests testing tester testtest testuser test.user test_user test-user testaccount "
    "testlead test.test test_test testemail test.email testmail test.mail tester.test mytest "
    "prueba pruebas asd asdf asdfg asdfgh asdfghjkl asdasd asdasdasd asdfasdf qwe qwer qwert "
    "qwerty qwertyuiop qwertz qweqwe azerty zxc zxcv zxcvbn zxcvbnm foobar foo.bar blah blahblah "
    "blabla fake fakeemail fake.email fakemail"
)
"""Mailbox names of tests and of fingers on the keyboard, with or without digits behind them."""

PLACEHOLDERS = TESTS | text.words(
    "abc abcd abcde abcdef abc123 address anon anonymous any anybody anyone bogus company demo "
    "domain dummy dunno email e-mail emailaddress example firstname firstname.lastname foo bar "
    "first.last john.doe johndoe jane.doe janedoe jdoe invalid lorem ipsum mail mailme me my "
    "myemail my.email myname n.a na nada name nein nil no nobody noone no-one no.one nomail non "
    "none none-given nonsense nope not notgiven not.given nothing notreal nouser nowhere null "
    "private random sample secret some somebody someone something sdf spam tbd temp undefined "
    "unknown user username whatever who xxx xyz yahoo you your youremail your.email your.name "
    "yourname yourmail abc.def keine keiner kein keinname niemand mustermann max.mustermann "
    "maxmustermann erika.mustermann muster musterfirma ohne unbekannt vorname.nachname aucun "
    "aucune inconnu personne rien exemple votrenom ninguno ninguna nadie nada desconocido correo "
    "ejemplo nombre tucorreo nenhum nenhuma ninguem exemplo desconhecido seunome seuemail nessuno "
    "nessuna esempio sconosciuto geen onbekend niemand voorbeeld brak nieznany przyklad ingen "
    "okand ukendt ukjent"
)
"""Mailbox names that are placeholders on a domain of the same name or of a large provider."""

NO_DOMAINS = text.words(
    "none.com no.no nomail.com noemail.com noemail.net no-email.com no-mail.com nowhere.com "
    "nobody.com nope.com null.com fake.com fakeemail.com asdf.com qwerty.com abc.xyz xxx.xxx "
    "aaa.aaa bbb.bbb blah.com blabla.com test.test test.com test.fr test.net notprovided.com "
    "noreply.noreply email.email mail.mail domain.com yourdomain.com mydomain.com yourcompany.com "
    "mycompany.com company.tld domain.tld example.tld youremail.com myemail.com keine.de "
    "nirgendwo.de musterfirma.de mustermann.de 123.123 noone.com invalid.com foo.bar none.none "
    "na.na no.email donotemail.com donthaveone.com whatever.com"
)
"""Domains that are written where there is no address, and that are nobody's mail provider."""
