"""The two programmes of the demo, what they rest on and how often they ask for what."""

import datetime

from ejsika.programs.models import LegalBasis, Program, ProgramRule, RuleName

VISIT_EVERY_DAYS = 90
THIS_RULE_BOOK = datetime.date(2026, 1, 1)  # from which on assessments and meetings are asked for
RULES = {
    RuleName.VISIT_EVERY_DAYS: (VISIT_EVERY_DAYS, None),
    RuleName.SESSION_EVERY_MONTHS: (1, THIS_RULE_BOOK),
    RuleName.ASSESSMENT_EVERY_MONTHS: (24, THIS_RULE_BOOK),
    RuleName.MONITORING_EVERY_MONTHS: (3, None),
    RuleName.MONITORING_MONTHS: (12, None),
}
PROVINCE, CILEGON = "JAMSOSRATU", "JSCM"


def make_programs() -> dict[str, Program]:
    """Give both programmes by code, made where they are missing; what stands already is left as it is."""
    programs = {
        PROVINCE: _make(
            PROVINCE,
            "Jamsosratu",
            "APBD Provinsi Banten",
            _basis(
                "Pergub Banten 10/2019",
                "Jaminan Sosial Rakyat Banten Bersatu, sebagaimana diubah dengan Pergub Banten 15/2019",
                datetime.date(2019, 1, 1),
            ),
        ),
        CILEGON: _make(
            CILEGON,
            "JSCM",
            "APBD Kota Cilegon",
            _basis(
                "Perwal Cilegon tentang JSCM (nomor belum diketahui)",
                "Peraturan Wali Kota Cilegon tentang Jaminan Sosial Cilegon Mandiri; nomor dan tanggal belum diketahui",
                datetime.date(2019, 1, 1),
            ),
        ),
    }
    programs[PROVINCE].excludes.add(programs[CILEGON])
    return programs


def _basis(number: str, title: str, valid_from: datetime.date) -> LegalBasis:
    return LegalBasis.objects.get_or_create(number=number, defaults={"title": title, "valid_from": valid_from})[0]


def _make(code: str, name: str, funding_source: str, basis: LegalBasis) -> Program:
    defaults = {"name": name, "funding_source": funding_source, "legal_basis": basis}
    program, _ = Program.objects.get_or_create(code=code, defaults=defaults)
    present = set(program.rules.values_list("name", flat=True))
    ProgramRule.objects.bulk_create(
        ProgramRule(program=program, name=name, value=value, valid_from=day or basis.valid_from, legal_basis=basis)
        for name, (value, day) in RULES.items()
        if name not in present
    )
    return program
