"""``plugins`` lists what is installed."""

from __future__ import annotations


def test_connectors_formats_and_extras_are_listed(invoke):
    """Each with its title and the package it comes from; an extra with what it needs."""
    result = invoke("plugins", "--format", "json")
    body = result.json
    assert result.exit_code == 0
    assert [entry["kind"] for entry in body["connectors"]] == ["files", "sql"]
    assert {"csv", "json", "md", "table"} <= {entry["format"] for entry in body["formats"]}
    assert all(entry["title"] and entry["package"] == "piiscan" for entry in body["connectors"] + body["formats"])
    needs = {entry["name"]: entry["requires"] for entry in body["extras"]}
    assert {name: needs[name] for name in ("mssql", "oracle")} == {
        "mssql": ["pyodbc"],
        "oracle": ["oracledb"],
    }


def test_the_table_says_the_same(invoke):
    """For people."""
    result = invoke("plugins")
    assert result.exit_code == 0
    assert all(
        word in result.stdout for word in ("Connectors", "files", "sql", "Formats", "json", "Extras", "oracledb")
    )
