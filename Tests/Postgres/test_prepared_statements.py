"""Each data statement that stands whole in the sources is prepared by both engines, on the schema of its service."""
import pathlib
import re
import sqlite3
import sys

import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "House"))

from desk import Desk, SERVICES  # noqa: E402
from statements import statements  # noqa: E402


def numbered(sql: str) -> str:
    """With PostgreSQL's placeholders."""
    count = 0

    def place(match: re.Match) -> str:
        nonlocal count
        number = int(match[1]) if match[1] else count + 1
        count = max(count, number)
        return f"${number}"
    return re.sub(r"\?(\d*)", place, sql)


def test_both_engines_prepare_every_statement(tmp_path, server, furnished):
    desk = Desk(tmp_path / "data", "--insecure-loopback").start()
    desk.stop()
    here = {name: sqlite3.connect(f"file:{tmp_path}/data/{name}/store.sqlite?mode=ro", uri=True) for name in SERVICES}
    faults, count = [], 0
    # The furnished database is made by the fixture; its schemas are the services'.
    with psycopg.connect(server.url.removesuffix("postgres") + "furnished", autocommit=True) as there:
        for one in statements():
            if not one.is_whole:
                continue
            count += 1
            places = len(set(re.findall(r"\?\d+", one.sql))) + len(re.findall(r"\?(?!\d)", one.sql))
            try:
                here[one.service].execute("EXPLAIN " + one.sql, [None] * places)
            except sqlite3.Error as error:
                faults.append(f"{one.place}: SQLite: {error}")
            there.execute(f'SET search_path = "{one.service.replace("-", "_")}"')
            try:
                there.execute(f"PREPARE s{count} AS {numbered(one.sql)}".encode())
            except psycopg.Error as error:
                faults.append(f"{one.place}: PostgreSQL: {str(error).splitlines()[0]}")
    for database in here.values():
        database.close()
    assert not faults, "\n".join(faults)
    assert count > 80
