// What the pictures and films of a draft are there for, and whether a model takes them so. Pure: a draft in, a draft out.

/** @typedef {{address: string, place: string}} Input a file by what requests name it by, and what it is there for */

const ALONE = ["first_frame", "last_frame", "mask", "film"];
const DOING = ["task", "area", "factor"];

/** The inputs of a body of POST /api/jobs, in their order. @param {Record<string, any>} body @returns {Input[]} */
export const inputsOf = (body) => [
  ...(body.pictures ?? []).map((address, at) => ({ address, place: body.roles?.[at] ?? "base" })),
  ...ALONE.filter((place) => body[place]).map((place) => ({ address: body[place], place })),
];

/** The same body with these inputs; what was to be done to some goes when there are none. @param {Record<string, any>} body @param {Input[]} inputs */
export function withInputs(body, inputs) {
  const others = Object.fromEntries(Object.entries(body).filter(([name]) =>
    !["pictures", "roles", ...ALONE].includes(name) && (inputs.length || !DOING.includes(name))));
  const pictures = inputs.filter(({ place }) => !ALONE.includes(place));
  const alone = inputs.filter(({ place }) => ALONE.includes(place)).map(({ place, address }) => [place, address]);
  return {
    ...others,
    ...Object.fromEntries(alone),
    ...(pictures.length ? { pictures: pictures.map(({ address }) => address) } : {}),
    ...(pictures.some(({ place }) => place !== "base") ? { roles: pictures.map(({ place }) => place) } : {}),
  };
}

/** All places that a model has for a picture, or for a film. @param {Api.Ability} ability @param {boolean} [film] */
export const placesOf = (ability, film = false) => film
  ? (ability.makes.includes("video") && ability.tasks.length ? ["film"] : [])
  : [
    ...(ability.frames ? ["first_frame", "last_frame"] : []),
    ...(ability.pictures_max ? ["base", ...ability.roles] : []),
    ...(ability.masks ? ["mask"] : []),
  ];

const isPicture = ({ place }) => !ALONE.includes(place);

/** How long a film may be that goes on, or goes by pictures; nothing where that is as ever. @param {Api.Ability} ability @param {Record<string, any>} body @returns {number[]} */
export const lengthsOf = (ability, body) => (body.task === "extend" ? ability.extend_seconds : body.pictures ? ability.reference_seconds : []);

/** The inputs that a model has no place for. @param {Api.Ability} ability @param {Input[]} inputs @returns {Input[]} */
export function unplaced(ability, inputs) {
  const known = [...placesOf(ability), ...placesOf(ability, true)];
  const strange = inputs.filter(({ place }) => !known.includes(place));
  const pictures = inputs.filter((input) => isPicture(input) && known.includes(input.place));
  return [...strange, ...pictures.slice(ability.pictures_max)];
}

/** Where another input goes: into the first place that is free, or else to the pictures. @param {Api.Ability} ability @param {Input[]} inputs @param {boolean} film */
export function placed(ability, inputs, film) {
  if (film) return "film";
  const free = placesOf(ability).filter((place) => place !== "mask" && !inputs.some((input) => ALONE.includes(place) && input.place === place));
  const full = inputs.filter(isPicture).length >= ability.pictures_max;
  return free.find((place) => ALONE.includes(place) || !full) ?? "base";
}

/** An input in another place; where there is room for one only, the two change places. @param {Input[]} inputs @param {Input} moved @param {string} place */
export const movedTo = (inputs, moved, place) => inputs.map((input) => {
  if (input === moved) return { ...input, place };
  return ALONE.includes(place) && input.place === place ? { ...input, place: moved.place } : input;
});
