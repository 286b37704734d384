from django.apps import AppConfig


class BeneficiariesConfig(AppConfig):
    name = "beneficiaries"
    verbose_name = "KPM"

    def ready(self):
        """Tell the lower rooms what this one knows."""
