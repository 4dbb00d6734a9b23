"""Words of company names whose case is known: common words, abbreviations, brands."""

from leadline.refine import text

COMMON = text.words(
    "bahn gogh koç sony банк дом мир торг "
    "able acme ada agro agua air alfa all alpha alta alto amy ann any apex aqua are area army art "
    "arte arts asia atom aunt auto away axis azul baby back bad bank base bau bay beer bell ben "
    "best big bike bio bird blue boat bob body bond bone book boot box brew bros bus but buzz "
    "cafe call camp can car card care cars cart casa case cash cat cell chef chip city club coal "
    "coat code coin cold cook cool core corn cost cove crew cube cup cure dan dark dash data date "
    "dawn day deal deep design desk dial diaz diet dish disk dock dog dome don door dot down dr "
    "draw drop drum duck dust earth east echo edge elite elm erie euro eva even ever exit eye "
    "face fact fair fall fame farm fast feed feel film find fine fire firm first fish fit five "
    "fix flag flow fly foam fold folk food fork form fort foto four fox free fuel full fun fund "
    "gain game gas gate gear geo gift girl give glow go goal goat god gold golf good grid group "
    "grow gulf guru gym hair half hall hand hans hard harp has hat haus hawk head heat help her "
    "herb hero high hill hire his hive hof home hong hope horn host hot hotel hour how hub huge "
    "hugh hunt hut ice ida idea inch ink inn into iowa iris iron item its ivy jack jade java jean "
    "jet jim job joe john join joke jon joy jr jump just keep ken key kid kids kim kind king kite "
    "knit kong lab labs lake land lane las last law lead leaf lean lee left lens leo leon les "
    "life lift like lily lime line link lion list live load loan loft logo long look loop los lou "
    "love low luck luna lux mad made mail main mama map mar mare mark mart mass max may maze me "
    "meal meat med media meet mega men menu mesh mia mill mind mine mint mix mode moon more move "
    "mr mrs much muse my name near neat need nest net new news next nice no noah node noon nord "
    "north not note nova nut oak obra off ohio oil old on one open our out oval oven over owl own "
    "pace pack page paid pain palm pam pan park part pass pat path pay peak pear peer peru pet "
    "pick pier pine pink pipe plan play plot plus pod poem pole polo pond pool pop port pot pro "
    "pure push quiz race rack rail rain ramp rank rare rate ray real red reef rent rest rice rich "
    "ride rig rim ring rio rise risk road rob rock ron roof room root rope rose roy ruby ruiz "
    "rule run rush safe sail saint sale salt sam san sand sao sat save scan sea seal seas seat "
    "see seed self sell send shed ship shoe shop show side sign silk silo site six size ski skin "
    "sky slow snap snow soap sofa soft soil sol sole solo son song sons soul south spa spin spot "
    "spur sr st star steel step stop sud sul sun sur surf swan swim tag tail tall tank tap tape "
    "task tax taxi tea team tech ted tel tele tent term test tile tim time tiny tire toll tom "
    "tone tool top tor tour town toys tree trek tri trim trip true tube tune turf turn twin two "
    "type und unit up user utah vale van vast veg vet via view villa vine vote wall ware warm was "
    "wash wave wax way we wear web weg well west who why wide wild will win wind wine wing wire "
    "wise wish wolf wood wool work world yard yoga you your zen zero zinc zion zoe zone zoo"
)
"""Common words, most of up to four letters. In a name in capitals, other short words may be
abbreviations."""

CAPITALS = text.words(
    "abb abc abn adt aeg aegon aig amd aol asml atm att aws axa b2b b2c basf bbc bbva bcg bhp bmw "
    "bnp bp bt cad cbd cbre cbs cd cern cgi cnc cnn cpa crh crm csl dab db dc dhl dj dna dsm dvd "
    "ebrd edf enbw eni eon epcos erp esg etf eu ev ey fda fifa fm gbr ge gis gm gps gsk h2o hcl "
    "hdfc hdi hp hr hsbc hvac ibm icici ikea ims ing io iot ip ipo itv jbl jbs jp jpm jv kfc "
    "kfw kkr klm kpmg kpn kt lbbw led lg lng lvmh mba mbda mbs mdm ml mtn mtu nasa nato nba nbc "
    "ncr nec nfl ngo nhs ntt nyc oecd oem omv pc pdf pkn posco ppg pr ptc pvc pwc qa qbe rbs rfid "
    "rwe sap sbb seo sgl sgs skf sms sql swot tcs tdk tnt tsb tui tuv tv tüv uae ubs uefa uk un "
    "unesco unicef ups usa usb uv vfl vip vpn vr vw wpp ymca zdf"
)
"""Abbreviations and names that stay in capitals."""

_BRANDS = text.words(
    "adidas AirAsia AkzoNobel AstraZeneca BioNTech BlackBerry BlackRock ConocoPhillips "
    "DaimlerChrysler DeepMind DocuSign DoorDash eBay ExxonMobil FedEx GitHub GitLab "
    "GlaxoSmithKline GoDaddy HubSpot InBev iRobot JetBlue JPMorgan LinkedIn OpenAI PayPal "
    "PetroChina PricewaterhouseCoopers PwC QuickBooks ServiceNow SoftBank SolarWinds SoundCloud "
    "SurveyMonkey thyssenkrupp TikTok TotalEnergies TransCanada UniCredit VMware WeWork WhatsApp "
    "WordPress YouTube"
)
BRANDS = {brand.lower(): brand for brand in _BRANDS}
"""Names with capitals of their own, by their small letters."""
