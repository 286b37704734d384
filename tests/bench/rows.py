"""Rosters for measuring: invented families in sixteen columns, the same ones each time."""

import datetime
from random import Random

import xlsxwriter

from ejsika.demo.people import full_name

SEED = 5
FIRST_BIRTH, BIRTH_DAYS, SERIALS = datetime.date(1950, 1, 1), 20_000, 64
HEAD = [
    *("No KK", "NIK Pengurus", "Nama Pengurus", "Tanggal Lahir", "Alamat", "RT", "RW", "Kode Desa", "Lintang", "Bujur"),
    *("No HP", "Bank", "No Rekening", "Tahun Masuk", "Status", "Pendamping"),
]


def make_rows(count: int, desas: list[tuple[str, float, float]], assistants: list[str]) -> list[list[str]]:
    """Make so many families of women, spread over desas given as (code, latitude, longitude)."""
    rng = Random(SEED)
    rows = []
    for number in range(count):
        code, latitude, longitude = desas[number % len(desas)]
        # Those who share a serial number are born on different days, so that no two share a NIK.
        born_on = FIRST_BIRTH + datetime.timedelta(
            days=rng.randrange(BIRTH_DAYS // SERIALS) * SERIALS + number // 9_999 % SERIALS
        )
        serial = number % 9_999 + 1
        rows.append(
            [
                f"{code[:6]}{born_on:%d%m}{number // 9_999 + 10:02}{serial:04}",
                f"{code[:6]}{born_on.day + 40:02}{born_on:%m%y}{serial:04}",
                f"{full_name('P', rng)} {full_name('P', rng)}",
                f"{born_on:%d/%m/%Y}",
                f"Kp. {rng.choice(('Cikadu', 'Pasir Awi', 'Babakan', 'Sawah Lega'))} No. {rng.randint(1, 200)}",
                f"{rng.randint(1, 20):03}",
                f"{rng.randint(1, 9):03}",
                code,
                f"{latitude + rng.uniform(-0.01, 0.01):.6f}",
                f"{longitude + rng.uniform(-0.01, 0.01):.6f}",
                f"08{rng.randrange(10**10):010}",
                rng.choice(("BRI", "Bank Banten", "PT Pos", "BJB")),
                f"{rng.randrange(10**12):012}",
                str(rng.randint(2016, 2025)),
                "Aktif" if number % 50 else "Calon",
                assistants[number % len(assistants)],
            ]
        )
    return rows


def change_rows(rows: list[list[str]]) -> list[list[str]]:
    """The same families a year on: every one has moved house and has another telephone."""
    changed = [list(row) for row in rows]
    for number, row in enumerate(changed):
        row[HEAD.index("Alamat")] = f"Kp. Baru No. {number % 300 + 1}"
        row[HEAD.index("No HP")] = f"0877{number:08}"
    return changed


def write_workbook(path, rows: list[list[str]]) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as workbook:
        sheet = workbook.add_worksheet("KPM")
        for number, row in enumerate([HEAD, *rows]):
            sheet.write_row(number, 0, row)
