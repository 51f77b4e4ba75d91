"""A recognizer registry of Presidio, in its YAML, as a rule file of ours.

Format: https://microsoft.github.io/presidio/analyzer/recognizer_registry_provider/. What our rules cannot say is refused by
file and line, never dropped in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import regex
import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, ValidationError

from piiscan.errors import RuleError
from piiscan.rulepack import toml_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from piiscan.rulepack import Predefined, Recognizer, RulePacks

MOST_BYTES: Final = 1024 * 1024
_MOST_NODES: Final = 50_000
"""Values of a file, each as often as an alias repeats it: what grows beyond that is no registry."""
_DEEPEST: Final = 8
_FLAGS: Final = {"i": 2, "m": 8, "s": 16, "x": 64}
"""Letters of the flags that an expression can carry itself (Python's ``re``)."""
_OURS: Final = 2 | 8 | 16
"""IGNORECASE, MULTILINE and DOTALL: what every expression of ours runs under, and Presidio's default."""
_UNICODE: Final = 32
_BY_MODEL: Final = ("spacy", "stanza", "transformers", "huggingface", "gliner", "langextract", "medicalner")
"""Beginnings of classes that ask a language model."""
_KNOWN: Final = {"PERSON": "person_name"}
"""Entities of Presidio that no recognizer of our packs bears, and the data type they are."""
_Share = Annotated[float, Field(ge=0.0, le=1.0)]
_Place = tuple[str | int, ...]


class _Table(BaseModel):
    """A table of the YAML: keys it does not know are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _Language(_Table):
    language: str
    context: tuple[str, ...] | None = None


def _language(value: object) -> object:
    """A language may be given by its name alone."""
    return {"language": value} if isinstance(value, str) else value


class _Pattern(_Table):
    name: str
    regex: str
    score: Annotated[float, Field(gt=0.0, le=1.0)]


class _Recognizer(_Table):
    """An entry of ``recognizers``; a key it does not know is refused when it is carried over, not before."""

    model_config = ConfigDict(extra="allow")

    name: str
    class_name: str | None = None
    type: Literal["predefined", "custom"] | None = None
    enabled: StrictBool = True
    supported_entity: str | None = None
    supported_entities: tuple[str, ...] | None = None
    supported_language: str | None = None
    supported_languages: tuple[Annotated[_Language, BeforeValidator(_language)], ...] | None = None
    patterns: tuple[_Pattern, ...] = ()
    deny_list: tuple[str, ...] = ()
    deny_list_score: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    context: tuple[str, ...] | None = None
    country_code: Annotated[str, Field(pattern="^[A-Za-z]{2}$")] | None = None

    @property
    def custom(self) -> bool:
        """Whether it is made of expressions or words, and not a class of Presidio."""
        return self.type == "custom" or (self.type is None and bool(self.patterns or self.deny_list))

    @property
    def entities(self) -> tuple[str, ...]:
        """What it says it finds."""
        return self.supported_entities or ((self.supported_entity,) if self.supported_entity else ())

    def words(self) -> tuple[str, ...]:
        """The context words of all languages, each once."""
        spoken = [each.context or () for each in self.supported_languages or ()]
        return tuple(dict.fromkeys(word for words in (self.context or (), *spoken) for word in words if word.strip()))


def _recognizer(value: object) -> object:
    """A recognizer may be given by the name of its class alone."""
    return {"name": value, "type": "predefined"} if isinstance(value, str) else value


class _Registry(_Table):
    supported_languages: tuple[str, ...] | None = None
    supported_countries: tuple[str, ...] | None = None
    global_regex_flags: int = _OURS
    recognizers: tuple[Annotated[_Recognizer, BeforeValidator(_recognizer)], ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Imported:
    """The rule file that a registry became."""

    toml: str
    rules: tuple[str, ...]
    """Ids of the rules it has."""
    notes: tuple[str, ...]
    """What stayed behind, one line each: because a shipped rule does it already, or because it may (``lenient``)."""


@dataclass
class _Import:
    """A registry on its way."""

    file: str
    packs: RulePacks
    types: Mapping[str, str]
    entities_of: Callable[[str], tuple[str, ...]]
    lines: Mapping[_Place, int]
    flags: int
    tables: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def at(self, place: _Place, text: str) -> str:
        """The text with its file and line in front of it."""
        return _at(self.file, self.lines, place, text)

    def finders(self) -> tuple[Recognizer | Predefined, ...]:
        """The shipped rules that look at values."""
        return (*self.packs.recognizers.values(), *self.packs.predefined.values())


class _CannotError(Exception):
    """One recognizer cannot be carried over: where in it, and why."""

    def __init__(self, text: str, *place: str | int) -> None:
        super().__init__(text)
        self.place = place


def convert(
    raw: bytes,
    file: str,
    packs: RulePacks,
    *,
    types: Mapping[str, str],
    entities_of: Callable[[str], tuple[str, ...]],
    lenient: bool = False,
) -> Imported:
    """The rule file for a registry's YAML.

    ``types`` says which data type an entity is where the packs do not; ``entities_of`` what Presidio's
    recognizer class of a name finds, nothing if it asks a service or a model; ``lenient`` leaves out what cannot be carried over. Raises RuleError with file and
    line for everything that cannot, and for what is no such YAML.
    """
    data, lines = _read(raw, file)
    try:
        registry = _Registry.model_validate(data)
    except ValidationError as error:
        told = dict.fromkeys(_at(file, lines, each["loc"], _word(each)) for each in error.errors(include_input=False))
        raise RuleError("\n".join(told)) from None
    for name, data_type in types.items():
        if data_type not in packs.data_types:
            raise RuleError(f"--data-type {name}: unknown data type {data_type!r}", hint="see piiscan rules list")
    work = _Import(file, packs, types, entities_of, lines, registry.global_regex_flags)
    if registry.global_regex_flags & ~(sum(_FLAGS.values()) | _UNICODE):
        text = "has flags beyond IGNORECASE, MULTILINE, DOTALL, VERBOSE and UNICODE"
        raise RuleError(work.at(("global_regex_flags",), text))
    for index, recognizer in enumerate(registry.recognizers):
        try:
            _carry(work, recognizer)
        except _CannotError as error:
            text = f"{recognizer.name}: {error}"
            told_at = work.at(("recognizers", index, *error.place), text)
            (work.notes if lenient else work.problems).append(told_at)
    if work.problems:
        raise RuleError("\n".join(work.problems), hint="--skip leaves out what cannot be carried over")
    head = [f"# Imported from {file.rpartition('/')[2]}. Give every rule match and no_match examples: they are tests."]
    head += [f"# {note}" for note in work.notes]
    head += ['pack = "imported"', ""]
    return Imported("\n".join([*head, *work.tables]), tuple(work.rules), tuple(work.notes))


def _carry(work: _Import, recognizer: _Recognizer) -> None:
    """Adds a recognizer's table. Raises _CannotError."""
    if recognizer.model_extra and recognizer.enabled:
        key = next(iter(recognizer.model_extra))
        hint = ": [detection] thresholds do that" if key == "score_thresholds" else ""
        raise _CannotError(f"{key} cannot be carried over{hint}", key)
    if recognizer.custom:
        if recognizer.enabled:
            _add(work, "recognizer", _custom(work, recognizer))
        else:
            work.notes.append(f"{recognizer.name} is disabled")
        return
    if recognizer.patterns or recognizer.deny_list:
        raise _CannotError("a predefined recognizer has its own patterns", "type")
    name = recognizer.class_name or recognizer.name
    shipped = [rule for rule in work.packs.predefined.values() if rule.recognizer == name]
    for rule in shipped:
        if not recognizer.enabled or recognizer.words():
            _add(work, "predefined", _changed(rule, recognizer))
        else:
            work.notes.append(f"{name} is the shipped rule {rule.id}")
    if not shipped:
        _class(work, recognizer, name)


def _class(work: _Import, recognizer: _Recognizer, name: str) -> None:
    """A class of Presidio that no shipped rule runs, though one may find the same."""
    if not recognizer.enabled:
        work.notes.append(f"{name} is disabled, and no shipped rule")
        return
    if name.lower().startswith(_BY_MODEL):
        raise _CannotError("asks a language model: see [detection] ner", "name")
    found = work.entities_of(name)
    if not found:
        raise _CannotError("is no class of Presidio that works without asking another service", "name")
    same = sorted(rule.id for rule in work.finders() if rule.entity in found)
    if same and not recognizer.entities:
        work.notes.append(f"{name} finds {', '.join(found)}, as these shipped rules do: {', '.join(same)}")
    else:
        _add(work, "predefined", _predefined(work, recognizer, name, found))


def _custom(work: _Import, recognizer: _Recognizer) -> dict[str, Any]:
    if not recognizer.patterns and not recognizer.deny_list:
        raise _CannotError("has neither patterns nor a deny_list")
    entity, data_type = _entity(work, recognizer)
    patterns = [_pattern(work, each, index) for index, each in enumerate(recognizer.patterns)]
    if recognizer.deny_list:
        words = "|".join(regex.escape(word) for word in recognizer.deny_list)
        expression = _flagged(work.flags, rf"(?<!\w)(?:{words})(?!\w)")
        patterns.append({"name": "deny_list", "regex": expression, "score": recognizer.deny_list_score})
    return {
        "id": _identifier(work, recognizer.name),
        "entity": entity,
        "data_type": data_type,
        "regions": _regions(recognizer),
        "context": recognizer.words(),
        "pattern": patterns,
    }


def _pattern(work: _Import, pattern: _Pattern, index: int) -> dict[str, Any]:
    place = ("patterns", index, "regex")
    try:
        regex.compile(pattern.regex, work.flags)
        expression = _flagged(work.flags, pattern.regex)
        if "value" in regex.compile(expression, _OURS).groupindex:
            raise _CannotError("a group called value narrows the finding to itself here: rename it", *place)
    except regex.error as error:
        raise _CannotError(f"is no regular expression: {error}", *place) from None
    return {"name": pattern.name, "regex": expression, "score": pattern.score}


def _flagged(flags: int, expression: str) -> str:
    """The expression as it must be written to mean under our flags what it means under these."""
    on = "".join(letter for letter, bit in _FLAGS.items() if flags & bit and not _OURS & bit)
    off = "".join(letter for letter, bit in _FLAGS.items() if not flags & bit and _OURS & bit)
    if not on and not off:
        return expression
    return f"(?{on}{'-' if off else ''}{off}:{expression}\n)" if "x" in on else f"(?{on}-{off}:{expression})"


def _changed(rule: Predefined, recognizer: _Recognizer) -> dict[str, Any]:
    """A shipped rule as the registry wants it: switched off, or with other context words."""
    table: dict[str, Any] = {
        "id": rule.id,
        "class": rule.recognizer,
        "entity": rule.entity,
        "data_type": rule.data_type,
    }
    if not recognizer.enabled:
        return table | {"enabled": False}
    kept = {name: getattr(rule, name) for name in ("regions", "context_score", "chance", "rare", "scale")}
    return table | kept | {"context": recognizer.words(), "match": rule.match, "no_match": rule.no_match}


def _predefined(work: _Import, recognizer: _Recognizer, name: str, found: tuple[str, ...]) -> dict[str, Any]:
    entity, data_type = _entity(work, recognizer, found)
    identifier = _identifier(work, recognizer.name)
    table = {"id": identifier, "class": name, "entity": entity, "data_type": data_type}
    return table | {"regions": _regions(recognizer), "context": recognizer.words()}


def _entity(work: _Import, recognizer: _Recognizer, default: tuple[str, ...] = ()) -> tuple[str, str]:
    """The entity as we write it, and its data type."""
    entities = recognizer.entities or default
    if len(entities) != 1:
        many = "finds several kinds: make a recognizer of each"
        raise _CannotError(many if entities else "has no supported_entity", "supported_entities")
    [name] = entities
    entity = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")
    known = {rule.data_type for rule in work.finders() if rule.entity == entity}
    shipped = known.pop() if len(known) == 1 else None  # of several kinds only the firm knows which
    data_type = work.types.get(name) or work.types.get(entity) or _KNOWN.get(entity) or shipped
    if data_type is None:
        raise _CannotError(f"which data type is {name}? say so by --data-type {name}=TYPE", "supported_entity")
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", entity):
        raise _CannotError(f"the entity {name!r} does not begin with a letter", "supported_entity")
    return entity, data_type


def _regions(recognizer: _Recognizer) -> tuple[str, ...]:
    """The ISO 3166 region; Presidio writes ``uk`` for the United Kingdom."""
    code = (recognizer.country_code or "").upper()
    return ({"UK": "GB"}.get(code, code),) if code else ()


def _identifier(work: _Import, name: str) -> str:
    """An id that replaces no other rule."""
    base = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    base = base if re.match(r"[a-z]", base) else f"rule_{base}".rstrip("_")
    taken = {*work.packs.recognizers, *work.packs.predefined, *work.rules}
    candidates = (base, f"{base}_own", *(f"{base}_own{number}" for number in range(2, len(taken) + 3)))
    return next(each for each in candidates if each not in taken)


def _add(work: _Import, kind: str, table: Mapping[str, Any]) -> None:
    work.tables.append(toml_text.table(kind, table))
    work.rules.append(table["id"])


def _read(raw: bytes, file: str) -> tuple[Any, dict[_Place, int]]:
    """The file's values, as plain as its own text makes them, and the line of each. Raises RuleError."""
    if len(raw) > MOST_BYTES:
        raise RuleError(f"{file}: is longer than {MOST_BYTES // 1024} KiB")
    lines: dict[_Place, int] = {}
    try:
        node = yaml.compose(raw.decode("utf-8-sig"), Loader=yaml.SafeLoader)
        data = _Plain(file, lines).of(node, ()) if node is not None else {}
    except UnicodeDecodeError:
        raise RuleError(f"{file}: is not UTF-8") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RuleError(f"{file}:{line}: is not valid YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise RuleError(f"{file}: is not valid YAML ({type(error).__name__})") from None
    return data, lines


class _Plain:
    """Nodes of YAML made into lists, dicts, texts and numbers: nothing else, and not without end."""

    def __init__(self, file: str, lines: dict[_Place, int]) -> None:
        self._file, self._lines = file, lines
        self._scalars = yaml.constructor.SafeConstructor()
        self._left = _MOST_NODES

    def of(self, node: Any, place: _Place) -> Any:
        """The value of a node. Raises RuleError."""
        self._left -= 1
        line = node.start_mark.line + 1
        if self._left < 0 or len(place) > _DEEPEST:
            raise RuleError(f"{self._file}:{line}: is nested too deep, or repeats itself without end")
        self._lines[place] = line
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, place))
        if isinstance(node, yaml.SequenceNode):
            return [self.of(each, (*place, index)) for index, each in enumerate(node.value)]
        if node.tag not in {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null")}:
            return node.value  # a date is a text to us; a tag of Python's is nothing at all
        return self._scalars.construct_object(node)

    def _pairs(self, node: Any, place: _Place) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                raise RuleError(f"{self._file}:{key.start_mark.line + 1}: {name}: is given twice")
            seen.add(name)
            self._lines[(*place, name)] = key.start_mark.line + 1
            found = self.of(value, (*place, name))
            self._lines[(*place, name)] = key.start_mark.line + 1
            yield name, found


def _at(file: str, lines: Mapping[_Place, int], place: _Place, text: str) -> str:
    """``FILE:LINE: key: text``; of a place that is not in the file, the line of what it is missing from."""
    line = next((lines[place[:end]] for end in range(len(place), -1, -1) if place[:end] in lines), 1)
    return f"{file}:{line}: {text}"


def _word(problem: Any) -> str:
    key = next((step for step in reversed(problem["loc"]) if isinstance(step, str)), "")
    if problem["type"] == "extra_forbidden":
        return f"{key}: cannot be carried over"
    return f"{key}: {problem['msg'][:1].lower()}{problem['msg'][1:]}"
