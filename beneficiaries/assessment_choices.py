"""What an assessment of house and economy chooses from: codes and wording of BPS Regsosek 2022, form K, where it asks.

Lists whose order says better or worse have it in `beneficiaries/assessments/comparison.py`.
"""

from django.db import models


class BuildingStatus(models.TextChoices):
    """Question 301a."""

    OWN = "1", "Milik sendiri"
    RENTED = "2", "Kontrak/sewa"
    RENT_FREE = "3", "Bebas sewa"
    OFFICIAL = "4", "Dinas"
    OTHER = "5", "Lainnya"


class LandProof(models.TextChoices):
    """Question 301b."""

    OWN_TITLE = "1", "SHM atas nama anggota keluarga"
    AGREED = "2", "SHM orang lain, ada perjanjian tertulis"
    NOT_AGREED = "3", "SHM orang lain, tanpa perjanjian tertulis"
    OTHER_TITLE = "4", "Sertifikat selain SHM (SHGB, SHSRS)"
    LETTER = "5", "Surat bukti lain (girik, letter C)"
    NONE = "6", "Tidak punya"


class Floor(models.TextChoices):
    """Question 303."""

    MARBLE = "1", "Marmer/granit"
    CERAMIC = "2", "Keramik"
    PARQUET = "3", "Parket/vinil/karpet"
    TILE = "4", "Ubin/tegel/teraso"
    WOOD = "5", "Kayu/papan"
    CEMENT = "6", "Semen/bata merah"
    BAMBOO = "7", "Bambu"
    EARTH = "8", "Tanah"
    OTHER = "9", "Lainnya"


class Walls(models.TextChoices):
    """Question 304."""

    MASONRY = "1", "Tembok"
    PLASTERED = "2", "Plesteran anyaman bambu/kawat"
    BOARD = "3", "Kayu/papan/gypsum/GRC/calciboard"
    WOVEN_BAMBOO = "4", "Anyaman bambu"
    LOG = "5", "Batang kayu"
    BAMBOO = "6", "Bambu"
    OTHER = "7", "Lainnya"


class Roof(models.TextChoices):
    """Question 305."""

    CONCRETE = "1", "Beton"
    TILE = "2", "Genteng"
    ZINC = "3", "Seng"
    ASBESTOS = "4", "Asbes"
    WOOD = "5", "Kayu/sirap"
    BAMBOO = "6", "Bambu"
    THATCH = "7", "Jerami/ijuk/daun-daunan/rumbia"
    OTHER = "8", "Lainnya"


class DrinkingWater(models.TextChoices):
    """Question 306a."""

    BOTTLED = "1", "Air kemasan bermerek"
    REFILL = "2", "Air isi ulang"
    PIPED = "3", "Leding"
    BOREHOLE = "4", "Sumur bor/pompa"
    PROTECTED_WELL = "5", "Sumur terlindung"
    OPEN_WELL = "6", "Sumur tak terlindung"
    PROTECTED_SPRING = "7", "Mata air terlindung"
    OPEN_SPRING = "8", "Mata air tak terlindung"
    SURFACE = "9", "Air permukaan (sungai/danau/waduk/kolam/irigasi)"
    RAIN = "10", "Air hujan"
    OTHER = "11", "Lainnya"


class WaterDistance(models.TextChoices):
    """Question 306b: from the well or spring to the nearest place where excrement is collected."""

    NEAR = "1", "Kurang dari 10 meter"
    FAR = "2", "10 meter atau lebih"
    UNKNOWN = "3", "Keluarga tidak tahu"


class Lighting(models.TextChoices):
    """Question 307a."""

    METERED = "1", "Listrik PLN dengan meteran"
    UNMETERED = "2", "Listrik PLN tanpa meteran"
    NOT_PLN = "3", "Listrik non-PLN"
    NONE = "4", "Bukan listrik"


class Power(models.TextChoices):
    """Question 307b, asked of those with a meter."""

    W450 = "1", "450 watt"
    W900 = "2", "900 watt"
    W1300 = "3", "1.300 watt"
    W2200 = "4", "2.200 watt"
    MORE = "5", "> 2.200 watt"


class CookingFuel(models.TextChoices):
    """Question 308."""

    ELECTRICITY = "1", "Listrik"
    LPG_5 = "2", "Gas elpiji 5,5 kg/blue gaz"
    LPG_12 = "3", "Gas elpiji 12 kg"
    LPG_3 = "4", "Gas elpiji 3 kg"
    CITY_GAS = "5", "Gas kota/meteran PGN"
    BIOGAS = "6", "Biogas"
    KEROSENE = "7", "Minyak tanah"
    BRIQUETTES = "8", "Briket"
    CHARCOAL = "9", "Arang"
    FIREWOOD = "10", "Kayu bakar"
    OTHER = "11", "Lainnya"
    NOT_COOKING = "12", "Tidak memasak di rumah"


class Toilet(models.TextChoices):
    """Question 309a."""

    OWN = "1", "Ada, hanya anggota keluarga sendiri"
    SHARED = "2", "Ada, bersama rumah tangga tertentu"
    COMMUNAL = "3", "Ada, di MCK komunal"
    PUBLIC = "4", "Ada, di MCK umum"
    UNUSED = "5", "Ada, anggota keluarga tidak menggunakan"
    NONE = "6", "Tidak ada fasilitas"


class ToiletKind(models.TextChoices):
    """Question 309b, asked where there is a toilet."""

    GOOSENECK = "1", "Leher angsa"
    COVERED = "2", "Plengsengan dengan tutup"
    OPEN = "3", "Plengsengan tanpa tutup"
    PIT = "4", "Cemplung/cubluk"


class Sewage(models.TextChoices):
    """Question 310, asked where there is a toilet."""

    SEPTIC_TANK = "1", "Tangki septik"
    TREATMENT = "2", "IPAL"
    WATERS = "3", "Kolam/sawah/sungai/danau/laut"
    HOLE = "4", "Lubang tanah"
    OPEN_GROUND = "5", "Pantai/tanah lapang/kebun"
    OTHER = "6", "Lainnya"


class Meals(models.TextChoices):
    """How often the family eats on a day. This and the next three lists ask for what BPS' 14 criteria alone ask."""

    ONE = "1", "Sekali"
    TWO = "2", "Dua kali"
    THREE = "3", "Tiga kali"


class Meat(models.TextChoices):
    """On how many days of a week there is meat, chicken or milk."""

    RARELY = "0", "Kurang dari sekali"
    ONCE = "1", "Sekali"
    MORE = "2", "Dua kali atau lebih"


class Clothes(models.TextChoices):
    """How many sets of new clothes a person of the family gets in a year."""

    NONE = "0", "Tidak membeli"
    ONE = "1", "Satu setel"
    MORE = "2", "Dua setel atau lebih"


class Treatment(models.TextChoices):
    """Whether the family can pay for treatment in a puskesmas or clinic."""

    ABLE = "1", "Sanggup"
    UNABLE = "2", "Tidak sanggup"


class Livelihood(models.TextChoices):
    """What the head of the family lives by, as the 12th of BPS' 14 criteria tells apart."""

    SMALL_FARMER = "1", "Petani, lahan 500 m² atau kurang"
    LABOURER = "2", "Buruh tani, kebun, atau bangunan"
    FISHER = "3", "Nelayan"
    LOW_PAID = "4", "Lain, di bawah Rp600.000 sebulan"
    BETTER_PAID = "5", "Lain, Rp600.000 sebulan atau lebih"
    NOT_WORKING = "6", "Tidak bekerja"


class Education(models.TextChoices):
    """Question 413: the highest certificate."""

    PACKAGE_A = "1", "Paket A"
    SDLB = "2", "SDLB"
    SD = "3", "SD"
    MI = "4", "MI"
    ULA = "5", "SPM/PDF Ula"
    PACKAGE_B = "6", "Paket B"
    SMPLB = "7", "SMPLB"
    SMP = "8", "SMP"
    MTS = "9", "MTs"
    WUSTHA = "10", "SPM/PDF Wustha"
    PACKAGE_C = "11", "Paket C"
    SMALB = "12", "SMALB"
    SMA = "13", "SMA"
    MA = "14", "MA"
    SMK = "15", "SMK"
    MAK = "16", "MAK"
    ULYA = "17", "SPM/PDF Ulya"
    DIPLOMA = "18", "D1/D2/D3"
    BACHELOR = "19", "D4/S1"
    PROFESSION = "20", "Profesi"
    MASTER = "21", "S2"
    DOCTOR = "22", "S3"
    NONE = "23", "Tidak punya ijazah SD"


class WorkPosition(models.TextChoices):
    """Question 418."""

    ALONE = "1", "Berusaha sendiri"
    UNPAID_HELP = "2", "Berusaha dibantu buruh tidak tetap/tidak dibayar"
    PAID_HELP = "3", "Berusaha dibantu buruh tetap/dibayar"
    EMPLOYEE = "4", "Buruh/karyawan/pegawai swasta"
    OFFICIAL = "5", "PNS/TNI/Polri/BUMN/BUMD/pejabat negara"
    FREE_FARM = "6", "Pekerja bebas pertanian"
    FREE_OTHER = "7", "Pekerja bebas non-pertanian"
    FAMILY = "8", "Pekerja keluarga/tidak dibayar"


class Turnover(models.TextChoices):
    """Question 425: of the family's business, in a month."""

    BELOW_5 = "1", "Di bawah 5 juta"
    BELOW_15 = "2", "5 – 15 juta"
    BELOW_25 = "3", "15 – 25 juta"
    BELOW_167 = "4", "25 – 167 juta"
    BELOW_1250 = "5", "167 juta – 1,25 miliar"
    BELOW_4167 = "6", "1,25 – 4,17 miliar"
    MORE = "7", "4,17 miliar atau lebih"


class Aid(models.TextChoices):
    """Programmes from which the family had something in the last year."""

    SEMBAKO = "sembako", "BPNT/Sembako"
    PKH = "pkh", "PKH"
    BLT_DESA = "blt_desa", "BLT Dana Desa"
    ELECTRICITY = "listrik", "Subsidi listrik"
    LOCAL = "daerah", "Bantuan pemerintah daerah"
    FERTILIZER = "pupuk", "Subsidi pupuk"
    LPG = "lpg", "Subsidi LPG"
    PIP = "pip", "PIP"
    PRAKERJA = "prakerja", "Prakerja"
    KUR = "kur", "KUR"
    UMI = "umi", "UMi"


class PhotoSubject(models.TextChoices):
    """What a photo of an assessment shows; one of each, so that before and now stand side by side."""

    FRONT = "depan", "Depan rumah"
    ROOF = "atap", "Atap"
    FLOOR = "lantai", "Lantai"
    WALLS = "dinding", "Dinding"
    KITCHEN = "dapur", "Dapur"
    TOILET = "jamban", "Jamban"


class Asset(models.TextChoices):
    """Questions on what the family owns."""

    GAS_CYLINDER = "tabung_gas", "Tabung gas 5,5 kg atau lebih"
    FRIDGE = "kulkas", "Kulkas"
    AIR_CONDITIONER = "ac", "AC"
    WATER_HEATER = "pemanas_air", "Pemanas air"
    TELEPHONE = "telepon", "Telepon rumah"
    FLAT_TV = "tv_datar", "Televisi layar datar"
    GOLD = "emas", "Emas 10 gram atau lebih"
    COMPUTER = "komputer", "Komputer/laptop/tablet"
    MOTORCYCLE = "motor", "Sepeda motor"
    BICYCLE = "sepeda", "Sepeda"
    CAR = "mobil", "Mobil"
    BOAT = "perahu", "Perahu"
    MOTOR_BOAT = "kapal_motor", "Perahu motor"
    SMARTPHONE = "smartphone", "Smartphone"
    OTHER_LAND = "lahan_lain", "Lahan lain"
    OTHER_HOUSE = "rumah_lain", "Rumah di tempat lain"
    CATTLE = "sapi", "Sapi"
    BUFFALO = "kerbau", "Kerbau"
    HORSE = "kuda", "Kuda"
    PIG = "babi", "Babi"
    GOAT = "kambing", "Kambing/domba"
