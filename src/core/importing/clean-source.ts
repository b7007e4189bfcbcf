import { storableText } from '../storable-text.ts';

// Control characters, marks of direction, characters without width, tags: nobody sees them, and a model reads them.
const UNSEEN = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}]/gu;
const SPACES = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/gu;
// What the prompt and models use to tell their parts apart.
const MARKS =
  /<\/?\s*(?:entry|knowledge|owner|system|assistant|user|instructions?|prompt|customer)\b[^>\n]{0,200}>|<\|[a-z_]{1,40}\|>|\[\/?INST\]/giu;

/** A text from a file or a site is data: what nobody sees is removed, and marks of a prompt lose their brackets. */
export const cleanSource = (text: string): string =>
  storableText(text)
    .replace(/\r\n?|[\u2028\u2029]/gu, '\n')
    .replace(UNSEEN, '')
    .replace(SPACES, ' ')
    .replace(MARKS, (mark) => mark.replace(/[<>|[\]]/gu, ' ').trim())
    .normalize('NFC');

const ORDERS = [
  /\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:previous|above|prior|earlier|all|your|any)\b.{0,30}\b(?:instructions?|rules?|prompts?|messages?)/iu,
  /\b(?:you are|act as|pretend to be)\b.{0,30}\b(?:ai|assistant|chatbot|bot|language model)\b/iu,
  /\b(?:system prompt|developer message|jailbreak)\b/iu,
  /\b(?:reveal|print|repeat|show)\b.{0,30}\b(?:prompt|instructions|rules|secret)/iu,
  /(?:игнорируй|забудь|проигнорируй|не обращай внимания на)(?:те)?.{0,40}(?:инструкци|правил|указани|команд|промпт)/iu,
  /(?:ты|вы)\s+(?:теперь\s+)?(?:ии|искусственный интеллект|ассистент|бот|языковая модель)/iu,
  /(?:koʻrsatma|ko['ʻ‘’`]rsatma|buyruq|qoida|кўрсатма|қоида)\S{0,12}.{0,30}(?:unut|eʼtiborsiz|e['ʼ’‘`]tiborsiz|hisobga olma|унут|эътиборсиз)/iu,
  /(?:sen|siz)\s+(?:endi\s+)?(?:sunʼiy intellekt|sun['ʼ’‘`]iy intellekt|yordamchi|bot)(?:san|siz)/iu,
  /^\s*(?:system|assistant|developer)\s*:/imu,
];

/** Whether a text talks to a model rather than to customers. The owner is told; nothing is removed. */
export const givesOrders = (text: string): boolean => ORDERS.some((order) => order.test(text));
