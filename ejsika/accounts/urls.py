from django.urls import path

from ejsika.accounts.views import access, own, users

app_name = "accounts"
urlpatterns = [
    path("me/", own.me, name="me"),
    path("me/session/end/", own.session_end, name="session_end"),
    path("me/sessions/end/", own.sessions_end, name="sessions_end"),
    path("set-password/<uidb64>/<token>/", access.PasswordSetView.as_view(), name="password_set"),
    path("users/", users.user_list, name="user_list"),
    path("users/search/", users.user_search, name="user_search"),
    path("users/new/", users.user_new, name="user_new"),
    path("users/<int:pk>/", users.user_detail, name="user_detail"),
    path("users/<int:pk>/edit/", users.user_edit, name="user_edit"),
    path("users/<int:pk>/deactivate/", users.user_deactivate, name="user_deactivate"),
    path("users/<int:pk>/activate/", users.user_activate, name="user_activate"),
    path("users/<int:pk>/link/", users.user_link, name="user_link"),
    path("users/<int:pk>/sign-out/", users.user_sign_out, name="user_sign_out"),
]
