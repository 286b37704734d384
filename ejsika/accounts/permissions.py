"""Who may do what: one table, role by permission. Which rows they may do it to is for_user's business."""

from enum import StrEnum, auto
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.db import models


class Role(models.TextChoices):
    PENDAMPING = "pendamping", "Pendamping"
    KOORDINATOR = "koordinator", "Koordinator"
    DINSOS = "dinsos", "Dinsos"
    ADMIN = "admin", "Admin"
    PIMPINAN = "pimpinan", "Pimpinan"
    OPD = "opd", "OPD"


class Permission(StrEnum):
    OWN_ACCOUNT = auto()  # every role: the own page, the password
    HOUSEHOLD_VIEW = auto()
    HOUSEHOLD_EDIT = auto()
    HOUSEHOLD_ASSIGN = auto()
    HOUSEHOLD_MERGE = auto()  # two families of the register that are one
    ASSESSMENT_RECORD = auto()
    NUMBER_REVEAL = auto()
    NUMBERS_EXPORT = auto()  # many at once in a file, for a purpose
    VISIT_VIEW = auto()
    VISIT_LOG = auto()
    LEAVE = auto()  # an assistant's leave: the own one, or those of the own regions' assistants
    GROUP_VIEW = auto()  # groups of families and their meetings
    GROUP_EDIT = auto()  # who belongs to a group, when it meets
    SESSION_LOG = auto()
    TARGET_VIEW = auto()  # targets of assistants, koordinators and regions, against what was done; a team's months
    TARGET_SET = auto()
    WORK_REPORT = auto()  # an assistant's monthly report: the own one, or those of the own regions
    REVIEW = auto()  # a koordinator's first screen
    ROSTER_IMPORT = auto()
    COUNTS_VIEW = auto()  # dashboard and graduation report: figures
    COMPONENTS_VIEW = auto()  # how many toddlers, pupils and so on; an assistant among the own families
    MAP_VIEW = auto()
    CANDIDATES_VIEW = auto()  # counts for other agencies, small ones hidden
    GRADUATION_VIEW = auto()
    GRADUATION_PROPOSE = auto()
    GRADUATION_VERIFY = auto()
    GRADUATION_DECIDE = auto()
    GRADUATION_RETURN = auto()  # each from the state that waits for their own step
    USER_MANAGE = auto()  # those whose regions and programmes lie within the own ones
    AUDIT_VIEW = auto()  # who did what, as far as the own scope reaches
    ADMIN_SITE = auto()  # programmes, regions in Django's admin


P = Permission
_FAMILIES = {P.HOUSEHOLD_VIEW, P.NUMBER_REVEAL, P.VISIT_VIEW, P.GRADUATION_VIEW, P.MAP_VIEW, P.COMPONENTS_VIEW}
_FAMILIES |= {P.GROUP_VIEW, P.WORK_REPORT}
_EDITING = {P.HOUSEHOLD_EDIT, P.ASSESSMENT_RECORD}

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    role: frozenset({P.OWN_ACCOUNT, *permissions})
    for role, permissions in {
        Role.PENDAMPING: _FAMILIES
        | _EDITING
        | {P.VISIT_LOG, P.LEAVE, P.GROUP_EDIT, P.SESSION_LOG, P.GRADUATION_PROPOSE},
        Role.KOORDINATOR: _FAMILIES
        | _EDITING
        | {P.HOUSEHOLD_ASSIGN, P.GROUP_EDIT, P.REVIEW, P.COUNTS_VIEW, P.GRADUATION_VERIFY, P.GRADUATION_RETURN}
        | {P.TARGET_VIEW, P.LEAVE},
        Role.DINSOS: _FAMILIES
        | {P.NUMBERS_EXPORT, P.COUNTS_VIEW, P.GRADUATION_DECIDE, P.GRADUATION_RETURN, P.TARGET_VIEW, P.TARGET_SET},
        Role.ADMIN: _FAMILIES
        | _EDITING
        | {P.HOUSEHOLD_ASSIGN, P.HOUSEHOLD_MERGE, P.NUMBERS_EXPORT, P.ROSTER_IMPORT, P.COUNTS_VIEW}
        | {P.USER_MANAGE, P.AUDIT_VIEW, P.ADMIN_SITE, P.TARGET_VIEW, P.TARGET_SET},
        Role.PIMPINAN: {P.COUNTS_VIEW, P.COMPONENTS_VIEW, P.MAP_VIEW},
        Role.OPD: {P.CANDIDATES_VIEW},
    }.items()
}
# Roles that may read of families by name; the others get counts.
ROLES_THAT_SEE_PEOPLE = frozenset({Role.PENDAMPING, Role.KOORDINATOR, Role.DINSOS, Role.ADMIN})


def requires(permission: Permission):
    """Open a view to the roles that have this permission; the others get 403 (log-in is required before)."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.may(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permission = permission
        return guarded

    return decorate
