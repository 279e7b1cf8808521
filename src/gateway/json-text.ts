/** What needs no escape in JSON: most names and ids. To see so takes a third of the time that `JSON.stringify` does. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** `JSON.stringify` of a text. */
export function jsonText(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
