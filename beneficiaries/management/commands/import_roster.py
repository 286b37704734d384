import json
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from beneficiaries.models import RosterRow
from ejsika.accounts.models import User
from ejsika.imports import actions, kinds
from ejsika.imports.models import SHEET_LINES, ImportBatch, line_of
from ejsika.jobs.models import Cancelled
from ejsika.programs.models import Program

PROBLEM_KEYS = ("sheet", "row", "column", "value", "code", "level", "message")
NO_COUNTS = dict.fromkeys(("create", "change", "same", "error", "suspect"), 0)


class Command(BaseCommand):
    help = "Periksa roster KPM dari lembar kerja, dan dengan --commit simpan. Fungsinya sama dengan layar Impor."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--program", required=True, help="kode program, misalnya JAMSOSRATU")
        parser.add_argument("--user", required=True, help="nama pengguna yang mengimpor")
        parser.add_argument("--commit", action="store_true", help="simpan baris yang tidak salah")
        parser.add_argument("--json", action="store_true", help="satu objek JSON di keluaran standar")
        parser.add_argument(
            "--values", action="store_true", help="sertakan nilai yang sudah dibersihkan (dengan --json)"
        )

    def handle(self, *, file, program, user, **options):
        self.import_file(kinds.get("roster"), file, program, user, options)

    def import_file(self, kind: kinds.SheetKind, file: Path, program: str, user: str, options: dict) -> None:
        """Check a file as a sheet of a kind, commit it where that is asked for, and say what came of it."""
        importer = find_user(user)
        if not kind.is_open_to(importer):
            raise CommandError(f"{user} tidak berhak mengimpor {kind.label.lower()}.", returncode=2)
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"Berkas tidak dapat dibaca: {error.strerror}.", returncode=2) from None
        found = Program.objects.filter(code=program).first() if kind.program_help is not None else None
        is_own = found and (importer.all_programs or found.pk in importer.program_ids)
        if kind.program_help is not None and not is_own:
            self.show(refused("program_unknown", f"Program {program} tidak ada atau bukan program {user}."), options)
            raise SystemExit(1)
        batch = actions.receive(kind=kind.name, program=found, by=importer, name=file.name, content=content)
        try:
            actions.check(batch)
        except Cancelled:
            raise CommandError(f"Pemeriksaan impor {batch.pk} dibatalkan di layar.") from None
        if options["commit"] and batch.status == ImportBatch.Status.CHECKED:
            try:
                actions.commit(batch, importer)
            except ValidationError as error:
                raise CommandError(error.message) from None
            batch.refresh_from_db()
        self.show(described(batch, values=options.get("values", False)), options)
        if batch.status == ImportBatch.Status.REFUSED:
            raise SystemExit(1)

    def show(self, result: dict, options: dict) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        if result["refusal"]:
            self.stdout.write(f"Ditolak: {result['refusal']['message']}")
            return
        counts = result["counts"]
        self.stdout.write(
            f"Impor {result['batch']}: {result['rows']} baris, {result['skipped']} dilewati; "
            f"{counts['create']} baru, {counts['change']} berubah, {counts['same']} sama, {counts['error']} salah, "
            f"{counts['suspect']} diduga ganda."
        )
        for problem in result["problems"]:
            self.stdout.write(f"  baris {problem['row']}, {problem['column']}: {problem['message']}")
        saved = result["status"] == ImportBatch.Status.COMMITTED
        self.stdout.write("Tersimpan." if saved else "Belum disimpan: jalankan lagi dengan --commit.")


def find_user(username: str) -> User:
    """Find an active user by name. Errors: CommandError with exit code 2."""
    user = User.objects.active().filter(username__iexact=username).first()
    if user is None:
        raise CommandError(f"Pengguna {username} tidak ada atau tidak aktif.", returncode=2)
    return user


def described(batch: ImportBatch, *, values: bool = False) -> dict:
    """Describe a batch as the roster contract says (one JSON object)."""
    if batch.status == ImportBatch.Status.REFUSED:
        return refused(batch.refusal_code, batch.refusal_message, batch.pk)
    result = {
        "batch": batch.pk,
        "status": batch.status,
        "rows": batch.rows,
        "skipped": batch.skipped,
        "households": sum(batch.counts.get(key, 0) for key in ("create", "change", "same", "left", "error")),
        "members": batch.rows - RosterRow.objects.filter(batch=batch, also_row__isnull=False).count(),
        "counts": {key: batch.counts.get(key, 0) for key in NO_COUNTS},
        "problems": [
            problem | {"row": line_of(problem["row"])} for problem in batch.problems.shown().values(*PROBLEM_KEYS)
        ],
        "refusal": None,
    }
    return result | ({"values": _values(batch)} if values else {})


def refused(code: str, message: str, batch: int | None = None) -> dict:
    return {
        "batch": batch,
        "status": "refused",
        "rows": 0,
        "skipped": 0,
        "households": 0,
        "members": 0,
        "counts": NO_COUNTS,
        "problems": [],
        "refusal": {"code": code, "message": message},
    }


def _values(batch: ImportBatch) -> dict:
    rows = RosterRow.objects.filter(batch=batch).order_by("row")
    return {
        (f"{batch.sheet_of(row.row)}!" if row.row >= SHEET_LINES else "") + str(line_of(row.row)): {
            "name": row.name,
            "birth_date": row.born_on and row.born_on.isoformat(),
            "region": row.region_code,
            "latitude": None if row.latitude is None else float(row.latitude),
            "longitude": None if row.longitude is None else float(row.longitude),
        }
        for row in rows.iterator()
    }
