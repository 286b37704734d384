from django.apps import AppConfig


class BeneficiariesConfig(AppConfig):
    name = "beneficiaries"
    verbose_name = "KPM"

    def ready(self):
        """Tell the lower rooms what this one knows."""
        from beneficiaries import component_tally, evidence, history, outbox, panels
        from beneficiaries import timeline as family_timeline
        from beneficiaries.assessments import outbox as assessment_outbox
        from beneficiaries.assessments import timeline as assessments
        from beneficiaries.duties import families, families_out_of_sight
        from beneficiaries.graduation import tally as case_tally
        from beneficiaries.graduation import timeline as graduation
        from beneficiaries.sheets.assignments.kind import AssignmentKind
        from beneficiaries.sheets.notices import without_assistant
        from beneficiaries.sheets.roster.kind import RosterKind
        from ejsika.accounts import duties
        from ejsika.imports import kinds, notices

        assessment_outbox.register()
        outbox.register()
        component_tally.register()
        case_tally.register()
        kinds.register(RosterKind())
        kinds.register(AssignmentKind())
        notices.register(without_assistant)
        duties.register(families)
        duties.register(families_out_of_sight)
        panels.register("graduation", graduation.panel)
        evidence.register("assessments", assessments.evidence)
        family_timeline.register(history.entries)
        family_timeline.register(graduation.entries)
        family_timeline.register(assessments.entries)
