from django.contrib import admin
from django.db import transaction

from ejsika.audit.models import record
from ejsika.programs.models import LegalBasis, Program, ProgramRule


class ProvinceAdmin(admin.ModelAdmin):
    """What holds for everyone is changed by an admin of the whole province with all programmes; others may read."""

    def has_add_permission(self, request):
        return request.user.is_staff and request.user.all_programs and "36" in request.user.region_codes

    def has_change_permission(self, request, obj=None):
        return self.has_add_permission(request)

    def has_delete_permission(self, request, obj=None):
        return self.has_add_permission(request)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        act = "changed" if change else "created"
        record(f"{self.opts.model_name}.{act}", target=form.instance, by=request.user, fields=sorted(form.changed_data))

    def delete_model(self, request, obj):
        record(f"{self.opts.model_name}.deleted", target=obj, by=request.user, name=str(obj))
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        for row in queryset:
            self.delete_model(request, row)


@admin.register(LegalBasis)
class LegalBasisAdmin(ProvinceAdmin):
    list_display = ["number", "title", "valid_from", "valid_until"]


@admin.register(Program)
class ProgramAdmin(ProvinceAdmin):
    list_display = ["code", "name", "funding_source", "is_active"]


@admin.register(ProgramRule)
class ProgramRuleAdmin(ProvinceAdmin):
    list_display = ["program", "name", "region", "value", "valid_from", "valid_until"]
