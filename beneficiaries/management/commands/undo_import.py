import json

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from beneficiaries.management.commands.import_roster import described, find_user
from ejsika.accounts.permissions import Permission
from ejsika.imports import actions
from ejsika.imports.models import ImportBatch


class Command(BaseCommand):
    help = "Batalkan impor: kembalikan semua nilai yang belum diubah orang lain sesudahnya."

    def add_arguments(self, parser):
        parser.add_argument("batch", type=int, help="nomor impor")
        parser.add_argument("--user", required=True, help="nama pengguna yang membatalkan")
        parser.add_argument("--json", action="store_true", help="satu objek JSON di keluaran standar")

    def handle(self, *, batch, user, **options):
        by = find_user(user)
        if not by.may(Permission.ROSTER_IMPORT):
            raise CommandError(f"{user} tidak berhak membatalkan impor.", returncode=2)
        found = ImportBatch.objects.for_user(by).filter(pk=batch).first()
        if found is None:
            raise CommandError(f"Impor {batch} tidak ada.", returncode=2)
        try:
            kept = actions.undo(found, by)
        except ValidationError as error:
            raise CommandError(error.message) from None
        found.refresh_from_db()
        if options["json"]:
            self.stdout.write(json.dumps(described(found) | {"kept": kept}, ensure_ascii=False))
        else:
            self.stdout.write(f"Impor {batch} dibatalkan; {len(kept)} hal dibiarkan karena sudah diubah sesudahnya.")
