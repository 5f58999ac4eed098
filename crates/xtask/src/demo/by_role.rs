//! Finding things as a person or a screen reader names them: by role and accessible name.

/// Takes a role, a name (null: answers all the names) and the label of the part to look in (null: everywhere); answers
/// the element or null. The exact name wins over one that begins with it, and that
/// over one that contains it. What a modal dialog covers cannot be found, as it cannot be clicked.
pub(crate) const FIND: &str = r"
const [role, wanted, within] = arguments;
const KINDS = {
  button: 'button, [role=button], input[type=submit], input[type=button], summary',
  link: 'a[href], [role=link]',
  textbox: 'input:not([type]), input[type=text], input[type=search], input[type=tel], input[type=email], input[type=url], ' +
    'input[type=password], input[type=number], input[type=date], textarea, [role=textbox], [role=combobox], [role=searchbox]',
  checkbox: 'input[type=checkbox], [role=checkbox], [role=switch]',
  radio: 'input[type=radio], [role=radio]',
  select: 'select',
  option: '[role=option]',
  menuitem: '[role=menuitem], [role=menuitemradio]',
  tab: '[role=tab]',
  row: 'tr, [role=row]',
  dialog: 'dialog, [role=dialog]',
  image: 'img, [role=img]',
  heading: 'h1, h2, h3, [role=heading]',
  region: 'section, aside, main, nav, [role=region], [role=complementary]',
};
const OWN = { textbox: ['textbox', 'combobox', 'searchbox', 'spinbutton'], checkbox: ['checkbox', 'switch'],
  menuitem: ['menuitem', 'menuitemradio'], image: ['img'], region: ['region', 'complementary', 'main', 'navigation'] };
const plain = (text) => (text || '').replace(/[\s\u00a0\u202f]+/g, ' ').trim();
const byId = (ids) => ids.split(/\s+/).map((id) => plain(document.getElementById(id)?.textContent)).join(' ');
function spoken(element) {
  let text = '';
  for (const node of element.childNodes) {
    if (node.nodeType === 3) text += node.data;
    else if (node.nodeType === 1 && node.getAttribute('aria-hidden') !== 'true' && node.checkVisibility?.() !== false) {
      text += ' ' + (node.getAttribute('aria-label') || node.getAttribute('alt') || spoken(node)) + ' ';
    }
  }
  return text;
}
function nameOf(element) {
  const by = element.getAttribute('aria-labelledby');
  if (by) return plain(byId(by));
  if (element.getAttribute('aria-label')) return plain(element.getAttribute('aria-label'));
  if (element.labels?.length) return plain([...element.labels].map((label) => label.textContent).join(' '));
  if (element.matches('img')) return plain(element.alt);
  if (element.matches('input[type=submit], input[type=button]')) return plain(element.value);
  if (element.matches('input, textarea, select')) return plain(element.title || element.placeholder);
  return plain(spoken(element)) || plain(element.title);
}
function partOf(label) {
  const parts = [...document.querySelectorAll('[aria-label], [aria-labelledby]')].filter((part) => part.checkVisibility());
  return parts.find((part) => nameOf(part) === plain(label));
}
const modal = [...document.querySelectorAll('dialog')].filter((dialog) => dialog.matches(':modal')).at(-1);
function reachable(element) {
  if (modal && !modal.contains(element) && element !== modal) return false;
  if (element.closest('[inert], [aria-hidden=true], [hidden]')) return false;
  const own = element.getAttribute('role');
  if (own && !(OWN[role] || [role]).includes(own)) return false;
  if (element.matches('input[type=radio], input[type=checkbox]')) return true;
  return element.checkVisibility() && element.getClientRects().length > 0;
}
const place = within === null ? document : partOf(within);
if (!place) return wanted === null ? [] : null;
const all = [...place.querySelectorAll(KINDS[role] || '[role=' + role + ']')].filter(reachable);
if (wanted === null) return all.map(nameOf);
const name = plain(wanted);
const found = all.find((element) => nameOf(element) === name) ||
  all.find((element) => nameOf(element).startsWith(name)) || all.find((element) => nameOf(element).includes(name));
if (!found) return null;
// The box of a drawn radio button or check box is hidden; people click its label.
const hidden = found.matches('input[type=radio], input[type=checkbox]') && found.getBoundingClientRect().width < 8;
return (hidden && found.labels?.[0]) || found;
";

/// All the words on the page, or in the part with this label, as they are read and typed, with plain spaces.
pub(crate) const WORDS: &str = r"
const [within] = arguments;
const parts = [...document.querySelectorAll('[aria-label]')].filter((part) => part.checkVisibility());
const place = within === null ? document.body : parts.find((part) => part.getAttribute('aria-label') === within);
if (!place) return '';
const boxes = [...place.querySelectorAll('input, textarea')].filter((box) => box.type !== 'password' && box.checkVisibility());
const typed = boxes.map((box) => box.value).join(' ');
return ((place.innerText || '') + ' ' + typed).replace(/[\s\u00a0\u202f]+/g, ' ').trim();
";
