from django.urls import path

from assistance_logs.targets import views

app_name = "targets"
urlpatterns = [
    path("", views.target_list, name="target_list"),
    path("set/", views.target_set, name="target_set"),
]
