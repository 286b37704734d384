"""Downloads of counts: dashboard, map as a table, assistants under review, candidates for other agencies."""

from django import forms

from assistance_logs.models import Visit
from beneficiaries import figures
from beneficiaries.components import Component
from ejsika.accounts.permissions import Permission
from reports import component_table
from reports.candidates import MEMBER_COLUMNS, STATUS_COLUMNS, families_shown
from reports.component_table import By
from reports.exports.base import Column, ListExport, ListResource, told
from reports.map_page import table_rows
from reports.scope import Scope
from reports.summary import FIGURES, summarise
from reports.workloads import add_last_reports, named, workloads


class ScopedExport(ListExport):
    """A page that is narrowed by region, month and programme alone."""

    def build_forms(self):
        self.scope = Scope(self.request)
        return [self.scope.form]


class DashboardResource(ListResource):
    name = Column("Wilayah", lambda row: row.name, width=28)
    code = Column("Kode Wilayah", lambda row: row.region and row.region.code, width=14)

    def __init__(self):
        super().__init__()
        for name in FIGURES:
            self.fields[name] = Column(figures.get(name).label, lambda row, name=name: told(row[name].n))


class DashboardExport(ScopedExport):
    kind, title, page = "dasbor", "dasbor", "reports:dashboard"
    permission = Permission.COUNTS_VIEW
    resource = DashboardResource

    def rows(self):
        rows, everything = summarise(self.scope)
        return [*rows, everything] if len(rows) > 1 else rows


class TabForm(forms.Form):
    """Which of the tables of components is open."""

    by = forms.ChoiceField(
        label="Tabel", required=False, choices=By, error_messages={"invalid_choice": "Tabel ini tidak dikenal."}
    )


class ComponentResource(ListResource):
    name = Column("Nama", lambda row: row.name, width=28)
    families = Column("KPM Aktif", lambda row: told(row.families))

    def __init__(self):
        super().__init__()
        for one in Component:
            self.fields[one] = Column(one.label, lambda row, one=one: told(row[one].persons))
            self.fields[one.figure] = Column(f"KPM dengan {one.label}", lambda row, one=one: told(row[one].families))


class ComponentExport(ScopedExport):
    kind, title, page = "komponen", "komponen", "reports:components"
    permission = Permission.COMPONENTS_VIEW
    resource = ComponentResource

    def build_forms(self):
        self.tab = TabForm(self.request.GET)
        return [*super().build_forms(), self.tab]

    def rows(self):
        by = By(self.tab.cleaned_data["by"] or By.REGION)
        if by not in component_table.choices(self.scope):
            return []
        table = component_table.build(self.scope, by)
        return [*table.rows, table.everything] if table.everything and len(table.rows) > 1 else table.rows


class MapResource(ListResource):
    name = Column("Wilayah", lambda row: row.name, width=28)
    n = Column("Di Peta", lambda row: told(row.n))
    in_time, late, never, graduated = (
        Column(label, lambda row, at=at: told(row.states[at]))
        for at, label in enumerate(["Dikunjungi Tepat Waktu", "Terlambat", "Belum Pernah", "Lulus"])
    )
    without_point = Column("Belum Berkoordinat", lambda row: told(row.without_point.n))


class MapExport(ScopedExport):
    kind, title, page = "peta", "peta sebagai tabel", "reports:map_table"
    permission = Permission.MAP_VIEW
    resource = MapResource

    def rows(self):
        rows, everything = table_rows(self.scope)
        return [*rows, everything] if len(rows) > 1 else rows


class AssistantResource(ListResource):
    name = Column("Pendamping", lambda load: load.name, width=28)
    families = Column("Keluarga Aktif", lambda load: load.families)
    late = Column("Terlambat Dikunjungi", lambda load: load.late)
    never_visited = Column("Belum Pernah Dikunjungi", lambda load: load.never_visited)
    has_reported = Column("Lapor 7 Hari Terakhir", lambda load: load.has_reported)
    last_report = Column("Laporan Terakhir", lambda load: load.last_report, width=18)


class AssistantExport(ScopedExport):
    """The assistants with families here, most overdue first."""

    kind, title, page = "pendamping", "pendamping yang ditinjau", "reports:review"
    permission = Permission.REVIEW
    resource = AssistantResource

    def rows(self):
        visits = Visit.objects.for_user(self.user)
        loads = named(workloads(self.scope))
        add_last_reports(loads, visits)
        return loads


class CandidateResource(ListResource):
    name = Column("Wilayah", lambda row: row.region.name, width=28)
    code = Column("Kode Wilayah", lambda row: row.region.code, width=14)

    def __init__(self):
        super().__init__()
        labels = {name: f"Keluarga {label}" for name, label in STATUS_COLUMNS.items()}
        labels |= {name: f"Aktif, dengan {label}" for name, label in MEMBER_COLUMNS.items()}
        for name, label in labels.items():
            self.fields[name] = Column(f"{label} (sedikitnya)", lambda row, name=name: told(row.at_least[name] or None))


class CandidateExport(ScopedExport):
    kind, title, page = "calon", "calon menurut wilayah", "reports:candidates"
    permission = Permission.CANDIDATES_VIEW
    resource = CandidateResource

    def rows(self):
        return families_shown(self.scope)[0]
