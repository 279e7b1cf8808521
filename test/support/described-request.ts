/** What an OpenAPI document says of a server's requests: a good one of each, and everything in it that can be bad. */

/** As much of JSON Schema as the document is written in. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly minItems?: number;
  readonly pattern?: string;
  readonly example?: unknown;
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly schema?: Schema;
}

export interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** A body that is bad in one place. */
export interface BadBody {
  /** Keys and indexes joined by dots. */
  readonly path: string;
  /** JSON. */
  readonly text: string;
}

/** Stands for text that JSON.stringify cannot write, until the body is text. */
const DEEP = '@deep@';
const DEEP_TEXT = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
const PROTO = '@proto@';
const BAD_TEXTS = ['', 'x'.repeat(129), 'a\u0000b', 'line\n', '\u007f', '\ud800'];

/** Fields of which a good body has one. */
export type Rivals = readonly (readonly [string, string])[];

export class DescribedRequests {
  readonly #document: OpenApi;
  readonly #rivals: Rivals;

  constructor(document: OpenApi, rivals: Rivals) {
    this.#document = document;
    this.#rivals = rivals;
  }

  /** The forms that the body may have; empty: there is none. */
  bodyForms({ requestBody }: Operation): readonly Schema[] {
    const schema = requestBody?.content['application/json']?.schema;
    return schema === undefined ? [] : this.forms(schema);
  }

  /** A value with all of its fields, rivals too. */
  good(schema: Schema): unknown {
    const { type, properties, items, enum: choices, minimum, example } = this.#resolved(schema);
    if (example !== undefined) return example;
    if (choices !== undefined) return choices[0];
    const [kind] = [type].flat();
    if (properties !== undefined) {
      const entries = Object.entries(properties).map(([name, field]) => [name, this.good(field)]);
      return Object.fromEntries(entries);
    }
    if (kind === 'array') return items === undefined ? [] : [this.good(items)];
    if (kind === 'integer' || kind === 'number') return minimum ?? 1;
    return kind === 'boolean' ? true : 'x';
  }

  /** `good` with one thing wrong, for every thing. */
  bad(schema: Schema, good: unknown): BadBody[] {
    const wholes = [[], 'x', 1, true, DEEP].map((whole) => ({ path: '', value: whole as unknown }));
    const within = this.#badWithin(schema, good, []);
    return [...wholes, ...within].map(({ path, value }) => ({ path, text: textOf(value) }));
  }

  #badWithin(
    schema: Schema,
    good: unknown,
    path: readonly string[],
  ): { path: string; value: unknown }[] {
    const { properties, items, additionalProperties } = this.#resolved(schema);
    if (Array.isArray(good) && items !== undefined) {
      return this.#badAt(items, good[0], [...path, '0']).map((each) => ({
        ...each,
        value: [each.value],
      }));
    }
    if (properties === undefined || typeof good !== 'object' || good === null) return [];
    const fields = Object.entries(good).flatMap(([name, value]) =>
      this.#badAt(properties[name] ?? {}, value, [...path, name]).map((each) => ({
        ...each,
        value: { ...this.#withoutRivals(good, name), [name]: each.value },
      })),
    );
    if (additionalProperties !== false) return fields;
    const strange = [PROTO, 'constructor', 'nonsense'].map((name) => ({
      path: [...path, name === PROTO ? '__proto__' : name].join('.'),
      value: { ...this.#withoutRivals(good, name), [name]: { x: 1 } },
    }));
    return [...fields, ...strange];
  }

  /** Of each pair the one that is `name`, or the first. */
  #withoutRivals(good: object, name: string): object {
    const gone = new Set(this.#rivals.map(([one, other]) => (other === name ? one : other)));
    return Object.fromEntries(Object.entries(good).filter(([field]) => !gone.has(field)));
  }

  #badAt(
    schema: Schema,
    good: unknown,
    path: readonly string[],
  ): { path: string; value: unknown }[] {
    const here = this.#badValues(schema).map((value) => ({ path: path.join('.'), value }));
    return [...here, ...this.#badWithin(schema, good, path)];
  }

  /** What the schema does not allow, of every kind. */
  #badValues(schema: Schema): unknown[] {
    const forms = this.forms(schema);
    const kinds = new Set(forms.flatMap(({ type }) => [type].flat()));
    const isNumber = kinds.has('integer') || kinds.has('number');
    const isPositive = forms.some(({ minimum }) => minimum !== undefined);
    return [
      ...(kinds.has('string') ? BAD_TEXTS : ['x', '1']),
      ...(isNumber ? [1e308, -1e308] : [1]),
      ...(isNumber && isPositive ? [-1] : []),
      ...(kinds.has('integer') ? [1.5] : []),
      ...(kinds.has('boolean') ? [] : [true]),
      ...(kinds.has('null') ? [] : [null]),
      ...(kinds.has('object') ? [] : [{}]),
      ...(kinds.has('array') ? [] : [['A1']]),
      ...(forms.some(({ minItems = 0 }) => minItems > 0) ? [[]] : []),
      DEEP,
    ];
  }

  /** The forms that a value may have, references followed. */
  forms(schema: Schema): Schema[] {
    const name = schema.$ref?.split('/').at(-1);
    const named = name === undefined ? schema : (this.#document.components.schemas[name] ?? {});
    return named.anyOf === undefined ? [named] : named.anyOf.flatMap((form) => this.forms(form));
  }

  /** The first of its forms. */
  #resolved(schema: Schema): Schema {
    return this.forms(schema)[0] ?? {};
  }
}

function textOf(value: unknown): string {
  return JSON.stringify(value)
    .replace(JSON.stringify(DEEP), DEEP_TEXT)
    .replace(JSON.stringify(PROTO), '"__proto__"');
}
