"""Targets of a region and its people against what was done, and setting them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from assistance_logs.targets import progress
from assistance_logs.targets.actions import set_targets
from assistance_logs.targets.forms import TargetForm, TargetScopeForm
from assistance_logs.targets.models import TargetKind
from assistance_logs.targets.people import assistants_in, coordinators_in
from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page

PEOPLE_A_PAGE = 50


@require_safe
@requires(Permission.TARGET_VIEW)
def target_list(request):
    form = TargetScopeForm(request.GET, user=request.user)
    context = {"form": form, "kinds": TargetKind.labels, "can_set": request.user.may(Permission.TARGET_SET)}
    if form.is_valid() and form.chosen_region:
        user, year, region = request.user, form.year, form.chosen_region
        coordinators = list(coordinators_in(region.code))
        codes = {person.pk: [own.code for own in person.regions.all()] for person in coordinators}
        page = Paginator(assistants_in(user, region.code), PEOPLE_A_PAGE).get_page(request.GET.get("page"))
        people = progress.of_people(user, year, [person.pk for person in page])
        done = progress.done_in(user, year, region.code)
        context |= {
            "region": region,
            "year": year,
            "own": progress.of_places(done, year, {region.code: [region.code]}, region=region)[region.code],
            "coordinators": _lines(coordinators, progress.of_places(done, year, codes, user__in=codes)),
            "assistants": _lines(page, people),
            "page": page,
        }
    return render_page(request, "targets/target_list.html", context)


def _lines(people, found):
    return [(person, found[person.pk]) for person in people]


@require_http_methods(["GET", "POST"])
@requires(Permission.TARGET_SET)
def target_set(request):
    scope = TargetScopeForm(request.GET, user=request.user)
    if not (scope.is_valid() and scope.chosen_region):
        return render_page(request, "targets/target_region.html", {"form": scope})
    region = scope.chosen_region
    form = TargetForm(request.POST if request.method == "POST" else None, user=request.user, region=region)
    if form.is_bound and form.is_valid():
        changed = set_targets(by=request.user, **form.cleaned_data)
        whom = f"{changed} orang" if form.cleaned_data["users"] else region.name
        if changed:
            messages.success(request, f"Target tersimpan untuk {whom}.")
        else:
            messages.info(request, "Target itu sudah berlaku, jadi tidak ada yang berubah.")
        return redirect(f"{reverse('targets:target_list')}?region={region.code}")
    context = {"form": form, "region": region}
    return render_page(request, "targets/target_set.html", context, status=422 if form.is_bound else None)
