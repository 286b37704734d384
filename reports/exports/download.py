"""Writing a list into a file, or a page to be printed, and keeping on record who took what."""

import datetime
import tempfile

from django.db import transaction
from django.http import FileResponse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst

from ejsika.audit.models import record
from ejsika.lib.sheet_formats import FORMATS, Table, plain
from ejsika.lib.tags import day
from reports.exports.base import ListExport
from reports.exports.form import FORMAT_OF, FileKind

ROLLED_OVER_FROM = 5_000_000  # bytes: smaller files stay in memory


@transaction.atomic
def download(chosen: ListExport, *, file_kind: str, with_numbers: bool, purpose: str, reason: str) -> FileResponse:
    """Write the list as it is now, with its audit entry in one transaction.

    Cost: the list's own queries, in chunks; a file on disk that nobody else can open and that goes with the answer.
    """
    by = chosen.user
    table = chosen.table(file_kind, with_numbers=with_numbers)
    table.notes = [
        ("Daftar", capfirst(chosen.title)),
        *chosen.filters(),
        ("Diunduh oleh", f"{by.name} ({by.get_role_display()})"),
        ("Diunduh pada", timezone.now()),
    ]
    if with_numbers:
        table.notes.append(("Tujuan", reason))
    kind = FORMATS[FORMAT_OF[FileKind(file_kind)]]()
    file = tempfile.SpooledTemporaryFile(max_size=ROLLED_OVER_FROM)  # noqa: SIM115 - the answer closes it
    kind.write(file, table)
    file.seek(0)
    _keep_on_record(chosen, table, file_kind, with_numbers=with_numbers, purpose=purpose, reason=reason)
    if kind.is_packed:  # the gzip middleware would pack it again, for nothing, and hide how large it is
        chosen.request.META["HTTP_ACCEPT_ENCODING"] = "identity"
    name = chosen.file_name(timezone.localdate(), kind.get_extension())
    return FileResponse(file, as_attachment=True, filename=name, content_type=kind.get_content_type())


@transaction.atomic
def for_paper(chosen: ListExport, file_kind: str) -> dict:
    """The context of a page that is to be printed: heads, and rows of (words, is a number); on record as a file is."""
    table = chosen.resource().export(chosen.rows(), for_paper=True)
    rows = [[_on_paper(cell) for cell in row] for row in table]
    _keep_on_record(chosen, table, file_kind, with_numbers=False, purpose="", reason="")
    return {"headers": table.headers, "rows": rows}


def _keep_on_record(chosen: ListExport, table: Table, file_kind: str, **why) -> None:
    query = {name: value for form in chosen.forms for name in form.fields if (value := chosen.request.GET.get(name))}
    told = {"list": chosen.kind, "query": query, "rows": table.count, "file_kind": file_kind} | why
    record("list.exported", target=chosen.user, by=chosen.user, **told)


def _on_paper(cell) -> tuple[str, bool]:
    cell = "" if cell is None else plain(cell)
    if isinstance(cell, datetime.datetime):
        return date_format(cell, "j M Y, H.i"), False
    if isinstance(cell, datetime.date):
        return day(cell), False
    return (cell, False) if isinstance(cell, str) else (number_format(cell, force_grouping=True), True)
