"""The first admin of a new server, or a way back in for one who is locked out: prints a one-time link."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from ejsika.accounts import actions
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.regions.models import Region


class Command(BaseCommand):
    help = "Daftarkan admin seluruh provinsi, atau buat tautan kata sandi baru untuknya."

    def add_arguments(self, parser):
        parser.add_argument("username", help="nama pengguna")
        parser.add_argument("--name", help="nama lengkap, untuk admin baru")

    def handle(self, *args, username, name, **options):
        user = User.objects.filter(username__iexact=username).first() or self._create(username, name)
        if user.role != Role.ADMIN or not user.rules_everywhere:
            raise CommandError(f"{user.username} bukan admin seluruh provinsi: ubah oleh admin di halaman Pengguna.")
        try:
            path = actions.make_link(user=user, by=None)
        except ValidationError as error:
            raise CommandError(error.messages[0]) from error
        host = next((host for host in settings.ALLOWED_HOSTS if host.strip(".*")), "localhost").lstrip(".")
        scheme = "https" if settings.SECURE_SSL_REDIRECT else "http"
        self.stdout.write("Buka tautan ini dalam tiga hari untuk membuat kata sandi (sekali pakai):")
        self.stdout.write(f"{scheme}://{host}{path}")

    def _create(self, username: str, name: str | None) -> User:
        provinces = list(Region.objects.filter(parent=None))
        if not provinces:
            raise CommandError("Wilayah belum dimuat: jalankan manage.py load_regions dahulu.")
        if not name:
            raise CommandError(f"{username} belum terdaftar: sebutkan namanya dengan --name.")
        try:
            User(username=username, name=name, role=Role.ADMIN).full_clean(exclude=["password"])
            scope = {"role": Role.ADMIN, "regions": provinces, "programs": [], "all_programs": True}
            return actions.create_user(by=None, username=username, name=name, **scope)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
