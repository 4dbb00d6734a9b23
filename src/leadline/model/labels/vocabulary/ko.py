"""Korean. Words are mostly apart by blanks; compounds are listed as they are written."""

WORDS = {
    "NAME": "이름 성함 담당자 담당자명 담당자_이름 고객명",
    "FULL_NAME": "성명 이름_성",
    "EMAIL": "이메일 이메일주소 이메일_주소 전자우편 메일주소 메일_주소 메일",
    "PHONE": "전화 전화번호 전화_번호 연락처 연락_처 대표번호",
    "MOBILE": "휴대폰 휴대폰번호 휴대폰_번호 휴대전화 휴대전화번호 핸드폰 핸드폰번호 핸드폰_번호",
    "COMPANY": "회사 회사명 회사_이름 기업명 업체명 소속 기관명 상호",
    "TITLE": "직함 직책 직급 직위",
    "COUNTRY": "국가 나라",
    "WEBSITE": "웹사이트 홈페이지 사이트",
    "MESSAGE": "메시지 문의내용 문의_내용 문의사항 문의_사항 내용 질문 요청사항 요청_사항",
    "OTHER": "추천인 보호자 배우자 비상연락처 비상_연락처 팩스",
    "FILLER": "귀하의 귀사의 고객님의 필수 선택 입력 입력해주세요 입력하세요",
}
