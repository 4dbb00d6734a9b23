# ruff: noqa: E501
"""Given names, each with its short forms, as `folded` writes them. Written by `make names`.

Derived from the package nicknames 1.0.1 (Apache License 2.0, by Carlton Northern and Nick
Crews), the census of the United States of 1990 (public domain), and tools/nickname_usage.txt.
"""

SHORT_FORMS = """
aaron ron ronnie;abbigail abbe abbey abbi abbie abby gail nabby;abbigale abbe abbey abbi abbie abby gail nabby;abdullah abdul;abednego bedney;abel ab
abe eb ebbie;abiel ab;abigail abbe abbey abbi abbie abby gail nabby;abigale abbe abbey abbi abbie abby gail nabby;abijah ab bige;abner ab;abraham ab
abe;abram ab abe;absalom ab abbie app;ada addy adie;adaline ada addy adie delia dell lena;adam adas;addison addie addy;adela adie della;adelaide addy
adele adie dell della heidi;adelbert albert bert del delbert;adele addy dell;adeline ada addy delia dell lena;adelphia addy adele dell delphia
philly;adena adina deena dena dina;adolphus ado adolph dolph;adrian adri rian;adriane riane;adrienne addie enne rienne;agatha aga aggy;agnes aggy inez
nessa;agnieszka aga agusia;aileen allie lena;alan al;alanson al lanson;alastair al;alazama ali;albert al bert;alberta allie bertie;aldo al;aldrich
rich riche richie;aleksander alek olek;aleksandr alek alex sascha sasha shura;aleksandra ola sasha;aleksey alexey alyosha;alessandro ale sandro;aleva
leve levy;alex al;alexander al alec alex lex sacha sander sandy sascha xander;alexandra alla sandra sandy;alexandre alex xande;alexandria alla drina
sandra;alexis alex lexi;alfonse al;alfonso fonso poncho;alfred al fred freddy fredi;alfreda alfy freda frieda;algernon algy;alice allie elsie
lisa;alicia allie elsie lisa;aline adeline;alison ali allie;alixandra alix;allan al alan allen;allen al alan;allisandra ali allie ally;allison ali
allie ally;allyson ali allie ally;allyssa ali allie ally;almena ali allie ally mena;almina minnie;almira myra;alois loisl;alonzo al lon
lonzo;alphinias alphus;althea ally;alverta vert virdie;alyssa ally lissia;alzada zada;amanda manda mandy;ambrose brose;amelia amy emily
millie;anastasia ana nastia nastya stacy;anatoly tolya;anderson andy;andre drea;andrea andi andreina drea rea;andreas andi andy;andrew andy drew
randy;andrey andrei andriy dron;andriane ada adri rienne;andrzej andrzejek jedrek;angela angel angie;angelica angel angelika angelique angie;angelika
geli;angelina angel angie lina;ann annie nan;anna ann anne annie nan;anne ann annie nan;anneliese anne liese;annemarie anne;annette anna nettie;anselm
ance anse ansel;anthony ant tony;antoinette ann netta;anton toni tony;antonia ann netta tona toni tony;antonio ant anton toni tonino tono
tony;antonius ton toon;appoline appie appy;aquilla quil quillie;ara arry belle;arabella ara arry bella belle;arabelle ara arry bella belle;araminta
armida middie minty ruminta;archibald archie;archilles kill killis;ariadne ari arie;arielle arie;aristotle telly;arizona ona onie;arlene arly
lena;armanda mandy;armena arry mena;armilda milly;arminda mindie;arminta minite minnie;arnold arnie;aron ron ronnie;artelepsa epsey;artemus art;arthur
art;arthusa thursa;arzada zaddi;asahel asa;asaph asa;asenath assene natty sene;ashley ash ashly leah lee;aubrey bree;audrey audree dee;august
gus;augusta aggy gatsy gussie tina;augustina aggy gatsy gussie tina;augustine august austin gus;augustus august austin gus;aurelia aurilla ora orilla
ree rilly;aurelie lili;avarilla rilla;azariah aze riah;bab barby;babs bab barbara barby;barbara bab babsi barb barbel barbie barby basia
bobbie;barbery barbara;barnabas barney;bart bartholomew;bartholomew bartel bat mees meus;barticus bart;bazaleel basil;bea beatrice;beata
beatka;beatrice trisha trix trixie;beatriz bea betty;becca beck;beck becky;bedelia bridgit delia;belinda belle linda;bella belle isabella;benedetta
benni;benedict ben bennie;benedikt bene;benjamin ben benji benjy benni bennie benny jamie;benoit ben;bernadette detta;bernard barney berney bernie
berny;bernd bernhard;berney bernie;bernhard bernie;bert bobby;bertha bertie birdie;bertram bert;bertrand randy;bess bessie;beth betsy betty
elizabeth;bethena beth thaney;bettina betti tina;beverly bev;bezaleel zeely;biddie biddy;bill billy william willie;billy fred william;birgit biggi
gitte;blanche bea;bob robert;bobby bob rob;boetius bo;boris borya;brad bradford ford;bradford ford;bradley brad;brady brody;breanna bree bri;breeanna
bree;brenda brandy;brian bryan bryant;brianna bri;bridget biddie biddy bridgie bridie;brigitte biggi gitte gitti;brittany britt brittnie;brittney
britt brittnie;broderick brady brody rick ricky rod;bryanna ana anna bri briana brianna;caitlin cait caity;caitlyn cait caity;caldonia
calliedona;caleb cal;california callie;calista kissy;calpurnia cally;calvin cal vin vinny;cameron cam ron ronny;camile cammie;camille cami cammie
millie;campbell cam;candace candy dacey;carla carly karla;carlos carlitos charly;carlotta lottie;carlton carl;carmellia mellia;carmelo melo;carmen
carmina;carmon cammie carm charm;carol carolann carole caroline carri carrie cassie kara kari lynn;carolann carole;caroline caro carole carrie cassie
line lynn;carolyn carrie cassie lynn;carrie cassie;carthaette etta etty;casey kc;casper jasper;cassandra cassie sandra sandy;cassidy cass
cassie;caswell cass;catalina cata lina;catarina cata rina;catherine casey cassie cath cathy kate kathy katie katy kay kit kittie lena trina;cathleen
casey cassie cathy kathy katy kay kit kittie lena trina;cathy kathy;cecilia celia cissy;cedric ced rick ricky;celeste celia lessie;celinda linda lindy
lynn;charity chat;charles carl charlie chick chuck;charlie chuck;charlotte char charlie lotta lotte lottie sherry;chauncey chan;chelsey chelsie;cheryl
cher;chesley chet;chester chet;chick caroline charlotte chuck;chloe clo;chris kris;christa chris;christian chris chrissi kit;christiana ann chris
christy crissy kris kristy tina;christiane christel;christiano chris;christina chris chrissy christy crissy kris kristy tina;christine chris chrissy
christl christy crissy kris kristy tina tine;christoffer chris;christoph chris stoffel;christopher chris kit topher;christy crissy;cicely
cilla;cinderella arilla cindy rella rilla;claire clair clara clare;clara clarissa;clare clara;clarence clair;clarinda clara;clarissa cissy;cleatus
cleat;clement clem;clementine clem;cliff clifford;clifford ford;clifton cliff tony;cole colie;columbus clum;con conny;concepcion concha
conchita;conrad con conny;constance connie;consuelo chelo;cordelia cordy delia;corey coco cordy ree;corinne cora ora;cornelia conny cornie corny nele
nelia nelle nelly;cornelis cees cor kees;cornelius con conny corny neil niel;cory coco cordy ree;courtney court curt;crystal chris crys stal
tal;curtis curt;cynthia cindy cintha;cyrenius cene cy renius serene swene;cyrus cy;dahl dal;dalton dahl dal;daniel dan dani dann danny;daniela
dani;danielle dani ellie;daphne daph daphie;dariusz darek;darlene darry lena;david dave davey davi day;daycia dacia daisha;deanne ann dee;debbie deb
debby deborah debra;debby deb;debora deb debbie debby;deborah deb debby;debra deb;deidre deedee;delbert bert del;delia delius fidelia;delilah dell
della lil lila;deliverance della delly dilly;della dell;delores dee dell della lola lolly;delpha philadelphia;delphine delf delphi;demaris dea maris
mary;demerias dea maris mary;democrates mock;dennis dennie denny;dennison dennis denny;derek derrek rick ricky;derick rick ricky;derrick eric rick
ricky;deuteronomy duty;diana di dicey didi;diane di dian dianne dicey didi;dicey dicie;dick richard rick;dickson dick;dieter didi;dietmar
didi;dietrich dieter;dimitri dima;dirk dirki;dmitry dima dmitri dmitriy mitya;dolores lola lolita;domenic dom nic;dominic dom nic;dominick dom nick
nicky;dominico dom;dominik domi;donald don donnie donny dony;donato don;donna dona;donovan don donnie donny dony;dorcus darkey;dorinda dora
dorothea;doris dora;dorothea doda dora doro thea;dorothy dolly dora dortha dot dottie dotty;dotha dotty;dotty dot;douglas doug;drusilla silla;duncan
dunk;earnest ernie;ebbie eb;ebenezer eb ebbie eben;eddie ed;eddy ed;edgar ed eddie eddy;edith edie edye;edmond ed eddie eddy;edmund ed eddie eddy ned
ted;edna edny;eduard edi edu;eduardo ed eddie eddy edo edu lalo;edward ed eddie eddy ned ted teddy;edwin ed eddie eddy ned win;edyta edytka;edyth edie
edye;edythe edie edye;egbert bert burt;eighta athy;eileen helen;ekaterina katerina katia katya;elaine helen lainie;elbert albert bert;elbertson bert
elbert;eldora dora;eleanor elaine ellen ellie lanna lenora nelly nora;eleazer lazar;elena helen lena lenka;eleonora ele nora;elias eli lee lias;elijah
eli lige;eliphalel life;eliphalet left;elisa lisa;elisabeth betty elli elsa else liesl lisa lisbeth sissi;elisha eli lish;eliza elizabeth;elizabeth
bess bessie betsy betty lib libby lisa liz liza lizzie lizzy;ella el ellen;ellen helen nell nellie;ellender ellen helen nellie;ellie elly;ellswood
elsey;elminie minnie;elmira ellie elly mira;elnora nora;eloise heloise louise;elouise louise;elsie elsey;elswood elsey;elvira elvie;elwood
woody;elysia lisa lissa;elzbieta ela;elze elsey;emanuel manny manuel;emeline em emily emma emmy milly;emil em;emilia emi mila;emily em emma emmy
millie;emma em emmy;enrique kike quique;epaphroditius dite ditus dyce dyche eppa;ephraim eph;erasmus rasmus raze;eric rick ricky;ernest
ernie;ernestine erna teeny tina;ernesto neto;erwin irwin;eseneth senie;essy es;estella essy stella;estelle essy stella;esther essie hester;eudicy
dicey;eudora dora;eudoris dosie dossie;eugene gene;eunice nicie;euphemia effie effy;eurydice dicey;eustacia stacia stacy;eva eve;evaline eva eve
lena;evangeline ev vangie;evelyn ev eve evelina;evgeny evgeni evgeniy yevgeny zhenya;experience exie;ezekiel ez zeke;ezideen ez;ezra ez;faith
fay;fallon fal falcon fall fallie fally falon lon lonnie;federica fede;federico fede fico;felicia fel feli;felicity flick tick;felipe pipe;feltie
felty;ferdinand ferdie fred freddie freddy;ferdinando ferdie fred nando;fernando fer nando;filippo pippo;fionna fiona;flora florence;florence flo
flossy;florian flo;floyd lloyd;fran frannie;frances cissy fanny fran francie frankie frannie franniey franny sis;francesca checca franci;francesco
cecco ciccio franco;francie francine;francine fran frannie franniey franny;francis fran frank frankie;francisca fran paca paqui paquita;francisco
chico curro fran kiko paco pancho xico;franciscus cis frans;francois fanfan;frankie frank;franklin frank;franklind fran frank;franz franzl;franziska
franzi sissi ziska;freda frieda;frederic fred;frederica erica erika freddy frederick rickey;frederick derick erick fred freddie freddy fritz rick
ricky;fredericka ericka freda freddy frieda ricka rickey;frederik fred freek;frieda freddie;friedrich friedel frieder fritz;fyodor fedor fedya;gabriel
gabby gabe gabi;gabriela gabi gaby;gabriele gabi gaby;gabriella ella gabby;gabrielle ella gabby;galina galya;gareth gare gary;garrett barrett gare
garratt garret garry gary jerry rhett;garrick garri;genevieve eve jean jenny;gennady gena;gennaro genny;geoffrey geoff jeff;georg jorg
schorsch;georgiana georgia;georgine george;gerald gerry jerry;geraldine dina gerri gerrie gerry;gerardo jerry;gerardus geert gerard;gerhard
gerd;gerhardt gay;gertie gert gertrude;gertrud gerti trude;gertrude gert trudy;gilbert bert gil wilber;giovanna gianna vanna;giovanni gianni gio nino
vanni;gisela gisi;giuseppe beppe peppe peppino pino;giuseppina giusy pina;glenn glen;gloria glory;gonzalo gonza;governor govie;grazyna
grazynka;greenberry berry green;greggory gregg;gregor greg;gregory gory greg;gretchen margaret;grigory grisha;griselda grissel;grzegorz
grzes;guadalupe lupe lupita;guillaume gui guigui;guillermo guille memo;gum monty;gunther gunni;gustavo gus tavo;gustavus gus gussie;gwen
wendy;gwendolyn gwen wendy;hailey haylee hayley;hamilton ham;hannah anna nan nanny;hannelore hanne lore;hans hannes hansi;harold hal hap haps
harry;harriet hattie;harrison hap haps harry;harry hap haps henry;haseltine hassie;haylee hayley;heather hetty;heinrich hein heiner heinz;helen ella
ellie lena;helena aileen eileen elaine eleanor ellen hela lena leni nell nellie;helene ella ellen ellie lena;helmut helmi;heloise elouise lois;hendrik
henk rik;henri riri;henrietta etta etty henny nettie retta;henry hal hank hap haps;hephsibah hipsie;hepsibah hipsie;herbert bert herb;herman dutch
harman;hermann mann;hermione hermie;hester hessy hetty;hezekiah hez hy kiah;hildegard hilde;hillary hilary;hipsbibah hipsie;hiram hy;honora honey nora
norah norry;hopkins hop hopp;horace horry;hortense harty tensey;hosea hosey hosie;howard hal howie;hubert bert hub hugh;ian john;ignacio nacho;ignacy
ignas;ignatius iggy nace nate natius;ignatzio iggy nace naz;ildiko ildi;ilse ilschen;ilya ilyusha;immanuel emmanuel manuel;india indie indy;ingeborg
inge;iona onnie;irena irka;irene rena;irina ira;irvin irving;irving irv;isaac ike zeke;isabel bel bell bella belle chabela ib isa issy nib nibby
tibbie;isabella belle ib isa issy izzy nib nibby tibbie;isabelle bella belle ib isa issy izzy nib nibby tibbie;isadora dora issy;isadore izzy;isaiah
zadie zay;isidore izzy;istvan isti pista;iva ivy;ivan john vanya;jacek jacus;jackson jack;jacob jaap jake jay;jacobus cobus jaap jacob koos;jacqueline
jackie jacky jacqui;jacques jacquot;jadwiga jadzia;jahoda hoda hodie hody;jakob jake kobi;jakub kuba;jalen al alen haylen jaelin jaelyn jailyn jay
jaye jaylin jaylyn len lennie lenny;james jamie jem jim jimmie jimmy;jamey james jamie;jan janek janusz;jane janie jean jennie jessie;janet jan
jessie;janice jan;jannett nettie;janos jancsi jani;jaroslav jara jarda;jasper jap;javier javi;jean jeannie jeannot;jeanette janet jean jessie
nettie;jeanne jane jeannie;jebadiah jeb;jedediah diah dyer jed;jedidiah diah dyer jed;jefferey jeff;jefferson jeff sonny;jeffery jeff;jeffrey geoff
jeff;jehiel hiel;jehu gee hugh;jemima mima;jennet jenn jenny jessie;jennifer jen jenn jenni jennie jenny;jens jensi;jeremiah jereme jerry;jeremy jez
jezza;jerita rita;jerry gerry jereme;jessica jessie;jessie jess;jesus chucho chuy;jillian jill;jim jimmie;jincy jane;jinsy jane;jiri jirka;joachim
achim jochen;joan jo nonie;joana joaninha;joann jo;joanna asia hannah jo joan joasia jodi jody;joanne jo;joao jo joaozinho;jody jo;joe joey;johann
hannes hans john;johanna hanna hanne jo;johannah hannah jo joan jody nonie;johannes hannes hans jan johan john johnny jonathan joop;john jack jock
johnny jon jonny;johnathan john johnathon johny jon jonathan jonathon jonny nathan;johnathon john johny jon jonathan jonathon jonny;jon johnny
jonny;jonathan john johny jon jonathon jonny nathan;jonathon john johny jon jonny;jorge coque;jose chepe pepe pepito ze;josef beppo jupp pepa pepi
sepp;josefa pepa pepi;joseph jody joe joey jojo jos seppi;josephine fina jo jody josey josie;josetta jettie;josey josophine;joshua joe jos josh;josiah
jos;josophine jo joey;joyce joy;jozef jef jozek;jozsef joska jozsi;juan juancho juanito;juanita nettie nita;judah jude juder;judith juda jude judi
judie judit judy;judson jud sonny;julia jill jule julie;julian jule jules juli;juliane jule;julias jule jules;julie jule;june junius;junior jr
junie;jurgen jurg;justin juston justus;kaitlin kait kaitie;kaitlyn kait kaitie;kaitlynn kait kaitie;kalli cali kali;kameron kam;karel kaja;karl
kalle;karla carly;karolina karo karola;kasey kc;katalin kata kati;katarina catherine kata tina;katarzyna kasia kaska;kate kay;katelin kate kay
kaye;katelyn kate kay kaye;katharina kat kathi kathrin katja trine;katharine kat kate kathy katie;katherine cassie cathy kat kate kathy kati katie
katy kay kaye kit kittie lena trina;kathleen cassie cathy kathy katy kay kit kittie lena trina;kathrin kathi;kathryn kat kate kathy katie;katia kate
katie;katy kate kathy katie;kayla kay;kelley kelli kellie kelly;kendall ken kenny;kendra kay kenj kenji;kendrick ken kenny;kendrik ken kenny;kenneth
ken kendrick kenny;kenny ken;kent ken kendrick kenny;kerry kerri;kerstin kersti;kevin kev;keziah kizza kizzie;kimberley kim kimberli kimberly;kimberly
kim kimberli;kingsley king;kingston king;kit kittie;klaus claus klausi;konstantin konsti kostya;konstantinos dinos kostas;kristel kris;kristen
chris;kristin chris;kristine chris christy crissy kris kristy tina;kristofer chris kris;kristoffer chris kris;kristopher chris kris;kristy
chris;krzysztof krzys krzysiek;ksenia ksyusha;kurt kurti;kymberly kym;lafayette fate laffie;lamont monty;laodicia cenia dicy;larisa lara;larry
laurence lawrence;laszlo laci;latisha tish tisha;laurel laurie;lauren laurie ren;laurence lon lonny lorne lorry;laurent lolo;laurinda laura
lawrence;lauryn laurie;laveda veda;laverne verna vernon;lavina ina vina viney;lavinia ina vina viney;lavonia vina viney vonnie wyncha;lawrence laurie
lawrie lon lonny lorne lorry;leanne annie lea;lecurgus curg;leilani lani;lemuel lem;lena ellen;lenora lee nora;leo leon;leonard len lenny leo leon
lineau;leonardo leo;leonid lyonya;leonidas lee leon;leonora nell nellie nora;leonore elenor honor nora;leopold leo poldi;leroy lee lr roy;lesley
les;leslie les;lester les;letitia lettice lettie tish titia;levi lee;levicy vicy;levone von;lib libby;lidia lyddy;lil lilly lily;lillah lil lilly lily
lolly;lillian lil lilly lolly;lilly lily;lincoln link;linda lindy lynn;lindsay lindsey lindsie lindsy;lindy lynn;lionel leon;lisa liz;liselotte lilo
lotte;littleberry berry lb little;lizzie liz;lois lou louise;lonzo lon;lorelei laurie lori lorrie;lorenzo loren renzo;loretta etta lorie lorrie
retta;lorraine lorie lorrie;lotta lottie;lou louis lu;louis lewis louie loulou;louisa eliza lois lou;louise eliza lou;louvinia vina viney vonnie
wyncha;lucas luke;lucia lucy;luciana lu;lucias luke;lucille cille lou lu lucy;lucina sinah;lucinda cindy lou lu lucy;lucretia creasey;ludmila lida
lyuda;ludwig lutz wiggerl;luella ella lu lula;luigi gigi;luis lucho luisito;lukas luki;lunetta nettie;lurana lura;luther luke;lydia lyddy;lyndon
lynn;lyubov lyuba;lyudmila lyuda mila;mabel amabel mehitabel;mac mc;mack mac mc;mackenzie kenzie kenzy;maddison maddi maddie;maddy madeline madelyn
madge;madeleine maddie;madeline lena maddi maddie madge madie magda maggie maud;madelyn madie;madison maddie maddy mattie;maegen meg;magdalena lena
leni madzia magda maggie;magdelina lena madge magda maggie;mahala hallie;makayla kayla;malachi mally;malcolm mac mal malc;malgorzata gosia
malgosia;malinda lindy;manda mandy;mandie amanda;manerva eve minerva nerva nervie;manfred fredi manni;manny manuel;manoah noah;manoel mane;manola
nonnie;manuel lolo manolo manu;manuela manu;marcelina celina;marcin marcinek;marcus marc mark;marek mareczek;margaret daisy greta gretta madge maggie
maggy marge margery margie margy meg midge peg peggy rita;margarete gretchen grete gretel;margarethe grete;margaretta daisy gretta madge maggie marge
margery margie meg midge peg peggy rita;margarita daisy greta madge maggie maisie marga marge margo meg megan metta midge peggie rita;marge
margery;margherita rita;margie marjorie;margit gitta;margot margo;marguerite peggy;maria marica marusya mary masha mia mitzi ria;mariah maria
mary;marian marianna marion;marianne anne;mariano nano;marie mae mariechen mary mimi;marietta mae mamie maria mariah marie marion mary maureen may
mercy minnie mitzi mollie molly polly;marilyn mary;mario mariolino;marion mary;marissa rissa;mariusz mario;mariya masha;marjorie margy;markus
mark;marni marnie;marsha marcia marcie mary;martha marty mat mattie patsy patty;martin martl marty tincho;martina tina;martine tine;marv marvin;mary
mae mamie mitzi molly polly;masayuki masa;massimiliano massimo max;massimo max;mat mattie;mateusz mati;mathew mat matt maty;mathias matze;mathilda
patty tillie;mathilde tilda;matilda matty maud tilla tilly;matthew matt mattie matty thias thys;matthews matt mattie matty;matthias hias matt matthes
matze thias thys;matthieu matt;matthijs thijs;maud middy;maureen mary;maurice morey;mavery mave;mavine mave;maximilian max maxi;maximillian
max;maxwell max;may mae;mckenna ken kenna meaka;medora dora;megan meg;meghan meg;mehitabel hetty hitty mitty;melanie mellie;melchizedek dick
zadock;melinda linda lindy lynn mindy;melissa lisa lissa milly missy;mellony mellia;melody lodi;melvin mel;melvina vina;mercedes meche merche merci
mercy sadie;merv mervin;mervyn merv;micajah cage;michael micah michel michi mick mickey micky mike mikey misha;michal michalek;micheal mike mikey
miky;michel michou;michelle chelle mickey shelley shellie shelly shely;mick micky;miguel michael miggy miguael miguaell miguail miguaill miguayl
miguayll migue miguell mike;mihaly misi;mike mick micky;mikhail misha;mildred milly;millicent milly missy;milos milosek;minerva minnie;minnie
wilhelmina;miranda mandy mira randi;miriam mimi mitzi mitzie;mitch mitchell;mitzi mittie mitty;mitzie mittie mitty;mohammed mo mohamed;monet
nettie;monica moni monna monnie;monika moni;monteleon monte;montesque monty;montgomery gum monty;morris morey;mortimer mort;moses mose moss;muriel
mur;myrtle mert myrt myrti;nadezhda nadya;nadine deedee nada;nancy ann nan nanny;naomi omi;napoleon leon nap nappy;natalia nata natasha nati
talia;natalie natty nettie;natalya natasha;natasha nat tasha;nathan nat nate;nathaniel nat nate nathan natty than;nelle nelly;nelson nels;newt
newton;nicholas claas claes nic nick nickie nicky nico;nicholette cole nichole nickey nicki nicky nicole nikki;nicodemus nic nick nickie nicky
nico;nicola nico;nicolas nic nick nickie nicky nico;nicole nicki nicky nikki nole;niklas nik;niko nikolaos;nikolai kolya niko;nikolas claes nic nick
nickie nicky nico;nikolaus klaus nik niko;nikolay kolya nikolai;nikole nikki;nora nonie;norbert bert norbi norby;norbusamte norbu;norman norm;nowell
noel;obadiah diah dyer obed obie;obediah obie;obedience beda beedy biddie obed;octavia tave tavia;octavio tavo;odell odo;oksana ksana;oleg
olezhka;olga olya;olive livia nollie ollie;oliver ollie olly;olivia liv livia livvy nollie ollie;onicyphorous cy cyphorus one osaforum osaforus
syphorous;orilla ora rilly;orlando roland;orphelia phelia;ossy ozzy;oswald ossy ozzy waldo;otis ode ote;pablo pablito;pamela pam;pandora dora;paola
paoletta;parmelia amelia melia milly;parthenia parsuny pasoonie phenie teeny;pascal pasqui;patience pat patty;patricia pat pati patri patsy patti
patty tricia trish trisha;patrick paddy pat pate peter;patsy patty;paula lina polly;paulina lina paula polly;pauline paulette polly;pavel pasha
pavlik;pavlos pol;pawel pawelek;pedro perico;peggy peg;pelegrine perry;penelope penny;percival percy;peregrine perry;permelia mellie melly
milly;pernetta nettie;persephone seph sephy;peter pate pete peti petr piet;petr peta petya;petra peti;petronella nel nellie petra;pheney
josephine;pheriba ferbie pherbia;philadelphia delphia;philander fie;philetus leet phil;philinda linda lindy lynn;philip phil pip;philipina penie
phoebe pip;philipp fips flip;philippe phil;phillip phil pip;philly delphia;philomena menaalmena;phoebe fifi;pierre pierrot;pieter piet;pilar
pili;pinckney pink;piotr piotrek;pleasant ples;pocahontas pokey;posthuma humey;prescott pres scott scotty;priscilla cilla cissy prissy;providence
provy;prudence prudy prue;rachel rachael shelly;rafael rafa;rafaela rafa;raffaele lello raf;raimund raimo;ramona mona;randall randy;randolf dolph
randy;randolph dolph randy;raphael ralph;ray raymond;reba becca beck;rebecca becca beck becky reba;reggie reg reginald;regina gina;reginald naldo reg
renny;reinhard reiner;reinhold reini;relief leafa;renate nate reni;reuben rube;reynold reginald;rhoda rodie;rhodella della;rhyna rhynie;ricardo richi
rick ricky;riccardo ricky;rich dick rick;richard dickie dickon dicky rich richie rick ricky;rick ricky;ricky dick rich;rita ritinha;robert bert bobby
dob dobbin hob hobkin rob robby robi;roberta bertie birdie birtie bobbie robbie roby;roberto berto beto rob tito;rocio chio;roderick erick rickie rod
roddy;rodger bobby hodge rod roge roger;rodney rod;rodrigo rodri;roger bobby hodge rod roge;roland lanny rollo rolly;roman roma romek;ron ronnie
ronny;ronald naldo ron ronnie ronny;rosa rose rosita;rosabel belle rosa rose roz;rosabella bella belle rosa rose roz;rosaenn ann;rosaenna
ann;rosalinda linda rosa rose roz;rosalyn linda rosa rose roz;rosario charo chayo;roscoe ross;rose rosie;roseann ann rose rosie roz;roseanna ann rose
rosie roz;roseanne ann;rosemarie rosi;rosemary marie mary rose rosemarie rosey;rosina sina;roxane rox roxie;roxanna ann rose roxie;roxanne ann rose
roxie;rudolf rudi;rudolph dolph olph rolf rudy;rudolphus dolph olph rolf rudy;russell russ rusty;ryan ry;ryszard rysiek;sabrina brina;safieel
safie;salome loomie;salvador sal;salvatore salvo toto turi;sam sammy;samantha mantha;sampson sam sammy;samson sam sammy;samuel sam sammy;samyra myra
sam sammy;sandor sanyi;sandra sandi sandy;sanford sandy;santiago chago santi;sara sarita;sarah sadie sally sara;sarilla silla;savannah anna savanna
vannie;scott sceeter scottie scotty squat;sebastian basti seb seba sebby;sebastiano bastiano;serena rena;sergey serge sergei seryozha;sergio
checo;serilla rilla;seymour morey see;shaina sha shay;sharon sha shay;shaun shawn;sheila cecilia;shelton shel tony;sheridan dan danny sher;sheryl
cheri cherie sher sheri sherri sherry sherryl;shirley lee sherry shirl;sibbilla sibbell sibbie sybill;sidney sid syd;siegfried sigi;siegmund
sigi;sigfired sid;sigfrid sid;sigismund sig;sigrid siggi;silas si;silence liley;silvester si sly syl vest vester;silvia silvi;simeon si sion;simon si
sion;simone simo;smith smitty;socrates crate;sofia sofi sonja;sofya sonya;solomon sal salmon saul sol solly zolly;sondra dre sonnie;sophia
sophie;sophie sofie;sophronia frona fronia sophia;stacey staci stacie stacy;stacie staci stacy;stacy staci;stanislav standa stas;stanislaw stach
staszek;stefan steffen;stefania stefi;stefanie steff steffi;stephan steff steve;stephane steph;stephanie annie steffi steffie steph stephani stephany
stephie stephine stevie;stephen steph steve;steven steph steve stevie;stuart stu;sue susan susie;sullivan sully van;susan hannah sukey susie
suzie;susana susi;susannah hannah sue sukey susie;susanne sanne suse susi;susie suzie;suzanne sue suki susie;svetlana lana sveta;sybill sibbie;sydney
sid;sylvanus sly syl;sylvester si sly sy syl vessie vester vet;sylvia silvie;tabby tabitha;tadeusz tadek;tamara toma;tamarra tammy;tammie tami
tammy;tammy tami;tanafra tanny;tasha tash tashie;tatiana tania tanya;tatyana tanya;ted teddy;temperance tempy;terence terry;teresa maite tere terry
tess tessa tessie;terri teri terrie terry;tess theresa;tessa theresa;thad thaddeus;theo theodore;theodora dora theo;theodore ted teddy;theodosia dosia
theo theodosius;theophilus ophi;theotha otha;theresa terry tessie thirza thursa traci tracie tracy;therese resi;thom thomas tom tommy;thomas tom tommi
tommy;thomasa tamzine;tiffany tiff tiffy;tilford tillie;tim timmy;timofey tima;timothy tim timmy;tisha tish;tobias bias tobi toby;tom tommy;tomas
tomasek tomy;tomasz tomek;tranquilla quilla trannie;trish trisha;trix trixie;tryphena phena;ulrich uli ulli;ulrike rike uli ulli;unice eunice
nicie;uriah riah;ursula sula sulie ulla ursel uschi;vadim vadik;valentin valya;valentina felty val vale vallie valya;valentine felty;valeri val
valerie;valeria lera vale;valerie val;vanburen buren;vandalia vannie;vanessa essa nessa vanna;vasily vasya;vera verochka;verena vreni;vernisee
nicey;veronica franky frony ronie ronna vonnie;veronika nika vroni;vic vicki vickie vicky victor;vicente chente;vicki vickie vicky victoria;victor
vitya;victoria tori torie torri torrie tory toya vic vickie vicky vika;vijay vij;viktor vik vitya;viktoria vicky vika;vincent vic vin vince vinnie
vinny;vincenzo enzo vic vin vince vinnie vinny;vinson vin vince vinnie vinny;viola ola vi;violetta lettie viola;virginia ginger ginny jane jennie
virgy;vitaly vitalik;vitoria vivi;vivian vi viv;vladimir vlad vladik volodya vova;vladislav slava vlad;vojtech vojta;volker volki;vyacheslav
slava;waldemar waldek waldi;waldo ossy ozzy;wallace wally;wally walt;walter wally walt walti;wanda wandzia;washington wash;webster webb;wendy
wen;wesley wes;westley farmboy wes west;wilber bert will;wilbur will willie willy;wilda willie;wilfred fred wil will willie;wilhelm helmut wil willi
willie willy;wilhelmina mina willemijn willie wilma;wilhelmus willem wim;will bill fred willie;willem wim;william bell bil liam wil will willie
willy;willie fred;willis bill willy;wilma billiewilhelm;wilson will willie willy;winfield field win winny;winifred freddie winnet winnie;winnie
winnifred;winnifred freddie winny;winton wint;wladyslaw wladek;wlodzimierz wlodek;wojciech wojtek;wolfgang wolf wolfi;woodrow drew wood woody;xavier
javi xavi;yekaterina katya;yeona ona onie;yevgeniya zhenya;yoshihiko yoshi;yulan lan yul;yulia julia yulya;yury yura yuri yuriy;yvonne vonna;zach zack
zak;zachariah zac zach zachy zack zak zakk zeke;zachary zac zach zachy zack zak zakk zeke;zachery zac zach zachy zack zak zakk zeke;zack zak;zbigniew
zbyszek;zdenek zdena;zebedee zeb;zedediah diah dyer zed;zephaniah zeph;zofia zosia;zsuzsanna zsuzsa
"""
