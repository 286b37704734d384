"""Downloads of imports: which there were, and what is wrong in one, for whoever mends the sheet."""

from django.shortcuts import get_object_or_404

from ejsika.accounts.permissions import Permission
from ejsika.imports.models import ImportBatch, line_of
from reports.exports.base import Column, ListExport, ListResource


class BatchResource(ListResource):
    pk = Column("Impor", lambda batch: batch.pk, width=9)
    file_name = Column("Berkas", lambda batch: batch.file_name, width=36)
    kind = Column("Isi", lambda batch: batch.sheet_kind.label, width=18)
    program = Column("Program", lambda batch: batch.program and batch.program.name, width=14)
    status = Column("Keadaan", lambda batch: batch.get_status_display(), width=18)
    rows = Column("Baris", lambda batch: batch.rows, width=9)
    created, changed, same, wrong = (
        Column(label, lambda batch, name=name: batch.counts.get(name), width=9)
        for name, label in [("create", "Baru"), ("change", "Berubah"), ("same", "Sama"), ("error", "Salah")]
    )
    uploaded_by = Column("Diunggah oleh", lambda batch: batch.uploaded_by.name, width=24)
    uploaded_at = Column("Diunggah pada", lambda batch: batch.uploaded_at, width=18)
    committed_at = Column("Disimpan pada", lambda batch: batch.committed_at, width=18)


class BatchExport(ListExport):
    kind, title, page = "impor", "daftar impor", "imports:batch_list"
    permission = Permission.ROSTER_IMPORT
    resource = BatchResource

    def build_forms(self):
        return []

    def rows(self):
        return ImportBatch.objects.for_user(self.user).select_related("uploaded_by", "program").order_by("-id")


class ProblemResource(ListResource):
    sheet = Column("Lembar", lambda problem: problem.sheet, width=14)
    row = Column("Baris", lambda problem: line_of(problem.row), width=8)
    level = Column("Tingkat", lambda problem: problem.get_level_display(), width=14)
    column = Column("Kolom", lambda problem: problem.column, width=20)
    value = Column("Isi", lambda problem: problem.value, width=28)
    message = Column("Apa yang Salah, Apa yang Perlu Dilakukan", lambda problem: problem.message, width=80)


class ProblemExport(ListExport):
    kind, title, page = "masalah-impor", "masalah pada impor", "imports:batch_list"
    permission = Permission.ROSTER_IMPORT
    resource = ProblemResource

    def build_forms(self):
        self.batch = get_object_or_404(ImportBatch.objects.for_user(self.user), pk=self.pk)
        return []

    def rows(self):
        return self.batch.problems.shown()

    def filters(self):
        return [("Impor", str(self.batch.pk)), ("Berkas", self.batch.file_name), ("Lembar", self.batch.sheet)]

    @property
    def back_url(self) -> str:
        return self.batch.get_absolute_url()
