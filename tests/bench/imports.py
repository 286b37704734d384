"""The import of a roster, ours beside django-import-export and beside the floor, in one run.

Every way begins with an empty table and the same invented families: first they are new, then all of them changed.
Larger rosters are imported once by ours and by the floor, for the cost of a row.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from django.db import connection

from ejsika.database.base import embedded_server
from tests.bench.data import prepare
from tests.bench.rows import write_workbook

DATABASE, SAMPLE, ROUNDS, LARGER_ROUNDS = "bench_import", 2_000, 3, 1
NEW, CHANGED = "baru", "berubah"
CHECK, COMMIT, BOTH = "c. kita: periksa", "d. kita: simpan", "c + d"
FLOOR, FLOOR_OURS = "e. lantai: baca, segel, COPY, INSERT", "   sama, ke tabel register"
STOCK, STOCK_TRIED = "a1. import-export: simpan saja", "a2. import-export: baca, uji, simpan"
BULK = "b. a1 dengan use_bulk + cache"
MOST_FLOORS, LEAST_TIMES, MOST_MEMORY_MB = 4, 30, 300  # the aims for check and commit together
OURS, POSTGRES, ALL = "perintah dan pembaca berkas", "PostgreSQL (tanpa bufer bersama)", "bersama"
REGISTER = ["beneficiaries_household", "imports_importbatch", "audit_auditevent", "bench_flatfamily"]


def measure(count: int) -> tuple[dict, dict]:
    """Time all ways: ({(way, kind): seconds of each round}, peak memory of check and commit by process in bytes)."""
    prepare(DATABASE, 0)
    connection.close()
    connection.settings_dict["NAME"] = DATABASE
    sheets = _prepare_sheets(count)
    times: dict = {}
    for _ in range(ROUNDS):
        _time_ours_and_floor(times, sheets)
        _time_stock(times, sheets)
    _empty()
    return times, _peak_memory(sheets[NEW][0])


def measure_larger(count: int) -> dict:
    """Time ours and the floor on a larger roster, as measure() does."""
    sheets, times = _prepare_sheets(count), {}
    for _ in range(LARGER_ROUNDS):
        _time_ours_and_floor(times, sheets)
    _empty()
    return times


def _time_ours_and_floor(times: dict, sheets: dict) -> None:
    for way, act in ((FLOOR, floor().import_bare), (FLOOR_OURS, floor().import_into_register)):
        _empty()
        for kind, (path, _) in sheets.items():
            _time(times, way, kind, lambda act=act, path=path: act(path))
    _empty()
    for kind, (path, _) in sheets.items():
        _import_ours(times, kind, path)


def _time_stock(times: dict, sheets: dict) -> None:
    """Time the stock ways on a sample of the rows: each row costs them the same."""
    samples = {kind: rows[:SAMPLE] for kind, (_, rows) in sheets.items()}
    scale = len(sheets[NEW][1]) / len(samples[NEW])
    for way, resource in ((STOCK, stock().StockResource), (BULK, stock().BulkResource)):
        _empty()
        for kind, sample in samples.items():
            _time(times, way, kind, lambda r=resource, s=sample: stock().import_stock(r, s), scale)
    _empty()
    for kind, sample in samples.items():
        path = Path("var", "bench", "sample.xlsx")
        write_workbook(path, sample)
        _time(times, STOCK_TRIED, kind, lambda path=path: stock().import_tried(path), scale)


def stock():
    from tests.bench import stock_import  # its model needs an application that is set up

    return stock_import


def floor():
    from tests.bench import floor as module

    return module


def _prepare_sheets(count: int) -> dict:
    from ejsika.accounts.models import User
    from ejsika.accounts.permissions import Role
    from ejsika.regions.models import Region
    from tests.bench.rows import change_rows, make_rows

    assistant, _ = User.objects.get_or_create(username="ukur", role=Role.PENDAMPING, all_programs=True)
    assistant.regions.set(Region.objects.filter(code="36"))
    desas = [
        (code, float(latitude), float(longitude))
        for code, latitude, longitude in Region.objects.filter(
            parent__parent__parent__code="36", latitude__isnull=False
        )
        .order_by("code")
        .values_list("code", "latitude", "longitude")
    ]
    rows = make_rows(count, desas, ["ukur"])
    sheets = {}
    for kind, found in {NEW: rows, CHANGED: change_rows(rows)}.items():
        path = Path("var", "bench", f"roster-{kind}.xlsx")
        write_workbook(path, found)
        sheets[kind] = (path, found)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_flatfamily")
    with connection.schema_editor() as editor:
        editor.create_model(stock().FlatFamily)
    return sheets


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(REGISTER)} CASCADE")


def _time(times: dict, way: str, kind: str, act, scale: float = 1) -> None:
    started = time.perf_counter()
    act()
    times.setdefault((way, kind), []).append((time.perf_counter() - started) * scale)


def _import_ours(times: dict, kind: str, path: Path) -> None:
    from ejsika.accounts.models import User
    from ejsika.imports import actions
    from ejsika.programs.models import Program

    admin, program = User.objects.get(username="admin"), Program.objects.get(code="JAMSOSRATU")
    content = path.read_bytes()
    batch = actions.receive(kind="roster", program=program, by=admin, name=path.name, content=content)
    _time(times, CHECK, kind, lambda: actions.check(batch))
    _time(times, COMMIT, kind, lambda: actions.commit(batch, admin))
    batch.refresh_from_db()
    if batch.counts[{NEW: "create", CHANGED: "change"}[kind]] != batch.rows or batch.status != "committed":
        raise SystemExit(f"Impor {kind} tidak seperti yang diharapkan: {batch.status}, {batch.counts}.")
    both = [check + commit for check, commit in zip(times[CHECK, kind], times[COMMIT, kind], strict=True)]
    times[BOTH, kind] = both


def _peak_memory(path: Path) -> dict[str, int]:
    """Run the command of an import and watch the memory of its processes, and of PostgreSQL beside its shared buffers.

    The server's other processes are counted too, so it is somewhat more than the import takes.
    """
    connection.close()  # the server's process for our own connection is no part of it
    command = [sys.executable, "manage.py", "import_roster", path, "--program", "JAMSOSRATU", "--user", "admin"]
    variables = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.bench.settings", "BENCH_DATABASE": DATABASE}
    process = subprocess.Popen([*command, "--commit"], env=variables, stdout=subprocess.DEVNULL)
    server = embedded_server(connection.settings_dict).running()
    peak = dict.fromkeys((OURS, POSTGRES, ALL), 0)
    while process.poll() is None:
        now = {OURS: _memory(process.pid, "Pss:"), POSTGRES: _memory(server.pid, "Pss_Anon:")}
        now[ALL] = sum(now.values())
        peak = {part: max(peak[part], now[part]) for part in peak}
        time.sleep(0.02)
    if process.returncode:
        raise SystemExit("Impor dengan perintah tidak berhasil.")
    return peak


def _memory(pid: int, field: str) -> int:
    """Bytes in memory of a process and of those below it; what several share counts once."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return 0
    own = next((int(line.split()[1]) * 1024 for line in lines if line.startswith(field)), 0)
    return own + sum(_memory(int(child), field) for child in children)


def show(count: int, times: dict, peak: dict) -> None:
    medians = {key: statistics.median(found) for key, found in times.items()}
    print(f"impor {count} baris x 16 kolom, median dari {ROUNDS} putaran")
    print(
        f"{'':37}" + "".join(f"{kind:>12}{'x lantai':>10}{'a1 : ini':>10}{'a2 : ini':>10}" for kind in (NEW, CHANGED))
    )
    for way in (STOCK, STOCK_TRIED, BULK, CHECK, COMMIT, BOTH, FLOOR, FLOOR_OURS):
        cells = ""
        for kind in (NEW, CHANGED):
            took = medians[way, kind]
            cells += f"{took:>10.2f} s{took / medians[FLOOR, kind]:>10.1f}"
            cells += "".join(f"{medians[stock_way, kind] / took:>10.1f}" for stock_way in (STOCK, STOCK_TRIED))
        print(f"{way:37}{cells}")
    aims = f"{f'≤ {MOST_FLOORS}':>22}{f'≥ {LEAST_TIMES}':>10}{f'≥ {LEAST_TIMES}':>10}"
    print(f"{'tujuan untuk c + d':37}{aims}{aims}")
    print(
        f"a1 dan b: baris sudah terbaca, tanpa uji (dry run). a2: cara layarnya sendiri. Diukur pada {SAMPLE} baris dan"
    )
    print("dikalikan. Semua itu dan lantai mengisi satu tabel rata; kita lima, dengan jejak dan catatan pembatalan.")
    spread = max(max(found) / min(found) for found in times.values())
    print(f"derau: putaran terlama {spread:.2f} x yang tercepat")
    told = ", ".join(f"{part} {size / 1e6:.0f} MB" for part, size in peak.items())
    print(f"memori puncak periksa + simpan: {told} (tujuan ≤ {MOST_MEMORY_MB} MB)")


def show_larger(count: int, larger: int, times: dict, times_larger: dict) -> None:
    print(f"per baris pada {larger} baris ({LARGER_ROUNDS} putaran), dibanding pada {count} baris:")
    for way in (BOTH, FLOOR, FLOOR_OURS):
        cells = ""
        for kind in (NEW, CHANGED):
            a_row = statistics.median(times_larger[way, kind]) / larger
            cells += f"{a_row * 1e6:>10.0f} µs{a_row * count / statistics.median(times[way, kind]):>10.2f} x{'':12}"
        print(f"{way:37}{cells}")
