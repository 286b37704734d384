from django.urls import path

from assistance_logs.leaves.views import leave_grant, leave_list, leave_new, leave_revoke
from assistance_logs.obligations.views import duty_excuse, duty_history, excuse_revoke
from assistance_logs.review.views import review_decide, review_list
from assistance_logs.views import photos, visits

app_name = "assistance_logs"
urlpatterns = [
    path("tasks/", visits.task_list, name="task_list"),
    path("tasks/<int:pk>/excuse/", duty_excuse, name="duty_excuse"),
    path("tasks/<int:pk>/history/", duty_history, name="duty_history"),
    path("excuses/<int:pk>/revoke/", excuse_revoke, name="excuse_revoke"),
    path("leaves/", leave_list, name="leave_list"),
    path("leaves/new/", leave_new, name="leave_new"),
    path("leaves/<int:pk>/grant/", leave_grant, name="leave_grant"),
    path("leaves/<int:pk>/revoke/", leave_revoke, name="leave_revoke"),
    path("review/", review_list, name="review_list"),
    path("review/decide/", review_decide, name="review_decide"),
    path("new/<int:pk>/", visits.visit_new, name="visit_new"),
    path("<int:pk>/", visits.visit_detail, name="visit_detail"),
    path("<int:pk>/return/", visits.visit_return, name="visit_return"),
    path("<int:pk>/correct/", visits.visit_correct, name="visit_correct"),
    path("photos/<int:pk>/", photos.photo, name="photo"),
    path("photos/<int:pk>/small/", photos.photo_small, name="photo_small"),
]
