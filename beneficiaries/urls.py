from django.urls import path

from beneficiaries.assessments import views as assessments
from beneficiaries.merging.views import household_merge, household_merge_compare, household_merge_find
from beneficiaries.views import assigning, households, numbers

app_name = "beneficiaries"
urlpatterns = [
    path("", households.household_list, name="household_list"),
    path("search/", households.household_search, name="household_search"),
    path("assign/", assigning.household_assign_many, name="household_assign_many"),
    path("reveal/", numbers.number_reveal, name="number_reveal"),
    path("<int:pk>/", households.household_detail, name="household_detail"),
    path("<int:pk>/assessments/new/", assessments.assessment_new, name="assessment_new"),
    path("assessments/<int:pk>/", assessments.assessment_detail, name="assessment_detail"),
    path("assessments/<int:pk>/correct/", assessments.assessment_correct, name="assessment_correct"),
    path("assessments/photos/<int:pk>/", assessments.assessment_photo, name="assessment_photo"),
    path("assessments/photos/<int:pk>/small/", assessments.assessment_photo_small, name="assessment_photo_small"),
    path("<int:pk>/edit/", households.household_edit, name="household_edit"),
    path("<int:pk>/merge/", household_merge, name="household_merge"),
    path("<int:pk>/merge/compare/", household_merge_compare, name="household_merge_compare"),
    path("<int:pk>/merge/find/", household_merge_find, name="household_merge_find"),
    path("<int:pk>/assign/", households.household_assign, name="household_assign"),
]
