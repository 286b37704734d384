"""The monthly report of an assistant: a page, and a PDF; and what was due in the month."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ejsika.accounts.permissions import Permission, requires
from ejsika.audit.models import record
from ejsika.lib.http import render_page
from reports.monthly.form import MonthForm
from reports.monthly.paper import PaperError, write_pdf
from reports.monthly.people import readable_assistants
from reports.monthly.report import Report
from reports.monthly.tasks import MonthTasks
from reports.monthly.team import Team
from reports.scope import Scope


@require_safe
@requires(Permission.VISIT_LOG)
def monthly_own(request):
    return _page(request, request.user)


@require_safe
@requires(Permission.WORK_REPORT)
def monthly(request, pk):
    return _page(request, get_object_or_404(readable_assistants(request.user), pk=pk))


def _page(request, assistant):
    form = MonthForm(request.GET)
    context = {"assistant": assistant, "form": form, "months": form.months()}
    if form.is_valid():
        context["report"] = Report(assistant, request.user, form.cleaned_data["period"])
    return render_page(request, "reports/monthly.html", context)


@require_safe
@requires(Permission.VISIT_LOG)
def monthly_tasks_own(request):
    return _tasks_page(request, request.user)


@require_safe
@requires(Permission.WORK_REPORT)
def monthly_tasks(request, pk):
    assistant = get_object_or_404(readable_assistants(request.user), pk=pk)
    team_url = f"{reverse('reports:monthly_team')}?{request.GET.urlencode()}"
    return _tasks_page(request, assistant, back_url=team_url if request.user.may(Permission.TARGET_VIEW) else "")


def _tasks_page(request, assistant, back_url=""):
    form = MonthForm(request.GET)
    context = {"assistant": assistant, "form": form, "months": form.months(), "back_url": back_url}
    if form.is_valid():
        context["tasks"] = MonthTasks(assistant, request.user, form.cleaned_data["period"])
    return render_page(request, "reports/monthly_tasks.html", context)


@require_safe
@requires(Permission.TARGET_VIEW)
def monthly_team(request):
    scope = Scope(request)
    context = {"scope": scope, "team": Team(scope, request.GET.get("page")) if scope.is_valid else None}
    return render_page(request, "reports/monthly_team.html", context)


@require_POST
@requires(Permission.WORK_REPORT)
def monthly_pdf(request, pk):
    assistant = get_object_or_404(readable_assistants(request.user), pk=pk)
    form = MonthForm(request.GET)
    back = redirect(f"{reverse('reports:monthly', args=[pk])}?{request.GET.urlencode()}")
    if not form.is_valid():
        return back
    month = form.cleaned_data["period"]
    try:
        pdf = write_pdf(Report(assistant, request.user, month))
    except PaperError:
        messages.error(request, "PDF tidak dapat dibuat. Cetak halaman ini dari peramban; isinya sama.")
        return back
    record("report.printed", target=assistant, by=request.user, month=f"{month:%Y-%m}")
    headers = {"Content-Disposition": f'attachment; filename="laporan-{assistant.pk}-{month:%Y-%m}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
