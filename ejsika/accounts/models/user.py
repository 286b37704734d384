"""People who use the application: a role, regions and programmes each."""

from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower, Now
from django.urls import reverse

from ejsika.accounts.permissions import ROLE_PERMISSIONS, ROLES_THAT_SEE_PEOPLE, Permission, Role
from ejsika.lib.prepared import prepared
from ejsika.programs.models import Program
from ejsika.regions.models import Region


class UserQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def held(self):
        """Keep these users from changing until the transaction ends; what others write in their name may go on."""
        return self.select_for_update(no_key=True)

    def assistants(self):
        return self.filter(role=Role.PENDAMPING)

    def for_user(self, admin):
        """Users whom an admin may see and change: their regions and programmes all lie within the admin's own.

        Who has no region at all is found by the admins of the whole province, lest they be lost to everybody.
        """
        if not (admin.is_authenticated and admin.may(Permission.USER_MANAGE)):
            return self.none()
        regions = User.regions.through.objects.filter(user=OuterRef("pk"))
        found = self.filter(~Exists(regions.exclude(region__in=Region.objects.within(admin.region_codes))))
        if not admin.rules_everywhere:
            found = found.filter(Exists(regions))
        if admin.all_programs:
            return found
        programs = User.programs.through.objects.filter(user=OuterRef("pk"))
        return found.filter(~Exists(programs.exclude(program__in=admin.program_ids)), all_programs=False)

    def in_region(self, code: str):
        """Users one of whose regions is this one or lies below it."""
        return self.filter(
            Exists(User.regions.through.objects.filter(user=OuterRef("pk"), region__code__startswith=code))
        )

    def with_name_key(self):
        """Users with the key that lists sort by: PostgreSQL sorts by code point, capitals first."""
        return self.annotate(name_key=Lower("name"))

    def around(self, codes):
        """Users one of whose regions is one of these, holds one or lies below one."""
        near = Q(region__in=[code[:n] for code in codes for n in (2, 4, 6, 10)])
        for code in codes:
            near |= Q(region__code__startswith=code)
        return self.filter(Exists(User.regions.through.objects.filter(near, user=OuterRef("pk"))))

    def covering(self, region_codes):
        """Users one of whose regions is one of these or holds one."""
        codes = {code[:n] for code in region_codes for n in (2, 4, 6, 10)}
        return self.filter(Exists(User.regions.through.objects.filter(user=OuterRef("pk"), region__in=codes)))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, username):
        return self.get(username__iexact=username)

    def create_user(self, username, *, name, role, password=None, regions=(), programs=None):
        """Make a user; `programs` None means all programmes."""
        user = self.model(username=username, name=name, role=role, all_programs=programs is None)
        user.set_password(password)
        user.save()
        user.regions.set(regions)
        user.programs.set(programs or ())
        return user


@prepared(is_planned=True)
def _regions_of(user):
    rows = User.regions.through.objects.filter(user=user)
    return rows.order_by("region_id").values_list("region_id", flat=True)


@prepared(is_planned=True)
def _programs_of(user):
    rows = User.programs.through.objects.filter(user=user)
    return rows.order_by("program_id").values_list("program_id", flat=True)


@dataclass(frozen=True)
class Reach:
    """All that says which families a person may see: what a query that was compiled for it is kept under."""

    pk: int
    role: str
    is_active: bool
    regions: tuple[str, ...]
    programs: tuple[int, ...] | None  # None: all

    def user(self) -> "User":
        """Somebody with this reach, for for_user() and countable_by() alone: no more is known of them."""
        found = User(pk=self.pk, role=self.role, is_active=self.is_active, all_programs=self.programs is None)
        found.region_codes, found.program_ids = list(self.regions), list(self.programs or ())
        return found


class User(AbstractBaseUser):
    username = models.CharField(
        "nama pengguna",
        max_length=60,
        unique=True,
        validators=[ASCIIUsernameValidator()],
        error_messages={"unique": "Nama pengguna ini sudah dipakai."},
    )
    name = models.CharField("nama", max_length=150)
    role = models.CharField("peran", max_length=12, choices=Role)
    regions = models.ManyToManyField(Region, blank=True, verbose_name="wilayah", related_name="users")
    all_programs = models.BooleanField("semua program", default=False)
    programs = models.ManyToManyField(Program, blank=True, verbose_name="program", related_name="users")
    is_active = models.BooleanField("aktif", default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    link_made_at = models.DateTimeField(null=True, editable=False)  # of the one-time link that is still open

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        ordering = ["name"]
        verbose_name = "pengguna"
        verbose_name_plural = "pengguna"
        constraints = [
            models.CheckConstraint(name="user_role_known", condition=Q(role__in=Role.values)),
            models.UniqueConstraint(Lower("username"), name="user_username_any_case"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("accounts:user_detail", args=[self.pk])

    def may(self, permission: Permission) -> bool:
        return self.is_active and permission in ROLE_PERMISSIONS[self.role]

    @property
    def sees_people(self) -> bool:
        """Whether this person may read of families by name at all."""
        return self.is_active and self.role in ROLES_THAT_SEE_PEOPLE

    @cached_property
    def region_codes(self) -> list[str]:
        """Codes of the regions that this person's scope starts from. Cost: one query, once."""
        return _regions_of(user=self.pk)

    @cached_property
    def program_ids(self) -> list[int]:
        return _programs_of(user=self.pk)

    @property
    def known_programs(self) -> list[int] | None:
        """The programmes whose rows this person may see in a family; None for all."""
        return None if self.all_programs else self.program_ids

    @property
    def reach(self) -> Reach:
        programs = None if self.all_programs else tuple(self.program_ids)
        return Reach(self.pk, self.role, self.is_active, tuple(self.region_codes), programs)

    @property
    def rules_everywhere(self) -> bool:
        """Whether the scope is a whole province and every programme: an admin's with nobody above."""
        return self.all_programs and any(len(code) == 2 for code in self.region_codes)

    def forget_scope(self) -> None:
        """Read regions and programmes anew: they were changed."""
        for name in ("region_codes", "program_ids"):
            self.__dict__.pop(name, None)

    def covers(self, region_code: str) -> bool:
        """Whether a region is one of this person's or lies below one."""
        return any(region_code.startswith(code) for code in self.region_codes)

    # What Django's admin asks: the site is the admin role's alone; ejsika.accounts.admin narrows it by region.
    @property
    def is_staff(self) -> bool:
        return self.may(Permission.ADMIN_SITE)

    def has_perm(self, perm, obj=None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label) -> bool:
        return self.is_staff
