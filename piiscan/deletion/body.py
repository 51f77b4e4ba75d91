"""A plan as the contract's JSON, and the plan again from it."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

from piiscan.deletion.judgments import cutoffs, judgment_body, judgment_of
from piiscan.deletion.plan import Limits, Link, Plan, RuleNote, ShapeNote, Step
from piiscan.model import Column, Container
from piiscan.model.erasing import Reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from piiscan.model import Secret


def plan_body(plan: Plan, secret: Secret) -> dict[str, Any]:
    """All of the plan in JSON's types, without id and seal."""
    return {
        "as_of": plan.as_of.isoformat(),
        "author": plan.author,
        "request": plan.request,
        "minors": plan.minors,
        "schema_fingerprint": fingerprint(plan.shapes),
        "rules_fingerprint": plan.rules,
        "limits": {"max_rows": plan.limits.max_rows, "max_percent": plan.limits.max_percent},
        "chunk_rows": plan.chunk_rows,
        "steps": [_step_body(step, secret) for step in plan.steps],
        "released": [{"source": source, "container": path} for source, path in plan.released],
        "in_force": list(plan.in_force),
        **plan.said,
        "shapes": [{**_container_body(each.container), "fingerprint": each.fingerprint} for each in plan.shapes],
        "sql_sha256": plan.sql_sha256,
    }


def plan_of(document: Mapping[str, Any], secret: Secret) -> Plan:
    """The plan a document tells; it must have been proved intact before. Raises RefusedError for a value that does not open."""
    limits = document["limits"]
    return Plan(
        as_of=date.fromisoformat(document["as_of"]),
        author=document["author"],
        request=document["request"],
        minors=document["minors"],
        limits=Limits(limits["max_rows"], limits["max_percent"]),
        chunk_rows=document["chunk_rows"],
        rules=document["rules_fingerprint"],
        shapes=tuple(ShapeNote(_container(each), each["fingerprint"]) for each in document["shapes"]),
        steps=tuple(_step(each, secret) for each in document["steps"]),
        sql_sha256=document["sql_sha256"],
        released=tuple((each["source"], each["container"]) for each in document["released"]),
        in_force=tuple(document["in_force"]),
    )


def fingerprint(shapes: tuple[ShapeNote, ...]) -> str:
    """One sha256 over all tables of a plan; the plan's id stands over it and over each of them."""
    lines = (f"{each.container.source}\x1f{each.container.path}\x1f{each.fingerprint}\n" for each in shapes)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _step_body(step: Step, secret: Secret) -> dict[str, Any]:
    return {
        "order": step.order,
        **_container_body(step.container),
        "action": step.action,
        "rule": {
            "id": step.rule.id,
            "title": step.rule.title,
            "kind": step.rule.kind,
            "citation": step.rule.citation,
            "yields": step.rule.yields,
        },
        "cutoffs": {event: day.isoformat() for event, day in sorted(cutoffs(step.judgment).items())},
        "changes": [_change_text(each.column, each.to, each.value) for each in step.judgment.changes],
        "key_columns": list(step.key),
        "key_proved": step.key_proved,
        "predicate": step.predicate,
        "rows": step.rows,
        "rows_total": step.total,
        "blocked": step.blocked,
        "exempt": [{"exception": id_, "rows": rows} for id_, rows in step.exempt],
        "on_hold": step.on_hold,
        "children": [{"child": child, "rows": rows} for child, rows in sorted(step.children.items())],
        "breaks": step.breaks,
        "triggers": list(step.triggers),
        "owner_column": step.owner_column,
        "judgment": judgment_body(step.judgment, secret),
        "before": list(step.before),
        "links": [_link_body(link) for link in step.links],
        "keys_file": step.keys_file,
        "keys_hmac": step.keys_hmac,
    }


def _step(body: Mapping[str, Any], secret: Secret) -> Step:
    rule = body["rule"]
    return Step(
        order=body["order"],
        container=_container(body),
        action=body["action"],
        rule=RuleNote(rule["id"], rule["title"], rule["kind"], rule["citation"], rule["yields"]),
        judgment=judgment_of(body["judgment"], secret),
        key=tuple(body["key_columns"]),
        owner_column=body["owner_column"],
        before=tuple(body["before"]),
        links=tuple(_link(each, body["source"]) for each in body["links"]),
        breaks=body["breaks"],
        key_proved=body["key_proved"],
        triggers=tuple(body["triggers"]),
        predicate=body["predicate"],
        rows=body["rows"],
        blocked=body["blocked"],
        total=body["rows_total"],
        children={each["child"]: each["rows"] for each in body["children"]},
        exempt=tuple((each["exception"], each["rows"]) for each in body["exempt"]),
        on_hold=body["on_hold"],
        keys_file=body["keys_file"],
        keys_hmac=body["keys_hmac"],
    )


def _change_text(column: str, to: str, value: str | int | None) -> str:
    """``ssn: null``, ``zip: prefix 3``, ``name: constant 'gone'`` for the eyes of who approves it."""
    return f"{column}: {to}" if value is None else f"{column}: {to} {value!r}"


def _container_body(container: Container) -> dict[str, Any]:
    return {
        "source": container.source,
        "container": container.path,
        "container_kind": container.kind,
        "locator": list(container.locator),
        "columns": [
            [column.name, column.sql_type, column.primary_key, column.nullable, column.references]
            for column in container.columns
        ],
    }


def _container(body: Mapping[str, Any]) -> Container:
    return Container(
        body["source"],
        body["container"],
        body["container_kind"],
        locator=tuple(body["locator"]),
        columns=tuple(Column(*column) for column in body["columns"]),
    )


def _link_body(link: Link) -> dict[str, Any]:
    reference = link.reference
    return {
        "child": reference.child.path,
        "child_kind": reference.child.kind,
        "child_locator": list(reference.child.locator),
        "columns": list(reference.columns),
        "parent": reference.parent,
        "parent_columns": list(reference.parent_columns),
        "on_delete": reference.on_delete,
        "nullable": reference.nullable,
        "name": reference.name,
        "takers": list(link.takers),
        "released": link.released,
    }


def _link(body: Mapping[str, Any], source: str) -> Link:
    child = Container(source, body["child"], body["child_kind"], locator=tuple(body["child_locator"]))
    reference = Reference(
        child,
        tuple(body["columns"]),
        body["parent"],
        tuple(body["parent_columns"]),
        body["on_delete"],
        body["nullable"],
        body["name"],
    )
    return Link(reference, tuple(body["takers"]), body["released"])
