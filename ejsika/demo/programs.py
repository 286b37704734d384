"""The two programmes of the demo, what they rest on and how often they ask for a visit."""

import datetime

from ejsika.programs.models import LegalBasis, Program, ProgramRule, RuleName

VISIT_EVERY_DAYS = 90
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
    if not program.rules.filter(name=RuleName.VISIT_EVERY_DAYS).exists():
        ProgramRule.objects.create(
            program=program,
            name=RuleName.VISIT_EVERY_DAYS,
            value=VISIT_EVERY_DAYS,
            valid_from=basis.valid_from,
            legal_basis=basis,
        )
    return program
