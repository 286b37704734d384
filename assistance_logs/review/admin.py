from django.contrib import admin

from assistance_logs.models import ReviewLimit
from assistance_logs.review.models import LIMITS, Limit
from ejsika.programs.admin import ProvinceAdmin


@admin.register(ReviewLimit)
class ReviewLimitAdmin(ProvinceAdmin):
    list_display = ["name", "value", "valid_from", "valid_until"]

    def changelist_view(self, request, extra_context=None):
        defaults = [(Limit(name).label, value) for name, value in LIMITS.items()]
        return super().changelist_view(request, {"defaults": defaults} | (extra_context or {}))
