/** Passwords that attackers try first. features/auth/leaked-passwords checks for passwords leaked elsewhere. */
const COMMON = new Set(
  `
    !@#$%^&* !@#$%^&*( 00000000 000000000 0000000000 01234567 012345678 0123456789 0987654321 11110000 111111111 1111111111
    12121212 121212121 123123123 12341234 1234512345 147147147 22222222 271828182 33333333 44444444 55555555 66666666 69696969
    77777777 87654321 88888888 987654321 9876543210 99999999 aa12345678 aaaaaaaa aaaaaaaaa aaaaaaaaaa abc123!@# abcabcabc
    abcd@1234 abcdefgh abcdefghi abcdefghij admin1234 admin12345 admin123456 admin2024 admin2025 admin2026 admin@123
    adminadmin adminpass alhamdulillah allohu123 andijon1 angels12 asdasdasd asdf123456 asdf@123 asdfghjkl; assalom1 assalomu
    assalomualaykum autumn2025 aziz1234 azizbek1 barcelona1 bismillah1 bobur123 bukhara1 buxoro123 changeme123 computer123
    dadajon1 demo1234 dilnoza1 dilshod1 dmitriy1 dmitry123 facebook1 fargona1 guest123 guest1234 heaven12 hello12345 iloveu123
    inshalla instagram islombek jasur123 letmein! ljubov123 lkjhgfdsa login123 lubov123 lyubov123 mahalla1 maksim123 mashalla
    master1234 maxim123 messi123 moscow123 moskva123 muhammad1 muhammad123 mylove123 mypass123 mysql123 namangan namangan1
    navruz123 navruz21 nodira123 o'zbekiston oksana123 onajonim oracle123 otajonim ozbekiston p@ssw0rd1 p@ssword p@ssword1
    pa$$word parol1234 parol2024 parol2025 parol2026 pass12345 pass123456 pass@123 pass@1234 password1! password12345
    password123456 password2023 password2024 password2025 password2026 poiuytrewq postgres privetprivet qweqweqwe qwerty!@
    qwerty1! qwertyqwerty qwertyuiop[] rahmat123 root1234 rootroot rossiya1 rossiya123 russia123 salom123 salom1234 salomsalom
    samarqand samsung12 sardor123 secret1234 server123 sevgi123 sevgilim shahzod1 spring2026 summer2023 summer2024 summer2025
    summer2026 supersecret superuser tashkent1 tatyana1 telegram telegram1 telegram123 temur123 test12345 test123456 tester12
    testpassword testtest1 thepassword toor1234 toshkent toshkent1 ulugbek1 user1234 uzbekistan uzbekistan1 uzbekiston
    welcome1234 wertyuio whatsapp whatsapp1 windows10 winter2024 winter2025 winter2026 xorazm123 xxxxxxxx yfnfif123 zaebalinax
    zenit123 zvezda123 zxcvbnm, zxcvzxcv zzzzzzzz йцукен123 йцукенгш любовь123 максим123 наташа123 пароль123 пароль1234
    парольпароль привет123 приветпривет россия123 солнышко ташкент1 ташкент123 узбекистан
  `.split(/\s+/),
);

/** Also true for one character or a short part repeated. */
export function isCommonPassword(password: string): boolean {
  return COMMON.has(password.toLowerCase()) || /^(.{1,4}?)\1+$/u.test(password);
}
