"""Choice lists of group meetings: codes as stored, labels as shown."""

from django.db import models


class Presence(models.TextChoices):
    PRESENT = "hadir", "Hadir"
    REPRESENTED = "diwakili", "Diwakili"
    EXCUSED = "izin", "Izin"
    ILL = "sakit", "Sakit"
    ABSENT = "alpa", "Tanpa keterangan"


# A family took part when somebody of it was there; who was not is followed up.
TOOK_PART = [Presence.PRESENT, Presence.REPRESENTED]


class Speaker(models.TextChoices):
    ASSISTANT = "pendamping", "Pendamping"
    MIDWIFE = "bidan", "Bidan atau petugas kesehatan"
    TEACHER = "guru", "Guru"
    OTHER = "lain", "Lainnya"


class Weekday(models.IntegerChoices):
    """As in datetime.date.isoweekday."""

    MONDAY = 1, "Senin"
    TUESDAY = 2, "Selasa"
    WEDNESDAY = 3, "Rabu"
    THURSDAY = 4, "Kamis"
    FRIDAY = 5, "Jumat"
    SATURDAY = 6, "Sabtu"
    SUNDAY = 7, "Minggu"


class Week(models.IntegerChoices):
    """Which of a month's Mondays, Tuesdays and so on."""

    FIRST = 1, "ke-1"
    SECOND = 2, "ke-2"
    THIRD = 3, "ke-3"
    FOURTH = 4, "ke-4"
    LAST = 5, "terakhir"


# The modules of the family development sessions (P2K2) with their sessions; both are counted from 1.
MODULES = [
    (
        "Pengasuhan dan Pendidikan Anak",
        [
            "Menjadi orang tua yang lebih baik",
            "Memahami perilaku anak",
            "Memahami cara anak usia dini belajar",
            "Membantu anak sukses di sekolah",
        ],
    ),
    (
        "Pengelolaan Keuangan dan Perencanaan Usaha",
        ["Mengelola keuangan keluarga", "Cermat meminjam dan menabung", "Memulai usaha"],
    ),
    (
        "Kesehatan dan Gizi",
        [
            "Pentingnya 1000 Hari Pertama Kehidupan (HPK)",
            "Keselamatan dan gizi ibu hamil",
            "Kesehatan dan gizi balita",
        ],
    ),
    (
        "Perlindungan Anak",
        [
            "Upaya pencegahan kekerasan dan perlakuan salah pada anak",
            "Penelantaran dan eksploitasi terhadap anak",
        ],
    ),
    (
        "Kesejahteraan Sosial",
        ["Pelayanan bagi penyandang disabilitas berat", "Pentingnya kesejahteraan lanjut usia"],
    ),
    (
        "Pencegahan dan Penanganan Stunting",
        [
            "Permasalahan sosial",
            "Mendukung ibu hamil mengakses informasi",
            "Mendukung perawatan sehari-hari ibu hamil",
            "Mendukung ibu dan ayah stimulasi janin",
            "Pemenuhan kesejahteraan bayi baru lahir",
            "Stimulasi pada bayi baru lahir",
            "Stimulasi pada bayi 6-12 bulan",
            "Stimulasi pada anak 1-2 tahun",
            "Stimulasi pada anak 2-6 tahun",
            "Pemanfaatan bantuan sosial gizi",
            "Praktik cuci tangan pakai sabun",
            "Pemanfaatan jamban sehat",
            "Pemetaan potensi diri dan lingkungan",
            "Mengakses sistem rujukan stunting",
            "Komitmen rencana tindak lanjut",
        ],
    ),
]
LESSONS = [
    (module, lesson) for module, (_, titles) in enumerate(MODULES, 1) for lesson, _ in enumerate(titles, 1)
]  # in the order in which they are held


def lesson_title(module: int, lesson: int) -> str:
    return MODULES[module - 1][1][lesson - 1]


def lesson_label(module: int, lesson: int) -> str:
    """ "Modul 2 sesi 3: Memulai usaha"."""
    return f"Modul {module} sesi {lesson}: {lesson_title(module, lesson)}"


def lesson_after(module: int, lesson: int) -> tuple[int, int]:
    """The lesson that follows; after the last one the first."""
    return LESSONS[(LESSONS.index((module, lesson)) + 1) % len(LESSONS)]


def lesson_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """For a select: each module with its sessions, a session's value as "2-3"."""
    return [
        (
            f"Modul {module}: {name}",
            [(f"{module}-{lesson}", f"{module}.{lesson} {title}") for lesson, title in enumerate(titles, 1)],
        )
        for module, (name, titles) in enumerate(MODULES, 1)
    ]
