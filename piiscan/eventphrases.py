"""What names of columns say when they tell an event of a rule, and how likely they mean it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PHRASES: Final = {
    "collected": "placed 90, placement 90, received 80, receipt 75, imported 80, import 75, collected 85, obtained 85, acquired 80,"
    " captured 70, intake 80, submitted 75, signup 80, registered 80, registration 75, enrolled 75, joined 70, uploaded 75, loaded 70,"
    " assigned 60, created 50",
    "created": "created 90, create 90, creation 90, inserted 85, insert 80, entered 80, entry 75, added 80, opened 65, open 60, recorded 65",
    "record_made": "recorded 90, record 80, logged 80, created 75, create 75, creation 75, entered 75, entry 75, inserted 75, posted 70,"
    " made 60, statement 70",
    "last_collection_activity": "last activity 95, last contact 85, last contacted 85, last worked 90, last action 80, last touch 80,"
    " last touched 80, last call 80, last called 80, last attempt 80, last collection 95, last letter 70, last payment 60, activity 55",
    "call_date": "call 90, called 90, recording 75, voicemail 80, @call start 80, @call date 80, @recording date 75, @voicemail date 75,"
    " @call created 65",
    "last_use": "last used 95, last use 95, last accessed 90, last access 90, last seen 80, last active 85, last activity 75, last login 60,"
    " used 60, accessed 65",
    "payment_processed": "payment 90, paid 80, processed 70, settled 65, settlement 60, cleared 60, authorized 65, authorised 65,"
    " authorization 65, @payment date 75, @payment created 65, @payment posted 80, @charge date 65, @card transaction 70",
    "transaction_complete": "transaction 85, completed 80, complete 70, completion 80, order 75, ordered 75, purchase 80, purchased 80,"
    " sale 75, sold 75, invoice 75, invoiced 75, rental 65, delivered 65, shipped 60, @rental return 75, @rental returned 75, fulfilled 65, @order date 70, @sale date 70, @invoice date 70,"
    " @transaction date 75, @purchase date 75",
    "account_closed": "account closed 98, closed 85, account end 85, cancelled 70, deactivated 70, payoff 70, paid off 75,"
    " account termination 80, @account end 65, @account ended 65, @loan end 60, @subscription end 65, @subscription ended 65, @policy ended 60",
    "delinquency": "first delinquency 98, delinquency 92, past due 75",
    "default": "default 92, charge off 80",
    "date_of_service": "service date 90, visit 85, encounter 85, admission 80, discharge 80, treatment 85, procedure 80, appointment 70,"
    " exam 70, @visit date 75, @encounter date 75, @treatment date 70",
    "action_notice": "adverse action 90, action notice 95, notice 75, denial 65, denied 65, decision 70, decisioned 70, declined 60",
    "final_response": "final response 98, response 80, answered 80, resolved 80, resolution 75, @request completed 80, @request closed 80,"
    " @complaint closed 75, @dispute closed 75, @ticket closed 70, @request fulfilled 80",
    "employment_start": "hire 95, hired 95, employment start 95, employment date 60, joining 80, onboarded 80, onboarding 75,"
    " @employee start 80, @employee joined 85, @employee from 60, @employment start 85, @employment from 60, @staff start 75, @job start 75",
    "employment_end": "termination 85, employment end 95, separation 90, resigned 90, resignation 85, dismissed 85, dismissal 85, retired 75,"
    " @employee end 80, @employee ended 80, @employee left 85, @employee exit 80, @employee to 60, @employment end 85, @employment to 60,"
    " @staff end 75, @job end 75",
    "wage_paid": "payday 90, paycheck 90, payroll 85, wage 80, pay date 80, salary paid 85, @payroll paid 85, @payroll date 75, @payroll pay 85,"
    " @payroll period end 70, @paystub date 75, @paystub pay 85, @wage date 75, @salary date 60, @salary paid 85",
    "tax_due": "tax due 95, taxes due 95, filing due 80, @tax due 85",
    "consent_given": "consent 85, consented 95, consent given 98, opt in 90, agreed 75, accepted 65, subscribed 70, granted 65,"
    " @consent date 80, @consent given 95, @consent created 75",
    "consent_withdrawn": "consent withdrawn 98, consent revoked 98, withdrawn 90, revoked 85, opt out 90, unsubscribed 90, unsubscribe 85,"
    " cease 60, @consent end 75, @consent ended 80",
    "request_received": "request received 95, request 80, @request received 90, @request created 80, @request opened 80, @request date 75,"
    " @request submitted 85, @dsar received 90, @dsar created 75, @complaint received 80, @dispute received 80",
    "last_login": "last login 98, login 60",
    "purpose_ended": "purpose end 95, purpose ended 98, relationship end 90, relationship ended 90, contract end 85, agreement end 85,"
    " service end 65, ended 55, @contract end 75, @contract ended 75, @agreement end 70, @subscription end 60",
}
"""Event -> what its names say, and how likely that means it (percent). ``@word``: in a table whose name has the word."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that name an event where a column's name has them all, in a table whose name has ``table``'s."""

    words: tuple[str, ...]
    table: tuple[str, ...]
    likelihood: float


def _read(text: str) -> tuple[Phrase, ...]:
    phrases = []
    for part in text.split(","):
        *said, percent = part.split()
        words = tuple(word for word in said if word[0] != "@")
        phrases.append(Phrase(words, tuple(word[1:] for word in said if word[0] == "@"), int(percent) / 100))
    return tuple(phrases)


EVENTS: Final = {event: _read(text) for event, text in PHRASES.items()}
