"""Choice lists of the registry: codes as stored, labels as shown (BPS Regsosek 2022 form K where marked)."""

from django.db import models


class Sex(models.TextChoices):
    MALE = "L", "Laki-laki"
    FEMALE = "P", "Perempuan"


class Relationship(models.TextChoices):
    """BPS Regsosek 2022, question 409."""

    HEAD = "1", "Kepala keluarga"
    SPOUSE = "2", "Istri/suami"
    CHILD = "3", "Anak"
    CHILD_IN_LAW = "4", "Menantu"
    GRANDCHILD = "5", "Cucu"
    PARENT = "6", "Orang tua/mertua"
    SERVANT = "7", "Pembantu/sopir"
    OTHER = "8", "Lainnya"


class SchoolLevel(models.TextChoices):
    SD = "SD", "SD/MI/sederajat"
    SMP = "SMP", "SMP/MTs/sederajat"
    SMA = "SMA", "SMA/SMK/MA/sederajat"


class EnrollmentStatus(models.TextChoices):
    CANDIDATE = "calon", "Calon"
    ACTIVE = "aktif", "Aktif"
    SUSPENDED = "ditangguhkan", "Ditangguhkan"
    GRADUATED = "graduasi", "Graduasi"
    INACTIVE = "nonaktif", "Nonaktif/dikeluarkan"


class InactiveReason(models.TextChoices):
    DUPLICATE = "ganda", "Penerima ganda (PKH/bansos lain)"
    DIED = "meninggal", "Meninggal tanpa ahli waris/anggota pengganti"
    MOVED = "pindah", "Pindah keluar Banten"
    NO_ADDRESS = "alamat_tidak_ada", "Alamat tidak ditemukan"
    NO_MATCH = "tidak_padan", "NIK/KK tidak padan Dukcapil"
    OCCUPATION = "pekerjaan", "Pekerjaan dikecualikan (ASN/TNI/Polri/pensiunan)"
    NOT_ELIGIBLE = "tidak_layak", "Tidak layak hasil verifikasi lapangan"
    COMMITMENT = "komitmen", "Tidak memenuhi komitmen"
    ENDED = "masa_berakhir", "Berakhir masa kepesertaan"
    OTHER = "lain", "Lainnya"


class PointSource(models.TextChoices):
    GPS = "gps", "GPS saat kunjungan"
    PIN = "pin", "Pin di peta"
    IMPORT = "impor", "Impor"


class Bank(models.TextChoices):
    BANTEN = "Bank Banten"
    BJB = "Bank BJB"
    BRI = "BRI"
    POS = "Kantor Pos"


class GraduationKind(models.TextChoices):
    NATURAL = "GA", "Graduasi alamiah (tidak ada komponen)"
    INDEPENDENT = "GM", "Graduasi mandiri/sejahtera (sudah mampu)"
    ASSESSED = "GP", "Graduasi hasil penilaian/musyawarah (dikeluarkan karena mampu)"


class GraduationReason(models.TextChoices):
    BUSINESS = "usaha", "Usaha keluarga berkembang"
    JOB = "pekerjaan", "Mendapat pekerjaan tetap"
    CHILD_WORKS = "anak_bekerja", "Anak sudah bekerja"
    WORKS_ABROAD = "kerja_luar", "Bekerja di luar daerah/luar negeri"
    ASSETS = "aset", "Memiliki aset/harta memadai"
    CHILDREN_FINISHED = "anak_tamat", "Semua anak tamat sekolah"
    NO_COMPONENT = "tanpa_komponen", "Tidak ada lagi komponen"
    GIVES_WAY = "memberi_kesempatan", "Memberi kesempatan keluarga lain"
    OTHER = "lain", "Lainnya"


class GraduationState(models.TextChoices):
    PROPOSED = "diusulkan", "Diusulkan pendamping"
    VERIFIED = "verifikasi_kab", "Diverifikasi koordinator"
    DECIDED = "ditetapkan", "Ditetapkan Dinsos (SK)"
    RETURNED = "ditolak", "Dikembalikan"
