"""Pages of an import that only a roster has; they stand below the import's own address."""

from django.urls import path

from beneficiaries.sheets.roster import views

app_name = "rosters"
urlpatterns = [
    path("<int:pk>/missing/", views.missing_list, name="missing_list"),
    path("<int:pk>/missing/complete/", views.missing_declare, name="missing_declare"),
    path("<int:pk>/missing/choose/", views.missing_choose, name="missing_choose"),
]
