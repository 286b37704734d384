from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "ejsika.accounts"
    verbose_name = "Pengguna"
