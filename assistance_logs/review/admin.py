from django.contrib import admin

from assistance_logs.models import ReviewLimit
from ejsika.programs.admin import ProvinceAdmin


@admin.register(ReviewLimit)
class ReviewLimitAdmin(ProvinceAdmin):
    list_display = ["name", "value", "valid_from", "valid_until"]
