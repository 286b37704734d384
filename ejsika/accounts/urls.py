from django.urls import path

from ejsika.accounts.views import own

app_name = "accounts"
urlpatterns = [path("me/", own.me, name="me")]
