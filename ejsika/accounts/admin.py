"""Users in Django's admin: an admin manages whose regions lie inside the own ones, and grants no more than own."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.forms import AdminPasswordChangeForm, ReadOnlyPasswordHashField, SetPasswordMixin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.audit.models import record
from ejsika.programs.models import Program
from ejsika.regions.models import Region


class ScopedUserForm(forms.ModelForm):
    """A user with a scope inside that of `granting`, the admin who fills the form."""

    granting: User  # set by the ModelAdmin
    region_codes = forms.CharField(
        label="Wilayah",
        help_text="Kode wilayah, dipisah koma: 3602 untuk kabupaten, 360212 untuk kecamatan, 3602122001 untuk desa.",
    )

    class Meta:
        model = User
        fields = ["username", "name", "role", "all_programs", "programs", "is_active"]
        widgets = {"programs": forms.CheckboxSelectMultiple}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["region_codes"].initial = ", ".join(self.instance.region_codes)
        if not self.granting.all_programs:
            self.fields["programs"].queryset = Program.objects.filter(pk__in=self.granting.program_ids)

    def clean_region_codes(self) -> list[Region]:
        codes = {code.strip() for code in self.cleaned_data["region_codes"].split(",") if code.strip()}
        found = [region for region in Region.objects.filter(code__in=codes) if self.granting.covers(region.code)]
        if not codes or len(found) < len(codes):
            wrong = ", ".join(sorted(codes - {region.code for region in found})) or "kosong"
            raise ValidationError(f"Wilayah tidak ada atau di luar wilayah Anda: {wrong}.")
        return found

    def clean_all_programs(self) -> bool:
        if self.cleaned_data["all_programs"] and not self.granting.all_programs:
            raise ValidationError("Anda hanya dapat memberi program Anda sendiri.")
        return self.cleaned_data["all_programs"]

    def clean(self):
        data = super().clean()
        own = self.instance.pk == self.granting.pk
        if own and (data.get("role") != Role.ADMIN or not data.get("is_active")):
            raise ValidationError("Anda tidak dapat mencabut hak Anda sendiri. Minta admin lain.")
        if User.objects.filter(username__iexact=data.get("username", "")).exclude(pk=self.instance.pk).exists():
            self.add_error("username", "Nama pengguna ini sudah dipakai.")
        return data

    def _save_m2m(self):
        super()._save_m2m()
        self.instance.regions.set(self.cleaned_data["region_codes"])


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
    list_display = ["username", "name", "role", "is_active"]
    list_filter = ["role", "is_active"]
    search_fields = ["username", "name"]
    _fields = ["username", "name", "role", "region_codes", "all_programs", "programs", "is_active"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(pk__in=User.objects.within(request.user.region_codes).values("pk"))

    def get_fields(self, request, obj=None):
        return [*self._fields, *(["password"] if obj else ["password1", "password2"])]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = ChangedUserForm if obj else NewUserForm
        scoped = type(form.__name__, (form,), {"granting": request.user})
        return super().get_form(request, obj, change, **kwargs | {"form": scoped, "fields": None})

    def has_delete_permission(self, request, obj=None):
        return False  # who has done something stays named in the audit: deactivate instead

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        action = "user.changed" if change else "user.created"
        record(action, target=form.instance, by=request.user, fields=sorted(form.changed_data))

    def get_urls(self):
        own = path("<int:pk>/password/", self.admin_site.admin_view(self.set_password), name="accounts_user_password")
        return [own, *super().get_urls()]

    def set_password(self, request, pk):
        """Give a user a new password; it ends their sessions, since those carry the old one's digest."""
        user = self.get_queryset(request).filter(pk=pk).first()
        if user is None:
            raise Http404
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
