from django.apps import AppConfig


class AssistanceLogsConfig(AppConfig):
    name = "assistance_logs"
    verbose_name = "Log pendampingan"

    def ready(self):
        """Tell the lower rooms what this one knows."""
        from assistance_logs import figures, timeline
        from beneficiaries.timeline import register

        figures.register()
        register(timeline.visits)
        register(timeline.late_follow_ups)
