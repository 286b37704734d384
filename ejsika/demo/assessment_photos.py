"""Photos of some assessments: drawn by what the officer found, so that before and now show what has changed.

Families that live alike share a picture; each is drawn and stored once.
"""

import uuid

from beneficiaries.assessment_choices import PhotoSubject
from beneficiaries.models import AssessmentPhoto, Household
from ejsika.accounts.models import User
from ejsika.demo.pictures import picture
from ejsika.files.models import StoredPhoto
from ejsika.lib.copying import copy_rows

# By which indicators each picture differs; where one of them is not known there is no photo.
SUBJECTS = {
    PhotoSubject.FRONT: ("roof", "walls"),
    PhotoSubject.ROOF: ("roof",),
    PhotoSubject.FLOOR: ("floor",),
    PhotoSubject.WALLS: ("walls",),
    PhotoSubject.KITCHEN: ("cooking_fuel",),
    PhotoSubject.TOILET: ("toilet_kind",),
}
_NAMES = uuid.UUID("6f0a4f7e-5c57-4f0e-9b7e-0c8a4a3c9d15")


def write_photos(cursor, found: dict[int, dict[str, str]], by: int) -> None:
    """Give assessments their photos, with audit entries. `found`: the indicators of each, by its id."""
    shown = [
        (assessment, subject, kinds)
        for assessment, values in found.items()
        for subject, names in SUBJECTS.items()
        if all(kinds := tuple(values[name] for name in names))
    ]
    keys = _stored({(subject, kinds) for _, subject, kinds in shown}, by)
    rows = ((assessment, keys[subject, kinds], subject.value) for assessment, subject, kinds in shown)
    copy_rows(cursor, AssessmentPhoto, ["assessment_id", "photo_id", "subject"], rows)
    cursor.execute(
        """INSERT INTO audit_auditevent (at, actor_id, action, target_kind, target_id, data)
           SELECT a.recorded_at, a.officer_id, 'assessment.photo_added', %s, a.household_id,
               jsonb_build_object('assessment', a.id, 'subject', p.subject)
           FROM beneficiaries_assessment a JOIN beneficiaries_assessmentphoto p ON p.assessment_id = a.id
           WHERE a.id = ANY(%s) ORDER BY p.id""",
        [Household._meta.label_lower, list(found)],
    )


def _stored(wanted: set[tuple], by: int) -> dict[tuple, int]:
    """The keys of the stored pictures; those that are missing are drawn."""
    names = {each: uuid.uuid5(_NAMES, " ".join((each[0], *each[1]))) for each in wanted}
    present = dict(StoredPhoto.objects.filter(uuid__in=names.values()).values_list("uuid", "pk"))
    missing = [(name, each) for each, name in sorted(names.items()) if name not in present]
    drawn = {name: picture(subject, *kinds) for name, (subject, kinds) in missing}
    added = StoredPhoto.keep_all(drawn, by=User(pk=by)) if drawn else []
    present |= {photo.uuid: photo.pk for photo in added}
    return {each: present[name] for each, name in names.items()}
