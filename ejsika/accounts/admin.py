"""Django's admin holds programmes and regions; users have screens of ours, and log in by one door alone."""

from django.contrib import admin
from django.views.generic import RedirectView

from ejsika.accounts.views.access import LogoutView, admin_login

admin.site.site_header = admin.site.site_title = "Pengaturan e-JSiKa"
admin.site.index_title = "Program, wilayah, dan batas tinjauan"
admin.site.login = admin_login
admin.site.logout = LogoutView.as_view()
admin.site.password_change = RedirectView.as_view(pattern_name="password_change")
