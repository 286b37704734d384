"""What an admin chooses about the families that a complete roster does not name."""

from django import forms
from django.db.models import Exists, OuterRef

from beneficiaries.choices import InactiveReason
from beneficiaries.graduation.models import GraduationCase
from beneficiaries.models.household import Household
from beneficiaries.sheets.roster.missing import regions_offered
from beneficiaries.sheets.roster.models import RosterComplete, RosterMissing
from ejsika.accounts.scope import region_label
from ejsika.regions.models import Region

PAGE = 50


class CompleteForm(forms.Form):
    """For which region the roster names every active family."""

    region = forms.ModelChoiceField(
        label="Daftar ini lengkap untuk",
        queryset=Region.objects.none(),
        required=False,
        empty_label="Tidak lengkap, atau belum tahu",
        help_text="Semua keluarga aktif program ini di wilayah itu seharusnya ada di berkas.",
    )

    def __init__(self, data=None, *, batch, user):
        complete = RosterComplete.objects.filter(batch=batch).first()
        super().__init__(data, initial={"region": complete and complete.region_id})
        offered = regions_offered(batch, user)
        self.fields["region"].queryset = Region.objects.filter(code__in=[region.code for region in offered])
        self.fields["region"].choices = [
            ("", self.fields["region"].empty_label),
            *((region.code, region_label(region)) for region in offered),
        ]


class LeavingForm(forms.Form):
    """Why the ticked families become non-active; without a reason those that have one keep it."""

    reason = forms.ChoiceField(
        label="Alasan nonaktif", required=False, choices=[("", "Pilih alasan"), *InactiveReason.choices]
    )

    @property
    def ticked(self) -> set[int]:
        return _ids(self.data.getlist("household"))

    @property
    def unticked(self) -> set[int]:
        """Those that the page showed and that are not ticked now."""
        return _ids(self.data.get("shown", "")[:2_000].split()) - self.ticked


class MissingPage:
    """One page of the families that are missing, by their ids, as far as this person sees them. Cost: four queries."""

    def __init__(self, batch, user, query):
        after = query.get("after", "")
        self.after = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0
        known = RosterMissing.objects.filter(batch=batch, household__gt=self.after).order_by("household")
        rows = list(known[:PAGE])
        running = GraduationCase.objects.for_user(user).running().filter(enrollment__household=OuterRef("pk"))
        families = Household.objects.for_user(user).select_related("region__parent").annotate(has_case=Exists(running))
        found = families.in_bulk([row.household for row in rows])
        self.rows = [(row, found[row.household]) for row in rows if row.household in found]
        self.shown = " ".join(str(row.household) for row in rows)
        self.next_url = f"?after={rows[-1].household}" if len(rows) == PAGE else ""


def _ids(words: list[str]) -> set[int]:
    return {int(word) for word in words if word.isascii() and word.isdecimal() and len(word) < 19}
