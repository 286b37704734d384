from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "ejsika.programs"
    verbose_name = "Program"
