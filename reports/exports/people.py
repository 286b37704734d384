"""Downloads of the admin's lists: the users, and the audit."""

from itertools import islice

from ejsika.accounts.forms.users import UserFilterForm
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Permission
from reports.audit.search import AuditSearchForm
from reports.exports.base import ROWS_A_FETCH, Column, ListExport, ListResource
from reports.exports.families import joined


class UserResource(ListResource):
    name = Column("Nama", lambda user: user.name, width=28)
    username = Column("Nama Pengguna", lambda user: user.username, width=20)
    role = Column("Peran", lambda user: user.get_role_display(), width=14)
    regions = Column("Wilayah", lambda user: joined(region.name for region in user.regions.all()), width=36)
    codes = Column("Kode Wilayah", lambda user: joined(region.code for region in user.regions.all()), width=20)
    programs = Column(
        "Program",
        lambda user: "Semua program" if user.all_programs else joined(program.name for program in user.programs.all()),
        width=20,
    )
    is_active = Column("Aktif", lambda user: user.is_active, width=8)
    last_login = Column("Terakhir Masuk", lambda user: user.last_login, width=18)
    created_at = Column("Terdaftar", lambda user: user.created_at, width=18)


class UserExport(ListExport):
    kind, title, page = "pengguna", "daftar pengguna", "accounts:user_list"
    permission = Permission.USER_MANAGE
    resource = UserResource

    def build_forms(self):
        return [UserFilterForm(self.request.GET, admin=self.user, session=self.request.session)]

    def rows(self):
        (form,) = self.forms
        users = form.apply(User.objects.for_user(self.user)).with_name_key()
        return users.prefetch_related("regions", "programs").order_by("name_key", "pk")


class AuditResource(ListResource):
    at = Column("Waktu", lambda row: row.event.at, width=18)
    actor = Column("Pelaku", lambda row: row.event.actor.name if row.event.actor else "Sistem", width=24)
    act = Column("Perbuatan", lambda row: row.act, width=24)
    kind = Column("Tentang", lambda row: row.kind, width=18)
    target = Column("Siapa atau Apa", lambda row: row.target.words, width=28)
    lines = Column("Isi", lambda row: "\n".join(map(told, row.lines)), width=60)


class AuditExport(ListExport):
    kind, title, page = "jejak", "jejak perubahan", "reports:audit"
    permission = Permission.AUDIT_VIEW
    resource = AuditResource

    def build_forms(self):
        return [AuditSearchForm(self.request.GET, user=self.user)]

    def rows(self):
        """The entries in words, so many at a time that what they are about takes few queries."""
        (form,) = self.forms
        events = form.apply().select_related("actor").order_by("-at", "-pk").iterator(chunk_size=ROWS_A_FETCH)
        while some := list(islice(events, ROWS_A_FETCH)):
            yield from form.rows(some)

    def count(self) -> int:
        (form,) = self.forms
        return self.count_of(form.apply())

    def filters(self) -> list[tuple[str, str]]:
        (form,) = self.forms
        shown = {str(field.label) for field in form.fields.values() if not field.widget.is_hidden}
        return [pair for pair in super().filters() if pair[0] in shown] + [
            tuple(words.split(": ", 1)) if ": " in words else ("Tentang", words) for words, _ in form.chips()
        ]


def told(line) -> str:
    """One fact of an entry: "alamat: Kp. A → Kp. B"."""
    return f"{line.label}: {line.old} → {line.new}" if line.old is not None else f"{line.label}: {line.new}"
