"""Users in Django's admin: an admin manages whose scope lies inside the own one, and grants no more than own."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.contrib.auth.forms import AdminPasswordChangeForm, ReadOnlyPasswordHashField, SetPasswordMixin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Length
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.audit.models import record
from ejsika.programs.models import Program
from ejsika.regions.models import Region

MOST_CHOICES = 30
admin.site.site_header = admin.site.site_title = "Pengaturan e-JSiKa"
admin.site.index_title = "Pengguna, program dan wilayah"


def regions_of(user: User):
    """Regions that this person may grant, the larger ones first: the own ones and those below."""
    regions = Region.objects.within(user.region_codes).select_related("parent__parent__parent")
    return regions.order_by(Length("code"), "name", "code")


def region_label(region: Region) -> str:
    """The region and those above it up to the kabupaten: there are two Cibeber. Cost: none after select_related."""
    names, above = [region.name], region.parent
    while above and len(above.code) > 2:
        names.append(above.name)
        above = above.parent
    return f"{', '.join(names)} ({region.code})"


class RegionPicker(AutocompleteSelectMultiple):
    """A search among the regions of the admin who fills the form; the page holds the chosen ones alone."""

    def get_url(self):
        return reverse("admin:accounts_user_regions")


class RegionsField(forms.ModelMultipleChoiceField):
    widget = RegionPicker(User._meta.get_field("regions"), admin.site)
    default_error_messages = {"invalid_choice": "Wilayah tidak ada atau di luar wilayah Anda: %(value)s."}

    def label_from_instance(self, region):
        return region_label(region)


class ScopedUserForm(forms.ModelForm):
    """A user with a scope inside that of `granting`, the admin who fills the form."""

    granting: User  # set by the ModelAdmin
    regions = RegionsField(
        Region.objects.none(),
        label="Wilayah",
        help_text="Ketik nama atau kode. Pengguna melihat wilayah ini dan semua yang di bawahnya.",
    )

    class Meta:
        model = User
        fields = ["username", "name", "role", "regions", "all_programs", "programs", "is_active"]
        widgets = {"programs": forms.CheckboxSelectMultiple}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["regions"].queryset = regions_of(self.granting)
        if not self.granting.all_programs:
            self.fields["programs"].queryset = Program.objects.filter(pk__in=self.granting.program_ids)

    def clean_all_programs(self) -> bool:
        if self.cleaned_data["all_programs"] and not self.granting.all_programs:
            raise ValidationError("Anda hanya dapat memberi program Anda sendiri.")
        return self.cleaned_data["all_programs"]

    def clean(self):
        data = super().clean()
        own = self.instance.pk == self.granting.pk
        if own and (data.get("role") != Role.ADMIN or not data.get("is_active")):
            raise ValidationError("Anda tidak dapat mencabut hak Anda sendiri. Minta admin lain.")
        if not data.get("all_programs") and not data.get("programs"):
            self.add_error("programs", "Pilih paling sedikit satu program, atau semua program.")
        if User.objects.filter(username__iexact=data.get("username", "")).exclude(pk=self.instance.pk).exists():
            self.add_error("username", "Nama pengguna ini sudah dipakai.")
        return data


class NewUserForm(SetPasswordMixin, ScopedUserForm):
    password1, password2 = SetPasswordMixin.create_password_fields(label1="Kata sandi", label2="Ulangi kata sandi")

    def clean(self):
        data = super().clean()
        self.validate_passwords()
        self.validate_password_for_user(self.instance)
        return data

    def save(self, commit=True):
        self.instance.set_password(self.cleaned_data["password1"])
        return super().save(commit)


class ChangedUserForm(ScopedUserForm):
    password = ReadOnlyPasswordHashField(label="Kata sandi", help_text="Ganti lewat tautan Ganti kata sandi.")


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["username", "name", "role", "places", "is_active"]
    list_filter = ["role", "is_active"]
    search_fields = ["username", "name"]

    class Media:
        js = ["js/admin_regions.js"]

    def get_queryset(self, request):
        manageable = User.objects.manageable_by(request.user).values("pk")
        return super().get_queryset(request).filter(pk__in=manageable).prefetch_related("regions")

    def lookup_allowed(self, lookup, value, request):
        # A list narrowed by ?password__startswith= would tell a password's digest piece by piece.
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    @admin.display(description="Wilayah")
    def places(self, user):
        names = [region.name for region in user.regions.all()]
        return ", ".join(names[:3]) + (f" dan {len(names) - 3} lagi" if len(names) > 3 else "")

    def get_fields(self, request, obj=None):
        return [*ScopedUserForm.Meta.fields, *(["password"] if obj else ["password1", "password2"])]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = ChangedUserForm if obj else NewUserForm
        scoped = type(form.__name__, (form,), {"granting": request.user})
        return super().get_form(request, obj, change, **kwargs | {"form": scoped, "fields": None})

    def has_delete_permission(self, request, obj=None):
        return False  # who has done something stays named in the audit: deactivate instead

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        user = form.instance
        record(
            "user.changed" if change else "user.created",
            target=user,
            by=request.user,
            fields=sorted(set(form.changed_data) - {"password1", "password2"}),
            role=user.role,
            regions=sorted(user.regions.values_list("code", flat=True)),
            programs="all" if user.all_programs else sorted(user.programs.values_list("code", flat=True)),
            is_active=user.is_active,
        )

    def get_urls(self):
        guard = self.admin_site.admin_view
        return [
            path("regions/", guard(self.region_choices), name="accounts_user_regions"),
            path("<int:pk>/password/", guard(self.set_password), name="accounts_user_password"),
            *super().get_urls(),
        ]

    def region_choices(self, request):
        """What the region picker finds: JSON as select2 reads it."""
        found = regions_of(request.user).filter(closed_on__isnull=True)
        for word in request.GET.get("term", "").replace("\0", "").split():
            found = found.filter(Q(name__icontains=word) | Q(code__startswith=word))
        choices = [{"id": region.code, "text": region_label(region)} for region in found[:MOST_CHOICES]]
        return JsonResponse({"results": choices, "pagination": {"more": False}})

    def set_password(self, request, pk):
        """Give a user a new password; it ends their sessions, since those carry the old one's digest."""
        user = get_object_or_404(self.get_queryset(request), pk=pk)
        form = AdminPasswordChangeForm(user, request.POST or None)
        form.fields.pop("usable_password", None)
        if request.method == "POST" and form.is_valid():
            with transaction.atomic():
                form.save()
                record("user.password_set", target=user, by=request.user)
            messages.success(request, "Kata sandi baru sudah berlaku.")
            return redirect(reverse("admin:accounts_user_change", args=[user.pk]))
        context = self.admin_site.each_context(request) | {"form": form, "title": f"Ganti kata sandi {user.username}"}
        return TemplateResponse(request, "accounts/user_password.html", context)
