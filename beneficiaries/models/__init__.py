from beneficiaries.graduation.models import GraduationCase
from beneficiaries.models.assessment import Assessment, AssessmentPhoto
from beneficiaries.models.assignment import Assignment
from beneficiaries.models.enrollment import Enrollment, StatusChange
from beneficiaries.models.household import FormerCard, Household, Member
from beneficiaries.models.merge import HouseholdMerge, RetiredNumber
from beneficiaries.models.pair import PersonPair
from beneficiaries.models.sent_edit import SentEdit
from beneficiaries.models.tally import CaseTally, CellTally, ComponentTally, FamilyTally, TallyState
from beneficiaries.sheets.assignments.models import AssignmentRow
from beneficiaries.sheets.roster.models import RosterComplete, RosterMissing, RosterRow, RosterSuspect

__all__ = [
    "Assessment",
    "AssessmentPhoto",
    "Assignment",
    "AssignmentRow",
    "CaseTally",
    "CellTally",
    "ComponentTally",
    "Enrollment",
    "FamilyTally",
    "FormerCard",
    "GraduationCase",
    "Household",
    "HouseholdMerge",
    "Member",
    "PersonPair",
    "RetiredNumber",
    "RosterComplete",
    "RosterMissing",
    "RosterRow",
    "RosterSuspect",
    "SentEdit",
    "StatusChange",
    "TallyState",
]
