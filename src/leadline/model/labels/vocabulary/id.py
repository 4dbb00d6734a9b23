"""Indonesian and Malay."""

WORDS = {
    "NAME": "nama nama_anda nama_kontak",
    "FIRST_NAME": "nama_depan nama_pertama",
    "LAST_NAME": "nama_belakang nama_keluarga nama_akhir",
    "FULL_NAME": "nama_lengkap nama_penuh",
    "EMAIL": "alamat_email alamat_surel surel e_mel emel alamat_e_mel email_anda",
    "PHONE": "nomor_telepon telepon no_telepon nomor_telpon no_telp nombor_telefon no_telefon",
    "MOBILE": "no_hp nomor_hp nomor_ponsel ponsel nomor_handphone handphone no_wa nomor_whatsapp "
    "no_whatsapp telefon_bimbit",
    "COMPANY": "perusahaan nama_perusahaan syarikat nama_syarikat instansi nama_instansi",
    "TITLE": "jabatan pekerjaan jawatan",
    "COUNTRY": "negara",
    "WEBSITE": "situs_web laman_web",
    "MESSAGE": "pesan pesan_anda pertanyaan komentar mesej catatan",
    "OTHER": "nama_pengguna atasan teman kawan orang_tua wali suami istri nama_produk nama_acara",
    "FILLER": "anda wajib wajib_diisi opsional masukkan silakan",
}
