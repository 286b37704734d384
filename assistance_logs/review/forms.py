"""Which visits the queue shows, and what a koordinator decides of some of them."""

from django import forms
from django.db.models import Q, TextChoices

from assistance_logs.choices import VisitStatus
from assistance_logs.review.words import FlagKind
from beneficiaries.forms.households import assistants_near
from ejsika.accounts.models import User
from ejsika.lib.widgets import ShortSelect


class Waiting(TextChoices):
    """What the tabs of the queue show."""

    WAITING = "menunggu", "Menunggu ditinjau"
    RETURNED = "dikembalikan", "Dikembalikan"
    APPROVED = "disetujui", "Disetujui"


_CONDITIONS = {
    Waiting.WAITING: Q(review__at__isnull=True, review__isnull=False, status=VisitStatus.SENT),
    Waiting.RETURNED: Q(status=VisitStatus.RETURNED),
    Waiting.APPROVED: Q(review__at__isnull=False, status=VisitStatus.SENT),
}


def waiting(visits):
    """Narrow visits to those that wait for a look: what the first tab shows."""
    return visits.current().filter(_CONDITIONS[Waiting.WAITING])


class ReviewFilterForm(forms.Form):
    """GET parameters of the queue. A bad or foreign value is an error, and then the list is empty."""

    state = forms.ChoiceField(
        label="Keadaan",
        required=False,
        choices=Waiting.choices,
        error_messages={"invalid_choice": "Keadaan ini tidak dikenal. Pilih dari tab."},
    )
    flag = forms.ChoiceField(
        label="Alasan",
        required=False,
        choices=[("", "Semua alasan"), *FlagKind.choices],
        error_messages={"invalid_choice": "Alasan ini tidak dikenal. Pilih dari daftar."},
    )
    assistant = forms.ModelChoiceField(
        label="Pendamping",
        required=False,
        queryset=User.objects.none(),
        empty_label="Semua pendamping",
        error_messages={"invalid_choice": "Pendamping ini tidak ada atau di luar wilayah Anda."},
    )

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["assistant"].queryset = people = assistants_near(user)
        names = [("", "Semua pendamping"), *people.values_list("pk", "name")]
        self.fields["assistant"].widget = ShortSelect(choices=names)

    @property
    def state_shown(self) -> str:
        return self.cleaned_data.get("state") or Waiting.WAITING

    @property
    def can_decide(self) -> bool:
        """Whether something is to be decided of what is shown: a returned visit waits for its correction."""
        return self.state_shown == Waiting.WAITING

    def apply(self, visits):
        """Narrow visits (scoped to the user) to what is asked for; a bad value gives none."""
        if not self.is_valid():
            return visits.none()
        visits = visits.current().filter(_CONDITIONS[Waiting(self.state_shown)])
        if flag := self.cleaned_data["flag"]:
            visits = visits.filter(review__flags__contains=[{"kind": flag}])
        if assistant := self.cleaned_data["assistant"]:
            visits = visits.filter(assistant=assistant)
        return visits


class DecisionForm(forms.Form):
    state = forms.ChoiceField(
        choices=[(state, state.label) for state in (Waiting.APPROVED, Waiting.RETURNED)],
        error_messages={
            "required": "Pilih: setujui atau kembalikan.",
            "invalid_choice": "Pilih: setujui atau kembalikan.",
        },
    )
    remark = forms.CharField(
        label="Catatan",
        required=False,
        max_length=500,
        error_messages={"max_length": "Catatan paling panjang 500 huruf."},
    )

    def clean(self) -> dict:
        chosen = self.cleaned_data
        if chosen.get("state") == Waiting.RETURNED and not chosen.get("remark") and "remark" not in self.errors:
            self.add_error("remark", "Tulis apa yang harus diperbaiki; pendamping membacanya.")
        return chosen
