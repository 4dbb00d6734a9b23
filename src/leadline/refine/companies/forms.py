# ruff: noqa: E501
"""Legal forms of companies: the short spelling of each, and others in use.

Composed by hand from the forms that company laws name. A form is left out where the same letters
are more often something else: "SAS" before a name (SAS Institute), "CPA" (an accountant), "MB".
"Company" and "Corporation" alone are as often part of a name and stand in
`leadline.refine.companies.key`, which reads this table when a name is first compared.
"""

ROWS = """
Inc: incorporated | incorporation | incorporee | incorp | incorported | incorporatd
Ltd: limited | limitd | private limited | pvt limited | pvt ltd | private ltd | limted | lmtd | ltds | лтд | single member private limited company
Pvt Ltd: pvt | p ltd | (p) ltd | opc private limited
Pte Ltd: pte | pte limited | private limited company | pte ltd company
Pty Ltd: pty | pty limited | proprietary limited | proprietary ltd | pty ltd company
Co Ltd: co limited | company limited | company ltd | co ltd company | co pte ltd | co pvt ltd
Unltd: unlimited company | ultd
LLC: limited liability company | limited liability co | ltd liability company | ltd liability co | l l company | lc | limited company | ltd co | ltd company | limited liability corporation | limited liability corp | ltd liability corp
PLLC: professional limited liability company | professional llc
LLP: limited liability partnership
LLLP: limited liability limited partnership
LP: limited partnership
PC:
PA:
PSC: professional service corporation
PLC: public limited company | public limited co | public ltd co | public ltd company | public limited | ccc | cyf | pub ltd co | public limited corporation | plc ltd | plc company
CIC: community interest company
DAC: designated activity company
CLG: company limited by guarantee
FSB: federal savings bank
SC:
NPL: no liability
Sdn Bhd: sendirian berhad | sdn berhad
Bhd: berhad
JSC: joint stock company | joint stock co
OJSC: open joint stock company | open jsc
CJSC: closed joint stock company | closed jsc
PJSC: public joint stock company | public jsc
FZE: free zone establishment | fz establishment | free zone enterprise | fz enterprise
FZCO: free zone company | free zone co | freezone company
FZ-LLC: fz llc | free zone llc | llc fz
WLL: with limited liability
DMCC: dmcc llc | dubai multi commodities centre
SAOG: saoc
GmbH: gesellschaft mit beschränkter haftung | gesellschaft mit beschraenkter haftung | gesellschaft mbh | ges mbh | gesmbh | mbh | g m b h | gesellschaft mit beschr haftung | ges mit beschr haftung
gGmbH: gemeinnützige gmbh | gemeinnützige gesellschaft mit beschränkter haftung
UG (haftungsbeschränkt): ug haftungsbeschraenkt | unternehmergesellschaft haftungsbeschränkt | unternehmergesellschaft | ug | gug | ug haftungsbeschr | gemeinnützige ug | gug haftungsbeschränkt | gemeinnützige ug haftungsbeschränkt
AG: aktiengesellschaft | aktiengesellshaft | aktiengeselschaft | aktienges | gag | gemeinnützige ag | gemeinnützige aktiengesellschaft
KG: kommanditgesellschaft
KGaA: kommanditgesellschaft auf aktien
OHG: offene handelsgesellschaft
GbR: gesellschaft bürgerlichen rechts | egbr | gesbr | gesellschaft des bürgerlichen rechts | eingetragene gbr
PartG mbB: partnerschaft mbb | partnerschaftsgesellschaft mbb | partgmbb | part mbb | partg | partnerschaftsgesellschaft | mbb | partnerschaftsgesellschaft mit beschränkter berufshaftung
eG: eingetragene genossenschaft
e.K.: eingetragener kaufmann | eingetragene kauffrau | e kfm | e kfr
e.V.: eingetragener verein
OG: offene gesellschaft
VVaG: versicherungsverein auf gegenseitigkeit
GmbH & Co. KG: gesellschaft mit beschränkter haftung & co kg | mbh & co kg | gmbh & co | gmbh co kg | gmbh & company kg | gmbh & cie kg | gesellschaft mbh & co kg
GmbH & Co. KGaA: gmbh co kgaa
GmbH & Co. OHG: gmbh co ohg
UG & Co. KG: ug haftungsbeschränkt & co kg | ug co kg | ug & co ohg | ug haftungsbeschränkt & co ohg
AG & Co. KG: ag co kg | aktiengesellschaft & co kg
AG & Co. KGaA: ag co kgaa
SE & Co. KG: se co kg | eg & co kg | bv & co kg | stiftung & co kg
SE & Co. KGaA: se co kgaa | stiftung & co kgaa
Ltd. & Co. KG: limited & co kg | ltd co kg
SE: societas europaea | europäische gesellschaft
Sàrl: s a r l | société à responsabilité limitée | gesellschaft mit beschränkter haftung sarl
SA: société anonyme | sociedad anónima | sociedade anônima | società anonima | spółka akcyjna | societate pe acțiuni | soc anon | societatea pe acțiuni | societate anonima
SAS: société par actions simplifiée | sociedad por acciones simplificada
SASU: société par actions simplifiée unipersonnelle
EURL: entreprise unipersonnelle à responsabilité limitée
SCA: société en commandite par actions | sociedad en comandita por acciones | scpa
SCS: société en commandite simple | sociedad en comandita simple | s en c
SNC: société en nom collectif | società in nome collettivo | société en participation
SCOP: société coopérative de production
SCRL: société coopérative à responsabilité limitée
SPRL: société privée à responsabilité limitée
SARLU: sarl unipersonnelle
Ltée: limitée
Enr: enregistrée
SpA: società per azioni | sociedad por acciones
Srl: società a responsabilità limitata | sociedad de responsabilidad limitada | societate cu răspundere limitată | soc a resp limitata | societatea cu răspundere limitată | sociedad de resp limitada
Srls: società a responsabilità limitata semplificata
SAPA: società in accomandita per azioni
Scarl: società cooperativa a responsabilità limitata | scrl | soc coop arl | società cooperativa | soc coop
SL: sociedad limitada | sociedad de responsabilidad limitada sl
SLU: sociedad limitada unipersonal | slp | sll | slne
SAU: sociedad anónima unipersonal
SAL: sociedad anónima laboral
SCoop: sociedad cooperativa | s coop | s coop ltda
SA de CV: sociedad anónima de capital variable | s a c v
SAB de CV: sociedad anónima bursátil de capital variable
SAPI de CV: sociedad anónima promotora de inversión de capital variable
S de RL de CV: sociedad de responsabilidad limitada de capital variable | srl de cv
S de RL: s de r l
SAC: sociedad anónima cerrada
SAA: sociedad anónima abierta
SAIC: s a i c
SACI: s a c i
SACIF: s a c i f | saci y f | saci e i | sacifi | sacifia | sacei | sacif y a
SAICA: s a i c a
SAECA: s a e c a
CA: compañía anónima | c por a
EIRL: empresa individual de responsabilidad limitada
Ltda: limitada | cia ltda | compañía limitada | sociedade limitada | s a ltda | ltda me | ltda epp | epp
EIRELI: empresa individual de responsabilidade limitada | eireli me
Lda: sociedade por quotas | unipessoal lda | sociedade unipessoal lda
SGPS: sgps sa | sgps sociedade anónima | sgps société anonyme
BV: besloten vennootschap | besloten vennootschap met beperkte aansprakelijkheid | bvba | b v b a
NV: naamloze vennootschap
VOF: vennootschap onder firma
CV: commanditaire vennootschap
SA/NV: nv sa
CVBA: cvba so
Coop UA: coöperatie ua
VZW: vereniging zonder winstoogmerk
ASBL: association sans but lucratif
AB: aktiebolag | aktie bolag | aktiebolaget | a bolag | publ ab | ab publ | aktiebolag publ
HB: handelsbolag
KB: kommanditbolag
ApS: anpartsselskab
A/S: aktieselskab | aktieselskabet
I/S: interessentskab
K/S: kommanditselskab
P/S: partnerselskab
IVS: iværksætterselskab
AS: aksjeselskap | aktsiaselts
ASA: allmennaksjeselskap
ANS: ansvarlig selskap
Oy: osakeyhtiö
Oyj: julkinen osakeyhtiö | oyj abp
Oy Ab: oy company ab | ab oy
Abp: publikt aktiebolag
Ky: kommandiittiyhtiö
Tmi: toiminimi | t mi
ehf: einkahlutafélag
hf: hlutafélag
OÜ: osaühing
SIA: sabiedrība ar ierobežotu atbildību
UAB: uždaroji akcinė bendrovė | uždarosios akcinės bendrovės
Sp. z o.o.: spółka z ograniczoną odpowiedzialnością | spółka z o o | sp zoo | spz oo | z o o | sp z ogr odp
Sp. z o.o. sp. k.: spółka z ograniczoną odpowiedzialnością spółka komandytowa | sp z o o spk | spółka z o o sp k | sp z o o s k
Sp. k.: spółka komandytowa
Sp. j.: spółka jawna
s.r.o.: společnost s ručením omezeným | spoločnosť s ručením obmedzeným | spol s r o
a.s.: akciová společnost | akciová spoločnosť | akc společnost
v.o.s.: veřejná obchodní společnost
k.s.: komanditní společnost
z.s.: zapsaný spolek
Kft: korlátolt felelősségű társaság
Bt: betéti társaság | kkt | közkereseti társaság
Zrt: zártkörűen működő részvénytársaság
Nyrt: nyilvánosan működő részvénytársaság
d.o.o.: društvo s ograničenom odgovornošću | društvo sa ograničenom odgovornošću | družba z omejeno odgovornostjo | доо | друштво са ограниченом одговорношћу
j.d.o.o.: jednostavno društvo s ograničenom odgovornošću
d.d.: dioničko društvo | delniška družba | javno dioničko društvo
a.d.: akcionarsko društvo
EOOD: еоод | еднолично дружество с ограничена отговорност
OOD: оод | дружество с ограничена отговорност
EAD: еад
AD: ад | акционерно дружество
ShPK: sh p k | shoqëri me përgjegjësi të kufizuar
ShA: sh a | shoqëri aksionare
EPE: επε | εταιρεία περιορισμένης ευθύνης | εταιρία περιορισμένης ευθύνης
AE: αε | ανώνυμη εταιρεία | ανώνυμος εταιρεία
OE: οε | ομόρρυθμη εταιρεία
A.Ş.: anonim şirketi | anonim şirket | anonim ortaklığı | aş
Ltd. Şti.: limited şirketi | limited şirket | ltd sirketi | şti | san ve tic ltd şti | sanayi ve ticaret limited şirketi | san tic ltd şti | dış tic ltd şti | tic ltd şti
San. ve Tic. A.Ş.: sanayi ve ticaret anonim şirketi | san tic a ş | sanayi ve ticaret a ş | tic a ş
בע"מ: בעמ
ООО: общество с ограниченной ответственностью
ЗАО: закрытое акционерное общество
ОАО: открытое акционерное общество
ПАО: публичное акционерное общество
НАО: непубличное акционерное общество
АО: акционерное общество
ИП: индивидуальный предприниматель
ТОО: товарищество с ограниченной ответственностью
ТОВ: товариство з обмеженою відповідальністю
ТзОВ: т з о в
ФОП: фізична особа підприємець
ПрАТ: приватне акціонерне товариство
ПАТ: публічне акціонерне товариство
АТ: акціонерне товариство
ОДО: общество с дополнительной ответственностью
ОсОО: ос о о
OOO: obshchestvo s ogranichennoy otvetstvennostyu | obshchestvo s ogranichennoi otvetstvennostyu
ZAO: zakrytoe aktsionernoe obshchestvo
OAO: otkrytoe aktsionernoe obshchestvo
PAO: publichnoe aktsionernoe obshchestvo
TOV: tovarystvo z obmezhenoyu vidpovidalnistyu
Tbk: persero tbk | tbk pt | pt tbk
KK: kabushiki kaisha | kabushiki gaisha | k k
GK: godo kaisha
YK: yugen kaisha
CTCP: công ty cổ phần | cty cp
TNHH: công ty tnhh | công ty trách nhiệm hữu hạn | tnhh mtv | cty tnhh | công ty trách nhiệm hữu hạn một thành viên
NA:
SCE: societas cooperativa europaea
SGR: sociedad de garantía recíproca
EEIG: european economic interest grouping | ewiv | gie
Ek. för.: ekonomisk förening
A.m.b.a.: andelsselskab med begrænset ansvar
Ay: avoin yhtiö
Osk: osuuskunta
MChJ: мчж | masʼuliyati cheklangan jamiyat
MMC: məhdud məsuliyyətli cəmiyyət
ХХК: хязгаарлагдмал хариуцлагатай компани
შპს: შეზღუდული პასუხისმგებლობის საზოგადოება
ش.م.م: شركة ذات مسؤولية محدودة
QSC:
ВАТ: відкрите акціонерне товариство
ЗАТ: закрите акціонерне товариство
PCL: public company limited | public co ltd | public co limited | public company ltd
SARL AU: sarlau
"""
"""Each row: the short spelling, then others. Dots, blanks, case and accents do not count, and "and",
"und", "u.", "et" and "+" mean "&"."""

AT_THE_START = """
ООО|ЗАО|ОАО|ПАО|НАО|АО|ИП|ТОО|ТОВ|ТзОВ|ФОП|ПрАТ|ПАТ|АТ|ОДО|ОсОО|ЕООД|OOO|ZAO|
OAO|PAO|TOV|PT|Oy|OÜ|PJSC|OJSC|CJSC|JSC|UAB|SIA|SARL|EURL|SASU|SPRL|BVBA|VOF|
TNHH|CTCP|
общество с ограниченной ответственностью|закрытое акционерное общество|
открытое акционерное общество|публичное акционерное общество|
акционерное общество|индивидуальный предприниматель|
товарищество с ограниченной ответственностью|товариство з обмеженою відповідальністю|
приватне акціонерне товариство|публічне акціонерне товариство|
công ty cổ phần|công ty tnhh|
công ty trách nhiệm hữu hạn|perseroan terbatas
"""
"""Forms that also stand before the name."""

DOTTED_AT_THE_START = "AB|NV|BV|CV|KK|A/S"
"""Forms that stand before the name only in letters of their own: A.B. Volvo, but AB Example."""

UNSPACED = (
    "股份有限公司 有限责任公司 有限責任公司 有限公司 株式会社 株式會社 有限会社 合同会社 合資会社 合名会社 "
    "주식회사 유한회사 (주) (유) (株) (有) ㈜ ㈱ ㈲"
)
"""Forms in scripts without blanks, before or behind the name; the longer ones first."""

WORDS_TOO = "as spa sac ad ay"
"""Forms that are words of other languages, too."""

STATES_TOO = "nv sc ky ks"
"""Forms that are also states of the United States: behind a comma they are no form, unless dotted."""

DOTTED_ONLY = "pa ca na"
"""Forms that are so often something else that only those with dots count."""
