"""Names of old systems spelt out: eight letters, words clipped to three, nothing between them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

_STARTS: Final = {
    "adm": "admission", "agt": "agent", "att": "attorney", "ben": "beneficiary", "bil": "billing", "bnk": "bank", "bor": "borrower",
    "brt": "birth", "brw": "borrower", "bth": "birth", "cel": "cell", "chk": "checking", "clm": "claim", "clt": "client", "cob": "co borrower",
    "cus": "customer", "dbt": "debtor", "dep": "dependent", "dis": "discharge", "doc": "doctor", "drv": "driver", "dth": "death", "ded": "deduction",
    "eme": "emergency", "emg": "emergency", "emp": "employee", "fac": "face", "fam": "family", "fat": "father", "fir": "first", "fst": "first", "fth": "father",
    "gar": "garnishment", "gde": "grade", "gua": "guarantor", "hir": "hire", "hom": "home", "hrl": "hourly", "hrly": "hourly", "ins": "insured",
    "las": "last", "lic": "license", "lst": "last", "mai": "mailing", "mar": "marital", "mbr": "member", "mem": "member", "mid": "middle",
    "mob": "mobile", "mot": "mother", "mth": "mother", "nat": "nationality", "own": "owner", "pat": "patient", "pay": "payment", "phy": "physician",
    "pol": "policy", "pre": "previous", "prm": "premium", "prv": "previous", "pyr": "payer", "res": "residence", "sec": "secondary",
    "smk": "smoking", "spo": "spouse", "sps": "spouse", "stf": "staff", "std": "student", "stu": "student", "sub": "subscriber", "sup": "supervisor",
    "tch": "teacher", "ten": "tenant", "trm": "termination", "vis": "visit", "wit": "witness", "wrk": "work", "ytd": "ytd",
}  # fmt: skip
"""What the first syllables of such a name stand for."""
_ENDS: Final = {
    "act": "account", "add": "address", "adr": "address", "age": "age", "amt": "amount", "bal": "balance", "cde": "code", "cty": "city",
    "dat": "date", "desc": "description", "dob": "birth date", "dsc": "description", "dte": "date", "eml": "email", "eth": "ethnicity", "fax": "fax",
    "flg": "flag", "grs": "gross", "ind": "flag", "inc": "income", "inl": "initial", "lic": "license", "nam": "name", "nat": "nationality", "nbr": "number", "net": "net",
    "nme": "name", "num": "number", "occ": "occupation", "phn": "phone", "pho": "phone", "rac": "race", "rat": "rate", "rea": "reason", "rel": "relationship", "rsn": "reason", "rte": "rate",
    "sal": "salary", "sex": "sex", "ssn": "social security number", "sta": "state", "sts": "status", "str": "street", "tel": "telephone",
    "tin": "tin", "typ": "type", "zip": "postal code", "cd": "code", "dt": "date", "id": "id", "nm": "name", "no": "number", "nr": "number",
    "ph": "phone", "rt": "rate",
}  # fmt: skip
"""And what the last one stands for, which says what the column is."""
_LENGTHS: Final = range(5, 13)
"""Letters of a name that may be clipped together."""


@lru_cache(maxsize=4096)
def unclip(part: str) -> tuple[str, ...]:
    """The words that a run-together part is clipped from, wholly covered by it (``bendob``); nothing if it is not."""
    if len(part) not in _LENGTHS:
        return ()
    for cut in range(len(part) - 2, 2, -1):
        if part[cut:] in _ENDS and (starts := _begun(part[:cut])):
            return (*starts, *_ENDS[part[cut:]].split())
    return ()


def _begun(part: str) -> tuple[str, ...]:
    if part in _STARTS:
        return tuple(_STARTS[part].split())
    for cut in range(len(part) - 3, 2, -1):
        if part[:cut] in _STARTS and (rest := _begun(part[cut:])):
            return (*_STARTS[part[:cut]].split(), *rest)
    return ()
