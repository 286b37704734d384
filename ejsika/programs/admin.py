from django.contrib import admin

from ejsika.programs.models import LegalBasis, Program, ProgramRule


class ProvinceAdmin(admin.ModelAdmin):
    """What holds for everyone is changed by an admin of the whole province with all programmes; others may read."""

    def has_add_permission(self, request):
        return request.user.is_staff and request.user.all_programs and "36" in request.user.region_codes

    def has_change_permission(self, request, obj=None):
        return self.has_add_permission(request)

    def has_delete_permission(self, request, obj=None):
        return self.has_add_permission(request)


@admin.register(LegalBasis)
class LegalBasisAdmin(ProvinceAdmin):
    list_display = ["number", "title", "valid_from", "valid_until"]


@admin.register(Program)
class ProgramAdmin(ProvinceAdmin):
    list_display = ["code", "name", "funding_source", "is_active"]


@admin.register(ProgramRule)
class ProgramRuleAdmin(ProvinceAdmin):
    list_display = ["program", "name", "value", "valid_from", "valid_until"]
