"""Words that postal addresses are made of: kinds of streets, units, states, countries; lower case, no full stops.

Kinds of streets and units follow USPS Publication 28 (appendices C1 and C2), Royal Mail's and Australia Post's guides and
India Post's usage; those of other languages what their postal services print as examples.
"""

from __future__ import annotations

from typing import Final


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


KINDS: Final = _set(
    "street st str avenue ave av road rd boulevard blvd blv drive drv dr lane ln court ct circle cir parkway pkwy pky highway hwy terrace ter terr "
    "crescent cres alley aly expressway expy freeway fwy turnpike tpke crt cct mews gardens gdns esplanade marg nagar bypass causeway"
)
"""Kinds that follow a name and are hardly anything else."""
LOOSE_KINDS: Final = _set(
    "place pl way square sq trail trl loop plaza plz park pk hill hills view vw close cl walk row run pike point pt pass crossing xing ridge rdg green "
    "grove grv heights hts hollow junction jct landing manor meadow meadows oval parade pde quay valley "
    "vista bend bluff branch bridge brook corner cove creek garden "
    "gate glen haven knoll orchard skyway "
    "drove dale "
    "cross main layout colony enclave vihar chowk circus copse gully pathway bagh ganj viaduct "
)
"""Kinds that are common words too: the name and the kind must be written as names."""
BROAD: Final = _set("broadway bowery embarcadero piccadilly whitehall")
"""Streets that need no kind."""
DIRECTIONS: Final = _set("n s e w ne nw se sw north south east west northeast northwest southeast southwest")
PREFIXES: Final = _set(
    "rue avenue boulevard bd blvd chemin allée allee allées impasse quai cours ruelle sentier faubourg chaussée chaussee montée esplanade "
    "viale vle piazza pza p.za corso vicolo piazzale contrada lungomare lungotevere salita borgo traversa stradone "
    "calle c/ avenida avda avd paseo pº carrera cra cll camino ronda travesía travesia glorieta callejón carretera ctra cuesta pasaje pje pasadizo rambla urbanización "
    "acceso alameda rúa camiño circuito calzada cerrada prolongación privada carrer passeig plaça avinguda "
    "rua travessa praça praca estrada rodovia ladeira viela beco "
    "ul ulica aleja aleje osiedle plac ulitsa ulice náměstí nám třída tř trg cesta bulevardul calea "
    "jalan jl jln lorong leoforos odos οδός λεωφόρος πλατεία улица ул проспект"
)
"""Kinds that stand before the name."""
LOOSE_PREFIXES: Final = _set(
    "via place pl plaza plaz largo passage square route rte strada al os r str vial diagonal ch imp tv av"
)
"""Those that are common words or abbreviations of other things too: only written as a name, or after a number."""
POST_KINDS: Final = _set(
    "utca út útja tér tere körút krt sétány köz tee tn pst mnt gate gata vei veien vegen veg vej vegur plass plads allé straße strasse str weg platz allee gasse ring damm ufer "
    "steig chaussee laan straat plein kade singel dreef väg vägen gatan gränd tori caddesi cad sokak sok bulvar\u0131 terrasse terasse torg torv wei dyk "
    "baan steenweg markt hof hoek kaai lei"
)
"""Kinds that follow a name and are followed by the house number."""
COMPOUNDS: Final = (
    "straße", "strasse", "straat", "gasse", "gässchen", "gäßchen", "allee", "platz", "chaussee", "promenade", "gatan", "vägen", "gränd", "gränden", "stigen",
    "torget", "backen", "gården", "vej", "vejen", "veien", "vegen", "gade", "stræde", "plads", "vænget", "bakken", "laan", "dreef", "singel", "steeg", "plein", "kade", "dijk",
    "katu", "kuja", "polku", "tänav", "puiestee", "bulevardi", "väylä", "rinne", "gata", "weg", "steig", "damm", "ufer", "vegi", "alléen", "haugen", "lien", "stræti", "straeti", "str", "ringen",
)  # fmt: skip
"""Ends of one-word street names."""
NO_COMPOUNDS: Final = _set("brigade renegade norweg fregata kriegsdamm client alien vilken italien australien")
UNITS: Final = _set(
    "apt apartment suite ste unit flat fl floor bldg building room rm lot trlr trailer spc space dept pmb level lvl studio office ofc shop block blk wing tower "
    "flr hangar slip pier stop depto departamento dpto interior int piso puerta appartamento piano scala edif escalera esc bloque andar apto étage appt bât bâtiment lgh top stiege byt etasje wohnung whg"
)
"""Parts of a building, before their number."""
SURE_UNITS: Final = _set(
    "apt apartment suite ste unit flat pmb studio trlr depto apto appt dpto appartamento interior lgh"
)
PREMISES: Final = _set(
    "flat plot house h.no hno h.n door d.no dno shop villa qtr quarter bungalow sector phase block gali ward survey site khasra room tower kothi office unit level studio"
)
"""What an Indian address begins with or contains, before its number."""
NUMBER_WORDS: Final = _set("no nr n n° nº num number # núm numero número č")
PARTICLES: Final = _set(
    "de la le les du des del della delle dei degli di da do dos das d l van von der den het 't 's of the y e i zu zur zum am an im in auf op aan und et en el los las av på w na u pod nad bei unter alla sur sous"
)
FIRST_PARTICLES: Final = _set("de la le les du des van den het da do dos von am zum zur an im na nad pod u")
"""Small words that names of streets begin with."""
SPELLED: Final = _set("one two three four five six seven eight nine ten eleven twelve")
SPELLED_KINDS: Final = KINDS | {"plaza", "place", "square"}
"""Kinds behind a number in words: One Market Street, One Penn Plaza."""
ROADS: Final = _set("highway hwy route rte rt fm cr sr sh us interstate rr")
OWNED_ROADS: Final = _set("road rd freeway i")
"""Roads with a number only if somebody owns them: County Road 12."""
ROAD_OWNERS: Final = _set(
    "county co state us u.s u.s.a farm ranch forest township twp old provincial regional national"
)
SHIPS: Final = _set("uss usns usnv usav uscgc usnr")
MILITARY_BEGINNINGS: Final = SHIPS | _set("apo fpo dpo psc unit cmr")
MILITARY: Final = _set("apo fpo dpo")
THEATRES: Final = _set("aa ae ap")

BOXES: Final = _set("postbox postfach postboks casilla apartado pobox p.o.box")
BOX_PAIRS: Final = frozenset({("po", "box"), ("p.o", "box"), ("gpo", "box"), ("private", "bag"), ("locked", "bag")})
BOX_BEGINNINGS: Final = BOXES | _set("po p.o gpo private locked p post rr hc")
FLOORS: Final = _set("floor fl flr etage")

STATES: Final = _set(
    "al ak az ar ca co ct de dc fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy "
    "pr vi gu as mp fm mh pw ab bc mb nb nl ns nt nu on pe qc sk yt nsw vic qld tas act wa sa nt"
)
WORDY_STATES: Final = _set("in or me ok hi oh pa ma la id co de al as")
"""Codes that are words too: they need a postal code behind them."""
STATE_NAMES: Final = _set(
    "alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois indiana iowa kansas kentucky louisiana "
    "maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah "
    "vermont virginia washington wisconsin wyoming ontario quebec québec manitoba saskatchewan alberta victoria queensland tasmania karnataka maharashtra "
    "kerala telangana gujarat rajasthan punjab haryana bihar odisha assam jharkhand uttarakhand goa"
) | {
    "new york", "new jersey", "new mexico", "new hampshire", "north carolina", "south carolina", "north dakota", "south dakota", "rhode island", "west virginia",
    "british columbia", "nova scotia", "new brunswick", "new south wales", "south australia", "western australia", "tamil nadu", "andhra pradesh",
    "uttar pradesh", "madhya pradesh", "west bengal", "himachal pradesh", "new delhi",
}  # fmt: skip
_ONE_WORD: Final = _set(
    "afghanistan albania algeria andorra angola argentina armenia aruba australia austria azerbaijan bahamas bahrain bangladesh barbados belarus belgium belize "
    "benin bermuda bhutan bolivia botswana brazil brasil brunei bulgaria burundi cambodia cameroon canada chad chile china colombia comoros congo croatia cuba cyprus "
    "czechia denmark djibouti dominica ecuador egypt eritrea estonia eswatini ethiopia fiji finland france gabon gambia georgia germany deutschland ghana gibraltar greece greenland "
    "grenada guadeloupe guam guatemala guernsey guinea guyana haiti honduras hungary iceland india indonesia iran iraq ireland israel italy italia jamaica japan jersey jordan "
    "kazakhstan kenya kiribati kosovo kuwait kyrgyzstan laos latvia lebanon lesotho liberia libya liechtenstein lithuania luxembourg macao madagascar malawi "
    "malaysia maldives mali malta martinique mauritania mauritius mexico méxico micronesia moldova monaco mongolia montenegro montserrat morocco mozambique myanmar "
    "namibia nauru nepal netherlands nederland nicaragua niger nigeria niue norway norge oman pakistan palau palestine panama paraguay peru perú philippines poland polska portugal qatar "
    "réunion romania russia rwanda samoa senegal serbia seychelles singapore slovakia slovenia somalia spain españa sudan suriname sweden sverige switzerland schweiz suisse syria taiwan "
    "tajikistan tanzania thailand togo tokelau tonga tunisia turkey türkiye turkmenistan tuvalu uganda ukraine uruguay uk usa u.s.a uzbekistan vanuatu venezuela "
    "vietnam yemen zambia zimbabwe england scotland wales österreich"
)
COUNTRIES: Final = _ONE_WORD | {
    "united states", "united states of america", "united kingdom", "great britain", "northern ireland", "new zealand", "south africa", "south korea", "north korea",
    "saudi arabia", "sri lanka", "costa rica", "el salvador", "dominican republic", "czech republic", "hong kong", "puerto rico", "united arab emirates", "east timor",
    "burkina faso", "cape verde", "papua new guinea", "sierra leone", "solomon islands", "marshall islands", "faroe islands", "cayman islands", "cook islands", "falkland islands",
    "san marino", "trinidad and tobago", "antigua and barbuda", "saint kitts and nevis", "saint lucia", "bosnia and herzegovina", "ivory coast", "new caledonia",
    "french polynesia", "french guiana", "equatorial guinea", "central african republic", "isle of man", "north macedonia", "people's republic of china",
    "russian federation", "vatican city", "western sahara", "sao tome and principe",
}  # fmt: skip

MONTHS: Final = _set(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec "
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun"
)
STOP: Final = (
    _set(
        "a an and or but nor not if as at by for from in into of off on onto out over per than then that this these those to under until up upon via with within without is are was were be been "
        "has have had do does did will would can could may might shall should he she it they we you i his her its their our your my who which what when where why how all any "
        "both each few more most other some such no only own same so too very just also about above after again against before below between during further here there once "
        "am pm a.m p.m day days week weeks weekend month months year years yr yrs hour hours hr hrs minute minutes min mins second seconds sec secs percent pct mile miles km kms "
        "meter meters metre metres feet foot ft inch inches yard yards acre acres pound pounds lb lbs kg oz dollar dollars usd eur euro euros cent cents gb mb mph units pieces "
        "people persons men women kids children students employees customers users members visitors guests cars items points times copies pages lines rows tests errors star stars "
        "bedroom bedrooms bed beds bath car lane lanes way block blocks step steps door doors story stories storey storeys million billion thousand hundred dozen percent "
        "square cubic left right next last first new st nd rd th page section article chapter clause paragraph act scene week version release build"
    )
    | MONTHS
)
"""Words that no street is named for when they are written small, or right after a number."""
COUNTERS: Final = _set(
    "page pages p pp section sec article art chapter ch clause paragraph para act scene verse week day top version release episode season volume vol edition issue figure fig table "
    "step part question item line row title rule exhibit psalm grade phase level stage round game match age aged over under about approximately nearly almost than only exactly these those "
    "invoice order ticket case claim policy account acct serial model ref reference batch flight gate terminal platform seat pier route bus train track psalm § $ € £ highway interstate windows version"
)
"""Words after which a number counts or names something else than a house."""
STOPS_IN_NAMES: Final = _set("st new second first third block square")
"""Words that streets are named with, although small they are not."""
AFTER_STREETS: Final = DIRECTIONS | UNITS | STATE_NAMES | STATES
"""Capital words that follow a street without being part of its name."""
BEGINNINGS: Final = PREFIXES | LOOSE_PREFIXES | SPELLED | MILITARY_BEGINNINGS | BOX_BEGINNINGS | UNITS | PREMISES
"""Words that addresses begin with, apart from one-word names of streets."""
