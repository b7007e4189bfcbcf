import { entriesOf, type GeminiRequest, type ModelAnswer, questionOf, systemTextOf } from './protocol.ts';

const MAX_SENTENCES = 2;
const STEM_CHARS = 5;
const MIN_WORD_CHARS = 3;

/**
 * A stand-in for the model's good sense: of the knowledge in the instruction, the sentences that share most word beginnings
 * with the question, rarer ones counting more; else a polite sentence in the language that the instruction names.
 */
export function defaultAnswer(request: GeminiRequest): ModelAnswer {
  if (isJudge(request)) return { raw: JSON.stringify({ right: true, why: '' }) };
  const system = systemTextOf(request.body);
  const sentences = POLITE[languageOf(system)];
  const last = request.body.contents.at(-1)?.parts ?? [];
  const question = questionOf(request.body);
  if (question === '' && last.some((part) => part.inlineData)) return { answer: sentences.media, status: 'clarify', used: [] };
  if (GREETING.test(question) && question.length < 40) return { answer: sentences.hello, status: 'small_talk', used: [] };
  return (
    bestSentences(`${question}\n${quotedIn(system)}`, knowledgeOf(system)) ?? {
      answer: sentences.unknown,
      status: 'unknown',
      used: [],
      missing: question,
    }
  );
}

/** Asked whether an answer is right (src/answering/judge-answer), it takes every answer for right. */
function isJudge({ body }: GeminiRequest): boolean {
  const schema = body.generationConfig?.['responseSchema'] as { properties?: object } | undefined;
  return schema?.properties !== undefined && 'right' in schema.properties;
}

/** What the question points at. */
const quotedIn = (system: string): string =>
  [...system.matchAll(/<quoted kind="\w+">\n([\s\S]*?)\n<\/quoted>/g)].map(([, words]) => words).join('\n');

interface Candidate {
  text: string;
  /** The entry it stands in: a heading that fits speaks for its whole text. */
  context: string;
}

/** The marks are those of answering/build-prompt. */
function knowledgeOf(system: string): Candidate[] {
  return entriesOf(system).flatMap(({ title, content }) =>
    content
      .split(/(?<=[.!?])\s+|\n+/)
      .filter((text) => text.trim() !== '')
      .map((text) => ({ text: text.trim(), context: title })),
  );
}

function bestSentences(question: string, candidates: Candidate[]): string | null {
  const asked = stems(question);
  const own = candidates.map((candidate) => stems(candidate.text));
  const weight = (stem: string): number => Math.log(1 + candidates.length / (1 + own.filter((set) => set.has(stem)).length));
  const scored = candidates
    .map((candidate, i) => ({
      text: candidate.text,
      order: i,
      score:
        sum([...asked].filter((stem) => own[i]?.has(stem)).map(weight)) +
        sum([...asked].filter((stem) => stems(candidate.context).has(stem)).map(() => 0.7)),
    }))
    .filter(({ score }) => score > 0.5)
    .sort((a, b) => b.score - a.score);
  const best = scored[0];
  if (!best) return null;
  return scored
    .filter(({ score }) => score >= best.score * 0.8)
    .slice(0, MAX_SENTENCES)
    .sort((a, b) => a.order - b.order)
    .map(({ text }) => text)
    .join(' ');
}

const sum = (numbers: number[]): number => numbers.reduce((total, n) => total + n, 0);

const stems = (text: string): Set<string> =>
  new Set(
    (
      text
        .toLowerCase()
        .replace(/[ʻʼ'‘’`]/g, '')
        .match(/\p{L}+/gu) ?? []
    )
      .filter((word) => word.length >= MIN_WORD_CHARS && !STOP_WORDS.has(word))
      .map((word) => word.slice(0, STEM_CHARS)),
  );

const STOP_WORDS = new Set(
  'the and are you for how what your have can does where when much qancha qanday qayerda qachon bormi menga sizda iltimos что как где когда сколько есть вас это можно'.split(
    ' ',
  ),
);

const GREETING =
  /^(assalomu|salom|ассалому|салом|здравствуйте|привет|добрый|hello|hi|hey)\b|^(ассалому|салом|здравствуйте|привет|добрый)/i;

const languageOf = (system: string): keyof typeof POLITE => {
  const named = system.match(/customer writes in ([^.]+)\./)?.[1] ?? '';
  if (named.includes('Russian')) return 'ru';
  if (named.includes('Cyrillic')) return 'uz-Cyrl';
  return named.includes('Uzbek') ? 'uz' : 'en';
};

const POLITE = {
  en: {
    hello: 'Hello! How can I help you?',
    unknown: 'I do not have that information. Shall I pass your question to a colleague?',
    media: 'Thank you, I have looked at what you sent. What would you like to know about it?',
  },
  ru: {
    hello: 'Здравствуйте! Чем могу помочь?',
    unknown: 'У меня нет таких сведений. Передать ваш вопрос сотруднику?',
    media: 'Спасибо, я посмотрел, что вы прислали. Что вы хотите узнать?',
  },
  uz: {
    hello: 'Assalomu alaykum! Sizga qanday yordam bera olaman?',
    unknown: 'Menda bunday maʼlumot yoʻq. Savolingizni xodimimizga yetkazaymi?',
    media: 'Rahmat, yuborganingizni koʻrdim. Nimani bilmoqchisiz?',
  },
  'uz-Cyrl': {
    hello: 'Ассалому алайкум! Сизга қандай ёрдам бера оламан?',
    unknown: 'Менда бундай маълумот йўқ. Саволингизни ходимимизга етказайми?',
    media: 'Раҳмат, юборганингизни кўрдим. Нимани билмоқчисиз?',
  },
} as const;
