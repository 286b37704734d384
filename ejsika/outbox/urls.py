from django.urls import path

from ejsika.outbox import views

# Phones keep these addresses for days, in workers of older versions too.
app_name = "outbox"
urlpatterns = [
    path("", views.outbox, name="outbox"),
    path("door/", views.door, name="door"),
    path("day/", views.today, name="today"),
    path("send/", views.send, name="send"),
    path("photo/", views.photo, name="photo"),
]
