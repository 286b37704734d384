from django.urls import path

from assistance_logs import views

app_name = "assistance_logs"
urlpatterns = [
    path("tasks/", views.task_list, name="task_list"),
    path("new/<int:pk>/", views.visit_new, name="visit_new"),
    path("<int:pk>/", views.visit_detail, name="visit_detail"),
    path("<int:pk>/correct/", views.visit_correct, name="visit_correct"),
]
