// Stored results: whether a panel still has none of its own.

// As a panel opens, a view has at most a sentence: a result has rows, tokens, pictures.
const hasParts = (part) => part !== null && typeof part === "object" && Object.keys(part).length > 0;

const isEmpty = (value) => !value || !Object.values(typeof value === "string" ? JSON.parse(value) || {} : value).some(hasParts);

/**
 * Whether none of a panel's views has a result.
 * @param {Array} values of the views, as Python sends them
 */
export const areEmpty = (values) => values.every(isEmpty);
