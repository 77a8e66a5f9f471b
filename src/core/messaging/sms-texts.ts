// What a text message says, by language. Each fits into one part with the longest code: 160 letters of GSM 03.38, or
// 70 where a letter is not among those.

/** Named as WhatsApp's templates name their languages. `{code}` is where the code stands. */
export const smsTexts = {
  en: 'Your verification code is {code}. Do not share it.',
  ar: 'رمز التحقق الخاص بك هو {code}. لا تشاركه مع أحد.',
  bn: 'আপনার যাচাইকরণ কোড {code}। কাউকে জানাবেন না।',
  cs: 'Váš ověřovací kód je {code}. Nikomu ho nesdělujte.',
  de: 'Ihr Bestätigungscode ist {code}. Geben Sie ihn nicht weiter.',
  el: 'Ο κωδικός επαλήθευσης είναι {code}. Μην τον μοιραστείτε.',
  es: 'Tu código de verificación es {code}. No lo compartas.',
  fa: 'کد تأیید شما {code} است. آن را به کسی نگویید.',
  fil: 'Ang verification code mo ay {code}. Huwag itong ibahagi.',
  fr: 'Votre code de vérification est {code}. Ne le partagez pas.',
  he: 'קוד האימות שלך הוא {code}. אין לשתף אותו.',
  hi: 'आपका सत्यापन कोड {code} है। इसे किसी से साझा न करें।',
  id: 'Kode verifikasi Anda {code}. Jangan bagikan kepada siapa pun.',
  it: 'Il tuo codice di verifica è {code}. Non condividerlo.',
  ja: '認証コードは {code} です。誰にも教えないでください。',
  ko: '인증 코드는 {code}입니다. 다른 사람에게 알리지 마세요.',
  ms: 'Kod pengesahan anda ialah {code}. Jangan kongsikannya.',
  nl: 'Je verificatiecode is {code}. Deel deze met niemand.',
  pl: 'Twój kod weryfikacyjny: {code}. Nie udostępniaj go nikomu.',
  pt_BR: 'Seu código de verificação é {code}. Não compartilhe.',
  pt_PT: 'O seu código de verificação é {code}. Não o partilhe.',
  ro: 'Codul tău de verificare este {code}. Nu îl divulga nimănui.',
  ru: 'Ваш код подтверждения: {code}. Никому его не сообщайте.',
  sv: 'Din verifieringskod är {code}. Dela den inte med någon.',
  th: 'รหัสยืนยันของคุณคือ {code} อย่าบอกผู้อื่น',
  tr: 'Doğrulama kodunuz: {code}. Kimseyle paylaşmayın.',
  uk: 'Ваш код підтвердження: {code}. Нікому його не кажіть.',
  ur: 'آپ کا تصدیقی کوڈ {code} ہے۔ اسے کسی کو نہ بتائیں۔',
  vi: 'Mã xác minh của bạn là {code}. Đừng chia sẻ mã này.',
  zh_CN: '您的验证码是 {code}，请勿告诉他人。',
  zh_HK: '您的驗證碼是 {code}，請勿告訴他人。',
  zh_TW: '您的驗證碼是 {code}，請勿告訴他人。',
} as const

export type SmsLanguage = keyof typeof smsTexts

export const smsLanguages = /* @__PURE__ */ Object.keys(smsTexts) as SmsLanguage[]
