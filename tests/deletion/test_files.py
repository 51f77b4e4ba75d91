"""Files are removed as they were named: by path and fingerprint, one step for a rule, and nothing that has changed."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from piiscan.deletion import Evidence, PlanFolder

if TYPE_CHECKING:
    from collections.abc import Callable

CONFIG = """
[security]
key_file = "piiscan.key"
[detection]
ner = "off"
[deletion]
chunk_rows = 4
valid_for = "P3650D"
[rules]
packs = ["ccpa"]
extra = ["rules"]
[sources.share]
connector = "files"
url = "file:share"
[sources.share.write]
url = "file:share"
"""
RULES = """
pack = "our"
[[rule]]
id = "our_letters"
title = "Letters"
data_types = ["email"]
where = ["share:letters/**"]
kind = "max_keep"
trigger = "record_made"
period = "P3Y"
citation = "our schedule"
[[rule]]
id = "our_notes"
title = "Notes lose their addresses"
data_types = ["email"]
where = ["share:notes/**"]
kind = "policy_max"
trigger = "record_made"
period = "P3Y"
action = "anonymize"
anonymize = { email = "null" }
citation = "our notice"
"""


@pytest.fixture(scope="module")
def scanned(make_firm: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A share with ten letters that are due, five that are not, and two notes."""
    firm = make_firm(tmp_path_factory.mktemp("share") / "firm", config=CONFIG, rules=RULES)
    for folder in ("letters/2020", "letters/2025", "notes"):
        (firm.folder / "share" / folder).mkdir(parents=True)
    names = [f"letters/2020/2020-01-{day:02}.txt" for day in range(1, 11)]
    names += [f"letters/2025/2025-06-{day:02}.txt" for day in range(1, 6)]
    names += ["notes/2020-01-01.txt", "notes/2020-01-02.txt"]
    for name in names:
        (firm.folder / "share" / name).write_text(f"write to jane.roe@example.com about {name}\n")
    firm.scan()
    return firm


@pytest.fixture
def firm(scanned: Any) -> Any:
    """The same share for every test, since a copy has other fingerprints: each puts back what it took."""
    place = scanned.folder / "plan"
    for path in sorted(place.glob("*")) if place.exists() else ():
        path.unlink()
    return scanned


def letters(firm: Any) -> list[str]:
    """The files there are, of the due ones."""
    return sorted(path.name for path in (firm.folder / "share" / "letters" / "2020").iterdir())


def test_files_are_planned_by_path_and_fingerprint_and_nothing_is_promised_of_the_disk(firm: Any) -> None:
    """One step for the rule; a file that a rule would anonymize is not deleted instead."""
    made = firm.make(max_percent=60.0)
    step = made["steps"][0]

    assert {
        key: step[key] for key in ("container", "action", "rows", "rows_total", "key_columns", "predicate", "on_hold")
    } == {
        "container": "*",
        "action": "delete",
        "rows": 10,
        "rows_total": 17,
        "key_columns": ["path", "fingerprint"],
        "predicate": "files named by path and fingerprint: record_made on or before 2023-02-28",
        "on_hold": 0,
    }
    assert [step["rule"]["id"] for step in made["steps"]] == ["our_letters"]
    assert made["outcome"] == {"exit_code": 0, "reasons": []}
    assert "overwriting is not promised on solid-state disks" in " ".join(made["notes"])
    assert b"letters/2020" not in b"".join(path.read_bytes() for path in (firm.folder / "plan").glob("keys-*"))


def test_the_limit_of_files_is_a_share_of_the_source(firm: Any) -> None:
    """Ten of seventeen."""
    from piiscan.errors import RefusedError

    with pytest.raises(RefusedError) as caught:
        firm.make(to="refused", max_percent=50.0)

    assert caught.value.message == "share:*: 10 of 17 rows are due, more than [deletion] max_percent allows (50 %)"


def test_files_that_changed_went_or_are_held_since_the_plan_are_left(firm: Any) -> None:
    """Each kind is told; what a kill left half done is settled file by file; the rest goes, and is proved gone."""
    made = firm.make()
    firm.sign()
    share = firm.folder / "share" / "letters" / "2020"
    (share / "2020-01-06.txt").write_text("somebody wrote to it\n")
    (share / "2020-01-03.txt").unlink()
    os.link(share / "2020-01-04.txt", firm.folder / "kept.txt")
    (share / "2020-01-04.txt").with_suffix(".old").write_text("new\n")
    held = firm.run(
        "holds", "add", "--basis", "litigation", "--evidence", "case 1", "--reason", "we are sued", "--approver", "A. Counsel",
        "--starts", "2026-01-01", "--source", "share", "--container", "letters/2020/2020-01-05.txt",
    )  # fmt: skip
    assert held.exit_code == 0, held.stderr
    begun = firm.carry_out(max_duration_s=0.0)
    with Evidence(PlanFolder(firm.folder / "plan"), made["plan_id"], firm.loaded()[0].key()) as evidence:
        evidence.add(
            "intent", step=1, chunk=1, size=4, taken=[[0, 1]], changed=[[3, 3]], gone=[[2, 2]], linked=[], held=[]
        )
    (share / "2020-01-01.txt").unlink()  # as a kill between two files would have left it

    outcome = firm.carry_out()
    proof = firm.prove()
    records = [json.loads(line) for line in (firm.folder / "plan" / "evidence.jsonl").read_text().splitlines()]

    assert not begun.finished
    assert outcome.steps[1].body() == {"removed": 6, "changed": 2, "gone": 1, "held": 1, "linked": 0}
    assert letters(firm) == ["2020-01-04.old", "2020-01-04.txt", "2020-01-05.txt", "2020-01-06.txt"]
    assert [record["taken"] for record in records if record["event"] == "partly"] == [[[0, 0]]]
    assert proof.findings == []
    assert [(each.present, each.left) for each in proof.steps] == [(0, 3)]
