/** What a host gives the page: calls into the core, and the core's events. */
import type { Event as CoreEvent } from './generated';

export interface Host {
  /** Answers what the core answers; throws what it refuses. */
  invoke(name: string, input: unknown): Promise<unknown>;
  /** Hears every event from now on. Answers how to stop. */
  listen(hear: (event: CoreEvent) => void): () => void;
}
