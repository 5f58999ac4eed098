import { expect, test } from 'vitest';
import type { Call } from '../bridge';
import { tellWhetherInFront } from './front';

class Page extends EventTarget {
  readonly defaultView = new EventTarget();
  visibilityState: DocumentVisibilityState = 'visible';
  focused = true;
  hasFocus = (): boolean => this.focused;
}

test('the core is told once for each change, and no more after the end', () => {
  const page = new Page();
  const told: unknown[] = [];
  const call = ((name: string, input: unknown) => {
    told.push([name, input]);
    return Promise.resolve({});
  }) as Call;
  const stop = tellWhetherInFront(call, page as unknown as Document);
  page.defaultView.dispatchEvent(new Event('focus'));
  page.focused = false;
  page.defaultView.dispatchEvent(new Event('blur'));
  page.focused = true;
  page.visibilityState = 'hidden';
  page.dispatchEvent(new Event('visibilitychange'));
  page.visibilityState = 'visible';
  page.dispatchEvent(new Event('visibilitychange'));
  stop();
  page.focused = false;
  page.defaultView.dispatchEvent(new Event('blur'));
  expect(told).toEqual([true, false, true].map((inFront) => ['window_focus', { inFront }]));
});
