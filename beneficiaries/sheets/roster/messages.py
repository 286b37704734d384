"""What each problem code says to the admin: what is wrong, and what to do."""

from ejsika.imports.cells import FAULT_MESSAGE

MESSAGES = {
    "required": "Kolom ini wajib diisi.",
    "nik_length": "NIK harus 16 angka. Periksa di KTP atau KK.",
    "kk_length": "No KK harus 16 angka. Periksa di kartu keluarga.",
    "nik_truncated": "NIK terpotong oleh Excel. Ubah format kolom menjadi Teks, lalu ketik ulang NIK-nya.",
    "kk_truncated": "No KK terpotong oleh Excel. Ubah format kolom menjadi Teks, lalu ketik ulang nomornya.",
    "nik_date": "Tanggal lahir di dalam NIK (angka ke-7 sampai ke-12) tidak mungkin. Periksa di KTP.",
    "nik_serial": "Empat angka terakhir NIK tidak boleh 0000. Periksa di KTP.",
    "date_invalid": "Tanggal ini tidak ada atau di masa depan. Tulis hari/bulan/tahun, misalnya 04/05/1980.",
    "coordinate_invalid": "Titik ini tidak dapat dibaca atau di luar Banten. Isi lintang dan bujur berdua, "
    "misalnya -6.345 dan 106.123, atau kosongkan keduanya.",
    "number_invalid": "Isi dengan angka yang masuk akal, atau kosongkan.",
    "number_dated": "RT/RW ini diubah Excel menjadi tanggal. Jadikan kolomnya Teks, lalu tulis lagi, misalnya 002/005.",
    "account_truncated": "No rekening terpotong oleh Excel. Ubah format kolom menjadi Teks, lalu ketik ulang nomornya.",
    "phone_truncated": "Nomor HP terpotong oleh Excel. Ubah format kolom menjadi Teks, lalu ketik ulang nomornya.",
    "formula_error": FAULT_MESSAGE,
    "choice_unknown": "Pilihan ini tidak dikenal. Pakai salah satu: {choices}.",
    "graduated_needs_case": "Status graduasi hanya lewat kasus graduasi yang ditetapkan; keluarga yang sudah lulus "
    "tetap lulus. Kosongkan atau sesuaikan kolom Status.",
    "assistant_unknown": "Tidak ada pendamping aktif dengan nama pengguna ini yang wilayahnya mencakup desa itu.",
    # Only of a desa that is no more: of others it is told which one is the nearest (places.py).
    "region_unknown": "Desa ini sudah ditutup; hanya keluarga yang tercatat di sana boleh tetap. Isi penggantinya.",
    "region_outside_scope": "Di luar wilayah Anda. Serahkan baris ini kepada admin wilayah itu.",
    "duplicate_in_file": "Nomor ini muncul lebih dari sekali di berkas dengan isi berbeda. Sisakan satu yang benar.",
    "identity_conflict": "No KK milik satu keluarga, NIK milik pengurus keluarga lain. Periksa kedua nomor. "
    "Bila keduanya satu keluarga, gabungkan dahulu di halaman keluarganya.",
    "family_missing": "Keluarga dengan No KK ini tidak ada di lembar keluarga maupun di data KPM. Tambahkan barisnya, "
    "atau periksa nomornya.",
    "text_too_long": "Isi terlalu panjang. Singkat menjadi paling banyak {limit} huruf.",
    "kk_changed": "Pengurus ini terdaftar dengan No KK lain. No KK diganti, yang lama disimpan di riwayat.",
    "recipient_changed": "Pengurus keluarga ini berganti orang. Yang lama tetap menjadi anggota.",
    "member_elsewhere": "Orang ini anggota keluarga lain. Bila disimpan, ia pindah ke keluarga ini.",
    "suspect_duplicate": "Mirip dengan pengurus yang sudah terdaftar di desa ini. Periksa apakah orang yang sama.",
    "already_in_program": "Keluarga ini aktif di program yang tidak boleh diterima bersamaan.",
    "phone_second": "Sel ini berisi lebih dari satu nomor HP. Yang pertama dipakai.",
    "nik_region_differs": "Empat angka depan NIK bukan kabupaten/kota tempat tinggal. Biasa bila pernah pindah.",
    "nik_sex_differs": "Jenis kelamin tidak sama dengan yang ada di NIK.",
    "nik_birth_differs": "Tanggal lahir tidak sama dengan yang ada di NIK.",
    "coordinate_far": "Titik ini lebih dari 10 km dari desanya. Periksa lintang dan bujur.",
}
WARNINGS = {
    "kk_changed",
    "recipient_changed",
    "member_elsewhere",
    "suspect_duplicate",
    "already_in_program",
    "nik_region_differs",
    "nik_sex_differs",
    "nik_birth_differs",
    "coordinate_far",
    "phone_second",
    "formula_error",
    "region_corrected",
}
