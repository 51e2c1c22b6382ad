// htm's own declaration takes values of any type, and then the events that handlers are called with have none.

type Value = ((...told: any[]) => unknown) | object | string | number | bigint | boolean | null | undefined;
declare const htm: { bind(draw: unknown): (strings: TemplateStringsArray, ...values: Value[]) => any };
export default htm;
