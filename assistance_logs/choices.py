"""Choice lists of the log: codes as stored, labels as shown."""

from django.db import models


class VisitKind(models.TextChoices):
    """Activities that concern one family; group meetings and office work are logged elsewhere."""

    HOME_VISIT = "KR", "Kunjungan rumah"
    COMMITMENT = "VK", "Verifikasi komitmen"
    VALIDATION = "VV", "Verifikasi-validasi calon KPM"
    DATA_UPDATE = "PD", "Pemutakhiran data"
    DISBURSEMENT = "PB", "Pendampingan pencairan bantuan"
    EDUCATION = "SO", "Sosialisasi/edukasi"
    COMPLAINT = "KS", "Respon kasus/pengaduan"
    REFERRAL = "RJ", "Rujukan/fasilitasi layanan"
    GRADUATION = "GR", "Asesmen graduasi"


class VisitResult(models.TextChoices):
    MET_RECIPIENT = "bertemu_pengurus", "Bertemu pengurus"
    MET_MEMBER = "bertemu_anggota", "Bertemu anggota lain"
    EMPTY_HOUSE = "rumah_kosong", "Rumah kosong"
    MOVED = "pindah", "Pindah"
    NO_ADDRESS = "alamat_tidak_ada", "Alamat tidak ditemukan"
    REFUSED = "menolak", "Menolak dikunjungi"


# A family counts as visited when somebody of it was met; an attempt is kept in the log all the same.
MET = [VisitResult.MET_RECIPIENT, VisitResult.MET_MEMBER]


class VisitStatus(models.TextChoices):
    """How far the review of a version is."""

    SENT = "dikirim", "Dikirim"
    RETURNED = "dikembalikan", "Dikembalikan"


class PlaceSource(models.TextChoices):
    """Where a visit's position comes from; codes as in a family's PointSource."""

    GPS = "gps", "GPS ponsel"
    PIN = "pin", "Ditandai sendiri di peta"


class PersonMet(models.TextChoices):
    RECIPIENT = "pengurus", "Pengurus KPM"
    MEMBER = "anggota", "Anggota keluarga lain"
    NEIGHBOUR = "tetangga", "Tetangga/RT"
    NOBODY = "tidak_ada", "Tidak ada"


class Topic(models.TextChoices):
    EDUCATION = "pendidikan", "Pendidikan anak"
    HEALTH = "kesehatan", "Kesehatan"
    NUTRITION = "gizi", "Gizi"
    BUSINESS = "usaha", "Usaha"
    MONEY = "keuangan", "Keuangan keluarga"
    DOCUMENTS = "adminduk", "Administrasi kependudukan"
    PROTECTION = "perlindungan", "Perlindungan anak/perempuan"
    HOUSE = "rumah", "Kondisi rumah"
    OTHER = "lain", "Lainnya"


# A word each where many topics share a line: the buttons of the form, the line of time.
TOPIC_WORDS = {
    Topic.EDUCATION: "Pendidikan",
    Topic.HEALTH: "Kesehatan",
    Topic.NUTRITION: "Gizi",
    Topic.BUSINESS: "Usaha",
    Topic.MONEY: "Keuangan",
    Topic.DOCUMENTS: "Adminduk",
    Topic.PROTECTION: "Perlindungan",
    Topic.HOUSE: "Rumah",
    Topic.OTHER: "Lainnya",
}

# Whom an assistant can have met, by the result of the visit; the first is meant where nothing is said.
PERSONS_BY_RESULT = {
    VisitResult.MET_RECIPIENT: [PersonMet.RECIPIENT],
    VisitResult.MET_MEMBER: [PersonMet.MEMBER],
    VisitResult.EMPTY_HOUSE: [PersonMet.NOBODY, PersonMet.NEIGHBOUR],
    VisitResult.MOVED: [PersonMet.NOBODY, PersonMet.NEIGHBOUR, PersonMet.MEMBER, PersonMet.RECIPIENT],
    VisitResult.NO_ADDRESS: [PersonMet.NOBODY, PersonMet.NEIGHBOUR],
    VisitResult.REFUSED: [PersonMet.NOBODY, PersonMet.RECIPIENT, PersonMet.MEMBER, PersonMet.NEIGHBOUR],
}
