"""Given names in the United States, in small letters. Written by `make names`.

From the census of 1990 (public domain): names of at least 0.004 % of women or men together. The
first two have no name that is a family name of any weight.
"""

WOMEN = """
abigail ada addie adele adriana adrienne agnes aida aimee alberta alexandra alice alicia alisa
alisha alison alma alyssa amanda amber amelia amy ana andrea angela angelica angelina angie anita
ann anna anne annette annie antoinette april arlene ashley audrey aurora barbara beatrice becky
belinda bernadette bernice bertha bessie beth bethany betsy bettie betty beulah beverly blanca
blanche bonita bonnie brandi brandy brenda bridget brittany brittney brooke caitlin camille candace
candice candy cara carla carmen carol carole carolina caroline carolyn carrie cassandra cassie
catherine cathy cecelia cecilia celeste celia charlene charlotte chelsea cheri cherie cheryl christa
christina christine christy cindy claire clara claudia colleen connie constance consuelo cora
corinne cristina crystal cynthia daisy danielle darla darlene dawn deanna debbie debora deborah
debra delia della delores deloris dena denise desiree diana diane dianna dianne dina dixie dolores
donna dora doreen doris dorothea dorothy dorthy ebony edith edna effie eileen elaine eleanor elena
elisa elisabeth elizabeth ella ellen eloise elsa elsie elva elvira emily emma erica erika erin erma
ernestine esperanza essie estella estelle esther ethel etta eugenia eula eunice eva evelyn faith
fannie faye felicia fern flora florence frances francine francisca freda gail gayle geneva genevieve
georgia geraldine gertrude gina ginger gladys glenda gloria goldie grace gretchen gwen gwendolyn
harriet hattie hazel heather heidi helen helena helene henrietta hilda holly ida ina inez ingrid
irene iris irma isabel iva jacqueline jacquelyn jana jane janelle janet janette janice janie janine
janis jasmine jeanette jeanne jeannette jeannie jenifer jenna jennie jennifer jenny jessica jill
jillian jo joan joann joanna joanne jodi johanna josefina josephine josie joy joyce juana juanita
judith judy julia julie june kara karen kari karin karla kate katherine kathleen kathryn kathy katie
katrina kayla kelli kellie kendra kerri kimberley kimberly krista kristen kristi kristie kristin
kristina kristine kristy krystal lana latasha latonya latoya laura laurel lauren laurie leah lela
lena lenora leona leticia lila lillian lillie linda lisa lois lola lora lorena lorene loretta lori
lorna lorraine lottie louise lourdes lucille lucinda lucy lula luz lydia lynda lynette lynne mabel
mable madeline mae maggie mamie mandy marcella marcia margaret margarita margie marguerite maria
marian marianne maribel marie marilyn marina marissa marjorie marla marlene marsha marta martha mary
maryann mattie maude maureen maxine megan meghan melanie melba melinda melissa melody mercedes
michele michelle mildred mindy minnie miriam misty mollie molly mona monica monique muriel myra
myrna myrtle nadine nancy naomi natalie natasha nell nellie nettie nichole nicole nikki nina nora
norma ola olga olivia opal ora pam pamela patrica patrice patricia patsy patti patty paula paulette
pauline pearl peggy penny phyllis polly priscilla rachael rachel ramona raquel reba rebecca rebekah
regina rena renee rhonda rita roberta robyn rochelle ronda rosalie rosemarie rosemary rosetta rosie
roxanne ruby ruth sabrina sadie sallie sally samantha sandra sara sarah shanna shari sharon shawna
sheila shelia shelly sheri sherri sherrie sherry sheryl shirley sonia sonja sonya sophia sophie
stacie stefanie stella stephanie sue susan susanne susie suzanne sylvia tabitha tamara tami tamika
tammie tammy tanya tara tasha teresa teri terri thelma theresa therese tiffany tina toni tonya traci
tracie tricia trina trisha trudy valerie vanessa velma verna veronica vicki vickie vicky victoria
viola violet virginia vivian wanda wendy wilma winifred yolanda yvette yvonne
"""

MEN = """
aaron adam adrian al alan albert alberto alejandro alex alexis alfred alfredo allan alton alvin
andre andrew andy angel anthony antonia antonio armando arthur arturo aubrey ben benjamin bennie
benny bert bill billie billy bob bobbie bobby brad brandon brent brett brian byron caleb calvin carl
carlos cecil cedric cesar chad charles charlie chris christopher clarence claude cleo clifford clint
clyde colin corey cory dale dan dana daniel danny darin darrel darrell darren darryl daryl dave
david delbert derek derrick devin devon dominic dominique don donald donnie doug duane dustin dwayne
dwight earl ed eddie edgar edmund eduardo edward edwin elbert elmer enrique eric erick erik ernest
ernesto eugene evan felipe fernando francisco frank frankie fred freddie garry gary gene geoffrey
george gerald gerardo gilberto glen greg guadalupe guillermo gustavo harold harry hector horace hugh
hugo ian ignacio ira ismael ivan jack jackie jacob jaime jake james jamie jan jared jason javier jay
jean jeff jeffery jeffrey jeremiah jeremy jermaine jerome jerry jesse jessie jesus jewel jim jimmie
jimmy jody joe joel joey john johnathan johnnie johnny jon jonathan jonathon jorge jose joseph josh
joshua juan julio julius justin karl keith kelvin ken kenneth kerry kevin kris kristopher kurt kyle
larry laurence laverne leland leo leroy lesley leslie lionel lonnie loren lou louis luis lupe manuel
marc marco marcos marcus mario marion mark marvin mathew matt matthew maurice max melvin merle
michael micheal miguel mike myron nathan nathaniel neil nicholas nick ollie omar orville oscar pablo
pat patrick paul pedro pete peter phil philip phillip rafael ralph ramiro ramon randal randy raul
raymond reginald rene rex ricardo richard rick rickey ricky robbie robert roberto robin rodney
rodolfo rogelio roger rolando ron ronald ronnie roosevelt ruben rudy rufus salvador sam sammy samuel
sandy sean sergio seth shane shaun shawn sidney stacey stacy stephen steve steven ted terence
terrance terrence theodore tim timothy toby tom tommie tommy tony tracey tracy trevor troy tyrone
victor virgil walter wayne wendell wilbert wilfred william willie wm woodrow zachary
"""

OTHERS = """
abbey abbie abby abdul abe abel abraham abram adalberto adan adela adelaida adelaide adelina adeline
adell adolfo adolph adriane adrianna adrianne agatha agustin ahmad ahmed aileen aisha alaina alana
alanna alba albina alda alden aldo alec alecia alejandra alene alesha alesia aleta aletha alexa
alexander alexandria alfonso alfonzo alfreda ali alina aline alissa allen allene allie allison
allyson alonso alonzo alpha alphonse alphonso alta altagracia althea alva alvaro alvina alyce alyson
amado amalia ambrose ami amie amos amparo anabel anastasia anderson andra andreas andres andria
angelia angeline angelique angelita angelo anh anibal anissa annabelle annamarie annemarie annetta
annmarie antione antionette antoine anton antone antonette antony antwan araceli aracely archie
arden ardis ardith aretha ariana ariel arleen arlen arlie arline armand armida arnold arnoldo
arnulfo aron arron art artie asa ashlee ashleigh ashton asia astrid athena audra august augusta
augustine augustus aura aurelia aurelio austin autumn ava avery avis bambi barb barbra barney
barrett barry bart barton basil beatriz beau belen bella belle belva benedict benita benito bennett
benton bernadine bernard bernardo bernie berniece bernita berry berta bertie bertram beryl bess
bette bettina bettye beverley bianca birdie blaine blair blake blanch bo bobbi bonny booker boris
boyce boyd bradford bradley bradly brady brain branden brandie brant breanna brendan brendon brenna
brenton bret briana brianna brianne brice bridgett bridgette brigette brigitte britney britt
brittani brock broderick brook brooks bruce bruno bryan bryant bryce bryon buck bud buddy buford
burl burt burton buster caitlyn callie cameron camilla candelaria candi candida caren carey cari
caridad carina carissa carleen carlene carlo carlotta carlton carly carman carmel carmela carmelita
carmella carmelo carmine carolee carrol carroll carson carter cary caryl caryn casandra casey
catalina catharine cathie cathleen cathrine cathryn catina catrina cecile cedrick celestine celina
chadwick chance chanda chandra chanel chang chantal chantel charisse charity charla charleen charley
charline charmaine chas chase chasity chastity chauncey chelsey chelsie cherly cherry cheryle
chester chet chi chiquita chloe chong chrissy christal christen christi christian christie christin
christoper chrystal chuck chung cindi cinthia clair clare clarice clarissa clark claud claudette
claudine claudio clay clayton clement clemente clementine cletus cleveland cliff clifton clinton
cody colby cole coleen coleman colette collette collin colton columbus concepcion concetta conrad
coral cordelia cordell cori corina corine corinna cornelia cornelius cornell corrie corrine cortez
cortney courtney coy craig cristal cristine cristobal cristopher cristy cruz curt curtis cyril cyrus
dalia dallas dalton damaris damian damien damion damon dane danelle danette danial daniela daniella
danilo danita danna dannie dante daphne dara darci darcy darell daren daria dario darius darleen
darnell daron darrick darrin darron darwin davis dawna dayna dean deana deandre deangelo deann
deanne debby debi debrah dee deena deidra deidre deirdre del delfina delilah delma delmar delmer
delois delphine demarcus demetria demetrius denice denis dennis denny denver deon derick deshawn
desmond dessie destiny dewayne dewey dewitt dexter dian diann dick diego dillon dinah dino dion
dionne dirk dollie dolly domenic dominga domingo dominick dona dong donita donn donnell donny
donovan donte dorcas dorene doretha dori dorian dorinda dorris dorsey dortha dottie douglas douglass
dovie doyle drew dudley dulce duncan dusty dwain dylan earle earlene earline earnest earnestine
easter eddy edgardo edie edison edmond edmundo edwardo edwina edythe efrain efren elaina elba elda
elden eldon eldridge eleanore elenor eli elia elias elida elijah elinor elise eliseo elisha elissa
eliza elizebeth ellie elliot elliott ellis ellsworth elma elmo elnora eloisa elouise eloy elroy
elton elvia elvin elvis elwood elyse emanuel emerson emery emil emile emilia emilie emilio emmanuel
emmett emmitt emory ena enid enoch enriqueta era erasmo erich ericka erlinda erna ernestina ernie
errol ervin erwin esmeralda esteban estela ester ethan eugenio eulalia eusebio evangelina evangeline
eve everett everette evette evie evonne ezekiel ezequiel ezra fabian fabiola fanny farrah fatima
faustino fausto fawn fay federico felecia felicita felicitas felipa felisha felix felton ferdinand
fermin fidel filiberto filomena fletcher flor florencio florentino florida florine flossie floy
floyd forest forrest foster fran francesca francesco francis franklin franklyn freddy frederic
frederick fredric fredrick freeman freida frieda fritz gabriel gabriela gabriella gabrielle gale
galen garfield garland garnet garret garrett garth gaston gavin gay gaye gayla gaylord gena genaro
genoveva georgette georgiana georgianna georgie georgina geraldo gerard gerda geri germaine german
gerri gerry gertie gil gilbert gilda gillian ginny gino giovanni gisela giselle giuseppe glenn
glenna gonzalo gordon gracie graciela grady graham graig grant granville gregg gregoria gregorio
gregory greta griselda grover guillermina gus gussie guy hai hailey hal haley hallie hank hanna
hannah hans harlan harland harley harriett harriette harris harrison harvey hassan haydee hayden
hayley haywood heath helga hellen henry herb herbert heriberto herlinda herman hermelinda herminia
herschel hershel hester hilario hilary hildegard hillary hilton hipolito hiram hobert holli hollie
hollis homer hong hope horacio hortencia hortense hosea houston howard hoyt hubert huey humberto
hung hunter hyman idella ike ila ileana ilene ilse ima imelda imogene india ines inge iola iona ione
irvin irving irwin isaac isabell isabella isabelle isaiah isaias isiah isidro israel isreal issac
ivette ivonne ivory ivy jacinto jacklyn jackson jaclyn jacque jacquelin jacques jacquline jada jade
jae jaimie jamaal jamal jamar jame jamel jamey jami jamila jamison janeen janel janell janina janna
jannette jannie jaqueline jarod jarred jarrett jarrod jarvis jasmin jasper jayme jayne jayson jc
jeana jeane jeanetta jeanie jeanine jeanna jeannine jed jefferey jefferson jeffry jena jenelle
jeniffer jennette jenni jerald jeramy jere jeri jerold jeromy jerrell jerri jerrie jerrod jerrold
jesica jess jewell joanie joaquin jocelyn jodie joelle joellen joesph johnathon johnie johnna
johnson joleen jolene jonah jonas joni jonnie jordan jordon josef josefa josephina josette josiah
jospeh josue jovita joycelyn jude judi judson jules juli julian juliana julianna julianne juliet
juliette jung junior justina justine kaitlin kaitlyn kala kami kareem karina karissa karol karolyn
karon karrie karyn kasey kassandra katelyn katharine katheryn kathi kathie kathrine katina katy kay
kaye keely keenan keisha kelley kelly kelsey kendall kendrick keneth kennith kenny kent kenton kenya
keri kermit kerrie kesha keshia keven kia kieth kim kimberlee king kip kira kirby kirk kirsten kisha
kitty korey kori kory kraig kristal kristofer krystle kurtis kyla kylie kyong kyra kyung lacey lacie
lacy ladonna lakeisha lakesha lakeshia lakisha lamar lamont lan lance landon lane lanny laquita lara
larissa lashanda lashawn lashonda latanya latisha latonia latosha latrice latricia laureen lauretta
laurette lauri lavern lavina lavon lavonne lawanda lawerence lawrence lazaro lea leandro leann
leanna leanne leatrice lee leeann leif leigh leila leilani leisa lelia lemuel len lenard lenny
lenore leola leon leonard leonardo leone leonel leonor leonora leopoldo leora leota les lesa lessie
lester leta letha letitia lettie levi lewis lia libby lida lidia lilia lilian liliana lilly lily
lina lincoln lindsay lindsey lindy linnea linnie lino linwood lise lisette lissette liz liza
lizabeth lizbeth lizette lizzie lloyd logan lolita lon lona long lonny loraine lorenza lorenzo lorie
lorine lorri lorrie louann louella louie louisa lovie lowell loyd luann luanne lucas lucia luciano
lucie lucien lucila lucile lucio lucius lucretia luella luigi luisa luke lulu lura luther lyle lyman
lyn lyndon lyndsey lynn lynnette lynwood ma mac mack mackenzie madeleine madelyn madge madonna magda
magdalena magdalene magnolia mai major majorie malcolm malcom malik malinda malissa mallory man
mandi manual manuela mara maranda marcel marcela marcelina marcelino marcelle marcellus marcelo
marci marcie marcy margarette margarito marge margery margo margot margret mari mariah mariam
mariana mariann marianna mariano maricela marietta marilee marilynn marisa marisela marisol marita
maritza marjory markus marlena marlin marlon marlyn marlys marnie marquerite marquis marquita
marshall marti martin martina marty marva marvel maryanne marybeth maryellen maryjane marylin
marylou mason matilda matilde maud maudie maura mauricio maurine mauro mavis maxie maximo maxwell
may maya maybelle mayme maynard mayra mckinley meagan meaghan mei mel melina melisa mellisa mellissa
melodie melony melva melvina meredith merlin merrill merry mervin meta mi mia micaela micah michaela
michal michale michel michell mickey migdalia mikel milagros milan miles milford millard millicent
millie milo milton mimi mina minerva minh miquel miranda mireya mirian mirna missy misti mitch
mitchel mitchell mittie mitzi modesto mohamed mohammad mohammed moises monika monroe monte monty
morgan morris morton mose moses moshe mozelle murray myles myriam myrtis nadia nakia nan nanci
nanette nannette nannie napoleon natalia nathalie nathanael nathanial natividad neal ned nedra nelda
nelly nelson nena nereida nestor neva neville newton nicki nickolas nicky nicola nicolas nigel niki
nikita nila nilda nita noah noble noe noel noelle noemi nola nolan nona norbert norberto noreen
norman normand norris nova novella numbers nydia octavia octavio odell odessa odis ofelia ok olen
oleta olin olive oliver oma omer ona ophelia oralia oren orlando orpha orval osvaldo oswaldo otha
otis otto owen paige palmer pamala pansy paris parker pasquale pattie paulina pearlie pearline
peggie penelope pennie percy perla perry petra phillis philomena phoebe phuong phylis phyliss pierre
pilar porfirio porter portia precious preston pricilla prince princess prudence queen quentin quincy
quinn quintin quinton racheal rachelle rae rafaela raleigh randall randell randi randolph raphael
rashad raven ray rayford raymon raymundo rebeca reed refugio reggie reid reina reinaldo renae
renaldo renata renate renato renita reta retha reuben reva rey reyes reyna reynaldo rhea rhett
rhiannon rhoda rich richelle richie rickie rico rigoberto riley rob robbin robby robt rocco rocio
rocky rod roderick rodger rodrick rodrigo roland rolf rolland roma roman romeo romona rona ronny
rory rosa rosalba rosalee rosalia rosalina rosalind rosalinda rosalyn rosanna rosanne rosario roscoe
rose roseann roseanna roseanne rosella roselyn rosendo rosina rosita roslyn ross rowena roxana
roxane roxann roxanna roxie roy royal royce rubin rubye rudolf rudolph rueben rupert russ russel
russell rusty ruthann ruthie ryan sabina sal salina salvatore samatha sammie samual sandi sanford
sang sanjuana sanjuanita santa santiago santo santos sasha saul saundra savannah scarlett scot scott
scottie scotty sebastian selena selina selma serena seymour shad shaina shalonda shameka shamika
shana shanda shannon shanon shanta shante shantel shara sharla sharlene sharonda sharron sharyn
shauna shayla shayna shayne sheena shelby sheldon shelley shelli shellie shelton sheree sherie
sherita sherman sherrill sherwood shiela shirlene shon shonda sid sierra silas silvia simon simone
socorro sofia sol soledad solomon son sondra sonny soon spencer staci stacia stan stanford stanley
stanton starla starr stefan stephan stephany stephenie sterling stevie stewart stuart summer sun
sung sunny susana susanna susannah suzan suzanna suzette sybil sydney sylvester tabatha tad tameka
tamela tamera tammi tamra tana tania tanisha tanner taryn tatiana tawana tawanda tawnya taylor teddy
teena tena teodoro tera terese teresita teressa terra terrell terrie terry tessa tessie thad
thaddeus thanh thea theda theo theodora theron thomas thurman thuy tia tiana tiara tierra tiffani
tiffanie tillie timmy tisha titus tobias tod todd tomas tomasa tomeka toney tonia tonja tori tory
tosha toya travis trena trent trenton tresa tressa treva trey trinidad trista tristan truman tuan
twila twyla ty tyler tyra tyree tyrell tyron tyson ulysses una ursula vada val valarie valencia
valentin valentina valentine valeria valorie van vance vaughn veda velda venessa venita venus vera
verda vergie verla vern vernell vernice vernon vesta vicente vickey vida vikki vilma vince vincent
vincenzo violeta virgie virgilio virgina vito viviana von vonda wade waldo walker wallace wally
walton ward warner warren waylon weldon wendi werner wes wesley weston whitney wilber wilbur wilburn
wilda wiley wilford wilfredo wilhelmina will willa willard williams willian willis willy wilmer
wilson wilton windy winford winfred winnie winnifred winona winston wyatt xavier xiomara yadira
yasmin yesenia yolonda yong yoshiko young zachariah zachery zack zackary zane zelda zella zelma
zenaida zoe zoila zola zoraida
"""
