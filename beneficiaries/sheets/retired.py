"""Numbers that a merge has put aside: a line that brings one means the family, and the person, that it leads to."""

from beneficiaries.models.merge import RetiredNumber
from ejsika.imports.models import Problem, StagedRow
from ejsika.imports.writing import keys_of
from ejsika.lib.sealed import SealedNumber

MESSAGE = "Nomor lama keluarga yang sudah digabung. Dibaca sebagai nomor yang berlaku sekarang."
# Whoever has such a number by now keeps it: then the line means them.
_CARDS = """
    UPDATE {table} r SET kk = h.kk
    FROM beneficiaries_retirednumber t JOIN beneficiaries_householdmerge g ON g.id = t.merge_id
    JOIN beneficiaries_household h ON h.id = g.into_id
    WHERE r.batch_id = %(batch)s AND t.kind = 'kk' AND t.number = r.kk
        AND NOT EXISTS (SELECT FROM beneficiaries_household x WHERE x.kk = r.kk)
    RETURNING r.row, t.number, t.kind
"""
_PERSONS = """
    UPDATE {table} r SET nik = m.nik
    FROM beneficiaries_retirednumber t JOIN beneficiaries_member m ON m.id = t.member
    WHERE r.batch_id = %(batch)s AND t.kind = 'nik' AND t.number = r.nik
        AND m.left_on IS NULL AND m.nik IS NOT NULL
        AND NOT EXISTS (SELECT FROM beneficiaries_member x WHERE x.nik = r.nik AND x.left_on IS NULL)
    RETURNING r.row, t.number, t.kind
"""


def with_kept(cursor, households: list[int]) -> list[int]:
    """These families, and those that some of them have become: what an import changed of these is theirs by now.

    Cost: one query.
    """
    cursor.execute(
        """SELECT id FROM unnest(%(ids)s::bigint[]) AS given(id)
           UNION SELECT into_id FROM beneficiaries_householdmerge WHERE merged_id = ANY(%(ids)s) ORDER BY 1""",
        {"ids": households},
    )
    return keys_of(cursor)


def follow(cursor, batch, rows: type[StagedRow]) -> None:
    """Put the numbers that hold now in the place of those that a merge has put aside, and say so of each line.

    `rows` is a table of staged rows with columns kk and nik.

    Cost: one query where there was no merge.
    """
    if not RetiredNumber.objects.exists():
        return
    found = []
    for statement in (_CARDS, _PERSONS):
        cursor.execute(statement.format(table=rows._meta.db_table), {"batch": batch.pk})
        found += cursor.fetchall()
    Problem.objects.bulk_create(
        [
            Problem(
                batch=batch,
                sheet=batch.sheet_of(row),
                row=row,
                column=batch.title_of(row, kind) or RetiredNumber.Kind(kind).label,
                value=str(SealedNumber(kind, number)),
                code="number_retired",
                level=Problem.Level.WARNING,
                message=MESSAGE,
            )
            for row, number, kind in found
        ]
    )
