/** What the page is built with. Whatever arrives was written by strangers: it only ever becomes text, never markup. */

export const at = id => document.getElementById(id);

export const whole = new Intl.NumberFormat();

/** An element with the content appended: strings become text. */
export function make(name, className = '', ...content) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...content);
  return element;
}

/** A button that does something when pressed, and never submits. */
export function makeButton(className, press, ...content) {
  const button = make('button', className, ...content);
  button.type = 'button';
  button.addEventListener('click', press);
  return button;
}

/** Where the clipboard is refused, the text is selected for the visitor to copy. */
export async function copyText(text, button, source) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren(source);
    button.textContent = 'Selected';
  }
  setTimeout(() => { button.textContent = label }, 1500);
}
