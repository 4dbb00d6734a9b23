"""Words of a name that are no first or last name: titles, suffixes, particles, placeholders."""

from leadline.refine import text

PLACEHOLDERS = text.words(
    "-|--|---|.|..|...|?|??|_|*|/|n/a|#n/a|n.a.|undefined|unknown|[unknown]|"
    "not provided|[not provided]|(not provided)",
    "|",
)
"""Texts that programs and people put into a required field. Null, Na, No and None are not listed,
because they are people's names; `refine.mends.nulls` tells what programs write for nothing."""

BEFORE_LAST = text.words(
    "mr mrs ms mx dr prof professor herr herrn frau hr mme mlle monsieur madame sr sra srta dra "
    "dhr mevr mw signor signora sig sig.ra sig.na dott dott.ssa prof.ssa familie fam family "
    "famille familia famiglia mister doctor "
    "господин госпожа г-н г-жа fru dña doña sayın señor señora señorita senhor senhora mevrouw "
    "meneer mijnheer herra rouva"
)
"""Titles that stand before the family name alone, too."""
HONORIFICS = BEFORE_LAST | text.words(
    "miss sir dame rev hon fr ing dipl.-ing mag "
    "capt sgt lt col reverend father "
    "pastor rabbi judge mayor senator congressman congresswoman representative attorney "
    "ddr univ.-prof priv.-doz dipl.-kfm dipl.-kffr dipl.-inform dipl.-phys dipl.-chem dipl.-math "
    "dipl.-päd dipl.-psych dipl.-volksw dipl.-betriebsw dipl.-wirt.-ing med phil rer iur jur habil "
    "avv geom arch rag lic arq profa eng drs ir inż mgr exmo exma ilmo ilma "
    "shri smt dato' dato’ dato datuk datin dent vet agr oec nat sc "
    "mudr mvdr judr phdr rndr paeddr mddr bc er adv av engr atty barr h.c "
    "dipl dipl.ing m.sc b.sc m.a b.a ppa i.a i.v kommr revd cllr cpt hj "
    "д-р инж доц проф"
)
_ONLY_WITH_DOT = text.words(
    "dent vet agr oec nat med phil arch eng rag geom rer iur jur lic bc er adv av ir sc dipl atty "
    "barr cpt hj m.a b.a i.a i.v"
)
"""Titles that are names, too, without the dot: "Dr. med. Anna Weber", but Phil Collins."""
_OF_COUNTRY = {
    **dict.fromkeys(("FR", "BE", "CH", "LU", "MC"), ("m.", "mm.", "me")),
    "ES": ("d.", "d.ª", "dª"),
    **dict.fromkeys(("AE", "BH", "KW", "OM", "QA", "SA"), ("sheikh", "sheikha")),
    **dict.fromkeys(("CZ", "SK"), ("pan", "paní", "pani")),
    **dict.fromkeys(("AT", "DE"), ("ra", "rain", "stb", "wp")),
    **dict.fromkeys(("BA", "HR", "ME", "RS", "SI"), ("g.", "ga", "gđa", "gdja", "gosp.", "gospa")),
    **dict.fromkeys(("GH", "NG"), ("chief", "alhaji", "alhaja", "hajiya", "hajia", "mallam")),
    **dict.fromkeys(("CY", "GR"), ("κ.", "κα", "κος", "κυρία", "κύριος", "δρ.")),
    "GB": ("lord", "lady", "baroness"),
    "ID": ("bapak", "bpk", "bpk.", "ibu", "pak", "tn.", "ny."),
    "IN": ("ca", "sri"),
    "MY": ("encik", "puan", "tuan", "tn.", "haji", "hajah"),
    "PL": ("pan", "pani"),
    "RO": ("dl", "dl.", "d-l", "dna", "dna.", "d-na"),
    "TH": ("khun",),
    "TR": ("bay", "bayan", "op.", "uzm.", "doç."),
    "UA": ("пан", "пані"),
}
"""Titles that are initials or names elsewhere."""
_FAMILIES = text.words("familie fam family famille familia famiglia")
SUFFIXES = text.words(
    "jr sr ii iii iv v phd md mba cpa dds dvm esq rn jd bsc msc cfa pmp llm facs mph edd "
    "bsn lncc aia csi aia-csi mdsc dmd faia fache faan asid leed pe-c bsme msn aprn fnp lcsw lpc "
    "ceo cto cfo coo cmo cio attorney atty architect esquire ret cpcu clu chfc cfp shrm-cp phr "
    "sphr realtor csc drsc dis artd thd"
)
_BEHIND_IN = {
    "IN": ("ji",),
    "JP": ("san", "sama"),
    "TR": ("hanım", "hanim", "bey", "beyefendi", "hanımefendi"),
}
"""Titles behind the name, which are names elsewhere: "Mehmet Bey"."""
_JOBS = text.words(
    "ceo cto cfo coo cmo manager director engineer owner founder president head chief officer lead "
    "consultant developer sales marketing partner assistant secretary analyst leiter leiterin chef "
    "geschäftsführer geschäftsführerin inhaber inhaberin direktor direktorin prokurist vertrieb "
    "gérant directeur directrice responsable gerente directora jefe jefa diretor diretora "
    "direttore titolare директор менеджер"
)
_DEPARTMENTS = text.words(
    "einkauf verkauf buchhaltung personalabteilung sekretariat empfang zentrale geschäftsleitung "
    "geschäftsführung disposition verwaltung rechnungswesen technik kundenservice kundendienst "
    "purchasing procurement accounting accounts payable finance reception logistics warehouse "
    "achats comptabilité ventes accueil secrétariat direction logistique "
    "compras ventas contabilidad recepción administración logística "
    "vendas contabilidade administração financeiro "
    "acquisti vendite amministrazione contabilità segreteria "
    "inkoop verkoop administratie boekhouding receptie "
    "zakupy sprzedaż księgowość sekretariat nákup prodej účtárna "
    "indkøb salg innkjøp inköp försäljning ekonomi myynti osto "
    "department dept team office abteilung departamento "
    "закупки бухгалтерия продажи"
)
"""Words for a part of a company that are nobody's given or family name."""
_JOB_ENDINGS = ("leiter", "leiterin", "managerin", "berater", "beraterin")
_RANKS = text.words("ceo cto cfo cmo svp evp CEO CTO CFO COO CMO CIO VP SVP EVP HR GF Ceo Cto Cfo")
"""Jobs that stand before a name."""
_BORN = text.words("geb geborene née nee né born roz")
_DEGREES = text.words("ma ba ms bs do pe")
"""Degrees that are also names; they are taken for degrees only after a comma."""


_DOTTED_DEGREES = ("b.a", "m.a", "b.s", "m.s")
"""Degrees that are family names without dots."""
_TWO_WORDS = {("tan", "sri"), ("de", "heer"), ("the", "hon"), ("the", "revd"), ("the", "rev")}
"""Titles of two words."""


def is_honorific(word: str) -> bool:
    """Whether it is a title such as Mr or Dr."""
    bare = word.rstrip(".").lower()
    return bare in HONORIFICS and (bare not in _ONLY_WITH_DOT or word[-1] == ".")


def is_honorific_in(word: str, region: str) -> bool:
    """Whether it is a title in a country (ISO code, "" if unknown): "M." is Monsieur in France."""
    return is_honorific(word) or word.lower() in _OF_COUNTRY.get(region, ())


def is_title_of_two(word: str, after: str) -> bool:
    """Whether two words are a title together: "Tan Sri", "de heer", "The Hon."."""
    return (word.lower(), after.lower().rstrip(".")) in _TWO_WORDS


def is_before_last(word: str, region: str = "") -> bool:
    """Whether a title may stand before a family name alone: "Herr Weber", not "Miss Jenny"."""
    return word.rstrip(".").lower() in BEFORE_LAST or word.lower() in _OF_COUNTRY.get(region, ())


def is_family(word: str) -> bool:
    """Whether it says that a whole family is meant: "Familie Weber"."""
    return word.rstrip(".").lower() in _FAMILIES


def is_suffix(words: str) -> bool:
    """Whether it is one or more suffixes such as Jr or PhD."""
    plain = words.replace(".", "").replace(",", "").lower()
    return plain in SUFFIXES or (" " in plain and SUFFIXES.issuperset(plain.split()))


def is_degree(word: str) -> bool:
    """Whether it may be a degree after a comma."""
    return word.replace(".", "").lower() in _DEGREES


def is_job(words: str) -> bool:
    """Whether it names a job: "Marketing Manager"."""
    lowered = words.lower().split()
    return not _JOBS.isdisjoint(lowered) or any(map(_ends_like_job, lowered))


def is_department(words: str) -> bool:
    """Whether it names a part of a company: "Einkauf", "Accounts Payable"."""
    return not _DEPARTMENTS.isdisjoint(words.lower().replace(".", "").split())


def is_place_at_work(words: str) -> bool:
    """Whether it names a job or a part of a company."""
    return is_job(words) or is_department(words)


def _ends_like_job(word: str) -> bool:
    return word.endswith(_JOB_ENDINGS)


def is_rank(word: str) -> bool:
    """Whether it is an abbreviation of a job that may stand before a name: "CEO Anna Weber"."""
    return word in _RANKS


def is_born(word: str) -> bool:
    """Whether the family name before marriage stands behind it: "geb. Schmidt"."""
    return word.rstrip(".").lower() in _BORN


def is_at_law(words: str) -> bool:
    """Whether it is "Attorney at Law"."""
    return words.lower().removesuffix(".") in ("attorney at law", "atty at law", "attorneys at law")


def without_suffix(words: list[str], region: str = "") -> list[str]:
    """The words without the suffixes at the end, and titles that stand there in the lead's country
    (ISO code, "" if unknown); at least one word is kept. "VI" is a numeral behind two other names;
    it is a family name, too."""
    titles = _BEHIND_IN.get(region, ())
    kept = len(words)
    while kept > 1:
        last = words[kept - 1]
        if is_suffix(last) or last.lower() in titles or (kept > 2 and _is_late_suffix(last)):
            kept -= 1
        elif kept > 3 and last.lower() == "law" and words[kept - 2].lower() == "at":
            kept -= 2
        else:
            break
    return words[:kept]


def _is_late_suffix(word: str) -> bool:
    """Whether it is a suffix behind two other words: "VI", "B.A.", or "Dr." in "Nagy István
    Dr."."""
    plain = word.strip(".,").lower()
    return plain in ("vi", *_DOTTED_DEGREES) or (word[-1] == "." and is_before_last(word))
