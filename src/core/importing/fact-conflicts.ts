import { type BusinessFacts, hoursText, weekRuns } from '../business-facts.ts';
import { type Claim, claimsIn } from '../claims-in-text.ts';
import { factsAsked } from '../fact-question.ts';
import type { Known } from './note.ts';

/** What an entry says otherwise than the business facts. `fact`: as the facts have it. */
export interface FactConflict {
  line: string;
  fact: string;
}

/** An entry named after the hours or the delivery is compared with them; another one may mean other hours and prices. */
export function factConflicts({ title, content }: Known, facts: BusinessFacts): FactConflict[] {
  const about = (factsAsked(title) ?? []).map((asked) => asked.about);
  return [
    ...(about.includes('hours') ? conflict(content, 'time', minutesOf, openingTimes(facts), hoursLine(facts)) : []),
    ...(about.includes('delivery') ? conflict(content, 'amount', sumOf, deliverySums(facts), facts.delivery.price) : []),
  ];
}

/** The first line with values of which none is among the known ones. */
function conflict(
  content: string,
  kind: Claim['kind'],
  valuesOf: (claim: Claim) => number[],
  known: ReadonlySet<number>,
  fact: string,
): FactConflict[] {
  if (known.size === 0) return [];
  for (const line of content.split('\n')) {
    const values = claimsIn(line).claims.flatMap((claim) => (claim.kind === kind ? [valuesOf(claim)] : []));
    const stated = values.filter((readings) => readings.length > 0);
    if (stated.length > 0 && !stated.some((readings) => readings.some((value) => known.has(value))))
      return [{ line: line.trim().slice(0, MAX_LINE), fact }];
  }
  return [];
}

const MAX_LINE = 120;
const LEAST_SUM = 500;
const DAY_MINUTES = 1_440;

const minutesOf = ({ readings }: Claim): number[] =>
  readings.flatMap((reading) => ('minutes' in reading && !reading.loose ? [reading.minutes % DAY_MINUTES] : []));

const sumOf = ({ readings }: Claim): number[] =>
  readings.flatMap((reading) => ('number' in reading && reading.number >= LEAST_SUM ? [reading.number] : []));

const openingTimes = ({ hours, exceptions }: BusinessFacts): Set<number> =>
  new Set(
    [...(hours ?? []), ...(hours ? exceptions.map((one) => one.hours) : [])].flatMap((day) =>
      day.flatMap(({ from, to }) => [from % DAY_MINUTES, to % DAY_MINUTES]),
    ),
  );

const deliverySums = ({ delivery: { price, freeFrom } }: BusinessFacts): Set<number> =>
  new Set(claimsIn(`${price}\n${freeFrom}`).claims.flatMap(sumOf));

const hoursLine = ({ hours }: BusinessFacts): string =>
  [
    ...new Set(
      weekRuns((hours ?? []).filter((day) => day.length > 0)).map((run) =>
        hoursText(run.hours, { closed: '–', always: '00:00–24:00' }),
      ),
    ),
  ].join(', ');
