"""Data statements are the common subset of SQLite 3.40 and PostgreSQL 15; `Tests/Postgres/test_prepared_statements.py` prepares them on both."""
import re

from statements import ROOT, statements

#: What only one engine knows, or what the two understand differently.
REFUSED = {
    r"\bINSERT\s+OR\b|\bREPLACE\s+INTO\b": "say ON CONFLICT",
    r"\blast_insert_rowid\b|\browid\b": "ids come from the counters",
    r"\bMATCH\b|\bbm25\b|@@|\btsquery\b|\btsvector\b": "full-text search stands in files named for their engine",
    r"\b(?:instr|strpos|ifnull|nvl|strftime|datetime|julianday|unixepoch|group_concat|string_agg|printf|iif|now)\s*\(":
        "one engine alone has this function",
    r"\bGLOB\b|\bI?LIKE\b|~": "texts are compared by their folded bytes",
    r"::|\bPRAGMA\b|\bFOR\s+UPDATE\b|\bRETURNING\s+\*": "one engine alone knows it",
    r"(?<!CAST\()\b(?:sum|avg)\s*\(": "PostgreSQL answers a numeric: CAST it",
    r"`|\bLIMIT\s+\?\s*,": "PostgreSQL does not know it",
    r"\bORDER\s+BY\b[^()]*\b(?:solved_at|external_id|new_text|source_hash|organization_id)\b(?![^()]*NULLS)":
        "say where NULLs stand in the order",
    r"\b(?:WHERE|AND|OR)\s+\w+\s*(?:=|<>)\s*NULL\b": "nothing equals NULL",
}


def test_statements_are_the_common_subset():
    found = statements()
    assert len(found) > 100, "the statements were not found"
    faults = [
        f"{one.place}: {re.search(pattern, one.sql)[0]!r}: {why}"
        for one in found for pattern, why in REFUSED.items() if re.search(pattern, one.sql)]
    assert not faults, "\n".join(faults)


def test_the_lint_finds_what_one_engine_alone_knows():
    for sql in [
            "INSERT OR REPLACE INTO a VALUES (1)", "SELECT rowid FROM a", "SELECT ifnull(a, 1) FROM b", "SELECT a::text FROM b",
            "SELECT sum(a) FROM b", "SELECT a FROM b WHERE c LIKE 'x'", "SELECT a FROM b ORDER BY solved_at DESC", "UPDATE a SET b = now()"]:
        assert any(re.search(pattern, sql) for pattern in REFUSED), sql
    for sql in ["SELECT CAST(sum(a) AS BIGINT) AS n FROM b", "SELECT a FROM b ORDER BY solved_at NULLS LAST, id", "SELECT known FROM a"]:
        assert not any(re.search(pattern, sql) for pattern in REFUSED), sql


def test_no_row_changes_by_itself():
    """What the writer has looked up it takes for true until a statement names the table (`Lookups`): nothing may change a row behind that."""
    for path in [*ROOT.glob("Services/*/Server/Store/*.swift"), *ROOT.glob("Shared/Store/**/*.swift")]:
        found = re.search(r"ON (?:DELETE|UPDATE) (?:CASCADE|SET)|CREATE (?:OR REPLACE )?(?:TRIGGER|RULE)", path.read_text())
        assert not found, f"{path}: {found[0]}"
