"""The map: its page, what it draws, and the same as a table."""

from django.conf import settings
from django.http import JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from beneficiaries import figures
from ejsika.accounts.permissions import Permission, requires
from ejsika.lib.http import render_page
from reports.area_counts import count_areas, digits_at, regions_in
from reports.cells import BoxForm, are_few, count_cells, families_in
from reports.map_page import bounds_of, card, table_rows
from reports.scope import Scope
from reports.small_counts import told

MOST_LABELS = 60


@require_safe
@requires(Permission.MAP_VIEW)
def map_view(request):
    scope = Scope(request)
    context = {"scope": scope}
    if scope.is_valid:
        families = scope.mapped_families
        without_point = figures.get("without_point").condition(scope.view)
        context |= {
            "bounds": bounds_of(scope),
            "cells_url": f"{reverse('reports:map_cells')}?{scope.query()}",
            "places_url": reverse("reports:map_places"),
            "tiles": settings.MAP_TILES,
            "attribution": settings.MAP_TILES_ATTRIBUTION,
            "without_point": told(families.filter(without_point).count(), is_exact=scope.is_exact()),
            "without_point_url": scope.list_url("without_point"),
        }
    return render_page(request, "reports/map.html", context)


@require_safe
@requires(Permission.MAP_VIEW)
def map_cells(request):
    scope, form = Scope(request), BoxForm(request.GET)
    if not (form.is_valid() and scope.is_valid):
        return _refused(form, scope.form)
    box, zoom = form.cleaned_data["bbox"], form.cleaned_data["zoom"]
    if not scope.is_by_name:
        return JsonResponse({"cells": count_areas(scope, box, zoom)})
    cells = count_cells(scope, box, zoom)
    if not are_few(cells, zoom):
        return JsonResponse({"cells": cells})
    families = families_in(scope.readable_families, scope.view, box)
    return JsonResponse({"families": [card(family, request.user) for family in families]})


@require_safe
@requires(Permission.MAP_VIEW)
def map_places(request):
    form = BoxForm(request.GET)
    if not form.is_valid():
        return _refused(form)
    digits = digits_at(form.cleaned_data["zoom"])
    regions = regions_in(form.cleaned_data["bbox"], digits)[:MOST_LABELS]
    places = [{"name": region.name, "lat": float(region.lat), "lon": float(region.lon)} for region in regions]
    return JsonResponse({"places": places, "level": digits})


@require_safe
@requires(Permission.MAP_VIEW)
def map_table(request):
    scope = Scope(request)
    context = {"scope": scope}
    if scope.is_valid:
        context["rows"], context["everything"] = table_rows(scope)
        context["is_exact"] = scope.is_exact(*scope.part_codes)
    return render_page(request, "reports/map_table.html", context)


def _refused(*asked):
    """What is wrong with the request, in words that the map shows."""
    messages = [error for form in asked for errors in form.errors.values() for error in errors]
    return JsonResponse({"error": " ".join(messages)}, status=400)
