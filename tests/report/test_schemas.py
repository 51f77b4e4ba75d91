"""The shipped schemas: valid themselves, strict, and true of what is printed."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from piiscan import plugins, rulepack, schemas
from piiscan.model import Document, Skip, SkipCode
from piiscan.report import coverage, scan_document


def printed(document: Document) -> dict[str, Any]:
    """The document as its JSON reads."""
    out = io.StringIO()
    plugins.renderer("json")().render(document, out, width=80, color=False)
    return json.loads(out.getvalue())


@pytest.mark.parametrize("kind", schemas.kinds())
def test_every_schema_is_a_valid_one_and_begins_with_the_common_head(kind: str) -> None:
    """2020-12, and its ``document`` is the file's own name."""
    schema = schemas.bundle(kind)

    Draft202012Validator.check_schema(schema)

    assert '"$ref": "head.json"' in json.dumps(schema)
    assert schema["properties"]["document"] == {"const": kind}


def test_an_unknown_kind_has_no_schema() -> None:
    """Not even one whose name is a path."""
    with pytest.raises(KeyError):
        schemas.load("../model")


def test_every_report_is_true_to_its_schema_and_any_other_key_breaks_it(firm: Any, make_table: Any) -> None:
    """Filled as far as possible; a key more or a key less is refused, at the top and in a category."""
    firm.settings["clients"] = {"mercy": {"name": "Mercy", "role": "service_provider", "regime": "hipaa"}}
    firm.settings["disclosures"] = [
        {"to": "x", "data_types": ["category:A"], "kind": "sold", "first": date(2026, 1, 1)}
    ]
    ages = [("2026-05-05", 2, "mercy"), ("2026-05-05", 3), (None, 1)]
    run = firm.scan(
        make_table("t", 6, ("mail", "email"), ("at", "lat_long"), ages=ages),
        Skip("crm", "u", SkipCode.TIMEOUT, "too slow"),
    )
    documents = [
        printed(firm.categories(notice=rulepack.notice("collectpro"))),
        printed(coverage(firm.inventory, firm.config, firm.packs, as_of=date(2026, 11, 21))),
        printed(scan_document(run, firm.inventory.skips(run.run_id))),
    ]

    for document in documents:
        validator = Draft202012Validator(schemas.bundle(document["document"]))
        validator.validate(document)
        for broken in (document | {"more": 1}, {key: value for key, value in document.items() if key != "outcome"}):
            with pytest.raises(ValidationError):
                validator.validate(broken)
    documents[0]["categories"][0]["letter"] = "B"
    with pytest.raises(ValidationError):
        Draft202012Validator(schemas.bundle("report.categories")).validate(documents[0])
