"""Downloads of graduations: the cases, the families that rose, and how many did where."""

from beneficiaries.graduation.forms import CaseFilterForm
from beneficiaries.models import GraduationCase
from ejsika.accounts.permissions import Permission
from reports.exports.base import Column, ListExport, ListResource, told
from reports.exports.families import joined
from reports.graduations import KIND_LABELS, SpanForm, decided_in, told_by_region
from reports.scope import Scope


def for_export(cases):
    return cases.for_page().select_related("enrollment__household__region__parent__parent")


class CaseResource(ListResource):
    name = Column("Nama Pengurus", lambda case: case.household.recipient_name, width=28)
    desa = Column("Desa/Kelurahan", lambda case: case.household.region.name, width=20)
    kecamatan = Column("Kecamatan", lambda case: case.household.region.parent.name, width=20)
    kabupaten = Column(
        "Kabupaten/Kota", lambda case: case.household.region.parent.parent.name, width=22, on_paper=False
    )
    region_code = Column("Kode Desa", lambda case: case.household.region_id, width=12, on_paper=False)
    program = Column("Program", lambda case: case.enrollment.program.name, width=14)
    kind = Column("Jenis Graduasi", lambda case: case.kind_label, width=16)
    reasons = Column("Alasan", lambda case: joined(case.reason_labels), width=36, on_paper=False)
    state = Column("Keadaan", lambda case: case.get_state_display(), width=24)
    proposed_by = Column("Diusulkan oleh", lambda case: case.proposed_by and case.proposed_by.name, width=24)
    proposed_on = Column("Diusulkan pada", lambda case: case.proposed_on, width=13)
    verified_by = Column(
        "Diverifikasi oleh", lambda case: case.verified_by and case.verified_by.name, width=24, on_paper=False
    )
    verified_on = Column("Diverifikasi pada", lambda case: case.verified_on, width=13, on_paper=False)
    decided_by = Column("Ditetapkan oleh", lambda case: case.decided_by and case.decided_by.name, width=24)
    decided_on = Column("Tanggal SK", lambda case: case.decided_on, width=13)
    decree = Column("Nomor SK", lambda case: case.decree, width=20)
    returned = Column("Alasan Dikembalikan", lambda case: case.return_reason, width=36, on_paper=False)


class CaseExport(ListExport):
    kind, title, page = "usulan-graduasi", "usulan graduasi", "graduation:case_list"
    permission = Permission.GRADUATION_VIEW
    resource = CaseResource

    def build_forms(self):
        return [CaseFilterForm(self.request.GET, user=self.user)]

    def rows(self):
        (form,) = self.forms
        cases = form.apply(GraduationCase.objects.for_user(self.user))
        return for_export(form.in_state(cases, form.chosen_state(cases.count_by_state()))).order_by("-pk")


class GraduatedExport(ListExport):
    """Who was graduated, for who may read names."""

    kind, title, page = "keluarga-lulus", "keluarga lulus", "reports:graduated"
    permission = Permission.GRADUATION_VIEW
    resource = CaseResource

    def build_forms(self):
        self.scope, self.span = Scope(self.request), SpanForm(self.request.GET)
        return [self.scope.form, self.span]

    def rows(self):
        cases = decided_in(self.scope, self.span, GraduationCase.objects.for_user(self.user))
        return for_export(cases).order_by("-decided_on", "-pk")


class GraduatedCountResource(ListResource):
    name = Column("Wilayah", lambda row: row[0].name, width=28)
    code = Column("Kode Wilayah", lambda row: row[0].code, width=14)
    families = Column("Keluarga Lulus", lambda row: told(row[1].families))
    decisions = Column("Penetapan", lambda row: told(row[1].decisions))
    natural, independent, assessed = (
        Column(label, lambda row, kind=kind: told(row[1].kinds[kind])) for kind, label in KIND_LABELS.items()
    )


class GraduatedCountExport(GraduatedExport):
    """How many were graduated in each region."""

    kind, title = "jumlah-lulus", "keluarga lulus menurut wilayah"
    permission = Permission.COUNTS_VIEW
    resource = GraduatedCountResource

    def rows(self):
        counts, _ = told_by_region(self.scope, self.span)
        regions = [one for one in self.scope.parts if counts[one.code].families or one.closed_on is None]
        return [(region, counts[region.code]) for region in regions]
