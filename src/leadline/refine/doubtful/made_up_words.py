"""Words and names that people write where they give no name, in fifteen languages."""

from leadline.refine import text

TEST_WORDS = text.words(
    "test tests testing testen testeo testname testuser testperson testlead testtest testi "
    "testovaci prueba pruebas essai prova teszt тест тестовый проверка テスト 测试 測試 테스트 "
    "sdf dfg fgh ghj hjk jkl rty tyu uio "
    "asdf asdfg asdfgh asd qwe qwer qwert qwerty qwertz azerty zxc zxcv zxcvbn foo foobar xxx xyz "
    "dummy "
    "demo sample fake example beispiel muster ejemplo exemple exemplo esempio voorbeeld blah bla "
    "blabla lorem ipsum"
)
"""Words of tests: a name of nothing but these and `FILLERS` is none."""

ALONE = text.words(
    "test tests testing testen testname testuser testperson testlead testtest prueba pruebas teszt "
    "тест тестовый проверка テスト 测试 測試 테스트 "
    "sdf dfg fgh ghj hjk jkl "
    "asdf asdfg asdfgh asd qwe qwer qwert qwerty qwertz azerty zxc zxcv zxcvbn foobar xxx xyz "
    "blah blabla lorem"
)
"""Those that say so alone; Demo, Sample, Muster and Foo are family names."""

EASTERN_TESTS = ("テスト", "测试", "測試", "테스트")
"""Words of tests that are a part of no name in a script without blanks: "テスト太郎"."""

TITLES = text.words("mr mrs ms miss m mme herr frau sr sra dr dott prof")
"""Behind these a single word of a test may be a name (Monsieur Test)."""

FILLERS = text.words(
    "api automated automation beta bot check cypress integration live load new playwright qa real "
    "robot selenium smoke staging system unit webhook zapier "
    "call "
    "a an account bar client company contact customer data delete do doe email entry first form "
    "for from ignore internal is it kontakt kunde last lead leads lastname firstname me message mr "
    "mrs ms my name nachname names not nutzer benutzer one only person persona personne please qa "
    "record submission the this tester testing three to two user usuario utente utilisateur "
    "vorname herr frau m mme sr sra dr nome nombre nom dolor sit"
)
"""Words that name nobody beside one of `TEST_WORDS`: "Test User", "this is a test"."""

NOBODIES = text.words(
    # fields' own names
    "fname lname|fname|lname|fn ln|"
    "first name|last name|firstname|lastname|first last|firstname lastname|first name last name|"
    "full name|fullname|name|name name|your name|yourname|my name|name here|enter name|"
    "enter your name|name surname|name lastname|surname|user|username|user name|users name|"
    "contact|contact name|lead name|customer name|vorname|nachname|vorname nachname|vorname name|"
    "name vorname|ihr name|dein name|mein name|prénom|prenom|prénom nom|prenom nom|nom prénom|"
    "nom prenom|nom|votre nom|mon nom|nombre|nombre apellido|nombre apellidos|nombre y apellido|"
    "nombre y apellidos|tu nombre|su nombre|nome|nome sobrenome|nome completo|nome e sobrenome|"
    "seu nome|meu nome|nome apelido|nome cognome|nome e cognome|cognome nome|il tuo nome|"
    "voornaam|achternaam|voornaam achternaam|uw naam|je naam|naam|imię nazwisko|imię i nazwisko|"
    "imie nazwisko|imie i nazwisko|förnamn efternamn|fornamn efternamn|fornavn etternavn|"
    "fornavn efternavn|etunimi sukunimi|jméno příjmení|jmeno prijmeni|jméno a příjmení|ad soyad|"
    "adı soyadı|adınız soyadınız|имя|имя фамилия|фамилия имя|ваше имя|фио|名前|氏名|姓名|이름|"
    # nobody
    "nobody|noone|no one|no body|no name given|noname|no-name|nameless|anonymous|anon|anonym|"
    "anonyme|anonimo|anónimo|anônimo|anoniem|anonimowy|аноним|unknown unknown|someone|somebody|"
    "anyone|anybody|whoever|nope|no thanks|not telling|none of your business|private person|"
    "kein name|unbekannt|inconnu|desconocido|desconhecido|sconosciuto|onbekend|nieznany|nadie|"
    "ninguno|ninguém|ninguem|nenhum|nessuno|aucun|"
    "ignore|not real|not a real name|"
    "delete me|ignore me|please ignore|please delete|do not contact|do not call|do not use|"
    "hello|hello world|hi|hi there|guest user|admin|"
    "administrator|root|webmaster|customer|client|cliente|besucher|haha|hahaha|hehe|hehehe|lol|"
    "lalala|"
    # signs
    "xx xx|abc|abc abc|abc def|abc xyz|abc 123|abcd|abcde|abcdef|abcd efgh|foo bar|bar foo|"
    "foo baz|n a|tba|tbd|to be determined|"
    # people of examples and jokes
    "john doe|jane doe|jon doe|johnny doe|john q public|john public|joe public|joe bloggs|"
    "joe blow|max mustermann|maxi mustermann|erika mustermann|erika musterfrau|maxine musterfrau|"
    "martina musterfrau|hans mustermann|max musterfrau|mustermann|musterfrau|max muster|"
    "petra muster|herr mustermann|frau mustermann|otto normalverbraucher|lieschen müller|fulano|"
    "fulano de tal|fulana de tal|fulanito|perico de los palotes|fulano beltrano|fulano da silva|"
    "zé ninguém|tizio caio|tizio caio sempronio|pinco pallino|jan modaal|monsieur x|madame x|"
    "mister x|mr x|mr nobody|ola nordmann|kari nordmann|medel svensson|matti meikäläinen|"
    "maija meikäläinen|вася пупкин|василий пупкин|mickey mouse|micky maus|minnie mouse|"
    "donald duck|daisy duck|bugs bunny|homer simpson|bart simpson|santa claus|father christmas|"
    "spongebob squarepants|sponge bob|darth vader|batman|superman|spiderman|spider man|"
    "winnie the pooh|pippi langstrumpf|bilbo baggins|frodo baggins",
    "|",
)
"""Whole names that are nobody's. Common names of examples that people have (Jean Dupont, Mario
Rossi, Jan Kowalski, Иван Иванов) are not listed."""

LETTERS = frozenset(("x", "a", "x x", "a a", "x y", "a b", "a b c", "x y z", "x x x", "a a a"))
"""Single letters that are no initials; with a point or another letter they may be."""

COMPANIES = text.words(
    "test|test company|testcompany|test test|test inc|test ltd|test gmbh|testfirma|firma test|"
    "test firma|test corp|test account|company|my company|your company|company name|companyname|"
    "your company name|company inc|acme test|asdf|asdfasdf|asd|asdasd|qwe|qwerty|xxx|xyz company|"
    "abc company|foo|foobar|foo bar|musterfirma|muster gmbh|mustermann gmbh|firma|firmenname|"
    "mein unternehmen|unternehmen|entreprise|nom de l'entreprise|société|empresa|mi empresa|"
    "nombre de la empresa|minha empresa|nome da empresa|azienda|la mia azienda|nome azienda|"
    "bedrijf|bedrijfsnaam|nazwa firmy|prueba|dummy|dummy company|fake company|example company|"
    "sample company|lorem ipsum|blah|blabla|тест|компания",
    "|",
)
"""Whole names of companies that are none."""
