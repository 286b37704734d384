"""How the rows of a roster are narrowed on the page of its import: by place, by the field that changes, by name."""

from django.db import connection
from django.db.models import F
from django.db.models.functions import Lower

from beneficiaries.models.household import Household, Member
from beneficiaries.sheets.roster.fields import BITS, CHOICES, EVENTS
from ejsika.imports.kinds import Narrowed

_DEEPER = {6: (4, 6, 10), 10: (4, 6, 10)}  # levels offered, by how deep the chosen place lies; else two
WORDS = {
    "name": "Nama pengurus",
    "region_code": "Desa/kelurahan",
    "account": "No rekening",
    "point": "Titik lokasi",
    "cohort_year": "Tahun masuk",
    "status": "Status",
    "assistant": "Pendamping",
    "member": "Anggota baru",
    "program": "Program baru",
    "recipient": "Pengurus berganti",
}


def word_of(field: str) -> str:
    """What a field that may change is called."""
    if field in WORDS:
        return WORDS[field]
    of_a_person = {member.column: member for member in Member._meta.local_fields}
    found = {**of_a_person, **{column.column: column for column in Household._meta.local_fields}}[field]
    words = str(found.verbose_name)
    return words[:1].upper() + words[1:]


def rows_narrowed(rows, narrowed: Narrowed):
    """Narrow staged rows; a field is one that would change in the row's family, a name has all the words."""
    if narrowed.place:
        rows = rows.filter(region_code__startswith=narrowed.place)
    if narrowed.field:
        rows = rows.annotate(changes_it=F("changes").bitand(BITS[narrowed.field])).exclude(changes_it=0)
    if narrowed.name:
        rows = rows.annotate(name_key=Lower("name"))
        for word in narrowed.name.lower().split():
            rows = rows.filter(name_key__contains=word)
    return rows


def places(batch, outcomes: list[str], within: str) -> list[tuple[str, str]]:
    """The kabupaten and kecamatan that rows lie in, and the desas of the chosen kecamatan, as (code, name).

    Cost: one query.
    """
    levels = _DEEPER.get(len(within), (4, 6))
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT code, name FROM regions_region WHERE code IN (
                   SELECT left(region_code, level) FROM beneficiaries_rosterrow, unnest(%s) AS level
                   WHERE batch_id = %s AND outcome = ANY(%s)
                     AND (level < 10 OR left(region_code, 6) = %s)) ORDER BY code""",
            [list(levels), batch.pk, [str(outcome) for outcome in outcomes], within[:6].replace("\0", "")],
        )
        return [(code, "› " * levels.index(len(code)) + name) for code, name in cursor.fetchall()]


def changing(batch) -> list[tuple[str, str, int]]:
    """The fields that change, as (field, words, families), the most frequent first. Cost: one query."""
    known = ", ".join(f"('{name}', {BITS[name]})" for name in CHOICES + EVENTS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT field, count(DISTINCT family) FROM beneficiaries_rosterrow
                JOIN (VALUES {known}) AS known(field, bit) ON changes & bit <> 0
                WHERE batch_id = %s AND outcome = 'change' GROUP BY field ORDER BY 2 DESC, 1""",
            [batch.pk],
        )
        return [(field, word_of(field), count) for field, count in cursor.fetchall()]
