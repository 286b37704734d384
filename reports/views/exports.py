"""The page from which a list is downloaded: one view for all of them, one URL and permission each."""

from django.core.exceptions import PermissionDenied
from django.views.decorators.http import require_http_methods

from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page
from reports.exports.base import MOST_ROWS, ListExport
from reports.exports.download import download, for_paper
from reports.exports.form import ExportForm, FileKind


def export_page(export: type[ListExport]):
    """The view of one list's download; its filters are the GET parameters of the list, also when the form is sent."""

    @require_http_methods(["GET", "POST"])
    @requires(export.permission)
    def list_export(request, pk=None):
        may_numbers = export.has_numbers and request.user.may(Permission.NUMBERS_EXPORT)
        if request.POST.get("with_numbers") and not may_numbers:
            raise PermissionDenied
        chosen = export(request, pk)
        count = 0 if chosen.errors else chosen.count()
        data = request.POST if request.method == "POST" else None
        offered = {"offers_roster": chosen.offers_roster, "program": chosen.program}
        form = ExportForm(data, offers_numbers=may_numbers, count=count, **offered)
        if 0 < count <= MOST_ROWS and form.is_valid():
            return _answer(request, chosen, **form.cleaned_data)
        context = {"chosen": chosen, "count": count, "form": form, "most": MOST_ROWS, "may_numbers": may_numbers}
        context["back_url"] = chosen.back_url
        return render_page(request, "reports/list_export.html", context, status=422 if form.is_bound else None)

    return list_export


def _answer(request, chosen: ListExport, *, file_kind: str, **why):
    if file_kind == FileKind.PAPER:
        context = {"chosen": chosen} | for_paper(chosen, file_kind)
        return render_page(request, "reports/list_print.html", context)
    return download(chosen, file_kind=file_kind, **why)
