"""The page from which a list is downloaded: one view for all of them, one URL and permission each."""

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page
from reports.exports.base import MOST_ROWS, ListExport
from reports.exports.download import download
from reports.exports.form import ExportForm


def export_page(export: type[ListExport]):
    """The view of one list's download; its filters are the GET parameters of the list, also when the form is sent."""

    @require_http_methods(["GET", "POST"])
    @requires(export.permission)
    def list_export(request):
        may_numbers = export.has_numbers and request.user.may(Permission.NUMBERS_EXPORT)
        if request.POST.get("with_numbers") and not may_numbers:
            raise PermissionDenied
        chosen = export(request)
        form = ExportForm(request.POST if request.method == "POST" else None, offers_numbers=may_numbers)
        context = {"chosen": chosen, "form": form, "most": MOST_ROWS, "may_numbers": may_numbers}
        context["back_url"] = f"{reverse(chosen.page)}?{request.GET.urlencode()}"
        if not chosen.errors:
            context["count"] = count = chosen.count()
            if form.is_valid() and 0 < count <= MOST_ROWS:
                return download(chosen, **form.cleaned_data)
        return render_page(request, "reports/list_export.html", context, status=422 if form.is_bound else None)

    return list_export
