"""The floor: a bare read, seal, COPY and INSERT … SELECT of the same rows; nothing is judged, nothing kept for an undo.

Into one flat table, and for comparison into the register's own five, with their keys and indexes.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from python_calamine import CalamineWorkbook

from ejsika.lib.sealed import seal_number
from tests.bench.stock_import import COLUMNS, SEALED, TYPES

_CASTS = {"born_on": "to_date(born_on, 'DD/MM/YYYY')"}
_VALUES = {
    column: _CASTS.get(column, f"{column}::{'bytea' if column in SEALED else TYPES[column].db_type(connection)}")
    for column in COLUMNS
}


def import_bare(path) -> None:
    """Into the flat table."""
    names, updates = ", ".join(COLUMNS), ", ".join(f"{column} = excluded.{column}" for column in COLUMNS)
    with _copied(path) as cursor:
        cursor.execute(
            f"""INSERT INTO bench_flatfamily ({names}) SELECT {", ".join(_VALUES.values())} FROM bare
                ON CONFLICT (kk) DO UPDATE SET {updates}"""
        )


def import_into_register(path) -> None:
    """Into the tables that hold the register, as new families or by their KK."""
    values = ", ".join(f"{value} AS {column}" for column, value in _VALUES.items())
    with _copied(path) as cursor:
        cursor.execute(
            f"""CREATE TEMP TABLE placed AS SELECT h.id AS known, coalesce(h.id,
                    nextval(pg_get_serial_sequence('beneficiaries_household', 'id'))) AS household, b.*
                FROM (SELECT {values} FROM bare) b LEFT JOIN beneficiaries_household h ON h.kk = b.kk"""
        )
        for statement in _STATEMENTS:
            cursor.execute(statement)
        cursor.execute("DROP TABLE placed")


_STATEMENTS = [
    """UPDATE beneficiaries_household h SET address = p.address, phone = p.phone FROM placed p WHERE h.id = p.known""",
    """INSERT INTO beneficiaries_household (id, kk, recipient_name, region_code, address, rt, rw, phone, latitude,
           longitude, point_source, bank, account_sealed, account_digest, status)
       SELECT household, kk, name, region_id, address, rt, rw, phone, latitude, longitude, 'impor',
           CASE bank WHEN 'BJB' THEN 'Bank BJB' WHEN 'PT Pos' THEN 'Kantor Pos' ELSE bank END,
           account, account, lower(status) FROM placed WHERE known IS NULL""",
    """INSERT INTO beneficiaries_member (household_id, nik, name, sex, born_on, relationship, is_recipient,
           school_level, joined_on)
       SELECT household, nik, name, 'P', born_on, '', true, '', current_date FROM placed WHERE known IS NULL""",
    """WITH added AS (
           INSERT INTO beneficiaries_enrollment (household_id, program_id, status, since, reason, letter, cohort_year)
           SELECT household, (SELECT id FROM programs_program WHERE code = 'JAMSOSRATU'), lower(status),
               make_date(cohort_year, 1, 1), '', '', cohort_year FROM placed WHERE known IS NULL
           RETURNING id, status, since)
       INSERT INTO beneficiaries_statuschange (enrollment_id, status, "on", reason, letter)
       SELECT id, status, since, '', '' FROM added""",
    """INSERT INTO beneficiaries_assignment (household_id, assistant_id, started_on)
       SELECT household, u.id, current_date FROM placed p JOIN accounts_user u ON u.username = p.assistant
       WHERE known IS NULL""",
]


@contextmanager
def _copied(path) -> Iterator:
    """Read and seal a workbook's rows and COPY them into a temporary table, for as long as the block lasts."""
    _, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    staged = ", ".join(f"{column} {'bytea' if column in SEALED else 'text'}" for column in COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE bare ({staged})")
        with cursor.copy(f"COPY bare ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in rows:
                for kind, index in SEALED.items():
                    row[index] = seal_number(kind, row[index])
                copy.write_row(row)
        yield cursor
        cursor.execute("DROP TABLE bare")
