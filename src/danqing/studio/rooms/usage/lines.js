// The way from a figure to the lines of the ledger that it is the sum of.

import { daysOn } from "../../base/times.js";

/** The page with the lines of a figure. @param {Api.Figure} figure */
export const linesBehind = (figure) => `#/usage/ledger${new URL(figure.ledger).search}`;

/** The page with the lines of a day. @param {string} day @param {Record<string, string>} chosen whose they are */
export const linesOf = (day, chosen) => `#/usage/ledger?${new URLSearchParams({ ...chosen, since: day, until: daysOn(day, 1) })}`;
