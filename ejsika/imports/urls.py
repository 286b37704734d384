from django.urls import path

from ejsika.imports import views
from ejsika.imports.sheets.views import account_links

app_name = "imports"
urlpatterns = [
    path("", views.batch_list, name="batch_list"),
    path("new/", views.batch_new, name="batch_new"),
    path("template/", views.template_download, name="template_download"),
    path("<int:pk>/", views.batch_detail, name="batch_detail"),
    path("<int:pk>/problems/", views.problem_list, name="problem_list"),
    path("<int:pk>/commit/", views.batch_commit, name="batch_commit"),
    path("<int:pk>/choose/", views.batch_choose, name="batch_choose"),
    path("<int:pk>/decide/", views.batch_decide, name="batch_decide"),
    path("<int:pk>/search/", views.batch_search, name="batch_search"),
    path("<int:pk>/undo/", views.batch_undo, name="batch_undo"),
    path("<int:pk>/columns/", views.batch_columns, name="batch_columns"),
    path("<int:pk>/cancel/", views.batch_cancel, name="batch_cancel"),
    path("<int:pk>/discard/", views.batch_discard, name="batch_discard"),
    path("<int:pk>/account-links/", account_links, name="account_links"),
    path("<int:pk>/wrong-rows/", views.batch_wrong_rows, name="batch_wrong_rows"),
]
