"""What is written of a group, and how the list of groups is narrowed."""

from dataclasses import dataclass

from django import forms
from django.db.models import Count, Q
from django.utils import timezone

from assistance_logs.figures import day_start
from assistance_logs.groups.actions import COLUMNS
from assistance_logs.groups.candidates import Candidate
from assistance_logs.groups.choices import Week, Weekday
from assistance_logs.groups.models import Group
from beneficiaries.figures import View
from beneficiaries.forms.scope import ScopeForm


@dataclass(frozen=True)
class Desa:
    """Families of one desa that can be tapped in a form."""

    name: str
    families: list[tuple[Candidate, bool]]  # with whether it is chosen

    @property
    def chosen(self) -> int:
        return sum(is_chosen for _, is_chosen in self.families)


class GroupForm(forms.Form):
    """`candidates` are the families that this person may put in or take out; `seen` those that the form began with.

    Who joins and leaves is the difference between what was seen and what is chosen, so that two people who change one
    group at once do not undo each other.
    """

    name = forms.CharField(label="Nama kelompok", max_length=80, error_messages={"required": "Beri nama kelompoknya."})
    week = forms.TypedChoiceField(
        label="Minggu", choices=[("", "–"), *Week.choices], coerce=int, empty_value=None, required=False
    )
    weekday = forms.TypedChoiceField(
        label="Hari", choices=[("", "–"), *Weekday.choices], coerce=int, empty_value=None, required=False
    )
    day_of_month = forms.IntegerField(
        label="atau tanggal",
        min_value=1,
        max_value=31,
        required=False,
        error_messages={"invalid": "Tulis tanggal 1 sampai 31."},
    )
    meets_at = forms.TimeField(
        label="Jam",
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": "Tulis jam, misalnya 09:00."},
    )
    place = forms.CharField(label="Tempat", max_length=150, required=False)
    leader = forms.TypedChoiceField(label="Ketua", required=False, coerce=int, empty_value=None)

    def __init__(self, data=None, *, candidates: list[Candidate], group: Group | None = None, initial=None):
        self.candidates, self.group = candidates, group
        if group:
            initial = {name: getattr(group, name) for name in COLUMNS}
        self.known = {candidate.pk for candidate in candidates}
        super().__init__(data, initial=initial, label_suffix="")
        choices = [(candidate.pk, candidate.name) for candidate in candidates]
        self.fields["leader"].choices = [("", "Belum ada"), *choices]
        self.seen = self._ids("seen") if self.is_bound else {one.pk for one in candidates if one.is_member}
        self.chosen = self._ids("members") if self.is_bound else set((initial or {}).get("members", self.seen))
        leader = group and group.memberships.open().filter(is_leader=True).values_list("household", flat=True).first()
        self.initial.setdefault("leader", leader)
        self.hidden_leader = leader if leader not in self.known else None
        if self.hidden_leader:  # the family of another assistant leads: it stays, and is not named
            del self.fields["leader"]

    def _ids(self, name: str) -> set[int]:
        """Families that were sent under this name, as far as they may be put in or taken out."""
        return {int(text) for text in self.data.getlist(name) if text.isdecimal() and len(text) < 19} & self.known

    @property
    def desas(self) -> list[Desa]:
        """What can be tapped, the group's own desa first."""
        found: dict[str, Desa] = {}
        for one in self.candidates:
            found.setdefault(one.desa, Desa(one.desa_name, [])).families.append((one, one.pk in self.chosen))
        return list(found.values())

    @property
    def joining(self) -> list[int]:
        return sorted(self.chosen - self.seen)

    @property
    def leaving(self) -> list[int]:
        return sorted(self.seen - self.chosen)

    def clean(self) -> dict:
        values = self.cleaned_data
        if bool(values.get("week")) != bool(values.get("weekday")) and not {"week", "weekday"} & self.errors.keys():
            self.add_error("weekday", "Pilih minggu dan hari keduanya, atau kosongkan keduanya.")
        if values.get("weekday") and values.get("day_of_month"):
            self.add_error("day_of_month", "Pilih salah satu: hari dalam minggu, atau tanggal.")
        if not self.chosen and not self.group:
            self.add_error(None, "Ketuk paling sedikit satu nama.")
        leader = values.pop("leader", self.hidden_leader)
        if leader and leader != self.hidden_leader and leader not in self.chosen:
            self.add_error("leader", "Ketua harus salah satu anggota. Ketuk namanya, atau pilih ketua lain.")
        self.cleaned_data["leader"] = leader
        return self.cleaned_data


class GroupFilterForm(ScopeForm):
    """The list of groups: region from the scope, and whether they have met this month; a bad value shows nothing."""

    ALL, MET, NOT_MET, CLOSED = "", "sudah", "belum", "bubar"
    LABELS = {ALL: "Semua", NOT_MET: "Belum bertemu bulan ini", MET: "Sudah bertemu", CLOSED: "Dibubarkan"}

    met = forms.ChoiceField(
        label="Pertemuan bulan ini",
        required=False,
        choices=list(LABELS.items()),
        error_messages={"invalid_choice": "Pilihan ini tidak dikenal. Pilih salah satu di bawah."},
    )

    @property
    def has_met(self):
        """The condition that a group had a meeting this month."""
        month = View.month(timezone.localdate())
        return Group.objects.none().has_met(day_start(month.start), day_start(month.end))

    def counts(self, groups) -> dict[str, int]:
        """How many of these groups each choice would show. Cost: one query."""
        open_ones = Q(closed_on=None)
        found = groups.aggregate(
            all=Count("pk", filter=open_ones),
            met=Count("pk", filter=open_ones & self.has_met),
            closed=Count("pk", filter=~open_ones),
        )
        met, everything = found["met"], found["all"]
        return {self.ALL: everything, self.NOT_MET: everything - met, self.MET: met, self.CLOSED: found["closed"]}

    def tabs(self, counts: dict[str, int]) -> list[tuple[str, str, int, bool]]:
        """(value, words, how many, whether it is chosen); what there is none of is left out."""
        chosen = self.cleaned_data["met"]
        return [
            (value, label, counts[value], value == chosen)
            for value, label in self.LABELS.items()
            if counts[value] or value in (self.ALL, chosen)
        ]

    def chosen(self, groups):
        """Narrow groups (already scoped) to what was chosen."""
        state = self.cleaned_data.get("met")
        if state == self.CLOSED:
            return groups.exclude(closed_on=None)
        groups = groups.filter(closed_on=None)
        if state == self.MET:
            return groups.filter(self.has_met)
        return groups.exclude(self.has_met) if state == self.NOT_MET else groups
