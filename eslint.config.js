// The rules of `make check` for scripts.
import js from "@eslint/js";
import { importX } from "eslint-plugin-import-x";
import globals from "globals";

export default [
  { ignores: ["node_modules/", ".venv/", "models/", "assets/"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2024, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    plugins: { "import-x": importX },
    rules: {
      "no-unused-vars": ["error", { args: "all", argsIgnorePattern: "^_", caughtErrors: "all" }],
      "no-undef": "error",
      "prefer-const": "error",
      eqeqeq: "error",
      "no-shadow": "error",
      "no-control-regex": "off", // invisible characters are shown as codes
      "no-var": "error",
      "import-x/no-unresolved": "error",
      "import-x/named": "error",
      "import-x/namespace": "error",
      "import-x/no-cycle": "error",
      "import-x/no-duplicates": "error",
    },
  },
  { files: ["playground/**/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["tests/**/*.js", "eslint.config.js"], languageOptions: { globals: globals.node } },
];
