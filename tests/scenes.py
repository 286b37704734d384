"""Two scenes in which every page must be well: full of the longest there can be, and with nothing to show."""

import datetime

from django.urls import reverse
from django.utils import timezone

from assistance_logs.models import Excuse, Visit, VisitReview
from assistance_logs.review.actions import send_back
from assistance_logs.review.words import FlagKind
from assistance_logs.targets.models import Target
from beneficiaries.assessment_choices import Aid, Asset, PhotoSubject
from beneficiaries.graduation import actions as graduation
from beneficiaries.models import Assessment, Assignment, FormerCard, Household, Member
from ejsika.accounts.links import path_of
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Role
from ejsika.imports import actions as imports
from ejsika.imports.models import ImportBatch
from ejsika.programs.models import Program
from ejsika.regions.models import Region
from tests.factories import (
    NORTH,
    NORTH_2,
    enroll,
    make_assessment_photo,
    make_case,
    make_group,
    make_household,
    make_program,
    make_session,
    make_user,
    make_visit,
)
from tests.pages import NOT_OURS, ROWS, World, assessment, case, group, session
from tests.sheets import ROSTERS

LONG = "Raden Ayu Siti Nurhasanah Kartadiningrat binti Haji Muhammad Syarifuddin Wirayudha"[:80]
UNBROKEN = "Sitimaimunahkartadiningrat" * 3 + "wi"
MARKUP = "<b>Siti</b> & \"Tini\" '{{ x }}' " + "Wira " * 10
FLAGS = [
    {"kind": kind, "value": 12_345, "limit": 500, "until": 21, "metres": 9_876, "minutes": 59} for kind in FlagKind
]
NAMES = [LONG, UNBROKEN, MARKUP.strip()[:80], "Ai"]
ADDRESS = "Kampung Cikadu Hilir Gang Haji Muhammad Syarifuddin Nomor 12 Belakang Madrasah " * 2 + UNBROKEN[:40]
NOTES = (LONG + ". " + UNBROKEN + "\n\n") * 6


class FullWorld(World):
    """The world's family with all that a family may have, among others, all with names of 80 letters."""

    def __init__(self, day, families: int = 30):
        super().__init__(day)
        self.second = make_program("JSCM")
        self.verifier = make_user("own_verifier", Role.KOORDINATOR, NORTH[:4])
        self.decider = make_user("own_decider", Role.DINSOS, NORTH[:4])
        self.others: dict[str, list[int]] = {}  # further rows that a page is about, by the page's name
        self._fill_family()
        self._add_group()
        self.add_families(families)
        self._add_cases()
        self._add_batches()
        self._add_targets()
        Program.objects.update(name=LONG)
        Region.objects.filter(code__in=[NORTH, NORTH[:6], NORTH[:4]]).update(name=LONG)
        Region.objects.filter(code=NORTH_2).update(name=UNBROKEN)
        for user in (self.assistant, self.operator, self.verifier, self.decider):
            give_name(user, UNBROKEN)

    def person(self, role, region, programs=None):
        return give_name(super().person(role, region, programs), UNBROKEN)

    def _fill_family(self):
        home = {"latitude": "-6.586400", "longitude": "106.242000", "point_accuracy_m": 12, "point_source": "gps"}
        fields = {"recipient_name": UNBROKEN, "address": ADDRESS[:200], "rt": 7, "rw": 2, "phone": "081234567890123"}
        Household.objects.filter(pk=self.household.pk).update(**home, **fields, bank="BRI")
        self.household.refresh_from_db()
        Member.objects.filter(household=self.household).update(name=UNBROKEN)
        born = datetime.date(2015, 5, 4)
        for number, name in enumerate(NAMES * 2):
            Member.objects.create(
                household=self.household,
                name=name,
                sex="L",
                born_on=born.replace(year=2010 + number),
                relationship="3",
                school_level="SD",
                grade=number % 6 + 1,
                is_disabled=number == 0,
                joined_on=born.replace(year=2021),
                left_on=self.day if number == 7 else None,
            )
        enroll(self.household, program=self.second, status="ditangguhkan")
        FormerCard.objects.create(household=self.household, kk="3602020101200009", replaced_on=self.day)
        Assignment.objects.create(
            household=self.household,
            assistant=self.verifier,
            started_on=datetime.date(2020, 1, 1),
            ended_on=datetime.date(2021, 1, 1),
        )
        words = {"notes": NOTES[:1000], "follow_up": ADDRESS[:200], "follow_up_due": self.day}
        for days in (400, 100, 40, 0):
            visit = make_visit(self.household, self.assistant, self.day - datetime.timedelta(days=days), **words)
            VisitReview.objects.create(visit=visit, flags=[flag | {"other": visit.pk} for flag in FLAGS])
        send_back(visits=Visit.objects.filter(pk=visit.pk), by=self.verifier, remark=NOTES[:500])
        month = {"month": self.day.replace(day=1), "reason": "lain", "note": ADDRESS[:200] + UNBROKEN}
        Excuse.objects.create(household=self.household, by=self.assistant, **month)
        for year, floor in ((2024, "8"), (2026, "2")):
            self._add_assessment(datetime.date(year, 3, 1), floor, monthly_income=year * 1000)

    def _add_assessment(self, day, floor, **fields):
        """With all that may be chosen of several, put right once, and photos of all there is."""
        written = {"household": self.household, "officer": self.assistant, "assessed_on": day, "note": NOTES[:1000]}
        several = {
            "assets": Asset.values,
            "aid": Aid.values,
            "land_proof": "3",
            "head_livelihood": "1",
            "residents": 50,
        }
        old = Assessment.objects.create(**written, floor="1", is_current=False)
        self.made[assessment] = Assessment.objects.create(**written, **several, **fields, floor=floor, replaces=old)
        self.others["beneficiaries:assessment_detail"] = [old.pk]
        for subject in PhotoSubject.values:
            make_assessment_photo(self.made[assessment], subject)

    def _add_group(self):
        """The family's group, with the longest names and a meeting at which not everybody was, put right once."""
        members = [self.household] + [
            make_household(region=NORTH, assistant=self.assistant, program=self.program, name=name) for name in NAMES
        ]
        words = {"place": ADDRESS[:150], "meets_at": datetime.time(9), "week": 5, "weekday": 2}
        own = self.made[group] = make_group(*members, leader=members[1], name=UNBROKEN, **words)
        away = dict(zip(members, ("hadir", "alpa", "izin", "sakit", "diwakili"), strict=True))
        for days in (70, 40):
            make_session(own, self.assistant, self.day - datetime.timedelta(days=days), away, notes=NOTES[:1000])
        old = make_session(own, self.assistant, self.day, away, is_current=False)
        self.made[session] = make_session(
            own, self.assistant, self.day, away, replaces=old, notes=NOTES[:1000], place=ADDRESS[:150]
        )
        self.others["groups:session_detail"] = [old.pk]

    def _add_targets(self):
        """For everybody, so large that a column must bear it, and one that nobody has set."""
        year = {"valid_from": self.day.replace(month=1, day=1), "set_by": self.operator}
        for kind in ("kunjungan", "pertemuan", "graduasi"):
            for holder in ({"user": self.assistant}, {"user": self.verifier}, {"region_id": NORTH[:4]}):
                Target.objects.create(kind=kind, per_year=1_000_000, **holder, **year)

    def add_families(self, number):
        grouped = []
        for place in range(number):
            household = make_household(
                region=NORTH_2 if place % 2 else NORTH,
                assistant=self.assistant if place % 5 else None,
                program=self.program if place % 3 else self.second,
                name=NAMES[place % len(NAMES)],
                address=ADDRESS[: 200 - place],
                latitude=f"-6.5{place:02}400",
                longitude="106.242000",
            )
            if place % 4 == 0:
                make_visit(household, self.assistant, self.day)
            if place % 5 and place % 3 == 0:
                grouped.append(household)
        for household in grouped:
            make_session(make_group(household, name=NAMES[household.pk % len(NAMES)]), self.assistant, self.day)

    def _add_cases(self):
        words = {"reasons": ["usaha", "lain"], "note": NOTES[:900]}
        steps = ({}, {"verified_by": self.verifier}, {"verified_by": self.verifier, "decided_by": self.decider}, {})
        cases = []
        for number, step in enumerate(steps):
            household = make_household(region=NORTH, assistant=self.assistant, program=self.program, name=NAMES[number])
            cases.append(make_case(household, by=self.assistant, **words, **step))
        graduation.send_back(case=cases[3], by=self.verifier, reason=ADDRESS[:200])
        own = self.household.enrollments.get(program=self.program)
        self.made[case] = make_case(self.household, by=self.assistant, enrollment=own, **words)
        self.others["graduation:case_detail"] = [made.pk for made in cases]

    def _add_batches(self):
        """Imports at each step; a real check of a sheet in which everything is wrong."""
        content = (ROSTERS / "04_salah_semua.xlsx").read_bytes()
        checked = imports.receive(
            kind="roster", program=self.program, by=self.operator, name=f"{UNBROKEN}.xlsx", content=content
        )
        imports.check(checked)
        waiting = imports.receive(
            kind="roster", program=self.program, by=self.operator, name=f"{LONG}.xlsx", content=content + b" "
        )
        refused = ImportBatch.objects.create(
            kind="roster",
            program=self.program,
            status="refused",
            file_name=f"{UNBROKEN}.xlsx",
            file_digest="0" * 64,
            uploaded_by=self.operator,
            refusal_code="file_empty",
            refusal_message=f"Berkas ini kosong. {UNBROKEN}",
        )
        self.others["imports:batch_detail"] = [checked.pk, waiting.pk, refused.pk]


def give_name(user: User, name: str) -> User:
    User.objects.filter(pk=user.pk).update(name=name)
    user.name = name
    return user


def other_pages(world: World) -> list[tuple[str, User | None]]:
    """The pages outside the table of rows: their paths, and who opens them (None: nobody has logged in)."""
    paths = {"accounts:password_set": link_of(make_user("newcomer", Role.OPD, world.region[:4]))}
    anonymous = {"login", "offline", *paths}
    names = NOT_OURS - {
        "healthz",
        "logout",
        "service_worker",
        "manifest",
        "outbox:door",
    }  # these are no pages
    return [(paths.get(name) or reverse(name), None if name in anonymous else world.assistant) for name in names]


def link_of(user: User) -> str:
    User.objects.filter(pk=user.pk).update(link_made_at=timezone.now())
    user.refresh_from_db()
    return path_of(user)


def addresses(world: World, name: str) -> list[list[int]]:
    """The arguments of a page's URL: of its row in the world, then of the further rows that this world has for it."""
    row = ROWS[name]
    if not row.target:
        return [[]]
    if row.target not in world.made:
        world.made[row.target] = row.target(world)
    return [[world.made[row.target].pk], *([pk] for pk in getattr(world, "others", {}).get(name, []))]
