"""What may be said when a request is not, or not wholly, done: grounds with their law, by kind and regime.

Grounds of the catalogue (`piiscan.rulepack.retention.Ground`) answer a part of the data; those here answer the request itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from piiscan.errors import UsageError
from piiscan.requests.deadlines import STOPPING
from piiscan.requests.identity import KNOWING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from piiscan.inventory.requests import ConsumerRequest, Regime, RequestKind
    from piiscan.rulepack.retention import Ground

_ALL: Final[frozenset[str]] = frozenset({"*"})
_PREFIX_OF_EXEMPTIONS: Final = "X."
SERVICE_PROVIDER: Final = "service_provider"
FREQUENCY: Final = "frequency"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A ground on which a request may be refused."""

    id: str
    title: str
    citation: str


@dataclass(frozen=True, slots=True)
class _Rule:
    refusal: Refusal
    regimes: frozenset[Regime]
    kinds: frozenset[str]


def _rule(name: str, title: str, citation: str, regimes: frozenset[Regime], kinds: frozenset[str] = _ALL) -> _Rule:
    return _Rule(Refusal(name, title, citation), regimes, kinds)


_CCPA: Final[frozenset[Regime]] = frozenset({"ccpa"})
_GDPR: Final[frozenset[Regime]] = frozenset({"gdpr"})
_RULES: Final = (
    _rule("unverified", "who asks could not be verified", "11 CCR 7022(a), 7024(a), (b)", _CCPA,
          frozenset({"know_categories", "know_specific", "delete", "correct"})),
    _rule(FREQUENCY, "two requests to know were answered in 12 months", "Civ. 1798.130(b)", _CCPA, KNOWING),
    _rule("excessive", "manifestly unfounded or excessive, which the business must prove", "Civ. 1798.145(h)(3)", _CCPA),
    _rule(SERVICE_PROVIDER, "held for another business, to which the person is sent", "Civ. 1798.105(c)(3), 1798.130(a)(3)(A)", _CCPA,
          frozenset({"know_categories", "know_specific", "delete", "correct"})),
    _rule("not_from_consumer", "not collected from the consumer, of which alone the right to delete speaks", "Civ. 1798.105(a)", _CCPA,
          frozenset({"delete"})),
    _rule(SERVICE_PROVIDER, "held for another, who decides: the person is sent there", "GDPR Art. 28(3)", _GDPR),
    _rule(SERVICE_PROVIDER, "held for another, who decides: the person is sent there", "DPDP Act 2023 s. 8(1)", frozenset({"dpdp"})),
    _rule("art12.6", "reasonable doubts about who asks", "GDPR Art. 12(6)", _GDPR),
    _rule("art15.4", "the rights of others", "GDPR Art. 15(4)", _GDPR, frozenset({"access", "portability"})),
    _rule("art17.3.b", "a legal obligation to keep", "GDPR Art. 17(3)(b)", _GDPR, frozenset({"erase"})),
    _rule("art17.3.e", "legal claims", "GDPR Art. 17(3)(e)", _GDPR, frozenset({"erase"})),
    _rule("art21", "compelling grounds; none against direct marketing", "GDPR Art. 21", _GDPR, frozenset({"object"})),
    _rule("s8.7", "another law asks to keep it", "DPDP Act 2023 s. 8(7)", frozenset({"dpdp"}), frozenset({"erase"})),
)  # fmt: skip


def refusals(kind: RequestKind, regime: Regime, grounds: Mapping[str, Ground]) -> Iterator[Refusal]:
    """Every ground that may answer such a request."""
    for rule in _RULES:
        if regime in rule.regimes and (rule.kinds == _ALL or kind in rule.kinds):
            yield rule.refusal
    if regime != "ccpa":
        return
    for ground in grounds.values():
        exempts = ground.id.startswith(_PREFIX_OF_EXEMPTIONS)
        # 1798.105(d) answers requests to delete alone; stopping a sale is nothing a duty to keep speaks of.
        if not ground.repealed and ((exempts and kind not in STOPPING) or (not exempts and kind in {"delete", "drop"})):
            yield Refusal(ground.id, ground.title, ground.citation)


def refusal(request: ConsumerRequest, wanted: str, grounds: Mapping[str, Ground]) -> Refusal:
    """The ground by its name, whatever its case. Raises UsageError for one that is repealed, unknown, or answers another kind."""
    name = wanted.strip().casefold()
    known = {each.id.casefold(): each for each in grounds.values()}
    if name in known and known[name].repealed:
        raise UsageError(f"{known[name].id} is repealed: {known[name].reason}", hint=_hint(request, grounds))
    found = {each.id.casefold(): each for each in refusals(request.kind, request.regime, grounds)}
    if name not in found:
        exists = name in known or any(name == each.refusal.id for each in _RULES)
        what = f"does not answer a request {request.kind} under {request.regime}" if exists else "is no ground"
        raise UsageError(f"{wanted!r} {what}", hint=_hint(request, grounds))
    return found[name]


def _hint(request: ConsumerRequest, grounds: Mapping[str, Ground]) -> str:
    names = [each.id for each in refusals(request.kind, request.regime, grounds)]
    return f"one of {', '.join(names)}" if names else "no ground is known: close it with what was done"
