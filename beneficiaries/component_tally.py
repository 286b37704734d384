"""The tally of components: the conditions of beneficiaries.components in one pass, and its figures for the check."""

from django.db.models import F, Sum
from django.db.models.functions import Left

from beneficiaries import tallies, tally_check
from beneficiaries.choices import SchoolLevel
from beneficiaries.components import ELDERLY_FROM, PUPIL_BEFORE, SCHOOL_AGES, SCHOOLS, TODDLER_BEFORE, Component
from beneficiaries.figures import View
from beneficiaries.models import ComponentTally
from beneficiaries.models.tally import ALL_PROGRAMS


def _aged(start: int, end: int) -> str:
    return (
        f"m.born_on <= %(today)s::date - interval '{start} years'"
        f" AND m.born_on > %(today)s::date - interval '{end} years'"
    )


def _at_school(level: SchoolLevel) -> str:
    young = f"(m.born_on IS NULL OR m.born_on > %(today)s::date - interval '{PUPIL_BEFORE} years')"
    return f"m.school_level = '{level}' AND {young} OR m.school_level = '' AND {_aged(*SCHOOL_AGES[level])}"


_CONDITIONS = {
    Component.TODDLER: _aged(0, TODDLER_BEFORE),
    **{component: _at_school(level) for component, level in SCHOOLS.items()},
    Component.PREGNANT: "m.is_pregnant",
    Component.ELDERLY: f"m.born_on <= %(today)s::date - interval '{ELDERLY_FROM} years'",
    Component.DISABLED: "m.is_disabled",
}
_SQL = f"""
    SELECT program, desa, count(*) AS families, coalesce(sum(unknown_age), 0) AS unknown_age,
        {", ".join(f"coalesce(sum({one}), 0) AS persons_{one}" for one in Component)},
        {", ".join(f"count(*) FILTER (WHERE {one} > 0) AS having_{one}" for one in Component)}
    FROM standing LEFT JOIN (
        SELECT m.household_id, count(*) FILTER (WHERE m.born_on IS NULL AND m.school_level = '') AS unknown_age,
            {", ".join(f"count(*) FILTER (WHERE {_CONDITIONS[one]}) AS {one}" for one in Component)}
        FROM standing s JOIN beneficiaries_member m ON m.household_id = s.household
        WHERE s.program = {ALL_PROGRAMS} AND m.joined_on <= %(today)s AND (m.left_on IS NULL OR m.left_on > %(today)s)
        GROUP BY m.household_id
    ) counted ON counted.household_id = household WHERE is_active GROUP BY program, desa"""


def register() -> None:
    tallies.register(tallies.Tally(ComponentTally, _SQL, of_visits=False))
    tally_check.register(_family_sums)


def _family_sums(program: int, view: View):
    """What the check holds against the figures: the families that have a component, by regency."""
    columns = {one.figure: f"having_{one}" for one in Component}
    rows = ComponentTally.objects.filter(program=program).values(regency=Left("desa", tally_check.REGENCY_DIGITS))
    rows = list(rows.annotate(**{figure: Sum(F(column)) for figure, column in columns.items()}))
    for figure in columns:
        yield figure, {row["regency"]: row[figure] for row in rows}
