"""Downloads of families: the list of KPM, and an assistant's tasks."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils import timezone

from assistance_logs import worklist
from beneficiaries.choices import EnrollmentStatus, Sex
from beneficiaries.forms.households import HouseholdFilterForm
from beneficiaries.models import Assignment, Enrollment, Household
from ejsika.accounts.permissions import Permission
from ejsika.lib.sheet_formats import Table
from reports.exports import roster
from reports.exports.base import Column, ListExport, ListResource, SealedColumn
from reports.exports.form import ROSTERS, FileKind

STATUS_LABELS = dict(EnrollmentStatus.choices)


def for_export(families, user):
    """All that a line of the file says of a family, in one query: no object but the family itself is made."""
    enrollments = Enrollment.objects.for_user(user).filter(household=OuterRef("pk")).order_by("program__code")
    told = JSONObject(program="program__name", status="status", year="cohort_year")
    assistants = Assignment.objects.on(timezone.localdate()).filter(household=OuterRef("pk"))
    is_recipient = Q(members__is_recipient=True, members__left_on__isnull=True)
    return families.alias(recipient=FilteredRelation("members", condition=is_recipient)).annotate(
        nik=F("recipient__nik"),
        born_on=F("recipient__born_on"),
        sex=F("recipient__sex"),
        desa=F("region__name"),
        kecamatan=F("region__parent__name"),
        kabupaten=F("region__parent__parent__name"),
        enrolled=ArraySubquery(enrollments.values(told=told)),
        assistant_names=ArraySubquery(assistants.values("assistant__name")),
        assistant_usernames=ArraySubquery(assistants.values("assistant__username")),
    )


def joined(values) -> str:
    """Several values in one cell; "" where there is none."""
    return "; ".join(str(value) for value in values if value)


def years(enrolled: list[dict]) -> int | str | None:
    """When a family came into its programme; of several programmes all years, in the order of the programmes."""
    if len(enrolled) < 2:
        return enrolled[0]["year"] if enrolled else None
    return "; ".join(str(one["year"] or "-") for one in enrolled)


def digits(number: int | None) -> str | None:
    """An RT or RW as it is written: 007."""
    return None if number is None else f"{number:03}"


class HouseholdResource(ListResource):
    """Titles are those of the roster, where it has such a column: what went out can come in again."""

    pk = Column("ID KPM", lambda family: family.pk, width=9, on_paper=False)
    kk = SealedColumn("No KK", lambda family: family.kk, width=18, on_paper=False)
    nik = SealedColumn("NIK Pengurus", lambda family: family.nik, width=18, on_paper=False)
    name = Column("Nama Pengurus", lambda family: family.recipient_name, width=28)
    born_on = Column("Tanggal Lahir", lambda family: family.born_on, width=13, on_paper=False)
    sex = Column("Jenis Kelamin", lambda family: Sex(family.sex).label if family.sex else "", width=12, on_paper=False)
    address = Column("Alamat", lambda family: family.address, width=30)
    rt = Column("RT", lambda family: digits(family.rt), width=6)
    rw = Column("RW", lambda family: digits(family.rw), width=6)
    desa = Column("Desa/Kelurahan", lambda family: family.desa, width=20)
    kecamatan = Column("Kecamatan", lambda family: family.kecamatan, width=20)
    kabupaten = Column("Kabupaten/Kota", lambda family: family.kabupaten, width=22, on_paper=False)
    region_code = Column("Kode Desa", lambda family: family.region_id, width=12, on_paper=False)
    latitude = Column("Lintang", lambda family: family.latitude, width=11, on_paper=False)
    longitude = Column("Bujur", lambda family: family.longitude, width=11, on_paper=False)
    phone = Column("No HP", lambda family: family.phone, width=15)
    bank = Column("Bank", lambda family: family.bank, width=12, on_paper=False)
    program = Column("Program", lambda family: joined(one["program"] for one in family.enrolled), width=14)
    year = Column("Tahun Masuk", lambda family: years(family.enrolled), width=8, on_paper=False)
    status = Column("Status", lambda family: joined(STATUS_LABELS[one["status"]] for one in family.enrolled), width=14)
    visited = Column("Terakhir Dikunjungi", lambda family: family.last_visited_on, width=13)
    assistant = Column("Nama Pendamping", lambda family: joined(family.assistant_names), width=24)
    username = Column(
        "Nama Pengguna Pendamping", lambda family: joined(family.assistant_usernames), width=20, on_paper=False
    )


class HouseholdExport(ListExport):
    kind, title, page = "kpm", "daftar KPM", "beneficiaries:household_list"
    permission = Permission.HOUSEHOLD_VIEW
    resource = HouseholdResource
    has_numbers = offers_roster = True

    def build_forms(self):
        return [HouseholdFilterForm(self.request.GET, user=self.user, session=self.request.session)]

    def rows(self):
        (form,) = self.forms
        families = form.apply(Household.objects.for_user(self.user))
        return for_export(families, self.user).order_by(form.sort_key, "pk")

    def count(self) -> int:
        (form,) = self.forms
        return self.count_of(form.apply(Household.objects.for_user(self.user)))

    @property
    def program(self):
        """The programme that the list is narrowed to, or the only one that there is for this person."""
        (form,) = self.forms
        if not form.is_valid():
            return None
        return form.cleaned_data["program"] or (form.programs[0] if len(form.programs) == 1 else None)

    def table(self, file_kind: str, *, with_numbers: bool) -> Table:
        if file_kind not in ROSTERS:
            return super().table(file_kind, with_numbers=with_numbers)
        (form,) = self.forms
        families = form.apply(Household.objects.for_user(self.user))
        enrollments = Enrollment.objects.for_user(self.user).filter(program=self.program)
        families = families.filter(Exists(enrollments.filter(household=OuterRef("pk"))))
        lay_out = roster.two_sheets if file_kind == FileKind.ROSTER else roster.one_sheet
        first, *more = lay_out(families, enrollments, self.program)
        first.more = more
        return first


class TaskResource(ListResource):
    name = Column("Nama Pengurus", lambda task: task.recipient_name, width=28)
    address = Column("Alamat", lambda task: task.address, width=30)
    rt = Column("RT", lambda task: digits(task.rt), width=6)
    rw = Column("RW", lambda task: digits(task.rw), width=6)
    desa = Column("Desa/Kelurahan", lambda task: task.desa, width=20)
    region_code = Column("Kode Desa", lambda task: task.region_id, width=12, on_paper=False)
    phone = Column("No HP", lambda task: task.phone, width=15)
    status = Column("Status", lambda task: task.status_label, width=14)
    visited = Column("Terakhir Dikunjungi", lambda task: task.last_visited_on, width=13)
    what = Column("Yang Harus Dikerjakan", lambda task: joined(duty.label for duty in task.duties), width=30)
    due = Column("Paling Lambat", lambda task: task.first_due, width=13)
    is_overdue = Column("Terlambat", lambda task: task.is_overdue, width=10)
    excuse = Column("Halangan", lambda task: task.excuse_label, width=20)
    follow_up = Column("Tindak Lanjut", lambda task: task.follow_up and task.follow_up.follow_up, width=36)


class TaskExport(ListExport):
    kind, title, page = "tugas", "tugas pendampingan", "assistance_logs:task_list"
    permission = Permission.VISIT_LOG
    resource = TaskResource

    def build_forms(self):
        return []

    def rows(self):
        return worklist.with_follow_ups(self._day().tasks)

    def count(self) -> int:
        return self._day(limit=1).listed

    def _day(self, **part):
        return worklist.day_of(self.user, timezone.localdate(), **part)
