"""Spreadsheets made by the tests: rosters of invented families in the template's layout."""

import datetime
import itertools
import resource
from pathlib import Path

import xlsxwriter

from ejsika.imports import actions
from tests.factories import make_nik

ROSTERS = Path(__file__).parent / "files" / "rosters"
_cards = itertools.count(1)


def seconds_of_computing() -> float:
    """What this process and its children have taken of the processor: other work on the machine does not count."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(found.ru_utime + found.ru_stime for found in used)


def family(region: str, **cells) -> dict:
    """One line of the template for a new family in a desa, which is named by its code."""
    number = next(_cards)
    born_on = datetime.date(1980, 5, 4)
    return {
        "No KK": f"{region[:6]}020315{number:04}",
        "NIK Pengurus": make_nik(region, born_on),
        "Nama Pengurus": f"Siti Nomor{number}",
        "Tanggal Lahir": "04/05/1980",
        "Alamat": "Kp. Cikadu",
        "RT": "007",
        "RW": "002",
        "Kode Desa": region,
        "Lintang": "",
        "Bujur": "",
        "No HP": "081200001111",
        "Bank": "BRI",
        "No Rekening": f"95{number:08}",
        "Tahun Masuk": 2021,
        "Status": "",
        "Pendamping": "",
    } | cells


def write_roster(path: Path, lines: list[dict]) -> Path:
    """Write lines as an XLSX sheet with their keys as its head."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_numbers": False}) as workbook:
        sheet = workbook.add_worksheet("KPM")
        for row, cells in enumerate([list(lines[0]), *(line.values() for line in lines)]):
            sheet.write_row(row, 0, cells)
    return path


def checked(kind: str, lines: list[dict], by, folder: Path, *, program=None):
    """Upload lines as a sheet of a kind and check them, as the queue does; gives the batch."""
    content = write_roster(folder / "sheet.xlsx", lines).read_bytes()
    batch = actions.receive(kind=kind, program=program, by=by, name="sheet.xlsx", content=content)
    actions.check(batch)
    batch.refresh_from_db()
    return batch


def counted(batch) -> dict:
    """What a check counted, without what it found nothing of."""
    return {name: count for name, count in batch.counts.items() if count}


def found(batch) -> dict[int, list[str]]:
    """The problems of a batch: codes by row."""
    codes: dict[int, list[str]] = {}
    for row, code in batch.problems.shown().values_list("row", "code"):
        codes.setdefault(row, []).append(code)
    return codes
