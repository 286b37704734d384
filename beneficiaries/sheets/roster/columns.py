"""The columns of a KPM roster, and the words that people use for them."""

from ejsika.imports.kinds import Column

# Digits that are no quantity: a spreadsheet would cut them or drop their noughts unless they are kept as text.
NUMBERED = {"kk", "nik", "account", "phone", "rt", "rw", "rt_rw", "region_code", "born_on"}


# Titles that may be followed by a word for whose they are: "Tgl Lahir Pengurus", "Desa Domisili".
OF_THE_FAMILY = {
    *("kk", "nik", "name", "sex", "born_on", "address", "rt", "rw", "rt_rw", "desa", "kecamatan", "kabupaten"),
    *("phone", "bank", "account"),
}
WHOSE = {"PENGURUS", "KPM", "PENERIMA", "MANFAAT", "BANTUAN", "PM", "PESERTA", "JAMSOSRATU", "DOMISILI"}


def _words(*lines: str) -> tuple[str, ...]:
    """Words that people use for a column, with bars between them."""
    return tuple(word for line in lines for word in line.split("|"))


COLUMNS = [
    Column(
        "kk",
        "No KK",
        _words("Nomor KK|No. Kartu Keluarga|Nomor Kartu Keluarga|KK|NKK|No KK Keluarga|No KK/Kartu Keluarga"),
        True,
    ),
    Column(
        "nik",
        "NIK Pengurus",
        _words(
            "NIK|N.I.K|No NIK|Nomor NIK|NIK Penerima|NIK Penerima Manfaat|NIK KPM|NIK PM|NIK Pengurus KPM",
            "KTP|No KTP|NIK KTP|NIK/KTP|NIK e-KTP|NIK Sesuai KTP|NIK Ibu/Pengurus|No Identitas (NIK)",
            "No NIK/KTP|NIK/No KTP|No KTP/NIK|Nomor Induk Kependudukan",
        ),
        True,
    ),
    Column(
        "name",
        "Nama Pengurus",
        _words(
            "Nama|Nama Lengkap|Nama Penerima|Nama KPM|Nama PM|Nama RTS|Nama Penerima Manfaat|Nama Penerima Bantuan",
            "Nama Pengurus KPM|Nama KPM/Pengurus|Nama Pengurus/KPM|Nama Anggota|Nama Anggota Keluarga|Nama ART",
            "Nama Lengkap KPM|Nama Lengkap Pengurus|Nama Lengkap Penerima|Nama Lengkap Anggota",
            "Nama Penerima Jamsosratu|Nama Sesuai KTP|Nama Lengkap Sesuai KTP|Nama Ibu/Pengurus|Nama Pengurus/Ibu",
        ),
        True,
    ),
    Column(
        "relationship",
        "Hubungan",
        _words(
            "Hubungan Keluarga|Hub Keluarga|SHDK|Status Hubungan|Status Hubungan Keluarga|Status Hub Keluarga",
            "Hubungan dengan Kepala Keluarga|Hubungan dengan KK|Hub dgn KK|Hubungan dalam Keluarga",
            "Status dalam Keluarga|Status Hubungan dalam Keluarga|Kedudukan dalam Keluarga|Hubungan dengan Pengurus",
            "Hubungan dgn Kepala Keluarga|Hub dengan Kepala Keluarga|Hub dgn Kepala Keluarga",
            "Hubungan dg Kepala Keluarga|Hubungan dengan KRT|Hub KRT|Hub dengan KK",
        ),
    ),
    Column("sex", "Jenis Kelamin", _words("JK|L/P|P/L|Kelamin|Sex|Gender|J. Kelamin|Jns Kelamin|Jns Kel")),
    Column(
        "born_on",
        "Tanggal Lahir",
        _words(
            "Tgl Lahir|Lahir|Tgl Lhr|Tanggal Lahir Pengurus|Tanggal/Bulan/Tahun Lahir|Tgl/Bln/Thn Lahir",
            "TTL|Tempat Tanggal Lahir|Tempat dan Tanggal Lahir|Tempat/Tanggal Lahir|Tempat Tgl Lahir|Tempat/Tgl Lahir",
        ),
    ),
    Column("school_level", "Pendidikan", _words("Sekolah|Jenjang|Jenjang Sekolah|Jenjang Pendidikan")),
    Column("grade", "Kelas", ("Kls",)),
    Column("is_pregnant", "Hamil", _words("Ibu Hamil|Bumil")),
    Column("is_disabled", "Disabilitas", _words("Difabel|Penyandang Disabilitas")),
    Column(
        "address",
        "Alamat",
        _words(
            "Kampung|Alamat Lengkap|Kp|Alamat Rumah|Alamat Domisili|Alamat/Kampung|Alamat/Kp|Kp/Jalan",
            "Alamat Tempat Tinggal|Alamat Tinggal|Alamat KPM|Kampung/Dusun|Dusun|Dusun/Kampung|Kp/Dusun|Kampung/Jalan",
            "Jalan|Lingkungan|Dusun/Lingkungan|Alamat KTP|Alamat Sesuai KTP|Nama Jalan",
        ),
    ),
    Column("rt", "RT", ("No RT",)),
    Column("rw", "RW", ("No RW",)),
    Column("rt_rw", "RT/RW"),
    Column(
        "desa",
        "Desa/Kelurahan",
        _words(
            "Desa|Kelurahan|Ds|Kel|Desa/Kel|Kel/Desa|Kelurahan/Desa|Ds/Kel|Kel/Ds|Nama Desa|Nama Desa/Kelurahan",
            "Nama Kelurahan|Nama Desa/Kel|Nama Kel/Desa|Nama Kelurahan/Desa",
        ),
    ),
    Column("kecamatan", "Kecamatan", _words("Kec|Nama Kecamatan|Nama Kec")),
    Column(
        "kabupaten",
        "Kabupaten/Kota",
        _words(
            "Kab/Kota|Kabupaten|Kota|Kab|Kota/Kab|Kota/Kabupaten|Nama Kab/Kota|Nama Kabupaten/Kota|Nama Kabupaten",
            "Nama Kab|Nama Kota",
        ),
    ),
    Column(
        "region_code",
        "Kode Desa",
        _words(
            "Kode Wilayah|Kode Desa/Kelurahan|Kode Kelurahan|Kode Desa/Kel|Kode Kel/Desa|Kode Kemendagri",
            "Kode Desa Kemendagri|Kode Wilayah Kemendagri",
        ),
    ),
    Column("latitude", "Lintang", _words("Latitude|Lat|Koordinat Lintang|Garis Lintang")),
    Column("longitude", "Bujur", _words("Longitude|Long|Lon|Lng|Koordinat Bujur|Garis Bujur")),
    Column("point", "Koordinat", _words("Titik Koordinat|Titik|Lat Long|Latlong|Lintang Bujur|Koordinat GPS")),
    Column(
        "phone",
        "No HP",
        _words(
            "HP|No. Handphone|No Telepon|Telepon|No Telp|Nomor HP|Nomor Telepon|No WA|HP/WA|No HP/WA|No Telp/HP",
            "No HP/Telp|No Telepon/HP|Handphone|Nomor Handphone|Telp|Tlp|No Tlp|WA|Nomor WA|No WhatsApp|Nomor HP/WA",
            "Kontak|No Kontak|Nomor Kontak|No HP Aktif|Nomor Telp",
        ),
    ),
    Column("bank", "Bank", _words("Nama Bank|Bank Penyalur")),
    Column("account", "No Rekening", _words("No Rek|Rekening|Nomor Rekening|Norek|No Rekening Bank")),
    Column(
        "cohort_year",
        "Tahun Masuk",
        _words(
            "Tahun|Angkatan|Kohort|Thn Masuk|Th Masuk|Tahun Kepesertaan|Tahun Masuk Program",
            "Tahun Masuk Jamsosratu|Tahun Bergabung",
        ),
    ),
    Column("program", "Program", ("Nama Program",)),  # says which of several statuses and years is meant
    Column("status", "Status", _words("Status Kepesertaan|Status KPM|Status Keaktifan|Keaktifan")),
    Column("assistant", "Pendamping", _words("Nama Pengguna Pendamping|Username Pendamping")),
]
TITLES = {column.field: column.title for column in COLUMNS}
