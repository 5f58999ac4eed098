import { beforeEach, expect, test, vi } from 'vitest';
import { afterPress, watchPresses } from './press';

const page = new EventTarget();
watchPresses(page);
const said: string[] = [];

function happens(type: string, more: object = {}): void {
  page.dispatchEvent(Object.assign(new Event(type), more));
}

beforeEach(() => {
  vi.useFakeTimers();
  said.length = 0;
});

test('without a press it is said at once', () => {
  afterPress(() => said.push('left'));
  expect(said).toEqual(['left']);
});

test('during a press it waits for the release and for the click after it', () => {
  happens('pointerdown', { button: 0 });
  afterPress(() => said.push('left'));
  vi.runAllTimers();
  expect(said).toEqual([]);
  happens('pointerup');
  said.push('click');
  vi.runAllTimers();
  expect(said).toEqual(['click', 'left']);
});

test('the menu of the other button holds nothing back', () => {
  happens('pointerdown', { button: 2 });
  afterPress(() => said.push('left'));
  expect(said).toEqual(['left']);
});

for (const [type, more] of [['pointermove', { buttons: 0 }], ['keydown', {}], ['blur', {}], ['dragstart', {}], ['pointercancel', {}]] as const) {
  test(`a press whose end was never told ends with ${type}`, () => {
    happens('pointerdown', { button: 0 });
    happens('pointermove', { buttons: 1 });
    afterPress(() => said.push('left'));
    vi.runAllTimers();
    expect(said).toEqual([]);
    happens(type, more);
    vi.runAllTimers();
    expect(said).toEqual(['left']);
  });
}
