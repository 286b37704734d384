"""What flags a visit, in words: each says why with its numbers."""

from django.db.models import TextChoices
from django.utils.formats import number_format


class FlagKind(TextChoices):
    FAR = "far", "Jauh dari rumah"
    ACCURACY = "accuracy", "Lokasi kurang teliti"
    PHOTO = "photo", "Foto sama"
    BURST = "burst", "Beruntun"
    TRAVEL = "travel", "Perjalanan mustahil"
    LATE = "late", "Terlambat dicatat"
    NIGHT = "night", "Malam hari"
    COPIED = "copied", "Catatan sama"
    CORRECTED = "corrected", "Sudah diperbaiki"


def _km(metres: float) -> str:
    return f"{number_format(metres / 1000, 1)} km"


def _whole(number: float) -> str:
    return number_format(round(number), 0, use_l10n=True, force_grouping=True)


_WORDS = {
    FlagKind.FAR: lambda f: f"{_km(f['value'])} dari rumah, batas {_km(f['limit'])}",
    FlagKind.ACCURACY: lambda f: f"Akurasi lokasi ± {_whole(f['value'])} m, batas {_whole(f['limit'])} m",
    FlagKind.PHOTO: lambda f: f"Foto yang sama ada pada {_whole(f['value'])} kunjungan lain",
    FlagKind.BURST: lambda f: (
        f"{_whole(f['value'])} menit dari kunjungan ke keluarga lain, batas {_whole(f['limit'])} menit"
    ),
    FlagKind.TRAVEL: lambda f: (
        f"{_km(f['metres'])} dari kunjungan lain dalam {_whole(f['minutes'])} menit: {_whole(f['value'])} km/jam, "
        f"batas {_whole(f['limit'])} km/jam"
    ),
    FlagKind.LATE: lambda f: f"Dicatat {_whole(f['value'])} hari sesudah kunjungan, batas {_whole(f['limit'])} hari",
    FlagKind.NIGHT: lambda f: (
        f"Pukul {_clock(f['value'])}, di luar pukul {_clock(f['limit'] * 60)}–{_clock(f['until'] * 60)}"
    ),
    FlagKind.COPIED: lambda f: (
        f"Catatan {_whole(f['value'])} huruf, sama dengan kunjungan ke keluarga lain, batas {_whole(f['limit'])} huruf"
    ),
    FlagKind.CORRECTED: lambda f: "Diperbaiki sesudah dikembalikan",
}


def _clock(minutes: float) -> str:
    return f"{int(minutes) // 60:02}.{int(minutes) % 60:02}"


def words_of(flag: dict) -> str:
    """Why a visit was flagged, with its numbers and the limit that held."""
    return _WORDS[FlagKind(flag["kind"])](flag)
