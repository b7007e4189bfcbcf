/**
 * Passwords that are tried first, of eight characters and more: those of published lists, and those of Uzbek and Russian keyboards
 * and names. Short on purpose: the limits on sign-in do the rest. A check against breached passwords is on the gap list in REPORT.md.
 */
const COMMON = new Set(
  `
    !@#$%^&* !@#$%^&*( !qaz2wsx 00000000 000000000 0000000000 01234567 012345678 0123456789 0987654321 100200300 10203040
    102030405 11110000 11111111 111111111 1111111111 11112222 11223344 1122334455 112233445566 12121212 121212121 123123123
    123123321 123321123 12341234 12344321 1234512345 123454321 123456123 12345670 12345678 123456789 1234567890 12345678910
    1234567899 123456789a 12345678a 12345679 1234567a 123456aa 123456abc 123456qwerty 12345qwert 12345qwerty 1234qwer
    1234qwerty 123654789 123abc123 123qwe123 123qweasd 123qweasdzxc 123qwerty 13579246 135792468 147147147 147258369 147852369
    159357456 159753456 1a2b3c4d 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qaz@wsx 1qazxsw2 22222222 24681357
    271828182 31415926 314159265 33333333 44444444 456123789 55555555 66666666 69696969 741852963 77777777 789456123 87654321
    88888888 963852741 987654321 9876543210 99999999 a1234567 a12345678 a123456789 a1b2c3d4 a1b2c3d4e5 aa123456 aa12345678
    aaa12345 aaaa1111 aaaaaaaa aaaaaaaaa aaaaaaaaaa aabbccdd abc123!@# abc12345 abc123456 abc123abc abcabcabc abcd1234
    abcd12345 abcd123456 abcd@1234 abcdefgh abcdefghi abcdefghij access123 access14 admin123 admin1234 admin12345 admin123456
    admin2024 admin2025 admin2026 admin@123 adminadmin administrator adminpass alejandro aleksandr aleksandra alexander
    alexandra alhamdulillah allohu123 america1 anastasia anastasiya andijon1 andrew12 andrey123 angel123 angels12 anthony1
    arsenal1 asd123asd asdasdasd asdf1234 asdf123456 asdf@123 asdfasdf asdfghjk asdfghjkl asdfghjkl; asdqwe123 ashley12
    assalom1 assalomu assalomualaykum autumn2025 azerty123 azertyuiop aziz1234 azizbek1 baby1234 babygirl babygirl1 barcelona
    barcelona1 baseball baseball1 basketball batman123 beautiful benjamin bismillah bismillah1 blessed1 blink182 bobur123
    brittany bukhara1 butterfly buxoro123 california changeme changeme1 changeme123 charlie1 charlotte cheesecake chelsea1
    chicken1 chocolate christopher computer computer1 computer123 cookie12 corvette cristiano dadajon1 daniel12 daniel123
    danielle december default1 demo1234 dilnoza1 dilshod1 dmitriy1 dmitry123 dolphins dragon12 dragon123 ekaterina elephant
    elizabeth facebook facebook1 fargona1 february ferrari1 football football1 freedom1 george12 gfhjkm123 gfhjkmgfhjkm
    ghbdtn123 goodluck google123 gorgeous guest123 guest1234 harley12 heaven12 hello123 hello1234 hello12345 hellohello
    helloworld hunter12 ilovegod ilovemyself iloveu123 iloveyou iloveyou! iloveyou1 iloveyou123 iloveyou2 india123 inshalla
    instagram internet internet1 isabella islombek january1 jasur123 jennifer jessica1 jesus123 jesuschrist jonathan jordan23
    juventus killer12 killer123 klubnika krasotka letmein! letmein1 letmein123 letmeinn liverpool liverpool1 ljubov123
    lkjhgfdsa login123 lokomotiv london12 lovelove loveyou1 lubimaya lubov123 lucky123 lucky777 lyubov123 m1234567 mahalla1
    maksim123 manager1 manchester marina123 marlboro mashalla master12 master123 master1234 maverick maxim123 mercedes
    messi123 metallica michael1 michelle microsoft midnight mnbvcxz1 monkey12 monkey123 moscow123 moskva123 muhammad muhammad1
    muhammad123 mustang1 mylove123 mypass123 mypassword mysql123 namangan namangan1 nastya123 natasha1 navruz123 navruz21
    newpassword newyork1 nicholas nikita123 nirvana1 nodira123 november o'zbekiston oksana123 olga1234 onajonim oracle123
    otajonim ozbekiston p@ssw0rd p@ssw0rd1 p@ssword p@ssword1 pa$$w0rd pa$$word pakistan parol123 parol1234 parol12345
    parol2024 parol2025 parol2026 parolparol pass1234 pass12345 pass123456 pass@123 pass@1234 passpass passw0rd passw0rd1
    password password! password01 password1 password1! password10 password11 password12 password123 password1234 password12345
    password123456 password2 password2023 password2024 password2025 password2026 password99 passwordpassword passwords
    passwort patricia phoenix1 poiuytrewq pokemon1 pokemon123 porsche1 postgres princess princess1 private1 privet123
    privetprivet pumpkin1 q1234567 q12345678 q123456789 q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 qazwsx123 qazwsxed qazwsxedc
    qwe123qwe qwe123qwe123 qweasd123 qweasdzxc qweqweqwe qwer1234 qwerasdf qwerasdfzxcv qwert123 qwert12345 qwerty!@ qwerty01
    qwerty1! qwerty11 qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456 qwerty22 qwerty77 qwerty99 qwertyqwerty qwertyui
    qwertyuiop qwertyuiop123 qwertyuiop[] rahmat123 rainbow1 realmadrid robert12 ronaldo123 ronaldo7 root1234 rootroot
    rossiya1 rossiya123 russia123 s1234567 salom123 salom1234 salomsalom samantha samarkand samarqand samsung1 samsung12
    samsung123 sardor123 savannah secret12 secret123 secret1234 security security1 september sergey123 server123 sevgi123
    sevgilim shadow12 shadow123 shahzod1 slipknot snoopy12 snowball solnishko solnyshko spartak1 spiderman spring12 spring2026
    starwars starwars1 stephanie strawberry success1 summer12 summer2023 summer2024 summer2025 summer2026 sunshine sunshine1
    superman superman1 supersecret superuser support1 svetlana sweetheart sysadmin system32 tashkent tashkent1 tatyana1
    telegram telegram1 telegram123 temp1234 temppass temur123 test1234 test12345 test123456 tester12 testing1 testing123
    testpass testpassword testtest testtest1 thepassword thomas12 tigger12 tinkerbell toor1234 topsecret toshkent toshkent1
    trustno1 ulugbek1 user1234 username uzbekistan uzbekistan1 uzbekiston veronica victoria vladimir vladimir1 welcome1
    welcome12 welcome123 welcome1234 wertyuio whatever whatever1 whatsapp whatsapp1 windows1 windows10 winter12 winter2024
    winter2025 winter2026 xorazm123 xxxxxxxx yfnfif123 z1234567 zaebalinax zaq!2wsx zaq12wsx zaq1xsw2 zenit123 zvezda123
    zxc123zxc zxcvbnm, zxcvbnm. zxcvbnm1 zxcvbnm123 zxcvbnmm zxcvzxcv zzzzzzzz йцукен123 йцукенгш любовь123 максим123
    наташа123 пароль123 пароль1234 парольпароль привет123 приветпривет россия123 солнышко ташкент1 ташкент123 узбекистан
  `.split(/\s+/),
);

/** Whether it is one of the passwords everybody tries, in any case, or one character or a short part again and again. */
export function isCommonPassword(password: string): boolean {
  return COMMON.has(password.toLowerCase()) || /^(.{1,4}?)\1+$/u.test(password);
}
