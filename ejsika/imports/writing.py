"""Writing and taking back changes by their notes: FieldChange rows drive both, set-based, one UPDATE a table.

A note holds PostgreSQL's text form of the column before and after. A created row is noted with an empty field and
the digest of the row as it was created, so that an undo can tell whether anybody has touched it.
"""

import json
from dataclasses import dataclass, field

FEW = 1_000  # rows that a batch writes
ROW_DIGEST = "md5(to_jsonb({alias})::text)"


@dataclass(frozen=True)
class Table:
    """A table that an import writes: its model, columns that go together, when a value may not be put back.

    `blocked` maps a column to SQL over t (the row) and old (the value) that forbids restoring it, because it would
    break uniqueness by now. `lower_first` names a boolean column that is unset before it is set elsewhere.
    """

    model: type
    groups: dict[str, str] = field(default_factory=dict)
    blocked: dict[str, str] = field(default_factory=dict)
    lower_first: str = ""

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    def column_type(self, connection, column: str) -> str:
        return next(f for f in self.model._meta.local_fields if f.column == column).db_type(connection)


def give_memory(cursor) -> None:
    """Let this transaction sort and join in memory: few imports run at a time, and each has few large statements."""
    cursor.execute("SET LOCAL work_mem = '32MB'")


def know_sizes(cursor, tables: list[str]) -> None:
    """Count those tables that the planner takes for empty and that are not: it would compare all rows with all others.

    Autovacuum has seen them while the transaction that filled them was open, or nobody has counted them yet. What is
    counted here autovacuum leaves alone until the transaction ends. Cost: one query.
    """
    cursor.execute(
        """SELECT name FROM unnest(%s::text[]) WITH ORDINALITY AS t(name, place)
           JOIN pg_class c ON c.oid = to_regclass(name) WHERE reltuples <= 0 AND pg_relation_size(c.oid) > 0
           ORDER BY place""",
        [tables],
    )
    if misjudged := keys_of(cursor):
        cursor.execute(f"SET LOCAL default_statistics_target = 20; ANALYZE {', '.join(misjudged)}")


def put_names_off(cursor) -> None:
    """Let what is searched by parts of words wait in its index's list until this transaction is over: autovacuum puts
    it in order all at once, where every four megabytes would cost an import twice the time."""
    cursor.execute("SET LOCAL gin_pending_list_limit = '64MB'")


def note_changes(cursor, batch, table: Table, source: str, parameters=None) -> int:
    """Note changes; `source` is a SELECT of (key, field, old, new). Gives how many fields change."""
    cursor.execute(
        f'INSERT INTO imports_fieldchange (batch_id, "table", key, field, old, new)'
        f" SELECT {int(batch.pk)}, '{table.name}', s.* FROM ({source}) s",
        parameters,
    )
    count = cursor.rowcount
    tell_written(batch, table, count)
    return count


def tell_written(batch, table: Table, count: int) -> None:
    """Tell whoever waits for a commit how many rows of a table were written."""
    if batch.on_written:
        batch.on_written(table.model._meta.verbose_name_plural, count)


def note_created(cursor, batch, table: Table, keys: list[int]) -> None:
    """Note rows that were just created, by their ids, with their digests."""
    digest = ROW_DIGEST.format(alias="t")
    source = f"SELECT t.id, '', NULL, {digest} FROM {table.name} t JOIN unnest(%s::bigint[]) AS made(id) USING (id)"
    note_changes(cursor, batch, table, source, [keys])


def note_added(cursor, batch, table: Table, insert: str, parameters=None) -> None:
    """Run an INSERT and note the rows that it makes, in one statement; nothing may change them before it ends."""
    cursor.execute(
        f"""WITH added AS ({insert} RETURNING *)
            INSERT INTO imports_fieldchange (batch_id, "table", key, field, old, new)
            SELECT {int(batch.pk)}, '{table.name}', t.id, '', NULL, {ROW_DIGEST.format(alias="t")} FROM added t""",
        parameters,
    )
    tell_written(batch, table, cursor.rowcount)


def count_anew(cursor, batch, *tables: Table) -> None:
    """Let the planner know how much was written, before the next statement joins it; a small batch changes little.

    Autovacuum sees nothing of it, and may just have found these tables empty.
    """
    if batch.to_write > FEW:
        names = ", ".join(table.name for table in tables)
        cursor.execute(f"SET LOCAL default_statistics_target = 20; ANALYZE {names}")


def keys_of(cursor) -> list[int]:
    """The first column of what the last statement gave."""
    return [row[0] for row in cursor.fetchall()]


def apply_changes(cursor, batch, table: Table) -> None:
    """Write the new values of all noted changes of a table."""
    _update(cursor, batch, table, "new", "true")


def restore_changes(cursor, batch, table: Table) -> list[tuple[int, str]]:
    """Put the old values back where the present value is still the one written; gives (key, field) left standing."""
    cursor.execute(
        f"""CREATE TEMP TABLE restorable ON COMMIT DROP AS
        SELECT c.key, c.field, bool_and(to_jsonb(t)->>c.field IS NOT DISTINCT FROM c.new AND NOT ({_blocked(table)}))
            OVER (PARTITION BY c.key, coalesce(%s::jsonb->>c.field, c.field)) AS can
        FROM imports_fieldchange c JOIN {table.name} t ON t.id = c.key
        CROSS JOIN LATERAL (SELECT c.old) AS o(old)
        WHERE c.batch_id = %s AND c."table" = %s AND c.field <> ''""",
        [json.dumps(table.groups), batch.pk, table.name],
    )
    can = "EXISTS (SELECT FROM restorable x WHERE x.key = c.key AND x.field = c.field AND x.can)"
    _update(cursor, batch, table, "old", can)
    cursor.execute("SELECT key, field FROM restorable WHERE NOT can ORDER BY key, field")
    kept = cursor.fetchall()
    cursor.execute("DROP TABLE restorable")
    return kept


def delete_created(cursor, batch, table: Table, condition: str = "true") -> list[int]:
    """Delete the rows that a batch created and nobody has touched since; gives the keys of those left standing."""
    cursor.execute(
        f"""DELETE FROM {table.name} t USING imports_fieldchange c
        WHERE c.batch_id = %s AND c."table" = %s AND c.field = '' AND t.id = c.key
          AND {ROW_DIGEST.format(alias="t")} = c.new AND {condition}""",
        [batch.pk, table.name],
    )
    cursor.execute(
        f"""SELECT t.id FROM {table.name} t JOIN imports_fieldchange c ON t.id = c.key
        WHERE c.batch_id = %s AND c."table" = %s AND c.field = '' ORDER BY t.id""",
        [batch.pk, table.name],
    )
    return [key for (key,) in cursor.fetchall()]


def _blocked(table: Table) -> str:
    cases = " ".join(f"WHEN '{column}' THEN {sql}" for column, sql in table.blocked.items())
    return f"CASE c.field {cases} ELSE false END" if cases else "false"


def _update(cursor, batch, table: Table, value: str, condition: str) -> None:
    """Set each noted column to its noted `value` ("new" or "old"), all columns of a row at once."""
    cursor.execute(
        "SELECT DISTINCT field FROM imports_fieldchange WHERE batch_id = %s AND \"table\" = %s AND field <> ''",
        [batch.pk, table.name],
    )
    columns = sorted(column for (column,) in cursor.fetchall())
    if not columns:
        return
    settings = ", ".join(
        f"{column} = CASE WHEN v.has_{column} THEN v.{column}::{table.column_type(cursor.db, column)}"
        f" ELSE t.{column} END"
        for column in columns
    )
    noted = ", ".join(
        f"bool_or(c.field = '{column}') AS has_{column}, min(c.{value}) FILTER (WHERE c.field = '{column}') AS {column}"
        for column in columns
    )
    turns = ["true"]
    if table.lower_first in columns:
        lowered = f"v.{table.lower_first} IS NOT DISTINCT FROM 'false'"
        turns = [lowered, f"NOT ({lowered})"]
    for turn in turns:
        cursor.execute(
            f"""UPDATE {table.name} t SET {settings} FROM (
                SELECT c.key, {noted} FROM imports_fieldchange c
                WHERE c.batch_id = {int(batch.pk)} AND c."table" = '{table.name}' AND c.field <> '' AND {condition}
                GROUP BY c.key) v
            WHERE t.id = v.key AND {turn}"""
        )
