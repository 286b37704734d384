"""Downloads of the work in the field: groups, targets against what was done, visits in the koordinator's queue."""

from django.utils import timezone

from assistance_logs.groups.attendance import standings
from assistance_logs.groups.candidates import with_leader
from assistance_logs.groups.forms import GroupFilterForm
from assistance_logs.groups.models import Group
from assistance_logs.models import Visit
from assistance_logs.review.forms import ReviewFilterForm
from assistance_logs.targets import progress
from assistance_logs.targets.forms import TargetScopeForm
from assistance_logs.targets.models import TargetKind
from assistance_logs.targets.people import assistants_in
from ejsika.accounts.permissions import Permission
from reports.exports.base import Column, ListExport, ListResource
from reports.exports.families import joined


class GroupResource(ListResource):
    """Of a group and its Standing."""

    name = Column("Kelompok", lambda row: row[0].name, width=28)
    desa = Column("Desa/Kelurahan", lambda row: row[0].desa_name, width=20)
    region_code = Column("Kode Desa", lambda row: row[0].region_id, width=12, on_paper=False)
    leader = Column("Ketua", lambda row: row[0].leader_name, width=28)
    schedule = Column("Jadwal", lambda row: row[0].schedule, width=30)
    families = Column("KPM", lambda row: row[1].families, width=8)
    last_met = Column("Pertemuan Terakhir", lambda row: row[1].last_met, width=18)
    took_part = Column("Hadir atau Diwakili", lambda row: row[1].rate.took_part, width=12)
    noted = Column("Diabsen", lambda row: row[1].rate.noted, width=10)
    closed_on = Column("Dibubarkan", lambda row: row[0].closed_on, width=13, on_paper=False)


class GroupExport(ListExport):
    kind, title, page = "kelompok", "kelompok KPM", "groups:group_list"
    permission = Permission.GROUP_VIEW
    resource = GroupResource

    def build_forms(self):
        return [GroupFilterForm(self.request.GET, user=self.user)]

    def rows(self):
        groups = list(with_leader(self._groups(), self.user).order_by("region", "name", "pk"))
        told = standings([group.pk for group in groups], timezone.localdate())
        return [(group, told[group.pk]) for group in groups]

    def count(self) -> int:
        return self.count_of(self._groups())

    def _groups(self):
        (form,) = self.forms
        return form.chosen(form.apply(Group.objects.for_user(self.user)))


class TargetResource(ListResource):
    """Of an assistant and the Progress of each kind, in the order of TargetKind."""

    name = Column("Nama Pendamping", lambda row: row[0].name, width=28)
    username = Column("Nama Pengguna", lambda row: row[0].username, width=20, on_paper=False)

    def __init__(self):
        super().__init__()
        for place, label in enumerate(TargetKind.labels):
            self.fields[f"done_{place}"] = Column(label, lambda row, place=place: row[1][place].done, width=14)
            self.fields[f"target_{place}"] = Column(
                f"Target {label}", lambda row, place=place: row[1][place].target, width=14
            )


class TargetExport(ListExport):
    """The assistants of the region that the page shows."""

    kind, title, page = "target", "target pendamping", "targets:target_list"
    permission = Permission.TARGET_VIEW
    resource = TargetResource

    def build_forms(self):
        return [TargetScopeForm(self.request.GET, user=self.user)]

    def rows(self):
        (form,) = self.forms
        people = list(self._people())
        told = progress.of_people(self.user, form.year, [person.pk for person in people])
        return [(person, told[person.pk]) for person in people]

    def count(self) -> int:
        return self.count_of(self._people())

    def _people(self):
        (form,) = self.forms
        return assistants_in(self.user, form.chosen_region.code) if form.chosen_region else []


def reasons(visit) -> list[tuple[str, int | None]]:
    """Why a visit was flagged; none where it was sent back from its own page."""
    return visit.review.reasons if hasattr(visit, "review") else []


class FlaggedVisitResource(ListResource):
    happened_at = Column("Waktu Kunjungan", lambda visit: visit.happened_at, width=18)
    family = Column("Nama Pengurus", lambda visit: visit.household.recipient_name, width=28)
    desa = Column("Desa/Kelurahan", lambda visit: visit.household.region.name, width=20)
    region_code = Column("Kode Desa", lambda visit: visit.household.region_id, width=12, on_paper=False)
    assistant = Column("Pendamping", lambda visit: visit.assistant.name, width=24)
    kind = Column("Kegiatan", lambda visit: visit.get_kind_display(), width=20, on_paper=False)
    result = Column("Hasil", lambda visit: visit.get_result_display(), width=20)
    why = Column("Alasan Ditinjau", lambda visit: joined(words for words, _ in reasons(visit)), width=60)
    status = Column("Keadaan", lambda visit: visit.get_status_display(), width=14, on_paper=False)
    remark = Column("Catatan Koordinator", lambda visit: visit.remark, width=36)


class FlaggedVisitExport(ListExport):
    kind, title, page = "kunjungan-ditinjau", "kunjungan perlu ditinjau", "assistance_logs:review_list"
    permission = Permission.REVIEW
    resource = FlaggedVisitResource

    def build_forms(self):
        return [ReviewFilterForm(self.request.GET, user=self.user)]

    def rows(self):
        (form,) = self.forms
        visits = form.apply(Visit.objects.for_user(self.user))
        return visits.select_related("review", "assistant", "household__region").order_by("-happened_at", "-pk")
