from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "ejsika.imports"
    verbose_name = "impor"

    def ready(self):
        """Register the one kind of sheet whose tables lie lower than the imports."""
        from ejsika.imports import kinds
        from ejsika.imports.sheets.accounts import AccountKind

        kinds.register(AccountKind())
