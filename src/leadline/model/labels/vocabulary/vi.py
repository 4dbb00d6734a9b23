"""Vietnamese. Words of one syllable, which other languages have, too, are only in phrases."""

WORDS = {
    "NAME": "ten_cua_ban nguoi_lien_he",
    "FULL_NAME": "ho_va_ten ho_ten ten_day_du ho_ten_day_du",
    "EMAIL": "dia_chi_email thu_dien_tu email_cua_ban",
    "PHONE": "so_dien_thoai dien_thoai sdt so_dien_thoai_lien_he",
    "MOBILE": "di_dong so_di_dong",
    "COMPANY": "cong_ty ten_cong_ty doanh_nghiep ten_doanh_nghiep to_chuc",
    "TITLE": "chuc_vu chuc_danh nghe_nghiep",
    "COUNTRY": "quoc_gia",
    "MESSAGE": "tin_nhan noi_dung loi_nhan noi_dung_tin_nhan yeu_cau ghi_chu",
    "OTHER": "nguoi_gioi_thieu phu_huynh",
    "FILLER": "bat_buoc khong_bat_buoc vui_long_nhap cua_ban",
}
