"""Stores as older releases left them."""
import pathlib
import sqlite3


def with_small_files(data: pathlib.Path):
    """Intake's store before small blobs were rows: each is a file of its own. The installation is stopped."""
    database = sqlite3.connect(data / "intake" / "store.sqlite")
    try:
        for name, content in database.execute("SELECT hash, bytes FROM store_blob JOIN store_blob_part USING (content_id)").fetchall():
            path = data / "intake" / "blobs" / name[:2] / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for statement in ["DROP TABLE store_blob_part", "DROP TABLE store_blob", "DROP TABLE store_upload",
                          "DELETE FROM store_migration WHERE name = 'store-3 small blobs as rows'"]:
            database.execute(statement)
        database.commit()
    finally:
        database.close()
