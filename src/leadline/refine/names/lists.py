"""Family names and given names by which the order of a name is told. Composed for Leadline.

The most frequent of each country only: a name that is missing here leaves the order unsure. In
Latin letters they are as `folded` writes them. The first `TOP` of the family names of China and
Korea are so frequent that they outweigh others (Zhang Wei: Wei is a family name, too).
"""

TOP = {"CN": 24, "KR": 12, "VN": 14}

CN = """
wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo liang song zheng
xie han tang feng yu dong xiao cheng cao yuan deng fu shen zeng peng lu su jiang cai jia ding wei
xue ye yan pan du dai xia zhong tian ren fan fang shi yao tan liao zou xiong jin hao kong bai cui
kang mao qiu qin gu hou shao meng long wan duan lei qian yin chang wen qiao lai gong pang shang hong
ning ji lao mo nie chan wong cheung leung lau ng lam ho chow yeung tsang tse kwok choi lui tsui yip
yuen fung mak chiu hui lo poon tong siu chung kwan lok mok ko chu shum hung lee lim goh chua ong koh
teo ang yeo tay toh yap chia low sim chong quek seah neo heng tsai hsu hsieh kuo tseng chiang yeh
chuang hsiao
"""
COMPOUND = """
ouyang zhuge sima shangguan situ szeto xiahou huangfu dongfang duanmu linghu murong gongsun auyeung
namgung hwangbo jegal seonwoo sunwoo dokgo
"""
CN_COMPOUND = """
欧阳 歐陽 诸葛 諸葛 司马 司馬 上官 司徒 夏侯 东方 東方 皇甫 尉迟 尉遲 公孙 公孫 慕容
令狐 长孙 長孫 宇文 轩辕 軒轅 端木 百里 呼延 南宫 南宮 独孤 獨孤 西门 西門 赫连 拓跋
申屠 钟离 淳于 濮阳 太史 澹台 闻人
"""
CN_SINGLE = (
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭"
    "肖程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鍾鐘汪田任姜范方石"
    "姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹黎易常武乔喬贺賀赖"
    "賴龚龔文庞龐樊兰蘭殷施陶洪翟安颜顏倪严嚴牛温溫芦季俞章鲁魯葛伍韦韋申尤毕畢聂聶丛焦向柳邢路"
    "岳齐齊沿梅莫庄莊辛管祝左涂谷祁时舒耿牟卜詹关關苗凌费費纪紀靳盛童欧甄项曲成游阳裴席卫查屈鲍"
    "位覃霍翁隋植甘景薄单包司柏宁甯柯阮桂闵解强柴华華车車冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅"
    "宫来苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩"
    "稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙伏岑习胥保和蔺"
)
KR = """
kim lee park choi jung kang cho yoon jang lim han oh jeong yi pak seo shin kwon hwang ahn song ryu
yoo yu jeon hong ko moon yang son bae baek heo hur nam shim noh roh ha kwak sung cha joo ju woo koo
ku gu na min jin ji um chae won chun bang kong hyun ham byun yeom yeo chu do so suh seok sun ma gil
wi pyo ki wang ok yook maeng je tak kook eo eun pyun yong bong sa im rhee chung ryoo
"""
KR_COMPOUND = "남궁 황보 제갈 선우 사공 서문 독고 동방"
KR_SINGLE = (
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구나민진지엄채"
    "원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용예경봉사부리림로"
    "량라"
)
VN = """
nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh truong trinh dao doan
luong mai cao ta thai ha lam luu phung quach tong to vuong chau chu dam dau kieu kim la mac nghiem
ninh ong quan thach than tang trieu van vi
"""
JP = """
sato suzuki takahashi tanaka ito itoh watanabe yamamoto nakamura kobayashi kato yoshida yamada
sasaki yamaguchi matsumoto inoue kimura hayashi saito saitoh shimizu yamazaki yamasaki mori ikeda
hashimoto abe ishikawa yamashita nakajima nakashima ishii ogawa maeda okada hasegawa fujita goto
gotoh kondo murakami endo aoki sakamoto fukuda ota ohta nishimura fujii kaneko okamoto fujiwara
miura nakano nakagawa harada matsuda takeuchi ono tamura nakayama wada ishida morita ueda hara
uchida shibata sakai miyazaki yokoyama takagi ando miyamoto ohno kojima kudo taniguchi imai takada
masuda maruyama sugiyama murata otsuka ohtsuka arai koyama hirano fujimoto kono ueno noguchi takeda
matsui chiba sugawara iwasaki kubo kinoshita sano nomura matsuo ichikawa kikuchi sugimoto furukawa
onishi ohnishi shimada mizuno sakurai takano watabe yoshikawa yamauchi nishida iida nishikawa
komatsu kitamura yasuda igarashi kawaguchi seki hirata nakata kubota higashi hattori iwata tsuchiya
kawasaki honda fukushima kuroda kawakami nagai nagata matsuoka tsuji yano hirose oshima ohshima
sekiguchi kawamura kawai iwamoto okumura hoshino kuwabara kurihara tsuda yoshimura nakanishi hamada
morimoto asano tamaki uehara higa miyagi kinjo oshiro shimabukuro
"""
JP_OWN = """
佐藤 鈴木 高橋 髙橋 田中 伊藤 渡辺 渡邊 渡邉 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本
井上 木村 林 斎藤 齋藤 齊藤 斉藤 清水 山崎 森 池田 橋本 阿部 石川 山下 中島 石井 小川 前田
岡田 長谷川 藤田 後藤 近藤 村上 遠藤 青木 坂本 福田 太田 西村 藤井 金子 岡本 藤原 三浦 中野
中川 原田 松田 竹内 小野 田村 中山 和田 石田 森田 上田 原 内田 柴田 酒井 宮崎 横山 高木 安藤
宮本 大野 小島 工藤 谷口 今井 高田 増田 丸山 杉山 村田 大塚 新井 小山 平野 藤本 河野 上野 野口
武田 松井 千葉 菅原 岩崎 久保 木下 佐野 野村 松尾 市川 菊地 杉本 古川 大西 島田 水野 桜井 高野
渡部 吉川 山内 西田 飯田 菊池 西川 小松 北村 安田 五十嵐 川口 関 平田 中田 久保田 東 服部 岩田
土屋 川崎 本田 福島 黒田 川上 永井 松岡 辻 矢野 広瀬 大島 永田 関口 川村 河合 岩本 奥村 星野
桑原 栗原 津田 吉村 中西 浜田 森本 浅野 玉城 上原 比嘉 宮城 金城 大城 島袋 荒木 大久保 小田
松村 片山 須藤 早川 熊谷 三宅 尾崎 成田 望月 小池 石原 松浦 岡崎 岡村 堀 堀内 平井 児玉 高山
大橋 内藤 森下 榎本 大谷 秋山 本間 白石 松下 川島 竹田 小沢 樋口 萩原 伊東 小倉 篠原 西山 中井
宇野 秋元 今村 田辺 田口 高島 西尾 坂口 根本 富田 柳田 天野 大川 福井 吉岡 安部 稲葉
"""
HU_FAMILY = """
nagy kovacs toth szabo horvath varga kiss molnar nemeth farkas balogh papp lakatos takacs juhasz
meszaros olah simon racz fekete szilagyi torok feher balazs gal kis szucs orsos kocsis fodor pinter
szalai sipos magyar gulyas biro katona lukacs boros kelemen somogyi fazekas balog antal bogdan
hegedus barta bodnar pataki vass illes lengyel kerekes orban vincze nyari szekely
"""
HU_GIVEN = """
adam adrienn agnes agota akos aladar alexandra aliz andor andras andrea anett aniko anita anna
annamaria antal aranka aron attila balazs balint barbara barnabas beata bela bence benedek benjamin
bernadett bertalan boglarka borbala botond csaba csilla csongor daniel david denes dezso diana
domonkos dora dorina dorottya edina edit eduard elek elemer emese emil emma endre eniko erik erika
erno ervin erzsebet eszter eva evelin fanni ferenc flora fruzsina gabor gabriella gellert gergely
gergo gizella gyongyi gyorgy gyorgyi gyula hajnalka hanna henrietta henrik hilda ibolya ida ildiko
ilona imre istvan ivett izabella jakab janka janos jeno jozsef judit julia julianna kalman kamilla
karoly kata katalin kinga klara klaudia kornel kornelia kristof krisztian krisztina lajos laszlo
laura levente lidia lili lilla lorant lujza magdolna marcell margit maria mariann marianna mark
marta marton mate matyas melinda mihaly miklos milan monika nandor natalia nikolett nikoletta noemi
nora norbert olga olivia oszkar otto pal patrik peter petra piroska rajmund reka renata rita robert
roland rozalia rudolf sandor sara sarolta szabina szilard szilvia tamas terez tibor timea tunde
valeria vanda vencel vera veronika viktor viktoria vilmos virag vivien zita zoltan zsanett zsofia
zsolt zsombor zsuzsa zsuzsanna
"""
RU_GIVEN = """
александр алексей анатолий андрей антон аркадий арсений артем артур богдан борис вадим валентин
валерий василий вениамин виктор виталий владимир владислав всеволод вячеслав геннадий георгий герман
глеб григорий давид даниил данила демьян денис дмитрий евгений егор ефим захар иван игорь илья
иннокентий иосиф кирилл константин лев леонид макар максим марк матвей михаил назар никита николай
олег павел петр роман ростислав руслан савелий семен сергей станислав степан тарас тимофей тимур
федор филипп эдуард юлиан юрий яков ян ярослав александра алена алина алиса алла анастасия ангелина
анна антонина валентина валерия варвара василиса вера вероника виктория галина дарья диана ева
евгения екатерина елена елизавета жанна зинаида зоя инна ирина карина кира клавдия кристина ксения
лариса лидия любовь людмила маргарита марина мария милана надежда наталия наталья нина оксана олеся
ольга полина раиса регина светлана софия софья тамара татьяна ульяна элина эльвира эмилия юлия яна
ярослава олександр олексій андрій анатолій василь віктор віталій володимир ігор іван микола михайло
павло петро сергій юрій дмитро євген олена наталія ірина катерина тетяна марія світлана юлія ганна
вікторія
"""
ES_GIVEN = """
adriana adriano afonso agustin alba alberto alejandra alejandro alfonso alfredo alicia alvaro amalia
amanda amparo ana anabel andrea andres angel angela angeles angelica antonia antonio aparecida
araceli ariel armando arturo asuncion augusto aurelio aurora azucena baltazar barbara beatriz belen
bernardo bianca blanca brenda breno bruno caetano caio camila camilo candelaria carla carlos carmen
carolina catalina catarina cecilia celia celso cesar clara claudia claudio cleber concepcion
consuelo cristian cristiano cristina cristobal daniel daniela dario david debora denise diana diego
dolores edson eduarda eduardo efrain elena eliana elias elisa elisabeth elizabeth eloisa elsa elvira
emilia emiliano emilio emmanuel enrique ernesto esperanza esteban estela estevao esther eugenia
eugenio eva everton fabian fabiana fabio fabiola fabricio fatima federico felipe felix fernanda
fernando fidel filipe flavia flavio francisca francisco gabriel gabriela gabriele gerardo german
gilberto giovanna gisela gloria gonzalo graciela gregorio guadalupe guilherme guillermo gustavo
hector heitor helena helio heloisa henrique hernan hernando hilda hugo humberto ignacio igor inacio
ines inmaculada irene iris irma isaac isabel isabela isabella isidro ivan ivonne jacinto jaime
javier jesus jimena joana joao joaquim joaquin joel jonas jonathan jorge jose josefa josefina juan
juana julia julian juliana julieta julio karen karina karla larissa laura lazaro leandro leonardo
leonor leticia lidia lilia liliana livia lorena lorenzo lourdes lucas lucia luciana luciano lucila
lucio lucrecia luis luisa luiz luiza luz magdalena manuel manuela marcela marcelo marcia marcio
marcos margarita maria mariana mariano maribel maricela marina mario marisa marisol marta martha
mateus matheus matilde mauricio mauro maximiliano mercedes micaela miguel milagros milena mireya
miriam monica monserrat montserrat murilo myriam nadia natalia nathalia nelson nestor nicolas nieves
noelia noemi nora norma nuria octavio ofelia olga omar oscar otavio pablo paloma paola patricia
patricio paula paulina paulino paulo pedro pilar priscila rafael rafaela ramiro ramon raquel raul
rebeca regina renata renato rene ricardo rigoberto rita roberta roberto rocio rodolfo rodrigo
rogelio rogerio rolando rosa rosalia rosana rosangela rosario roxana ruben ruth samuel sandra sara
saul sebastian sebastiao sergio silvana silvia simone sofia soledad sonia suelen susana tania
tatiana teodoro teresa thais thiago tiago ubaldo ulises valentina valeria vanesa vanessa vera
veronica vicente victor victoria vinicius virginia vitor vitoria viviana wagner walter washington
wellington wilfredo xavier ximena yadira yara yolanda zulema
"""
ES_BOTH = """
alonso benito bautista cruz domingo gaspar jordan leon lorenzo marcos martin mateo nicolas pascual
rosario salvador santiago simon tomas trinidad valentin vicente
"""
ES_OF_MARIA = """
carmen pilar rosario mar angeles dolores luz rosa jesus rocio socorro consuelo mercedes fatima
lourdes guadalupe paz soledad sol milagros nieves montserrat concepcion gracia valle refugio
sagrario remedios amparo carmelo cielo
"""
