// What belongs to the whole page: the link in the address bar, and downloads.
(() => {
  const playground = (window.playground = window.playground || {});

  // The settings as a link's query, in the words of playground/recipe.py; empty values are left out.
  playground.settingsQuery = (names, values) => {
    const query = new URLSearchParams({ tab: "text" });
    names.forEach((name, index) => {
      const value = values[index];
      if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
    });
    return query.toString();
  };

  // Puts the query into the address bar without loading anything; gives the whole link back.
  playground.showQuery = (query) => {
    const theme = new URLSearchParams(window.location.search).get("__theme");
    const kept = theme ? (query ? "&" : "") + "__theme=" + encodeURIComponent(theme) : "";
    const address = window.location.pathname + (query || kept ? "?" + query + kept : "");
    if (address.length <= 8200) window.history.replaceState(null, "", address);
    return window.location.origin + window.location.pathname + (query ? "?" + query : "");
  };

  // Saves a file that the page made: {"name", "text"} as it is, or {"name", "picture", "recipe"} drawn as a PNG.
  playground.save = (message) => {
    if (!message) return;
    const file = JSON.parse(message);
    if (file.picture) {
      playground.picture(file.picture, JSON.stringify(file.recipe), file.name);
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file.text], { type: "application/json" }));
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
})();
