"""The stock way to the same pages: Django's admin, every point of the map in one GeoJSON; and a trivial POST."""

from django.contrib import admin
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from assistance_logs.models import Visit
from beneficiaries.models import Household
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Permission, requires


class HouseholdAdmin(admin.ModelAdmin):
    list_display = ["recipient_name", "region", "status", "last_visited_on"]
    list_filter = ["status"]
    search_fields = ["recipient_name"]
    list_per_page = 25
    raw_id_fields = ["region"]
    exclude = ["kk", "account_sealed", "account_digest"]


class VisitAdmin(admin.ModelAdmin):
    raw_id_fields = ["household", "replaces"]
    exclude = ["assistant", "recorded_at", "ended_at", "position_source", "status", "returned_by", "returned_at"]

    def save_model(self, request, obj, form, change):
        obj.assistant = request.user
        super().save_model(request, obj, form, change)


site = admin.AdminSite(name="stock")
site.register(Household, HouseholdAdmin)
site.register(Visit, VisitAdmin)


@requires(Permission.MAP_VIEW)
def all_points(request):
    families = Household.objects.for_user(request.user).filter(latitude__isnull=False)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [float(longitude), float(latitude)]},
            "properties": {"id": pk, "name": name, "status": status},
        }
        for pk, name, status, latitude, longitude in families.values_list(
            "pk", "recipient_name", "status", "latitude", "longitude"
        )
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


@require_POST
def touch(request):
    User.objects.filter(pk=request.user.pk).update(last_login=timezone.now())
    return HttpResponse(status=204)


urlpatterns = [path("points/", all_points), path("touch/", touch), path("", site.urls)]
