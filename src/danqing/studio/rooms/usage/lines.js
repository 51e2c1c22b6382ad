// The way from a figure to the lines of the ledger that it is the sum of.

import { daysOn } from "../../base/times.js";

/** The page with the lines of a figure. @param {Api.Figure} figure */
export const linesBehind = (figure) => `#/usage/ledger${new URL(figure.ledger).search}`;

/** The page with the lines of so many days. @param {{since: string, days: number}} wanted */
export const linesOf = ({ since, days }) => `#/usage/ledger?${new URLSearchParams({ since, until: daysOn(since, days) })}`;
