from django.urls import path

from beneficiaries.assessments.views import assessment_new
from beneficiaries.merging.views import household_merge, household_merge_find
from beneficiaries.views import assigning, households, numbers

app_name = "beneficiaries"
urlpatterns = [
    path("", households.household_list, name="household_list"),
    path("search/", households.household_search, name="household_search"),
    path("assign/", assigning.household_assign_many, name="household_assign_many"),
    path("reveal/", numbers.number_reveal, name="number_reveal"),
    path("<int:pk>/", households.household_detail, name="household_detail"),
    path("<int:pk>/assessments/new/", assessment_new, name="assessment_new"),
    path("<int:pk>/edit/", households.household_edit, name="household_edit"),
    path("<int:pk>/merge/", household_merge, name="household_merge"),
    path("<int:pk>/merge/find/", household_merge_find, name="household_merge_find"),
    path("<int:pk>/assign/", households.household_assign, name="household_assign"),
]
