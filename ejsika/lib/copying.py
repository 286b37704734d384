"""COPY into a model's table, inside the transaction of Django's connection."""

from collections.abc import Iterable


def copy_rows(cursor, model, columns: list[str], rows: Iterable[Iterable]) -> int:
    """Stream rows into a table. `columns` are database columns. Gives how many went in. Cost: one statement."""
    names = ", ".join(f'"{column}"' for column in columns)
    count = 0
    with cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def take_ids(cursor, model, count: int) -> list[int]:
    """Take so many ids from a table's sequence, for rows that others will name. Cost: one query."""
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [model._meta.db_table, count]
    )
    return [key for (key,) in cursor.fetchall()]
