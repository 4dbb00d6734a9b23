"""Labels of fields as form builders and people write them, by what they ask for.

"-" marks labels that ask for nothing of the lead: another person's data, consent, things.
"""

import re

_FIELD = re.compile(r"([a-z_]+|-): ")

LABELS = {
    # Contact Form 7, Elementor, Gravity Forms, WPForms, Ninja Forms, Typeform, Wix, Squarespace,
    # Webflow, Unbounce, Meta, Google, LinkedIn, Jotform, Zapier
    "en": """
        name: Full name (required) | What is your name? | No Label name | your-name | Name * |
            What's your full name? | 1. Name | Your Full Name | Contact Name: | Billing Name |
            First and last name | Name (First and Last) | fullName__c | wpforms[name] |
            May we have your name? | Please enter your name | Who should we ask for? (your name)
        first_name: First Name* | First name (optional) | input_first_name | billing_first_name |
            What's your first name? | Contact First Name | Given Name(s) | FirstName__c |
            What should we call you? (first name)
        last_name: Last Name (required) | Family name | billing_last_name | Contact Last Name |
            What's your last name? | Surname / Family name | 2) Last name | LastName__c
        email: Email (work) | What is your email? | Business Email* | No Label email |
            E-mail address: | billing_email | Your best email address | What's your work email? |
            Confirm Email | Contact Email | Email__c | Company email | EMAIL ADDRESS (REQUIRED) |
            Enter your email address | Where can we e-mail you? | user_email | Email ID
        phone: Mobile Phone Number (optional) | What is your phone number? | billing_phone |
            PhoneNumber__c | Best phone number to reach you | Contact Number | Mobile No. |
            Cell # | Daytime telephone | WhatsApp number | Phone (with area code) | Direct phone |
            What's the best number to reach you? | MobilePhone | Phone/Mobile | Tel. | Mob |
            Telephone no | contact phone number
        company: Company Name (optional) | What company do you work for? | billing_company |
            Organization / Company | Name of your company | Company/Organisation | Employer name |
            Where do you work? | What is the name of your organization? | Business Name |
            Company__c
        title: Job Title (optional) | What is your role? | Your position | Job role |
            What's your job title? | Role in company | Position/Title
        country: Country/Region | Country of residence | What country are you in? |
            billing_country | Which country do you live in?
        website: Company website (optional) | Website URL | What is your website? | Web address |
            Your website's URL
        message: Your message (optional) | How can we help you? | Message / Comments |
            Additional information | Tell us about your project | What can we help you with? |
            Any questions or comments? | Enquiry details
        -: Company city | User name | File name | Form name | Product name | Event name | State |
            Email opt-in | Phone consent | Do you want us to call you? | Status |
            How did you hear about us? | Second contact's e-mail | Emergency contact phone |
            Referred by | Friend's name | Manager's e-mail | Friend's email | Page title |
            Username | Number of employees | Company size | Spouse name | Budget |
            Preferred contact method | May we email you? | Pet's name | Number of phones |
            Parent's phone | Course title | Subscribe to our email newsletter | Street address |
            Best time to call | I agree to be contacted by phone | Job description | School name |
            Project name | Assistant phone | Invoice email recipient's name | Email subject |
            Email type | Phone type
    """,
    "de": """
        name: Ihr Name | Vor- und Nachname | Vollständiger Name | Wie heißen Sie? |
            Ansprechpartner | Wie lautet Ihr Name? | Name, Vorname | Vorname und Nachname * |
            Name (Pflichtfeld)
        first_name: Ihr Vorname | Vorname* | Wie ist Ihr Vorname? | Vorname (optional)
        last_name: Nachname (Pflichtfeld) | Ihr Nachname | Familienname | Zuname
        email: E-Mail-Adresse* | Ihre E-Mail | Wie lautet Ihre E-Mail-Adresse? | Mailadresse |
            Geschäftliche E-Mail | Email (wird nicht veröffentlicht) |
            Ihre geschäftliche E-Mail-Adresse
        phone: Telefonnummer (optional) | Ihre Telefonnummer | Handynummer | Mobilnummer |
            Rufnummer | Telefon (für Rückfragen) | Telefon / Mobil |
            Unter welcher Telefonnummer erreichen wir Sie?
        company: Firmenname | Name der Firma | Unternehmen (optional) | Ihr Unternehmen |
            Firma/Organisation | Name des Unternehmens | In welchem Unternehmen arbeiten Sie?
        title: Position im Unternehmen | Ihre Funktion | Berufsbezeichnung | Stellenbezeichnung
        country: Land* | Land / Region
        website: Internetseite | Ihre Website | Homepage (optional) | Webadresse
        message: Ihre Nachricht | Ihre Nachricht an uns | Nachricht (optional) | Ihr Anliegen |
            Wie können wir helfen? | Bemerkungen | Anmerkungen
        -: Name des Haustiers | Benutzername | Produktname | Geburtsname | Straße | Postleitzahl |
            Bundesland | E-Mail des Vorgesetzten | Telefon Notfallkontakt |
            Wie haben Sie von uns gehört? | Anrede | Titel der Seite
    """,
    "fr": """
        name: Nom complet | Votre nom complet | Nom et prénom | Prénom et nom * |
            Quel est votre nom ?
        first_name: Votre prénom | Prénom (obligatoire) | Quel est votre prénom ?
        last_name: Nom de famille | Votre nom de famille
        email: Adresse e-mail | Votre adresse électronique | Courriel |
            Quelle est votre adresse e-mail ? | E-mail professionnel | Adresse mail |
            Adresse courriel (obligatoire)
        phone: Numéro de téléphone | Téléphone portable | Votre téléphone | N° de téléphone |
            Tél. | Quel est votre numéro de téléphone ? | Numéro de portable
        company: Nom de l'entreprise | Votre société | Raison sociale | Société (facultatif) |
            Nom de la société | Organisme / Entreprise
        title: Fonction | Votre poste | Intitulé du poste | Poste occupé
        country: Pays* | Pays de résidence
        website: Site web | Site internet (facultatif) | Votre site web
        message: Votre message | Votre demande | Comment pouvons-nous vous aider ? | Commentaires
        -: Nom d'utilisateur | Nom du produit | Nom de l'événement | Téléphone d'urgence | Ville |
            Code postal | E-mail du responsable | Nom du parrain
    """,
    "es": """
        name: Nombre y apellidos | Nombre completo * | Tu nombre completo | ¿Cómo te llamas?
        last_name: Apellidos | Tus apellidos | Primer apellido
        email: Correo electrónico | Tu email | ¿Cuál es tu correo electrónico? |
            Dirección de correo electrónico | E-mail (obligatorio) | Correo corporativo
        phone: Teléfono móvil | Número de teléfono | Tu teléfono | Celular |
            Teléfono de contacto | ¿Cuál es tu número de teléfono? | Móvil
        company: Nombre de la empresa | Tu empresa | Empresa (opcional) |
            ¿En qué empresa trabajas?
        title: Cargo | Puesto de trabajo | Tu cargo en la empresa
        country: País* | País de residencia
        website: Sitio web | Página web
        message: Mensaje (opcional) | Tu mensaje | ¿En qué podemos ayudarte? | Comentarios
        -: Nombre de usuario | Nombre del producto | Teléfono de emergencia | Ciudad |
            Código postal | Correo del jefe
    """,
    "pt": """
        name: Nome completo | Seu nome completo | Qual é o seu nome completo? | Nome e sobrenome
        last_name: Sobrenome | Seu sobrenome | Apelido
        email: Seu e-mail | Endereço de e-mail | Qual o seu melhor e-mail? | E-mail corporativo
        phone: Telefone com DDD | Celular / WhatsApp | Número de telefone | Telemóvel |
            Seu telefone
        company: Nome da empresa | Sua empresa | Razão social
        title: Cargo na empresa | Seu cargo
        country: País de origem
        message: Sua mensagem | Como podemos ajudar? | Mensagem (opcional)
        -: Nome de usuário | Nome do produto | Cidade | CEP
    """,
    "it": """
        name: Nome e cognome | Nome completo* | Il tuo nome e cognome | Il tuo nome
        last_name: Cognome (obbligatorio) | Il tuo cognome
        email: Indirizzo e-mail | La tua email | Email aziendale | Posta elettronica
        phone: Numero di telefono | Cellulare | Il tuo numero di telefono | Telefono (facoltativo)
        company: Nome azienda | Ragione sociale | La tua azienda
        title: Ruolo in azienda | Qualifica
        country: Paese
        message: Il tuo messaggio | Messaggio (facoltativo) | Come possiamo aiutarti?
        -: Nome utente | Nome del prodotto | Città | CAP
    """,
    "nl": """
        name: Volledige naam | Uw naam | Voor- en achternaam | Wat is je naam?
        first_name: Uw voornaam | Voornaam (verplicht)
        last_name: Achternaam* | Uw achternaam
        email: E-mailadres | Uw e-mailadres | Zakelijk e-mailadres | Wat is je e-mailadres?
        phone: Telefoonnummer (optioneel) | Mobiel nummer | Uw telefoonnummer
        company: Bedrijfsnaam | Naam bedrijf | Naam van uw organisatie
        title: Functietitel | Uw functie
        message: Uw bericht | Bericht (optioneel) | Hoe kunnen we je helpen? | Opmerkingen
        -: Gebruikersnaam | Productnaam | Woonplaats | Postcode
    """,
    "pl": """
        name: Imię i nazwisko | Imię i nazwisko* | Twoje imię i nazwisko
        first_name: Imię | Twoje imię
        last_name: Nazwisko | Twoje nazwisko
        email: Adres e-mail | Twój adres e-mail | E-mail służbowy
        phone: Numer telefonu | Telefon komórkowy | Twój numer telefonu
        company: Nazwa firmy | Firma (opcjonalnie)
        title: Stanowisko
        country: Kraj
        message: Wiadomość | Treść wiadomości | W czym możemy pomóc?
        -: Nazwa użytkownika | Nazwa produktu | Miasto | Kod pocztowy
    """,
    "sv": """
        name: För- och efternamn | Fullständigt namn | Ditt namn
        first_name: Förnamn
        last_name: Efternamn*
        email: E-postadress | Din e-post | E-post (obligatoriskt)
        phone: Telefonnummer | Mobilnummer | Mobiltelefon
        company: Företag | Företagsnamn
        title: Befattning
        message: Meddelande | Ditt meddelande
        -: Användarnamn | Postnummer
    """,
    "no": """
        name: Fullt navn | Ditt navn | Fornavn og etternavn
        first_name: Fornavn
        last_name: Etternavn (obligatorisk)
        email: E-postadresse | Din e-post
        phone: Telefonnummer | Mobilnummer
        company: Bedrift | Firmanavn
        title: Stilling
        message: Melding | Din melding
        -: Brukernavn | Poststed
    """,
    "da": """
        name: Fulde navn | Dit navn | Fornavn og efternavn
        first_name: Fornavn*
        last_name: Efternavn
        email: E-mailadresse | Din e-mail
        phone: Telefonnummer (valgfrit) | Mobilnummer
        company: Virksomhed | Virksomhedens navn | Firmanavn
        title: Stillingsbetegnelse
        message: Besked | Din besked
        -: Brugernavn | Postnummer
    """,
    "ru": """
        name: Ваше имя и фамилия | ФИО | Имя и фамилия * | Полное имя | Ваше имя | Имя*
        last_name: Фамилия | Ваша фамилия
        email: Электронная почта | Адрес электронной почты | Ваш e-mail | Эл. почта
        phone: Номер телефона | Ваш телефон | Мобильный телефон | Контактный телефон
        company: Компания | Название компании | Название организации
        title: Должность
        country: Страна
        website: Сайт
        message: Сообщение | Ваше сообщение | Комментарий
        -: Имя пользователя | Город
    """,
    "ja": """
        name: お名前 | 氏名 | お名前（必須） | 担当者名
        first_name: 名
        last_name: 姓
        email: メールアドレス | メールアドレス（必須） | Eメール
        phone: 電話番号 | お電話番号 | 携帯電話番号（任意）
        company: 会社名 | 御社名 | 貴社名（必須）
        title: 役職 | お役職
        country: 国
        message: お問い合わせ内容 | メッセージ | ご質問
        -: ユーザー名 | 商品名 | 郵便番号
    """,
    "zh": """
        name: 姓名 | 您的姓名 | 联系人姓名 | 全名 | 名字
        last_name: 姓氏
        email: 电子邮件 | 邮箱 | 您的邮箱 | 电子邮箱地址 | 電子郵件
        phone: 电话 | 手机号码 | 联系电话 | 手机 | 您的电话 | 電話號碼
        company: 公司 | 公司名称 | 您的公司
        title: 职位 | 职务
        country: 国家 | 国家/地区
        message: 留言 | 您的留言 | 备注
        -: 用户名 | 产品名称 | 城市
    """,
    "cs": """
        name: Jméno a příjmení | Celé jméno * | Vaše jméno | Meno a priezvisko | Kontaktní osoba
        last_name: Příjmení | Vaše příjmení | Priezvisko
        email: E-mailová adresa | Váš e-mail (povinné) | Emailová adresa
        phone: Telefonní číslo | Telefónne číslo | Mobilní telefon
        company: Název firmy | Společnost | Názov firmy
        title: Pracovní pozice | Pozice
        country: Země | Krajina
        website: Webové stránky
        message: Zpráva | Vaše zpráva | Poznámka | Správa
        -: Název produktu | Město | Uživatelské jméno
    """,
    "fi": """
        name: Nimi | Koko nimi | Nimesi * | Yhteyshenkilö
        first_name: Etunimi
        last_name: Sukunimi
        email: Sähköposti | Sähköpostiosoite | Sähköpostisi (pakollinen)
        phone: Puhelin | Puhelinnumero | Matkapuhelin
        company: Yritys | Yrityksen nimi
        title: Tehtävänimike
        country: Maa
        message: Viesti | Viestisi | Lisätiedot
        -: Tuotteen nimi | Kaupunki
    """,
    "tr": """
        name: Ad Soyad | Adınız Soyadınız | İsim | Ad ve soyad *
        last_name: Soyad | Soyadınız
        email: E-posta | E-posta adresiniz | E-posta adresi (zorunlu) | Mail adresi
        phone: Telefon numarası | Telefonunuz | Cep telefonu
        company: Şirket | Şirket adı | Firma adı
        title: Ünvan | Göreviniz
        country: Ülke
        website: Web sitesi
        message: Mesaj | Mesajınız
        -: Ürün adı | Şehir | Ad name
    """,
    "ko": """
        name: 이름 | 성함 | 성명 | 담당자명
        email: 이메일 | 이메일 주소 (필수)
        phone: 전화번호 | 연락처 | 휴대폰 번호
        company: 회사명 | 회사
        title: 직책 | 직급
        country: 국가
        message: 문의 내용 | 문의사항 | 메시지
        -: 추천인 이름 | 제품명
    """,
    "el": """
        name: Όνομα | Ονοματεπώνυμο * | Το όνομά σας
        last_name: Επώνυμο | Επίθετο
        email: Διεύθυνση e-mail | Ηλεκτρονικό ταχυδρομείο
        phone: Τηλέφωνο | Τηλέφωνο επικοινωνίας | Κινητό τηλέφωνο
        company: Εταιρεία | Επιχείρηση
        country: Χώρα
        message: Μήνυμα | Το μήνυμά σας
        -: Πόλη | Όνομα συζύγου
    """,
    "ar": """
        name: الاسم | الاسم الكامل
        first_name: الاسم الأول
        last_name: اسم العائلة
        email: البريد الإلكتروني | الإيميل
        phone: رقم الهاتف | رقم الجوال | الجوال
        company: الشركة | اسم الشركة
        title: المسمى الوظيفي
        country: الدولة
        message: الرسالة
        -: المدينة
    """,
    "he": """
        name: שם | שם מלא
        first_name: שם פרטי
        last_name: שם משפחה
        email: אימייל | דואר אלקטרוני
        phone: טלפון | מספר טלפון | טלפון נייד
        company: שם החברה
        title: תפקיד
        message: הודעה
        -: עיר
    """,
    "vi": """
        name: Họ và tên | Họ tên * | Tên của bạn
        email: Địa chỉ email | Email của bạn
        phone: Số điện thoại | Điện thoại
        company: Công ty | Tên công ty
        title: Chức vụ
        country: Quốc gia
        message: Nội dung | Lời nhắn
        -: Thành phố | Tên sản phẩm
    """,
    "id": """
        name: Nama | Nama lengkap | Nama Anda (wajib diisi)
        first_name: Nama depan
        last_name: Nama belakang
        email: Alamat email | Email Anda
        phone: Nomor telepon | No. HP | Nomor WhatsApp
        company: Perusahaan | Nama perusahaan
        title: Jabatan
        country: Negara
        message: Pesan
        -: Nama pengguna | Nama produk | Kota
    """,
    "hu": """
        name: Név | Teljes név | Kapcsolattartó neve
        first_name: Keresztnév
        last_name: Vezetéknév
        email: E-mail cím | E-mail címe
        phone: Telefonszám | Mobiltelefonszám
        company: Cégnév | Cég
        title: Beosztás
        country: Ország
        website: Weboldal
        message: Üzenet
        -: Termék neve | Város
    """,
    "ro": """
        name: Nume și prenume | Nume complet | Nume *
        first_name: Prenume
        last_name: Nume de familie
        email: Adresa de email
        phone: Număr de telefon | Telefon mobil
        company: Companie | Numele companiei
        title: Funcție
        country: Țară
        message: Mesajul dvs. | Mesaj
        -: Nume utilizator | Oraș
    """,
    "uk": """
        name: Ваше ім'я | Ім’я | ПІБ | Ім'я та прізвище
        last_name: Прізвище
        email: Електронна пошта | Електронна адреса
        phone: Номер телефону | Контактний телефон | Мобільний телефон
        company: Компанія | Назва компанії
        title: Посада
        country: Країна
        message: Повідомлення | Коментар
        -: Місто
    """,
    "two": """
        first_name: Vorname / First name | Prénom / First name | Vorname (First name)
        last_name: Nachname / Last name | Nom de famille / Last name
        email: E-Mail / Email | Correo electrónico / Email | 邮箱 / Email
        phone: Telefon / Phone | Téléphone | Phone number / Telefonnummer
        company: Firma / Company | 公司 Company
        -: Name / Company | Email / Phone
    """,
    "various": """
        name: Applicant Name | Your full name (as it appears on your passport) |
            Name of contact person | Contact Person | Client name | Full legal name |
            Name/Surname | Nombre y Apellido | Nom, prénom | Vollständiger Name * | Dein Name |
            Nome e Cognome * | Naam | Imię i Nazwisko (wymagane) | Navn | Namn | Имя |
            お名前 (Name) | 姓名* | Nome | Nombre | Nom | Ihr vollständiger Name | Lead Name |
            Customer Full Name | Name (First & Last) | First & Last Name | attendee name |
            Primary contact name | Nombre(s)
        first_name: First | FIRST NAME: | Firstname | fName | contact[first_name] | Prénom : |
            Voornaam | Vorname: | Given name | Your First Name* | Primer nombre
        last_name: Last | Surname* | Apellido(s) | Nom de famille * | Achternaam | Sobrenome* |
            Nachname / Surname | Family Name * | LAST NAME | Cognome*
        email: E-mail Address * | Primary Email | Email Address (Required) | work_email_address |
            Your Email (never shared) | eMail | Ihre E-Mail-Adresse (Pflichtfeld) |
            Correo electrónico * | Correo | Mail | Adres email | E-mail * |
            Adresse e-mail professionnelle | Contact e-mail |
            What email address can we use to contact you? | Почта | Preferred email |
            Business e-mail address | Personal email | Email (business only please) |
            E-mailadres * | Email 1 | 企业邮箱 | ご連絡先メールアドレス
        phone: Phone # | Phone Number (10 digits) | Primary phone | Telephone Number |
            Cell phone number | Mobile number (with country code) | Work Phone | Home phone |
            Telefon* | Telefonnummer für Rückfragen | Téléphone * | Tel | Teléfono / WhatsApp |
            Numero di cellulare | Telefoon | Nr telefonu | Телефон * | 電話番号（半角数字） |
            Phone Number (we will text you) | Número de celular | Whatsapp | Handy | Mobile |
            Business phone number | Preferred phone number | Phone (work) | Telefon (tagsüber) |
            HomePhone | Best contact number
        company: Company / Organization | Organization name | Company Name: |
            What's the name of your company? | Current company | Firma (optional) | Entreprise |
            Société | Empresa | Azienda | Bedrijf | Nazwa firmy | Företag | Компания | 会社名* |
            公司名称* | Your organisation | Company you work for |
            Which company do you work for? | Employer | Business name | Legal business name |
            Firmenname (falls vorhanden) | Account Name
        title: Job title | Title / Position | Current role | What is your job title? | Position |
            Poste | Cargo | Ruolo | Functie | Stanowisko | 职位* | Job Function | Your title |
            Puesto
        country: Country * | Which country are you based in? | Country of residence | Pays |
            Land | País | 国家/地区 | Country / Region | What country do you live in? |
            Home country
        website: Website | Company Website URL | Your website address | Web site | Webseite |
            URL of your website | Site web de l'entreprise | Página web de la empresa |
            Website (if any)
        message: Message * | Comments or questions | Your comments | Comments / Questions |
            Leave us a message | What would you like to discuss? | How can we help? |
            Nachricht * | Ihre Nachricht (optional) | Votre message * | Mensaje * | Mensagem |
            Messaggio | Bericht | Wiadomość | Meddelande | Сообщение | お問い合わせ内容* |
            留言内容 | Questions | Additional comments | Notes
        -: Company type | Job type | Contact time | Preferred contact | Message type |
            Company address | Name of business partner | Insurance company | Current provider |
            Name of your current provider | Maiden name | Middle name | Name of child |
            Child's first name | Nickname | Lead type | Lead status | Email preference |
            Phone model | Brand name | Hotel name | Emergency contact name | Spouse's first name |
            Referral name | Referrer email | Second applicant's email | Contact 2 name |
            Guest 2 first name | Position in queue | Name des Kindes | Nom de l'enfant |
            Nombre del padre | Supervisor email | Team name | List name | Ad name | Form title |
            Book title | Website visits | Annual revenue | Industry | Newsletter |
            Terms and conditions | Preferred language | Name on card | Cardholder name |
            Nome do pai | Geburtsdatum | Anzahl der Mitarbeiter | Name Ihres Beraters |
            Sales rep name | Company phone extension | Display URL | Referring website |
            Date of message
    """,
}


def cases() -> list[tuple[str, str, str]]:
    """Each label with its language and the field that it asks for ("-": none)."""
    found = []
    for language, table in LABELS.items():
        field = ""
        for line in table.strip().splitlines():
            start = _FIELD.match(line.strip())
            field = start[1] if start else field
            rest = line.strip()[start.end() if start else 0 :]
            labels = (label.strip(" ") for label in rest.removesuffix(" |").split(" | "))
            found += [(language, field, label) for label in labels if label]
    return found
