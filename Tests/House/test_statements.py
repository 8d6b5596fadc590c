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


#: What may stand among the values of a row that goes to PostgreSQL together with others (`InsertShape`).
GATHERED = re.compile(r"\?|\d+|'[^']*'|NULL")


def _holds_back_a_batch(sql: str) -> bool:
    """Whether it is written as a row that may go with others, and yet cannot. With numbered parameters it goes alone by intention."""
    found = re.match(r"\s*INSERT INTO \w+ \([^()]*\)\s*VALUES\s*\((.*?)\)\s*(?:ON\b|$)", sql, re.DOTALL)
    if not found or re.search(r"\?\d", sql):
        return False
    return not all(GATHERED.fullmatch(value.strip()) for value in found[1].split(","))


def test_no_row_holds_back_its_batch():
    """One that goes to PostgreSQL alone has all that was gathered before it sent first, for each request of the batch anew."""
    rows = [one for one in statements() if re.match(r"\s*INSERT INTO [^?]*VALUES", one.sql) and one.is_whole]
    assert len(rows) > 20, "the statements were not found"
    faults = [one.place for one in rows if _holds_back_a_batch(one.sql)]
    assert not faults, "\n".join(faults)
    for sql in ["INSERT INTO a (b, c) VALUES (?, TRUE)", "INSERT INTO a (b) VALUES (lower(?)) ON CONFLICT DO NOTHING"]:
        assert _holds_back_a_batch(sql), sql
    assert not _holds_back_a_batch("INSERT INTO a (b, c, d) VALUES (?, NULL, 'x') ON CONFLICT DO NOTHING")


def test_no_row_changes_by_itself():
    """What the writer has looked up it takes for true until a statement names the table (`Lookups`): nothing may change a row behind that."""
    for path in [*ROOT.glob("Services/*/Server/Store/*.swift"), *ROOT.glob("Shared/Store/**/*.swift")]:
        found = re.search(r"ON (?:DELETE|UPDATE) (?:CASCADE|SET)|CREATE (?:OR REPLACE )?(?:TRIGGER|RULE)", path.read_text())
        assert not found, f"{path}: {found[0]}"
