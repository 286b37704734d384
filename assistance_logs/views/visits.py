"""An assistant's tasks and visits, and what others read of them."""

import datetime
import math
from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assistance_logs import worklist
from assistance_logs.actions import correct_visit, log_visit, return_visit
from assistance_logs.choices import VisitStatus
from assistance_logs.forms import ReturnForm, VisitForm
from assistance_logs.models import Visit
from assistance_logs.outbox import told
from beneficiaries.families import family_to_log
from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page
from ejsika.outbox.sending import store

FAMILIES_A_PAGE = 20
LONGEST_NUMBER = 6  # digits of a page's number
JUST_NOW = datetime.timedelta(minutes=10)  # so long the page of a visit says "stored" first, and leads on


@require_safe
@requires(Permission.VISIT_LOG)
def task_list(request):
    today = timezone.localdate()
    show_all = "all" in request.GET
    page, day = _page(request.user, today, request.GET.get("page", ""), None if show_all else FAMILIES_A_PAGE)
    tasks = worklist.with_follow_ups(day.tasks)
    context = {
        "page": page,
        "groups": worklist.grouped(tasks, day),
        "with_points": show_all,
        "progress": day.progress(today),
        "returned": worklist.returned_visits(request.user),
        "today": today,
    }
    return render_page(request, "assistance_logs/task_list.html", context)


def _page(user, today, asked, size):
    """The page of the day that is asked for; the first for what is no number, the last for one beyond it.

    `size` None: all families on one page.
    """
    number = max(int(asked), 1) if size and asked.isascii() and asked.isdigit() and len(asked) < LONGEST_NUMBER else 1
    read = partial(worklist.day_of, user, today, limit=size)
    day = read(start=(number - 1) * (size or 0))
    if not day.tasks and number > 1:
        number = max(math.ceil(read(start=0).listed / size), 1)
        day = read(start=(number - 1) * size)
    paginator = Paginator(range(0), size or max(day.listed, 1))
    paginator.count = day.listed  # counted already
    return paginator.page(number) if day.tasks else paginator.get_page(1), day


@require_http_methods(["GET", "POST"])
@requires(Permission.VISIT_LOG)
def visit_new(request, pk):
    household = family_to_log(request.user, pk)
    if household is None or (request.method == "GET" and not household.is_theirs_today):
        raise Http404
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = VisitForm(*sent, household=household, user=request.user, is_theirs_today=household.is_theirs_today)
    page = partial(_new_page, request, household, form)
    if request.method == "GET":
        return page()
    return _store(request, form, partial(log_visit, household=household, by=request.user), page)


def _new_page(request, household, form, status=None):
    context = {
        "household": household,
        "form": form,
        "open_follow_up": worklist.follow_ups([household.pk]).get(household.pk),
        "visit_of_today": worklist.visit_of_today(request.user, household),
        "back_url": reverse("assistance_logs:task_list"),
    }
    return render_page(request, "assistance_logs/visit_new.html", context, status=status)


@require_safe
@requires(Permission.VISIT_VIEW)
def visit_detail(request, pk):
    visits = Visit.objects.for_user(request.user)
    visit = get_object_or_404(
        visits.select_related("household__region", "assistant", "returned_by", "review__by"), pk=pk
    )
    context = {"visit": visit, "household": visit.household, "versions": visit.versions()}
    context["back_url"] = visit.household.get_absolute_url()
    context["review"] = review = getattr(visit, "review", None)
    if request.user.may(Permission.REVIEW) and visit.is_current and visit.status == VisitStatus.SENT:
        context |= {"return_form": ReturnForm(), "can_approve": review and not review.by}
    if request.user.may(Permission.VISIT_LOG) and visit.assistant == request.user:
        context["can_correct"] = visit.is_current
        if timezone.now() - visit.recorded_at < JUST_NOW:
            context["next_tasks"] = worklist.next_tasks(request.user, after=visit.household)
    return render_page(request, "assistance_logs/visit_detail.html", context)


@require_POST
@requires(Permission.REVIEW)
def visit_return(request, pk):
    visit = get_object_or_404(Visit.objects.for_user(request.user).select_related("household"), pk=pk)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["remark"][0])
        return redirect(visit)
    try:
        return_visit(visit=visit, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"Kunjungan dikembalikan kepada {visit.assistant.name}.")
    return redirect(visit)


@require_http_methods(["GET", "POST"])
@requires(Permission.VISIT_LOG)
def visit_correct(request, pk):
    own = Visit.objects.for_user(request.user).filter(assistant=request.user)
    visit = get_object_or_404(own.select_related("household__region"), pk=pk)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = VisitForm(*sent, household=visit.household, user=request.user, replaces=visit)
    context = {"visit": visit, "household": visit.household, "form": form, "back_url": visit.get_absolute_url()}
    page = partial(render_page, request, "assistance_logs/visit_correct.html", context)
    if request.method == "POST":
        return _store(request, form, partial(correct_visit, visit=visit, by=request.user), page)
    if not visit.is_current:
        messages.error(request, "Versi ini sudah diperbaiki. Yang dapat diperbaiki adalah versi terbaru, di bawah ini.")
        return redirect(visit.versions()[0])
    return page()


def _store(request, form, act, page):
    visit, status = store(form, act)
    if visit is None:
        if not form.is_theirs_today:  # no page of a family that is another's by now
            raise Http404
        form.renew_uuid()
        return page(status=status)
    for level, words in told(form, visit):
        messages.add_message(request, level, words)
    return redirect(visit if form.is_theirs_today else "assistance_logs:task_list")
