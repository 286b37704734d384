from django.urls import path

from beneficiaries.graduation import views

app_name = "graduation"
urlpatterns = [
    path("", views.case_list, name="case_list"),
    path("new/<int:pk>/", views.case_propose, name="case_propose"),
    path("<int:pk>/", views.case_detail, name="case_detail"),
    path("<int:pk>/verify/", views.case_verify, name="case_verify"),
    path("<int:pk>/decide/", views.case_decide, name="case_decide"),
    path("<int:pk>/return/", views.case_return, name="case_return"),
]
