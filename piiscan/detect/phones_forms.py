"""How telephone numbers are written, what is written like one, and what names one nearby."""

from __future__ import annotations

import re
from typing import Final

RUN: Final = re.compile(
    r"(?<![\w$£€₹])(?<!\d[-./,:#*])(?<![A-Za-z]-)"
    r"(?P<number>[+\uff0b(]{0,2}\d+\)?(?:[ \u00a0./()\u2010-\u2015-]{1,4}\d+\)?)*)"
    r"(?P<extension>[ ,;]{0,2}(?:x|ext\.?|extn\.?|extension)[ .:]{0,2}\d{1,6})?"
    r"(?![\w%°€£]|[,:]\d|[*#]\d|-(?-i:[A-Z]{1,3})(?![A-Za-z]))",
    re.IGNORECASE,
)
"""Groups of digits with what people put between them, and an extension."""
WIDE: Final = re.compile(r"[ \u00a0]{2,}| [-/\u2010-\u2015] | (?=\()")
"""Where two numbers may stand side by side."""
SPACE: Final = re.compile(r"[ \u00a0]")
TIGHT: Final = re.compile(r"\d[-./\u2010-\u2015]\d")
DIGITS: Final = re.compile(r"\d+")
DATE: Final = re.compile(
    r"(?:19|20)\d\d ?[-./ ] ?(?:0?[1-9]|1[0-2])(?!\d)|(?:0?[1-9]|[12]\d|3[01]) ?[-./ ] ?(?:0?[1-9]|[12]\d|3[01]) ?[-./ ] ?(?:19|20)\d\d(?!\d)"
)
COMPACT_DATE: Final = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
OTHER_THINGS: Final = re.compile(
    r"\d{3}-\d\d-\d{4}|(?!0[0789]|1[789]|2[89]|49|69|7[089]|89|9[67])\d\d-\d{7}"  # SSN, EIN (prefixes: IRS Publication 1635)
    r"|\d{5}-\d{3,4}(?:-\d{1,2})?|\d{4,5}-\d{3,4}-\d{1,2}|97[89][- ].*"  # postcode, NDC (drug), ISBN
    r"|(?:1?\d?\d|2[0-4]\d|25[0-5])(?:\.(?:1?\d?\d|2[0-4]\d|25[0-5])){3}|\d(?:\.\d{1,5}){3}"  # IP address, version
    r"|\d{4}(?:[- ]\d{4}){2,3}|\d+\.\d+"  # card, decimal number
)
ANOTHER_LABEL: Final = re.compile(
    r"(?:\b(?:invoice|order|account|acct|a/c|ref|reference|policy|claim|case|ticket|serial|part|isbn|issn|iban|vat|gst|duns|tracking|card"
    r"|ssn|ein|npi|(?<!caller )id|ids|upc|ean|sku|batch|lot|routing|loan|file|docket|matter|check|cheque|version|v|po|ndc|rx|article|section|sec"
    r"|serial|model|item|transaction|trace|confirmation|receipt|licen[cs]e|passport|patent|gps|coordinates|isin|mrn|vin|total|sum|amount)\b"
    r"[ .:]{0,2}(?:no|nr|num|number|id|code)?\b|#)[ .:#(]{0,3}$",
    re.IGNORECASE,
)
LABEL: Final = re.compile(
    r"(?:(?:\b(?:(?:tele)?phones?|tel|tlf|tfno|telf|tele?fono?|t[eé]l[eé]phone|telefoon|mob(?:ile)?|cell(?:ular|phone)?|m[oó]vil|handy|portable|landline"
    r"|fax|whats ?app|viber|sms|pager|voice ?mail|hotline|helpline|caller(?: id)?|ph|(?:contact|home|work|day|direct|office|toll.?free) (?:no|number|line))"
    r"|\bmy (?:number|no|digits|cell|mobile))\b"
    r"(?:[ .](?:numbers?|no|nr|num|is|was|are|id|sent|to|on|file|from|me|us|at))*[ .]{0,2}[:=#|(\u2013-]?[ .]{0,3}\n?[ ]{0,8}"
    r"|(?:^|[|\n;,])[ ]{0,3}[TFMPHDC][:.]?[ ]|\b[TFMPHDC]:[ ]?|\((?:[TFMPHDC]|tel|mob)\)[ ])$",
    re.IGNORECASE,
)
"""What names a telephone number directly before it..."""
CALL: Final = re.compile(
    r"\b(?:call(?:ed|s|ing|ers?)?|dial(?:ed|led|ling)?|text(?:ed|ing)?|ring|rang|reach(?:ed)?|answer(?:ed|ing)?|messages?|contact(?:ed)?)\b"
    r"(?: (?:from|to|me|us|him|her|them|you|back|on|at|is|was|now|please|back at|your|his|my|this|the|number|call|calls)){0,4}:? {0,2}\(?$",
    re.IGNORECASE,
)
"""...what one does with it..."""
TAG: Final = re.compile(
    r"[ ]?[-(,/:]?[ ]?(?:office|fax|mobile|cell|home|work|desk|voice|direct|landline|whatsapp|tel)\b", re.IGNORECASE
)
"""...and what names it directly after."""
NANP: Final = re.compile(
    r"(?:\+?1[-. /]{0,3})?(?:\([2-9]\d\d\)[-. /]{0,3}|[2-9]\d\d[-./ \u2010-\u2015] ?)[2-9]\d\d[-. \u2010-\u2015] ?\d{4}"
)
"""The North American form with a possible area code and exchange, in use or not (47 CFR 52.5, ATIS-0300051)."""
NANP_LIKE: Final = re.compile(r"(?:00|\+)?(?:1[-. /]{0,3})?(?P<area>\(\d{3}\)|\d{3}[-./ ])[-. /]{0,3}\d{3}[-. ]\d{4}")
AREA: Final = re.compile(
    r"\(0?\d{2,4}\)[-/ ]{0,2}(?:\d{1,4}[-/ ])?\d{2,4}[- ]\d{3,4}$|\(0\d{1,4}\)[-/ ]{0,2}\d{5,8}$|0[1-9]\d{1,4}/\d{6,8}$"
)
"""An area code in brackets or before a slash, as on the continent of Europe and in South America."""
DIALLED: Final = re.compile(r"00[1-9]|00[ -][1-9]")
"""A number abroad as it is dialled in most of the world."""
NANP_SHAPES: Final = frozenset({(3, 3, 4), (1, 3, 3, 4), (3, 7), (1, 3, 7), (6, 4), (1, 10), (3, 4, 3), (1, 6, 4)})
