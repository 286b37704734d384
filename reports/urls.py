from django.urls import include, path

from reports.views.audit import audit, audit_search
from reports.views.candidates import candidates
from reports.views.components import components
from reports.views.dashboard import dashboard
from reports.views.graduated import graduated
from reports.views.map import map_cells, map_places, map_table, map_view
from reports.views.monthly import monthly, monthly_own, monthly_pdf, monthly_tasks, monthly_tasks_own, monthly_team
from reports.views.review import review

app_name = "reports"
urlpatterns = [
    path("dashboard/", dashboard, name="dashboard"),
    path("components/", components, name="components"),
    path("review/", review, name="review"),
    path("candidates/", candidates, name="candidates"),
    path("graduated/", graduated, name="graduated"),
    path("monthly/", monthly_own, name="monthly_own"),
    path("monthly/<int:pk>/", monthly, name="monthly"),
    path("monthly/team/", monthly_team, name="monthly_team"),
    path("monthly/tasks/", monthly_tasks_own, name="monthly_tasks_own"),
    path("monthly/<int:pk>/tasks/", monthly_tasks, name="monthly_tasks"),
    path("monthly/<int:pk>/pdf/", monthly_pdf, name="monthly_pdf"),
    path("audit/", audit, name="audit"),
    path("audit/search/", audit_search, name="audit_search"),
    path("exports/", include("reports.exports.urls")),
    path("map/", map_view, name="map"),
    path("map/cells/", map_cells, name="map_cells"),
    path("map/places/", map_places, name="map_places"),
    path("map/table/", map_table, name="map_table"),
]
