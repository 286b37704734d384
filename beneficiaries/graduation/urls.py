app_name = "graduation"
urlpatterns = []
