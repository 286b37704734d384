from django.apps import AppConfig


class AssistanceLogsConfig(AppConfig):
    name = "assistance_logs"
    verbose_name = "Log pendampingan"

    def ready(self):
        """Tell the lower rooms what this one knows."""
        from assistance_logs import carrying, evidence, figures, outbox, tallies, timeline
        from assistance_logs.groups import figures as group_figures
        from assistance_logs.groups import outbox as sessions
        from assistance_logs.groups import timeline as groups
        from assistance_logs.obligations import figures as obligations
        from assistance_logs.obligations.panel import panel
        from beneficiaries import panels
        from beneficiaries.evidence import register as register_evidence
        from beneficiaries.timeline import register

        carrying.register()
        outbox.register()
        sessions.register()
        figures.register()
        group_figures.register()
        obligations.register()
        tallies.register()
        register_evidence("visits", evidence.visits)
        panels.register("duties", panel)
        register(timeline.visits)
        register(timeline.late_follow_ups)
        register(groups.meetings)
        panels.register("group", groups.panel)
