"""Texts of a page that do not stand out from what is behind them."""

from __future__ import annotations

#: A script for page.evaluate: [contrast, text] of each text in sight whose contrast is under 4.5 to 1, or 3 to 1 for
#: large texts (WCAG 2.2, 1.4.3). Texts on pictures and gradients, and of buttons that are disabled, are left out.
UNREADABLE_TEXTS = """() => {
  const one = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const colour = (text) => {
    one.clearRect(0, 0, 1, 1);
    one.fillStyle = text;
    one.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = one.getImageData(0, 0, 1, 1).data;
    return [[red, green, blue], alpha / 255];
  };
  const over = (top, alpha, bottom) => top.map((value, index) => value * alpha + bottom[index] * (1 - alpha));
  const luminance = (channels) => channels.reduce((sum, value, index) => {
    const linear = value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    return sum + [0.2126, 0.7152, 0.0722][index] * linear;
  }, 0);
  const ancestors = (node) => (node ? [node, ...ancestors(node.parentElement)] : []);
  const behind = (all) => {
    const layers = [];
    for (const node of all) {
      const style = getComputedStyle(node);
      if (style.backgroundImage !== "none") return null;
      const [channels, alpha] = colour(style.backgroundColor);
      layers.unshift([channels, alpha]);
      if (alpha === 1) break;
    }
    return layers.reduce((below, [channels, alpha]) => over(channels, alpha, below), [255, 255, 255]);
  };
  const found = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const [text, node] = [texts.currentNode.data.trim(), texts.currentNode.parentElement];
    if (!text || !node.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const all = ancestors(node);
    if (node.closest(":disabled, script, style, option")) continue;
    if (all.some((one) => getComputedStyle(one).clipPath !== "none")) continue;
    const back = behind(all);
    if (!back) continue;
    const style = getComputedStyle(node);
    const [channels, alpha] = colour(node.closest("svg") ? style.fill : style.color);
    const opacity = all.reduce((product, one) => product * getComputedStyle(one).opacity, alpha);
    const [low, high] = [luminance(over(channels, opacity, back)), luminance(back)].sort((a, b) => a - b);
    const contrast = (high + 0.05) / (low + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (contrast < (large ? 3 : 4.5)) found.set(text.slice(0, 60), Number(contrast.toFixed(2)));
  }
  return [...found].map(([text, contrast]) => [contrast, text]);
}"""
