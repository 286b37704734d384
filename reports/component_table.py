"""The page of components: one table of counts, by region, programme or assistant, each number leading to its list."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils import timezone

from beneficiaries.components import SCHOOLS, Component
from ejsika.accounts.models import User
from ejsika.programs.models import Program
from reports.components import NOTHING, ComponentCounts, by_assistant, by_program, by_region, count_components
from reports.counts import ELSEWHERE
from reports.scope import Scope
from reports.small_counts import hide_small
from reports.summary import short_name

REGENCY_DIGITS, DESA_DIGITS = 4, 10


class By(TextChoices):
    REGION = "region", "Menurut wilayah"
    PROGRAM = "program", "Menurut program"
    ASSISTANT = "assistant", "Menurut pendamping"


@dataclass(frozen=True)
class Cell:
    """Persons of a component and families that have one, None standing for a hidden number; the families' list."""

    component: Component
    persons: int | None
    families: int | None
    url: str = ""


@dataclass(frozen=True)
class Row:
    """One line: what it is called, the page one level down, its active families and their list, its components."""

    name: str
    url: str
    families: int | None
    families_url: str
    cells: list[Cell]

    @classmethod
    def of(cls, scope: Scope, name: str, counts: ComponentCounts, *, url: str = "", is_listed: bool = True, **where):
        """`where` says which list is meant, as Scope.list_url takes it."""

        def list_url(figure: str, n: int | None) -> str:
            return scope.list_url(figure, **where) if is_listed and n else ""

        cells = [
            Cell(one, counts.persons[one], counts.having[one], list_url(one.figure, counts.having[one]))
            for one in Component
        ]
        return cls(name, url, counts.families, list_url("active", counts.families), cells)

    def __getitem__(self, name: str) -> Cell:
        return {cell.component.value: cell for cell in self.cells}[name]

    @property
    def pupils(self) -> int:
        """Persons at school; each is counted at one level."""
        return sum(self[component].persons for component in SCHOOLS)


@dataclass(frozen=True)
class Table:
    """Rows under a heading; `everything` is their sum, where they have one. Why there are none, in words."""

    heading: str
    rows: list[Row]
    everything: Row | None = None
    unknown_age: int = 0
    is_hiding: bool = False
    reason: str = ""


def choices(scope: Scope) -> list[By]:
    """The tables that this person may see: an assistant's name beside few families is for those who see people."""
    return [By.REGION, By.PROGRAM, By.ASSISTANT] if scope.is_by_name else [By.REGION, By.PROGRAM]


def build(scope: Scope, by: By) -> Table:
    """Count as of today. Cost: one query for the counts, and one for the names of programmes or assistants."""
    if not scope.is_by_name and scope.region and len(scope.region.code) == DESA_DIGITS:
        return Table(scope.parts_label, [], reason="Angka satu desa ditampilkan dalam tabel kecamatannya.")
    return {By.REGION: _of_regions, By.PROGRAM: _of_programs, By.ASSISTANT: _of_assistants}[by](scope)


def _of_regions(scope: Scope) -> Table:
    codes = scope.part_codes
    digits = max((len(code) for code in codes), default=2)
    found = dict.fromkeys(codes, NOTHING)
    for part, counts in count_components(by_region(scope.families, digits), scope.view, timezone.localdate()).items():
        code = next((code for code in codes if part.startswith(code)), ELSEWHERE)
        found[code] = found.get(code, NOTHING) + counts
    is_hiding = not scope.is_by_name and DESA_DIGITS in map(len, codes)
    everything = sum(found.values(), NOTHING)
    shown = _hidden(found) if is_hiding else found
    rows = [
        Row.of(
            scope,
            short_name(region),
            shown[region.code],
            url=f"?{scope.query(region.code)}" if region != scope.region and not is_hiding else "",
            region=region.code,
        )
        for region in scope.parts
        if found[region.code].families or region.closed_on is None
    ]
    if ELSEWHERE in found:
        rows.append(Row.of(scope, "Wilayah lain", shown[ELSEWHERE], is_listed=False))
    return Table(
        scope.parts_label, rows, Row.of(scope, "Semua", everything), everything.unknown_age, is_hiding=is_hiding
    )


def _of_programs(scope: Scope) -> Table:
    found = count_components(by_program(scope.families, scope.view), scope.view, timezone.localdate())
    programs = Program.objects.in_bulk(list(found))
    rows = [
        Row.of(scope, programs[pk].name, counts, program=programs[pk].code)
        for pk, counts in sorted(found.items(), key=lambda item: -item[1].families)
    ]
    return Table("Program", rows, reason="Belum ada KPM aktif di wilayah ini.")


def _of_assistants(scope: Scope) -> Table:
    if scope.region is None or len(scope.region.code) < REGENCY_DIGITS:
        return Table("Pendamping", [], reason="Pilih satu kabupaten/kota di atas untuk melihat para pendampingnya.")
    today = timezone.localdate()
    found = count_components(by_assistant(scope.families, today), scope.view, today)
    names = dict(User.objects.filter(pk__in=list(found)).values_list("pk", "name"))
    rows = [
        Row.of(scope, names[pk], found[pk], assistant=pk)
        for pk in sorted(found, key=lambda pk: (names[pk].lower(), pk))
    ]
    return Table("Pendamping", rows, reason="Belum ada pendamping yang punya KPM aktif di wilayah ini.")


def _hidden(found: dict[str, ComponentCounts]) -> dict[str, ComponentCounts]:
    """Hide small numbers column by column, with larger ones, so that the sum of a column tells none of them."""
    columns = {"families": hide_small({code: counts.families for code, counts in found.items()})[1]}
    for kind in ("persons", "having"):
        for one in Component:
            column = {code: getattr(counts, kind)[one] for code, counts in found.items()}
            columns[kind, one] = hide_small(column)[1]
    return {
        code: ComponentCounts(
            columns["families"][code],
            counts.unknown_age,
            {one: columns["persons", one][code] for one in Component},
            {one: columns["having", one][code] for one in Component},
        )
        for code, counts in found.items()
    }
