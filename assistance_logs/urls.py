app_name = "assistance_logs"
urlpatterns = []
