import type { RequestParamHandler } from 'express';
import type { Sentence } from '#answering/sentences.ts';
import type { ConversationsService } from '#features/conversations/feature.ts';
import type { KnowledgeApi } from '#features/knowledge/feature.ts';
import type { PlaygroundApi } from '#features/playground/feature.ts';
import type { QualityService } from '#features/quality/feature.ts';
import type { PersonReplies } from '#pipeline/staff-replies.service.ts';
import type { Foundation } from '../../foundation.ts';
import { createCorrectionsInWords } from './correct-in-words.ts';
import { createWrongAnswers } from './corrections.read.ts';
import { correctionsRoutes } from './corrections.routes.ts';
import { createCorrectionsService } from './corrections.service.ts';

interface Needs {
  knowledge: KnowledgeApi;
  playground: PlaygroundApi;
  conversations: { conversations: ConversationsService };
  quality: { quality: QualityService };
  personReplies: PersonReplies;
  sentence: Sentence;
  loadBot: RequestParamHandler;
}

/** "Wrong answer": what is right goes into the knowledge, and to the customer. */
export function correctionsFeature({ database, audit, limits }: Foundation, needs: Needs) {
  const corrections = createCorrectionsService({
    sql: database.sql,
    wrongAnswers: createWrongAnswers(database),
    entries: needs.knowledge.entries,
    answerNow: needs.playground.answerNow,
    conversations: needs.conversations.conversations,
    personReplies: needs.personReplies,
    quality: needs.quality.quality,
    sentence: needs.sentence,
    audit,
  });
  return {
    routes: correctionsRoutes({ limits, loadBot: needs.loadBot, corrections }),
    api: createCorrectionsInWords({ corrections }),
  };
}

export type { CorrectionsInWords } from './correct-in-words.ts';
