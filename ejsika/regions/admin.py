from django.contrib import admin

from ejsika.regions.models import Region


@admin.register(Region)
class RegionAdmin(admin.ModelAdmin):
    """Read only: the official tree comes by load_regions."""

    list_display = ["code", "level", "name", "postal_code", "closed_on"]
    search_fields = ["code", "name"]

    def get_queryset(self, request):
        return super().get_queryset(request).within(request.user.region_codes)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
