"""ISO 3166-1: code, three-letter code and English short name, and other names in use."""

_TABLE = """
AD AND Andorra|AE ARE United Arab Emirates|AF AFG Afghanistan|AG ATG Antigua and Barbuda
AI AIA Anguilla|AL ALB Albania|AM ARM Armenia|AO AGO Angola|AQ ATA Antarctica|AR ARG Argentina
AS ASM American Samoa|AT AUT Austria|AU AUS Australia|AW ABW Aruba|AX ALA Åland Islands
AZ AZE Azerbaijan|BA BIH Bosnia and Herzegovina|BB BRB Barbados|BD BGD Bangladesh|BE BEL Belgium
BF BFA Burkina Faso|BG BGR Bulgaria|BH BHR Bahrain|BI BDI Burundi|BJ BEN Benin
BL BLM Saint Barthélemy|BM BMU Bermuda|BN BRN Brunei Darussalam|BO BOL Bolivia
BQ BES Bonaire, Sint Eustatius and Saba|BR BRA Brazil|BS BHS Bahamas|BT BTN Bhutan
BV BVT Bouvet Island|BW BWA Botswana|BY BLR Belarus|BZ BLZ Belize|CA CAN Canada
CC CCK Cocos (Keeling) Islands|CD COD Democratic Republic of the Congo
CF CAF Central African Republic|CG COG Congo|CH CHE Switzerland|CI CIV Côte d'Ivoire
CK COK Cook Islands|CL CHL Chile|CM CMR Cameroon|CN CHN China|CO COL Colombia|CR CRI Costa Rica
CU CUB Cuba|CV CPV Cabo Verde|CW CUW Curaçao|CX CXR Christmas Island|CY CYP Cyprus|CZ CZE Czechia
DE DEU Germany|DJ DJI Djibouti|DK DNK Denmark|DM DMA Dominica|DO DOM Dominican Republic
DZ DZA Algeria|EC ECU Ecuador|EE EST Estonia|EG EGY Egypt|EH ESH Western Sahara|ER ERI Eritrea
ES ESP Spain|ET ETH Ethiopia|FI FIN Finland|FJ FJI Fiji|FK FLK Falkland Islands
FM FSM Micronesia|FO FRO Faroe Islands|FR FRA France|GA GAB Gabon|GB GBR United Kingdom
GD GRD Grenada|GE GEO Georgia|GF GUF French Guiana|GG GGY Guernsey|GH GHA Ghana|GI GIB Gibraltar
GL GRL Greenland|GM GMB Gambia|GN GIN Guinea|GP GLP Guadeloupe|GQ GNQ Equatorial Guinea
GR GRC Greece|GS SGS South Georgia and the South Sandwich Islands|GT GTM Guatemala|GU GUM Guam
GW GNB Guinea-Bissau|GY GUY Guyana|HK HKG Hong Kong|HM HMD Heard Island and McDonald Islands
HN HND Honduras|HR HRV Croatia|HT HTI Haiti|HU HUN Hungary|ID IDN Indonesia|IE IRL Ireland
IL ISR Israel|IM IMN Isle of Man|IN IND India|IO IOT British Indian Ocean Territory|IQ IRQ Iraq
IR IRN Iran|IS ISL Iceland|IT ITA Italy|JE JEY Jersey|JM JAM Jamaica|JO JOR Jordan|JP JPN Japan
KE KEN Kenya|KG KGZ Kyrgyzstan|KH KHM Cambodia|KI KIR Kiribati|KM COM Comoros
KN KNA Saint Kitts and Nevis|KP PRK North Korea|KR KOR South Korea|KW KWT Kuwait
KY CYM Cayman Islands|KZ KAZ Kazakhstan|LA LAO Laos|LB LBN Lebanon|LC LCA Saint Lucia
LI LIE Liechtenstein|LK LKA Sri Lanka|LR LBR Liberia|LS LSO Lesotho|LT LTU Lithuania
LU LUX Luxembourg|LV LVA Latvia|LY LBY Libya|MA MAR Morocco|MC MCO Monaco|MD MDA Moldova
ME MNE Montenegro|MF MAF Saint Martin|MG MDG Madagascar|MH MHL Marshall Islands
MK MKD North Macedonia|ML MLI Mali|MM MMR Myanmar|MN MNG Mongolia|MO MAC Macao
MP MNP Northern Mariana Islands|MQ MTQ Martinique|MR MRT Mauritania|MS MSR Montserrat|MT MLT Malta
MU MUS Mauritius|MV MDV Maldives|MW MWI Malawi|MX MEX Mexico|MY MYS Malaysia|MZ MOZ Mozambique
NA NAM Namibia|NC NCL New Caledonia|NE NER Niger|NF NFK Norfolk Island|NG NGA Nigeria
NI NIC Nicaragua|NL NLD Netherlands|NO NOR Norway|NP NPL Nepal|NR NRU Nauru|NU NIU Niue
NZ NZL New Zealand|OM OMN Oman|PA PAN Panama|PE PER Peru|PF PYF French Polynesia
PG PNG Papua New Guinea|PH PHL Philippines|PK PAK Pakistan|PL POL Poland
PM SPM Saint Pierre and Miquelon|PN PCN Pitcairn|PR PRI Puerto Rico|PS PSE Palestine
PT PRT Portugal|PW PLW Palau|PY PRY Paraguay|QA QAT Qatar|RE REU Réunion|RO ROU Romania
RS SRB Serbia|RU RUS Russian Federation|RW RWA Rwanda|SA SAU Saudi Arabia|SB SLB Solomon Islands
SC SYC Seychelles|SD SDN Sudan|SE SWE Sweden|SG SGP Singapore|SH SHN Saint Helena|SI SVN Slovenia
SJ SJM Svalbard and Jan Mayen|SK SVK Slovakia|SL SLE Sierra Leone|SM SMR San Marino
SN SEN Senegal|SO SOM Somalia|SR SUR Suriname|SS SSD South Sudan|ST STP Sao Tome and Principe
SV SLV El Salvador|SX SXM Sint Maarten|SY SYR Syria|SZ SWZ Eswatini
TC TCA Turks and Caicos Islands|TD TCD Chad|TF ATF French Southern Territories|TG TGO Togo
TH THA Thailand|TJ TJK Tajikistan|TK TKL Tokelau|TL TLS Timor-Leste|TM TKM Turkmenistan
TN TUN Tunisia|TO TON Tonga|TR TUR Türkiye|TT TTO Trinidad and Tobago|TV TUV Tuvalu|TW TWN Taiwan
TZ TZA Tanzania|UA UKR Ukraine|UG UGA Uganda|UM UMI United States Minor Outlying Islands
US USA United States|UY URY Uruguay|UZ UZB Uzbekistan|VA VAT Holy See
VC VCT Saint Vincent and the Grenadines|VE VEN Venezuela|VG VGB British Virgin Islands
VI VIR US Virgin Islands|VN VNM Viet Nam|VU VUT Vanuatu|WF WLF Wallis and Futuna|WS WSM Samoa
YE YEM Yemen|YT MYT Mayotte|ZA ZAF South Africa|ZM ZMB Zambia|ZW ZWE Zimbabwe
XK XKX Kosovo|AC ASC Ascension Island|TA TAA Tristan da Cunha
"""

COUNTRIES = {row[:2]: (row[3:6], row[7:]) for row in _TABLE.strip().replace("\n", "|").split("|")}
"""Two-letter code to three-letter code and English name (with three that
ISO only reserves or leaves to users, and that have phones: AC, TA, XK)."""

OTHER_NAMES = {
    "AE": ("UAE", "U.A.E.", "Emirates", "Dubai", "Abu Dhabi"),
    "AR": ("República Argentina",),
    "AT": ("Österreich", "Oesterreich", "Autriche"),
    "BE": ("België", "Belgique", "Belgien"),
    "BA": ("Bosnia",),
    "BN": ("Brunei",),
    "BO": ("Plurinational State of Bolivia",),
    "BR": ("Brasil", "Brasilien", "Brésil"),
    "CA": ("Kanada",),
    "CD": ("DR Congo", "DRC", "Congo-Kinshasa", "Congo, Democratic Republic of the"),
    "CG": ("Republic of the Congo", "Congo-Brazzaville"),
    "CH": ("Schweiz", "Suisse", "Svizzera", "Swiss"),
    "CI": ("Ivory Coast",),
    "CN": ("People's Republic of China", "PRC", "Mainland China", "中国"),
    "CV": ("Cape Verde",),
    "CZ": ("Czech Republic", "Česko", "Česká republika"),
    "DE": ("Deutschland", "Federal Republic of Germany", "Allemagne", "Alemania", "Duitsland"),
    "DK": ("Danmark", "Dänemark"),
    "EE": ("Eesti",),
    "ES": ("España", "Spanien", "Espagne"),
    "FI": ("Suomi", "Finnland"),
    "FK": ("Falkland Islands (Malvinas)",),
    "FM": ("Federated States of Micronesia",),
    "FR": ("Frankreich", "Francia", "French Republic", "République française"),
    "GB": (
        *("UK", "U.K.", "Great Britain", "Britain", "England", "Scotland", "Wales"),
        *("Northern Ireland", "United Kingdom of Great Britain and Northern Ireland"),
        *("Großbritannien", "Vereinigtes Königreich", "Royaume-Uni", "Reino Unido"),
    ),
    "GR": ("Hellas", "Ελλάδα", "Griechenland"),
    "HK": ("Hong Kong SAR", "Hongkong"),
    "HR": ("Hrvatska",),
    "HU": ("Magyarország",),
    "IE": ("Éire", "Republic of Ireland", "Irland"),
    "IN": ("Bharat", "Indien", "Inde"),
    "IR": ("Islamic Republic of Iran",),
    "IS": ("Ísland",),
    "IT": ("Italia", "Italien", "Italie"),
    "JP": ("日本", "Nippon"),
    "KP": ("Democratic People's Republic of Korea", "DPRK"),
    "KR": ("Korea", "Republic of Korea", "Korea, Republic of", "대한민국", "한국"),
    "LA": ("Lao People's Democratic Republic",),
    "LT": ("Lietuva",),
    "LV": ("Latvija",),
    "MA": ("Maroc", "Marruecos"),
    "MD": ("Republic of Moldova",),
    "MK": ("Macedonia", "FYROM"),
    "MM": ("Burma",),
    "MO": ("Macau",),
    "MX": ("México", "Méjico"),
    "NL": ("Nederland", "Holland", "The Netherlands", "Niederlande", "Pays-Bas"),
    "NO": ("Norge", "Noreg", "Norwegen"),
    "PE": ("Perú",),
    "PH": ("Pilipinas",),
    "PL": ("Polska", "Polen"),
    "PS": ("State of Palestine", "Palestinian Territory", "Palestinian Territories"),
    "RO": ("România", "Rumänien"),
    "RS": ("Srbija",),
    "RU": ("Russia", "Россия"),
    "SA": ("KSA", "Kingdom of Saudi Arabia"),
    "SE": ("Sverige", "Schweden"),
    "SI": ("Slovenija",),
    "SK": ("Slovak Republic", "Slovensko"),
    "SY": ("Syrian Arab Republic",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey", "Türkei", "Turquie"),
    "TW": ("Taiwan, Province of China", "Republic of China", "臺灣", "台灣"),
    "TZ": ("United Republic of Tanzania",),
    "UA": ("Україна",),
    "US": (
        *("USA", "U.S.", "U.S.A.", "United States of America", "America", "Estados Unidos"),
        *("États-Unis", "Vereinigte Staaten", "EE.UU.", "EEUU", "EUA", "US of A"),
    ),
    "VA": ("Vatican", "Vatican City"),
    "VE": ("Bolivarian Republic of Venezuela",),
    "VG": ("Virgin Islands, British",),
    "VI": ("Virgin Islands, U.S.", "United States Virgin Islands"),
    "VN": ("Vietnam", "Việt Nam"),
    "ZA": ("RSA", "Republic of South Africa", "Südafrika"),
}
"""Former, formal and local names, by code."""
