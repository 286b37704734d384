from django.urls import path

from assistance_logs.groups import session_views, views

app_name = "groups"
urlpatterns = [
    path("", views.group_list, name="group_list"),
    path("new/", views.group_choose, name="group_choose"),
    path("new/<int:pk>/", views.group_new, name="group_new"),
    path("<int:pk>/", views.group_detail, name="group_detail"),
    path("<int:pk>/edit/", views.group_edit, name="group_edit"),
    path("<int:pk>/close/", views.group_close, name="group_close"),
    path("<int:pk>/sessions/new/", session_views.session_new, name="session_new"),
    path("sessions/<int:pk>/", session_views.session_detail, name="session_detail"),
    path("photos/<int:pk>/", session_views.session_photo, name="session_photo"),
    path("photos/<int:pk>/small/", session_views.session_photo_small, name="session_photo_small"),
    path("sessions/<int:pk>/correct/", session_views.session_correct, name="session_correct"),
]
