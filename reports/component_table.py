"""The page of components: one table of counts, by region, programme or assistant, each number leading to its list."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.html import format_html

from beneficiaries.components import SCHOOLS, Component
from ejsika.accounts.models import User
from ejsika.accounts.permissions import Permission
from ejsika.lib.tags import told as written
from ejsika.programs.models import Program
from reports.components import (
    NOTHING,
    ComponentCounts,
    by_assistant,
    by_program,
    by_region,
    count_components,
    tallied_by_program,
    tallied_by_region,
)
from reports.counts import ELSEWHERE
from reports.scope import Scope
from reports.small_counts import all_told, told
from reports.summary import short_name

REGENCY_DIGITS = 4


class By(TextChoices):
    REGION = "region", "Menurut wilayah"
    PROGRAM = "program", "Menurut program"
    ASSISTANT = "assistant", "Menurut pendamping"


@dataclass(frozen=True)
class Cell:
    """Persons of a component and families that have one, as they are told (None: fewer than five), and their list."""

    component: Component
    persons: int | None
    families: int | None
    url: str = ""

    @property
    def label(self) -> str:
        return self.component.label

    @property
    def families_linked(self) -> str:
        """The number of families, as a link to their list where there is one."""
        words = f"{written(self.families)} KPM"
        return format_html('<a href="{}">{}</a>', self.url, words) if self.url else words


@dataclass(frozen=True)
class Row:
    """One line: what it is called, the page one level down, its active families and their list, its components."""

    name: str
    url: str
    families: int | None
    families_url: str
    cells: list[Cell]

    @classmethod
    def of(
        cls,
        scope: Scope,
        name: str,
        counts: ComponentCounts,
        *,
        is_exact: bool = True,
        url: str = "",
        is_listed: bool = True,
        **where,
    ):
        """`where` says which list is meant, as Scope.list_url takes it."""

        def list_url(figure: str, n: int | None) -> str:
            return scope.list_url(figure, **where) if is_listed and n else ""

        families, *told_of = (
            all_told(numbers, is_exact=is_exact)
            for numbers in ({"active": counts.families}, counts.persons, counts.having)
        )
        persons, having = told_of
        cells = [Cell(one, persons[one], having[one], list_url(one.figure, having[one])) for one in Component]
        return cls(name, url, families["active"], list_url("active", families["active"]), cells)

    def __getitem__(self, name: str) -> Cell:
        return {cell.component.value: cell for cell in self.cells}[name]

    @property
    def pupils(self) -> int | None:
        """Persons at school, as far as they are told; each is counted at one level."""
        known = [self[component].persons for component in SCHOOLS]
        return sum(n or 0 for n in known) if any(n is not None for n in known) else None


@dataclass(frozen=True)
class Table:
    """Rows under a heading; `everything` is their sum, where they have one. Why there are none, in words."""

    heading: str
    rows: list[Row]
    everything: Row | None = None
    unknown_age: int | None = 0
    is_exact: bool = True
    reason: str = ""


def choices(scope: Scope) -> list[By]:
    """The tables that this person may see: assistants are compared by those who look after them."""
    with_assistants = scope.is_by_name and scope.user.may(Permission.COUNTS_VIEW)
    return [By.REGION, By.PROGRAM, By.ASSISTANT] if with_assistants else [By.REGION, By.PROGRAM]


def build(scope: Scope, by: By) -> Table:
    """Count as of today; an assistant's own families alone. Cost: two queries for the counts, one for names."""
    return {By.REGION: _of_regions, By.PROGRAM: _of_programs, By.ASSISTANT: _of_assistants}[by](scope)


def overview(scope: Scope) -> list[tuple[str, int | None]]:
    """Persons of a scope by component, each by its label, as they are told. Cost: one query."""
    if scope.mapped_tallied:
        persons = scope.mapped_tallied.persons()
    else:
        persons = sum(_by_region(scope, 2).values(), NOTHING).persons
    shown = all_told(persons, is_exact=scope.is_exact())
    return [(component.label, shown[component]) for component in Component]


def _of_regions(scope: Scope) -> Table:
    codes = scope.part_codes
    digits = max((len(code) for code in codes), default=2)
    found = dict.fromkeys(codes, NOTHING)
    for part, counts in _by_region(scope, digits).items():
        code = next((code for code in codes if part.startswith(code)), ELSEWHERE)
        found[code] = found.get(code, NOTHING) + counts
    shows_empty = scope.user.may(Permission.COUNTS_VIEW)  # to an assistant most of the region would be
    everything = sum(found.values(), NOTHING)
    rows = [
        Row.of(
            scope,
            short_name(region),
            found[region.code],
            is_exact=scope.is_exact(region.code),
            url=f"?{scope.query(region.code)}" if region != scope.region else "",
            region=region.code,
        )
        for region in scope.parts
        if found[region.code].families or (shows_empty and region.closed_on is None)
    ]
    if ELSEWHERE in found:
        is_exact = scope.is_exact(ELSEWHERE)
        rows.append(Row.of(scope, "Wilayah lain", found[ELSEWHERE], is_exact=is_exact, is_listed=False))
    return Table(
        scope.parts_label,
        rows,
        Row.of(scope, "Semua", everything, is_exact=scope.is_exact()),
        told(everything.unknown_age, is_exact=scope.is_exact()),
        is_exact=scope.is_exact(*codes),
    )


def _by_region(scope: Scope, digits: int) -> dict[str, ComponentCounts]:
    if scope.mapped_tallied:
        return tallied_by_region(scope.mapped_tallied, digits)
    return count_components(by_region(scope.mapped_families, digits), scope.view, timezone.localdate())


def _of_programs(scope: Scope) -> Table:
    if scope.mapped_tallied:
        found = tallied_by_program(scope.mapped_tallied)
    else:
        found = count_components(by_program(scope.mapped_families, scope.view), scope.view, timezone.localdate())
    programs = Program.objects.in_bulk(list(found))
    rows = [
        Row.of(scope, programs[pk].name, counts, is_exact=scope.is_exact(), program=programs[pk].code)
        for pk, counts in sorted(found.items(), key=lambda item: -item[1].families)
    ]
    reason = "Belum ada KPM aktif di wilayah ini."
    return Table("Program", rows, is_exact=scope.is_exact(), reason=reason)


def _of_assistants(scope: Scope) -> Table:
    if scope.region is None or len(scope.region.code) < REGENCY_DIGITS:
        return Table("Pendamping", [], reason="Pilih satu kabupaten/kota di atas untuk melihat para pendampingnya.")
    today = timezone.localdate()
    found = count_components(by_assistant(scope.mapped_families, today), scope.view, today)
    names = dict(User.objects.filter(pk__in=list(found)).values_list("pk", "name"))
    rows = [
        Row.of(scope, names[pk], found[pk], assistant=pk)
        for pk in sorted(found, key=lambda pk: (names[pk].lower(), pk))
    ]
    return Table("Pendamping", rows, reason="Belum ada pendamping yang punya KPM aktif di wilayah ini.")
