"""Every URL pattern of the application: which permission opens it, and how it is asked about a row of a small world.

What is tested on every page finds the pages here: a new URL gets its row in ROWS, and is tested by having one.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from assistance_logs.models import Excuse, Leave
from beneficiaries.models import RosterComplete, RosterMissing
from ejsika.accounts.permissions import ROLE_PERMISSIONS, Role
from ejsika.accounts.permissions import Permission as P
from ejsika.imports.models import ImportBatch
from ejsika.jobs.models import Job
from tests.factories import (
    NORTH,
    make_assessment,
    make_assessment_photo,
    make_case,
    make_group,
    make_household,
    make_photo,
    make_program,
    make_session,
    make_session_photo,
    make_user,
    make_visit,
)


@dataclass(frozen=True)
class Row:
    """How one URL is asked: its permission, its methods, which object its pk names, what is sent along."""

    permission: P
    methods: tuple[str, ...] = ("get",)
    target: Callable | None = None
    data: Callable = lambda world: {}
    names_object: bool = False  # in what is sent along, where the URL has no pk

    @property
    def is_about_a_row(self) -> bool:
        return self.target is not None or self.names_object


def household(world):
    return world.household


def registered_twice(world):
    return household(world)


def the_other_one(world):
    if the_other_one not in world.made:
        world.made[the_other_one] = make_household(region=world.region, program=world.program, phone="081211112222")
    return {"other": world.made[the_other_one].pk}


def visit(world):
    return make_visit(world.household, world.assistant, world.day)


def excuse(world):
    said = {"month": world.day.replace(day=1), "by": world.assistant}
    return Excuse.objects.get_or_create(household=world.household, **said, defaults={"reason": "bencana"})[0]


def leave(world):
    days = {"started_on": world.day, "ended_on": world.day}
    said = {"reason": "cuti", "asked_by": world.assistant}
    return Leave.objects.get_or_create(assistant=world.assistant, **days, defaults=said)[0]


def judged(world):
    if "judged" not in world.made:
        world.made["judged"] = visit(world)
    return {"visit": world.made["judged"].pk, "state": "disetujui"}


def assessment(world):
    if assessment not in world.made:
        world.made[assessment] = make_assessment(world.household, world.assistant, world.day, floor="8")
    return world.made[assessment]


def assessment_photo(world):
    return assessment(world).photos.first() or make_assessment_photo(assessment(world))


def case(world):
    return make_case(world.household, by=world.assistant)


def group(world):
    return make_group(world.household)


def session(world):
    if group not in world.made:
        world.made[group] = group(world)
    return make_session(world.made[group], world.assistant, world.day)


def session_photo(world):
    return make_session_photo(session(world))


def batch(world):
    return ImportBatch.objects.create(
        kind="roster",
        program=world.program,
        status="refused",
        file_name="a.xlsx",
        file_digest="0" * 64,
        uploaded_by=world.operator,
        refusal_code="file_empty",
        refusal_message="Kosong.",
    )


def accounts_batch(world):
    return ImportBatch.objects.create(
        kind="accounts",
        program=world.program,
        status="checked",
        file_name="akun.xlsx",
        file_digest="0" * 64,
        uploaded_by=world.operator,
    )


def batch_of_unknown_columns(world):
    found = batch(world)
    found.file_path = "imports/a"
    found.job = Job.objects.create()
    samples = ["Siti", "Kp. Cikadu"]
    found.columns = [
        {"head": "0" * 64, "title": title, "field": field, "samples": samples}
        for title, field in (("No KK", "kk"), ("Nama Ibu", ""), ("Keterangan yang panjang sekali", ""))
    ]
    found.save()
    return found


def complete_batch(world):
    found = ImportBatch.objects.create(
        kind="roster",
        program=world.program,
        status="checked",
        file_name="lengkap.xlsx",
        file_digest="0" * 64,
        uploaded_by=world.operator,
        counts={"missing": 1, "leaving": 0},
    )
    RosterComplete.objects.create(batch=found, region=world.household.region, by=world.operator)
    RosterMissing.objects.create(batch=found, household=world.household.pk)
    return found


def colleague(world):
    return world.assistant


def faulty_batch(world):
    found = batch(world)
    found.problems.create(
        sheet="KPM", row=2, column="NIK Pengurus", code="nik_length", level="error", message="NIK harus 16 angka."
    )
    return found


def photo(world):
    return make_photo(visit(world))


def sender(world):
    return {"user": world.assistant.pk}


def viewport(world):
    return {"bbox": "105,-7.2,107,-5.7", "zoom": "9"}


def picked(world):
    return {"household": world.household.pk}


def card_number(world):
    return {"kind": "kk", "target": world.household.pk}


FORM, POST = ("get", "post"), ("post",)
ROWS = {
    "home": Row(P.OWN_ACCOUNT),
    "accounts:me": Row(P.OWN_ACCOUNT),
    "accounts:session_end": Row(P.OWN_ACCOUNT, POST),
    "accounts:sessions_end": Row(P.OWN_ACCOUNT, POST),
    "accounts:user_list": Row(P.USER_MANAGE),
    "accounts:user_search": Row(P.USER_MANAGE, POST),
    "accounts:user_new": Row(P.USER_MANAGE, FORM),
    "accounts:user_detail": Row(P.USER_MANAGE, target=colleague),
    "accounts:user_edit": Row(P.USER_MANAGE, FORM, colleague),
    "accounts:user_deactivate": Row(P.USER_MANAGE, FORM, colleague),
    "accounts:user_activate": Row(P.USER_MANAGE, POST, colleague),
    "accounts:user_link": Row(P.USER_MANAGE, POST, colleague),
    "accounts:user_sign_out": Row(P.USER_MANAGE, POST, colleague),
    "beneficiaries:household_list": Row(P.HOUSEHOLD_VIEW),
    "beneficiaries:household_search": Row(P.HOUSEHOLD_VIEW, POST),
    "beneficiaries:household_detail": Row(P.HOUSEHOLD_VIEW, target=household),
    "beneficiaries:household_edit": Row(P.HOUSEHOLD_EDIT, FORM, household),
    "beneficiaries:assessment_new": Row(P.ASSESSMENT_RECORD, FORM, household),
    "beneficiaries:assessment_detail": Row(P.HOUSEHOLD_VIEW, target=assessment),
    "beneficiaries:assessment_correct": Row(P.ASSESSMENT_RECORD, FORM, assessment),
    "beneficiaries:assessment_photo": Row(P.HOUSEHOLD_VIEW, target=assessment_photo),
    "beneficiaries:assessment_photo_small": Row(P.HOUSEHOLD_VIEW, target=assessment_photo),
    "beneficiaries:household_assign": Row(P.HOUSEHOLD_ASSIGN, FORM, household),
    "beneficiaries:household_merge": Row(P.HOUSEHOLD_MERGE, target=household),
    "beneficiaries:household_merge_compare": Row(P.HOUSEHOLD_MERGE, FORM, registered_twice, the_other_one),
    "beneficiaries:household_merge_find": Row(P.HOUSEHOLD_MERGE, POST, registered_twice),
    "beneficiaries:household_assign_many": Row(P.HOUSEHOLD_ASSIGN, POST, data=picked, names_object=True),
    "beneficiaries:number_reveal": Row(P.NUMBER_REVEAL, POST, data=card_number, names_object=True),
    "graduation:case_list": Row(P.GRADUATION_VIEW),
    "graduation:case_propose": Row(P.GRADUATION_PROPOSE, FORM, household),
    "graduation:case_detail": Row(P.GRADUATION_VIEW, target=case),
    "graduation:case_verify": Row(P.GRADUATION_VERIFY, POST, case),
    "graduation:case_decide": Row(P.GRADUATION_DECIDE, POST, case),
    "graduation:case_return": Row(P.GRADUATION_RETURN, POST, case),
    "assistance_logs:task_list": Row(P.VISIT_LOG),
    "assistance_logs:duty_excuse": Row(P.VISIT_LOG, FORM, household),
    "assistance_logs:duty_history": Row(P.VISIT_VIEW, target=household),
    "assistance_logs:excuse_revoke": Row(P.REVIEW, FORM, excuse),
    "assistance_logs:leave_list": Row(P.LEAVE),
    "assistance_logs:leave_new": Row(P.LEAVE, FORM),
    "assistance_logs:leave_grant": Row(P.REVIEW, POST, leave),
    "assistance_logs:leave_revoke": Row(P.LEAVE, FORM, leave),
    "assistance_logs:review_list": Row(P.REVIEW),
    "assistance_logs:review_decide": Row(P.REVIEW, POST, data=judged, names_object=True),
    "assistance_logs:visit_new": Row(P.VISIT_LOG, FORM, household),
    "assistance_logs:visit_detail": Row(P.VISIT_VIEW, target=visit),
    "assistance_logs:visit_return": Row(P.REVIEW, POST, visit),
    "assistance_logs:visit_correct": Row(P.VISIT_LOG, FORM, visit),
    "outbox:outbox": Row(P.VISIT_LOG),
    "outbox:today": Row(P.VISIT_LOG),
    "outbox:send": Row(P.VISIT_LOG, POST, data=sender),
    "groups:group_list": Row(P.GROUP_VIEW),
    "groups:group_choose": Row(P.GROUP_EDIT),
    "groups:group_new": Row(P.GROUP_EDIT, FORM, household),
    "groups:group_detail": Row(P.GROUP_VIEW, target=group),
    "groups:group_edit": Row(P.GROUP_EDIT, FORM, group),
    "groups:group_close": Row(P.GROUP_EDIT, POST, group),
    "groups:session_new": Row(P.SESSION_LOG, FORM, group),
    "groups:session_detail": Row(P.GROUP_VIEW, target=session),
    "groups:session_photo": Row(P.GROUP_VIEW, target=session_photo),
    "groups:session_photo_small": Row(P.GROUP_VIEW, target=session_photo),
    "groups:session_correct": Row(P.SESSION_LOG, FORM, session),
    "outbox:photo": Row(P.VISIT_LOG, POST, data=sender),
    "assistance_logs:photo": Row(P.VISIT_VIEW, target=photo),
    "assistance_logs:photo_small": Row(P.VISIT_VIEW, target=photo),
    "targets:target_list": Row(P.TARGET_VIEW),
    "targets:target_set": Row(P.TARGET_SET, FORM),
    "imports:batch_list": Row(P.ROSTER_IMPORT),
    "imports:batch_new": Row(P.ROSTER_IMPORT, FORM),
    "imports:template_download": Row(P.ROSTER_IMPORT),
    "imports:batch_detail": Row(P.ROSTER_IMPORT, target=batch),
    "imports:problem_list": Row(P.ROSTER_IMPORT, target=faulty_batch),
    "imports:batch_commit": Row(P.ROSTER_IMPORT, POST, batch),
    "imports:batch_choose": Row(P.ROSTER_IMPORT, POST, batch),
    "imports:batch_decide": Row(P.ROSTER_IMPORT, POST, batch),
    "imports:batch_search": Row(P.ROSTER_IMPORT, POST, batch),
    "imports:batch_undo": Row(P.ROSTER_IMPORT, POST, batch),
    "imports:batch_wrong_rows": Row(P.ROSTER_IMPORT, POST, batch),
    "imports:batch_columns": Row(P.ROSTER_IMPORT, FORM, batch_of_unknown_columns),
    "imports:batch_cancel": Row(P.ROSTER_IMPORT, POST, batch),
    "imports:account_links": Row(P.USER_MANAGE, POST, accounts_batch),
    "imports:batch_discard": Row(P.ROSTER_IMPORT, POST, batch),
    "rosters:missing_list": Row(P.ROSTER_IMPORT, target=complete_batch),
    "rosters:missing_declare": Row(P.ROSTER_IMPORT, POST, complete_batch),
    "rosters:missing_choose": Row(P.ROSTER_IMPORT, POST, complete_batch),
    "reports:monthly_own": Row(P.VISIT_LOG),
    "reports:monthly": Row(P.WORK_REPORT, target=colleague),
    "reports:monthly_team": Row(P.TARGET_VIEW),
    "reports:monthly_tasks_own": Row(P.VISIT_LOG),
    "reports:monthly_tasks": Row(P.WORK_REPORT, target=colleague),
    "reports:monthly_pdf": Row(P.WORK_REPORT, POST, colleague),
    "reports:audit": Row(P.AUDIT_VIEW),
    "reports:audit_search": Row(P.AUDIT_VIEW, POST),
    "reports:dashboard": Row(P.COUNTS_VIEW),
    "reports:components": Row(P.COMPONENTS_VIEW),
    "reports:review": Row(P.REVIEW),
    "reports:candidates": Row(P.CANDIDATES_VIEW),
    "reports:map": Row(P.MAP_VIEW),
    "reports:map_cells": Row(P.MAP_VIEW, data=viewport),
    "reports:map_places": Row(P.MAP_VIEW, data=viewport),
    "reports:map_table": Row(P.MAP_VIEW),
    "reports:graduated": Row(P.COUNTS_VIEW),
    "reports:household_export": Row(P.HOUSEHOLD_VIEW, FORM),
    "reports:task_export": Row(P.VISIT_LOG, FORM),
    "reports:case_export": Row(P.GRADUATION_VIEW, FORM),
    "reports:graduated_export": Row(P.GRADUATION_VIEW, FORM),
    "reports:graduated_count_export": Row(P.COUNTS_VIEW, FORM),
    "reports:dashboard_export": Row(P.COUNTS_VIEW, FORM),
    "reports:component_export": Row(P.COMPONENTS_VIEW, FORM),
    "reports:user_export": Row(P.USER_MANAGE, FORM),
    "reports:audit_export": Row(P.AUDIT_VIEW, FORM),
    "reports:batch_export": Row(P.ROSTER_IMPORT, FORM),
    "reports:problem_export": Row(P.ROSTER_IMPORT, FORM, faulty_batch),
    "reports:map_export": Row(P.MAP_VIEW, FORM),
    "reports:assistant_export": Row(P.REVIEW, FORM),
    "reports:candidate_export": Row(P.CANDIDATES_VIEW, FORM),
    "reports:group_export": Row(P.GROUP_VIEW, FORM),
    "reports:target_export": Row(P.TARGET_VIEW, FORM),
    "reports:flagged_visit_export": Row(P.REVIEW, FORM),
}
# Django's own views, with their own rules: tested by name below and in tests/accounts.
NOT_OURS = {
    "healthz",
    "manifest",
    "offline",
    "service_worker",
    "login",
    "logout",
    "password_change",
    "password_change_done",
} | {
    "accounts:password_set",
    "outbox:door",
}


def patterns(resolver=None, namespace=""):
    """Every named URL pattern, as "namespace:name"; Django's admin is left to its own test."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from patterns(entry, f"{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", entry.callback


def roles_of(name: str) -> list[Role]:
    """The roles that may open a URL, in the order of the roles."""
    return [role for role in Role if ROWS[name].permission in ROLE_PERMISSIONS[role]]


class World:
    """A family in one region and programme, with the people of every role who work there, and those who do not."""

    def __init__(self, day, region=NORTH, code="JAMSOSRATU"):
        self.day, self.region, self.program = day, region, make_program(code)
        self.assistant = make_user("own_assistant", Role.PENDAMPING, region[:4])
        self.operator = make_user("own_operator", Role.ADMIN, region[:4])
        self.household = make_household(region=region, assistant=self.assistant, program=self.program)
        self.made: dict = {}  # the objects that URLs name, made when first asked for
        self.people: dict = {}  # and the persons
        self.sessions: dict[int, str] = {}  # of whom log_in() has logged in

    def person(self, role, region, programs=None):
        """Someone of a role in a region; the family's own assistant where that is asked for."""
        if role == Role.PENDAMPING and region == self.region and programs is None:
            return self.assistant
        codes = None if programs is None else tuple(program.code for program in programs)
        key = role, region[:4], codes
        if key not in self.people:
            self.people[key] = make_user(f"someone_{len(self.people)}_{role}", role, region[:4], programs=programs)
        return self.people[key]

    def log_in(self, client, user):
        """Let a client go on as this person, by one session each: a new one costs more than most pages."""
        if user.pk not in self.sessions:
            newcomer = Client()  # logging in as another one would end the session that a client has
            newcomer.force_login(user)
            self.sessions[user.pk] = newcomer.cookies[settings.SESSION_COOKIE_NAME].value
        client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[user.pk]


def ask(client, world, name, method):
    """Ask a URL about the world's own row; the one that its pk names is made when first asked for."""
    row = ROWS[name]
    if row.target and row.target not in world.made:
        world.made[row.target] = row.target(world)
    arguments = [world.made[row.target].pk] if row.target else []
    return getattr(client, method)(reverse(name, args=arguments), row.data(world))
