"""Writing a list into a file that goes to the browser, and keeping on record who took what."""

import tempfile

from django.db import transaction
from django.http import FileResponse
from django.utils import timezone
from django.utils.text import capfirst

from ejsika.audit.models import record
from ejsika.lib.sheet_formats import FORMATS
from reports.exports.base import ListExport

ROLLED_OVER_FROM = 5_000_000  # bytes: smaller files stay in memory


@transaction.atomic
def download(chosen: ListExport, *, file_kind: str, with_numbers: bool, purpose: str, reason: str) -> FileResponse:
    """Write the list as it is now, with its audit entry in one transaction.

    Cost: the list's own queries, in chunks; a file on disk that nobody else can open and that goes with the answer.
    """
    now, by = timezone.now(), chosen.user
    table = chosen.resource().export(chosen.rows(), with_numbers=with_numbers)
    table.notes = [
        ("Daftar", capfirst(chosen.title)),
        *chosen.filters(),
        ("Diunduh oleh", f"{by.name} ({by.get_role_display()})"),
        ("Diunduh pada", now),
    ]
    if with_numbers:
        table.notes.append(("Tujuan", reason))
    kind = FORMATS[file_kind]()
    file = tempfile.SpooledTemporaryFile(max_size=ROLLED_OVER_FROM)  # noqa: SIM115 - the answer closes it
    kind.write(file, table)
    file.seek(0)
    record(
        "list.exported",
        target=by,
        by=by,
        list=chosen.kind,
        query=chosen.request.GET.dict(),
        rows=table.count,
        file_kind=file_kind,
        with_numbers=with_numbers,
        purpose=purpose,
        reason=reason,
    )
    name = chosen.file_name(timezone.localdate(), kind.get_extension())
    return FileResponse(file, as_attachment=True, filename=name, content_type=kind.get_content_type())
