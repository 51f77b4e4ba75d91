"""Names: printable ones of files, and of columns, which are stored, so that no value may pass for one."""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from typing import Final

MAX_COLUMNS: Final = 1_000
"""Further names are taken for data: a file that has more uses its keys as values."""
_NAME: Final = re.compile(r"[^\W\d][\w $#%&.,:/()?*'-]{0,63}|[@$_#*][A-Za-z][\w-]{0,62}")
_MANY_DIGITS: Final = re.compile(r"\d{4}|(?:\d\D{0,2}){6}")
_WORDS: Final = frozenset(
    re.findall(
        r"\w+",
        """
    and by in of on or per the to with account accounts acct active activity address addr age agency agent amount amt area assigned attorney balance bank bal begin
    billing birth bool branch business call caller card case category cell charge check city claim class client close closed code
    collector comment comments company contact content cost count country county court create created creditor currency current
    customer cust data date day dbname debt debtor default delete deleted department dept desc description details disposition
    dl dob doc doctor document due duration ein email employee employer employment end ended enabled entity entry event expiry
    fax fee field file filename first flag fname first from full fullname gender given grade group guid hash home host house iban
    id identifier img index info insurance interest invoice ip is issued item job judgment key kind label language last lang lat
    latitude legal length level license line link list lname loan location login lon longitude maiden mail mailing manager marital
    member memo merchant message method middle mobile modified month mrn name national nationality no note notes num number
    occupation office opened order org organisation organization origin owner paid parent passport password path patient pay
    payment payments pct person phone phones photo pin plan plate policy position postal postcode price primary principal priority
    product province qty quantity race rate reason received record ref reference region relation religion rep role routing row
    salary salutation school score seq serial sex signature size sms source spouse ssn staff start state status street subject
    suffix suite surname system tag tax tel telephone text time timestamp title token total transaction txn type uid unit
    updated url user username userid usr uuid value vendor version vin voicemail wage website when work worker year zip zipcode
        """,
    )
)
_FIELDS: Final = _WORDS | frozenset(
    re.findall(
        r"\w+",
        """
    about accept access action actual added adjusted admin adresse after agreement alert alias alt alternate annual anschrift answer apartment apellido
    apellidos api app application applied approved apr apt archived attempts aud author authorized auto available average batch before beruf bic body book born
    bounced brand browser build building bureau cached campaign canceled cancelled cash catalog cellphone channel charset checking chief children cidade
    citizenship ciudad clicks codice cognome collection color colour comm completed component condition config confirmed consent consumer coordinates correct
    correlation correo cosigner courriel coverage cpt cre credit criminal csv cvc cvv daily dashboard db dea deductible delay delinquency delivered delivery
    denied dependents deposit device diagnosis direccion direction disability disabled discount dispute distance district division domain dot driver drug dti
    education effective element emergency encoding encounter encrypted endereco enrollment error errors estimated ethnicity expiration expired expires extension
    external facility failed false familienname family feature features fecha fico filing final finance folder following format former forwarded found frequency
    function geburtsdatum geburtstag geo geschlecht global gpa gst guarantor guardian handle header headers health height hire hired history hobbies hobby
    hospital hour hours href html http https iat icd identification image images import inbound income indirizzo industry initial initials input insured integer
    internal isbn iss itin json jti judgement konto kontonummer kunde kundennummer lease ledger legacy lender letter liability licence lien limit listing local
    locale log logged logs lot ltv main maintenance major maximum med medical medicare medication metadata mime min minimum minor minutes mode model
    modification monthly mortgage mother nachname nacimiento naissance nbf net network new next nickname node nom nombre nome none notice notification npi null
    object occurred offset ok old online operation operator option optional options ordered original ort other outbound output outstanding overdue paging pais
    pan parameter parameters params part parties party passcode past payee payer payload payroll pdf pension people percent percentage period permanent permission
    permissions physical physician picture placed placement platform plz point points pool port portal posted preferred prefix prenom prescription present prev
    previous prior procedure processed processor profile program progress project properties property provider public purchase purchased purpose query question
    queue quote ratio raw reading reads receipt recipient recording recurring referral referrer refund registered registration related relationship relative
    release remaining reminder remote renewal rent repeat replied request requested requests required response result results retries return returned revenue
    review revision rooms root rounds rule rules sample schedule scheduled scheme scope search seconds section security seen segment self send sender sent
    sequence service services session sessions settings settlement severity shared shift ship shipped shipping signed signup site skip sku snapshot social sold
    sort special specialty split src ssl stage stamp standard started statement statistics stats step stock stop store strasse string student style sub success
    sum summary supplier support suspended sync table target team telefon telefone telefonnummer telefono teller template temporary tenant term terms test their
    thread ticket timezone tls tone top topic trace tracking trade transcript transfer tree trial trigger true unique unpaid upc updates upload uploaded uri
    usage utc valid validated variant vat vehicle verified victim video view viewed views ville visit visited visitor visits voice vorname vote voter wait
    warehouse warning was web weekly weight width window wire withdrawal workplace writer written xml yearly
        """,
    )
)
"""Words that name fields of documents too; no first names of persons among them."""
_SPLIT: Final = re.compile(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])")


_TOKEN: Final = re.compile(r"[@$_#*]?[\w-]+")
_CAPITALS: Final = re.compile(r"[A-Z]\w*[_-]\w+")


def is_name(text: str) -> bool:
    """Whether a key or heading may be kept as a name: begins like one, is short, and holds no address and no long figure."""
    return bool(_NAME.fullmatch(text)) and "@" not in text[1:] and not _MANY_DIGITS.search(text)


def words(text: str) -> list[str]:
    """The words of a name: at separators, figures and camelCase humps."""
    return [word for word in _SPLIT.split(text) if word]


def is_known(word: str, vocabulary: frozenset[str] = _FIELDS) -> bool:
    """Whether a word, in singular or plural, is of a vocabulary; by default of the one that names fields of documents."""
    return word.lower() in vocabulary or word.lower().rstrip("s") in vocabulary


def is_column_word(text: str) -> bool:
    """Whether a heading is made as columns are named: snake_case, camelCase, or of words that name columns only."""
    parts = words(text)
    if " " not in text and (len(parts) > 1 and ("_" in text or text.isalpha())):
        return True
    return bool(parts) and all(len(part) == 1 or is_known(part, _WORDS) for part in parts)


class Form(IntEnum):
    """How much a key looks like the name of a field."""

    VALUE = 0
    """A phrase or a capitalised word that no vocabulary of fields has."""
    DOUBTFUL = 1
    """A single unknown word."""
    FORMED = 2
    """Unknown words in snake or camel case."""
    FIELD = 3
    """Words that name fields."""


def form(key: str) -> Form:
    """How much a key, by itself, looks like the name of a field."""
    if not is_name(key):
        return Form.VALUE
    token = bool(_TOKEN.fullmatch(key))
    pieces = words(_unaccented(key))
    telling = any(len(word) > 1 and is_known(word) for word in pieces)
    if not token or _CAPITALS.match(key):  # initials stand before surnames
        known = all(is_known(word) or (len(word) == 1 and (token or word.islower())) for word in pieces)
        return Form.FIELD if telling and known else Form.VALUE
    if telling:
        return Form.FIELD
    if key.lower() == key.upper() or (key[0] != key[0].lower() and key != key.upper()):
        return Form.VALUE
    compound = len(pieces) > 1 and (("_" in key and key in {key.lower(), key.upper()}) or key.isalpha())
    return Form.FORMED if compound else Form.DOUBTFUL


def _unaccented(key: str) -> str:
    """A key in plain letters, so that no accent splits a word into two others."""
    return "".join(c for c in unicodedata.normalize("NFKD", key.replace("ß", "ss")) if not unicodedata.combining(c))


def unique(names: tuple[str, ...]) -> list[str]:
    """Headings as distinct column names: trimmed, ``column_3`` where empty, ``name_2`` where repeated."""
    taken: dict[str, None] = {}
    for place, name in enumerate(names, 1):
        base = " ".join(name.split()) or f"column_{place}"
        candidate, count = base, 1
        while candidate in taken:
            count += 1
            candidate = f"{base}_{count}"
        taken[candidate] = None
    return list(taken)


def printable(name: str) -> str:
    r"""A name anyone can read and no two names share: what cannot be printed, and the backslash, are escaped.

    Bytes that are no UTF-8 (surrogates, as Python reads them from the system) become ``\xff``.
    """
    if name.isprintable() and "\\" not in name:
        return name
    return "".join(_escaped(char) for char in name)


def _escaped(char: str) -> str:
    code = ord(char)
    if char == "\\":
        return "\\\\"
    if 0xDC80 <= code <= 0xDCFF:  # noqa: PLR2004 - where PEP 383 keeps undecodable bytes
        return f"\\x{code - 0xDC00:02x}"
    if char.isprintable():
        return char
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004 - four digits or eight
