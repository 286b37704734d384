from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from ejsika.programs.models import Program


class UploadForm(forms.Form):
    program = forms.ModelChoiceField(Program.objects.none(), label="Program", empty_label=None)
    file = forms.FileField(
        label="Berkas",
        help_text="XLSX, XLS, ODS atau CSV. Data belum berubah: hasil periksa ditunjukkan dahulu.",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.ods,.csv,.txt"}),
        error_messages={"empty": "Berkas ini kosong (0 bita). Pilih berkas yang benar."},
    )

    def __init__(self, *args, user, kind, **kwargs):
        super().__init__(*args, **kwargs)
        if kind.program_help is None:
            del self.fields["program"]
            return
        self.fields["program"].help_text = kind.program_help
        programs = Program.objects.filter(is_active=True)
        self.fields["program"].queryset = programs if user.all_programs else programs.filter(pk__in=user.program_ids)

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > settings.ROSTER_MAX_BYTES:
            limit = settings.ROSTER_MAX_BYTES // 1_000_000
            raise ValidationError(f"Berkas lebih dari {limit} MB. Pecah menjadi beberapa berkas.")
        return file
