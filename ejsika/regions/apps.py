from django.apps import AppConfig


class RegionsConfig(AppConfig):
    name = "ejsika.regions"
    verbose_name = "Wilayah"
