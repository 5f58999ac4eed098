import { expect, test } from 'vitest';
import { readCredentials, textOf } from './credentials';

const PAIR = { clientId: 'nordhavn.cykler.client', clientSecret: 'xY9/+kk==' };

test.each([
  ['names and colons', 'Client id: nordhavn.cykler.client\r\nClient secret: xY9/+kk==\r\n'],
  ['names and equal signs', 'client_id=nordhavn.cykler.client\nclient_secret=xY9/+kk=='],
  ['a name above each', 'ClientId\nnordhavn.cykler.client\n\nClientSecret\nxY9/+kk=='],
  ['a letter around it', 'Dear merchant,\nhere you are.\nOAuth client id:\tnordhavn.cykler.client\nSecret:\txY9/+kk==\nKind regards'],
  ['JSON', '{\n  "client_id": "nordhavn.cykler.client",\n  "client_secret": "xY9/+kk=="\n}'],
  ['two bare lines', 'xY9/+kk==\nnordhavn.cykler.client\n'],
])('%s', (_, text) => expect(readCredentials(text)).toEqual(PAIR));

test.each(['', 'Dear merchant, your password follows.', 'client_id: nordhavn.cykler.client', 'one.two\nthree.four', '{}'])(
  'nothing is guessed from %j',
  (text) => expect(readCredentials(text)).toBeNull(),
);

test('a file of an older Windows editor is read', () => {
  const text = 'client_id=a.b\nclient_secret=s';
  const bytes = new Uint8Array([0xff, 0xfe, ...[...text].flatMap((letter) => [letter.charCodeAt(0), 0])]);
  expect(readCredentials(textOf(bytes) ?? '')).toEqual({ clientId: 'a.b', clientSecret: 's' });
});

test('the zip itself is told from its text', () => {
  expect(textOf(new Uint8Array([0x50, 0x4b, 3, 4]))).toBeNull();
});
