"""A download for each list: a new one joins by its line here."""

from django.urls import path

from reports.exports import cases, counts, families, field, imports, people
from reports.views.exports import export_page

urlpatterns = [
    path("households/", export_page(families.HouseholdExport), name="household_export"),
    path("tasks/", export_page(families.TaskExport), name="task_export"),
    path("cases/", export_page(cases.CaseExport), name="case_export"),
    path("graduated/", export_page(cases.GraduatedExport), name="graduated_export"),
    path("graduated-counts/", export_page(cases.GraduatedCountExport), name="graduated_count_export"),
    path("dashboard/", export_page(counts.DashboardExport), name="dashboard_export"),
    path("components/", export_page(counts.ComponentExport), name="component_export"),
    path("users/", export_page(people.UserExport), name="user_export"),
    path("audit/", export_page(people.AuditExport), name="audit_export"),
    path("imports/", export_page(imports.BatchExport), name="batch_export"),
    path("imports/<int:pk>/problems/", export_page(imports.ProblemExport), name="problem_export"),
    path("map/", export_page(counts.MapExport), name="map_export"),
    path("assistants/", export_page(counts.AssistantExport), name="assistant_export"),
    path("candidates/", export_page(counts.CandidateExport), name="candidate_export"),
    path("groups/", export_page(field.GroupExport), name="group_export"),
    path("targets/", export_page(field.TargetExport), name="target_export"),
    path("visits/", export_page(field.FlaggedVisitExport), name="flagged_visit_export"),
]
