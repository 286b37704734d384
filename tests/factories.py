"""Rows for tests, made with as little said as possible; all people are invented."""

import datetime
import io
import itertools
import uuid
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from assistance_logs.choices import PersonMet, VisitResult
from assistance_logs.groups.actions import add_photo
from assistance_logs.groups.models import Attendance, Group, GroupSession, Membership, SessionPhoto
from assistance_logs.models import Visit, VisitPhoto
from assistance_logs.photos import attach_photo
from beneficiaries.assessments.actions import attach_photo as keep_assessment_photo
from beneficiaries.choices import EnrollmentStatus
from beneficiaries.components import years_before
from beneficiaries.graduation import actions as graduation
from beneficiaries.models import (
    Assessment,
    AssessmentPhoto,
    Assignment,
    Enrollment,
    GraduationCase,
    Household,
    Member,
    StatusChange,
)
from ejsika.accounts.models import User
from ejsika.files.photos import read_photo
from ejsika.programs.models import LegalBasis, Program, ProgramRule, RuleName
from ejsika.regions.models import Region

NORTH = "3602122001"  # a desa in Kab. Lebak
NORTH_2 = "3602122002"
SOUTH = "3601012001"  # a desa in Kab. Pandeglang
JAKARTA = ZoneInfo("Asia/Jakarta")
PASSWORD = "kata-sandi-uji-1"
_serial = itertools.count(1)
_LEVELS = {2: "provinsi", 4: "kabupaten", 6: "kecamatan", 10: "desa"}


def make_region(code: str, **fields) -> Region:
    """Make a region and those above it, with a name of its code; what is there already stays as it is."""
    parts = [code[:length] for length in _LEVELS if length <= len(code)]
    there = Region.objects.in_bulk(parts)
    missing = [
        Region(
            code=part,
            **{"level": _LEVELS[len(part)], "name": f"{_LEVELS[len(part)].title()} {part}", "parent_id": above}
            | (fields if part == code else {}),
        )
        for above, part in zip([None, *parts], parts, strict=False)
        if part not in there
    ]
    if missing:
        Region.objects.bulk_create(missing)
    return there.get(code) or missing[-1]


def make_program(code: str = "JAMSOSRATU", *, visit_every_days: int = 90) -> Program:
    if program := Program.objects.filter(code=code).first():
        return program
    basis, _ = LegalBasis.objects.get_or_create(
        number="Pergub Banten 10/2019", defaults={"title": "Jamsosratu", "valid_from": datetime.date(2019, 1, 1)}
    )
    program = Program.objects.create(code=code, name=code.title(), funding_source="APBD", legal_basis=basis)
    ProgramRule.objects.create(
        program=program,
        name=RuleName.VISIT_EVERY_DAYS,
        value=visit_every_days,
        valid_from=datetime.date(2013, 1, 1),
        legal_basis=basis,
    )
    return program


def make_user(username: str, role: str, region: str = "36", *, programs=None, **fields) -> User:
    user = User(username=username, name=fields.pop("name", username.title()), role=role, all_programs=programs is None)
    user.set_password(PASSWORD)
    user.save(force_insert=True)
    if region:
        User.regions.through.objects.create(user=user, region=make_region(region))
    if programs:
        User.programs.through.objects.bulk_create(User.programs.through(user=user, program=one) for one in programs)
    if fields:
        User.objects.filter(pk=user.pk).update(**fields)
        user.refresh_from_db()
    return user


def make_nik(region_code: str = NORTH, born_on: datetime.date = datetime.date(1980, 5, 4), sex: str = "P") -> str:
    day = born_on.day + (40 if sex == "P" else 0)
    return f"{region_code[:6]}{day:02}{born_on:%m%y}{next(_serial) % 9998 + 1:04}"


def make_household(
    *, region: str = NORTH, assistant: User | None = None, program: Program | None = None, status="aktif", **fields
) -> Household:
    """Make a family of one: its recipient, its enrollment with history, and its assignment if there is an assistant."""
    name = fields.pop("name", "Siti Invented")
    fields.setdefault("kk", f"{region[:6]}010120{next(_serial):04}")
    fields.setdefault("created_at", datetime.datetime(2021, 1, 1, tzinfo=JAKARTA))
    nik = fields.pop("nik", None) or make_nik(region)
    if fields.get("latitude") is not None:
        fields.setdefault("point_source", "gps")
    household = Household.objects.create(
        region=make_region(region),
        recipient_name=name,
        status=status,
        address=fields.pop("address", "Kp. Uji"),
        **fields,
    )
    Member.objects.create(
        household=household,
        nik=nik,
        name=name,
        sex="P",
        born_on=datetime.date(1980, 5, 4),
        relationship="2",
        is_recipient=True,
        joined_on=datetime.date(2021, 1, 1),
    )
    enroll(household, program=program, status=status)
    if assistant:
        Assignment.objects.create(household=household, assistant=assistant, started_on=datetime.date(2021, 1, 1))
    return household


def make_member(household: Household, *, age: int | None = None, **fields) -> Member:
    """Make a further member, in the family since 2021; one with an age has had the birthday some days ago."""
    if age is not None:
        today = timezone.localdate() - datetime.timedelta(days=10)
        fields.setdefault("born_on", years_before(today, age))
    fields = {"name": "Rizki Invented", "joined_on": datetime.date(2021, 1, 1)} | fields
    return Member.objects.create(household=household, **fields)


def enroll(household: Household, *, program: Program | None = None, status=EnrollmentStatus.ACTIVE) -> Enrollment:
    since = datetime.date(2021, 1, 1)
    enrollment = Enrollment.objects.create(
        household=household, program=program or make_program(), status=status, since=since, cohort_year=2021
    )
    StatusChange.objects.create(enrollment=enrollment, status=status, on=since)
    return enrollment


def make_assessment(household: Household, officer: User, on: datetime.date, **fields) -> Assessment:
    """Keep an assessment of that day; what is not said is not known."""
    return Assessment.objects.create(household=household, officer=officer, assessed_on=on, **fields)


def make_assessment_photo(assessment: Assessment, subject: str = "depan") -> AssessmentPhoto:
    photo = read_photo(SimpleUploadedFile("a.jpg", picture()))
    keep_assessment_photo(assessment=assessment, by=assessment.officer, uuid=uuid.uuid4(), subject=subject, photo=photo)
    return AssessmentPhoto.objects.latest("pk")


def make_visit(household: Household, assistant: User, day: datetime.date, **fields) -> Visit:
    """Make a stored visit at nine in the morning; Household.last_visited_on is kept as the action would."""
    fields = {"result": VisitResult.MET_RECIPIENT, "person_met": PersonMet.RECIPIENT} | fields
    visit = Visit.objects.create(
        uuid=fields.pop("uuid", None) or uuid.uuid4(),
        outbox_version=1,
        household=household,
        assistant=assistant,
        happened_at=datetime.datetime.combine(day, datetime.time(9), JAKARTA),
        **fields,
    )
    if visit.result.startswith("bertemu") and (household.last_visited_on is None or household.last_visited_on < day):
        household.last_visited_on = day
        household.save(update_fields=["last_visited_on"])
    return visit


def make_group(*households: Household, region: str = "", leader: Household | None = None, **fields) -> Group:
    """Make a group of these families, in it since 2021, in the desa of the first of them."""
    region = region or (households[0].region_id if households else NORTH)
    group = Group.objects.create(name=fields.pop("name", "Melati"), region=make_region(region), **fields)
    for household in households:
        Membership.objects.create(
            group=group, household=household, joined_on=datetime.date(2021, 1, 1), is_leader=household == leader
        )
    return group


def make_session(
    group: Group, assistant: User, day: datetime.date, presences: dict[Household, str] | None = None, **fields
) -> GroupSession:
    """Make a stored meeting from nine to eleven; of whom nothing is said was present."""
    start = datetime.datetime.combine(day, datetime.time(9), JAKARTA)
    session = GroupSession.objects.create(
        uuid=fields.pop("uuid", None) or uuid.uuid4(),
        outbox_version=1,
        group=group,
        assistant=assistant,
        happened_at=start,
        ended_at=start + datetime.timedelta(hours=2),
        **{"module": 2, "lesson": 3} | fields,
    )
    members = dict.fromkeys(Household.objects.filter(memberships__group=group), "hadir")
    Attendance.objects.bulk_create(
        Attendance(session=session, household=household, presence=presence)
        for household, presence in (members | (presences or {})).items()
    )
    return session


def picture(width=60, height=40, form="JPEG", mode="RGB", **options) -> bytes:
    """A picture file in which every pixel differs from its neighbours."""
    written = io.BytesIO()
    Image.effect_noise((width, height), 90).convert(mode).save(written, form, **options)
    return written.getvalue()


def make_photo(visit: Visit) -> VisitPhoto:
    photo = read_photo(SimpleUploadedFile("a.jpg", picture()))
    attach_photo(visit=visit, by=visit.assistant, uuid=uuid.uuid4(), photo=photo)
    return visit.photos.last()


def make_session_photo(session: GroupSession) -> SessionPhoto:
    photo = read_photo(SimpleUploadedFile("a.jpg", picture()))
    add_photo(session=session, by=session.assistant, uuid=uuid.uuid4(), photo=photo)
    return session.photos.last()


def make_case(
    household: Household, *, by: User, verified_by=None, decided_by=None, on=None, **fields
) -> GraduationCase:
    """Make a graduation case by its real steps, as far as there are people for them, all on one day (today)."""
    on = on or timezone.localdate()
    enrollment = fields.pop("enrollment", None) or household.enrollments.get()
    decree = fields.pop("decree", "460/12-SK/2026")
    fields = {"kind": "GM", "reasons": ["usaha"]} | fields
    case = graduation.propose(enrollment=enrollment, by=by, on=on, **fields)
    if verified_by:
        graduation.verify(case=case, by=verified_by, on=on)
    if decided_by:
        graduation.decide(case=case, by=decided_by, on=on, decree=decree)
    case.refresh_from_db()
    return case
