"""``version`` names what a bug report needs, and prints the schemas."""

from __future__ import annotations

import json
import platform

from jsonschema import Draft202012Validator

from piiscan import __version__, schemas


def test_versions_are_listed(invoke):
    """Ours, Python's, and those of the libraries that decide what is found."""
    body = invoke("version", "--format", "json").json
    assert (body["version"], body["python"]) == (__version__, platform.python_version())
    assert {"presidio-analyzer", "sqlalchemy"} <= set(body["packages"])
    assert __version__ in invoke("version").stdout


def test_all_schemas_are_one_json_and_each_stands_alone(invoke):
    """Every kind of document; each is valid, and validates without any other file."""
    printed = json.loads(invoke("version", "--schemas").stdout)
    assert tuple(printed) == schemas.kinds()
    for kind, schema in printed.items():
        Draft202012Validator.check_schema(schema)
        assert not Draft202012Validator(schema).is_valid({"document": kind})
    document = invoke("version", "--format", "json").json
    Draft202012Validator(printed["version"]).validate(document)


def test_one_schema_is_printed_by_its_kind(invoke):
    """And an unknown kind is told with the known ones."""
    assert json.loads(invoke("version", "--schemas", "scan").stdout) == schemas.bundle("scan")
    result = invoke("version", "--schemas", "nonsense")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"error: there is no document 'nonsense'\nhint: there are: {', '.join(schemas.kinds())}\n"
