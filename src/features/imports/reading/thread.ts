// The thread that reads one source. It has no environment and no database; what breaks it costs this source only.
import { parentPort, workerData } from 'node:worker_threads';
import { giveWay } from '#platform/limited-thread.ts';
import { type ReadJob, readContent } from './read-content.ts';

giveWay();
parentPort?.postMessage(await readContent(workerData as ReadJob));
