"""The columns of a KPM roster, and the words that people use for them."""

from ejsika.imports.kinds import Column

# Digits that are no quantity: a spreadsheet would cut them or drop their noughts unless they are kept as text.
NUMBERED = {"kk", "nik", "account", "phone", "rt", "rw", "rt_rw", "region_code", "born_on"}
COLUMNS = [
    Column(
        "kk", "No KK", ("Nomor KK", "No. Kartu Keluarga", "Nomor Kartu Keluarga", "KK", "NKK", "No KK Keluarga"), True
    ),
    Column("nik", "NIK Pengurus", ("NIK", "N.I.K", "No NIK", "Nomor NIK", "NIK Penerima", "No KTP", "NIK KPM"), True),
    Column(
        "name",
        "Nama Pengurus",
        ("Nama", "Nama Lengkap", "Nama Penerima", "Nama KPM", "Nama Anggota", "Nama Penerima Manfaat"),
        True,
    ),
    Column("relationship", "Hubungan", ("Hubungan Keluarga", "Hub Keluarga", "SHDK", "Status Hubungan")),
    Column("sex", "Jenis Kelamin", ("JK", "L/P", "Kelamin", "Sex")),
    Column("born_on", "Tanggal Lahir", ("Tgl Lahir", "Tgl. Lahir", "Lahir")),
    Column("school_level", "Pendidikan", ("Sekolah", "Jenjang", "Jenjang Sekolah")),
    Column("grade", "Kelas"),
    Column("is_pregnant", "Hamil", ("Ibu Hamil",)),
    Column("is_disabled", "Disabilitas", ("Difabel", "Penyandang Disabilitas")),
    Column("address", "Alamat", ("Kampung", "Alamat Lengkap", "Kp")),
    Column("rt", "RT"),
    Column("rw", "RW"),
    Column("rt_rw", "RT/RW", ("RT RW", "RT-RW")),
    Column("desa", "Desa/Kelurahan", ("Desa", "Kelurahan", "Desa / Kel.", "Desa/Kel", "Kel/Desa", "Nama Desa")),
    Column("kecamatan", "Kecamatan", ("Kec.", "Kec", "Nama Kecamatan")),
    Column(
        "kabupaten", "Kabupaten/Kota", ("Kab/Kota", "Kabupaten", "Kota", "Kab", "Kab.", "Kabupaten Kota", "Kota/Kab")
    ),
    Column("region_code", "Kode Desa", ("Kode Wilayah", "Kode Desa/Kelurahan", "Kode Kelurahan", "Kode Kemendagri")),
    Column("latitude", "Lintang", ("Latitude", "Lat", "Koordinat Lintang")),
    Column("longitude", "Bujur", ("Longitude", "Long", "Lon", "Lng", "Koordinat Bujur")),
    Column("phone", "No HP", ("HP", "No. Handphone", "No Telepon", "Telepon", "No Telp", "Nomor HP")),
    Column("bank", "Bank", ("Nama Bank",)),
    Column("account", "No Rekening", ("No. Rek", "No Rek", "Rekening", "Nomor Rekening", "Norek")),
    Column("cohort_year", "Tahun Masuk", ("Tahun", "Angkatan", "Kohort")),
    Column("status", "Status", ("Status Kepesertaan", "Status KPM")),
    Column("assistant", "Pendamping", ("Nama Pengguna Pendamping", "Username Pendamping")),
]
