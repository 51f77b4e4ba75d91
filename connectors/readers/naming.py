"""Names: printable ones of files, and of columns, which are stored, so that no value may pass for one."""

from __future__ import annotations

import re
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
_SPLIT: Final = re.compile(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])")


def is_name(text: str) -> bool:
    """Whether a key or heading may be kept as a name: begins like one, is short, and holds no address and no long figure."""
    return bool(_NAME.fullmatch(text)) and "@" not in text[1:] and not _MANY_DIGITS.search(text)


def is_column_word(text: str) -> bool:
    """Whether a heading is made as columns are named: snake_case, camelCase, or of words that name columns only."""
    words = [word for word in _SPLIT.split(text) if word]
    if " " not in text and (len(words) > 1 and ("_" in text or text.isalpha())):
        return True
    return bool(words) and all(
        len(word) == 1 or word.lower() in _WORDS or word.lower().rstrip("s") in _WORDS for word in words
    )


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
