"""The koordinator's queue of visits, and what is decided of some of them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from assistance_logs.models import Visit
from assistance_logs.review.actions import approve, send_back
from assistance_logs.review.forms import DecisionForm, ReviewFilterForm, Waiting
from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page
from ejsika.lib.paginate import count_up_to

VISITS_A_PAGE = 25
MOST_COUNTED = 10_000
NONE_PICKED = "Belum ada kunjungan yang dipilih. Centang kunjungan di daftar, lalu pilih lagi."


@require_safe
@requires(Permission.REVIEW)
def review_list(request):
    form = ReviewFilterForm(request.GET, user=request.user)
    visits = form.apply(Visit.objects.for_user(request.user))
    shown = visits.select_related("review", "returned_by", "assistant", "household__region")
    paginator = Paginator(shown.order_by("-happened_at", "-pk"), VISITS_A_PAGE)
    paginator.count = count_up_to(visits, MOST_COUNTED)
    context = {"form": form, "page": paginator.get_page(request.GET.get("page")), "states": Waiting.choices}
    return render_page(request, "assistance_logs/review_list.html", context)


@require_POST
@requires(Permission.REVIEW)
def review_decide(request):
    picked = [int(pk) for pk in request.POST.getlist("visit") if pk.isascii() and pk.isdigit() and len(pk) < 19]
    visits = Visit.objects.for_user(request.user).filter(pk__in=picked)
    found = visits.count()
    if picked and not found:
        raise Http404
    form = DecisionForm(request.POST)
    if not found:
        messages.error(request, NONE_PICKED)
    elif not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, errors[0])
    else:
        _decide(request, visits, found, **form.cleaned_data)
    if request.POST.get("one") and found:
        return redirect(visits.first())
    return redirect(f"{reverse('assistance_logs:review_list')}?{request.GET.urlencode()}")


def _decide(request, visits, found, *, state, remark):
    if state == Waiting.APPROVED:
        done, word = approve(visits=visits, by=request.user), "disetujui"
    else:
        done, word = send_back(visits=visits, by=request.user, remark=remark), "dikembalikan kepada pendampingnya"
    if done:
        messages.success(request, f"{done} kunjungan {word}.")
    if found > done:
        why = "sudah diputuskan, menunggu perbaikan, atau sudah diperbaiki"
        messages.info(request, f"{found - done} kunjungan tetap seperti semula: {why}.")
