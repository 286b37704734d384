"""Word lists from which people, places and notes are put together; no entry names a real person."""

# ruff: noqa: SIM905 - a line of words reads better than a column of strings

FEMALE_FIRST = (
    "Aisah Amsiah Arni Asnawati Bariah Cicih Darsih Dedeh Dewi Elah Eni Enok Entin Eroh Fatimah Halimah Hasanah "
    "Iis Ijah Imas Juhaeriah Jumenah Kartini Khodijah Lilis Maemunah Mariam Marsiti Masnah Mimin Munawaroh Mursinah "
    "Nani Neneng Nining Nuraeni Nurhayati Oom Patimah Pipih Romlah Rosidah Rukmini Saadah Samsiah Sariah Sarinah "
    "Siti Suhaemah Suhartini Sukaesih Sumiati Suryani Tarsih Tini Titin Uum Wasiah Yayah Yeni Yuyun Zubaedah"
).split()
FEMALE_SECOND = (
    "Agustina Aminah Anggraeni Apriani Astuti Aulia Fauziah Fitriani Handayani Hasanah Herawati Husna Indriani "
    "Kurniasih Lestari Maesaroh Mardiana Maryati Mulyani Nurjanah Oktaviani Permatasari Purnamasari Puspita Rahayu "
    "Rahmawati Ratnasari Robiah Rohaeni Rohmah Rosmiati Sadiah Safitri Sapuroh Setiawati Solihah Sopiah Sulastri "
    "Supriatin Susanti Sutihat Ulfah Wahyuni Widaningsih Wulandari Yulianti Yuliana Yuningsih Zahroh"
).split()
MALE_FIRST = (
    "Abdul Agus Ahmad Ajat Akhmad Ali Ande Anwar Ardi Asep Baehaki Basri Cecep Dadang Dayat Dedi Didi Eman Endang "
    "Entus Fahmi Hamdan Hasan Hendra Ikbal Imron Jaenal Jajang Jamal Jaya Juhri Karta Komar Lukman Madsuri Mahfud "
    "Marjuki Maman Marsan Muhamad Mulyadi Mustopa Nana Nurdin Oman Rasim Ridwan Rohman Rudi Saepul Sahroni Samsudin "
    "Sanusi Sapri Sarman Suganda Suherman Sukardi Sulaeman Supandi Tarmidi Tata Ujang Udin Usep Wahyudin Yadi Yusup"
).split()
MALE_SECOND = (
    "Adiyaksa Apandi Arifin Asmawi Badri Burhanudin Efendi Fadilah Firmansyah Gunawan Hakim Hamdani Haryadi Hermawan "
    "Hidayat Hilmi Ibrahim Iskandar Junaedi Kurniawan Kusnadi Mansur Maulana Mubarok Mulyana Munawar Nugraha "
    "Nurdiansyah Permana Pratama Purnama Ramdani Romadon Ruhiyat Rustandi Sadeli Saputra Sobari Sodikin Suhendi "
    "Suparman Supriyadi Suryana Sutisna Syahputra Syarifudin Wahyudi Wijaya Yulianto Zakaria"
).split()
GIRLS = (
    "Aulia Nabila Putri Zahra Salsabila Nayla Keisya Amelia Intan Anisa Dinda Syifa Khanza Alya Nadia Rahma Tiara "
    "Vina Wulan Zaskia Citra Bunga Laila Mutia"
).split()
BOYS = (
    "Rizki Fajar Dimas Rafi Alfian Bayu Ilham Raihan Farhan Galih Hafiz Reza Yoga Aditya Irfan Naufal Rangga Satria "
    "Zidan Akbar Ridho Bagas Daffa Fikri"
).split()

HAMLET_FIRST = "Pasir Babakan Kadu Leuwi Cikoneng Sawah Kebon Parung Lembur Ranca Tegal Bojong Gunung Pabuaran".split()
HAMLET_SECOND = "Jati Kidul Kaler Nangka Picung Tonggoh Salam Gede Kelapa Muncang Awi Girang Hilir Baru".split()

SUSPENSION_REASONS = (
    "Data rekening tidak padan dengan bank",
    "Menunggu pemadanan NIK oleh Dukcapil",
    "Penerima sedang bekerja di luar daerah",
    "Kartu hilang, menunggu penggantian",
)
# Invented notes, by what the visit was about.
NOTES = {
    "pendidikan": (
        "Anak hadir di sekolah setiap hari, rapor sudah dibagikan.",
        "Anak sempat tidak masuk seminggu karena sakit, sekarang sudah sekolah lagi.",
        "Perlengkapan sekolah sudah dibeli dari bantuan.",
        "Keluarga menanyakan syarat pendaftaran sekolah tahun depan.",
    ),
    "kesehatan": (
        "Ibu rutin memeriksakan kandungan ke bidan desa.",
        "Balita sudah ditimbang di posyandu bulan ini.",
        "Anggota keluarga berobat ke puskesmas dengan kartu JKN.",
        "Obat darah tinggi habis, diingatkan untuk kontrol.",
    ),
    "gizi": (
        "Berat badan balita naik, ibu dianjurkan menambah lauk hewani.",
        "Dibahas menu seimbang dari bahan yang ada di sekitar rumah.",
    ),
    "usaha": (
        "Warung kecil mulai ramai, pencatatan uang belum rapi.",
        "Usaha gorengan berhenti karena modal habis.",
        "Ternak ayam bertambah, sebagian dijual untuk biaya sekolah.",
        "Keluarga ingin ikut pelatihan menjahit.",
    ),
    "keuangan": (
        "Bantuan dipakai untuk seragam dan kebutuhan dapur.",
        "Dibahas cara menyisihkan uang setiap minggu.",
        "Masih ada cicilan ke tetangga, dibuat rencana pelunasan.",
    ),
    "adminduk": (
        "KK sudah diperbarui, salinannya akan diserahkan.",
        "Akta lahir anak bungsu belum ada.",
        "Nama di KTP berbeda satu huruf dengan KK.",
    ),
    "perlindungan": ("Dibahas pengasuhan tanpa kekerasan.", "Lansia tinggal bersama anak, kebutuhan harian terpenuhi."),
    "rumah": (
        "Atap dapur bocor, sudah dilaporkan ke desa.",
        "Lantai depan sudah diplester tahun ini.",
        "Sumur kering pada musim kemarau.",
    ),
}
FOLLOW_UPS = {
    "pendidikan": ("Tanyakan kehadiran anak ke wali kelas", "Bantu pendaftaran sekolah"),
    "kesehatan": ("Antar ke posyandu", "Pastikan kontrol ke puskesmas"),
    "gizi": ("Cek berat badan balita di posyandu",),
    "usaha": ("Daftarkan ke pelatihan usaha", "Lihat catatan jual beli bulan ini"),
    "keuangan": ("Lihat catatan belanja bulan ini",),
    "adminduk": ("Bantu urus akta lahir", "Ambil salinan KK baru"),
    "perlindungan": ("Kunjungi lagi bersama kader",),
    "rumah": ("Tanyakan jawaban desa tentang atap",),
}
EMPTY_HOUSE_NOTES = ("Rumah terkunci, tetangga bilang sedang ke kebun.", "Tidak ada orang di rumah, akan kembali lagi.")
PROPOSAL_NOTES = (
    "Keluarga menyatakan sudah mampu dan bersedia memberi kesempatan kepada keluarga lain.",
    "Penghasilan tetap sejak setahun terakhir, rumah sudah diperbaiki sendiri.",
    "Sudah dibicarakan dengan keluarga saat kunjungan terakhir.",
)
RETURN_REASONS = (
    "Asesmen belum menggambarkan penghasilan keluarga. Lengkapi lalu usulkan lagi.",
    "Masih ada anak sekolah dan usaha baru berjalan tiga bulan. Tunggu satu semester.",
    "Alasan belum jelas. Tambahkan keterangan dari kunjungan.",
)
