"""What an assessment of house and economy chooses from: codes and wording of BPS Regsosek 2022, form K.

Lists whose order says better or worse have it in `beneficiaries/assessments/comparison.py`.
"""

from django.db import models


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
