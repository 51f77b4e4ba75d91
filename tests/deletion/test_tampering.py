"""Whatever is changed in a plan's folder is noticed before anything is removed, and when it is proved."""

from __future__ import annotations

import json
import random
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from piiscan.deletion import PLAN, SQL
from piiscan.deletion.identity import plan_id
from piiscan.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SEED = 7
COUNTS = "SELECT (SELECT count(*) FROM letters), (SELECT count(*) FROM payments), (SELECT count(*) FROM accounts)"


@pytest.fixture(scope="module")
def planned(scanned: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A firm with an approved plan, not carried out."""
    firm = scanned.copy(tmp_path_factory.mktemp("planned") / "firm")
    assert firm.run("holds", "add", "--basis", "litigation", "--evidence", "case 1", "--reason", "sued", "--approver", "A. Counsel",
                    "--starts", "2026-01-01", "--source", "crm", "--container", "letters", "--rows", rows_file(firm.folder)).exit_code == 0  # fmt: skip
    firm.make()
    firm.sign()
    return firm


def rows_file(folder: Path) -> str:
    """A file that names one row, for a hold with a sealed value."""
    (folder / "rows.toml").write_text('rows = [{ column = "number", operator = "=", value = 1 }]\n')
    return "rows.toml"


@pytest.fixture
def firm(planned: Any, tmp_path: Path) -> Any:
    """One whose folder may be changed."""
    return planned.copy(tmp_path / "firm")


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a document."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from leaves(item, (*path, key))
    else:
        yield path


def changed(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return "x" if value is None else f"{value[:-1]}{'b' if value[-1:] == 'a' else 'a'}"


def put(document: Any, path: tuple[Any, ...], value: Any) -> None:
    """Sets one value of a document."""
    for key in path[:-1]:
        document = document[key]
    document[path[-1]] = value


def refuses(firm: Any) -> str:
    """What an apply refuses for; nothing is removed."""
    with pytest.raises(RefusedError) as caught:
        firm.carry_out()
    assert firm.rows(COUNTS) == [(40, 120, 60)]
    return str(caught.value.message)


def test_every_value_of_a_plan_matters(planned: Any) -> None:
    """Whichever of plan.json is changed, dropped or added: what decides and what does not, sealed texts and the seal itself."""
    from piiscan.deletion import PlanFolder

    place, key = PlanFolder(planned.folder / "plan"), planned.loaded()[0].key()
    text = (place.path / PLAN).read_text()
    ways = list(leaves(json.loads(text)))
    unnoticed = []
    try:
        for way in ways:
            document = json.loads(text)
            value = document
            for step in way:
                value = value[step]
            put(document, way, changed(value))
            (place.path / PLAN).write_text(json.dumps(document))
            try:
                place.plan(place.document(), key)
                unnoticed.append(way)
            except RefusedError:
                continue
    finally:
        (place.path / PLAN).write_text(text)

    assert len(ways) > 200
    assert unnoticed == []


def test_a_plan_made_anew_by_somebody_without_the_firms_key_is_noticed(firm: Any) -> None:
    """With an id that fits: the approval is not of it; and were it approved, it has no seal of the firm."""
    path = firm.folder / "plan" / PLAN
    document = json.loads(path.read_text())
    document["steps"][0]["judgment"]["due"]["parts"][0]["last"] = "2026-02-28"
    document["plan_id"] = plan_id(document)
    path.write_text(json.dumps(document))

    assert refuses(firm) == f"{path} was not made with this firm's key, or was changed"
    (firm.folder / "plan" / "approval.json").unlink()
    assert firm.approve().refusal[:2] == (6, "plan/plan.json was not made with this firm's key, or was changed")


def cut(path: Path) -> None:
    """Half of it is gone."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    """One bit of it, chosen with a fixed seed."""
    raw = bytearray(path.read_bytes())
    raw[random.Random(SEED).randrange(len(raw))] ^= 4
    path.write_bytes(bytes(raw))


@pytest.mark.parametrize("change", [cut, flip, lambda path: path.unlink(), lambda path: path.write_bytes(b"")])
@pytest.mark.parametrize("name", [PLAN, SQL, "keys-001.sealed", "keys-004.sealed", "approval.json"])
def test_files_that_are_cut_flipped_emptied_or_gone_refuse(
    name: str, change: Callable[[Path], None], firm: Any
) -> None:
    """Every file the plan consists of."""
    change(firm.folder / "plan" / name)

    assert refuses(firm)


def test_key_files_that_change_places_refuse(firm: Any) -> None:
    """Each opens for its own step only."""
    folder = firm.folder / "plan"
    shutil.copy(folder / "keys-001.sealed", folder / "keys-002.sealed")

    assert refuses(firm) == f"{folder / 'keys-002.sealed'}: the key file of step 2 does not open"


def test_another_plans_keys_or_approval_refuse(firm: Any) -> None:
    """Of the same firm, by the same people."""
    firm.make("our_letters", to="other", max_rows=99)
    firm.sign("other")
    folder = firm.folder / "plan"
    shutil.copy(firm.folder / "other" / "keys-001.sealed", folder / "keys-001.sealed")
    shutil.copy(firm.folder / "other" / "approval.json", folder / "approval.json")

    assert refuses(firm) == "the approval is not one of this plan, or was changed"


def test_evidence_that_was_changed_stops_the_apply_and_the_proof(firm: Any) -> None:
    """An interrupted one goes on only from evidence that proves itself."""
    firm.carry_out(max_duration_s=0.0)
    path = firm.folder / "plan" / "evidence.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"by":"op"', b'"by":"ob"'))

    assert refuses(firm) == f"{path}: record 1 was changed, or records are missing before it"
    assert [finding.code for finding in firm.prove().findings] == ["evidence"]


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (lambda folder: flip(folder / "evidence.jsonl"), ["evidence"]),
        (lambda folder: flip(folder / "keys-003.sealed"), ["plan"]),
        (lambda folder: flip(folder / SQL), ["plan"]),
        (lambda folder: (folder / "approval.json").unlink(), ["approval"]),
        (lambda folder: (folder / "evidence.sig.json").unlink(), ["unsigned"]),
        (lambda folder: (folder / "evidence.jsonl").unlink(), ["unfinished"]),
    ],
)
def test_what_was_changed_after_an_apply_is_found_by_verify(
    change: Callable[[Path], object], codes: list[str], firm: Any
) -> None:
    """Each by its name."""
    firm.carry_out()
    assert firm.prove().findings == []

    change(firm.folder / "plan")

    assert [finding.code for finding in firm.prove().findings] == codes
