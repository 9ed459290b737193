// A view's value, which Python sends as text.

const parsed = new WeakMap();

/**
 * The value of a view, parsed once. It is sent as JSON text, because Gradio deep-copies every value at each step of any
 * stream.
 * @param {{value: *}} props
 */
export const given = (props) => {
  const text = props.value;
  if (typeof text !== "string") return text;
  const known = parsed.get(props);
  if (known && known.text === text) return known.value;
  const value = text ? JSON.parse(text) : null;
  parsed.set(props, { text, value });
  return value;
};
