"""Regular expressions of date words in eight languages, in lower case without accents, for `dates`."""

CIRCA = (
    r"circa\b|approx(?:imately)?\b\.?|about\b|around\b|probably\b|perhaps\b|possibly\b|likely\b|etwa\b|gegen\b|wohl\b"
    r"|environ\b|vers\b|verso\b|hacia\b|omstreeks\b|rond\b|omkring\b|omk\b\.?|kring\b|um\b|ca\b\.?|cca\b\.?|c\b\.?|\?|~|©"
)
CONNECTOR = r"[-/]|\b(?:to|or|and|until|through|bis|oder|und|a|au|ou|et|o|e|ed|y|al|alla|tot|of|en|og|och|til|till)\b"
FILLER = (
    r"the|of|in|year|der|den|des|dem|das|jahres?|du|de|la|le|les|l'|d'|il|i|del|dell'|della|dello|lo|el|los|van|het"
    r"|'s|af|av|pa"
)
BEFORE = (
    r"before|prior to|by|until|till|up to|pre|ante(?: quem)?|(?:no|not) later than|(?:no|not) after|vor|bis|spatestens"
    r"|avant|jusqu'(?:en|a)|prima(?= d)|entro|antes|hasta|voor|tot|uiterlijk|før|fore|senest"
)
AFTER = (
    r"after|since|from|post(?: quem)?|(?:no|not) earlier than|(?:no|not) before|nach|ab|seit|fruhestens|apres|depuis"
    r"|dopo|despues|desde|na|vanaf|sinds|efter|etter|fra|fran"
)
_OR = r"(?:or|and|oder|und|ou|et|o|e|y|of|en)\s+(?:(?:shortly|slightly|somewhat|soon|later|kurz|peu|poco)\s+)?"
EARLIER = rf"{_OR}(?:earlier|before|fruher|davor|vorher|avant|prima|antes|eerder|ervoor)\b"
LATER = (
    rf"onwards?\b|\+|-\s*(?:present|today|heute|$)"
    rf"|{_OR}(?:later|after|spater|danach|apres|dopo|despues|posteriore|erna)\b"
)

_ROMAN = r"(?P<roman>[ivx]{1,6})(?:\.|e|eme|er|de)?"
ORDINAL = rf"(?:(?P<number>\d{{1,2}})\s*(?:st|nd|rd|th|\.|ieme|eme|er|e|de|ste|o|a|°)|{_ROMAN})"
_LONG_CENTURY = (
    r"centur(?:y|ies)|jahrhunderts?|jhd?t?s?\.?|siecles?|secol[oi]|sec\.?|siglos?|eeuw(?:en)?"
    r"|arhundrede[ts]?|arhundradet?|arhundret?|wieku?|世紀|世纪"
)
CENTURY = rf"{_LONG_CENTURY}|(?<!\d\s)(?:(?<=[\s.-])|(?<=th))(?:cent\b\.?|c\b\.?|s\b\.?|w\b\.?)"
CENTURY_BEFORE = r"siglos?|secol[oi]|secc?\.?|saec\.?|s\.(?=\s*[ivx])|seculos?"
DECADE_BEFORE = r"annees|anni|anos|jaren|decade of the|decada de(?: los)?|decennio"
NUMBER_WORDS = {
    word: f"{number}th"
    for number, word in enumerate(
        ("twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth")
        + ("nineteenth", "twentieth"),
        start=12,
    )
}

PARTS = {  # Third of a century or decade → its names
    0: r"early|beginning|begin|beginn|start|anfang|anfange|fruhe[nsr]?|debut|commencement|inizio?|principios?|comienzos"
    r"|inicios?|vroege?|begyndelsen|borjan|begynnelsen|tidlig\w*|tidig\w*",
    1: r"mid(?:dle)?|mitte|mittlere[ns]?|milieu|meta|mediados|midden|midten|mitten",
    2: r"late|end|ende|close|spate[nsr]?|fin|fine|finales|fines|einde?|slutningen|slutet|slutten|sent?",
}
FRACTIONS = {  # Into how many parts a fraction divides a century → its names
    2: r"half|halfte|h\.|moitie|meta|mitad|helft|halvdel|halft(?:en)?",
    3: r"third|drittel|tiers|terzo|tercio|derde",
    4: r"quarter|quart|viertel|quarto|cuarto|kwart|fjerdedel|kvartal",
    10: r"decade|jahrzehnt|decennie|decennio|decada|decennium",
}
NTH = {  # Beginning of the word for a number → the number
    1: ("1", "fir", "ers", "pre", "pri", "eer", "før", "for"),
    2: ("2", "sec", "zwe", "deu", "seg", "twe", "and"),
    3: ("3", "thi", "dri", "tro", "ter", "derd", "tre"),
    4: ("4", "fou", "vie", "qua", "cua", "fje", "fja"),
}
_NUMBER = (
    r"\d(?:\.|st|nd|rd|th|ere|re|er|eme|e|a|o|de|ste)?|first|second[aeo]?|third|fourth|last|erste[nrs]?|zweite[nrs]?"
    r"|dritte[nrs]?|vierte[nrs]?|letzte[nrs]?|premiere?|deuxieme|troisieme|quatrieme|derni(?:ere|er)|prim[ao]|terz[ao]"
    r"|quart[ao]|ultim[ao]|primera?|segund[ao]|tercera?|cuart[ao]|eerste|tweede|derde|vierde|laatste"
    r"|første|forsta|anden|annen|andra|tredj?e|fj[ea]rd[ea]|sidste|sista|siste"
)
PART = (
    rf"({_NUMBER})[\s-]*({'|'.join(FRACTIONS.values())})(?![a-z])"
    rf"|({'|'.join(PARTS.values())})(?![a-z])"
)

ERA = {
    "bc": r"b\.?\s?c\.?(?:\s?e\.?)?|before (?:christ|the common era)|v(?:or|oor)?\.?\s?(?:u\.?\s?z\.?|chr\w*\.?|c\.)"
    r"|a(?:v(?:ant|anti)?|ntes de)?\.?\s?(?:j(?:esus)?\.?\s?-?\s?c(?:hrist)?\.?|c(?:risto)?\.?|n\.?\s?e\.?)",
    "ad": r"a\.?\s?d\.?|c\.?\s?e\.?|n(?:ach|a)?\.?\s?(?:u\.?\s?z\.?|chr\w*\.?)"
    r"|ap(?:r(?:es)?)?\.?\s?j(?:esus)?\.?\s?-?\s?c(?:hrist)?\.?|d(?:opo|espues de)?\.?\s?c(?:risto)?\.?",
}
_AGAIN = (
    r"(?:re)?print\w*|cast|recast|restrike\w*|(?:re)?publi\w+|(?:re)?issued|exhibited|shown|edition|impression|posthumous\w*"
    r"|restored|repainted|acquired|purchased|after an?|copy of|gedruckt|neudruck|abzug|abguss|guss|gegossen|nachguss"
    r"|ausgestellt|veroffentlicht|tirage|(?:re)?imprime\w*|fonte|fondu\w*|expose\w*|stampat\w+|fusione|fuso|tiratura"
    r"|espost\w+|impres[ao]|fundid[ao]|expuest[ao]|gedrukt|afdruk|gegoten|tentoongesteld"
)
SECONDARY = rf"(?<![a-z])(?:(?:{_AGAIN})\b[^,;()]*|(?:dynasty|period|reign)\b[^,;()]*\([^)]*\))"
"""What happened to a work after it was made, and the years of a whole period."""
LIFE = r"(?<![a-z])(?:(?:born|died|active|geboren|gestorben)\b|b\.(?=\s*\d))[^,;()]*"
"""Dates of the artist's life."""
