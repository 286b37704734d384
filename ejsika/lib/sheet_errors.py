"""Why a file cannot be read as a spreadsheet, in a sentence for the person who uploaded it."""

MESSAGES = {
    "file_type": "Berkas ini bukan lembar kerja. Unggah XLSX, XLS, ODS atau CSV.",
    "web_page": "Berkas ini halaman web, walau namanya lembar kerja. Buka di Excel, simpan ulang sebagai XLSX, lalu "
    "unggah.",
    "xml_sheet": "Berkas ini XML Spreadsheet 2003. Buka di Excel, simpan ulang sebagai XLSX, lalu unggah.",
    "zipped": "Berkas ini ZIP berisi berkas lain. Ekstrak dahulu, lalu unggah lembar kerja di dalamnya.",
    "file_corrupt": "Berkas rusak atau terpotong. Buka lagi di Excel, simpan ulang sebagai XLSX, lalu unggah.",
    "quote_open": 'Ada tanda kutip (") yang tidak ditutup di CSV ini, sehingga baris sesudahnya menempel menjadi satu. '
    "Buka di Excel, simpan ulang sebagai XLSX, lalu unggah.",
    "file_encrypted": "Berkas terkunci kata sandi. Buka di Excel, hapus kata sandinya, simpan, lalu unggah.",
    "file_empty": "Berkas ini kosong. Periksa apakah Anda memilih berkas yang benar.",
    "file_bomb": "Berkas ini mengembang terlalu besar saat dibuka. Salin datanya ke buku kerja baru, lalu unggah.",
}


# Reasons with a sentence of their own, and the code that they are told by.
CODES = {"web_page": "file_type", "zipped": "file_type", "xml_sheet": "file_type", "quote_open": "file_corrupt"}


class SheetError(Exception):
    """A file that cannot be read as a spreadsheet: `reason` as in MESSAGES, its code, and a sentence for the person."""

    def __init__(self, reason: str, message: str = ""):
        self.reason, self.code = reason, CODES.get(reason, reason)
        self.message = message or MESSAGES[reason]
        super().__init__(reason)
